"""A note's place on the grid, and how it sounds beside it."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer_app.music.melody import Melody, retimed
from composer_app.music.note import Note
from composer_app.music.performing.melody_line import melody_line
from composer_app.music.piano_roll import PianoRoll
from composer_app.music.timing import TICKS_PER_STEP, TempoMap, nearest_step
from tests.music.played import played_lines

onsets, lengths = st.integers(0, 4000), st.integers(1, 4000)


@given(onsets, lengths)
def test_the_grid_follows_from_the_sound(onset: int, length: int) -> None:
    note = Note.at_ticks(onset, onset + length, 60, 90)
    assert (note.onset_ticks, note.release_ticks) == (onset, onset + length)
    assert (note.onset, note.release) == (onset / 240, pytest.approx((onset + length) / 240))
    assert abs(note.start - note.onset) <= 0.5
    assert note.duration == 1 or abs(note.end - note.release) <= 0.5
    assert note.on_grid == Note(note.start, 60, note.duration, 90)
    assert note.on_grid.onset_ticks == 240 * note.start


@pytest.mark.parametrize(
    ("shifts", "why"),
    [
        ((0, -1, 0), "begin at tick -1"),
        ((4, 120, 0), "begin at tick 1080"),
        ((4, -121, 0), "begin at tick 839"),
        ((4, 0, 120), "end at tick 1560"),
        ((4, 0, -121), "end at tick 1319"),
    ],
)
def test_nothing_sounds_nearer_to_another_step(shifts: tuple[int, int, int], why: str) -> None:
    start, onset_shift, end_shift = shifts
    with pytest.raises(ValueError, match=why):
        Note(start, 60, 2, 80, onset_shift, end_shift)


def test_the_shortest_note_sounds_for_a_tick() -> None:
    assert Note(0, 60, 1, 80, 100, -139).release_ticks == 101
    with pytest.raises(ValueError, match="cannot end at tick 100"):
        Note(0, 60, 1, 80, 100, -140)


@given(onsets, lengths, lengths)
def test_cut_where_another_begins(onset: int, length: int, cut: int) -> None:
    note = Note.at_ticks(onset, onset + length, 60, 90)
    shorter = note.cut_at(onset + cut)
    assert (shorter.onset_ticks, shorter.release_ticks) == (onset, onset + min(length, cut))


@given(onsets, lengths, st.integers(-9, 9))
def test_moved_it_keeps_its_micro_timing(onset: int, length: int, steps: int) -> None:
    note = Note.at_ticks(onset, onset + length, 60, 90)
    steps = max(steps, -note.start)
    moved = note.moved(steps, 7)
    assert (moved.start, moved.pitch, moved.velocity) == (note.start + steps, 67, 90)
    assert moved.release_ticks - moved.onset_ticks == length
    # Only the piece's beginning is in the way.
    expected = 0 if moved.start == 0 and note.onset_shift < 0 else note.onset_shift
    assert moved.onset_shift == expected


def test_a_note_does_not_move_out_of_the_piece() -> None:
    with pytest.raises(ValueError, match="before the piece"):
        Note(1, 60, 4).moved(-2)


@given(onsets)
def test_the_nearest_step_goes_up_from_halves(ticks: int) -> None:
    step = nearest_step(ticks)
    assert -TICKS_PER_STEP <= 2 * (ticks - step * TICKS_PER_STEP) < TICKS_PER_STEP


# -- lines -------------------------------------------------------------------------------------


def test_a_melody_does_not_overlap_in_sound() -> None:
    ringing = Note(0, 60, 4, 80, 0, 30)
    assert Melody((ringing, Note(4, 62, 4, 80, 30, 0))).steps == 8
    with pytest.raises(ValueError, match="not a melody"):
        Melody((ringing, Note(4, 62, 4, 80, 29, 0)))


def test_of_a_legato_line_the_top_line_is_all_of_it() -> None:
    # A lower note that begins while the higher one rings a little is not covered by it.
    ringing, lower = Note(0, 67, 4, 80, 0, 60), Note(4, 60, 4)
    assert melody_line((ringing, lower), TempoMap()) == (Note(0, 67, 4), lower)


@given(played_lines())
def test_a_line_is_its_own_top_line(notes: tuple[Note, ...]) -> None:
    assert melody_line(notes, TempoMap()) == notes
    assert Melody(notes).notes == notes


@given(played_lines())
def test_a_piano_roll_sees_the_grid_and_the_melody_can_be_found_again(
    notes: tuple[Note, ...],
) -> None:
    read = PianoRoll.from_notes([notes]).notes(0)
    assert read == tuple(note.on_grid for note in notes)
    assert retimed(read, notes) == notes


@given(played_lines(), st.data())
def test_what_has_changed_since_stays_on_the_grid_and_overlaps_nothing(
    notes: tuple[Note, ...], data: st.DataObject
) -> None:
    ways = data.draw(st.lists(st.booleans(), min_size=len(notes), max_size=len(notes)))
    read = tuple(
        Note(note.start, (note.pitch + changed) % 128, note.duration, note.velocity)
        for note, changed in zip(notes, ways, strict=True)
    )
    found = retimed(read, notes)
    assert [note.on_grid for note in found] == list(read)
    assert all(a.release_ticks <= b.onset_ticks for a, b in pairwise(found))
    for note, before, changed in zip(found, notes, ways, strict=True):
        assert note.onset_ticks == (note.start * 240 if changed else before.onset_ticks)
