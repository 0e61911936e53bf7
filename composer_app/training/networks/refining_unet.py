"""The networks: our masked U-Net over time, and the published one-pass GAN.

:class:`RefiningUNet` hides its tensor layout: it takes whole numbers (pitch classes, masks, bar
positions) and one-hot codes them inside, so that training, the ONNX file and the sampler cannot
disagree about it.
"""

import itertools

import torch
from torch import Tensor, nn
from torch.nn import functional as fn

from composer_app.music.harmony.chord_qualities import QUALITIES
from composer_app.music.pitch import OCTAVE
from composer_app.training.config import (
    BEATS,
    NETWORK_STYLES,
    PITCH_CLASSES,
    VOICES,
    RefiningConfig,
)
from composer_app.training.corpora.chord_row import BASS_CLASSES, CHORD_CLASSES, chord_tones
from composer_app.training.networks.blocks import blocks
from composer_app.training.networks.side_network import SideNetwork

_POSITIONS = 24
_FIRST_POSITIONS = 16
_BEAT_PHASES = 4
_DOTTED_PHASES = 6
_CHORD_CHANNELS = 2 * OCTAVE + len(QUALITIES) + 1 + BASS_CLASSES + 1
_INPUT_CHANNELS = (
    VOICES * PITCH_CLASSES
    + 3 * VOICES
    + _POSITIONS
    + _BEAT_PHASES
    + _DOTTED_PHASES
    + 2
    + 1
    + 1
    + len(NETWORK_STYLES)
    + len(BEATS)
    + 1
    + _CHORD_CHANNELS
)


def one_hot(index: Tensor, count: int) -> Tensor:
    """Float one-hot code along a new last axis."""
    return (index.unsqueeze(-1) == torch.arange(count, device=index.device)).float()


class RefiningUNet(nn.Module):
    """Order-agnostic masked U-Net over time, with pitches as channels.

    The family of Coconet (Huang et al., "Counterpoint by Convolution", ISMIR 2017); U-Net after
    Ronneberger et al. (2015). Fully convolutional in time: T may be any multiple of 16.
    """

    tones: Tensor

    def __init__(self, config: RefiningConfig) -> None:
        super().__init__()
        channels = config.channels
        # Which pitch classes a chord has is no secret that the network would have to find out.
        self.register_buffer("tones", torch.from_numpy(chord_tones()), persistent=False)
        self.stem = nn.Conv1d(_INPUT_CHANNELS, channels[0], 3, padding=1)
        self.down_blocks = nn.ModuleList(
            blocks(width, count, config.dropout)
            for width, count in zip(channels, config.down_blocks, strict=True)
        )
        self.downs = nn.ModuleList(
            nn.Conv1d(a, b, 2, stride=2) for a, b in itertools.pairwise(channels)
        )
        self.ups = nn.ModuleList(
            nn.ConvTranspose1d(b, a, 2, stride=2)
            for a, b in reversed(list(itertools.pairwise(channels)))
        )
        self.up_blocks = nn.ModuleList(
            blocks(width, count, config.dropout)
            for width, count in zip(reversed(channels[:-1]), config.up_blocks, strict=True)
        )
        self.head = nn.Conv1d(channels[0], VOICES * (PITCH_CLASSES + 1), 1)
        side = config.side_channels
        self.side = (
            SideNetwork(_INPUT_CHANNELS, side, channels, config.side_dropout) if side else None
        )
        self.row_head = nn.Conv1d((side or channels)[0], CHORD_CLASSES + BASS_CLASSES, 1)

    def forward(
        self,
        pitch: Tensor,
        onset: Tensor,
        pitch_known: Tensor,
        onset_known: Tensor,
        position: Tensor,
        fermata: Tensor,
        valid: Tensor,
        style: Tensor,
        beat: Tensor | None = None,
        begin: Tensor | None = None,
        chord: Tensor | None = None,
        chord_known: Tensor | None = None,
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Logits for every cell and for the chord row from what is known.

        ``pitch`` (B, T, 4) int64 classes, ``onset`` (B, T, 4) 0/1, ``pitch_known`` and
        ``onset_known`` (B, T, 4) 0/1, ``position`` (B, T) int64 0-23, ``fermata`` (B, T) int64
        0/1/2 (2: not known), ``valid`` (B, T) 0/1, ``style`` (B, T) int64 index into
        :data:`~composer_app.training.config.NETWORK_STYLES`, ``beat`` (B, T) int64 index into
        :data:`~composer_app.training.config.BEATS`, ``begin`` (B, T) 1 up to the first downbeat of
        the piece, ``chord`` (B, T, 3) int64: root, quality and bass of the beat, ``chord_known``
        (B, T, 2) 0/1: whether the chord is known, and its bass. Of the last four, what is not given
        is a quarter, the middle of a piece, and a row of which nothing is known.

        Returns pitch logits (B, T, 4, 49), onset logits (B, T, 4), chord logits (B, T, 204) and
        logits of the bass's pitch class (B, T, 12), given the chord where that is known.
        """
        channels = self.channels_of(
            one_hot(pitch, PITCH_CLASSES),
            onset,
            pitch_known,
            onset_known,
            position,
            fermata,
            valid,
            style,
            beat,
            begin,
            chord,
            chord_known,
        )
        return self.answers(channels)

    def channels_of(
        self,
        codes: Tensor,
        onset: Tensor,
        pitch_known: Tensor,
        onset_known: Tensor,
        position: Tensor,
        fermata: Tensor,
        valid: Tensor,
        style: Tensor,
        beat: Tensor | None = None,
        begin: Tensor | None = None,
        chord: Tensor | None = None,
        chord_known: Tensor | None = None,
    ) -> Tensor:
        """The input channels (B, C, T) that code what :meth:`forward` takes.

        ``codes`` (B, T, 4, 49) are the one-hot pitches, or probabilities that carry gradients.
        """
        beat = torch.zeros_like(position) if beat is None else beat
        begin = torch.zeros_like(valid) if begin is None else begin
        if chord is None or chord_known is None:
            chord = torch.zeros_like(position).unsqueeze(-1).expand(*position.shape, 3)
            chord_known = torch.zeros_like(valid).unsqueeze(-1).expand(*valid.shape, 2)
        dotted = (beat == BEATS.index(_DOTTED_PHASES)).float().unsqueeze(-1) * valid.unsqueeze(-1)
        even = valid.unsqueeze(-1) - dotted
        knows_chord, knows_bass = chord_known[..., :1], chord_known[..., 1:]
        place = one_hot(position, _POSITIONS) * valid.unsqueeze(-1)
        kind = one_hot(style, len(NETWORK_STYLES))
        features = torch.cat(
            [
                # First what the first networks knew, so that their weights fit.
                (codes * pitch_known.unsqueeze(-1)).flatten(2),
                onset * onset_known,
                pitch_known,
                onset_known,
                place[..., :_FIRST_POSITIONS],
                one_hot(position % _BEAT_PHASES, _BEAT_PHASES) * even,
                one_hot(fermata, 3)[..., 1:],
                valid.unsqueeze(-1),
                torch.ones_like(valid).unsqueeze(-1),
                kind,
                place[..., _FIRST_POSITIONS:],
                one_hot(position % _DOTTED_PHASES, _DOTTED_PHASES) * dotted,
                one_hot(beat, len(BEATS)) * valid.unsqueeze(-1),
                begin.unsqueeze(-1),
                one_hot(chord[..., 0], OCTAVE) * knows_chord,
                one_hot(chord[..., 1], len(QUALITIES)) * knows_chord,
                self.tones[chord[..., 0] * len(QUALITIES) + chord[..., 1]] * knows_chord,
                knows_chord,
                one_hot(chord[..., 2], BASS_CLASSES) * knows_bass,
                knows_bass,
            ],
            dim=2,
        )
        return features.transpose(1, 2)

    def answers(self, features: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """As :meth:`forward`, from the input channels (B, C, T)."""
        if self.side is None:
            h = self._trunk(features, None)
            row = self.row_head(h)
        else:
            hints, top = self.side(features)
            row = self.row_head(top)
            h = self._trunk(features, hints)
        return (*self._voices(h), *_split_row(row))

    def answers_beside(
        self, features: Tensor, asked: Tensor
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """As :meth:`answers`, of voices only in the windows that are ``asked`` (B,) for them.

        Of networks with a side network, which says the chords of the others by itself.
        """
        assert self.side is not None
        hints, top = self.side(features)
        h = self._trunk(features[asked], [hint[asked] for hint in hints])
        return (*self._voices(h), *_split_row(self.row_head(top)))

    def _trunk(self, features: Tensor, hints: list[Tensor] | None) -> Tensor:
        h: Tensor = self.stem(features)
        skips = []
        for index, level in enumerate(self.down_blocks):
            h = level(h)
            if index < len(self.downs):
                skips.append(h)
                h = self.downs[index](h)
        if hints is not None:
            h = h + hints[0]
        for index, (up, level) in enumerate(zip(self.ups, self.up_blocks, strict=True)):
            h = up(h) + skips.pop()
            h = level(h if hints is None else h + hints[index + 1])
        if hints is not None:
            h = h + hints[-1]
        return h

    def _voices(self, h: Tensor) -> tuple[Tensor, Tensor]:
        out = self.head(h).transpose(1, 2).unflatten(2, (VOICES, PITCH_CLASSES + 1))
        return out[..., :-1], out[..., -1]


def _split_row(row: Tensor) -> tuple[Tensor, Tensor]:
    row = row.transpose(1, 2)
    return row[..., :CHORD_CLASSES], row[..., CHORD_CLASSES:]


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
