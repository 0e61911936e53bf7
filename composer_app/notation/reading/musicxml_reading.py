"""From MusicXML, whoever wrote it, to written music (MusicXML 4.0, W3C 2021, and older).

Each part is read bar by bar, and then divided into lines (:mod:`score_parts`).
"""

import math
import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from composer_app.errors import ScoreFileError
from composer_app.music.files.cancelling import Wanted, always_wanted, check
from composer_app.music.harmony.chords import in_order
from composer_app.music.harmony.spelling import natural_semitone
from composer_app.music.mix import CENTRE, DEFAULT_VOLUME, FULL, TrackMix
from composer_app.music.pitch import OCTAVE, PITCH_COUNT
from composer_app.music.timing import TICKS_PER_BEAT, Meter
from composer_app.notation.instrument_names import program_of
from composer_app.notation.percussion import DrumPlace, drum_at, drum_named
from composer_app.notation.reading.harmony_reading import symbol_of_harmony
from composer_app.notation.reading.hostile_xml import (
    damaged,
    score_in_archive,
    too_large,
    xml_tree,
)
from composer_app.notation.reading.score_parts import Part, Place, Player, lines_of, name_divided
from composer_app.notation.reading.written import (
    MAX_BARS,
    MAX_NOTES,
    MAX_SIGNS,
    MAX_SYLLABLES,
    MAX_TRACKS,
    Line,
    RepeatMarks,
    WrittenBar,
    WrittenNote,
    WrittenPiece,
)
from composer_app.notation.syllables import NEW_LINE, NEW_VERSE, Syllable
from composer_app.notation.writing.musicxml_elements import FORTE
from composer_app.notation.writing.musicxml_writing import (
    HEARD_CHORDS,
    PAN_DEGREES,
    SOFTWARE,
    UNSAID_KEY,
    UNSAID_UPBEAT,
)
from composer_app.plain_text import one_line, one_line_name
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
_DA_CAPO: Final = re.compile(r"\bd\.? ?c\b\.?|\bda capo\b", re.IGNORECASE)
_DAL_SEGNO: Final = re.compile(r"\bd\.? ?s\b\.?|\bdal segno\b", re.IGNORECASE)
_TO_CODA: Final = re.compile(r"\bto coda\b|\bal coda\b", re.IGNORECASE)
_CODA: Final = re.compile(r"^coda$", re.IGNORECASE)
_FINE: Final = re.compile(r"^fine\.?$", re.IGNORECASE)
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
_MOST_QUARTERS: Final = 1_000_000.0


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
        self._ours = _text(root, "identification/encoding/software").startswith(SOFTWARE)
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
            name = _name(listed, "part-name")
            players = {
                each.get("id", ""): Player(_name(each, "instrument-name"), _program(each, name))
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
                    part.move(-_number(element, "duration"))
                case "forward":
                    part.move(_number(element, "duration"))
                case "attributes":
                    self._read_attributes(part, element, index)
                case "direction":
                    self._read_direction(part, element, index)
                case "sound":
                    self._read_sound(part, element, index, part.ticks(part.cursor))
                case "harmony":
                    self._read_harmony(part, element, index)
                case "barline":
                    _read_barline(self._piece.bars, index, element)

    def _read_attributes(self, part: Part, element: ET.Element, index: int) -> None:
        divisions = _number(element, "divisions")
        if divisions > 0:
            # What has been read of this bar keeps its place.
            ratio = divisions / part.divisions
            part.cursor, part.furthest = part.cursor * ratio, part.furthest * ratio
            part.divisions = divisions
        meter = _meter(element)
        if meter is not None:
            self._piece.bars[index].meter = meter
        for transpose in element.findall("transpose"):
            octaves = _number(transpose, "octave-change")
            semitones = int(_number(transpose, "chromatic") + OCTAVE * octaves)
            part.transpose[transpose.get("number", "")] = semitones
        key = element.find("key")
        if key is not None and self._piece.fifths is None and key.find("fifths") is not None:
            fifths = int(_number(key, "fifths"))
            # Of a transposing instrument it is another one, of drums none at all.
            said = UNSAID_KEY not in self._unsaid
            drums = part.is_drums or _text(element, "clef/sign") == "percussion"
            pitched = not any(part.transpose.values()) and not drums
            if said and pitched and abs(fifths) <= 7:
                self._piece.fifths, self._piece.minor = fifths, _text(key, "mode") == "minor"

    def _read_note(self, part: Part, element: ET.Element, index: int) -> None:
        said = _children(element)
        duration = _amount(said.get("duration"))
        grace = "grace" in said
        at = part.chord_at if "chord" in said else part.cursor
        if "chord" not in said:
            part.chord_at = part.cursor
            part.move(0.0 if grace else duration)
        place = _place(said, part)
        pitch = _drum(said, part) if place.drums else _pitch(said, part)
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
            loudness = _attribute(element, "dynamics")
            note.velocity = part.velocity if loudness is None else _velocity(loudness)
            note.attack = part.ticks(_attribute(element, "attack") or 0.0)
            note.release = part.ticks(_attribute(element, "release") or 0.0)
        if "lyric" in said:
            note.syllables = _syllables(element)
            self._syllable_count += len(note.syllables or ())
            if self._syllable_count > MAX_SYLLABLES:
                raise too_large(self._name)
        part.notes.setdefault(place, {}).setdefault(index, []).append(note)

    def _read_direction(self, part: Part, element: ET.Element, index: int) -> None:
        marks = self._piece.bars[index].marks
        offset = part.ticks(max(0.0, part.cursor + _number(element, "offset")))
        sound = element.find("sound")
        for kind in element.iterfind("direction-type/*"):
            if kind.tag == "segno":
                marks.segno = True
            elif kind.tag == "coda" and not (sound is not None and sound.get("tocoda")):
                self._coda_signs += 1
                marks.to_coda |= self._coda_signs == 1
                marks.coda |= self._coda_signs > 1
            elif kind.tag in ("words", "rehearsal"):
                _read_words(marks, (kind.text or "").strip())
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
        staff = _text(element, "staff")
        transpose = part.transpose.get(staff, part.transpose.get("", 0))
        tick = part.ticks(max(0.0, part.cursor + _number(element, "offset")))
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
        tempo, loudness = _attribute(sound, "tempo"), _attribute(sound, "dynamics")
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


def _read_words(marks: RepeatMarks, words: str) -> None:
    if _DA_CAPO.search(words):
        marks.da_capo = True
    elif _DAL_SEGNO.search(words):
        marks.dal_segno = True
    elif _TO_CODA.search(words):
        marks.to_coda = True
    elif _CODA.match(words):
        marks.coda = True
    elif _FINE.match(words):
        marks.fine = True


def _read_barline(bars: list[WrittenBar], index: int, element: ET.Element) -> None:
    """Repeats and endings; of an ending all bars up to its end know its numbers."""
    marks = bars[index].marks
    repeat, ending = element.find("repeat"), element.find("ending")
    if repeat is not None and repeat.get("direction") == "forward":
        marks.begins = True
    elif repeat is not None:
        times = repeat.get("times", "2")
        marks.times = max(2, min(int(times), 100)) if times.isdecimal() else 2
    if ending is None:
        return
    numbers = frozenset(int(n) for n in re.findall(r"\d{1,2}", ending.get("number", "")))
    if ending.get("type") == "start":
        marks.endings = numbers or frozenset({1})
        return
    begin = next((i for i in range(index, max(-1, index - 64), -1) if bars[i].marks.endings), index)
    for bar in bars[begin : index + 1]:
        bar.marks.endings = bar.marks.endings or bars[begin].marks.endings or numbers


def _syllables(element: ET.Element) -> dict[int, Syllable] | None:
    """What is sung to a note, by the number of its verse."""
    found: dict[int, Syllable] = {}
    for lyric in element.findall("lyric"):
        text = " ".join(filter(None, (one_line(each.text or "") for each in lyric.findall("text"))))
        if not text:
            continue
        number = re.search(r"\d{1,3}", lyric.get("number", ""))
        syllabic = _text(lyric, "syllabic")
        line, verse = (lyric.find(f"end-{what}") is not None for what in ("line", "paragraph"))
        found.setdefault(
            int(number[0]) if number else len(found) + 1,
            Syllable(
                text,
                joins=syllabic in ("middle", "end"),
                goes_on=syllabic in ("begin", "middle"),
                closes=NEW_VERSE if verse else NEW_LINE if line else "",
            ),
        )
    return found or None


def _place(said: Mapping[str, ET.Element], part: Part) -> Place:
    """Whose a note is of which this is ``said``."""
    instrument = said.get("instrument")
    player = instrument.get("id", "") if instrument is not None else next(iter(part.players), "")
    drums = "unpitched" in said or (player in part.players and part.players[player].drums)
    staff, voice = _content(said.get("staff")), _content(said.get("voice"))
    return Place(staff or "1", voice or "1", player, drums)


def _drum(said: Mapping[str, ET.Element], part: Part) -> int | None:
    """Which drum is struck: the one that its player is, or that stands there; None for rests.

    Some programs write drums as the pitches that a synthesizer knows them by.
    """
    instrument, written = said.get("instrument"), said.get("unpitched")
    if written is None and "pitch" not in said:
        return None
    if instrument is not None or len(part.players) == 1:
        key = next(iter(part.players)) if instrument is None else instrument.get("id", "")
        player = part.players.get(key)
        if player is not None and player.drum is not None:
            return player.drum
    if written is None:
        pitch = _written_pitch(said)
        return pitch if pitch is not None and 0 <= pitch < PITCH_COUNT else None
    step, octave = _text(written, "display-step").upper(), int(_number(written, "display-octave"))
    return drum_at(DrumPlace(step, octave, _content(said.get("notehead"))))


def _written_pitch(said: Mapping[str, ET.Element]) -> int | None:
    written = said.get("pitch")
    if written is None:
        return None
    names = {inner.tag: inner.text or "" for inner in written[::-1]}
    return _pitch_named(names.get("step", ""), names.get("alter", ""), names.get("octave", ""))


def _pitch(said: Mapping[str, ET.Element], part: Part) -> int | None:
    """The sounding pitch; None for rests, and for what no synthesizer has."""
    pitch = _written_pitch(said)
    if pitch is None:
        return None
    if part.transpose:
        pitch += part.transpose.get(_content(said.get("staff")), part.transpose.get("", 0))
    return pitch if 0 <= pitch < PITCH_COUNT else None


# A piece has the same notes again and again.
@lru_cache(1024)
def _pitch_named(step: str, alter: str, octave: str) -> int:
    """The pitch of a step in an octave as they are written; ValueError or KeyError for none."""
    number = int(_parsed(octave)) + 1
    # Quarter tones become the semitone below.
    return OCTAVE * number + natural_semitone(step.strip().upper()) + math.floor(_parsed(alter))


def _meter(attributes: ET.Element) -> Meter | None:
    time = attributes.find("time")
    if time is None:
        return None
    try:
        # Of 3+2/8 all beats; of several fractions side by side the first.
        beats = sum(int(each) for each in _text(time, "beats").split("+"))
        return Meter(beats, int(_text(time, "beat-type")))
    except ValueError:
        return None


def _metronome(element: ET.Element) -> float | None:
    unit = _BEAT_UNITS.get(_text(element, "beat-unit"))
    found = re.search(r"\d+(?:\.\d+)?", _text(element, "per-minute")[:40])
    if unit is None or found is None:
        return None
    dots = len(element.findall("beat-unit-dot"))
    bpm = float(found[0]) * unit * (2 - 0.5 ** min(dots, 4))
    return bpm if bpm > 0 else None


def _program(instrument: ET.Element, part_name: str) -> int:
    sound = _text(instrument, "instrument-sound")
    return program_of(f"{_text(instrument, 'instrument-name')} {part_name}", sound)


def _give_sound(player: Player, sound: ET.Element) -> None:
    unpitched = int(_number(sound, "midi-unpitched")) - 1
    player.drums = int(_number(sound, "midi-channel")) == _DRUM_CHANNEL
    player.drum = unpitched if 0 <= unpitched < PITCH_COUNT else drum_named(player.name)
    program = int(_number(sound, "midi-program")) - 1
    if 0 <= program < PITCH_COUNT:
        player.program = program
    volume = sound.find("volume")
    pan = min(max(_number(sound, "pan"), -PAN_DEGREES), PAN_DEGREES)
    level = min(max(_number(sound, "volume"), 0.0), 100.0)
    player.mix = TrackMix(
        DEFAULT_VOLUME if volume is None else round(level * FULL / 100),
        min(FULL, round(CENTRE + pan * CENTRE / PAN_DEGREES)),
    )


def _title(root: ET.Element) -> str:
    titles = [_name(root, "work/work-title"), _name(root, "movement-title")]
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


def _children(element: ET.Element) -> dict[str, ET.Element]:
    """What stands in ``element`` by its tag, of several the first: quicker than to ask for each."""
    return {inner.tag: inner for inner in element[::-1]}


def _content(element: ET.Element | None) -> str:
    return (element.text or "").strip() if element is not None else ""


def _amount(element: ET.Element | None) -> float:
    """The number in an element, 0 where there is none; ValueError for what is none."""
    return 0.0 if element is None else _parsed(element.text or "")


def _parsed(text: str) -> float:
    return _checked(float(text)) if text.strip() else 0.0


def _text(element: ET.Element, path: str) -> str:
    return _content(element.find(path))


def _name(element: ET.Element, path: str) -> str:
    """A name as it is, but for the lines that a text is broken into."""
    text = element.findtext(path) or ""
    return text.strip() if "\n" in text else text


def _number(element: ET.Element, path: str) -> float:
    """The number in a child, as :func:`_amount`."""
    return _amount(element.find(path))


def _attribute(element: ET.Element, name: str) -> float | None:
    text = element.get(name)
    return None if text is None else _checked(float(text))


def _checked(number: float) -> float:
    if not abs(number) <= _MOST_QUARTERS:
        raise ValueError(f"{number} is no number of a score")
    return number
