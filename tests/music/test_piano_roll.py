"""The dense picture of notes, and the way there and back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer_app.music.note import Note
from composer_app.music.piano_roll import PianoRoll


@st.composite
def voices(draw: st.DrawFn) -> list[tuple[Note, ...]]:
    """One to four voices; in each, notes of one pitch follow each other, often without a gap."""
    result = []
    for _ in range(draw(st.integers(1, 4))):
        notes = []
        for pitch in draw(st.sets(st.integers(0, 127), max_size=3)):
            step = 0
            spans = st.tuples(st.integers(0, 3), st.integers(1, 6), st.integers(1, 127))
            for gap, duration, velocity in draw(st.lists(spans, max_size=4)):
                notes.append(Note(step + gap, pitch, duration, velocity))
                step += gap + duration
        result.append(tuple(sorted(notes)))
    return result


@given(voices())
def test_notes_survive_the_roll(parts: list[tuple[Note, ...]]) -> None:
    roll = PianoRoll.from_notes(parts)
    assert roll.voices == len(parts)
    assert [roll.notes(voice) for voice in range(roll.voices)] == parts
    assert list(roll.all_notes()) == parts


@given(voices())
def test_a_roll_survives_its_notes(parts: list[tuple[Note, ...]]) -> None:
    roll = PianoRoll.from_notes(parts)
    again = PianoRoll.from_notes([roll.notes(voice) for voice in range(roll.voices)], roll.steps)
    assert again == roll


def test_shape_and_contents() -> None:
    roll = PianoRoll.from_notes([[Note(1, 60, 2, 90)], []], steps=4)
    assert roll.velocity.shape == roll.onset.shape == (4, 128, 2)
    assert (roll.steps, roll.voices) == (4, 2)
    assert roll.velocity[:, 60, 0].tolist() == [0, 90, 90, 0]
    assert roll.onset[:, 60, 0].tolist() == [False, True, False, False]
    assert roll.sounding.sum() == 2


def test_repeated_notes_stay_apart_from_a_long_one() -> None:
    long = PianoRoll.from_notes([[Note(0, 60, 8)]])
    repeated = PianoRoll.from_notes([[Note(0, 60, 4), Note(4, 60, 4)]])
    assert np.array_equal(long.velocity, repeated.velocity)
    assert long != repeated


def test_striking_again_cuts_and_the_end_clips() -> None:
    roll = PianoRoll.from_notes([[Note(0, 60, 9), Note(2, 60, 9), Note(7, 62, 1)]], steps=6)
    assert roll.notes(0) == (Note(0, 60, 2), Note(2, 60, 4))


def test_no_notes_make_an_empty_roll() -> None:
    roll = PianoRoll.from_notes([[]])
    assert roll.steps == 0
    assert roll.notes(0) == ()


def roll_with(velocity: list[int], onset: list[bool]) -> PianoRoll:
    arrays = np.zeros((3, 128, 1), np.uint8), np.zeros((3, 128, 1), np.bool_)
    arrays[0][:, 60, 0] = velocity
    arrays[1][:, 60, 0] = onset
    return PianoRoll(*arrays)


@pytest.mark.parametrize(
    ("velocity", "onset", "why"),
    [
        ([0, 0, 0], [True, False, False], "an onset without sound"),
        ([80, 80, 0], [False, False, False], "without having been struck"),
        ([80, 0, 80], [True, False, False], "without having been struck"),
    ],
)
def test_impossible_rolls(velocity: list[int], onset: list[bool], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        roll_with(velocity, onset)


@pytest.mark.parametrize("shape", [(4, 128), (4, 127, 1)])
def test_wrong_shapes(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"shape \(T, 128, V\)"):
        PianoRoll(np.zeros(shape, np.uint8), np.zeros(shape, np.bool_))


def test_onsets_have_the_shape_of_the_velocities() -> None:
    with pytest.raises(ValueError, match="shape"):
        PianoRoll(np.zeros((4, 128, 1), np.uint8), np.zeros((5, 128, 1), np.bool_))


def test_a_roll_cannot_be_changed_or_hashed() -> None:
    roll = roll_with([80, 80, 0], [True, True, False])
    with pytest.raises(ValueError, match="read-only"):
        roll.velocity[0, 60, 0] = 1
    with pytest.raises(TypeError):
        hash(roll)
    assert roll != "a roll"
