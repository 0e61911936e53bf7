"""The depth of phrasing as a slider has it, and the word beside it."""

from typing import Final

# The places of a slider, 0 to this, are tenths.
PLACES: Final = 10
_WORDS: Final = ("even", "gentle", "natural", "expressive")


def depth_at(place: int) -> float:
    """The depth, 0 to 1, that a slider at ``place`` stands for."""
    return place / PLACES


def place_of(depth: float) -> int:
    """The place of a slider that shows ``depth``."""
    return round(depth * PLACES)


def word_at(place: int) -> str:
    """What stands beside a slider at ``place``; nothing but 0 is even, the rest is shared."""
    return _WORDS[-(-place * (len(_WORDS) - 1) // PLACES)]
