"""Lyrics as files have them are syllables that know their words, and are themselves again."""

import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest

from composer_app.music.composition import Composition, Track
from composer_app.music.note import Note
from composer_app.music.texts import Text
from composer_app.notation.piece_file import parse_piece
from composer_app.notation.syllables import sung, syllables_of, texts_of
from composer_app.notation.writing.musicxml_writing import musicxml_bytes

NOTES = tuple(Note(4 * i, 60 + i % 5, 4) for i in range(8))


def lyrics(*words: str) -> tuple[Text, ...]:
    return tuple(Text(960 * i, "lyrics", word) for i, word in enumerate(words))


def said(*words: str) -> list[tuple[str, bool, bool, str]]:
    """Each syllable: its text, whether it joins and goes on, and what it closes."""
    return [(s.text, s.joins, s.goes_on, s.closes) for _, s in syllables_of(lyrics(*words))]


@pytest.mark.parametrize(
    "words",
    [
        ("Twin", "kle ", "star"),
        ("Twin-", "kle", "star"),
        ("Twin", "kle", " star"),
    ],
    ids=["space after", "hyphen", "space before"],
)
def test_words_are_heard_however_a_file_divides_them(words: tuple[str, ...]) -> None:
    assert said(*words) == [
        ("Twin", False, True, ""),
        ("kle", True, False, ""),
        ("star", False, False, ""),
    ]


def test_words_without_a_sign_between_them_are_words() -> None:
    assert said("one", "two") == [("one", False, False, ""), ("two", False, False, "")]


@pytest.mark.parametrize(
    "words",
    [("\\How ", "I", "/What ", "you", "\\Up"), ("How ", "I\r", "What ", "you\r", "\\Up")],
    ids=["marks", "breaks"],
)
def test_lines_and_verses_are_heard(words: tuple[str, ...]) -> None:
    assert [each[::3] for each in said(*words)] == [
        ("How", ""),
        ("I", "/"),
        ("What", ""),
        ("you", "\\"),
        ("Up", ""),
    ]


def test_held_notes_and_empty_texts_are_no_syllables() -> None:
    assert [each[0] for each in said("la ", "_", "", "-", " ", "\r", "li")] == ["la", "li"]
    assert syllables_of([Text(0, "text", "@T a title"), Text(0, "marker", "A")]) == []


@pytest.mark.parametrize(
    "words",
    [("Twin", "kle ", "lit", "tle ", "star"), ("one ", "two", "/three ", "four", "\\five")],
)
def test_karaoke_is_itself_again(words: tuple[str, ...]) -> None:
    texts = lyrics(*words)
    assert texts_of(syllables_of(texts)) == texts


def test_a_syllable_is_at_the_note_that_begins_nearest() -> None:
    texts = (
        Text(30, "lyrics", "a "),
        Text(900, "lyrics", "b "),
        Text(1000, "lyrics", "c "),
        Text(99_999, "lyrics", "d"),
    )
    found = sung(NOTES, texts)
    assert {note.start: each.text for note, each in found.items()} == {0: "a", 4: "b c", 28: "d"}
    assert sung((), texts) == {}


def song(*words: str, closed: bool = False) -> bytes:
    track = Track("Melody", 0, NOTES, texts=lyrics(*words))
    tracks = (track, replace(track, name="Alto", texts=lyrics("ah ", "oh")))
    return musicxml_bytes(Composition(tracks if closed else tracks[:1]), closed=closed)


def test_lyrics_are_written_under_their_notes_and_read_back() -> None:
    words = ("Twin", "kle ", "lit", "tle", "/star")
    root = ET.fromstring(song(*words))
    notes = root.findall(".//note")
    assert [n.findtext("lyric/text") for n in notes[:6]] == ["Twin", "kle", "lit", "tle", "star",
                                                             None]  # fmt: skip
    assert [n.findtext("lyric/syllabic") for n in notes[:5]] == ["begin", "end", "begin", "end",
                                                                 "single"]  # fmt: skip
    assert notes[3].find("lyric/end-line") is not None
    read = parse_piece(song(*words), "song.musicxml").composition
    assert read.tracks[0].texts == lyrics(*words)
    assert read.tracks[0].notes == NOTES


def test_tied_notes_are_sung_once() -> None:
    track = Track("Melody", 0, (Note(0, 60, 24),), texts=lyrics("long"))
    root = ET.fromstring(musicxml_bytes(Composition((track,))))
    assert [note.findtext("lyric/text") for note in root.findall(".//note")][:2] == ["long", None]


def test_voices_on_one_staff_have_lines_of_their_own() -> None:
    root = ET.fromstring(song("one ", "two", closed=True))
    assert {lyric.get("number") for lyric in root.findall(".//lyric")} == {"1"}
    read = parse_piece(song("one ", "two", closed=True), "song.musicxml").composition
    assert [track.texts for track in read.tracks] == [lyrics("one ", "two"), lyrics("ah ", "oh")]


def test_lyrics_of_the_piece_are_the_melodys() -> None:
    piece = Composition((Track("", 0, NOTES),), texts=lyrics("la ", "li"))
    read = parse_piece(musicxml_bytes(piece), "song.musicxml").composition
    assert read.tracks[0].texts == lyrics("la ", "li")
    assert read.texts == ()
    assert musicxml_bytes(Composition((), texts=lyrics("la")))


VERSES = """<score-partwise><part-list><score-part id="P1"><part-name>A</part-name></score-part>
</part-list><part id="P1"><measure number="1"><attributes><divisions>1</divisions></attributes>
<note><pitch><step>C</step><octave>4</octave></pitch><duration>4</duration>
<lyric number="1"><syllabic>begin</syllabic><text>one</text></lyric>
<lyric number="2"><syllabic>single</syllabic><text>two</text><elision>‿</elision><text>three</text>
<end-paragraph/></lyric></note>
<barline location="right"><repeat direction="backward"/></barline></measure>
<measure number="2"><note><pitch><step>C</step><octave>4</octave></pitch><duration>4</duration>
<lyric><syllabic>end</syllabic><text>\u202eend</text></lyric></note></measure></part>
</score-partwise>"""


def test_a_repeat_is_sung_with_its_next_verse() -> None:
    read = parse_piece(VERSES.encode(), "song.musicxml").composition
    assert [(text.tick, text.text) for text in read.tracks[0].texts] == [
        (0, "one"),
        (3840, "two three"),
        (7680, "\\end"),
    ]


def test_a_syllable_is_plain_text() -> None:
    read = parse_piece(VERSES.encode(), "song.musicxml").composition
    assert "\u202e" not in read.tracks[0].texts[2].text
