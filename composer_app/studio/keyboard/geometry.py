"""Where the keys of the painted keyboard are: pixels to pitch and velocity, and back. No Qt.

Pitches are given relative to nothing: a keyboard of ``lowest..highest`` as it is shown, octave
shift included. Lengths are in pixels, with y growing downwards.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from composer_app.music.pitch import OCTAVE, is_black_key

# Proportions of a piano: a black key is 58 % as wide as a white one and 62 % as long. Within
# their groups of two and three the outer black keys stand off centre, by these shares of a
# white key's width.
BLACK_WIDTH: Final = 0.58
BLACK_LENGTH: Final = 0.62
_BLACK_OFFSETS: Final = {1: -0.10, 3: 0.10, 6: -0.13, 8: 0.0, 10: 0.13}
# How many white keys of an octave lie below each of its twelve.
_WHITES_BELOW: Final = (0, 1, 1, 2, 2, 3, 4, 4, 5, 5, 6, 6)
_WHITES: Final = 7

SOFTEST: Final = 30
LOUDEST: Final = 127
# The lowest tenth of a key is as loud as it gets, so that the very edge need not be hit.
_LOUDEST_FROM: Final = 0.9


@dataclass(frozen=True, slots=True)
class KeyShape:
    """One key's rectangle in pixels."""

    pitch: int
    x: float
    width: float
    height: float
    black: bool

    def contains(self, x: float, y: float) -> bool:
        """Whether the point lies on the key's rectangle (black keys cover white ones)."""
        return self.x <= x < self.x + self.width and 0 <= y < self.height


@dataclass(frozen=True, slots=True)
class KeyboardGeometry:
    """Keys ``lowest..highest`` (both white) filling ``width`` x ``height`` pixels."""

    lowest: int
    highest: int
    width: float
    height: float

    def __post_init__(self) -> None:
        if self.lowest >= self.highest or is_black_key(self.lowest) or is_black_key(self.highest):
            raise ValueError(f"a keyboard runs from white key to white key, not {self}")

    @property
    def white_count(self) -> int:
        """Number of white keys."""
        return self._whites_below(self.highest) + 1

    @property
    def white_width(self) -> float:
        """Width of a white key in pixels."""
        return self.width / self.white_count

    def shapes(self) -> Iterator[KeyShape]:
        """All keys in rising order."""
        return (self.key(pitch) for pitch in range(self.lowest, self.highest + 1))

    def key(self, pitch: int) -> KeyShape:
        """The shape of ``pitch``'s key; ValueError outside the keyboard."""
        if not self.lowest <= pitch <= self.highest:
            raise ValueError(f"pitch {pitch} is not on the keyboard {self.lowest}-{self.highest}")
        white = self.white_width
        left = self._whites_below(pitch) * white
        if not is_black_key(pitch):
            return KeyShape(pitch, left, white, self.height, black=False)
        width = white * BLACK_WIDTH
        centre = left + _BLACK_OFFSETS[pitch % OCTAVE] * white
        return KeyShape(pitch, centre - width / 2, width, self.height * BLACK_LENGTH, black=True)

    def pitch_at(self, x: float, y: float) -> int | None:
        """The key under a point, or None beside the keyboard."""
        if not (0 <= x < self.width and 0 <= y < self.height):
            return None
        found = None
        for key in self.shapes():
            if key.contains(x, y):
                if key.black:
                    return key.pitch
                found = key.pitch
        return found

    def velocity_at(self, pitch: int, y: float) -> int:
        """Velocity of a strike at height ``y``: the nearer to the player, the louder."""
        share = min(max(y / (self.key(pitch).height * _LOUDEST_FROM), 0.0), 1.0)
        return round(SOFTEST + (LOUDEST - SOFTEST) * share)

    def _whites_below(self, pitch: int) -> int:
        return _whites_below(pitch) - _whites_below(self.lowest)


def _whites_below(pitch: int) -> int:
    """White keys from MIDI pitch 0 to the one below ``pitch``."""
    octave, key = divmod(pitch, OCTAVE)
    return _WHITES * octave + _WHITES_BELOW[key]
