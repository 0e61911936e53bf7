"""How a style is written: what is allowed beside what the network says, and how chords are planned.

Chorales and hymns are sung in four parts, by the rules that their training pieces follow. Strings
and pianos go in parallels, leap and rest as they please: there the network is left to itself.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Manner:
    """Chosen for each style on its validation split: see docs/generators.md and docs/styles.md.

    ``between`` are the styles between whose harmony chords are planned, ``cool`` the factor of the
    temperature, ``plans_bass`` whether the plan has basses, ``hears_key`` how much the key that is
    heard in the melody counts. With ``part_writing`` there are no parallel fifths and octaves,
    lower voices pass by step between two eighths, close intervals do not lie low, sevenths go down,
    and what goes against that is mended. Rests of the melody of up to ``carries`` steps are carried
    through by the voices. ``temperatures`` are factors for beats, eighths and sixteenths.
    """

    between: tuple[str, ...]
    cool: float
    plans_bass: bool
    hears_key: float
    part_writing: bool = True
    carries: int = 8
    temperatures: tuple[float, float, float] = (1.0, 1.0, 0.4)


BACH: Final = Manner(("bach",), 0.5, False, 0.5)
HYMN: Final = Manner(("hymn", "leadsheet", "bach"), 0.4, True, 0.5)
QUARTET: Final = Manner(
    ("quartet",), 0.6, False, 0.5, part_writing=False, carries=0, temperatures=(1.0, 1.0, 0.9)
)
_MANNERS: Final = {"bach": BACH, "hymn": HYMN, "quartet": QUARTET}


def manner_of(style: str) -> Manner:
    """The manner of ``style``; a style that is not known is written as hymns are."""
    return _MANNERS.get(style, HYMN)
