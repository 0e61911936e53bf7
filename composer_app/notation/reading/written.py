"""Music as it is written: bars, repeats, and lines of notes with their ties and grace notes.

Readers make it, whatever they read. Times are in ticks, 960 a quarter, from the beginning of the
bar. Pitches are MIDI's, as they sound.
"""

from dataclasses import dataclass, field
from typing import Final

from composer_app.music.harmony.chords import ChordSymbol
from composer_app.music.mix import TrackMix
from composer_app.music.note import DEFAULT_VELOCITY
from composer_app.music.timing import Meter
from composer_app.notation.syllables import Syllable

# More than anybody writes, few enough to be read within seconds.
MAX_BARS: Final = 20_000
MAX_NOTES: Final = 200_000
# Chord symbols and tempos; syllables, in all verses.
MAX_SIGNS: Final = 20_000
MAX_SYLLABLES: Final = 50_000
# As many as a project may have.
MAX_TRACKS: Final = 1_000


@dataclass(slots=True)
class WrittenNote:
    """A note of ``ticks`` ticks; a grace note has none.

    It sounds ``attack`` ticks after where it is written, and until ``release`` ticks after that.
    """

    onset: int
    ticks: int
    pitch: int
    velocity: int = DEFAULT_VELOCITY
    tied_from: bool = False
    tied_to: bool = False
    attack: int = 0
    release: int = 0
    # By the number of its verse; most notes have none.
    syllables: dict[int, Syllable] | None = None

    @property
    def is_grace(self) -> bool:
        """Whether it has no time of its own."""
        return self.ticks == 0


@dataclass(slots=True)
class RepeatMarks:
    """What a bar says of the order in which bars are played.

    ``times`` is how often a repeat that ends with the bar is played, 0 where none does; the bar
    belongs to the ``endings`` of these numbers. ``da_capo`` and ``dal_segno`` stand at its end.
    """

    begins: bool = False
    times: int = 0
    endings: frozenset[int] = frozenset()
    segno: bool = False
    coda: bool = False
    to_coda: bool = False
    fine: bool = False
    da_capo: bool = False
    dal_segno: bool = False


@dataclass(slots=True)
class WrittenBar:
    """A bar: how long it is, the metre in force, the tempo from ticks in it on, its chord symbols.

    The ticks of the symbols count from the beginning of the bar.
    """

    ticks: int = 0
    meter: Meter = field(default_factory=Meter)
    marks: RepeatMarks = field(default_factory=RepeatMarks)
    tempos: dict[int, float] = field(default_factory=dict)
    chords: list[ChordSymbol] = field(default_factory=list)


@dataclass(slots=True)
class Line:
    """What one instrument or voice has to play: notes by the index of their bar."""

    name: str = ""
    program: int = 0
    notes: dict[int, list[WrittenNote]] = field(default_factory=dict)
    mix: TrackMix = field(default_factory=TrackMix)
    drums: bool = False


@dataclass(slots=True)
class WrittenPiece:
    """A piece; ``fifths`` and ``minor`` are its signature, None where none is written.

    Where ``bars_counted`` is false, that it begins with a whole bar is nobody's word. The chord
    symbols at the ticks ``heard_chords`` have been heard or planned, and nobody has given them.
    """

    title: str = ""
    bars: list[WrittenBar] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    fifths: int | None = None
    minor: bool = False
    bars_counted: bool = True
    heard_chords: frozenset[int] = frozenset()
