"""The published one-pass GAN: a U-Net over piano rolls as pictures, and its critic."""

import torch
from torch import Tensor, nn
from torch.nn import functional as fn

from composer_app.training.config import VOICES


def _same(x: Tensor, kernel: int, stride: int) -> Tensor:
    """Pad (B, C, H, W) as TensorFlow's "same" does: the odd row goes to the end."""
    pads: list[int] = []
    for size in (x.shape[-1], x.shape[-2]):
        total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
        pads += [total // 2, total - total // 2]
    return fn.pad(x, pads)


class SameConv2d(nn.Conv2d):
    """A convolution with TensorFlow's "same" padding."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__(inputs, outputs, 4, stride)

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, H, W) to (B, C', H/stride, W/stride)."""
        return super().forward(_same(x, 4, self.stride[0]))


class UpsamplingConv2d(SameConv2d):
    """Nearest-neighbour upsampling x2, then a :class:`SameConv2d` of stride 1, in one step.

    An even output row reads the input rows i-1, i, i, i+1 and an odd one i, i, i+1, i+1, so the
    four taps collapse to three (the odd row's first is 0). One 3 x 3 convolution to the four
    output phases does the same sums with 9/16 of the products.
    """

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__(inputs, outputs, 1)

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, H, W) to (B, C', 2H, 2W)."""
        taps = self.weight.new_tensor(
            [[[1, 0, 0, 0], [0, 1, 1, 0], [0, 0, 0, 1]], [[0, 0, 0, 0], [1, 1, 0, 0], [0, 0, 1, 1]]]
        )
        kernels = torch.einsum("oirc,ptr,qsc->opqits", self.weight, taps, taps)
        bias = None if self.bias is None else self.bias.repeat_interleave(4)
        phases = fn.conv2d(x, kernels.flatten(0, 2), bias, padding=1)
        return fn.pixel_shuffle(phases, 2)


class ClassicGenerator(nn.Module):
    """The published one-pass U-Net: condition (32, 128, 1) and z (2, 8, 512) to (32, 128, 4).

    Four levels down, z concatenated at the bottleneck, four levels up with skips; the design
    of AWS's DeepComposer sample, a U-Net after Isola et al. (2017). Tensors are channels last
    at the door and channels first inside. Momentum .8 in Keras' sense is .2 in torch's.
    """

    def __init__(self) -> None:
        super().__init__()
        self.downs = nn.ModuleList(
            SameConv2d(a, b, 2) for a, b in ((1, 64), (64, 128), (128, 256), (256, 512))
        )
        self.down_norms = nn.ModuleList(
            nn.BatchNorm2d(c, momentum=0.2, eps=1e-3) for c in (128, 256, 512)
        )
        self.ups = nn.ModuleList(
            UpsamplingConv2d(a, b) for a, b in ((1024, 256), (512, 128), (256, 64))
        )
        self.up_norms = nn.ModuleList(
            nn.BatchNorm2d(c, momentum=0.2, eps=1e-3) for c in (256, 128, 64)
        )
        self.last = UpsamplingConv2d(128, VOICES)

    def forward(self, condition: Tensor, noise: Tensor) -> Tensor:
        """(B, 32, 128, 1) in {-1, 1} and (B, 2, 8, 512) to (B, 32, 128, 4) in (-1, 1)."""
        h = condition.permute(0, 3, 1, 2)
        skips = []
        for level, down in enumerate(self.downs):
            h = fn.leaky_relu(down(h), 0.2)
            if level > 0:
                h = self.down_norms[level - 1](h)
            skips.append(h)
        h = torch.cat([skips.pop(), noise.permute(0, 3, 1, 2)], dim=1)
        for up, norm in zip(self.ups, self.up_norms, strict=True):
            h = fn.relu(norm(up(h)))
            h = torch.cat([h, skips.pop()], dim=1)
        return torch.tanh(self.last(h).float()).permute(0, 2, 3, 1)


class ClassicCritic(nn.Module):
    """The published critic: four convolutions (k4, stride 2) and a dense layer, no norm."""

    def __init__(self) -> None:
        super().__init__()
        widths = ((VOICES + 1, 64), (64, 128), (128, 256), (256, 512))
        self.convs = nn.ModuleList(SameConv2d(a, b, 2) for a, b in widths)
        self.dense = nn.Linear(512 * 2 * 8, 1)

    def forward(self, roll: Tensor, condition: Tensor) -> Tensor:
        """(B, 32, 128, 4) and (B, 32, 128, 1) to a score (B,)."""
        h = torch.cat([roll, condition], dim=3).permute(0, 3, 1, 2)
        for conv in self.convs:
            h = fn.leaky_relu(conv(h), 0.2)
        score: Tensor = self.dense(h.flatten(1))
        return score.squeeze(1)
