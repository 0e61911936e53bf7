"""Chords as values: a root, a quality and a bass, and where in a piece they stand.

What is richer than the qualities (ninths and above) is one of them with :data:`EXTENSIONS` beside
it, which names and files keep. Pitch classes count from C = 0.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from composer_app.music.harmony.chord_qualities import QUALITY_TONES
from composer_app.music.pitch import OCTAVE

# What a name may say beyond the qualities: altered fifths, and what is added. "7" and "maj7" are
# the sevenths of chords whose quality has none, such as a suspended second.
EXTENSIONS: Final = ("b5", "#5", "7", "maj7", "b9", "9", "#9", "11", "#11", "b13", "13")


@dataclass(frozen=True)
class Quality:
    """A kind of chord: its ``name`` and the semitones of its notes above the root, which is 0."""

    name: str
    intervals: tuple[int, ...]

    @cached_property
    def index(self) -> int:
        """Its place in :data:`CHORD_QUALITIES`, which is how networks and corpora number it."""
        return CHORD_QUALITIES.index(self)

    @property
    def is_minor(self) -> bool:
        """Whether it has a minor third, and no major one."""
        return 3 in self.intervals

    @property
    def has_seventh(self) -> bool:
        """Whether it is a chord of four notes that stands on thirds, or is suspended there."""
        return len(self.intervals) == 4 and self.name not in ("6", "m6")


CHORD_QUALITIES: Final = tuple(Quality(name, tones) for name, tones in QUALITY_TONES.items())
_BY_NAME: Final = {quality.name: quality for quality in CHORD_QUALITIES}


def quality_named(name: str) -> Quality:
    """The quality of that name, such as ``m7b5``; ValueError where there is none."""
    if name not in _BY_NAME:
        raise ValueError(f"there is no quality {name!r}")
    return _BY_NAME[name]


@dataclass(frozen=True, slots=True)
class Chord:
    """A chord by the pitch class of its ``root``, its ``quality`` and the pitch class of its bass.

    The bass is the root when omitted (-1), and need not be a note of the chord. Raises ValueError
    for what is no pitch class.
    """

    root: int
    quality: Quality
    bass: int = -1

    def __post_init__(self) -> None:
        if self.bass == -1:
            object.__setattr__(self, "bass", self.root)
        for pitch_class in (self.root, self.bass):
            if not 0 <= pitch_class < OCTAVE:
                raise ValueError(f"{pitch_class} is no pitch class")

    @classmethod
    def of_name(cls, root: int, quality: str, bass: int = -1) -> "Chord":
        """The chord whose quality has that name; ValueError where there is no such quality."""
        return cls(root, quality_named(quality), bass)

    @property
    def chord_tones(self) -> tuple[int, ...]:
        """The pitch classes of root, third, fifth and so on, without a bass that is none."""
        return tuple((self.root + interval) % OCTAVE for interval in self.quality.intervals)

    @property
    def pitch_classes(self) -> frozenset[int]:
        """All its pitch classes, the bass among them."""
        return frozenset((*self.chord_tones, self.bass))

    @property
    def inversion(self) -> int | None:
        """Which of the :attr:`chord_tones` is the bass, 0 for the root; None if it is none."""
        return self.chord_tones.index(self.bass) if self.bass in self.chord_tones else None

    def transposed(self, semitones: int) -> "Chord":
        """The same chord so many semitones higher, or lower below 0."""
        return Chord(
            (self.root + semitones) % OCTAVE, self.quality, (self.bass + semitones) % OCTAVE
        )


@dataclass(frozen=True, slots=True)
class ChordSymbol:
    """From ``tick`` on (960 to a beat, from the beginning) the harmony is ``chord``.

    None is N.C., no chord. ``given`` says that a person or a file has set it; the others have been
    heard in the notes, or planned. ``extensions`` are what a name says beyond the quality: some of
    :data:`EXTENSIONS`, in their order. Raises ValueError for others, and for a tick before the
    start.
    """

    tick: int
    chord: Chord | None
    extensions: tuple[str, ...] = ()
    given: bool = True

    def __post_init__(self) -> None:
        if self.tick < 0:
            raise ValueError(f"a chord cannot begin before the start (tick {self.tick})")
        if set(self.extensions) - set(EXTENSIONS) or (self.chord is None and self.extensions):
            raise ValueError(f"{self.extensions} extend no chord")
        object.__setattr__(
            self, "extensions", tuple(each for each in EXTENSIONS if each in self.extensions)
        )

    def transposed(self, semitones: int) -> "ChordSymbol":
        """The same symbol so many semitones higher."""
        if self.chord is None:
            return self
        return replace(self, chord=self.chord.transposed(semitones))

    def same_harmony(self, other: "ChordSymbol") -> bool:
        """Whether both say the same of the harmony, wherever they stand."""
        return self == replace(other, tick=self.tick)


@dataclass(frozen=True, slots=True)
class ChordSpan:
    """``symbol`` is in force from tick ``start``, its own, until before tick ``end``."""

    symbol: ChordSymbol
    end: int

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise ValueError(f"no chord lasts from tick {self.start} to {self.end}")

    @property
    def start(self) -> int:
        """Its first tick."""
        return self.symbol.tick


def in_order(symbols: Iterable[ChordSymbol]) -> tuple[ChordSymbol, ...]:
    """``symbols`` by their ticks; of several at one tick the last counts.

    A symbol that only says once more what is in force stays: a chart repeats chords.
    """
    by_tick = {symbol.tick: symbol for symbol in symbols}
    return tuple(symbol for _, symbol in sorted(by_tick.items()))


def symbol_at(symbols: Sequence[ChordSymbol], tick: float) -> ChordSymbol | None:
    """The one of ``symbols``, which are in order, that is in force at ``tick``, if any is yet."""
    index = bisect_right(symbols, tick, key=lambda symbol: symbol.tick) - 1
    return symbols[index] if index >= 0 else None
