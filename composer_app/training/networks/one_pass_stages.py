"""What the one-pass generator is told of a piece, and which cells each of its stages writes."""

from dataclasses import dataclass
from typing import Final, NamedTuple

import torch
from torch import Tensor

from composer_app.training.config import BEATS, VOICES

_DOTTED: Final = 6
# Voices take turns within three beats, so that none is drawn beside itself.
_TURNS: Final = VOICES - 1
BASS: Final = VOICES - 1


class Context(NamedTuple):
    """What stands around a melody of T steps, (B, T) each unless said otherwise.

    ``position``, ``fermata``, ``valid``, ``beat``, ``begin``, ``chord`` (B, T, 3) and
    ``chord_known`` (B, T, 2) are what the refining network takes; the chords that are known are
    those that somebody asks for. ``beat_start`` int64 is the step at which each step's beat begins,
    ``same_as`` int64 that of the beat whose chord it shares, and ``shift`` int64 by how many
    semitones its own lies above that one. ``rooted`` is 1 where the bass is to be the planned
    chord's root.
    """

    position: Tensor
    fermata: Tensor
    valid: Tensor
    beat: Tensor
    begin: Tensor
    chord: Tensor
    chord_known: Tensor
    beat_start: Tensor
    same_as: Tensor
    shift: Tensor
    rooted: Tensor

    @property
    def in_beat(self) -> Tensor:
        """(B, T) int64: steps since the beat began."""
        return torch.arange(self.beat_start.shape[1], device=self.valid.device) - self.beat_start

    @property
    def dotted(self) -> Tensor:
        """(B, T) bool: where a beat is a dotted quarter."""
        return self.beat == BEATS.index(_DOTTED)


class Row(NamedTuple):
    """The chord row that the voices follow.

    ``chord`` (B, T, 3) int64, ``shown`` (B, T, 2) 0/1: whether the voices are shown the chord, and
    its bass; ``asked`` (B, T, 2) 0/1: whether somebody has asked for them.
    """

    chord: Tensor
    shown: Tensor
    asked: Tensor


@dataclass(frozen=True, slots=True)
class Stage:
    """One application of the network: the ``voices`` it writes, lowest first, and where.

    ``level`` 0 are the beats, 1 the eighths between, 2 the sixteenths between those. With a
    ``turn`` it writes beats again, of each voice every third one, and no two voices at a time.
    """

    level: int
    voices: tuple[int, ...]
    turn: int | None = None


_ALL: Final = (3, 2, 1)
STAGES: Final = (
    Stage(0, (BASS,)),
    Stage(0, (2, 1)),
    *(Stage(0, _ALL, turn) for turn in range(_TURNS)),
    Stage(1, (BASS,)),
    Stage(1, (2, 1)),
    Stage(2, _ALL),
)


def plain_context(position: Tensor, fermata: Tensor, valid: Tensor) -> Context:
    """The context of a piece in quarters of which nothing else is known."""
    steps = torch.arange(position.shape[1], device=position.device).expand_as(position)
    start = steps - torch.minimum(position % 4, steps)
    nothing = torch.zeros_like(position)
    row = nothing.unsqueeze(2)
    return Context(
        position,
        fermata,
        valid,
        nothing,
        torch.zeros_like(valid),
        row.expand(-1, -1, 3),
        row.expand(-1, -1, 2).to(valid.dtype),
        start,
        start,
        nothing,
        torch.zeros_like(valid),
    )


class Cells:
    """Which cells of a piece the stages write, and what they know; worked out once for all."""

    def __init__(self, context: Context) -> None:
        in_beat = context.in_beat
        inside = in_beat > 0
        self.levels = (in_beat == 0, (in_beat % 2 == 0) & inside, (in_beat % 2 == 1) & inside)
        number = self.levels[0].long().cumsum(1) % _TURNS
        self._turns = [self.levels[0] & (number == turn) for turn in range(_TURNS)]
        self._past_end = context.valid == 0
        self._everything = torch.ones_like(context.valid)

    def of(self, stage: Stage, voice: int) -> Tensor:
        """(B, T) bool: the steps at which ``stage`` writes ``voice``."""
        if stage.turn is None:
            return self.levels[stage.level]
        return self._turns[(stage.turn - voice) % _TURNS]

    def known(self, number: int) -> Tensor:
        """(B, T, 4) floats: what stage ``number`` knows of each voice.

        That is the melody, what earlier stages wrote and this one does not write again, and that
        voices rest past the end.
        """
        stage = STAGES[number]
        known = [self._everything]
        for voice in range(1, VOICES):
            cells = self._past_end
            for level in sorted({s.level for s in STAGES[:number] if voice in s.voices}):
                written = self.levels[level]
                if voice in stage.voices and level == stage.level:
                    written = written & ~self.of(stage, voice)
                cells = cells | written
            known.append(cells.to(self._everything.dtype))
        return torch.stack(known, dim=2)
