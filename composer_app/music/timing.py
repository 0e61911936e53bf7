"""Time in music: the grid of sixteenths, beats, bars, and the tempo that makes them seconds.

A *step* is a sixteenth note. A *beat* is a quarter note, four steps, whatever the metre.
Tempo is in beats (quarter notes) per minute, BPM.
"""

from bisect import bisect_right
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

STEPS_PER_BEAT: Final = 4
# What micro-timing counts in, as our MIDI files do: half a millisecond at 120 BPM, and thirds of
# a beat are whole numbers of it.
TICKS_PER_BEAT: Final = 960
TICKS_PER_STEP: Final = TICKS_PER_BEAT // STEPS_PER_BEAT
_TICKS_PER_WHOLE: Final = 4 * TICKS_PER_BEAT
# No bar is longer than 32 whole notes.
MAX_NUMERATOR: Final = 32
DENOMINATORS: Final = (1, 2, 4, 8, 16, 32)
MIN_TEMPO: Final = 10.0
# MIDI files count whole microseconds per beat: above 774 BPM a hundredth would not survive them.
MAX_TEMPO: Final = 600.0
DEFAULT_TEMPO: Final = 100.0


@dataclass(frozen=True, slots=True)
class Meter:
    """A metre such as 4/4 or 6/8: ``numerator`` notes of 1/``denominator`` make a bar."""

    numerator: int = 4
    denominator: int = 4

    def __post_init__(self) -> None:
        if not 1 <= self.numerator <= MAX_NUMERATOR or self.denominator not in DENOMINATORS:
            raise ValueError(f"{self} is no metre")

    def __str__(self) -> str:
        return f"{self.numerator}/{self.denominator}"

    @property
    def ticks_per_bar(self) -> int:
        """Length of a bar in ticks."""
        return self.numerator * _TICKS_PER_WHOLE // self.denominator

    @property
    def ticks_per_pulse(self) -> int:
        """Length in ticks of what a metronome counts: a dotted quarter in 6/8, 9/8, 12/8."""
        compound = self.denominator >= 8 and self.numerator % 3 == 0 and self.numerator > 3
        return (3 if compound else 1) * _TICKS_PER_WHOLE // self.denominator

    @property
    def steps_per_bar(self) -> int:
        """Length of a bar in steps: the nearest number, where it is no whole one."""
        return max(1, nearest_step(self.ticks_per_bar))

    @property
    def steps_per_pulse(self) -> int:
        """Length of a pulse in steps: the nearest number, where it is no whole one."""
        return max(1, nearest_step(self.ticks_per_pulse))


@dataclass(frozen=True, slots=True)
class TempoChange:
    """From ``step`` on the music runs at ``bpm`` (kept to a hundredth)."""

    step: int
    bpm: float

    def __post_init__(self) -> None:
        if self.step < 0:
            raise ValueError(f"a tempo change cannot stand before the start (step {self.step})")
        if not MIN_TEMPO <= self.bpm <= MAX_TEMPO:
            raise ValueError(f"tempo {self.bpm} is outside {MIN_TEMPO:g}-{MAX_TEMPO:g} BPM")
        object.__setattr__(self, "bpm", round(self.bpm, 2))


@dataclass(frozen=True, slots=True)
class TempoMap:
    """Tempo over time: changes at rising steps, the first at step 0."""

    changes: tuple[TempoChange, ...] = (TempoChange(0, DEFAULT_TEMPO),)

    def __post_init__(self) -> None:
        steps = [change.step for change in self.changes]
        if not steps or steps[0] != 0 or any(a >= b for a, b in pairwise(steps)):
            raise ValueError("tempo changes start at step 0 and rise")

    @classmethod
    def constant(cls, bpm: float) -> "TempoMap":
        """One tempo throughout."""
        return cls((TempoChange(0, bpm),))

    @property
    def initial_bpm(self) -> float:
        """Tempo at the start."""
        return self.changes[0].bpm

    def bpm_at(self, step: float) -> float:
        """Tempo in force at ``step``."""
        index = bisect_right([change.step for change in self.changes], step) - 1
        return self.changes[max(index, 0)].bpm

    def seconds_at(self, step: float) -> float:
        """Seconds from the start to ``step`` (fractions of a step are allowed)."""
        seconds = 0.0
        for change, following in pairwise(self.changes):
            if step < following.step:
                return seconds + (step - change.step) * seconds_per_step(change.bpm)
            seconds += (following.step - change.step) * seconds_per_step(change.bpm)
        last = self.changes[-1]
        return seconds + (step - last.step) * seconds_per_step(last.bpm)

    def step_at(self, seconds: float) -> float:
        """The inverse of :meth:`seconds_at`; a fraction of a step."""
        elapsed = 0.0
        for change, following in pairwise(self.changes):
            section = (following.step - change.step) * seconds_per_step(change.bpm)
            if seconds < elapsed + section:
                return change.step + (seconds - elapsed) / seconds_per_step(change.bpm)
            elapsed += section
        last = self.changes[-1]
        return last.step + (seconds - elapsed) / seconds_per_step(last.bpm)


def seconds_per_step(bpm: float) -> float:
    """Length of a sixteenth in seconds."""
    return 60.0 / (bpm * STEPS_PER_BEAT)


def nearest_step(ticks: int) -> int:
    """The step nearest to a number of ticks; halves go up."""
    return (ticks + TICKS_PER_STEP // 2) // TICKS_PER_STEP


def quantize(seconds: float, bpm: float) -> int:
    """Nearest step to a time in seconds from step 0 (halves go up), never before step 0."""
    return max(0, int(seconds / seconds_per_step(bpm) + 0.5))
