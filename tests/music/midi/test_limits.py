"""No file takes minutes, or much memory: it is read in seconds, or refused."""

import gzip
import json
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from composer_app.errors import MidiFileError
from composer_app.music.midi.events import chunks
from composer_app.music.midi.file import (
    MAX_FILE_BYTES,
    UnwritableMidiError,
    midi_bytes,
    parse_midi,
)
from composer_app.music.midi.reading import beside_notes
from composer_app.music.note import Note
from tests.music.midi.hexfile import chunk, header

NOTE = "00 90 3C 50  04 80 3C 00"
END = bytes.fromhex("00 FF 2F 00")
ONE_NOTE = (Note(0, 60, 4),)


def whole(*bodies: bytes) -> bytes:
    return header(1, len(bodies), 96) + b"".join(
        b"MTrk" + len(body).to_bytes(4, "big") + body for body in bodies
    )


def test_running_status_is_counted_by_messages() -> None:
    # Four megabytes took mido 42 seconds.
    data = whole(bytes.fromhex("00 90 3C 50") + bytes.fromhex("01 3C 00 01 3C 50") * 660_000)
    with pytest.raises(MidiFileError, match="more notes and commands"):
        parse_midi(data, "tune")


def test_what_unpacks_to_gigabytes_is_not_unpacked() -> None:
    with pytest.raises(MidiFileError, match="unpacks to more than 32 MB"):
        parse_midi(gzip.compress(bytes(3 * MAX_FILE_BYTES), 1), "tune")


@pytest.fixture
def small_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundredth of the usual ones, which the same loops count up to."""
    monkeypatch.setattr(chunks, "MAX_MESSAGES", 5_000)
    monkeypatch.setattr(chunks, "MAX_NOTES", 2_000)
    monkeypatch.setattr(chunks, "MAX_SETTINGS", 1_000)


@pytest.mark.usefixtures("small_limits")
@pytest.mark.parametrize(
    ("data", "why"),
    [
        pytest.param(whole(bytes.fromhex("00 FF 01 00") * 1_001), "more notes", id="texts"),
        pytest.param(
            whole(bytes.fromhex("00 FF 51 03 07 A1 20") * 1_001), "more notes", id="tempos"
        ),
        pytest.param(whole(bytes.fromhex("00 FF 59 02 01 00") * 1_001), "more notes", id="keys"),
        pytest.param(whole(bytes.fromhex("00 90 3C 50") * 2_001), "than 2,000 n", id="notes"),
        pytest.param(whole(bytes.fromhex("00 FF 58 02 03 02") * 2_001), "more notes", id="metres"),
        pytest.param(whole(bytes.fromhex("00 90 BC 50") * 5_001), "more notes", id="no notes"),
        pytest.param(whole(b"\0\xf0\xff\xff\xff\x7f\xf7" * 5_001), "more notes", id="exclusive"),
        pytest.param(header(1, 1, 96) + b"Abcd\0\0\0\0" * 5_001, "more notes", id="chunks"),
        pytest.param(header(1, 1, 96) + b"MTrk\0\0\0\0" * 1_001, "than 1,000 tracks", id="tracks"),
        pytest.param(
            whole(*[b"".join(bytes((0, 0x90 | c, 60, 80)) for c in range(9))] * 112),
            "than 1,000 tracks",
            id="channels",
        ),
        # Each track is damaged in the end; what came before counts.
        pytest.param(
            whole(*[bytes.fromhex("00 B0 07 50") * 50 + b"\xff" * 5] * 100),
            "more notes",
            id="damaged tracks",
        ),
        pytest.param(
            whole(*[bytes.fromhex("00 B0 07 50") * 50 + b"\0\xf0\x7f"] * 100),
            "more notes",
            id="cut tracks",
        ),
    ],
)
def test_what_would_take_minutes_is_refused(data: bytes, why: str) -> None:
    with pytest.raises(MidiFileError, match=why):
        parse_midi(data, "tune")


@pytest.mark.usefixtures("small_limits")
@pytest.mark.parametrize(
    "body",
    [
        bytes.fromhex("00 90 3C 50") + bytes.fromhex("00 FF 01 00") * 1_000,
        bytes.fromhex("00 90 3C 50") * 2_000,
        bytes.fromhex("00 90 3C 50") + bytes.fromhex("01 B0 07 50") * 4_997,
    ],
    ids=["texts", "notes", "controllers"],
)
def test_as_much_as_the_limits_is_read(body: bytes) -> None:
    assert parse_midi(whole(body + END), "tune").composition.note_count > 0


def test_a_large_file_of_few_messages_is_read() -> None:
    text = b"\0\xff\x01\x82\xff\xff\x7f" + b"x" * ((3 << 21) - 1)
    data = whole(bytes.fromhex("00 90 3C 50 60 80 3C 00") + text * 3 + END)
    assert len(data) > 18_000_000
    (track,) = parse_midi(data, "tune").composition.tracks
    assert track.notes == ONE_NOTE


def test_the_longest_piece_that_is_written_can_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    data = whole(bytes.fromhex("00 90 3C 50 60 80 3C 00") * 50 + END)
    piece = parse_midi(data, "tune").composition
    bytes_of_it = midi_bytes(piece)
    written = []
    # A hundred of notes, and a few of settings.
    for most in range(100, 115):
        monkeypatch.setattr(chunks, "MAX_MESSAGES", most)
        with suppress(UnwritableMidiError):
            assert midi_bytes(piece) == bytes_of_it
            written.append(most)
            assert parse_midi(bytes_of_it, "tune").composition == piece
    assert written == list(range(written[0], 115))
    assert written[0] > 100


def test_more_texts_than_are_read_are_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    words = bytes.fromhex("00 FF 05 02 6C 61") * 40
    piece = parse_midi(whole(bytes.fromhex("00 90 3C 50 60 80 3C 00") + words + END), "x")
    bytes_of_it = midi_bytes(piece.composition)
    read, written = 0, 0
    for most in range(40, 60):
        monkeypatch.setattr(chunks, "MAX_SETTINGS", most)
        with suppress(UnwritableMidiError):
            assert midi_bytes(piece.composition) == bytes_of_it
            written += 1
        with suppress(MidiFileError):
            assert parse_midi(bytes_of_it, "x").composition == piece.composition
            read += 1
    assert 0 < written <= read < 20


def test_details_that_are_too_long_are_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    piece = parse_midi(header(1, 1, 4) + chunk(NOTE), "tune").composition
    assert midi_bytes(piece)
    monkeypatch.setattr("composer_app.music.midi.events.track_parser.MAX_DETAILS_BYTES", 20)
    with pytest.raises(UnwritableMidiError, match="more than Composer can read back"):
        midi_bytes(piece)


# The most there may be of each, one after another.
LARGE = (
    bytes.fromhex("00 90 3C 50")
    + b"\0\xff\x01\x04\x82\xb3\xe9\xff" * 45_000
    + b"\0\xff\x01\x8d\xff\xff\x7f"
    + b"\xe9" * ((14 << 21) - 1)
    + b"".join(bytes((1, 0x90 | i % 9, i % 128, 1 + i % 127)) for i in range(149_000))
    + bytes.fromhex("01 B0 07 50") * 150_000
)
MEASURE = """import json, resource, sys, time
from pathlib import Path
from composer_app.music.midi.file import read_midi
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
notes = read_midi(sys.argv[1]).note_count
used = resource.getrusage(resource.RUSAGE_SELF)
unit = 1024 if sys.platform != "darwin" else 1
print(json.dumps([notes, used.ru_utime, (used.ru_maxrss - before) * unit / 1e6]))"""


@pytest.mark.slow
def test_the_largest_file_that_is_read_takes_seconds_and_some_megabytes(tmp_path: Path) -> None:
    path = tmp_path / "large.mid"
    path.write_bytes(whole(LARGE))
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, path],
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    notes, seconds, megabytes = json.loads(done.stdout)
    assert notes > 0
    # Three seconds where nothing else runs, and less than 300 MB.
    assert seconds < 30
    assert megabytes < 400


def test_what_is_set_up_for_all_tracks_is_not_multiplied(monkeypatch: pytest.MonkeyPatch) -> None:
    notes = [bytes.fromhex("00 90 3C 50 60 80 3C 00") + END] * 10
    set_up = [bytes.fromhex("01 B0 0B 50") * 50 + END] * 10
    tracks = parse_midi(whole(*notes, *set_up), "tune").composition.tracks
    assert [len(track.controls) for track in tracks] == [500] * 10
    monkeypatch.setattr(beside_notes, "_MOST_SHARED", 1_000)
    tracks = parse_midi(whole(*notes, *set_up), "tune").composition.tracks
    assert [len(track.controls) for track in tracks] == [50] * 10


def test_a_pedal_of_many_is_not_multiplied(monkeypatch: pytest.MonkeyPatch) -> None:
    note = bytes.fromhex("00 90 3C 50 60 80 3C 00")
    pedals = note + bytes.fromhex("01 B0 40 7F 01 B0 40 00") * 50 + END
    data = whole(pedals, *[note + END] * 9)
    tracks = parse_midi(data, "tune").composition.tracks
    assert [len(track.controls) for track in tracks] == [100] * 10
    monkeypatch.setattr(beside_notes, "_MOST_SHARED", 900)
    tracks = parse_midi(data, "tune").composition.tracks
    assert [len(track.controls) for track in tracks] == [100] + [0] * 9
