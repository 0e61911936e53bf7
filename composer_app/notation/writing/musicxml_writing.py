"""From a composition to MusicXML 4.0 (W3C, 2021), one part for each track or a closed score.

What is written is what a musician reads; where notes sound beside it is in the attributes that
MusicXML has for performances (``attack``, ``release``, ``dynamics``), so that what Composer reads
back is the same music to the tick. The direction of stems is left to whoever draws the score, but
for two voices on one staff.
"""

import io
import xml.etree.ElementTree as ET
import zipfile
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Final

from composer_app import __version__
from composer_app.music.composition import Composition, Track
from composer_app.music.harmony.spelling import signature, spelled
from composer_app.music.mix import USUAL_MIX, PieceMix
from composer_app.music.note import Note
from composer_app.music.pitch import Key
from composer_app.music.timing import TICKS_PER_BEAT
from composer_app.music.voices import find_melody
from composer_app.notation.bars import Bar, bars_of, tempo_changes
from composer_app.notation.percussion import place_of_drum
from composer_app.notation.syllables import NEW_VERSE, Syllable, sung
from composer_app.notation.writing.harmony_writing import add_harmony
from composer_app.notation.writing.marks import Mark
from composer_app.notation.writing.musicxml_elements import (
    add,
    add_duration,
    add_notations,
    add_pitch,
    add_tempo,
    add_unpitched,
    add_value,
    performance,
)
from composer_app.notation.writing.part_list import add_part_list, player_id, players_of
from composer_app.notation.writing.rhythm import Rhythm
from composer_app.notation.writing.sign import Sign
from composer_app.notation.writing.staves import PERCUSSION, Staff, staves_of

_HEADER: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN"'
    ' "http://www.musicxml.org/dtds/partwise.dtd">\n'
)
_SCORE_IN_ARCHIVE: Final = "score.musicxml"
_CONTAINER: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<container><rootfiles>'
    f'<rootfile full-path="{_SCORE_IN_ARCHIVE}"'
    ' media-type="application/vnd.recordare.musicxml+xml"/></rootfiles></container>\n'
)
SOFTWARE: Final = "Composer "
# Fields with these names say that a key, or that there is no upbeat, is nobody's word.
UNSAID_KEY: Final = "composer-key"
UNSAID_UPBEAT: Final = "composer-upbeat"
# And this one, at which ticks there are chord symbols that nobody has given.
HEARD_CHORDS: Final = "composer-heard-chords"

# Whether a word has begun before a syllable, and whether it goes on after it.
_SYLLABIC: Final = {
    (False, False): "single",
    (False, True): "begin",
    (True, True): "middle",
    (True, False): "end",
}

# A written note: its tick, the number of its voice and its pitch.
_Place = tuple[int, int, int]


def musicxml_bytes(
    composition: Composition,
    mix: PieceMix = USUAL_MIX,
    *,
    closed: bool = False,
    marked: bool = False,
) -> bytes:
    """``composition`` as a MusicXML file.

    Each track is a part. In a ``closed`` score the first four but for drums are soprano and
    alto, tenor and bass on two staves of one part, and further ones parts below; it takes at least
    two tracks. Where it is ``marked``, bars and signs have the ids of
    :mod:`~composer_app.notation.writing.marks`, with the indices of tracks in ``composition``.
    """
    root = _Writer(composition, mix, closed=closed, marked=marked).score()
    ET.indent(root, " ")
    return f"{_HEADER}{ET.tostring(root, encoding='unicode')}\n".encode()


def mxl_bytes(
    composition: Composition, mix: PieceMix = USUAL_MIX, *, closed: bool = False
) -> bytes:
    """``composition`` as an MXL file: :func:`musicxml_bytes` in a zip archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in (
            ("META-INF/container.xml", _CONTAINER.encode()),
            (_SCORE_IN_ARCHIVE, musicxml_bytes(composition, mix, closed=closed)),
        ):
            # Without a date, so that the same music gives the same file.
            member = zipfile.ZipInfo(name)
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, data)
    return buffer.getvalue()


class _Writer:
    def __init__(
        self,
        composition: Composition,
        mix: PieceMix,
        *,
        closed: bool,
        marked: bool = False,
    ) -> None:
        self._piece = composition
        self._mix = mix
        self._tracks = composition.tracks or (Track(""),)
        self._words = _words(composition)
        # Where each note stands in its track, if that is to be marked.
        self._indices = [
            {note: index for index, note in enumerate(track.notes)}
            for track in (self._tracks if marked else ())
        ]
        self._marked = marked
        self._key: Key = composition.key()
        self._fifths = self._key.sharps
        self._signature = signature(self._fifths)
        self._bars = bars_of(composition)
        self._chords = composition.chords_in_keys()
        self._chord_ticks = [symbol.tick for symbol, _key in self._chords]
        self._parts = staves_of(composition, closed=closed)

    def score(self) -> ET.Element:
        root = ET.Element("score-partwise", version="4.0")
        add(add(root, "work"), "work-title", self._piece.title)
        about = add(root, "identification")
        add(add(about, "encoding"), "software", f"{SOFTWARE}{__version__}")
        self._add_unsaid(about)
        add_part_list(root, self._parts, self._tracks, self._mix)
        for number, staves in enumerate(self._parts, 1):
            self._add_part(root, number, staves)
        return root

    def _add_unsaid(self, about: ET.Element) -> None:
        """What a score has to say and the piece does not, so that it is not read back as said."""
        unsaid = []
        if not self._piece.keys:
            unsaid.append((UNSAID_KEY, "estimated"))
        if self._piece.meters.upbeat is None:
            unsaid.append((UNSAID_UPBEAT, "unknown"))
        if heard := [str(each.tick) for each in self._piece.chords if not each.given]:
            unsaid.append((HEARD_CHORDS, " ".join(heard)))
        if unsaid:
            fields = add(about, "miscellaneous")
            for name, text in unsaid:
                add(fields, "miscellaneous-field", text, name=name)

    def _add_part(self, root: ET.Element, number: int, staves: Sequence[Staff]) -> None:
        part = add(root, "part", id=f"P{number}")
        voices = [voice for staff in staves for voice in self._voices(number, staff, staves)]
        tempos = tempo_changes(self._piece) if number == 1 else []
        for index, bar in enumerate(self._bars):
            measure = add(part, "measure", **_measure_attributes(self._bars, index))
            if self._marked and number == 1:
                measure.set("id", Mark("bar", 0, index, bar.start).text)
            self._add_attributes(measure, index, staves)
            for tick, bpm in tempos:
                if bar.start <= tick < bar.end:
                    add_tempo(measure, tick - bar.start, bpm)
            signed = {
                note
                for staff in range(len(staves))
                for note in self._signed(index, [each for each in voices if each.staff == staff])
            }
            for place, voice in enumerate(voices):
                if place and not voice.needed(index):
                    continue
                if place:
                    add(add(measure, "backup"), "duration", bar.ticks)
                for sign in voice.signs[index]:
                    self._add_chords(measure, sign, over_it=number == 1 and not place)
                    self._add_sign(measure, sign, voice, signed)
            if index == len(self._bars) - 1:
                add(add(measure, "barline", location="right"), "bar-style", "light-heavy")

    def _voices(self, number: int, staff: Staff, staves: Sequence[Staff]) -> Iterator["_Voice"]:
        shared = len(staff.tracks) > 1
        place = staves.index(staff)
        voice_number = 4 * place
        for index in staff.tracks:
            track = self._tracks[index]
            rhythm = Rhythm(track.notes, self._bars, drums=track.drums)
            for chords in rhythm.voices:
                voice_number += 1
                yield _Voice(
                    voice_number,
                    place,
                    track=index,
                    verse=staff.tracks.index(index) + 1,
                    staff_number=place + 1 if len(staves) > 1 else None,
                    instrument=player_id(number, index),
                    stem=("down" if index != staff.tracks[0] else "up")
                    if shared or track.drums
                    else None,
                    signs=rhythm.signs(chords),
                    main=chords is rhythm.voices[0],
                )

    def _add_attributes(self, measure: ET.Element, index: int, staves: Sequence[Staff]) -> None:
        bar, before = self._bars[index], self._bars[index - 1] if index else None
        if before is not None and before.meter == bar.meter:
            return
        attributes = add(measure, "attributes")
        if before is None:
            add(attributes, "divisions", TICKS_PER_BEAT)
            if staves[0].clef != PERCUSSION:
                key = add(attributes, "key")
                add(key, "fifths", self._fifths)
                add(key, "mode", "minor" if self._key.minor else "major")
        time = add(attributes, "time")
        add(time, "beats", bar.meter.numerator)
        add(time, "beat-type", bar.meter.denominator)
        if before is not None:
            return
        if len(staves) > 1:
            add(attributes, "staves", len(staves))
        players = sum(
            len(players_of(self._tracks[index], "")) for staff in staves for index in staff.tracks
        )
        if players > 1:
            add(attributes, "instruments", players)
        for number, staff in enumerate(staves, 1):
            sign, line, octaves = staff.clef
            clef = add(attributes, "clef", **({"number": str(number)} if len(staves) > 1 else {}))
            add(clef, "sign", sign)
            if line:
                add(clef, "line", line)
            if octaves:
                add(clef, "clef-octave-change", octaves)

    def _signed(self, bar: int, voices: Sequence["_Voice"]) -> Iterator[_Place]:
        """Which notes of a staff need an accidental in a bar, where each sign is shown once."""
        places = sorted(
            (sign.start, voice.number, note.pitch)
            for voice in voices
            for sign in voice.signs[bar]
            for note in sign.notes
            if not sign.tied_from and not self._tracks[voice.track].drums
        )
        shown: dict[tuple[str, int], int] = {}
        for place in places:
            written = spelled(place[-1], self._fifths, minor=self._key.minor)
            line = (written.step, written.octave)
            if shown.get(line, self._signature[written.step]) != written.alter:
                shown[line] = written.alter
                yield place

    def _add_chords(self, measure: ET.Element, sign: Sign, *, over_it: bool) -> None:
        """The chord symbols over ``sign``: the uppermost voice has them."""
        if not over_it:
            return
        before = bisect_left(self._chord_ticks, sign.start)
        after = bisect_left(self._chord_ticks, sign.start + sign.ticks)
        for symbol, key in self._chords[before:after]:
            add_harmony(measure, symbol, key, symbol.tick - sign.start)

    def _add_sign(
        self, measure: ET.Element, sign: Sign, voice: "_Voice", signed: Set[_Place]
    ) -> None:
        for place, note in enumerate(sign.notes or (None,)):
            element = add(measure, "note", **performance(sign, note))
            if self._marked:
                self._mark(element, sign, voice, note)
            if place:
                add(element, "chord")
            accidental, head, player = self._add_note(element, sign, voice, note, signed)
            add_duration(element, sign)
            if player:
                add(element, "instrument", id=player)
            add(element, "voice", voice.number)
            add_value(element, sign, accidental)
            if note is not None and voice.stem and sign.value != "whole":
                add(element, "stem", voice.stem)
            if head:
                add(element, "notehead", head)
            if voice.staff_number:
                add(element, "staff", voice.staff_number)
            for number, beam in enumerate(() if place else sign.beams, 1):
                add(element, "beam", beam, number=str(number))
            add_notations(element, sign, first=not place)
            self._add_lyric(element, sign, voice, first=not place)

    def _add_note(
        self,
        element: ET.Element,
        sign: Sign,
        voice: "_Voice",
        note: Note | None,
        signed: Set[_Place],
    ) -> tuple[str | None, str, str]:
        """What a sign is: a rest, a drum or a pitch; its accidental, note head and player."""
        if note is None:
            add(element, "rest", **({"measure": "yes"} if sign.whole_bar else {}))
            return None, "", ""
        if self._tracks[voice.track].drums:
            place = place_of_drum(note.pitch)
            add_unpitched(element, place)
            head = "" if place.head == "normal" else place.head
            return None, head, f"{voice.instrument}-{note.pitch}"
        written = spelled(note.pitch, self._fifths, minor=self._key.minor)
        add_pitch(element, written)
        shown = (sign.start, voice.number, note.pitch) in signed
        return written.accidental if shown else None, "", voice.instrument

    def _add_lyric(self, element: ET.Element, sign: Sign, voice: "_Voice", *, first: bool) -> None:
        """The syllable that is sung to a chord, at its first note, if there is one."""
        words = self._words[voice.track]
        syllable = next((words[note] for note in sign.notes if note in words), None)
        if syllable is None or sign.tied_from or not first:
            return
        lyric = add(element, "lyric", number=str(voice.verse))
        add(lyric, "syllabic", _SYLLABIC[syllable.joins, syllable.goes_on])
        add(lyric, "text", syllable.text)
        if syllable.closes:
            add(lyric, "end-paragraph" if syllable.closes == NEW_VERSE else "end-line")

    def _mark(self, element: ET.Element, sign: Sign, voice: "_Voice", note: Note | None) -> None:
        track = voice.track
        if note is not None:
            index = self._indices[voice.track][note]
            element.set("id", Mark("note", track, index, sign.start).text)
        elif not sign.whole_bar:
            # What fills a bar stands in its middle, and says nothing of when.
            element.set("id", Mark("rest", track, voice.number, sign.start).text)


@dataclass(frozen=True)
class _Voice:
    """One line of signs on a staff; ``staff`` is its index in the part."""

    number: int
    staff: int
    track: int
    verse: int
    staff_number: int | None
    instrument: str
    stem: str | None
    signs: list[list[Sign]]
    main: bool

    def needed(self, bar: int) -> bool:
        """Whether something is to be written in a bar: a second voice needs no empty ones."""
        return self.main or any(sign.notes for sign in self.signs[bar])


def _words(composition: Composition) -> list[Mapping[Note, Syllable]]:
    """The syllables of each track; those that belong to no track are the melody's."""
    tracks = composition.tracks
    found = [sung(track.notes, track.texts) for track in tracks]
    if tracks and not any(found) and any(text.kind == "lyrics" for text in composition.texts):
        melody = find_melody(composition)
        found[melody] = sung(tracks[melody].notes, composition.texts)
    return found or [{}]


def _measure_attributes(bars: Sequence[Bar], index: int) -> dict[str, str]:
    upbeat = bars[0].upbeat
    if upbeat and index == 0:
        return {"number": "0", "implicit": "yes"}
    return {"number": str(index if upbeat else index + 1)}
