"""Notes line up as keys are pressed; what is entered makes room for itself."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer_app.live.recording.step_input import StepInput, StepLength
from composer_app.music.melody import Melody
from composer_app.music.note import Note
from tests.music.played import played_lines


def heard(entered: StepInput) -> list[tuple[int, int, int]]:
    return [(note.start, note.pitch, note.duration) for note in entered.notes]


@pytest.mark.parametrize(
    ("length", "dotted", "steps"),
    [
        (StepLength.WHOLE, False, 16),
        (StepLength.WHOLE, True, 24),
        (StepLength.HALF, True, 12),
        (StepLength.QUARTER, True, 6),
        (StepLength.EIGHTH, False, 2),
        (StepLength.EIGHTH, True, 3),
        (StepLength.SIXTEENTH, False, 1),
        (StepLength.SIXTEENTH, True, 1),
    ],
)
def test_lengths_in_sixteenths(length: StepLength, dotted: bool, steps: int) -> None:
    assert length.steps(dotted=dotted) == steps


def test_notes_and_rests_line_up() -> None:
    entered = StepInput().enter(60, 80, 4).rest(2).enter(62, 90, 2).lengthen(8)
    assert entered.notes == (Note(0, 60, 4, 80), Note(6, 62, 10, 90))
    assert entered.cursor == 16


def test_going_back_takes_away_the_last_note_then_the_silence_before_it() -> None:
    entered = StepInput().enter(60, 80, 4).rest(4).rest(4).enter(62, 80, 4)
    entered = entered.back(4)
    assert (heard(entered), entered.cursor) == ([(0, 60, 4)], 12)
    entered = entered.back(4).back(16)
    assert (heard(entered), entered.cursor) == ([(0, 60, 4)], 4)
    entered = entered.back(4)
    assert (heard(entered), entered.cursor) == ([], 0)
    assert entered.back(4) == entered


MELODY = (Note(0, 60, 4), Note(4, 62, 4), Note(8, 64, 4), Note(12, 65, 4))


def test_it_goes_on_at_the_end_of_a_melody() -> None:
    assert StepInput.at_end(MELODY).enter(67, 80, 4).notes == (*MELODY, Note(16, 67, 4))
    assert StepInput.at_end(()).cursor == 0


def test_entering_in_the_middle_replaces_what_was_there_and_moves_nothing() -> None:
    entered = StepInput(MELODY, 6).enter(72, 80, 4)
    assert heard(entered) == [(0, 60, 4), (4, 62, 2), (6, 72, 4), (12, 65, 4)]
    assert heard(StepInput(MELODY, 4).rest(8)) == [(0, 60, 4), (12, 65, 4)]
    assert heard(StepInput(MELODY, 8).lengthen(2)) == [(0, 60, 4), (4, 62, 6), (12, 65, 4)]


def test_lengthening_where_no_note_ends_is_a_rest() -> None:
    entered = StepInput((Note(0, 60, 8),), 4).lengthen(2)
    assert (heard(entered), entered.cursor) == ([(0, 60, 4)], 6)
    assert StepInput().lengthen(4).cursor == 4


operations = st.lists(
    st.tuples(
        st.sampled_from(("enter", "rest", "lengthen", "back", "move")),
        st.sampled_from(StepLength),
        st.booleans(),
        st.integers(0, 127),
    ),
    max_size=40,
)


def test_what_was_played_gives_way_to_what_is_entered() -> None:
    # One rings a little into the step where the new note goes, the other begins a little early.
    played = (Note(0, 60, 4, 80, 20, 60), Note(8, 64, 4, 80, -50, 0))
    entered = StepInput(played, 4).enter(62, 80, 4)
    assert entered.notes == (Note(0, 60, 4, 80, 20, 0), Note(4, 62, 4, 80, 0, -50), played[1])
    longer = StepInput(played[:1], 4).lengthen(2)
    assert longer.notes == (Note(0, 60, 6, 80, 20, 0),)


@given(played_lines(), operations)
def test_whatever_is_pressed_a_melody_comes_out(
    played: tuple[Note, ...],
    operations: list[tuple[str, StepLength, bool, int]],
) -> None:
    entered = StepInput.at_end(played)
    for name, length, dotted, number in operations:
        steps = length.steps(dotted=dotted)
        if name == "enter":
            entered = entered.enter(number, 80, steps)
            new = Note(entered.cursor - steps, number, steps)
            assert new in [note.on_grid for note in entered.notes]
        elif name == "move":
            entered = StepInput(entered.notes, number)
        else:
            before = entered.cursor
            entered = getattr(entered, name)(steps)
            assert entered.cursor <= before if name == "back" else entered.cursor == before + steps
        assert Melody(entered.notes).notes == entered.notes
        assert all(a.start < b.start for a, b in pairwise(entered.notes))


def test_of_two_notes_on_one_step_the_later_one_is_lengthened_or_taken_back() -> None:
    short = tuple(Note.at_ticks(120 * i, 120 * (i + 1), 60 + i) for i in range(1, 3))
    assert [note.start for note in short] == [1, 1]
    longer = StepInput(short, 2).lengthen(4)
    assert longer.notes == (short[0], Note.at_ticks(240, 1440, 62))
    assert StepInput(short, 2).back(1).notes == short[:1]
