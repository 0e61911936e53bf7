"""How chords are called in a key: C, B♭maj7, F♯m7♭5/A, and with # and b for other programs.

A root is spelt from the tonic, as in A♭ for the flat sixth of C and in F♯ for its raised fourth;
diminished chords are leading-note chords and go up (C♯dim on the way to Dm). The bass is spelt as
the note of the chord that it is, so that A7 stands over C♯ and Fm over A♭ in any key.
"""

from typing import Final

from composer_app.music.harmony.chords import Chord, ChordSymbol, Quality
from composer_app.music.harmony.spelling import name_on_fifths, spelled
from composer_app.music.pitch import OCTAVE, Key

C_MAJOR: Final = Key(0)
NO_CHORD: Final = "N.C."
# Fifths from the tonic to a root so many semitones above it, and to the root of a chord with a
# diminished fifth there.
_ROOTS: Final = (0, -5, 2, -3, 4, -1, 6, 1, -4, 3, -2, 5)
_LEADING_ROOTS: Final = {1: 7, 3: 9, 8: 8}
# Fifths from a root to a note of its chord; a diminished seventh is another name of a sixth.
_TONES: Final = (0, 0, 2, -3, 4, -1, -6, 1, 8, 3, -2, 5)
_DIMINISHED_SEVENTH: Final = -9
_MINOR_TONIC: Final = 3
_E_SHARP: Final = 11
_SIGNS: Final = {-2: "♭♭", -1: "♭", 0: "", 1: "♯", 2: "♯♯"}
_PLAIN_SIGNS: Final = str.maketrans({"♯": "#", "♭": "b"})
_SUFFIXES: Final = {
    "maj": "",
    "min": "m",
    "m7b5": "m7♭5",
    "mMaj7": "m(maj7)",
}
# The seventh of these becomes a ninth, eleventh or thirteenth.
_SEVENTHS: Final = ("7", "m7", "maj7", "7sus4", "mMaj7", "aug7")
_ALTERED: Final = ("b5", "#5", "b9", "#9")


def chord_name(chord: Chord | None, key: Key = C_MAJOR, extensions: tuple[str, ...] = ()) -> str:
    """``chord`` as it is called in ``key``, such as ``F♯m7♭5/A``; None is ``N.C.``."""
    if chord is None:
        return NO_CHORD
    name = f"{written(root_place(chord, key))}{_suffix(chord.quality, extensions)}"
    return name if chord.bass == chord.root else f"{name}/{written(bass_place(chord, key))}"


def symbol_name(symbol: ChordSymbol, key: Key = C_MAJOR) -> str:
    """What :func:`chord_name` says of a symbol, with what it says more: C13, Dadd9."""
    return chord_name(symbol.chord, key, symbol.extensions)


def plain_name(symbol: ChordSymbol, key: Key = C_MAJOR) -> str:
    """The name with # and b, which every program reads."""
    return symbol_name(symbol, key).translate(_PLAIN_SIGNS)


def tone_names(chord: Chord, key: Key = C_MAJOR) -> tuple[str, ...]:
    """The names of its notes, from the root up, and of a bass that is none of them before it."""
    root = root_place(chord, key)
    tones = tuple(written(root + _tone(chord.quality, each)) for each in chord.quality.intervals)
    if chord.inversion is None:
        return (written(bass_place(chord, key)), *tones)
    return tones


def root_place(chord: Chord, key: Key) -> int:
    """The place of the root's name on the line of fifths, where C is 0."""
    tonic = key.sharps + (_MINOR_TONIC if key.minor else 0)
    degree = (chord.root - key.tonic) % OCTAVE
    leading = 6 in chord.quality.intervals and not (key.minor and degree in (3, 8))
    fifths = _LEADING_ROOTS.get(degree) if leading else None
    place = tonic + (_ROOTS[degree] if fifths is None else fifths)
    # E sharp and B sharp are roots of leading-note chords alone.
    return _readable(place if leading or place < _E_SHARP else place - OCTAVE)


def bass_place(chord: Chord, key: Key) -> int:
    """The place of the bass's name on the line of fifths."""
    interval = (chord.bass - chord.root) % OCTAVE
    if interval in chord.quality.intervals or interval == 10:
        return _readable(root_place(chord, key) + _tone(chord.quality, interval))
    written = spelled(chord.bass + 5 * OCTAVE, key.sharps, minor=key.minor)
    named = (written.step, written.alter)
    return _readable(next(place for place in range(-22, 27) if name_on_fifths(place) == named))


def _tone(quality: Quality, interval: int) -> int:
    if interval == 9 and quality.name == "dim7":
        return _DIMINISHED_SEVENTH
    return _TONES[interval]


def _readable(place: int) -> int:
    """The same pitch by a name without double accidentals."""
    while name_on_fifths(place)[1] > 1:
        place -= OCTAVE
    while name_on_fifths(place)[1] < -1:
        place += OCTAVE
    return place


def written(place: int) -> str:
    """The name at a place on the line of fifths, where C is 0, such as B♭."""
    step, alter = name_on_fifths(place)
    return f"{step}{_SIGNS.get(alter, '')}" if abs(alter) <= 2 else written(_readable(place))


def _suffix(quality: Quality, extensions: tuple[str, ...]) -> str:
    """What stands between root and bass; whatever is read as the same quality and extensions."""
    suffix = _SUFFIXES.get(quality.name, quality.name)
    more = list(extensions)
    if not more:
        return suffix
    if quality.name == "7" and tuple(more) == _ALTERED:
        return "7alt"
    if quality.name in ("sus2", "5") and ("7" in more or "maj7" in more):
        seventh = "maj7" if "maj7" in more else "7"
        more.remove(seventh)
        suffix = f"{seventh}{'no3' if quality.name == '5' else suffix}"
    elif quality.name == "sus4" and "maj7" in more:
        more.remove("maj7")
        suffix = "maj7sus4"
    if quality.name in _SEVENTHS and "9" in more:
        highest = next(each for each in ("13", "11", "9") if each in more)
        more = [each for each in more if each not in ("9", highest)]
        suffix = suffix.replace("7", highest)
    elif quality.name in ("6", "m6") and "9" in more:
        more.remove("9")
        suffix = f"{suffix}/9"
    plain = [f"add{each}" for each in more if each.isdecimal() and each != "7"]
    altered = [_SPELLED.get(each, each) for each in more if not (each.isdecimal() and each != "7")]
    return f"{suffix}{''.join(plain)}{_bracketed(altered)}"


_SPELLED: Final = {
    "b5": "♭5",
    "#5": "♯5",
    "b9": "♭9",
    "#9": "♯9",
    "#11": "♯11",
    "b13": "♭13",
    "7": "add7",
}


def _bracketed(altered: list[str]) -> str:
    return f"({','.join(altered)})" if altered else ""
