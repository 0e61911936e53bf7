"""Distributions fitted to measured values, and whether they fit, in a plain sentence.

Two questions are asked.

Are numbers normally distributed? Whole numbers (pitches, lengths in steps) cannot be, strictly;
what is tested is whether they look like normally distributed numbers that were rounded: Pearson's
chi-square test over whole numbers, neighbours joined until five values are expected in each
cell. Mean and standard deviation are estimated from the data, which takes two degrees of
freedom; the variance is reduced by what rounding adds, 1/12 (Sheppard's correction), which makes
them close to the estimates from the cells that the test asks for (Chernoff and Lehmann 1954).
Other numbers are tested by the distance of Kolmogorov and Smirnov. Its usual table holds for a
distribution that is known beforehand only, and would call nearly everything normal where it was
fitted; so the p value is taken from simulated samples that are fitted in the same way (Lilliefors
1967), by :func:`scipy.stats.goodness_of_fit`. Long columns, for which that takes long, are put into
cells of equal probability and given to the chi-square test, without the two degrees of freedom:
that errs on the side of calling numbers normal.

Are trials binomially distributed? A single row of trials always fits a binomial. What is tested,
by chi-square, is whether successive groups of eight vary as independent trials of one
probability would: they do not where successes come in runs, or evenly spaced.

Both tests take the values to be independent of each other. The notes of a piece are not, so a
small p says that a curve does not describe a piece, not how the next piece will be.

scipy is imported when something is tested, for it takes long.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from composer_app.distributions import Binomial, Gaussian

SIGNIFICANT: Final = 0.05
GROUP: Final = 8
_LEAST_VALUES: Final = 20
_LEAST_EXPECTED: Final = 5.0
_SHEPPARD: Final = 1 / 12
# Simulated samples: p values from 1/10,000 on. Together they have at most so many numbers.
_SAMPLES: Final = 9_999
_MOST_SIMULATED: Final = 4_000_000
# The simulated samples are always the same ones: a p value does not change when asked again.
_SEED: Final = 1967

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class GoodnessOfFit:
    """The outcome of a test; ``p`` is None where there are too few values for one.

    ``p`` is the probability that values which do follow the distribution look at least as unlike
    it. ``degrees`` are the degrees of freedom of a chi-square test.
    """

    test: str
    statistic: float | None
    p: float | None
    degrees: int | None
    sentence: str

    @property
    def rejected(self) -> bool:
        """Whether the distribution does not fit, at the level of 5 %."""
        return self.p is not None and self.p < SIGNIFICANT


@dataclass(frozen=True, slots=True)
class GaussianFit:
    """A normal distribution fitted to ``n`` values; ``sample`` says how stdev was worked out."""

    distribution: Gaussian
    n: int
    sample: bool
    goodness: GoodnessOfFit


@dataclass(frozen=True, slots=True)
class BinomialFit:
    """A binomial fitted to trials.

    ``distribution`` is that of the number of successes among all trials, ``per_group`` that of the
    number in a group of ``per_group.n``; ``groups`` (G,) are those numbers, as observed.
    """

    distribution: Binomial
    per_group: Binomial
    groups: Array
    goodness: GoodnessOfFit


def p_words(p: float) -> str:
    """Such as "p < 0.001" or "p = 0.23"."""
    return "p < 0.001" if p < 0.001 else f"p = {p:.2g}"


def fit_gaussian(
    values: Array, *, sample: bool = True, name: str = "values", test: bool = True
) -> GaussianFit:
    """The normal distribution with mean and standard deviation of ``values`` (N,).

    ``name`` is what the sentence calls them; without ``test`` there is no test. ValueError without
    values, and for a single one that is to be a sample.
    """
    gaussian = Gaussian()
    gaussian.data = values
    gaussian.calculate_mean()
    gaussian.calculate_stdev(sample)
    if not test:
        return GaussianFit(gaussian, values.size, sample, _untested("Not tested."))
    return GaussianFit(gaussian, values.size, sample, normality(gaussian.data, name))


def normality(values: Array, name: str = "values") -> GoodnessOfFit:
    """Whether ``values`` (N,) are normally distributed; see above for the choice of test."""
    if values.size < _LEAST_VALUES:
        return _untested(
            f"{values.size} {name} are too few to judge whether they are normally distributed:"
            f" {_LEAST_VALUES} are needed."
        )
    stdev = float(values.std(ddof=1))
    if stdev <= 1e-12 * float(np.abs(values).max()):
        return _untested(f"These {name} are all the same, and so not normally distributed.")
    if (values == np.round(values)).all():
        return _rounded_normality(values, name)
    if values.size * _SAMPLES <= _MOST_SIMULATED:
        return _lilliefors(values, name)
    return _equal_cells(values, stdev, name)


def fit_binomial(trials: Array, *, name: str = "successes", group: int = GROUP) -> BinomialFit:
    """The binomial of ``trials`` (N,), zeros and ones; ValueError for anything else and for none.

    Trials that do not fill the last group of ``group`` are left out of the groups.
    """
    whole = Binomial()
    whole.data = trials
    p, n = whole.replace_stats_with_data()
    group = min(group, n)
    groups = whole.data[: n - n % group].reshape(-1, group).sum(axis=1)
    per_group = Binomial(p, group)
    per_group.data = whole.data
    return BinomialFit(whole, per_group, groups, _evenness(groups, per_group, name))


def _rounded_normality(values: Array, name: str) -> GoodnessOfFit:
    stdev = float(np.sqrt(max(values.var() - _SHEPPARD, _SHEPPARD)))
    # A grid of at most so many cells, for columns of large whole numbers.
    width = max(1.0, np.floor(stdev / 8))
    low = np.floor(values.min()) - 0.5
    edges = np.arange(low, values.max() + width + 0.5, width)
    observed = np.histogram(values, edges)[0].astype(np.float64)
    below = np.asarray(Gaussian(float(values.mean()), stdev).cdf(edges), np.float64)
    below[0], below[-1] = 0.0, 1.0
    expected = np.diff(below) * values.size
    return _chi_square(observed, expected, 2, _normal_words(name))


def _equal_cells(values: Array, stdev: float, name: str) -> GoodnessOfFit:
    # 2 N^(2/5) cells are usual (Moore 1986).
    cells = round(2 * values.size**0.4)
    places = np.asarray(Gaussian(float(values.mean()), stdev).cdf(values), np.float64)
    observed = np.histogram(places, cells, (0, 1))[0].astype(np.float64)
    expected = np.full(cells, values.size / cells)
    return _chi_square(observed, expected, 0, _normal_words(name))


def _lilliefors(values: Array, name: str) -> GoodnessOfFit:
    from scipy import stats

    # Shifted and scaled, which changes nothing, so that no numbers are too large to be fitted.
    scaled = (values - values.mean()) / values.std()
    result = stats.goodness_of_fit(
        stats.norm,
        scaled,
        statistic="ks",
        n_mc_samples=_SAMPLES,
        rng=np.random.default_rng(_SEED),
    )
    p = float(result.pvalue)
    return GoodnessOfFit(
        "Kolmogorov-Smirnov (Lilliefors)",
        float(result.statistic),
        p,
        None,
        _sentence(p, *_normal_words(name)),
    )


def _evenness(groups: Array, per_group: Binomial, name: str) -> GoodnessOfFit:
    counts = np.arange(per_group.n + 1.0)
    observed = np.histogram(groups, np.arange(-0.5, per_group.n + 1))[0].astype(np.float64)
    spread = float(groups.var()) if groups.size else 0.0
    how = "in runs" if spread > per_group.stdev**2 else "more evenly than by chance"
    words = (
        f"These {name} are not binomially distributed: they come {how}",
        f"Nothing speaks against a binomial distribution of these {name}",
        f"Too few or too alike groups of {per_group.n} to test.",
    )
    return _chi_square(observed, per_group.pdf(counts) * groups.size, 1, words)


def _chi_square(
    observed: Array, expected: Array, estimated: int, words: tuple[str, str, str]
) -> GoodnessOfFit:
    """Pearson's test with ``estimated`` parameters; ``words``: if rejected, if not, if untested."""
    observed, expected = _joined(observed, expected)
    degrees = observed.size - 1 - estimated
    if degrees < 1:
        return GoodnessOfFit("chi-square", None, None, None, words[2])
    from scipy import special

    statistic = float(((observed - expected) ** 2 / expected).sum())
    p = float(special.chdtrc(degrees, statistic))
    return GoodnessOfFit("chi-square", statistic, p, degrees, _sentence(p, *words))


def _joined(observed: Array, expected: Array) -> tuple[Array, Array]:
    """The same cells, neighbours joined until at least five are expected in each."""
    rows = [[0.0, 0.0]]
    for seen, awaited in zip(observed, expected, strict=True):
        if rows[-1][1] >= _LEAST_EXPECTED:
            rows.append([0.0, 0.0])
        rows[-1][0] += seen
        rows[-1][1] += awaited
    if rows[-1][1] < _LEAST_EXPECTED and len(rows) > 1:
        seen, awaited = rows.pop()
        rows[-1][0] += seen
        rows[-1][1] += awaited
    table = np.array(rows)
    return table[:, 0], table[:, 1]


def _normal_words(name: str) -> tuple[str, str, str]:
    return (
        f"These {name} are not normally distributed",
        f"Nothing speaks against a normal distribution of these {name}",
        f"These {name} take too few different values to judge whether they are normal.",
    )


def _sentence(p: float, rejected: str, kept: str, _: str) -> str:
    return f"{rejected}: {p_words(p)}." if p < SIGNIFICANT else f"{kept}: {p_words(p)}."


def _untested(sentence: str) -> GoodnessOfFit:
    return GoodnessOfFit("none", None, None, None, sentence)
