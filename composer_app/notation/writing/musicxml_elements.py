"""Elements of MusicXML that say one thing each of a sign, as the writer puts them together."""

import xml.etree.ElementTree as ET
from typing import Final

from composer_app.music.harmony.spelling import WrittenPitch
from composer_app.music.note import DEFAULT_VELOCITY, Note
from composer_app.notation.percussion import DrumPlace
from composer_app.notation.writing.sign import Sign

# What MusicXML counts loudness in hundredths of.
FORTE: Final = 90


def add(parent: ET.Element, tag: str, text: object = None, **attributes: str) -> ET.Element:
    """A new element ``tag`` in ``parent``, with ``text`` in it."""
    element = ET.SubElement(parent, tag, attributes)
    if text is not None:
        element.text = str(text)
    return element


def add_tempo(measure: ET.Element, offset: int, bpm: float) -> None:
    """A metronome mark, ``offset`` ticks from where the measure stands."""
    direction = add(measure, "direction", placement="above")
    metronome = add(add(direction, "direction-type"), "metronome")
    add(metronome, "beat-unit", "quarter")
    add(metronome, "per-minute", f"{bpm:g}")
    if offset:
        add(direction, "offset", offset, sound="yes")
    add(direction, "sound", tempo=f"{bpm:.10g}")


def performance(sign: Sign, note: Note | None) -> dict[str, str]:
    """How a note sounds beside what is written, and how loud where that is not as usual."""
    if note is None or sign.chord is None:
        return {}
    result = {}
    attack = note.onset_ticks - sign.chord.start
    release = note.release_ticks - sign.chord.end
    if attack and not sign.tied_from:
        result["attack"] = str(attack)
    if release and not sign.tied_to:
        result["release"] = str(release)
    if note.velocity != DEFAULT_VELOCITY and not sign.tied_from:
        result["dynamics"] = f"{100 * note.velocity / FORTE:.2f}"
    return result


def add_pitch(element: ET.Element, written: WrittenPitch) -> None:
    """Its letter, accidental and octave."""
    pitch = add(element, "pitch")
    add(pitch, "step", written.step)
    if written.alter:
        add(pitch, "alter", written.alter)
    add(pitch, "octave", written.octave)


def add_unpitched(element: ET.Element, place: DrumPlace) -> None:
    """Where a drum is written."""
    unpitched = add(element, "unpitched")
    add(unpitched, "display-step", place.step)
    add(unpitched, "display-octave", place.octave)


def add_duration(element: ET.Element, sign: Sign) -> None:
    """Its ticks, and the ties that sound."""
    add(element, "duration", sign.ticks)
    if sign.tied_from:
        add(element, "tie", type="stop")
    if sign.tied_to:
        add(element, "tie", type="start")


def add_value(element: ET.Element, sign: Sign, accidental: str | None) -> None:
    """The note value with its dots, the ``accidental`` that is shown, and the tuplet."""
    if sign.value and not sign.whole_bar:
        add(element, "type", sign.value)
        for _dot in range(sign.dots):
            add(element, "dot")
    if accidental:
        add(element, "accidental", accidental)
    if sign.tuplet:
        modification = add(element, "time-modification")
        add(modification, "actual-notes", sign.tuplet.actual)
        add(modification, "normal-notes", sign.tuplet.normal)


def add_notations(element: ET.Element, sign: Sign, *, first: bool) -> None:
    """The ties that are seen and, at the ``first`` note of a chord, brackets of tuplets."""
    brackets = []
    if sign.tuplet and first:
        brackets = [kind for kind in ("start", "stop") if _bracket(sign, kind)]
    if not (brackets or sign.tied_from or sign.tied_to):
        return
    notations = add(element, "notations")
    if sign.tied_from:
        add(notations, "tied", type="stop")
    if sign.tied_to:
        add(notations, "tied", type="start")
    for kind in brackets:
        add(notations, "tuplet", type=kind)


def _bracket(sign: Sign, kind: str) -> bool:
    assert sign.tuplet is not None
    return sign.tuplet.first if kind == "start" else sign.tuplet.last
