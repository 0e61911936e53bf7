"""Drums are tracks of their own; a melody that was written on their channel by mistake is none."""

from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from mido import MidiFile

from composer_app.errors import MidiFileError
from composer_app.generation.hearing.bar_phase import with_heard_upbeat
from composer_app.music.composition import Composition, Track
from composer_app.music.midi.file import midi_bytes, parse_midi
from composer_app.music.midi.reading.drums import is_melody
from composer_app.music.mix import TrackMix
from composer_app.music.note import Note
from composer_app.music.timing import TempoMap
from composer_app.music.voices import find_melody
from tests.music.midi.hexfile import chunk, header

CASES = Path(__file__).parents[1] / "cases"
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


BEAT = (36, 42, 38, 42)
NAMED = "00 ff 03 06 4d 65 6c 6f 64 79 "  # Melody


def test_the_name_of_a_song_makes_no_melody_of_its_drums() -> None:
    both = NAMED + "00 ff 05 02 4c 61 " + events(9, 60, 62, 64, 65) + events(0, *TUNE)
    melody, drums = parse_midi(header(0, 1, 4) + chunk(both), "x.mid").composition.tracks
    assert (melody.name, melody.drums, len(melody.notes)) == ("Melody", False, len(TUNE))
    assert (drums.name, drums.drums, len(drums.notes)) == ("Drums", True, 4)
    # The words are those of the one that can sing.
    assert [text.text for text in melody.texts] == ["La"]
    assert not drums.texts


def test_drums_are_a_track_that_plays_and_is_no_part_of_the_harmony() -> None:
    kit = "00 c9 19 00 b9 07 46 00 b9 0a 14 "
    chunks = (
        chunk(NAMED + events(9, *BEAT) + kit),
        chunk(kit + events(9, *BEAT)),
        chunk(events(0, *TUNE)),
    )
    read = parse_midi(header(1, 3, 4) + b"".join(chunks), "x.mid")
    piece = read.composition
    named, drums, melody = piece.tracks
    assert [track.drums for track in piece.tracks] == [True, True, False]
    # A name is kept where there is one.
    assert (named.name, drums.name, melody.name) == ("Melody", "Drums", "Track 3")
    assert drums.program == 25
    assert [note.pitch for note in drums.notes] == list(BEAT)
    assert read.mix.track(1) == TrackMix(70, 20)
    assert piece.pitched_tracks == (2,)
    assert find_melody(piece) == 2
    alone = replace(piece, tracks=(melody,))
    assert piece.estimated_key() == alone.estimated_key()
    assert with_heard_upbeat(piece, 2).meters == with_heard_upbeat(alone, 0).meters


def test_drums_of_ours_are_drums_whatever_they_play() -> None:
    melody = Track("Tune", 73, tuple(line(*TUNE)))
    drums = Track("Lead", 73, tuple(line(*TUNE)), drums=True)
    empty = Track("Silent", 0, drums=True)
    piece = Composition((drums, melody, empty), TempoMap.constant(120))
    data = midi_bytes(piece)
    assert parse_midi(data, "x.mid").composition == piece
    channels = [
        {m.channel for m in t if not m.is_meta} for t in MidiFile(file=BytesIO(data)).tracks
    ]
    assert channels == [set(), {9}, {1}, {9}]
    without = replace(piece, tracks=(drums,))
    assert parse_midi(midi_bytes(without), "x.mid").composition == without


def test_an_instrument_may_be_chosen_in_another_chunk() -> None:
    chunks = chunk("00 c9 49"), chunk(events(9, *TUNE))  # 73
    tracks = parse_midi(header(1, 2, 4) + b"".join(chunks), "x.mid").composition.tracks
    assert [(track.program, len(track.notes)) for track in tracks if track.notes] == [(73, 7)]


def test_a_kit_without_notes_is_no_track() -> None:
    with pytest.raises(MidiFileError, match="holds no notes"):
        parse_midi(header(1, 1, 4) + chunk("00 c9 49"), "x.mid")
