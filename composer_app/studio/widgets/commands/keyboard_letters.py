"""Which letter of the computer's keyboard plays which pitch. No Qt."""

from typing import Final

from composer_app.music.pitch import OCTAVE

# Two rows as in the trackers: Z plays C3, Q plays C4; the row above each holds the black keys.
LETTER_BASE: Final = 48
_LOWER_ROW: Final = "ZSXDCVGBHNJM"
_UPPER_ROW: Final = "Q2W3ER5T6Y7UI"
LETTERS: Final[dict[str, int]] = {
    **{letter: LETTER_BASE + offset for offset, letter in enumerate(_LOWER_ROW)},
    **{letter: LETTER_BASE + OCTAVE + offset for offset, letter in enumerate(_UPPER_ROW)},
}
LETTER_OF_PITCH: Final[dict[int, str]] = {pitch: letter for letter, pitch in LETTERS.items()}


class KeyLabels:
    """What is written on the piano's keys of the computer's keyboard: learned as they are pressed.

    No system says so beforehand. Until then a key is called as on an American keyboard.
    """

    def __init__(self, known: str = "") -> None:
        """``known`` is a :attr:`text` of before; whatever else it holds is left out."""
        self._labels: dict[str, str] = {}
        for place, label in zip(known[::2], known[1::2], strict=False):
            self.learn(place, label)

    def of(self, place: str) -> str:
        """What is written on the key at ``place``."""
        return self._labels.get(place, place)

    def learn(self, place: str, typed: str) -> bool:
        """The key at ``place`` has typed this; whether that is news."""
        upper = typed.upper()
        label = upper if len(upper) == 1 else typed
        if place not in LETTERS or len(label) != 1 or not label.isprintable() or label.isspace():
            return False
        news = label != self.of(place)
        self._labels[place] = label
        return news

    @property
    def text(self) -> str:
        """All that was learned, to be remembered: places and labels in turn."""
        return "".join(f"{place}{label}" for place, label in sorted(self._labels.items()))
