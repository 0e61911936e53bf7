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
