"""Chord symbols of MIDI files, whoever wrote them."""

import io
from dataclasses import replace
from pathlib import Path

import mido
import pytest

from composer_app.music.chord_text.naming import plain_name
from composer_app.music.composition import Composition, Track
from composer_app.music.midi.file import midi_bytes, parse_midi, read_midi
from composer_app.music.note import Note
from composer_app.music.texts import Text
from tests.music.chord_symbols import symbol
from tests.music.midi.hexfile import write_hex

NOTE = "00 90 3C 50  10 80 3C 00"  # a bar of 16 ticks, which are steps
MARKER, TEXT, LYRIC, CUE = "06", "01", "05", "07"


def words(kind: str, *texts: str, gap: int = 4) -> str:
    """Meta events, ``gap`` steps after one another."""
    events = []
    for place, text in enumerate(texts):
        data = text.encode()
        wait = gap if place else 0
        events.append(f"{wait:02X} FF {kind} {len(data):02X} {data.hex()}")
    return " ".join(events)


def named(name: str) -> str:
    return words("03", name)


def row(piece: Composition) -> list[tuple[int, str]]:
    """(step, name) of each chord symbol."""
    return [(each.tick // 240, plain_name(each)) for each in piece.chords]


@pytest.mark.parametrize("kind", [MARKER, TEXT, LYRIC, CUE])
def test_texts_that_are_all_chords_are_a_row(tmp_path: Path, kind: str) -> None:
    chords = words(kind, "C", "Am7", "", "F/A", "G7sus4", "N.C.")
    for chunks in ((NOTE, chords), (chords + NOTE,), (named("Piano") + chords + NOTE,)):
        piece = read_midi(write_hex(tmp_path / "a.mid", *chunks))
        assert row(piece) == [(0, "C"), (4, "Am7"), (12, "F/A"), (16, "G7sus4"), (20, "N.C.")]
        assert all(each.given for each in piece.chords)
        # They are said once.
        said = [*piece.texts, *(text for track in piece.tracks for text in track.texts)]
        assert [text.text for text in said if text.text] == []


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (("%C", "%Am"), "C Am"),
        (("%C", "%B m7", "a word"), "C Bm7"),
        (("[C]", "[Am/G]"), "C Am/G"),
        (("(C)", "(Am)"), "C Am"),
        (("{C}", "{Am}"), "C Am"),
        (("C ", " Am\0"), "C Am"),
        (("@KMIDI", "C", "Am"), "C Am"),
        (("A", "D", "E"), "A D E"),
        (("F", "Bb", "F"), "F Bb F"),
        (("C", "C"), "C C"),
        # A single one may be anything; words are no chords; nor are the parts of a song.
        (("C",), ""),
        (("C", "Am", "Verse"), ""),
        (("A", "A", "B", "A"), ""),
        (("A", "B", "C"), ""),
        (("am", "dm"), ""),
        (("Verse", "Chorus"), ""),
        (("C\nAm", "G"), ""),
    ],
)
def test_what_is_a_row(tmp_path: Path, texts: tuple[str, ...], expected: str) -> None:
    piece = read_midi(write_hex(tmp_path / "a.mid", words(MARKER, *texts), NOTE))
    assert " ".join(name for _, name in row(piece)) == expected
    if not expected:
        assert len(piece.texts) == len(texts)


def test_a_track_that_is_called_after_chords_may_say_more(tmp_path: Path) -> None:
    for name in ("Chords", "Akkorde", "chord track"):
        chords = named(name) + words(TEXT, "Intro", "C", "Am", "Chorus")
        piece = read_midi(write_hex(tmp_path / "a.mid", NOTE, chords))
        assert row(piece) == [(4, "C"), (8, "Am")]
        assert [text.text for text in piece.texts] == ["Intro", "Chorus"]
    one = read_midi(write_hex(tmp_path / "a.mid", NOTE, named("Chords") + words(TEXT, "C")))
    assert row(one) == [(0, "C")]


def test_of_several_rows_the_longest_counts(tmp_path: Path) -> None:
    first, second = words(MARKER, "C", "G"), words(LYRIC, "C", "Dm", "G")
    piece = read_midi(write_hex(tmp_path / "a.mid", first, NOTE + second))
    assert row(piece) == [(16, "C"), (20, "Dm"), (24, "G")]
    assert [text.text for text in piece.texts] == ["C", "G"]


@pytest.mark.parametrize(
    ("data", "name"),
    [
        ("31 00 7F 7F", "C"),
        ("22 0A 7F 7F", "Dbm7"),
        ("44 13 31 7F", "F#7/C"),
        ("36 12 7F 7F", "Adim7"),
        ("37 19 7F 7F", "B7(b9)"),
        ("35 20 7F 7F", "Gsus4"),
        ("31 22 7F 7F", "N.C."),
        ("7F 22 7F 7F", "N.C."),
    ],
)
def test_the_chords_of_xf(tmp_path: Path, data: str, name: str) -> None:
    event = f"00 FF 7F 07 43 7B 01 {data}"
    piece = read_midi(write_hex(tmp_path / "a.mid", f"04 FF 01 01 41 {event}" + NOTE))
    assert row(piece) == [(4, name)]


@pytest.mark.parametrize(
    "event",
    [
        "FF 7F 06 43 7B 01 31 00 7F",
        "FF 7F 07 43 7B 02 31 00 7F 7F",
        "FF 7F 07 43 7B 01 38 00 7F 7F",
        "FF 7F 07 43 7B 01 30 00 7F 7F",
        "FF 7F 07 43 7B 01 71 00 7F 7F",
        "FF 7F 07 43 7B 01 31 23 7F 7F",
        "FF 7F 00",
    ],
)
def test_what_is_no_chord_of_xf(tmp_path: Path, event: str) -> None:
    assert row(read_midi(write_hex(tmp_path / "a.mid", f"00 {event}" + NOTE))) == []


PIECE = Composition(
    (Track("Melody", 0, (Note(0, 60, 64),)), Track("Bass", 0, (Note(0, 48, 64),))),
    texts=(Text(0, "marker", "A"), Text(0, "marker", "Verse"), Text(960, "marker", "C")),
    chords=(
        symbol("C", 0),
        symbol("F#m7b5/A", 960),
        symbol("G13", 1920, given=False),
        symbol("N.C.", 2880),
    ),
)


def test_what_is_written_is_read_again() -> None:
    data = midi_bytes(PIECE)
    assert parse_midi(data, "a.mid").composition == PIECE
    messages = [m for track in mido.MidiFile(file=io.BytesIO(data)).tracks for m in track]
    markers = [message.text for message in messages if message.type == "marker"]
    assert markers == ["A", "Verse", "C", "C", "F#m7b5/A", "G13", "N.C."]
    # The keyboards' events stand beside the melody's notes.
    own = [message.data for message in messages if message.type == "sequencer_specific"]
    assert own[0] == (0x43, 0x7B, 1, 0x31, 0, 0x7F, 0x7F)
    assert own[1] == (0x43, 0x7B, 1, 0x44, 0x0B, 0x36, 0x0B)
    assert len(own) == 4


def test_names_are_those_of_the_key() -> None:
    flat = replace(PIECE, chords=(symbol("C#", 0), symbol("G#7", 960)), texts=())
    messages = mido.MidiFile(file=io.BytesIO(midi_bytes(flat))).tracks[0]
    assert [m.text for m in messages if m.type == "marker"] == ["Db", "Ab7"]


def test_markers_that_were_changed_elsewhere_count() -> None:
    changed = midi_bytes(replace(PIECE, texts=())).replace(b"F#m7b5/A", b"Em7b5/Bb")
    piece = parse_midi(changed, "a.mid").composition
    assert row(piece) == [(0, "C"), (4, "Em7b5/Bb"), (8, "G13"), (12, "N.C.")]
    assert piece.texts == ()
