"""A small network beside a trained one, which tells it of what it has not learnt to see.

The trained network stays as it is, and the side network learns what is to be added to its layers:
side-tuning (Zhang et al., ECCV 2020) with the injections of ControlNet (Zhang, Rao and Agrawala,
ICCV 2023). It takes a fraction of the time that training all again would take, on a processor, and
loses nothing that the trained network knows.
"""

import itertools
from collections.abc import Sequence

from torch import Tensor, nn

from composer_app.training.networks.blocks import blocks


class SideNetwork(nn.Module):
    """A U-Net over time with as many levels as the network that it stands beside.

    Its joints begin at zero, so that at first it changes nothing.
    """

    def __init__(
        self, inputs: int, channels: Sequence[int], joined: Sequence[int], dropout: float
    ) -> None:
        """``channels`` are its own widths from fine to coarse, ``joined`` the other network's.

        With none ``joined`` it stands for itself, and has no hints to give.
        """
        super().__init__()
        self.stem = nn.Conv1d(inputs, channels[0], 3, padding=1)
        self.down_blocks = nn.ModuleList(blocks(width, 1, dropout) for width in channels)
        self.downs = nn.ModuleList(
            nn.Conv1d(a, b, 2, stride=2) for a, b in itertools.pairwise(channels)
        )
        self.ups = nn.ModuleList(
            nn.ConvTranspose1d(b, a, 2, stride=2)
            for a, b in reversed(list(itertools.pairwise(channels)))
        )
        self.up_blocks = nn.ModuleList(
            blocks(width, 1, dropout) for width in reversed(channels[:-1])
        )
        # One for the bottom, one for each level upwards, one before the head.
        joints = [*zip(reversed(channels), reversed(joined), strict=True)] if joined else []
        joints += [(channels[0], each) for each in joined[:1]]
        self.joints = nn.ModuleList(nn.Conv1d(own, other, 1) for own, other in joints)
        for joint in self.joints:
            for parameter in joint.parameters():
                nn.init.zeros_(parameter)

    def forward(self, features: Tensor) -> tuple[list[Tensor], Tensor]:
        """``(hints, top)`` of ``features`` (B, inputs, T).

        ``hints`` are what is to be added, from coarse to fine, the finest twice: before the last
        blocks and after them. ``top`` (B, channels[0], T) is what the network knows itself.
        """
        h = self.stem(features)
        skips = []
        for index, level in enumerate(self.down_blocks):
            h = level(h)
            if index < len(self.downs):
                skips.append(h)
                h = self.downs[index](h)
        heights = [h]
        for up, level in zip(self.ups, self.up_blocks, strict=True):
            h = level(up(h) + skips.pop())
            heights.append(h)
        heights.append(h)
        # Of a network that stands for itself there are no joints.
        return [joint(x) for joint, x in zip(self.joints, heights, strict=False)], h
