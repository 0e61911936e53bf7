"""The styles that models write in: who plays them, and how fast they usually go."""

from dataclasses import dataclass
from typing import Final

from composer_app.music.composition import DEFAULT_PROGRAMS, VOICE_NAMES
from composer_app.music.timing import MAX_TEMPO, MIN_TEMPO

_CHURCH_ORGAN: Final = 19


@dataclass(frozen=True, slots=True)
class Tempo:
    """Quarter notes a minute: the slowest that is usual, the commonest, the fastest."""

    lowest: float
    usual: float
    highest: float

    def __post_init__(self) -> None:
        if not MIN_TEMPO <= self.lowest <= self.usual <= self.highest <= MAX_TEMPO:
            raise ValueError(
                f"{self} does not rise, or leaves {MIN_TEMPO:g}-{MAX_TEMPO:g} beats a minute"
            )

    def __str__(self) -> str:
        return f"{self.lowest:g}-{self.highest:g}"


@dataclass(frozen=True, slots=True)
class Style:
    """``name`` is the one in files and commands; ``programs`` are General MIDI, one a voice."""

    name: str
    title: str
    description: str
    programs: tuple[int, ...]
    tempo: Tempo

    def __post_init__(self) -> None:
        check_programs(self.programs)


def check_programs(programs: tuple[int, ...]) -> None:
    """Raise :class:`ValueError` unless there is a General MIDI program for each voice."""
    if len(programs) != len(VOICE_NAMES) or not all(0 <= program <= 127 for program in programs):
        raise ValueError(f"{programs} are not {len(VOICE_NAMES)} programs of General MIDI, 0-127")


BACH: Final = Style(
    "bach",
    "Bach chorale",
    "Writes alto, tenor and bass to any melody, as Bach did in his four-part chorales.",
    DEFAULT_PROGRAMS,
    Tempo(50, 72, 120),
)
HYMN: Final = Style(
    "hymn",
    "Hymn",
    "Sets a melody for a congregation: plain chords that move with it, as in a hymn book.",
    (_CHURCH_ORGAN,) * 4,
    Tempo(66, 92, 126),
)
STYLES: Final = {style.name: style for style in (BACH, HYMN)}
# What networks have learnt besides and write too badly to be offered: of the voices to a recorded
# tune two had one note.
NOT_OFFERED: Final = ("ragtime",)


def style_named(name: str) -> Style:
    """The style ``name``; one that is not known is played and paced as Bach's chorales are."""
    return STYLES.get(name) or Style(name, name.capitalize(), "", BACH.programs, BACH.tempo)
