"""Files out of order beyond those in ``cases``: containers, chunks, messages, settings."""

import gzip

import pytest

from composer_app.errors import MidiFileError
from composer_app.music.files.file_kind import FileKind, kind_of
from composer_app.music.midi.events.chunks import parse_chunks
from composer_app.music.midi.events.faults import Fault, Faults
from composer_app.music.midi.events.messages import (
    KeySignature,
    Name,
    Port,
    SetTempo,
    Setting,
    Text,
    TimeSignature,
)
from composer_app.music.midi.file import parse_midi
from composer_app.music.note import Note
from tests.music.midi.hexfile import chunk, header

NOTE = "00 90 3C 50  04 80 3C 00"
ONE_NOTE = (Note(0, 60, 4),)


def faults_in(data: bytes) -> set[Fault]:
    faults = Faults()
    parse_chunks(data, "tune", faults)
    return set(faults)


# What a channel does: its kind, which channel, and its two values.
Event = tuple[int, int, int, int]


def messages_in(hexdump: str) -> tuple[list[tuple[int, Setting | Event]], set[Fault]]:
    """What a track does, then what it says besides."""
    faults = Faults()
    parsed = parse_chunks(header(1, 1, 4) + chunk(hexdump), "tune", faults)
    (settings,) = parsed.tracks
    table = parsed.events
    columns = (table.kind, table.channel, table.first, table.second)
    rows = zip(*(column.tolist() for column in columns), strict=True)
    events: list[tuple[int, Setting | Event]] = [*zip(table.tick.tolist(), rows, strict=True)]
    return events + settings, set(faults)


@pytest.mark.parametrize(
    ("hexdump", "message"),
    [
        ("00 93 3C 50", (0x90, 3, 60, 80)),
        ("00 93 3C 00", (0x80, 3, 60, 0)),
        ("00 83 3C 40", (0x80, 3, 60, 64)),
        ("00 A3 3C 50", (0xA0, 3, 60, 80)),
        ("00 B3 07 64", (0xB0, 3, 7, 100)),
        ("00 C3 05", (0xC0, 3, 5, 0)),
        ("00 D3 05", (0xD0, 3, 5, 0)),
        ("00 E3 00 40", (0xE0, 3, 0, 0)),
        ("00 E3 7F 7F", (0xE0, 3, 0, 8191)),
        ("00 E3 00 00", (0xE0, 3, 0, -8192)),
        ("00 FF 01 02 68 69", Text("text", "hi")),
        ("00 FF 05 02 68 69", Text("lyrics", "hi")),
        ("00 FF 06 02 68 69", Text("marker", "hi")),
        ("00 FF 03 02 68 69", Name("track_name", "hi")),
        ("00 FF 03 00", Name("track_name", "")),
        ("00 FF 21 01 02", Port(2)),
        ("00 FF 51 03 07 A1 20", SetTempo(500_000)),
        ("00 FF 58 04 06 03 24 08", TimeSignature(6, 8)),
        ("00 FF 59 02 FD 00", KeySignature("Eb")),
        ("00 FF 59 02 FD 01", KeySignature("Cm")),
        ("00 FF 59 02 07 00", KeySignature("C#")),
        ("00 FF 59 02 F9 01", KeySignature("Abm")),
    ],
)
def test_each_message(hexdump: str, message: Setting | Event) -> None:
    assert messages_in("82 00 F8" + hexdump) == ([(256, message)], {Fault.STRAY_COMMAND})
    assert messages_in(hexdump) == ([(0, message)], set())


@pytest.mark.parametrize(
    ("hexdump", "messages", "fault"),
    [
        # A number of sharps that nobody writes sounds as one of flats.
        ("00 FF 59 02 08 00", [KeySignature("Ab")], Fault.KEY),
        ("00 FF 59 02 F8 01", [KeySignature("C#m")], Fault.KEY),
        ("00 FF 59 02 FE FF", [KeySignature("Bb")], Fault.KEY),
        ("00 FF 59 02 40 00", [], Fault.KEY),
        ("00 FF 59 01 02", [], Fault.EMPTY_SETTING),
        ("00 FF 51 01 00", [], Fault.EMPTY_SETTING),
        ("00 FF 51 05 07 A1 20 00 00", [SetTempo(500_000)], None),
        ("00 FF 58 00", [], Fault.EMPTY_SETTING),
        ("00 FF 58 02 03 02", [TimeSignature(3, 4)], None),
        ("00 FF 58 04 00 02 18 08", [], Fault.METRE),
        ("00 FF 58 04 04 08 18 08", [], Fault.METRE),
        ("00 FF 21 00", [], Fault.EMPTY_SETTING),
        ("00 FF 00 00  00 FF 20 00  00 FF 54 05 E1 00 00 00 00  00 FF 7F 00", [], None),
        ("00 90 3C C8", [(0x90, 0, 60, 127)], Fault.HIGH_BYTE),
        ("00 B0 07 FF", [(0xB0, 0, 7, 127)], Fault.HIGH_BYTE),
        ("00 E0 FF FF", [(0xE0, 0, 0, 8191)], Fault.HIGH_BYTE),
        ("00 90 BC 50", [], Fault.NO_SUCH_NOTE),
        ("00 C0 80", [], Fault.NO_SUCH_NOTE),
        # Running status goes on after what ends it by the standard.
        ("00 90 3C 50  00 FF 01 00  00 3E 50", "any", None),
        ("00 90 3C 50  00 F0 02 43 F7  00 3E 50", "any", None),
        # Commands of a cable, with their data.
        ("00 F1 05  00 F2 01 02  00 F3 01  00 F6  00 C0 05", [(0xC0, 0, 5, 0)], "any"),
        # A system exclusive message without its length.
        ("00 F0 7E 7F 09 01 F7  00 C0 05", [(0xC0, 0, 5, 0)], None),
    ],
)
def test_messages_out_of_order(
    hexdump: str, messages: list[Setting | Event] | str, fault: Fault | str | None
) -> None:
    found, faults = messages_in(hexdump)
    if messages == "any":
        assert [each for each in found if isinstance(each[1], tuple)][-1] == (0, (0x90, 0, 62, 80))
    else:
        assert [message for _tick, message in found if not isinstance(message, Text)] == messages
    assert faults == {Fault.STRAY_COMMAND if fault == "any" else fault} - {None}


def notes_of(data: bytes) -> tuple[tuple[Note, ...], ...]:
    return tuple(track.notes for track in parse_midi(data, "tune").composition.tracks)


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        pytest.param(b"MThd\0\0\0\x08" + header(1, 1, 4)[8:] + b"ab" + chunk(NOTE), None, id="8"),
        pytest.param(b"MThd\0\0\0\0" + header(1, 1, 4)[8:] + chunk(NOTE), Fault.HEADER, id="0"),
        pytest.param(header(7, 1, 4) + chunk(NOTE), Fault.UNKNOWN_TYPE, id="type 7"),
        pytest.param(header(1, 1, 4) + chunk(NOTE) + bytes(50), None, id="filled up"),
        pytest.param(
            header(1, 1, 4) + b"MTrk\0\0\0\x08" + chunk(NOTE)[8:-4] + bytes(40),
            Fault.UNENDED_TRACK,
            id="no end, filled up",
        ),
        pytest.param((header(1, 1, 4) + chunk(NOTE))[:-6], Fault.CUT_TRACK, id="cut off"),
        pytest.param((header(1, 1, 4) + chunk(NOTE))[:-3], Fault.CUT_TRACK, id="cut in the end"),
        pytest.param(
            header(1, 1, 4) + chunk(NOTE + "FF FF FF FF FF 00"), Fault.DAMAGED_TRACK, id="damaged"
        ),
        pytest.param(
            header(1, 1, 4) + chunk(NOTE) + header(1, 1, 96) + chunk(NOTE),
            Fault.SECOND_SONG,
            id="two songs",
        ),
        pytest.param(gzip.compress(header(1, 1, 4) + chunk(NOTE)), None, id="gzip"),
    ],
)
def test_one_note_is_read(data: bytes, fault: Fault | None) -> None:
    if fault is not None:
        assert fault in faults_in(data)
        assert parse_midi(data, "tune").mended
    else:
        assert parse_midi(data, "tune").mended == ()
    assert notes_of(data) == (ONE_NOTE,)


def test_a_length_to_the_end_of_the_file_does_not_swallow_the_other_tracks() -> None:
    rest = chunk(NOTE)
    first = b"MTrk" + (len(chunk(NOTE)) - 8 + len(rest)).to_bytes(4, "big") + chunk(NOTE)[8:]
    data = header(1, 2, 4) + first + rest
    assert notes_of(data) == (ONE_NOTE, ONE_NOTE)
    assert faults_in(data) == {Fault.TRACK_LENGTH}


def test_patterns_follow_one_another() -> None:
    second = "02 90 3E 50  04 80 3E 00"
    # The first ends with its end of track, in the middle of the second beat; the last one far off.
    data = header(2, 2, 4) + chunk(NOTE + "02 FF 01 00") + chunk(second + "FF 7F FF 01 00")
    assert notes_of(data) == ((Note(0, 60, 4), Note(10, 62, 4)),)
    assert faults_in(data) == {Fault.PATTERNS}
    assert faults_in(header(2, 1, 4) + chunk(NOTE)) == set()


@pytest.mark.parametrize(
    ("division", "ticks", "steps"),
    [
        # Frames a second, ticks a frame: how many ticks are two seconds, which are 16 steps.
        (0xE728, "90 00", 16),  # 25 x 40: 2048 ticks are 2.048 s
        (0xE804, "81 40", 16),  # 24 x 4: 192 ticks
        (0xE201, "3C", 16),  # 30 x 1: 60 ticks
        (0xE364, "AE 64", 16),  # 29.97 x 100: 5988 ticks are 1.998 s
        (0xE350, "A5 60", 16),  # 29.97 x 80: 4832 ticks are 2.015 s
    ],
)
def test_film_frames_are_seconds(division: int, ticks: str, steps: int) -> None:
    # A tempo has no meaning here.
    tempo = "00 FF 51 03 0F 42 40"
    data = header(1, 1, division) + chunk(f"{tempo} 00 90 3C 50  {ticks} 80 3C 00")
    read = parse_midi(data, "tune")
    (note,) = read.composition.tracks[0].notes
    assert note.duration == steps
    assert read.composition.tempo.initial_bpm == 120
    assert faults_in(data) == {Fault.FILM_FRAMES}


def test_a_stretch_of_29_97_frames_is_exact() -> None:
    faults = Faults()
    data = header(1, 1, 0xE364) + chunk("00 90 3C 50  AE 64 80 3C 00")
    parsed = parse_chunks(data, "tune", faults)
    tick = int(parsed.events.tick[1])
    # 5988 ticks of 1001 / 3,000,000 s each, a beat being half a second.
    assert tick * 3_000_000 == 5988 * 1001 * 2 * parsed.ticks_per_beat


HEADERS = {0xD890: 55_440, 0x8000: 32_768, 0xFFFF: 65_535, 0xE600: 58_880}


@pytest.mark.parametrize("division", HEADERS)
def test_other_high_divisions_are_numbers(division: int) -> None:
    faults = Faults()
    parsed = parse_chunks(header(1, 1, division) + chunk(NOTE), "tune", faults)
    assert parsed.ticks_per_beat == HEADERS[division]
    assert not faults


KINDS = {
    FileKind.MUSIC_XML: '<?xml version="1.0"?>\n<!DOCTYPE score-partwise><score-partwise>'.encode(
        "utf-16"
    ),
    FileKind.MXL: b"PK\x03\x04" + bytes(26) + b"META-INF/container.xml",
    FileKind.COMPOSER_PROJECT: b"PK\x03\x04" + bytes(26) + b"piece.json",
    FileKind.ARCHIVE: b"PK\x03\x04" + bytes(26) + b"songs/tune.mid",
    FileKind.ABC: b"X:1\nT:Reel\nM:4/4\nK:D\nABcd|\n",
    FileKind.LILYPOND: b'\\version "2.24"\n{ c d e }',
    FileKind.WEB_PAGE: b"\n<!DOCTYPE html>\n<html><body>404</body></html>",
    FileKind.XML: b'<?xml version="1.0"?><list/>',
    FileKind.OTHER_PROJECT: b"FLhd\x06\0\0\0",
    FileKind.AUDIO: b"RIFF\0\0\0\0WAVEfmt ",
    FileKind.TRACKER: b"Extended Module: tune",
    FileKind.SOUND_FONT: b"RIFF\0\0\0\0sfbkLIST",
    FileKind.PICTURE: b"\x89PNG\r\n\x1a\n",
    FileKind.VIDEO: b"\0\0\0\x18ftypmp42",
    FileKind.PDF: b"%PDF-1.7",
    FileKind.DOCUMENT: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    FileKind.PROGRAM: b"\x7fELF\x02\x01",
    FileKind.TEXT: "Lieber Hörer, das ist keine Musik.".encode(),
    FileKind.ZEROS: bytes(100),
}


@pytest.mark.parametrize("kind", FileKind)
def test_what_is_no_midi_file_is_named(kind: FileKind) -> None:
    assert kind_of(KINDS[kind]) is kind
    with pytest.raises(MidiFileError, match="is not a MIDI file but ") as caught:
        parse_midi(KINDS[kind], "tune")
    assert caught.value.remedy is not None


@pytest.mark.parametrize(
    "start", [b"ID3\x04", b"OggS", b"fLaC", b"\xff\xfb\x90", b"FORM\0\0\0\0AIFF"]
)
def test_recordings_are_audio(start: bytes) -> None:
    assert kind_of(start + bytes(100)) is FileKind.AUDIO


def test_a_live_set_is_a_project() -> None:
    data = gzip.compress(b'<?xml version="1.0"?><Ableton MajorVersion="5">')
    with pytest.raises(MidiFileError, match="a project of another music program"):
        parse_midi(data, "tune")


@pytest.mark.parametrize("data", [b"\1\2\3", b"\x1f\x8b\x08 no gzip"])
def test_what_is_nothing_known_is_not_named(data: bytes) -> None:
    with pytest.raises(MidiFileError, match=r"is not a MIDI file:|cannot be unpacked"):
        parse_midi(data, "tune")
