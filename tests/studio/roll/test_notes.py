import numpy as np
import pytest

from composer_app.music.composition import Composition, Track
from composer_app.music.meter_map import MeterMap
from composer_app.music.note import Note
from composer_app.music.texts import Text
from composer_app.music.timing import Meter, TempoMap
from composer_app.studio.roll.notes import (
    TrackNotes,
    describe_composition,
    describe_note,
    pitch_range,
    shaded,
    tracks_of,
)

NOTES = (Note(0, 60, 4), Note(4, 64, 4, 100), Note(4, 55, 12), Note(16, 60, 2), Note(17, 60, 4))


def test_notes_are_found_by_place() -> None:
    track = TrackNotes.of("Alto", NOTES)
    assert track.within(3, 5, 0, 127)[:, 2].tolist() == [60, 64, 55]
    assert track.within(4, 5, 60, 127)[:, 2].tolist() == [64]
    assert track.within(8, 16, 56, 127).size == 0


@pytest.mark.parametrize(
    ("step", "pitch", "expected"),
    [
        (0.0, 60, NOTES[0]),
        (3.99, 60, NOTES[0]),
        (4.0, 60, None),
        (10.0, 55, NOTES[2]),
        (17.5, 60, NOTES[4]),
        (16.5, 60, NOTES[3]),
        (0.0, 61, None),
    ],
)
def test_the_note_at_a_point(step: float, pitch: int, expected: Note | None) -> None:
    assert TrackNotes.of("Alto", NOTES).at(step, pitch) == expected


@pytest.mark.parametrize(("name", "initial"), [("alto", "A"), (" Bass", "B"), ("", "")])
def test_the_initial_of_a_track(name: str, initial: str) -> None:
    assert TrackNotes.of(name, ()).initial == initial


def test_the_range_of_all_tracks() -> None:
    composition = Composition((Track("Soprano", notes=NOTES), Track("Bass")))
    assert pitch_range(tracks_of(composition)) == (55, 64)
    assert pitch_range(tracks_of(Composition((Track("Bass"),)))) is None
    assert pitch_range(()) is None


@pytest.mark.parametrize(
    ("note", "text"),
    [
        (Note(20, 66, 6, 90), "Alto: F♯4, a dotted quarter\nVelocity 90, bar 2, beat 2"),
        (Note(0, 60, 5, 1), "Alto: C4, 5 sixteenths\nVelocity 1, bar 1, beat 1"),
        (
            Note.at_ticks(320, 640, 60),
            "Alto: C4, a triplet eighth\nVelocity 80, bar 1, beat 1 (50 ms late)",
        ),
    ],
)
def test_what_a_tooltip_says(note: Note, text: str) -> None:
    assert describe_note("Alto", note, Composition()) == text


def test_a_tooltip_says_what_is_sung() -> None:
    at = {"La ": 960, "di": 1000, "\r": 960, "da": 1200}
    texts = [Text(tick, "lyrics", word) for word, tick in at.items()]
    texts.append(Text(960, "text", "pizz."))
    text = describe_note("Alto", Note(4, 60, 4), Composition(), texts)
    assert text.splitlines()[-1] == "“La” “di”"
    assert describe_note("Alto", Note(8, 60, 4), Composition(), texts).count("\n") == 1


def test_a_played_note_is_found_where_it_sounds() -> None:
    note = Note.at_ticks(860, 1500, 60)
    track = TrackNotes.of("Alto", (note,))
    assert track.at(3.6, 60) == note
    assert track.at(3.5, 60) is None
    assert track.at(6.3, 60) is None, "its last step is not full"
    assert track.touched(3.0, 3.6, 60, 60) == [note]
    assert track.spans.tolist() == [[4, 6]]


def test_confidence_is_that_of_the_grid() -> None:
    cells = np.zeros((8, 1), np.float32)
    cells[4:6] = 1.0
    track = TrackNotes.of("Alto", (Note.at_ticks(860, 1500, 60), Note(6, 60, 2)))
    assert shaded(track, cells[:, 0]).array[:, 3].tolist() == [127, 1]


@pytest.mark.parametrize(
    ("shift", "beside"),
    [(-48, " (30 ms early)"), (40, " (25 ms late)"), (0, ""), (1, " (1 ms late)")],
)
def test_a_tooltip_says_what_is_beside_the_grid(shift: int, beside: str) -> None:
    note = Note(4, 60, 4, 80, shift, 0)
    text = describe_note("Alto", note, Composition(tempo=TempoMap.constant(100)))
    assert text == f"Alto: C4, a quarter\nVelocity 80, bar 1, beat 2{beside}"


def test_flats_are_named_in_flat_keys() -> None:
    scale = tuple(Note(i, p, 1) for i, p in enumerate((65, 67, 69, 70, 72, 74, 76, 77)))
    composition = Composition((Track("Alto", notes=scale),))
    assert describe_note("Alto", scale[3], composition).startswith("Alto: B♭4")


def test_what_a_screen_reader_says() -> None:
    composition = Composition(
        (Track("Soprano", notes=NOTES), Track("Bass")), meters=MeterMap.constant(Meter(3, 4))
    )
    assert describe_composition(composition) == "2 bars in 3/4; notes: Soprano 5"
    one = Composition((Track("Alto", notes=NOTES[:1]),))
    assert describe_composition(one) == "1 bar in 4/4; notes: Alto 1"
    assert describe_composition(Composition()) == "Empty"
