"""The linear two-sample test tells what differs, names it, and tells nothing of equals."""

import numpy as np
import pytest
from numpy.typing import NDArray

from composer_app.analysis.style_features import FeatureMatrix
from composer_app.analysis.voice_grid import VoiceGrid
from composer_app.evaluation.excerpts import Excerpt, excerpt
from composer_app.evaluation.linear_test import LinearJudge, LinearTest, calibration, linear_test
from tests.evaluation.examples import chorale

PASSAGES = 60
NAMES = ("one", "two", "three", "never")


def matrix(values: NDArray[np.float64]) -> FeatureMatrix:
    """Features with those values (N, 3); a fourth is never counted."""
    hits = np.column_stack([values, np.zeros(len(values))])
    of = np.ones(hits.shape)
    of[:, 3] = 0
    return FeatureMatrix(NAMES, hits, of)


def drawn(seed: int, count: int = PASSAGES) -> NDArray[np.float64]:
    return np.random.default_rng(seed).normal(size=(count, 3))


def test_a_difference_is_found_and_named() -> None:
    other = drawn(2)
    other[:, 1] += 3
    result = linear_test(matrix(drawn(1)), [matrix(other)])
    assert len(result.aucs) == 3
    assert result.mean > 0.97
    assert result.spread < 0.02
    first = result.differences[0]
    assert (first.name, len(result.differences)) == ("two", 3)
    assert first.real == pytest.approx(drawn(1)[:, 1].mean())
    assert first.generated == pytest.approx(drawn(2)[:, 1].mean() + 3)
    one, two = drawn(1)[:, 1], other[:, 1]
    within = np.sqrt((one.var() + two.var()) / 2)
    assert first.effect == pytest.approx((two.mean() - one.mean()) / within)
    assert first.coefficient > 0.5
    assert first.to_dict()["cohens_d"] == first.effect


def test_equals_are_not_told_apart() -> None:
    takes = [matrix(drawn(2)), matrix(drawn(3))]
    result = linear_test(matrix(drawn(1)), takes, seeds=5)
    assert result.mean == pytest.approx(0.5, abs=0.12)


def test_the_number_of_takes_moves_no_score() -> None:
    one = linear_test(matrix(drawn(1)), [matrix(drawn(2) + 0.5)])
    twice = linear_test(matrix(drawn(1)), [matrix(drawn(2) + 0.5)] * 2)
    assert twice.aucs == pytest.approx(one.aucs, abs=1e-3)


def test_a_known_melody_gives_nothing_away() -> None:
    """A piece and its take are judged together: where they are equal, nothing is known of either.

    Twenty pieces with three passages each, all alike within the piece: whoever had seen one of them
    as real would hold the others for real.
    """
    values = np.repeat(10 * drawn(1, 20), 3, axis=0)
    names = [f"piece {index // 3}" for index in range(PASSAGES)]
    assert linear_test(matrix(values), [matrix(values)], names).aucs == (0.5, 0.5, 0.5)


def test_what_is_unknown_stands_at_the_mean() -> None:
    other = drawn(2)
    other[:, 1] += 3
    known = matrix(other)
    known.of[::2, 1] = 0
    known.hits[::2, 1] = 0
    assert linear_test(matrix(drawn(1)), [known]).mean > 0.7
    # Known of four passages alone it is not named.
    known.of[8:, 1] = 0
    assert "two" not in [each.name for each in linear_test(matrix(drawn(1)), [known]).differences]


def test_the_calibration() -> None:
    result = calibration(matrix(drawn(1, 200)), 50)
    assert result is not None
    assert len(result.aucs) == 10
    assert result.mean == pytest.approx(0.5, abs=0.08)
    assert 0 < result.spread < 0.15
    # With fewer than twice as many it takes halves; with hardly any there is nothing to draw.
    assert calibration(matrix(drawn(1, 10)), 50) is not None
    assert calibration(matrix(drawn(1, 3)), 50) is None


def test_what_cannot_be_tested() -> None:
    with pytest.raises(ValueError, match="takes of each"):
        linear_test(matrix(drawn(1)), [])
    with pytest.raises(ValueError, match="takes of each"):
        linear_test(matrix(drawn(1)), [matrix(drawn(2, 5))])
    with pytest.raises(ValueError, match="two pieces"):
        linear_test(matrix(drawn(1)), [matrix(drawn(2))], ["the same"] * PASSAGES)


def cuts(count: int, shift: int = 0) -> list[Excerpt]:
    found = [excerpt(chorale(str(i + shift), shift=(i + shift) % 5)) for i in range(count)]
    return [each for each in found if each is not None]


def test_takes_of_excerpts() -> None:
    excerpts = cuts(12)
    judge = LinearJudge(excerpts, cuts(12, shift=12))
    lower = np.array([0, 0, 1, 0], np.int16)
    low = [VoiceGrid(each.grid.pitch - lower, each.grid.onset) for each in excerpts]
    same = [each.grid for each in excerpts]
    wrong = judge.test([low])
    assert isinstance(wrong, LinearTest)
    assert wrong.mean == 1.0
    gap = next(d for d in wrong.differences if d.name == "alto to tenor: a fourth")
    assert (gap.real, gap.generated) == (1.0, 0.0)
    assert judge.test([same]).mean == 0.5
    assert judge.calibration() is not None
    assert LinearJudge(cuts(2)).calibration() is None
