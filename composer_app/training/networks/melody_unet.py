"""The network that writes melodies: a masked U-Net over time with one voice.

It is of the refining kind: any cells may be known, any can be asked for. A cell is what a step does
(it strikes a note, holds one or rests), and the pitch of its note above the tonic. Rhythm and pitch
are hidden apart, so that a rhythm can be drawn before its pitches. What stands at the same place of
neighbouring bars is shown beside each step, for a melody lives by what comes again in it.
"""

import itertools

import torch
from torch import Tensor, nn

from composer_app.music.harmony.chord_qualities import QUALITIES
from composer_app.music.pitch import OCTAVE
from composer_app.training.config import (
    BEATS,
    MELODY_DEGREES,
    MELODY_DENSITIES,
    MELODY_NEIGHBOURS,
    NETWORK_STYLES,
    MelodyConfig,
)
from composer_app.training.corpora.chord_row import chord_tones
from composer_app.training.networks.blocks import blocks
from composer_app.training.networks.refining_unet import one_hot

STATES = 3
_POSITIONS = 24
_PHASES = (4, 6)
# Bars of a phrase of eight, and an upbeat; bars to the last one, more than seven, and unknown.
PLACES = 9
ENDINGS = 10
_SEEN = 24
_CELL = STATES + MELODY_DEGREES + 2
_AROUND = (
    _POSITIONS
    + sum(_PHASES)
    + len(BEATS)
    + PLACES
    + ENDINGS
    + 1
    + 1
    + len(NETWORK_STYLES)
    + 1
    + MELODY_DENSITIES
    + 2 * OCTAVE
    + len(QUALITIES)
    + 1
)


class MelodyUNet(nn.Module):
    """Order-agnostic masked U-Net over time (after Huang et al. 2017, Ronneberger et al. 2015)."""

    tones: Tensor

    def __init__(self, config: MelodyConfig) -> None:
        super().__init__()
        channels = config.channels
        self.register_buffer("tones", torch.from_numpy(chord_tones()), persistent=False)
        self.look = nn.Conv1d(_CELL, _SEEN, 1)
        features = _CELL + len(MELODY_NEIGHBOURS) * (_SEEN + 1) + _AROUND
        self.stem = nn.Conv1d(features, channels[0], 3, padding=1)
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
        self.head = nn.Conv1d(channels[0], STATES + MELODY_DEGREES, 1)

    def forward(
        self,
        state: Tensor,
        degree: Tensor,
        state_known: Tensor,
        degree_known: Tensor,
        neighbour: Tensor,
        position: Tensor,
        beat: Tensor,
        place: Tensor,
        ending: Tensor,
        begin: Tensor,
        valid: Tensor,
        style: Tensor,
        minor: Tensor,
        density: Tensor,
        chord: Tensor,
        chord_known: Tensor,
    ) -> tuple[Tensor, Tensor]:
        """Logits of what each step does (B, T, 3), and of the pitch of its note (B, T, degrees).

        ``state`` (B, T) int64: 0 strikes, 1 holds, 2 rests. ``degree`` (B, T) int64: semitones of
        the sounding note above the lowest class. ``state_known``, ``degree_known`` (B, T) 0/1.
        ``neighbour`` (B, T, 7) int64: the step at the same place of the bars
        :data:`~composer_app.training.config.MELODY_NEIGHBOURS`, -1 where there is none.
        ``position`` (B, T) int64 0-23, ``beat`` (B, T) an index into BEATS, ``place`` (B, T) the
        bar of its phrase of eight, 8 for an upbeat, ``ending`` (B, T) the bars to the last one, 8
        for more than seven and 9 where nobody knows, ``begin``, ``valid``, ``minor`` (B, T) 0/1,
        ``style`` (B, T), ``density`` (B, T) int64: how many notes a beat, 0 where nobody knows,
        ``chord`` (B, T, 2) root above the tonic and quality, ``chord_known`` (B, T).
        """
        cells = torch.cat(
            [
                one_hot(state, STATES) * state_known.unsqueeze(-1),
                one_hot(degree, MELODY_DEGREES) * degree_known.unsqueeze(-1),
                state_known.unsqueeze(-1),
                degree_known.unsqueeze(-1),
            ],
            dim=2,
        )
        seen = self.look(cells.transpose(1, 2)).transpose(1, 2)
        there = (neighbour >= 0).float()
        beside = []
        for index in range(len(MELODY_NEIGHBOURS)):
            at = neighbour[..., index].clamp(min=0).unsqueeze(-1).expand(-1, -1, _SEEN)
            beside.append(torch.gather(seen, 1, at) * there[..., index].unsqueeze(-1))
        sounding = valid.unsqueeze(-1)
        dotted = (beat == BEATS.index(_PHASES[1])).float().unsqueeze(-1) * sounding
        knows = chord_known.unsqueeze(-1)
        features = torch.cat(
            [
                cells,
                *beside,
                there,
                one_hot(position, _POSITIONS) * sounding,
                one_hot(position % _PHASES[0], _PHASES[0]) * (sounding - dotted),
                one_hot(position % _PHASES[1], _PHASES[1]) * dotted,
                one_hot(beat, len(BEATS)) * sounding,
                one_hot(place, PLACES) * sounding,
                one_hot(ending, ENDINGS) * sounding,
                begin.unsqueeze(-1),
                sounding,
                one_hot(style, len(NETWORK_STYLES)),
                minor.unsqueeze(-1),
                one_hot(density, MELODY_DENSITIES),
                one_hot(chord[..., 0], OCTAVE) * knows,
                one_hot(chord[..., 1], len(QUALITIES)) * knows,
                self.tones[chord[..., 0] * len(QUALITIES) + chord[..., 1]] * knows,
                knows,
            ],
            dim=2,
        ).transpose(1, 2)
        out = self.head(self._trunk(features)).transpose(1, 2)
        return out[..., :STATES], out[..., STATES:]

    def _trunk(self, features: Tensor) -> Tensor:
        h: Tensor = self.stem(features)
        skips = []
        for index, level in enumerate(self.down_blocks):
            h = level(h)
            if index < len(self.downs):
                skips.append(h)
                h = self.downs[index](h)
        for up, level in zip(self.ups, self.up_blocks, strict=True):
            h = level(up(h) + skips.pop())
        return h
