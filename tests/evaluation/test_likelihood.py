"""The negative log-likelihood of models whose probabilities are known."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from composer_app.analysis.voice_grid import VoiceGrid
from composer_app.evaluation.excerpts import Excerpt, excerpt, melody_excerpt
from composer_app.evaluation.likelihood import CellModel, likelihood
from composer_app.generation.refining.refining_generator import RefiningGenerator
from tests.evaluation.examples import Shadow, chorale

LOWEST = 36
CLASSES = 49


class Oracle:
    """Knows everything with probability ``sure``; guesses evenly for the rest."""

    def __init__(self, truth: NDArray[np.int16], sure: float) -> None:
        self.truth = np.where(truth < 0, 0, truth.astype(np.int64) - LOWEST + 1)
        self.sure = sure
        self.feeds: list[dict[str, NDArray[Any]]] = []

    classes = CLASSES
    lowest_pitch = LOWEST
    steps_multiple = 16

    def infer(
        self, feeds: dict[str, NDArray[Any]]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        self.feeds.append(feeds)
        chance = np.full((*feeds["pitch"].shape, CLASSES), (1 - self.sure) / (CLASSES - 1))
        rows, columns = np.indices(self.truth.shape)
        chance[rows, columns, self.truth] = self.sure
        return np.log(chance).astype(np.float32) + 3, np.zeros(feeds["pitch"].shape, np.float32)


@pytest.fixture
def each() -> Excerpt:
    result = excerpt(chorale())
    assert result is not None
    return result


@pytest.mark.parametrize(("joint", "voices"), [(False, 3), (True, 4)])
def test_a_known_probability(each: Excerpt, joint: bool, voices: int) -> None:
    model = Oracle(each.grid.pitch, 0.25)
    result = likelihood(model, [each], joint=joint)
    assert result is not None
    assert result.per_note == pytest.approx(-np.log(0.25), abs=1e-5)
    assert result.per_frame == pytest.approx(-voices * np.log(0.25), abs=1e-5)


def test_what_the_model_is_shown(each: Excerpt) -> None:
    model = Oracle(each.grid.pitch, 0.5)
    likelihood(model, [each], draws=5)
    known = np.array([feeds["pitch_known"][:124, 1:].mean() for feeds in model.feeds])
    # One draw in each fifth of what can be known.
    assert (np.floor(known * 5).astype(int) == range(5)).all()
    for feeds in model.feeds:
        assert feeds["pitch"].shape == (128, 4)
        assert (feeds["pitch"][feeds["pitch_known"] == 0] == 0).all()
        assert (feeds["pitch_known"][:, 0] == 1).all()
        assert (feeds["pitch_known"][124:] == 1).all()
        assert feeds["valid"].sum() == 124
        assert not feeds["onset"][:, 1:].any()
        assert feeds["fermata"].tolist() == [2] * 120 + [1] * 4 + [0] * 4
        assert feeds["position"][:17].tolist() == [*range(16), 0]
    joint = Oracle(each.grid.pitch, 0.5)
    likelihood(joint, [each], draws=1, joint=True)
    assert not joint.feeds[0]["onset"].any()
    assert joint.feeds[0]["pitch_known"][:124, 0].mean() < 1


def test_one_random_order_is_an_unbiased_estimate(each: Excerpt) -> None:
    """A model that is sure of cells only when many are known: the exact mean over k."""

    class Learner(Oracle):
        def infer(
            self, feeds: dict[str, NDArray[Any]]
        ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
            self.sure = 0.1 + 0.8 * float(feeds["pitch_known"][:124, 1:].mean())
            return super().infer(feeds)

    cells = 124 * 3
    exact = -np.mean([np.log(0.1 + 0.8 * k / cells) for k in range(cells)])
    result = likelihood(Learner(each.grid.pitch, 0.5), [each], draws=200)
    assert result is not None
    assert result.per_note == pytest.approx(exact, rel=0.01)


def test_a_transposed_bass_surprises(each: Excerpt) -> None:
    wrong = each.grid.pitch.copy()
    wrong[:, 3] += 1
    right, worse = (likelihood(Oracle(p, 0.9), [each]) for p in (each.grid.pitch, wrong))
    assert right is not None
    assert worse is not None
    assert worse.per_note > right.per_note + 1


def test_what_cannot_be_judged(each: Excerpt) -> None:
    model = Oracle(each.grid.pitch, 0.5)
    for pitch in (LOWEST - 1, LOWEST + CLASSES - 1):
        outside = replace(each, grid=VoiceGrid(each.grid.pitch.copy(), each.grid.onset))
        outside.grid.pitch[0, 0] = pitch
        assert likelihood(model, [outside]) is None
    assert likelihood(model, [melody_excerpt("alone", each.melody)]) is None
    assert isinstance(model, CellModel)
    assert not isinstance(Shadow(4), CellModel)


def test_the_refining_technique_is_such_a_model() -> None:
    members = ("classes", "lowest_pitch", "steps_multiple", "infer")
    assert all(hasattr(RefiningGenerator, name) for name in members)
    assert all(hasattr(CellModel, name) for name in members)
