"""Roman numerals: what a chord is in a key, such as I, V6/5, vii°7, ♭VI and V7/V.

Capitals are chords with a major third, small letters those with a minor one; ° is diminished, ø
half-diminished, + augmented. Figures say which note is the bass: 6 and 6/4 of a triad, 6/5, 4/3 and
4/2 of a seventh chord. Degrees are those of the major scale on the tonic, and in minor those of the
natural minor scale, where the chord on the raised seventh is vii. What is no chord of the key but a
dominant or a leading-note chord of one of its degrees is applied to that: V7/V, vii°7/ii. A
diminished seventh chord sounds the same from each of its notes, and is taken as the leading-note
chord of the tonic where it can be, then of the dominant.

The chord alone is looked at, not where it goes.
"""

from typing import Final

from composer_app.music.chord_text.naming import NO_CHORD, bass_place, written
from composer_app.music.harmony.chords import Chord, quality_named
from composer_app.music.pitch import OCTAVE, Key

_NUMERALS: Final = ("I", "II", "III", "IV", "V", "VI", "VII")
# By semitones above the tonic: the sign before a degree, and which degree it is.
_IN_MAJOR: Final = (
    ("", 0),
    ("♭", 1),
    ("", 1),
    ("♭", 2),
    ("", 2),
    ("", 3),
    ("♯", 3),
    ("", 4),
    ("♭", 5),
    ("", 5),
    ("♭", 6),
    ("", 6),
)
_IN_MINOR: Final = (
    ("", 0),
    ("♭", 1),
    ("", 1),
    ("", 2),
    ("♯", 2),
    ("", 3),
    ("♯", 3),
    ("", 4),
    ("", 5),
    ("♯", 5),
    ("", 6),
    ("", 6),
)
_DIATONIC_IN_MAJOR: Final = {0: "I", 2: "ii", 4: "iii", 5: "IV", 7: "V", 9: "vi"}
_DIATONIC_IN_MINOR: Final = {0: "i", 3: "III", 5: "iv", 7: "V", 8: "VI", 10: "VII"}
_MARKS: Final = {"dim": "°", "dim7": "°", "m7b5": "ø", "aug": "+", "aug7": "+"}
_TRIADS: Final = ("maj", "min", "dim", "aug")
_TRIAD_FIGURES: Final = ("", "6", "6/4")
_SEVENTH_FIGURES: Final = ("7", "6/5", "4/3", "4/2")
# What is said in letters beside the numeral, for these have no figures of their own.
_IN_WORDS: Final = {
    "6": "add6",
    "m6": "add6",
    "sus4": "sus4",
    "7sus4": "7sus4",
    "sus2": "sus2",
    "5": "5",
}
_LEADING: Final = ("dim", "dim7", "m7b5")
_DOMINANTS: Final = ("7", "aug7")
# The quality of the triad on each degree, where it is one that a dominant's triad could be.
_MAJOR_TRIADS_IN_MAJOR: Final = (0, 5, 7)
# In minor the IV of the melodic scale is no dominant of the seventh degree.
_MAJOR_TRIADS_IN_MINOR: Final = (0, 3, 5, 7, 8, 10)
_FIFTH: Final = 7


def roman_numeral(chord: Chord | None, key: Key) -> str:
    """What ``chord`` is in ``key``; ``N.C.`` for none."""
    if chord is None:
        return NO_CHORD
    if chord.quality.name == "dim7":
        chord = _from_leading_note(chord, key)
    target = _target(chord, key)
    if target is None:
        sign, degree = (_IN_MINOR if key.minor else _IN_MAJOR)[(chord.root - key.tonic) % OCTAVE]
        return f"{sign}{_numeral(chord, _NUMERALS[degree], key)}"
    degrees = _DIATONIC_IN_MINOR if key.minor else _DIATONIC_IN_MAJOR
    own = "VII" if chord.quality.name in _LEADING else "V"
    return f"{_numeral(chord, own, key)}/{degrees[(target - key.tonic) % OCTAVE]}"


def _numeral(chord: Chord, capital: str, key: Key) -> str:
    name = chord.quality.name
    numeral = capital.lower() if chord.quality.is_minor else capital
    numeral += _MARKS.get(name, "")
    inversion = chord.inversion
    if name in _IN_WORDS:
        numeral += f"({_IN_WORDS[name]})" if name in ("6", "m6") else _IN_WORDS[name]
        return numeral if inversion == 0 else f"{numeral}/{written(bass_place(chord, key))}"
    figures = _TRIAD_FIGURES if name in _TRIADS else _SEVENTH_FIGURES
    major = "maj" if name in ("maj7", "mMaj7") else ""
    numeral += f"{major}{figures[inversion or 0]}"
    return numeral if inversion is not None else f"{numeral}/{written(bass_place(chord, key))}"


def _target(chord: Chord, key: Key) -> int | None:
    """The pitch class of the root that ``chord`` leads to where it is an applied chord."""
    name, degree = chord.quality.name, (chord.root - key.tonic) % OCTAVE
    degrees = _DIATONIC_IN_MINOR if key.minor else _DIATONIC_IN_MAJOR
    if name in _LEADING:
        target = (degree + 1) % OCTAVE
        own = degree == OCTAVE - 1 or (key.minor and name != "dim7" and degree in (2, 9))
    elif name in ("maj", "aug", *_DOMINANTS):
        target = (degree - _FIFTH) % OCTAVE
        triads = _MAJOR_TRIADS_IN_MINOR if key.minor else _MAJOR_TRIADS_IN_MAJOR
        own = degree == _FIFTH or (name not in _DOMINANTS and degree in triads)
    else:
        return None
    if own or target == 0 or target not in degrees:
        return None
    return (key.tonic + target) % OCTAVE


def _from_leading_note(chord: Chord, key: Key) -> Chord:
    """A diminished seventh chord by the one of its notes that leads to a chord of the key."""
    degrees = _DIATONIC_IN_MINOR if key.minor else _DIATONIC_IN_MAJOR
    leading = [(key.tonic - 1) % OCTAVE, *((key.tonic + each - 1) % OCTAVE for each in (7, 2, 5))]
    if (chord.root - key.tonic + 1) % OCTAVE in degrees and leading[0] not in chord.chord_tones:
        return chord
    root = next((each for each in leading if each in chord.chord_tones), chord.root)
    return Chord(root, quality_named("dim7"), chord.bass)
