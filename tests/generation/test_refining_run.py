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
    made.sample(Schedule((2, 1, 1), 0, 2))
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


class Whole:
    """Hears two chords that suit the melody alike, and knows what it has been told of them.

    All voices of a beat belong to the same chord; of those that are not known yet it says nothing.
    """

    classes = CLASSES
    chords = np.array([[36, 33, 29, 17], [36, 31, 28, 12]])

    def __init__(self) -> None:
        self.decided: list[list[bool]] = []

    def infer(
        self, feeds: dict[str, NDArray[Any]], stop: Callable[[], bool] | None = None
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        known, pitch = feeds["pitch_known"] > 0, feeds["pitch"]
        logits = np.full((STEPS, 4, CLASSES), -60, np.float32)
        for step in range(STEPS):
            beat = slice(step // 4 * 4, step // 4 * 4 + 4)
            fits = [
                chord
                for chord in self.chords
                if (pitch[beat] == chord)[:, 1:][known[beat][:, 1:]].all()
            ]
            for chord in fits or self.chords:
                logits[step, np.arange(4), chord] = 0
        if known.all():
            self.decided.append((feeds["onset_known"] > 0)[4, 1:].tolist())
        return logits, np.zeros(WANTED.shape, np.float32)


def whole(seed: int) -> tuple[Run, Whole]:
    free = np.ones(WANTED.shape, np.bool_)
    free[:, 0] = False
    onset = np.zeros(WANTED.shape, np.bool_)
    onset[::4, 0] = True
    position = np.arange(STEPS)
    canvas = Canvas(STEPS, WANTED, onset, free, position, np.zeros_like(position), 0, 12)
    network = Whole()
    made = Run(network, canvas, NoiseSource(NoiseVector.from_seed(seed, STEPS), STEPS))
    made.sample(Schedule((3, 1, 1), 0, 0))
    return made, network


@pytest.mark.parametrize("seed", range(8))
def test_voices_of_a_beat_are_drawn_one_after_the_other(seed: int) -> None:
    """Drawn together, they would mix the two chords three times out of four."""
    made, _ = whole(seed)
    for step in range(STEPS):
        assert made.grid[step, 1:].tolist() in Whole.chords[:, 1:].tolist()


def test_voices_are_struck_one_after_the_other_from_the_bass_up() -> None:
    runs = (whole(seed) for seed in range(20))
    # One in which all voices may stay at the second beat, and so have a choice.
    network = next(net for made, net in runs if (made.grid[4] == made.grid[3]).all())
    assert network.decided == [
        [False, False, False],
        [False, False, True],
        [False, True, True],
        [True, True, True],
    ]
