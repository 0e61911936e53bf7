"""Chord symbols as MusicXML's ``harmony``."""

import re
import xml.etree.ElementTree as ET
from typing import Final

from composer_app.music.chord_text.naming import bass_place, chord_name, root_place
from composer_app.music.harmony.chords import Chord, ChordSymbol
from composer_app.music.harmony.spelling import name_on_fifths
from composer_app.music.pitch import Key
from composer_app.notation.harmony_kinds import KINDS, NO_CHORD_KIND, STACKED

_ROOT: Final = re.compile(r"^[A-G][♭♯]*|/[A-G][♭♯]*$")
_SEMITONES: Final = {"b": -1, "#": 1}
# A seventh that is added is counted from that of a dominant.
_SEVENTHS: Final = {"7": ("7", 0), "maj7": ("7", 1)}


def add_harmony(measure: ET.Element, symbol: ChordSymbol, key: Key, offset: int = 0) -> None:
    """Add ``symbol`` to ``measure``, ``offset`` ticks after what comes next in it."""
    harmony = ET.SubElement(measure, "harmony", {"print-frame": "no"})
    if symbol.chord is None:
        # The format wants a root of a chord that is none, too; its text hides it.
        root = ET.SubElement(harmony, "root")
        ET.SubElement(root, "root-step", {"text": ""}).text = "C"
        ET.SubElement(harmony, "kind", {"text": "N.C."}).text = NO_CHORD_KIND
    else:
        _add_chord(harmony, symbol.chord, symbol.extensions, key)
    if offset:
        ET.SubElement(harmony, "offset").text = str(offset)


def _add_chord(harmony: ET.Element, chord: Chord, extensions: tuple[str, ...], key: Key) -> None:
    _add_note(harmony, "root", root_place(chord, key))
    # What is shown is the whole of it, so that nobody puts it together in another way.
    shown = _ROOT.sub("", chord_name(Chord(chord.root, chord.quality), key, extensions))
    kind, degrees = _kind(chord.quality.name, extensions)
    ET.SubElement(harmony, "kind", {"text": shown}).text = kind
    if chord.bass != chord.root:
        _add_note(harmony, "bass", bass_place(chord, key))
    for value, alter, how in degrees:
        degree = ET.SubElement(harmony, "degree", {"print-object": "no"})
        ET.SubElement(degree, "degree-value").text = value
        ET.SubElement(degree, "degree-alter").text = str(alter)
        ET.SubElement(degree, "degree-type").text = how


def _kind(quality: str, extensions: tuple[str, ...]) -> tuple[str, list[tuple[str, int, str]]]:
    """The kind, and the degrees beside it: value, semitones, how it is meant."""
    kind, more = KINDS[quality], list(extensions)
    if "9" in more:
        for highest, stacked in STACKED.get(quality, {}).items():
            if highest in more:
                kind = stacked
                more = [each for each in more if each not in ("9", highest)]
                break
    if quality == "7sus4":
        more.insert(0, "7")
    return kind, [_degree(each) for each in more]


def _degree(name: str) -> tuple[str, int, str]:
    if name in _SEVENTHS:
        return (*_SEVENTHS[name], "add")
    alter = _SEMITONES.get(name[0], 0)
    value = name[1:] if alter else name
    return value, alter, "alter" if value == "5" else "add"


def _add_note(harmony: ET.Element, what: str, place: int) -> None:
    """A ``root`` or ``bass`` whose name is at ``place`` on the line of fifths."""
    step, alter = name_on_fifths(place)
    element = ET.SubElement(harmony, what)
    ET.SubElement(element, f"{what}-step").text = step
    if alter:
        ET.SubElement(element, f"{what}-alter").text = str(alter)
