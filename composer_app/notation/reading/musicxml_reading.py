"""From MusicXML, whoever wrote it, to written music (MusicXML 4.0, W3C 2021, and older).

Each part is read bar by bar, and then divided into lines (:mod:`score_parts`).
"""

import re
import xml.etree.ElementTree as ET
from typing import Final

from composer_app.errors import ScoreFileError
from composer_app.music.files.cancelling import Wanted, always_wanted, check
from composer_app.music.harmony.chords import in_order
from composer_app.music.mix import CENTRE, DEFAULT_VOLUME, FULL, TrackMix
from composer_app.music.pitch import OCTAVE, PITCH_COUNT
from composer_app.music.timing import TICKS_PER_BEAT, Meter
from composer_app.notation.instrument_names import program_of
from composer_app.notation.percussion import drum_named
from composer_app.notation.reading.harmony_reading import symbol_of_harmony
from composer_app.notation.reading.hostile_xml import (
    damaged,
    score_in_archive,
    too_large,
    xml_tree,
)
from composer_app.notation.reading.musicxml_notes import (
    drum_of,
    pitch_of,
    place_of,
    syllables_of,
)
from composer_app.notation.reading.musicxml_repeats import read_barline, read_words
from composer_app.notation.reading.score_parts import Part, Player, lines_of, name_divided
from composer_app.notation.reading.written import (
    MAX_BARS,
    MAX_NOTES,
    MAX_SIGNS,
    MAX_SYLLABLES,
    MAX_TRACKS,
    Line,
    WrittenBar,
    WrittenNote,
    WrittenPiece,
)
from composer_app.notation.reading.xml_values import (
    amount,
    children_of,
    name_at,
    number_at,
    number_of_attribute,
    text_at,
)
from composer_app.notation.writing.musicxml_elements import FORTE
from composer_app.notation.writing.musicxml_writing import (
    HEARD_CHORDS,
    SOFTWARE,
    UNSAID_KEY,
    UNSAID_UPBEAT,
)
from composer_app.notation.writing.part_list import PAN_DEGREES
from composer_app.plain_text import one_line_name
from composer_app.translation import _

_DRUM_CHANNEL: Final = 10
# A bar this near to its metre's length has it: divisions cannot count every tuplet.
_NEARLY: Final = TICKS_PER_BEAT // 32
# Quarters of what a tempo may count.
_BEAT_UNITS: Final = {
    "whole": 4.0,
    "half": 2.0,
    "quarter": 1.0,
    "eighth": 0.5,
    "16th": 0.25,
}
# MIDI velocities of the signs, as MuseScore plays them.
_DYNAMICS: Final = {
    "pppp": 10,
    "ppp": 16,
    "pp": 33,
    "p": 49,
    "mp": 64,
    "mf": 80,
    "f": 96,
    "ff": 112,
    "fff": 126,
    "ffff": 127,
}


def written_from_musicxml(data: bytes, name: str, wanted: Wanted = always_wanted) -> WrittenPiece:
    """What a MusicXML or MXL file called ``name`` holds; raises :class:`ScoreFileError`."""
    if data.startswith(b"PK"):
        data = score_in_archive(data, name)
    root = xml_tree(data, name, wanted)
    if root.tag == "score-timewise":
        root = _partwise(root)
    if root.tag != "score-partwise":
        raise ScoreFileError(
            _("{file} is XML, but no score", file=name),
            _("choose a file of MusicXML, ABC or MIDI"),
        )
    try:
        return _Reader(root, name, wanted).read()
    except (ValueError, KeyError, OverflowError) as error:
        raise damaged(name) from error


class _Reader:
    def __init__(self, root: ET.Element, name: str, wanted: Wanted) -> None:
        self._root = root
        self._wanted = wanted
        self._name = name
        self._piece = WrittenPiece(_title(root))
        self._note_count = self._signs = self._syllable_count = 0
        # The part that has the chord symbols.
        self._harmony_part: Part | None = None
        # A sign that stands twice is where one leaves, and then where one arrives.
        self._coda_signs = 0
        # Each of our tracks is one player's.
        self._ours = text_at(root, "identification/encoding/software").startswith(SOFTWARE)
        fields = root.findall("identification/miscellaneous/miscellaneous-field")
        self._unsaid = {field.get("name") for field in fields} if self._ours else set()
        self._piece.heard_chords = _heard_chords(fields) if self._ours else frozenset()
        self._piece.bars_counted = UNSAID_UPBEAT not in self._unsaid

    def read(self) -> WrittenPiece:
        parts = self._parts()
        elements = self._root.findall("part")
        count = max((len(each.findall("measure")) for each in elements), default=0)
        if count > MAX_BARS:
            raise ScoreFileError(
                _("{file} is longer than {most:,} bars", file=self._name, most=MAX_BARS),
                _("choose a shorter piece"),
            )
        self._piece.bars = [WrittenBar() for _bar in range(count)]
        lengths = [0] * count
        divided: list[list[Line]] = []
        for element in elements:
            part = parts.get(element.get("id", "")) or Part("", {})
            meter = Meter()
            for index, measure in enumerate(element.findall("measure")):
                check(self._wanted)
                bar = self._piece.bars[index]
                if element is elements[0]:
                    bar.meter = meter
                self._read_measure(part, measure, index)
                meter = bar.meter
                lengths[index] = max(lengths[index], part.ticks(part.furthest))
            divided.append(lines_of(part, by_player=self._ours))
            if sum(map(len, divided)) > MAX_TRACKS:
                raise too_large(self._name)
        for bar, ticks in zip(self._piece.bars, lengths, strict=True):
            whole = bar.meter.ticks_per_bar
            bar.ticks = whole if ticks == 0 or abs(ticks - whole) <= _NEARLY else ticks
            bar.chords = [each for each in in_order(bar.chords) if each.tick < bar.ticks]
        if not self._ours:
            name_divided(divided)
        self._piece.lines = [line for lines in divided for line in lines]
        return self._piece

    def _parts(self) -> dict[str, Part]:
        parts = {}
        for listed in self._root.iterfind("part-list/score-part"):
            name = name_at(listed, "part-name")
            players = {
                each.get("id", ""): Player(name_at(each, "instrument-name"), _program(each, name))
                for each in listed.findall("score-instrument")
            }
            for sound in listed.findall("midi-instrument"):
                player = players.setdefault(sound.get("id", ""), Player("", program_of(name)))
                _give_sound(player, sound)
            players = players or {"": Player("", program_of(name))}
            parts[listed.get("id", "")] = Part(name, players)
        return parts

    def _read_measure(self, part: Part, measure: ET.Element, index: int) -> None:
        part.cursor = part.chord_at = part.furthest = 0.0
        for element in measure:
            match element.tag:
                case "note":
                    self._read_note(part, element, index)
                case "backup":
                    part.move(-number_at(element, "duration"))
                case "forward":
                    part.move(number_at(element, "duration"))
                case "attributes":
                    self._read_attributes(part, element, index)
                case "direction":
                    self._read_direction(part, element, index)
                case "sound":
                    self._read_sound(part, element, index, part.ticks(part.cursor))
                case "harmony":
                    self._read_harmony(part, element, index)
                case "barline":
                    read_barline(self._piece.bars, index, element)

    def _read_attributes(self, part: Part, element: ET.Element, index: int) -> None:
        divisions = number_at(element, "divisions")
        if divisions > 0:
            # What has been read of this bar keeps its place.
            ratio = divisions / part.divisions
            part.cursor, part.furthest = part.cursor * ratio, part.furthest * ratio
            part.divisions = divisions
        meter = _meter(element)
        if meter is not None:
            self._piece.bars[index].meter = meter
        for transpose in element.findall("transpose"):
            octaves = number_at(transpose, "octave-change")
            semitones = int(number_at(transpose, "chromatic") + OCTAVE * octaves)
            part.transpose[transpose.get("number", "")] = semitones
        key = element.find("key")
        if key is not None and self._piece.fifths is None and key.find("fifths") is not None:
            fifths = int(number_at(key, "fifths"))
            # Of a transposing instrument it is another one, of drums none at all.
            said = UNSAID_KEY not in self._unsaid
            drums = part.is_drums or text_at(element, "clef/sign") == "percussion"
            pitched = not any(part.transpose.values()) and not drums
            if said and pitched and abs(fifths) <= 7:
                self._piece.fifths, self._piece.minor = fifths, text_at(key, "mode") == "minor"

    def _read_note(self, part: Part, element: ET.Element, index: int) -> None:
        said = children_of(element)
        duration = amount(said.get("duration"))
        grace = "grace" in said
        at = part.chord_at if "chord" in said else part.cursor
        if "chord" not in said:
            part.chord_at = part.cursor
            part.move(0.0 if grace else duration)
        place = place_of(said, part)
        pitch = drum_of(said, part) if place.drums else pitch_of(said, part)
        # A cue is what others play.
        if pitch is None or "cue" in said or not (grace or duration > 0):
            return
        self._note_count += 1
        if self._note_count > MAX_NOTES:
            raise ScoreFileError(
                _("{file} has more than {most:,} notes", file=self._name, most=MAX_NOTES),
                _("choose a shorter piece"),
            )
        onset = part.ticks(at)
        ticks = 0 if grace else max(1, part.ticks(at + duration) - onset)
        note = WrittenNote(onset, ticks, pitch, part.velocity)
        # Most notes have none of these.
        if "tie" in said:
            ties = {tie.get("type") for tie in element.findall("tie")}
            note.tied_from, note.tied_to = "stop" in ties, "start" in ties
        if element.attrib:
            loudness = number_of_attribute(element, "dynamics")
            note.velocity = part.velocity if loudness is None else _velocity(loudness)
            note.attack = part.ticks(number_of_attribute(element, "attack") or 0.0)
            note.release = part.ticks(number_of_attribute(element, "release") or 0.0)
        if "lyric" in said:
            note.syllables = syllables_of(element)
            self._syllable_count += len(note.syllables or ())
            if self._syllable_count > MAX_SYLLABLES:
                raise too_large(self._name)
        part.notes.setdefault(place, {}).setdefault(index, []).append(note)

    def _read_direction(self, part: Part, element: ET.Element, index: int) -> None:
        marks = self._piece.bars[index].marks
        offset = part.ticks(max(0.0, part.cursor + number_at(element, "offset")))
        sound = element.find("sound")
        for kind in element.iterfind("direction-type/*"):
            if kind.tag == "segno":
                marks.segno = True
            elif kind.tag == "coda" and not (sound is not None and sound.get("tocoda")):
                self._coda_signs += 1
                marks.to_coda |= self._coda_signs == 1
                marks.coda |= self._coda_signs > 1
            elif kind.tag in ("words", "rehearsal"):
                read_words(marks, (kind.text or "").strip())
            elif kind.tag == "dynamics":
                part.velocity = next(
                    (_DYNAMICS[each.tag] for each in kind if each.tag in _DYNAMICS), part.velocity
                )
            elif kind.tag == "metronome":
                bpm = _metronome(kind)
                if bpm is not None:
                    self._piece.bars[index].tempos[offset] = bpm
        if sound is not None:
            self._read_sound(part, sound, index, offset)

    def _read_harmony(self, part: Part, element: ET.Element, index: int) -> None:
        """A chord symbol; where several parts have them, those of the first count."""
        if self._harmony_part is not None and self._harmony_part is not part:
            return
        staff = text_at(element, "staff")
        transpose = part.transpose.get(staff, part.transpose.get("", 0))
        tick = part.ticks(max(0.0, part.cursor + number_at(element, "offset")))
        symbol = symbol_of_harmony(element, tick, transpose)
        if symbol is not None:
            self._count_sign()
            self._harmony_part = part
            self._piece.bars[index].chords.append(symbol)

    def _count_sign(self) -> None:
        """Count a chord symbol or a tempo; raises :class:`ScoreFileError` for too many."""
        self._signs += 1
        if self._signs > MAX_SIGNS:
            raise too_large(self._name)

    def _read_sound(self, part: Part, sound: ET.Element, index: int, offset: int) -> None:
        bar = self._piece.bars[index]
        tempo, loudness = (
            number_of_attribute(sound, "tempo"),
            number_of_attribute(sound, "dynamics"),
        )
        if tempo is not None and tempo > 0:
            self._count_sign()
            bar.tempos[offset] = tempo
        if loudness is not None:
            part.velocity = _velocity(loudness)
        marks = bar.marks
        marks.da_capo |= sound.get("dacapo") == "yes"
        marks.dal_segno |= sound.get("dalsegno") is not None
        marks.fine |= sound.get("fine") is not None
        marks.segno |= sound.get("segno") is not None
        marks.to_coda |= sound.get("tocoda") is not None
        if sound.get("coda") is not None:
            # Whatever its sign was taken for.
            marks.coda, marks.to_coda = True, sound.get("tocoda") is not None


def _heard_chords(fields: list[ET.Element]) -> frozenset[int]:
    """The ticks of the chord symbols that nobody has given."""
    texts = (field.text or "" for field in fields if field.get("name") == HEARD_CHORDS)
    return frozenset(int(tick) for text in texts for tick in re.findall(r"\d{1,9}", text))


def _meter(attributes: ET.Element) -> Meter | None:
    time = attributes.find("time")
    if time is None:
        return None
    try:
        # Of 3+2/8 all beats; of several fractions side by side the first.
        beats = sum(int(each) for each in text_at(time, "beats").split("+"))
        return Meter(beats, int(text_at(time, "beat-type")))
    except ValueError:
        return None


def _metronome(element: ET.Element) -> float | None:
    unit = _BEAT_UNITS.get(text_at(element, "beat-unit"))
    found = re.search(r"\d+(?:\.\d+)?", text_at(element, "per-minute")[:40])
    if unit is None or found is None:
        return None
    dots = len(element.findall("beat-unit-dot"))
    bpm = float(found[0]) * unit * (2 - 0.5 ** min(dots, 4))
    return bpm if bpm > 0 else None


def _program(instrument: ET.Element, part_name: str) -> int:
    sound = text_at(instrument, "instrument-sound")
    return program_of(f"{text_at(instrument, 'instrument-name')} {part_name}", sound)


def _give_sound(player: Player, sound: ET.Element) -> None:
    unpitched = int(number_at(sound, "midi-unpitched")) - 1
    player.drums = int(number_at(sound, "midi-channel")) == _DRUM_CHANNEL
    player.drum = unpitched if 0 <= unpitched < PITCH_COUNT else drum_named(player.name)
    program = int(number_at(sound, "midi-program")) - 1
    if 0 <= program < PITCH_COUNT:
        player.program = program
    volume = sound.find("volume")
    pan = min(max(number_at(sound, "pan"), -PAN_DEGREES), PAN_DEGREES)
    level = min(max(number_at(sound, "volume"), 0.0), 100.0)
    player.mix = TrackMix(
        DEFAULT_VOLUME if volume is None else round(level * FULL / 100),
        min(FULL, round(CENTRE + pan * CENTRE / PAN_DEGREES)),
    )


def _title(root: ET.Element) -> str:
    titles = [name_at(root, "work/work-title"), name_at(root, "movement-title")]
    return one_line_name(next((title for title in titles if title), ""))


def _partwise(root: ET.Element) -> ET.Element:
    """A score that goes bar by bar, as one that goes part by part."""
    score = ET.Element("score-partwise")
    parts: dict[str, ET.Element] = {}
    for element in root:
        if element.tag != "measure":
            score.append(element)
            continue
        for inner in element.findall("part"):
            name = inner.get("id", "")
            if name not in parts:
                parts[name] = ET.SubElement(score, "part", id=name)
            measure = ET.SubElement(parts[name], "measure", element.attrib)
            measure.extend(inner)
    return score


def _velocity(loudness: float) -> int:
    return min(max(round(loudness * FORTE / 100), 1), FULL)
