"""Last touches: endings, crossings and deep basses, on hand-made voices."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given as draws
from hypothesis import strategies as st

from composer_app.generation.refining.sampling import in_a_triad, lone_steps
from composer_app.generation.settling import lift_bass, settle, uncross

HIGHEST = 48


def grid(*rows: tuple[int, int, int, int], each: int = 1) -> np.ndarray:
    return np.repeat(np.array(rows, np.int64), each, axis=0)


def begins(cells: np.ndarray) -> np.ndarray:
    """(T, 4): struck where a voice goes to another pitch."""
    return np.asarray((np.diff(cells, axis=0, prepend=0) != 0) & (cells > 0))


def test_a_triad_that_is_held_stays() -> None:
    cells = grid((37, 32, 29, 13), (36, 33, 29, 17), each=4)
    made, struck = settle(cells, begins(cells), 4, HIGHEST)
    assert made is cells
    assert np.array_equal(struck, begins(cells))


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        pytest.param((36, 33, 26, 17), (36, 33, 24, 17), id="D in the chord of F"),
        pytest.param((36, 33, 0, 17), None, id="a voice that rests"),
        pytest.param((36, 37, 29, 17), None, id="a voice above the melody"),
        pytest.param((36, 31, 28, 25), (36, 31, 28, 24), id="a semitone"),
    ],
)
def test_a_last_chord_is_set(
    last: tuple[int, int, int, int], expected: tuple[int, int, int, int] | None
) -> None:
    cells = grid((36, 33, 29, 17), last, each=4)
    made, struck = settle(cells, begins(cells), 4, HIGHEST)
    assert np.array_equal(made[:4], cells[:4])
    chord = made[-1]
    assert (made[4:] == chord).all()
    assert (chord > 0).all()
    assert in_a_triad(chord)
    assert (np.diff(chord) <= 0).all(), "no voice lies above a higher one"
    assert not struck[5:, 1:].any(), "and is held"
    assert struck[4, 1:][(chord != cells[3])[1:]].all()
    if expected is not None:
        assert tuple(chord) == expected


def test_a_last_chord_is_not_reached_in_parallel() -> None:
    # The melody steps down to C; in octaves with it, the bass would have the shortest way.
    cells = grid((38, 33, 29, 26), (36, 34, 29, 25), each=4)
    made, _ = settle(cells, begins(cells), 4, HIGHEST)
    moved = made[4] != made[3]
    perfect = (made[3, 0] - made[3]) % 12
    same = perfect == (made[4, 0] - made[4]) % 12
    assert not (moved & same & np.isin(perfect, (0, 7)))[1:].any()
    assert made[4, 3] != 24


def test_a_last_chord_is_struck_once() -> None:
    cells = grid((36, 33, 29, 17), each=8)
    struck = begins(cells)
    struck[[4, 6], 3] = struck[5, 1] = True
    made, once = settle(cells, struck, 4, HIGHEST)
    assert np.argwhere(once[4:]).tolist() == [[0, 3]]
    assert np.array_equal(once[:4], struck[:4])
    assert in_a_triad(made[-1])


def test_a_last_bass_is_not_too_deep() -> None:
    cells = grid((36, 33, 26, 10), each=4)
    assert settle(cells, begins(cells), 0, HIGHEST)[0][-1, 3] <= 12
    assert settle(cells, begins(cells), 0, HIGHEST, 17)[0][-1, 3] >= 17


def test_what_is_left_of_a_note_that_was_cut_is_no_single_step() -> None:
    cells = grid((36, 33, 24, 17), (36, 33, 26, 17), each=4)
    cells[3, 2] = 26
    made, struck = settle(cells, begins(cells), 4, HIGHEST)
    assert not lone_steps(made).any()
    assert struck[made[:, 2] != np.roll(made[:, 2], 1), 2].all()


def test_without_a_melody_at_the_end_nothing_is_set() -> None:
    cells = grid((36, 33, 26, 17), (0, 33, 26, 17), each=4)
    assert settle(cells, begins(cells), 0, HIGHEST)[0] is cells


cells_of = st.lists(
    st.tuples(*[st.integers(0, HIGHEST)] * 4), min_size=1, max_size=12
).map(lambda rows: grid(*rows))  # fmt: skip


@draws(cells_of, st.integers(1, HIGHEST))
def test_any_voices_end_well(cells: np.ndarray, melody: int) -> None:
    cells[-1, 0] = melody
    last = len(cells) - 1
    made, struck = settle(cells, begins(cells), last, HIGHEST)
    assert np.array_equal(made[:, 0], cells[:, 0])
    assert (made[-1] > 0).all()
    assert (made <= HIGHEST).all()
    assert in_a_triad(made[-1])
    assert (np.diff(made[-1]) <= 0).all()
    assert struck[(begins(made) & (made != cells))].all(), "new pitches are struck"


@draws(cells_of, st.lists(st.booleans(), min_size=48, max_size=48))
def test_nothing_free_lies_above_a_higher_voice(cells: np.ndarray, frees: list[bool]) -> None:
    free = np.array(frees).reshape(12, 4)[: len(cells)]
    made, struck = uncross(cells, begins(cells), free)
    assert np.array_equal(made[~free], cells[~free])
    assert np.array_equal(made > 0, cells > 0)
    assert struck[begins(made) & free].all()
    for row, allowed in zip(made, free, strict=True):
        for voice in range(1, 4):
            higher = row[:voice][row[:voice] > 0]
            if allowed[voice] and row[voice] and len(higher):
                assert row[voice] <= higher.min()


def test_a_deep_bass_is_raised_where_there_is_room() -> None:
    # Floor 20: the second note would cross the tenor, the fourth is high enough.
    cells = grid((40, 35, 30, 12), (40, 35, 23, 14), (40, 35, 30, 16), (40, 35, 30, 21), each=4)
    free = np.ones(cells.shape, np.bool_)
    made = lift_bass(cells, begins(cells), free, 20)
    assert np.array_equal(made[:, :3], cells[:, :3])
    assert made[::4, 3].tolist() == [24, 14, 28, 21]
    free[:4] = False
    assert lift_bass(cells, begins(cells), free, 20)[::4, 3].tolist() == [12, 14, 28, 21]
    high = grid((40, 35, 30, 20), each=4)
    assert lift_bass(high, begins(high), np.ones(high.shape, np.bool_), 20) is high


def test_a_bass_is_not_torn_for_a_note_that_is_hardly_too_deep() -> None:
    # Around it the tenor leaves no room.
    cells = grid((40, 36, 31, 20), (40, 36, 33, 19), (40, 36, 31, 20), each=4)
    made = lift_bass(cells, begins(cells), np.ones(cells.shape, np.bool_), 20)
    assert made[4, 3] == 19
    deep = cells.copy()
    deep[4:8, 3] = 12
    made = lift_bass(deep, begins(deep), np.ones(cells.shape, np.bool_), 20)
    assert made[4, 3] == 24


@draws(cells_of, st.integers(1, 30))
def test_raising_makes_no_crossing(cells: np.ndarray, floor: int) -> None:
    every = np.ones(cells.shape, np.bool_)
    cells, struck = uncross(cells, begins(cells), every)
    made = lift_bass(cells, struck, every, floor)
    assert set((made - cells)[:, 3].tolist()) <= {0, 12}
    assert np.array_equal(made, uncross(made, struck, every)[0])
    low = (made[:, 3] > 0) & (made[:, 3] < floor)
    assert low.sum() <= ((cells[:, 3] > 0) & (cells[:, 3] < floor)).sum()
    for before, after in pairwise(np.flatnonzero(struck[:, 3])):
        sounding = made[before:after, 3][made[before:after, 3] > 0]
        assert len(set(sounding.tolist())) <= 1, "notes are raised whole"
