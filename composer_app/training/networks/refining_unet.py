"""Our masked U-Net over time, the network of the refining technique.

:class:`RefiningUNet` hides its tensor layout: it takes whole numbers (pitch classes, masks, bar
positions) and one-hot codes them inside, so that training, the ONNX file and the sampler cannot
disagree about it.
"""

import itertools

import torch
from torch import Tensor, nn

from composer_app.music.harmony.chord_qualities import QUALITIES
from composer_app.music.pitch import OCTAVE
from composer_app.training.config import (
    BEATS,
    NETWORK_STYLES,
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
# Those that do not depend on the voices.
_CHANNELS_AROUND = (
    _POSITIONS
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


def input_channels(config: RefiningConfig) -> int:
    """How many channels the network of ``config`` sees at each step."""
    return config.lines * (config.pitch_classes + 3) + _CHANNELS_AROUND


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
        self.config = config
        self.lines, self.pitch_classes = config.lines, config.pitch_classes
        inputs = input_channels(config)
        # Which pitch classes a chord has is no secret that the network would have to find out.
        self.register_buffer("tones", torch.from_numpy(chord_tones()), persistent=False)
        self.stem = nn.Conv1d(inputs, channels[0], 3, padding=1)
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
        self.head = nn.Conv1d(channels[0], self.lines * (self.pitch_classes + 1), 1)
        side = config.side_channels
        self.side = SideNetwork(inputs, side, channels, config.side_dropout) if side else None
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

        Four and 49 are the lines and pitch classes of the usual recipe.

        Returns pitch logits (B, T, 4, 49), onset logits (B, T, 4), chord logits (B, T, 204) and
        logits of the bass's pitch class (B, T, 12), given the chord where that is known.
        """
        channels = self.channels_of(
            one_hot(pitch, self.pitch_classes),
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
        around = self.channels_around(
            position, fermata, valid, style, beat, begin, chord, chord_known
        )
        return self.channels_with(around, codes, onset, pitch_known, onset_known)

    @staticmethod
    def channels_with(
        around: Tensor, codes: Tensor, onset: Tensor, pitch_known: Tensor, onset_known: Tensor
    ) -> Tensor:
        """The input channels (B, C, T) of voices, and ``around`` them those that stay the same."""
        seen = (codes * pitch_known.unsqueeze(-1)).flatten(2)
        features = [seen, onset * onset_known, pitch_known, onset_known, around]
        return torch.cat(features, dim=2).transpose(1, 2)

    def channels_around(
        self,
        position: Tensor,
        fermata: Tensor,
        valid: Tensor,
        style: Tensor,
        beat: Tensor,
        begin: Tensor,
        chord: Tensor,
        chord_known: Tensor,
    ) -> Tensor:
        """(B, T, C'): the input channels that do not depend on the voices.

        ``style`` may also be how much there is of each style, (B, T, 6).
        """
        dotted = (beat == BEATS.index(_DOTTED_PHASES)).float().unsqueeze(-1) * valid.unsqueeze(-1)
        even = valid.unsqueeze(-1) - dotted
        knows_chord, knows_bass = chord_known[..., :1], chord_known[..., 1:]
        place = one_hot(position, _POSITIONS) * valid.unsqueeze(-1)
        kind = style if style.is_floating_point() else one_hot(style, len(NETWORK_STYLES))
        return torch.cat(
            [
                # First what the first networks knew, so that their weights fit.
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
        out = self.head(h).transpose(1, 2).unflatten(2, (self.lines, self.pitch_classes + 1))
        return out[..., :-1], out[..., -1]


def _split_row(row: Tensor) -> tuple[Tensor, Tensor]:
    row = row.transpose(1, 2)
    return row[..., :CHORD_CLASSES], row[..., CHORD_CLASSES:]
