"""MusicXML's ``harmony``, whoever wrote it, as a chord symbol."""

import xml.etree.ElementTree as ET
from dataclasses import replace
from typing import Final

from composer_app.music.chord_text.parsing import find_chord
from composer_app.music.harmony.chords import Chord, ChordSymbol
from composer_app.music.harmony.spelling import natural_semitone
from composer_app.music.pitch import OCTAVE
from composer_app.notation.harmony_kinds import NO_CHORD_KIND, OLDER_SUFFIXES, SUFFIXES

_SIGNS: Final = {-2: "bb", -1: "b", 0: "", 1: "#", 2: "##"}
_ALTERED: Final = frozenset({"b5", "#5", "b9", "#9"})
_STEPS: Final = frozenset("ABCDEFG")
# More than a chord has; a hostile file may have any number.
_MOST_DEGREES: Final = 8


def symbol_of_harmony(harmony: ET.Element, tick: int, transpose: int = 0) -> ChordSymbol | None:
    """The symbol that ``harmony`` writes, at ``tick``; None for what is no chord of any root.

    ``transpose`` is how many semitones higher than written the part sounds. Of several chords one
    upon another, it is the first. What the kind does not say, its text may.
    """
    kind = harmony.find("kind")
    name = "" if kind is None else (kind.text or "").strip()
    if name == NO_CHORD_KIND:
        return ChordSymbol(tick, None)
    root = _pitch_class(harmony, "root")
    if root is None:
        return None
    shown = "" if kind is None else kind.get("text", "")
    known = SUFFIXES.get(name, OLDER_SUFFIXES.get(name))
    suffix = shown if known is None else known
    found = find_chord(f"C{suffix}{_degrees(harmony)}", tick)
    # Degrees that make no sense leave the kind; a kind that makes none is a triad.
    found = found or find_chord(f"C{suffix}", tick) or find_chord("C", tick)
    if found is None or found.chord is None:
        return None
    bass = _pitch_class(harmony, "bass")
    chord = Chord(root, found.chord.quality, root if bass is None else bass)
    return replace(found, chord=chord.transposed(transpose))


def _pitch_class(harmony: ET.Element, what: str) -> int | None:
    """The pitch class of the ``root`` or ``bass``; None where none is written."""
    step = (harmony.findtext(f"{what}/{what}-step") or "").strip().upper()
    if step not in _STEPS:
        return None
    alter = _semitones(harmony.findtext(f"{what}/{what}-alter"))
    return (natural_semitone(step) + alter) % OCTAVE


def _degrees(harmony: ET.Element) -> str:
    """The degrees as they are written behind a kind: (b9), (#5), (add9), (no3)."""
    words: list[str] = []
    for degree in harmony.findall("degree")[:_MOST_DEGREES]:
        value = (degree.findtext("degree-value") or "").strip()
        sign = _SIGNS.get(_semitones(degree.findtext("degree-alter")), "")
        how = (degree.findtext("degree-type") or "add").strip()
        if how == "subtract":
            words.append(f"no{value}")
        elif sign:
            words.append(f"{'add' if value == '7' else ''}{sign}{value}")
        elif how == "add":
            words.append(f"add{value}")
    if set(words) >= _ALTERED:
        words = ["alt", *(word for word in words if word not in _ALTERED)]
    return "".join(f"({word})" for word in words)


def _semitones(text: str | None) -> int:
    """Whole semitones, at most two; 0 for what is no number."""
    try:
        return max(-2, min(int(float(text or "0")), 2))
    except (ValueError, OverflowError):
        return 0
