"""How pitches are written: the name of a note and its accidental, by the key.

Names stand on the line of fifths ... B flat, F, C, G, D, A, E, B, F sharp ...; C is 0, and each
step up it is a fifth. The signature of a major key of so many ``fifths``, sharps or (negative)
flats, holds the seven names from ``fifths - 1`` on.
"""

from dataclasses import dataclass
from typing import Final

from composer_app.music.pitch import OCTAVE

_FIFTH: Final = 7
_STEPS: Final = "FCGDAEB"
_NATURALS: Final = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
# The flattest name beside the signature. C major has E flat, and the G sharp of its dominants;
# A minor has B flat, and D sharp.
_FLATTEST_IN_MAJOR: Final = -3
_FLATTEST_IN_MINOR: Final = -2
# Six signs are sharps.
_MOST_FLATS: Final = -5
_ACCIDENTALS: Final = {-2: "flat-flat", -1: "flat", 0: "natural", 1: "sharp", 2: "double-sharp"}


@dataclass(frozen=True, slots=True)
class WrittenPitch:
    """A ``step`` A-G with ``alter`` semitones to it, in an ``octave`` (that of middle C is 4)."""

    step: str
    alter: int
    octave: int

    @property
    def accidental(self) -> str:
        """The sign's name in MusicXML."""
        return _ACCIDENTALS[self.alter]


def natural_semitone(step: str) -> int:
    """Semitones of a step A-G above C; KeyError for another letter."""
    return _NATURALS[step]


def spelled(pitch: int, fifths: int, *, minor: bool = False) -> WrittenPitch:
    """``pitch`` (MIDI) in a key whose signature has so many sharps."""
    flattest = fifths + (_FLATTEST_IN_MINOR if minor else _FLATTEST_IN_MAJOR)
    place = pitch * _FIFTH % OCTAVE
    place += OCTAVE * -((place - flattest) // OCTAVE)
    # Between 0 and 11 above the flattest name.
    step, alter = name_on_fifths(place)
    octave = (pitch - alter) // OCTAVE - 1
    return WrittenPitch(step, alter, octave)


def name_on_fifths(place: int) -> tuple[str, int]:
    """Letter A-G and semitones of accidentals at ``place`` on the line of fifths, where C is 0."""
    return _STEPS[(place + 1) % 7], (place + 1) // 7


def signature(fifths: int) -> dict[str, int]:
    """What the signature of so many sharps alters: semitones by step."""
    return {step: (fifths - 1 - index) // 7 + 1 for index, step in enumerate(_STEPS)}
