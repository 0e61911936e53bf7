"""Time in music: the grid of sixteenths, beats, bars, and the tempo that makes them seconds.

A *step* is a sixteenth note. A *beat* is a quarter note, four steps, whatever the metre.
Tempo is in beats (quarter notes) per minute, BPM.
"""

from bisect import bisect_right
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
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
# MIDI files count whole microseconds per beat, of which they have room for 16.8 seconds.
MIN_TEMPO: Final = 4.0
MAX_TEMPO: Final = 1000.0
DEFAULT_TEMPO: Final = 100.0
MICROSECONDS_PER_MINUTE: Final = 60_000_000


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
    def steps_per_beat(self) -> int:
        """Steps for which one chord stands: 6 in 3/8, 6/8, 9/8 and 12/8, else 4, a quarter."""
        return 6 if self.denominator == 8 and self.numerator % 3 == 0 else STEPS_PER_BEAT

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
    """From ``step`` on the music runs at ``bpm``.

    ``step`` may have a fraction: it stands at the tick nearest to it (240 a step), and is a whole
    number where that is on the grid. ``bpm`` is kept to a hundredth of what a MIDI file can hold,
    which counts whole microseconds per beat: above 774 BPM the values it has are further apart.
    """

    step: float
    bpm: float

    def __post_init__(self) -> None:
        if self.step < 0:
            raise ValueError(f"a tempo change cannot stand before the start (step {self.step})")
        if not MIN_TEMPO <= self.bpm <= MAX_TEMPO:
            raise ValueError(f"tempo {self.bpm} is outside {MIN_TEMPO:g}-{MAX_TEMPO:g} BPM")
        whole, rest = divmod(self.ticks, TICKS_PER_STEP)
        object.__setattr__(self, "step", whole + rest / TICKS_PER_STEP if rest else whole)
        microseconds = round(MICROSECONDS_PER_MINUTE / self.bpm)
        object.__setattr__(self, "bpm", round(MICROSECONDS_PER_MINUTE / microseconds, 2))

    @classmethod
    def at_ticks(cls, ticks: int, bpm: float) -> "TempoChange":
        """The change that stands ``ticks`` after step 0."""
        return cls(ticks / TICKS_PER_STEP, bpm)

    @property
    def ticks(self) -> int:
        """Where it stands, in ticks from step 0."""
        return round(self.step * TICKS_PER_STEP)


@dataclass(frozen=True, slots=True)
class TempoMap:
    """Tempo over time: changes at rising steps, the first at step 0."""

    changes: tuple[TempoChange, ...] = (TempoChange(0, DEFAULT_TEMPO),)
    # Where the changes stand, in steps and in seconds: a ritardando may have hundreds of them.
    _steps: tuple[float, ...] = field(init=False, repr=False, compare=False)
    _seconds: tuple[float, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        steps = [change.step for change in self.changes]
        if not steps or steps[0] != 0 or any(a >= b for a, b in pairwise(steps)):
            raise ValueError("tempo changes start at step 0 and rise")
        sections = (
            (after.step - before.step) * seconds_per_step(before.bpm)
            for before, after in pairwise(self.changes)
        )
        object.__setattr__(self, "_steps", tuple(steps))
        object.__setattr__(self, "_seconds", tuple(accumulate(sections, initial=0.0)))

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
        return self.changes[max(bisect_right(self._steps, step) - 1, 0)].bpm

    def seconds_at(self, step: float) -> float:
        """Seconds from the start to ``step`` (fractions of a step are allowed)."""
        index = max(bisect_right(self._steps, step) - 1, 0)
        rest = (step - self._steps[index]) * seconds_per_step(self.changes[index].bpm)
        return self._seconds[index] + rest

    def step_at(self, seconds: float) -> float:
        """The inverse of :meth:`seconds_at`; a fraction of a step."""
        index = max(bisect_right(self._seconds, seconds) - 1, 0)
        rest = (seconds - self._seconds[index]) / seconds_per_step(self.changes[index].bpm)
        return self._steps[index] + rest


def seconds_per_step(bpm: float) -> float:
    """Length of a sixteenth in seconds."""
    return 60.0 / (bpm * STEPS_PER_BEAT)


def nearest_step(ticks: int) -> int:
    """The step nearest to a number of ticks; halves go up."""
    return (ticks + TICKS_PER_STEP // 2) // TICKS_PER_STEP


def quantize(seconds: float, bpm: float) -> int:
    """Nearest step to a time in seconds from step 0 (halves go up), never before step 0."""
    return max(0, int(seconds / seconds_per_step(bpm) + 0.5))
