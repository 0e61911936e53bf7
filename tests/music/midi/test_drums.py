"""A melody that was written on the drums' channel by mistake is read, and drums are not."""

from pathlib import Path

import pytest

from composer_app.errors import MidiFileError
from composer_app.music.midi.drums import is_melody
from composer_app.music.midi.file import parse_midi
from composer_app.music.note import Note
from tests.music.midi.hexfile import chunk, header

CASES = Path(__file__).parent / "cases"
TUNE = (60, 62, 64, 65, 67, 67, 67)
FLUTE, STANDARD_KIT, BRUSHES = 73, 0, 40


def line(*pitches: int, length: int = 4) -> list[Note]:
    return [Note(4 * step, pitch, length) for step, pitch in enumerate(pitches)]


ROCK = line(36, 42, 38, 42, 36, 36, 38, 46)
CONGAS = line(62, 63, 64, 64, 62, 63, 64, 63)
CHORDS = [Note(4 * step, 60 + 3 * voice, 4) for step in range(8) for voice in range(4)]


@pytest.mark.parametrize(
    ("notes", "program", "name", "melody"),
    [
        # An instrument that is no kit, or a name, says that a tune is meant,
        (line(*TUNE), FLUTE, "", True),
        (line(*TUNE), None, "Flute", True),
        (line(*TUNE), STANDARD_KIT, "Melodie", True),
        # or pitches that no kit has, or more than hand drums have;
        (line(*(pitch + 24 for pitch in TUNE)), None, "", True),
        (line(60, 62, 64, 65, 67, 69, 71, 72), None, "", True),
        # without any of these they may be bongos and timbales.
        (line(*TUNE), STANDARD_KIT, "", False),
        (line(*TUNE), BRUSHES, "Track 3", False),
        # A name for drums is believed,
        (line(*TUNE), FLUTE, "Percussion", False),
        # and notes of a kit are drums, whatever is said of them:
        (ROCK, FLUTE, "Melody", False),
        (CONGAS, FLUTE, "Solo", False),
        (CHORDS, FLUTE, "Lead", False),
        (line(60, 72, 61, 81, 63, 76), FLUTE, "Lead", False),
        ([], FLUTE, "Melody", False),
    ],
)
def test_what_is_a_melody(notes: list[Note], program: int | None, name: str, melody: bool) -> None:
    assert is_melody(notes, program, name) == melody


def test_a_melody_on_channel_10_is_read() -> None:
    data = (CASES / "melody_on_channel_10.mid").read_bytes()
    (track,) = parse_midi(data, "x.mid").composition.tracks
    assert [(note.start, note.pitch) for note in track.notes] == [
        (4 * step, pitch) for step, pitch in enumerate(TUNE)
    ]
    assert track.name == "Flute"


def events(channel: int, *pitches: int) -> str:
    return "".join(f"00 9{channel:x} {p:02x} 50 04 8{channel:x} {p:02x} 00 " for p in pitches)


def test_the_name_of_a_song_makes_no_melody_of_its_drums() -> None:
    named = "00 ff 03 06 4d 65 6c 6f 64 79 "  # Melody
    both = named + events(9, 60, 62, 64, 65) + events(0, *TUNE)
    (track,) = parse_midi(header(0, 1, 4) + chunk(both), "x.mid").composition.tracks
    assert track.name == "Melody"
    assert len(track.notes) == len(TUNE)


def test_an_instrument_may_be_chosen_in_another_chunk() -> None:
    chunks = chunk("00 c9 49"), chunk(events(9, *TUNE))  # 73
    tracks = parse_midi(header(1, 2, 4) + b"".join(chunks), "x.mid").composition.tracks
    assert [(track.program, len(track.notes)) for track in tracks if track.notes] == [(73, 7)]


def test_a_kit_without_notes_is_no_track() -> None:
    with pytest.raises(MidiFileError, match="holds no notes"):
        parse_midi(header(1, 1, 4) + chunk("00 c9 49"), "x.mid")
