"""Chord symbols as people type them: C, Am, G7/B, F#m7b5, B♭Δ, Co, C+, C7sus, N.C. and the like.

Roots are A to G with # or b. B is always B natural, and B flat is Bb. H, which no other language
has, is B natural too, and German names with -is and -es are understood (Fis, Es, As) where nothing
English is meant: Esus4 is a suspended E. A root is a capital letter; a small one is understood
where the symbol says itself that it is minor or major, as am and cmaj7 do, since for some a small
letter alone means minor.

What is richer than the qualities of :mod:`composer_app.music.harmony.chords` becomes the one it
is built on, with extensions beside it: C9 is a C7 with a ninth, C7alt one with four of them.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from composer_app.errors import ChordError
from composer_app.music.chord_text.suffix import NotAChordError, parse_suffix
from composer_app.music.harmony.chords import Chord, ChordSymbol
from composer_app.music.harmony.spelling import natural_semitone
from composer_app.music.pitch import OCTAVE
from composer_app.translation import Message, _

MOST_LETTERS: Final = 40
_NO_CHORD: Final = frozenset({"nc", "n.c.", "n.c", "nochord", "none", "tacet"})
_ROOT: Final = re.compile(r"([A-Ha-h])(##|bb|[#b])?")
_GERMAN_ROOT: Final = re.compile(r"([A-Ha-h])(isis|is|eses|es|s)")
_SPELLINGS: Final = str.maketrans(
    {
        "♯": "#",
        "♭": "b",
        "♮": "",
        "Δ": "^",
        "∆": "^",
        "△": "^",
        "▲": "^",
        "º": "°",
        "˚": "°",
        "ø": "Ø",
        "−": "-",
        "–": "-",
        "‑": "-",
        "\N{MUSICAL SYMBOL DOUBLE SHARP}": "##",
        "\N{MUSICAL SYMBOL DOUBLE FLAT}": "bb",
    }
)
# What a small letter as a root needs after it, so that minor or major is said.
_SAYS_ITS_THIRD: Final = re.compile(r"m|min|mi|maj|ma|M|dim|aug|sus|o|°|Ø|\+|\^")


def parse_chord(text: str, tick: int = 0) -> ChordSymbol:
    """The symbol that ``text`` writes, to stand at ``tick``; N.C. is one without a chord.

    Raises :class:`ChordError`, which quotes ``text``.
    """
    found = find_chord(text, tick)
    if found is not None:
        return found
    raise ChordError(_("“{text}” is no chord", text=text.strip()), _hint(text))


def find_chord(text: str, tick: int = 0) -> ChordSymbol | None:
    """The symbol that ``text`` writes, or None where it is no chord symbol."""
    text = text.strip()
    # Signs may be written with fewer letters, and what is far too long is not to be remembered.
    found = _found(text) if len(text) <= 2 * MOST_LETTERS else None
    return None if found is None else ChordSymbol(tick, *found)


# A piece says the same chords again and again.
@lru_cache(1024)
def _found(text: str) -> tuple[Chord | None, tuple[str, ...]] | None:
    """The chord and the extensions that ``text`` writes, or None where it is no chord symbol."""
    plain = text.translate(_SPELLINGS)
    if not plain or len(plain) > MOST_LETTERS:
        return None
    if plain.lower().replace(" ", "") in _NO_CHORD:
        return None, ()
    for root, rest in _roots(plain):
        small = plain[0].islower()
        for suffix, bass in _basses(rest, root):
            if small and not _SAYS_ITS_THIRD.match(suffix):
                continue
            try:
                quality, extensions = parse_suffix(suffix)
            except NotAChordError:
                continue
            return Chord.of_name(root, quality, bass), extensions
    return None


def names_german_b(text: str) -> bool:
    """Whether the root or bass of a chord symbol is called H."""
    plain = text.strip()
    return find_chord(text) is not None and (plain[:1] == "H" or "/H" in plain)


def _roots(plain: str) -> Iterator[tuple[int, str]]:
    """Pitch class and what follows, in English and then in German."""
    for pattern, in_german in ((_ROOT, False), (_GERMAN_ROOT, True)):
        found = pattern.match(plain)
        if found:
            pitch_class = _pitch_class(found[1], found[2] or "", in_german=in_german)
            if pitch_class is not None:
                yield pitch_class, plain[found.end() :]


def _basses(rest: str, root: int) -> Iterator[tuple[str, int]]:
    """What stands before a bass, and the bass; without one it is the root."""
    before, slash, after = rest.rpartition("/")
    after = after.strip()
    if slash:
        for bass, nothing in _roots(after[:1].upper() + after[1:]):
            if not nothing:
                yield before, bass
    yield rest, root


def _pitch_class(letter: str, accidental: str, *, in_german: bool) -> int | None:
    """The pitch class of a name; None for German ones that nobody uses, as Fs."""
    letter = letter.upper()
    if in_german:
        if accidental == "s" and letter not in "AE":
            return None
        signs = accidental.count("is") - accidental.count("es") - (accidental == "s")
    else:
        if letter == "H" and accidental:
            return None
        signs = accidental.count("#") - accidental.count("b")
    return (natural_semitone("B" if letter == "H" else letter) + signs) % OCTAVE


def _hint(text: str) -> Message:
    plain = text.strip().translate(_SPELLINGS)
    root = _ROOT.match(plain)
    if root and plain[:1].islower():
        name, rest = root[0].capitalize(), plain[root.end() :]
        if find_chord(f"{name}{rest}") is not None and find_chord(f"{name}m{rest}") is not None:
            return _("write {major} or {minor}", major=f"{name}{rest}", minor=f"{name}m{rest}")
    return _("write it as in C, Am, G7/B, Bbmaj7, F#m7b5, Csus4 or N.C.")
