"""What a player knows of a piece while playing one part of it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Final

from composer_app.generation.phrasing.phrases import Phrase, phrases_of
from composer_app.late_numpy import np
from composer_app.music.harmony.chords import Chord, ChordSymbol, symbol_at
from composer_app.music.meter_map import MeterMap
from composer_app.music.note import DEFAULT_VELOCITY, Note
from composer_app.music.pitch import PITCH_COUNT, Key, estimate_key
from composer_app.music.timing import TICKS_PER_BEAT, TICKS_PER_STEP, TempoMap

if TYPE_CHECKING:
    from numpy.typing import NDArray

# How loud a note sounds grows with the fourth power of its velocity, as SoundFonts have it
# (SoundFont 2.04, 8.4.1: 960 centibels, concave).
DECIBELS_PER_DECADE: Final = 40.0
# A player follows the mean loudness of the melody so many steps before and after.
_HEARS: Final = 8
# What stands so near to a third of the beat, in ticks, is on it.
_NEAR: Final = 40
_WHOLE: Final = 4 * TICKS_PER_BEAT


class Role(Enum):
    """What a part is in the texture: outer voices are heard before inner ones."""

    MELODY = "melody"
    OUTER = "outer"
    INNER = "inner"


class Strength(Enum):
    """Where in the bar something is struck, from the strongest place to the weakest."""

    BAR = 0
    HALF = 1
    PULSE = 2
    OFF_BEAT = 3
    WEAK = 4


@dataclass(frozen=True, eq=False)
class Scene:
    """A melody with its metre, tempo and harmony; everything else is worked out from these.

    ``key`` is the melody's own where it is None.
    """

    melody: tuple[Note, ...]
    meters: MeterMap
    tempo: TempoMap
    chords: tuple[ChordSymbol, ...] = ()
    key: Key | None = None
    phrases: tuple[Phrase, ...] = field(init=False)
    tonic: int = field(init=False)
    _levels: NDArray[np.float64] = field(init=False)
    _near: NDArray[np.float64] = field(init=False)
    _tops: NDArray[np.int64] = field(init=False)

    def __post_init__(self) -> None:
        set_ = object.__setattr__
        set_(self, "phrases", phrases_of(self.melody, self.meters, self.tempo))
        key = self.key or estimate_key(
            (note.pitch for note in self.melody), (note.duration for note in self.melody)
        )
        set_(self, "tonic", key.tonic)
        levels, tops = _heard(self.melody)
        set_(self, "_levels", levels)
        window = np.ones(2 * _HEARS + 1) / (2 * _HEARS + 1)
        set_(self, "_near", np.convolve(np.pad(levels, _HEARS, mode="edge"), window, "valid"))
        set_(self, "_tops", tops)

    @property
    def melody_level(self) -> float:
        """How loud the melody is on average, in decibels."""
        return float(self._levels.mean())

    def level_at(self, step: int) -> float:
        """How loud the note of the melody is that sounds or has sounded last, in decibels."""
        return float(self._levels[min(step, len(self._levels) - 1)])

    def swell_at(self, step: int) -> float:
        """By how many decibels the melody is louder around ``step`` than on average."""
        return float(self._near[min(step, len(self._near) - 1)] - self._levels.mean())

    def is_above_melody(self, note: Note) -> bool:
        """Whether ``note`` begins above the note of the melody that sounds or sounded last."""
        return note.pitch > int(self._tops[min(note.start, len(self._tops) - 1)])

    def phrase_at(self, step: float) -> Phrase | None:
        """The phrase in which ``step`` is, the last one after the end; None without a melody."""
        index = bisect_right(self.phrases, step, key=lambda phrase: phrase.start) - 1
        return self.phrases[max(0, index)] if self.phrases else None

    def chord_at(self, step: int) -> Chord | None:
        """The chord in force at ``step``, if one is known."""
        symbol = symbol_at(self.chords, step * TICKS_PER_STEP)
        return symbol.chord if symbol else None

    def strength(self, tick: int) -> Strength:
        """How strong the place is that is nearest to ``tick``, thirds of a beat among them."""
        bar = self.meters.bar_at(tick + _NEAR)
        pulse = bar.meter.ticks_per_pulse
        missing = bar.meter.ticks_per_bar - (bar.end - bar.start) if bar.number == 0 else 0
        within = max(0, tick - bar.start + missing)
        if within <= _NEAR:
            return Strength.BAR
        pulses = round(bar.meter.ticks_per_bar / pulse)
        if _on(within, pulse):
            middle = pulses % 2 == 0 and _on(within, bar.meter.ticks_per_bar // 2)
            return Strength.HALF if middle else Strength.PULSE
        # Thirds of a dotted pulse are what a half is of another.
        part = pulse // 3 if _WHOLE % pulse else pulse // 2
        third = 2 * pulse // 3
        swung = pulse == TICKS_PER_BEAT and abs(within % pulse - third) <= _NEAR
        return Strength.OFF_BEAT if _on(within, part) or swung else Strength.WEAK


def level(velocity: float) -> float:
    """How loud ``velocity`` is, in decibels below that of 127."""
    return DECIBELS_PER_DECADE * float(np.log10(velocity / 127))


def louder(velocity: float, decibels: float) -> int:
    """The velocity (1-127) that is so many decibels louder than ``velocity``."""
    return max(1, min(127, round(velocity * 10 ** (decibels / DECIBELS_PER_DECADE))))


def _on(ticks: int, unit: int) -> bool:
    return min(ticks % unit, -ticks % unit) <= _NEAR


def _heard(melody: Sequence[Note]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """(T,) each: level and pitch of the melody at each step; a rest has those before it."""
    steps = max((note.end for note in melody), default=1)
    levels = np.full(steps, level(melody[0].velocity if melody else DEFAULT_VELOCITY))
    tops = np.full(steps, PITCH_COUNT)
    for note in melody:
        levels[note.start :] = level(note.velocity)
        tops[note.start :] = note.pitch
    return levels, tops
