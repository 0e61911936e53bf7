"""One run of the refining technique, with a network that knows exactly what it wants."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from composer_app.generation.noise import NoiseVector
from composer_app.generation.refining.canvas import Canvas, Network, Schedule
from composer_app.generation.refining.filling import repair, sample
from composer_app.generation.refining.refining_run import Run
from composer_app.generation.refining.sampling import NoiseSource, in_a_triad, lone_steps

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


def run_with(
    network: Network,
    schedule: Schedule,
    locked: NDArray[np.bool_] | None = None,
    seed: int = 1,
    struck: int = 0,
    free_melody: NDArray[np.bool_] | None = None,
) -> Run:
    """A run under a melody that is struck on steps 0 and ``struck``."""
    free = np.ones(WANTED.shape, np.bool_)
    free[:, 0] = False
    if free_melody is not None:
        free |= free_melody
    if locked is not None:
        free &= ~locked
    position = np.arange(STEPS)
    onset = np.zeros(WANTED.shape, np.bool_)
    onset[0] = onset[11, 2] = onset[struck, 0] = True
    canvas = Canvas(
        STEPS, WANTED, onset, free, position, np.zeros_like(position), position % 4, struck
    )
    made = Run(network, canvas, NoiseSource(NoiseVector.from_seed(seed, STEPS), STEPS))
    sample(made, schedule)
    return made


def run(seed: int, *cells: tuple[int, int]) -> Run:
    locked = np.zeros(WANTED.shape, np.bool_)
    for cell in cells:
        locked[cell] = True
    return run_with(Stubborn(), Schedule((2, 1, 1), 0, 2), locked, seed)


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
    network = Whole()
    return run_with(network, Schedule((3, 1, 1), 0, 0), seed=seed, struck=12), network


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


class Regretful:
    """Draws wrong beats, as long as it is not told what comes after them; then it is sure."""

    classes = CLASSES
    wrong, right = 31, 33

    def infer(
        self, feeds: dict[str, NDArray[Any]], stop: Callable[[], bool] | None = None
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        known = feeds["pitch_known"] > 0
        wanted = WANTED.copy()
        wanted[:, 1] = self.right
        beats = np.arange(0, STEPS, 4)
        wanted[beats, 1] = np.where(known[beats + 2, 1], self.right, self.wrong)
        logits = 60 * np.eye(CLASSES, dtype=np.float32)[wanted]
        return logits, np.zeros(WANTED.shape, np.float32)


@pytest.mark.parametrize(("looks", "pitch"), [(0, Regretful.wrong), (4, Regretful.right)])
def test_beats_that_no_longer_fit_are_drawn_again(looks: int, pitch: int) -> None:
    made = run_with(Regretful(), Schedule((2, 2, 1), looks, 0))
    # The last beat is the ending, which has rules of its own.
    assert (made.grid[:12:4, 1] == pitch).all()
    assert (made.grid[2:12:4, 1] == Regretful.right).all()


def test_a_locked_beat_is_not_looked_at_again() -> None:
    locked = np.zeros(WANTED.shape, np.bool_)
    locked[4, 1] = True
    made = run_with(Regretful(), Schedule((2, 2, 1), 4, 0), locked)
    assert made.grid[4, 1] == WANTED[4, 1]


class Early(Stubborn):
    """Has its tenor come to the next note a sixteenth before it should, or else stay."""

    def infer(
        self, feeds: dict[str, NDArray[Any]], stop: Callable[[], bool] | None = None
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        logits, onsets = super().infer(feeds, stop)
        logits[:, 2] = 0
        logits[:, 2, 24] = 30
        logits[5:, 2, 26] = 60
        return logits, onsets


def test_lower_voices_do_not_begin_notes_on_odd_sixteenths() -> None:
    made = run_with(Early(), Schedule((2, 1, 1), 0, 0))
    assert made.grid[4:7, 2].tolist() == [24, 24, 26]
    # Where the melody is struck, the others may be, too.
    made = run_with(Early(), Schedule((2, 1, 1), 0, 0), struck=5)
    assert made.grid[4:7, 2].tolist() == [24, 26, 26]


class Leaping(Stubborn):
    """Has the melody leap on the fifth sixteenth, and stay there."""

    def infer(
        self, feeds: dict[str, NDArray[Any]], stop: Callable[[], bool] | None = None
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        logits, onsets = super().infer(feeds, stop)
        logits[5:12, 0] = 0
        logits[5:12, 0, 43] = 60
        return logits, onsets


def test_a_melody_that_is_varied_may_leap_where_it_likes() -> None:
    vary = np.zeros(WANTED.shape, np.bool_)
    vary[4:12, 0] = True
    made = run_with(Leaping(), Schedule((2, 1, 1), 0, 0), free_melody=vary)
    assert made.grid[4:7, 0].tolist() == [36, 43, 43]


class Undecided(Stubborn):
    """Has two notes for the tenor's second beat, and stays with one once it has been begun."""

    notes = (24, 26)

    def infer(
        self, feeds: dict[str, NDArray[Any]], stop: Callable[[], bool] | None = None
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        logits, onsets = super().infer(feeds, stop)
        begun = feeds["pitch_known"][4, 2] > 0
        logits[4:8, 2] = 0
        logits[4:8, 2, feeds["pitch"][4, 2] if begun else self.notes] = 60
        return logits, onsets


@pytest.mark.parametrize("seed", range(6))
def test_a_note_that_is_drawn_again_stays_one_note(seed: int) -> None:
    made = run_with(Undecided(), Schedule((2, 1, 1), 0, 0), seed=seed)
    # A leap down to it and up again, of more than an octave.
    made.grid[4:8, 2] = 10
    made.grid[[3, 8], 2] = 24
    assert repair(made, 1)
    assert made.grid[4, 2] in Undecided.notes
    assert (made.grid[4:8, 2] == made.grid[4, 2]).all()
