"""Tracks and compositions."""

import pytest

from composer_app.music.composition import Composition, Origin, Track
from composer_app.music.melody import Melody
from composer_app.music.meter_map import MeterMap
from composer_app.music.note import Note
from composer_app.music.pitch import Key
from composer_app.music.timing import Meter, TempoMap

MELODY = Melody(
    (Note(0, 72, 8), Note(8, 67, 12)), TempoMap.constant(90), MeterMap.constant(Meter(3, 4)), "Tune"
)
PIECE = Composition(
    (
        Track("Empty"),
        Track("Chords", 4, (Note(0, 64, 4), Note(0, 60, 8))),
        Track("Bass", 32, (Note(4, 36, 10),)),
    ),
    meters=MeterMap.constant(Meter(3, 4)),
)


def test_notes_of_a_track_are_put_in_order() -> None:
    track = Track("", 0, (Note(4, 60, 1), Note(0, 67, 1), Note(0, 60, 9)))
    assert track.notes == (Note(0, 60, 9), Note(0, 67, 1), Note(4, 60, 1))
    assert track.end == 9
    assert Track("").end == 0


@pytest.mark.parametrize("program", [-1, 128])
def test_programs_are_general_midi(program: int) -> None:
    with pytest.raises(ValueError, match="General MIDI"):
        Track("", program)


def test_size() -> None:
    assert (PIECE.steps, PIECE.bars, PIECE.note_count) == (14, 2, 3)
    assert (Composition().steps, Composition().bars, Composition().note_count) == (0, 0, 0)
    assert PIECE.piano_roll().velocity.shape == (14, 128, 3)
    assert PIECE.key() == Key(0)


def test_a_melody_becomes_a_composition_and_back() -> None:
    piece = Composition.from_melody(MELODY, program=73)
    assert piece.tracks == (Track("Soprano", 73, MELODY.notes),)
    assert piece.melody() == MELODY


def test_the_melody_of_a_track_is_its_top_line() -> None:
    assert PIECE.melody(1).notes == (Note(0, 64, 4),)
    assert PIECE.melody(9).notes == ()


def test_another_instrument_changes_nothing_else() -> None:
    changed = PIECE.with_program(1, 19)
    assert [track.program for track in changed.tracks] == [0, 19, 32]
    assert changed.with_program(1, 4) == PIECE


def test_names_are_one_line_of_visible_letters() -> None:
    hostile, shown = "Lead\0 \x1b[31mX\n\u202e", "Lead X"
    assert Track(hostile).name == shown
    assert Composition(title=hostile).title == shown
    assert Melody(title=hostile).title == shown
    assert Origin(hostile, 1, 1.0).model == shown
    assert len(Track("n" * 5000).name) == 200
    assert Track("Flûte à bec 🎵").name == "Flûte à bec 🎵"
