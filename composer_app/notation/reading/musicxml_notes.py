"""What a note of MusicXML says: whose it is, how it sounds, what is sung to it."""

import math
import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from functools import lru_cache

from composer_app.music.harmony.spelling import natural_semitone
from composer_app.music.pitch import OCTAVE, PITCH_COUNT
from composer_app.notation.percussion import DrumPlace, drum_at
from composer_app.notation.reading.score_parts import Part, Place
from composer_app.notation.reading.xml_values import content, number_at, parsed, text_at
from composer_app.notation.syllables import NEW_LINE, NEW_VERSE, Syllable
from composer_app.plain_text import one_line


def place_of(said: Mapping[str, ET.Element], part: Part) -> Place:
    """Whose a note is of which this is ``said``."""
    instrument = said.get("instrument")
    player = instrument.get("id", "") if instrument is not None else next(iter(part.players), "")
    drums = "unpitched" in said or (player in part.players and part.players[player].drums)
    staff, voice = content(said.get("staff")), content(said.get("voice"))
    return Place(staff or "1", voice or "1", player, drums)


def drum_of(said: Mapping[str, ET.Element], part: Part) -> int | None:
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
    step, octave = (
        text_at(written, "display-step").upper(),
        int(number_at(written, "display-octave")),
    )
    return drum_at(DrumPlace(step, octave, content(said.get("notehead"))))


def _written_pitch(said: Mapping[str, ET.Element]) -> int | None:
    written = said.get("pitch")
    if written is None:
        return None
    names = {inner.tag: inner.text or "" for inner in written[::-1]}
    return _pitch_named(names.get("step", ""), names.get("alter", ""), names.get("octave", ""))


def pitch_of(said: Mapping[str, ET.Element], part: Part) -> int | None:
    """The sounding pitch; None for rests, and for what no synthesizer has."""
    pitch = _written_pitch(said)
    if pitch is None:
        return None
    if part.transpose:
        pitch += part.transpose.get(content(said.get("staff")), part.transpose.get("", 0))
    return pitch if 0 <= pitch < PITCH_COUNT else None


# A piece has the same notes again and again.
@lru_cache(1024)
def _pitch_named(step: str, alter: str, octave: str) -> int:
    """The pitch of a step in an octave as they are written; ValueError or KeyError for none."""
    number = int(parsed(octave)) + 1
    # Quarter tones become the semitone below.
    return OCTAVE * number + natural_semitone(step.strip().upper()) + math.floor(parsed(alter))


def syllables_of(element: ET.Element) -> dict[int, Syllable] | None:
    """What is sung to a note, by the number of its verse."""
    found: dict[int, Syllable] = {}
    for lyric in element.findall("lyric"):
        text = " ".join(filter(None, (one_line(each.text or "") for each in lyric.findall("text"))))
        if not text:
            continue
        number = re.search(r"\d{1,3}", lyric.get("number", ""))
        syllabic = text_at(lyric, "syllabic")
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
