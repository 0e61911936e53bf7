"""A seventh goes on by a step down."""

import numpy as np
import pytest
from numpy.typing import NDArray

from composer_app.generation.refining.resolving import resolution

# Class 1 is a C; the seventh of a G7 on the first beat is an F (class 6 or 18).
SEVENTH = np.full(12, -1)
SEVENTH[0] = 5
CLASSES = 25


def against(
    grid: dict[tuple[int, int], int], cell: tuple[int, int], seventh: NDArray[np.int64] = SEVENTH
) -> set[int]:
    """The classes that something speaks against at ``cell``, with the cells of ``grid`` known."""
    cells = np.zeros((12, 4), np.int64)
    known = np.zeros((12, 4), np.bool_)
    for place, pitch in grid.items():
        cells[place], known[place] = pitch, True
    step, voice = cell
    at = (np.array([step]), np.array([voice]))
    scores = resolution(cells, known, at, seventh, (CLASSES, 0), 6)
    assert scores.shape == (1, CLASSES)
    assert (scores <= 0).all()
    return set(np.flatnonzero(scores[0] < 0).tolist())


def test_after_a_seventh_other_ways_than_down_by_a_step_are_held_against() -> None:
    found = against({(0, 2): 18}, (4, 2))
    assert found == set(range(1, CLASSES)) - {18, 17, 16}


@pytest.mark.parametrize("next_pitch", [17, 16, 18])
def test_a_seventh_may_stand_before_what_resolves_it(next_pitch: int) -> None:
    assert 18 not in against({(4, 1): next_pitch}, (0, 1))


@pytest.mark.parametrize("next_pitch", [20, 13, 6])
def test_a_seventh_that_would_be_left_is_held_against(next_pitch: int) -> None:
    found = against({(4, 1): next_pitch}, (0, 1))
    assert 18 in found
    assert found <= {6, 18}


def test_what_is_far_or_in_another_voice_or_silent_says_nothing() -> None:
    assert against({(0, 2): 18}, (8, 2)) == set()
    assert against({(0, 1): 18}, (4, 2)) == set()
    assert against({(0, 2): 0}, (4, 2)) == set()
    assert against({(4, 2): 0}, (0, 2)) == set()
    assert against({(0, 2): 18, (2, 2): 16}, (4, 2)) == set(), "it is resolved already"
    assert against({(0, 2): 18}, (4, 2), np.full(12, -1)) == set()
