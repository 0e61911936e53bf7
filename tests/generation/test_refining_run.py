"""One run of the refining technique, with a network that knows exactly what it wants."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from composer_app.generation.noise import NoiseVector
from composer_app.generation.refining_run import Canvas, Run, Schedule
from composer_app.generation.sampling import NoiseSource, in_a_triad, lone_steps

STEPS, CLASSES = 16, 49
# C, A, D, F: a chord to move on from. The tenor has come to its D a sixteenth before the last beat.
WANTED = np.tile([36, 33, 26, 17], (STEPS, 1))
WANTED[:11, 2] = 24


class Stubborn:
    """Wants :data:`WANTED` and nothing else."""

    classes = CLASSES

    def infer(
        self, feeds: dict[str, NDArray[Any]], stop: Callable[[], bool] | None = None
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        logits = 60 * np.eye(CLASSES, dtype=np.float32)[WANTED]
        return logits, np.full(WANTED.shape, -60, np.float32)


def run(seed: int, *locked: tuple[int, int]) -> Run:
    free = np.ones(WANTED.shape, np.bool_)
    free[:, 0] = False
    for cell in locked:
        free[cell] = False
    position = np.arange(STEPS)
    onset = np.zeros(WANTED.shape, np.bool_)
    onset[0] = onset[11, 2] = True
    canvas = Canvas(STEPS, WANTED, onset, free, position, np.zeros_like(position), 0, 0)
    made = Run(Stubborn(), canvas, NoiseSource(NoiseVector.from_seed(seed, STEPS), STEPS))
    made.sample(Schedule((2, 1, 1), 2))
    return made


@pytest.mark.parametrize("seed", range(8))
def test_the_last_beat_is_a_triad_and_leaves_no_single_step_before_it(seed: int) -> None:
    made = run(seed)
    assert in_a_triad(made.grid[-1])
    assert (made.grid[12:] == made.grid[-1]).all()
    assert made.grid[-1, 2] != WANTED[-1, 2], "the tenor had to go"
    assert not lone_steps(made.grid).any()
    assert np.array_equal(made.grid[:11], WANTED[:11]), "what came before stays"


def test_a_single_step_that_is_locked_stays() -> None:
    made = run(0, (11, 2))
    assert in_a_triad(made.grid[-1])
    assert np.argwhere(lone_steps(made.grid)).tolist() == [[11, 2]]


@pytest.mark.parametrize("seed", range(8))
def test_a_locked_note_is_not_drawn_out_over_a_single_step(seed: int) -> None:
    made = run(seed, *((step, 2) for step in range(11)))
    assert made.grid[11, 2] == made.grid[12, 2], "it joins the last chord instead"
    assert not lone_steps(made.grid).any()
