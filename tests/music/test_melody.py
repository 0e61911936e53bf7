"""Notes, melodies, and how a grid sees them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer_app.errors import MelodyError
from composer_app.music.melody import Melody, is_line, on_steps, retimed
from composer_app.music.meter_map import MeterMap
from composer_app.music.note import Note
from composer_app.music.piano_roll import PianoRoll
from composer_app.music.pitch import Key
from composer_app.music.timing import Meter


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


# -- several notes on one step -------------------------------------------------------------------

# Lengths and rests in ticks, some far shorter than a step.
runs = st.lists(
    st.tuples(st.integers(1, 700), st.sampled_from([0, 0, 0, 50, 300]), st.integers(60, 64)),
    max_size=25,
).map(lambda rows: run(rows))


def run(rows: list[tuple[int, int, int]]) -> tuple[Note, ...]:
    """Notes one after another: length, the rest behind it, pitch."""
    notes, at = [], 0
    for length, rest, pitch in rows:
        notes.append(Note.at_ticks(at, at + length, pitch))
        at += length + rest
    return tuple(notes)


def test_two_notes_may_stand_on_one_step() -> None:
    notes = run([(120, 0, 60), (120, 0, 62), (120, 0, 64), (600, 0, 65)])
    assert [note.start for note in notes] == [0, 1, 1, 2]
    melody = Melody(notes)
    assert (melody.notes, melody.steps) == (notes, 4)
    assert melody.transposed(2).notes == run(
        [(120, 0, 62), (120, 0, 64), (120, 0, 66), (600, 0, 67)]
    )


@pytest.mark.parametrize(
    ("rows", "seen"),
    [
        # The one on the line of two that are as long.
        ([(120, 0, 60), (120, 0, 62), (120, 0, 64)], [(0, 60), (1, 64)]),
        # A grace note is not seen.
        ([(960, 0, 60), (40, 0, 69), (920, 0, 67)], [(0, 60), (4, 67)]),
        # Nor is what ends a trill.
        ([(60, 0, 72), (60, 0, 74), (60, 0, 72), (60, 0, 74), (720, 0, 72)], [(0, 72), (1, 72)]),
        ([(320, 0, 60), (320, 0, 62), (320, 0, 64)], [(0, 60), (1, 62), (3, 64)]),
    ],
)
def test_what_a_network_sees_of_short_notes(
    rows: list[tuple[int, int, int]], seen: list[tuple[int, int]]
) -> None:
    assert [(note.start, note.pitch) for note in on_steps(run(rows))] == seen


@given(runs)
def test_a_network_sees_one_note_a_step_and_all_of_them_come_back(notes: tuple[Note, ...]) -> None:
    seen = on_steps(notes)
    assert {note.start for note in seen} == {note.start for note in notes}
    assert len({note.start for note in seen}) == len(seen)
    assert Melody(seen).notes == seen
    assert all(note == note.on_grid for note in seen)
    read = PianoRoll.from_notes([seen]).notes(0)
    assert read == seen
    assert retimed(read, notes) == notes
    assert is_line(notes)


@given(runs, st.data())
def test_what_a_network_has_changed_is_a_melody(
    notes: tuple[Note, ...], data: st.DataObject
) -> None:
    seen = on_steps(notes)
    changed = data.draw(st.sets(st.sampled_from(seen))) if seen else set[Note]()
    written = [Note(n.start, n.pitch + 12 * (n in changed), n.duration) for n in seen]
    result = retimed(written, notes)
    assert Melody(result).notes == result
    steps = {note.start for note in changed}
    new = [(n.start, n.pitch) for n in result if n.start in steps]
    assert new == [(n.start, n.pitch) for n in written if n.start in steps]
    kept = [n for n in notes if n.start not in steps]
    found = [n for n in result if n.start not in steps]
    assert [(n.onset_ticks, n.pitch) for n in found] == [(n.onset_ticks, n.pitch) for n in kept]
