"""What was played, as it was played, and how it is to be read as a melody.

A :class:`Performance` keeps every note in seconds, unquantized and with its velocity. The melody
of a composition is a view of it (:mod:`composer_app.music.performing.quantization`) through a
:class:`Quantization`, which can be chosen anew at any time, since nothing of the performance is
lost by it.
"""

import math
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from composer_app.music.pitch import PITCH_COUNT
from composer_app.music.timing import (
    MAX_TEMPO,
    MIN_TEMPO,
    TICKS_PER_BEAT,
    TICKS_PER_STEP,
    Meter,
)

# A file that claims more is not ours; 20,000 notes are an hour and a half of sixteenths at 60 BPM.
MAX_NOTES: Final = 20_000
_LATEST_SECONDS: Final = 1e6


@dataclass(frozen=True, slots=True)
class PerformedNote:
    """A note as it was played: MIDI ``pitch`` and ``velocity`` (1-127), times in seconds.

    Times count from the downbeat at which the performance begins and may be negative: struck
    early. They are kept to a microsecond.
    """

    pitch: int
    velocity: int
    start: float
    end: float

    def __post_init__(self) -> None:
        if not 0 <= self.pitch < PITCH_COUNT:
            raise ValueError(f"pitch {self.pitch} is outside MIDI's 0-127")
        if not 1 <= self.velocity <= 127:
            raise ValueError(f"velocity {self.velocity} is outside 1-127")
        if not -_LATEST_SECONDS <= self.start <= self.end <= _LATEST_SECONDS:
            raise ValueError(f"a note that ends ({self.end}) before it starts ({self.start})")
        object.__setattr__(self, "start", round(self.start, 6))
        object.__setattr__(self, "end", round(self.end, 6))


class Grid(StrEnum):
    """What onsets are drawn to, within each bar; OFF draws them nowhere.

    What sounds beside the sixteenths does so by micro-timing, and each note has a sixteenth of its
    own (see :class:`composer_app.music.note.Note`): of three eighths in the time of two, those
    are 0, 1 and 3 of the beat, of three quarters in the time of two 0, 3 and 5 of the half bar.
    Triplets of sixteenths are not offered: two of three would share a sixteenth.
    """

    OFF = "off"
    QUARTER = "1/4"
    EIGHTH = "1/8"
    SIXTEENTH = "1/16"
    QUARTER_TRIPLET = "1/4T"
    EIGHTH_TRIPLET = "1/8T"

    @property
    def ticks(self) -> int | None:
        """Distance of two lines of the grid in ticks; None for OFF."""
        return _GRID_TICKS[self]

    @property
    def is_triplet(self) -> bool:
        """Whether its lines are thirds."""
        return self in (Grid.QUARTER_TRIPLET, Grid.EIGHTH_TRIPLET)


_GRID_TICKS: Final = {
    Grid.OFF: None,
    Grid.QUARTER: TICKS_PER_BEAT,
    Grid.EIGHTH: TICKS_PER_BEAT // 2,
    Grid.SIXTEENTH: TICKS_PER_STEP,
    Grid.QUARTER_TRIPLET: 2 * TICKS_PER_BEAT // 3,
    Grid.EIGHTH_TRIPLET: TICKS_PER_BEAT // 3,
}


class Reduction(StrEnum):
    """Which notes of a performance make the melody.

    With TOP and LATEST, a note that still sounds when the next one is struck ends there and does
    not come back. TOP takes notes struck together as a chord, of which the highest one counts;
    LATEST lets every note count, so that of those in one sixteenth the last one struck remains.
    ALL keeps every note as long as it was held: no melody yet, but what has one in its top line.
    """

    TOP = "top"
    LATEST = "latest"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Quantization:
    """How a performance is read: grid, how far notes are drawn to it (0-100 %), reduction."""

    grid: Grid = Grid.SIXTEENTH
    strength: int = 100
    reduction: Reduction = Reduction.TOP

    def __post_init__(self) -> None:
        if not 0 <= self.strength <= 100:
            raise ValueError(f"a strength of {self.strength} % is outside 0-100")


@dataclass(frozen=True, slots=True)
class Performance:
    """Everything that was played, by onset, the tempo and metre it was played in, and its view.

    ``bpm`` turns its seconds into sixteenths, whatever tempo the composition has by now.
    """

    notes: tuple[PerformedNote, ...]
    bpm: float
    meter: Meter = field(default_factory=Meter)
    quantization: Quantization = field(default_factory=Quantization)

    def __post_init__(self) -> None:
        if not MIN_TEMPO <= self.bpm <= MAX_TEMPO:
            raise ValueError(f"tempo {self.bpm} is outside {MIN_TEMPO:g}-{MAX_TEMPO:g} BPM")
        ordered = tuple(sorted(self.notes, key=lambda note: note.start))
        object.__setattr__(self, "notes", ordered)


def to_details(performance: Performance) -> dict[str, Any]:
    """``performance`` in values that JSON has; :func:`from_details` reads them."""
    meter, quantization = performance.meter, performance.quantization
    return {
        "bpm": performance.bpm,
        "meter": [meter.numerator, meter.denominator],
        "view": [quantization.grid.value, quantization.strength, quantization.reduction.value],
        "notes": [[n.pitch, n.velocity, n.start, n.end] for n in performance.notes],
    }


def from_details(value: object) -> Performance | None:
    """What :func:`to_details` made; None for anything else."""
    match value:
        case {
            "bpm": int() | float() as bpm,
            "meter": [int(numerator), int(denominator)],
            "view": [str(grid), int(strength), str(reduction)],
            "notes": [*notes],
        } if len(notes) <= MAX_NOTES:
            try:
                return Performance(
                    tuple(_note(note) for note in notes),
                    float(bpm),
                    Meter(numerator, denominator),
                    Quantization(Grid(grid), strength, Reduction(reduction)),
                )
            except (ValueError, OverflowError):
                return None
    return None


def _note(value: object) -> PerformedNote:
    match value:
        case [int(pitch), int(velocity), int() | float() as start, int() | float() as end]:
            if math.isfinite(start) and math.isfinite(end):
                return PerformedNote(pitch, velocity, float(start), float(end))
    raise ValueError("not a performed note")
