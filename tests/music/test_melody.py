"""Notes, melodies, and the top line of chords."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer_app.errors import MelodyError
from composer_app.music.melody import Melody, top_line
from composer_app.music.meter_map import MeterMap
from composer_app.music.note import Note
from composer_app.music.pitch import Key
from composer_app.music.timing import Meter

overlapping_notes = st.lists(
    st.builds(Note, st.integers(0, 30), st.integers(55, 65), st.integers(1, 12)), max_size=8
)


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ((0, -1, 1), "pitch -1"),
        ((0, 128, 1), "pitch 128"),
        ((-1, 60, 1), "before the piece"),
        ((0, 60, 0), "at least one step"),
        ((0, 60, 1, 0), "velocity 0"),
        ((0, 60, 1, 128), "velocity 128"),
    ],
)
def test_impossible_notes(arguments: tuple[int, ...], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        Note(*arguments)


def test_a_melody_has_one_note_at_a_time() -> None:
    with pytest.raises(ValueError, match="not a melody"):
        Melody((Note(0, 60, 4), Note(3, 62, 4)))


def test_length_and_key() -> None:
    melody = Melody((Note(8, 67, 4), Note(12, 60, 8)), meters=MeterMap.constant(Meter(3, 4)))
    assert (melody.steps, melody.bars, melody.key()) == (20, 2, Key(0))
    assert (Melody().steps, Melody().bars) == (0, 0)


def test_transposing_up_to_the_edge_of_midi() -> None:
    melody = Melody((Note(0, 60, 4), Note(4, 115, 4)), title="High")
    moved = melody.transposed(12)
    assert [note.pitch for note in moved.notes] == [72, 127]
    assert moved.title == "High"
    with pytest.raises(MelodyError, match=r"by 13 semitones, pitch 115 would leave"):
        melody.transposed(13)
    with pytest.raises(MelodyError, match=r"by -61 semitones, pitch 60 would leave"):
        melody.transposed(-61)


@pytest.mark.parametrize(
    ("notes", "line"),
    [
        pytest.param([(0, 60, 4), (4, 62, 4)], [(0, 60, 4), (4, 62, 4)], id="a melody"),
        pytest.param([(0, 60, 4), (0, 67, 4), (0, 64, 4)], [(0, 67, 4)], id="a chord"),
        pytest.param([(0, 67, 8), (4, 60, 4)], [(0, 67, 8)], id="a lower note below"),
        pytest.param([(0, 60, 8), (4, 67, 2)], [(0, 60, 4), (4, 67, 2)], id="a higher note cuts"),
        pytest.param([(0, 60, 8), (4, 60, 8)], [(0, 60, 4), (4, 60, 8)], id="struck again"),
        pytest.param([(0, 60, 2), (0, 67, 4), (3, 62, 4)], [(0, 67, 4)], id="late and low"),
        pytest.param([], [], id="nothing"),
    ],
)
def test_top_line(notes: list[tuple[int, int, int]], line: list[tuple[int, int, int]]) -> None:
    assert top_line(Note(*note) for note in notes) == tuple(Note(*note) for note in line)


@given(overlapping_notes)
def test_a_top_line_is_a_melody_of_struck_notes(notes: list[Note]) -> None:
    line = top_line(notes)
    Melody(line)  # raises if they overlap
    struck = {(note.start, note.pitch) for note in notes}
    assert {(note.start, note.pitch) for note in line} <= struck
    for step in {note.start for note in notes}:
        highest = max(note.pitch for note in notes if note.start <= step < note.end)
        if (step, highest) in struck:
            assert [n.pitch for n in line if n.start <= step < n.end] == [highest]
