"""A linear two-sample test: by which named features are generated pieces told from the composer's?

A logistic regression (with an L2 penalty, on standardised features) learns from some of the real
and generated passages which are which, and is asked about the others: a classifier two-sample test
(Lopez-Paz and Oquab 2017) whose classifier people can read. The figure is the area under its ROC
curve (AUC): .5 means that it cannot tell them apart, 1 that it always can. All passages of a piece
and all takes of their melodies stand in the same fold, so that a known melody gives nothing away,
and with each seed of the folds everything is judged once, by a regression that has not seen it.

What the test says of equals is measured too, by the composer's own pieces against each other:
:func:`calibration`. The features are those of :mod:`composer_app.analysis.style_features`.
"""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from composer_app.analysis.style_features import FeatureMatrix
from composer_app.analysis.voice_grid import VoiceGrid
from composer_app.evaluation.excerpts import Excerpt
from composer_app.training.roc import area_under_curve

DEFAULT_SEEDS: Final = 3
MOST_FOLDS: Final = 10
DEFAULT_REPEATS: Final = 10
# Weight of half the squared coefficients beside the mean loss. On Bach's validation chorales the
# AUC is the same within .01 from a thirtieth to ten times of it.
_PENALTY: Final = 0.03
# A feature that fewer passages of either side have is not named: its mean says nothing.
_LEAST_KNOWN: Final = 5
_CALIBRATION_SEED: Final = 100

_Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class FeatureDifference:
    """A named feature on both sides.

    ``real`` and ``generated`` are pooled over the passages: shares, or means. ``effect`` is Cohen's
    d: the difference of the passages' means, generated less real, in standard deviations within the
    sides. ``coefficient`` is that of the regression on all passages, per standard deviation:
    above 0 where more of it looks generated, the other features being equal.
    """

    name: str
    real: float
    generated: float
    effect: float
    coefficient: float

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "name": self.name,
            "composer": self.real,
            "model": self.generated,
            "cohens_d": self.effect,
            "coefficient": self.coefficient,
        }


@dataclass(frozen=True, slots=True)
class LinearTest:
    """The AUC with each seed of the folds; the features, the most different one first."""

    aucs: tuple[float, ...]
    differences: tuple[FeatureDifference, ...] = field(default=(), repr=False)

    @property
    def mean(self) -> float:
        """Mean AUC over the seeds."""
        return float(np.mean(self.aucs))

    @property
    def spread(self) -> float:
        """Standard deviation of the AUC over the seeds."""
        return float(np.std(self.aucs))


class LinearJudge:
    """Asks the linear test about takes of one set of ``excerpts``.

    ``others`` are more passages of the composer's, for the calibration.
    """

    def __init__(
        self,
        excerpts: Sequence[Excerpt],
        others: Sequence[Excerpt] = (),
        seeds: int = DEFAULT_SEEDS,
    ) -> None:
        self.excerpts = excerpts
        self.others = others
        self.seeds = seeds
        self.real = FeatureMatrix.of_passages((each.grid, each.passage) for each in excerpts)

    def test(self, takes: Sequence[Sequence[VoiceGrid]]) -> LinearTest:
        """Tell ``takes`` of the excerpts' melodies, ``takes[t][i]``, from what the composer wrote.

        A take is judged in the key, the bars and the phrases of the composer's version.
        """
        made = [
            FeatureMatrix.of_passages(
                (grid, each.passage) for grid, each in zip(take, self.excerpts, strict=True)
            )
            for take in takes
        ]
        pieces = [each.name for each in self.excerpts]
        return linear_test(self.real, made, pieces, self.seeds)

    def calibration(self) -> LinearTest | None:
        """The composer's own pieces against each other, as many as the excerpts have."""
        matrix = self.real
        if self.others:
            others = FeatureMatrix.of_passages((each.grid, each.passage) for each in self.others)
            matrix = FeatureMatrix.joined([matrix, others])
        names = [each.name for each in (*self.excerpts, *self.others)]
        _, firsts = np.unique(names, return_index=True)
        pieces = len({each.name for each in self.excerpts})
        return calibration(matrix.rows(np.sort(firsts)), pieces)


def linear_test(
    real: FeatureMatrix,
    generated: Sequence[FeatureMatrix],
    pieces: Sequence[str] | None = None,
    seeds: int = DEFAULT_SEEDS,
) -> LinearTest:
    """Tell ``generated`` from ``real`` by their features.

    ``generated`` holds one or more takes of each real passage, in the same order. ``pieces`` are
    the passages' pieces by name, each a piece of its own when omitted. There are ten folds, or
    as many as pieces. ValueError for a single piece and for takes that do not match.
    """
    count = len(real.hits)
    if any(len(take.hits) != count for take in generated) or not generated:
        raise ValueError(f"{count} passages need takes of each")
    groups = np.unique(range(count) if pieces is None else list(pieces), return_inverse=True)[1]
    if len(groups) != count or groups.max() < 1:
        raise ValueError("the test needs two pieces or more")
    made = FeatureMatrix.joined(generated)
    aucs = tuple(
        separation(real.values, made.values, groups, np.random.default_rng(seed))
        for seed in range(seeds)
    )
    return LinearTest(aucs, _differences(real, made))


def calibration(
    own: FeatureMatrix, pieces: int, repeats: int = DEFAULT_REPEATS
) -> LinearTest | None:
    """What the test says where there is nothing to tell: passages against others of the same hand.

    ``own`` holds one passage of each piece. Each time two sets of ``pieces`` passages are drawn
    that share none, or halves where there are not so many. None where they are fewer than four.
    """
    each = min(pieces, len(own.hits) // 2)
    if each < 2:
        return None
    aucs = []
    for repeat in range(repeats):
        random = np.random.default_rng(_CALIBRATION_SEED + repeat)
        order = random.permutation(len(own.hits))
        values = own.values
        aucs.append(
            separation(
                values[order[:each]], values[order[each : 2 * each]], np.arange(each), random
            )
        )
    return LinearTest(tuple(aucs))


def separation(
    real: _Matrix,
    made: _Matrix,
    groups: NDArray[np.intp],
    random: np.random.Generator,
    folds: int = MOST_FOLDS,
) -> float:
    """Area under the curve of all passages, each judged by a regression on the other folds.

    ``real`` is (N, F), NaN where unknown; ``made`` holds whole takes of its passages, one take
    after another. Those of one of ``groups`` (N,) stand in one fold.
    """
    number = int(groups.max()) + 1
    fold = (random.permutation(number) % min(folds, number))[groups]
    takes = len(made) // len(real)
    values = np.concatenate([real, made])
    places = np.tile(fold, 1 + takes)
    answers = np.arange(len(values)) >= len(real)
    # Both sides count the same, however many takes there are.
    weights = np.where(answers, 0.5 / takes, 0.5) / len(real)
    scores = np.zeros(len(values))
    for held in range(int(fold.max()) + 1):
        known = places != held
        model = _Regression.fitted(values[known], answers[known], weights[known])
        scores[~known] = model.scores(values[~known])
    return area_under_curve(scores[~answers], scores[answers])


@dataclass(frozen=True, slots=True, eq=False)
class _Regression:
    """Means and deviations of the features (F,), and the regression on what they standardise."""

    mean: _Matrix
    deviation: _Matrix
    coefficients: _Matrix
    constant: float

    @classmethod
    def fitted(cls, values: _Matrix, answers: NDArray[np.bool_], weights: _Matrix) -> "_Regression":
        """Learnt from passages ``values`` (N, F), NaN where unknown, with ``weights`` (N,)."""
        # scipy is slow to import: only when a test is made.
        from scipy.optimize import minimize

        mean, deviation = _moments(values)
        known = _standardised(values, mean, deviation)
        signs = np.where(answers, 1.0, -1.0)
        weights = weights / weights.sum()

        def loss(unknown: _Matrix) -> tuple[float, _Matrix]:
            margin = signs * (known @ unknown[:-1] + unknown[-1])
            penalty = _PENALTY / 2 * float(unknown[:-1] @ unknown[:-1])
            pull = -weights * signs * np.exp(-np.logaddexp(0, margin))
            slope = np.append(known.T @ pull + _PENALTY * unknown[:-1], pull.sum())
            return float(weights @ np.logaddexp(0, -margin)) + penalty, slope

        start = np.zeros(values.shape[1] + 1)
        found = minimize(loss, start, jac=True, method="L-BFGS-B").x
        return cls(mean, deviation, found[:-1], float(found[-1]))

    def scores(self, values: _Matrix) -> _Matrix:
        """(N,): above 0 for what looks generated."""
        standardised = _standardised(values, self.mean, self.deviation)
        return np.asarray(standardised @ self.coefficients + self.constant)


def _moments(values: _Matrix) -> tuple[_Matrix, _Matrix]:
    """Mean and standard deviation of each feature (F,) where it is known; 0 and 1 where never."""
    with warnings.catch_warnings():
        # numpy warns of features that no passage has.
        warnings.simplefilter("ignore", RuntimeWarning)
        mean, deviation = np.nanmean(values, axis=0), np.nanstd(values, axis=0)
    return np.nan_to_num(mean), np.where(deviation > 0, deviation, 1.0)


def _standardised(values: _Matrix, mean: _Matrix, deviation: _Matrix) -> _Matrix:
    """What is unknown stands at the mean."""
    return np.nan_to_num((values - mean) / deviation)


def _differences(real: FeatureMatrix, made: FeatureMatrix) -> tuple[FeatureDifference, ...]:
    one, two = real.values, made.values
    answers = np.arange(len(one) + len(two)) >= len(one)
    weights = np.where(answers, 0.5 / len(two), 0.5 / len(one))
    model = _Regression.fitted(np.concatenate([one, two]), answers, weights)
    rows = []
    for index, name in enumerate(real.names):
        left, right = (x[~np.isnan(x[:, index]), index] for x in (one, two))
        if min(left.size, right.size) < _LEAST_KNOWN:
            continue
        within = float(np.sqrt((left.var() + right.var()) / 2))
        apart = float(right.mean() - left.mean())
        rows.append(
            FeatureDifference(
                name,
                float(real.pooled[index]),
                float(made.pooled[index]),
                apart / within if within else 0.0,
                float(model.coefficients[index]),
            )
        )
    return tuple(sorted(rows, key=lambda row: -abs(row.effect)))
