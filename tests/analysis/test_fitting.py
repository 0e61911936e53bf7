"""Fits, and tests that neither cry wolf nor sleep: checked on data whose distribution is known."""

import numpy as np
import pytest
from scipy import stats

from composer_app.analysis.fitting import (
    GoodnessOfFit,
    fit_binomial,
    fit_gaussian,
    normality,
    p_words,
)


def rejections(tests: list[GoodnessOfFit]) -> float:
    """The share of tests that reject at the level of 5 %."""
    return float(np.mean([test.rejected for test in tests]))


def test_the_fit_is_the_sample_s_or_the_population_s() -> None:
    values = np.array([1.0, 2.0, 3.0, 4.0])
    assert fit_gaussian(values).distribution.stdev == pytest.approx(np.std(values, ddof=1))
    population = fit_gaussian(values, sample=False, test=False)
    assert population.distribution.stdev == pytest.approx(np.std(values))
    assert (population.n, population.sample, population.goodness.p) == (4, False, None)
    with pytest.raises(ValueError, match="two are needed"):
        fit_gaussian(np.array([1.0]))


@pytest.mark.parametrize("stdev", [1.5, 4.0, 40.0])
def test_rounded_normal_numbers_pass_as_often_as_they_should(stdev: float) -> None:
    rng = np.random.default_rng(3)
    tests = [normality(np.round(rng.normal(60.3, stdev, 150))) for _ in range(400)]
    assert {test.test for test in tests} == {"chi-square"}
    # 5 % of 400, give or take three standard deviations of such a count, and the approximation.
    assert 0.015 <= rejections(tests) <= 0.095


def test_whole_numbers_are_tested_as_rounded_normal_ones() -> None:
    """The same cells by hand: all below 9.5, 9.5 to 10.5 ... all above 12.5."""
    counts = np.array([20, 90, 180, 90, 20])
    values = np.repeat(np.arange(9.0, 14.0), counts)
    normal = stats.norm(11, np.sqrt(values.var() - 1 / 12))
    below = np.array([0, *normal.cdf([9.5, 10.5, 11.5, 12.5]), 1])
    usual = stats.chisquare(counts, np.diff(below) * 400, ddof=2)
    test = normality(values)
    assert (test.test, test.degrees) == ("chi-square", 2)
    assert test.statistic == pytest.approx(usual.statistic)
    assert test.p == pytest.approx(usual.pvalue)


def test_uneven_whole_numbers_are_rejected() -> None:
    rng = np.random.default_rng(3)
    lengths = rng.choice(np.array([2.0, 4.0, 8.0]), 200, p=[0.3, 0.5, 0.2])
    test = normality(lengths, "note lengths")
    assert test.sentence == "These note lengths are not normally distributed: p < 0.001."
    tests = [normality(rng.integers(50, 62, 200).astype(float)) for _ in range(50)]
    assert rejections(tests) > 0.7


@pytest.mark.slow
def test_other_numbers_are_judged_as_lilliefors_table_does() -> None:
    # The table's 5 % point for n = 30 is 0.161 (Lilliefors 1967).
    rng = np.random.default_rng(0)
    near = []
    for _ in range(400):
        values = rng.normal(0, 1, 30)
        scaled = (values - values.mean()) / values.std(ddof=1)
        statistic = stats.kstest(scaled, "norm").statistic
        if abs(statistic - 0.161) < 0.004:
            near.append(normality(values * 7 + 3).p)
        if len(near) == 3:
            break
    assert len(near) == 3
    for p in near:
        assert p == pytest.approx(0.05, abs=0.02)


@pytest.mark.slow
def test_an_ordinary_table_would_have_called_it_normal() -> None:
    """Why the p value is simulated: with fitted parameters the usual one is far too large."""
    values = np.random.default_rng(2).gamma(3, 1, 80)
    usual = stats.kstest((values - values.mean()) / values.std(), "norm").pvalue
    test = normality(values)
    assert test.test == "Kolmogorov-Smirnov (Lilliefors)"
    assert usual > 0.05
    assert test.rejected
    assert test == normality(values)


def test_long_columns_are_judged_by_cells() -> None:
    rng = np.random.default_rng(2)
    test = normality(rng.normal(5, 2, 2000))
    assert (test.test, test.rejected) == ("chi-square", False)
    assert "Nothing speaks against" in test.sentence
    tests = [normality(rng.normal(5, 2, 1000)) for _ in range(200)]
    assert rejections(tests) <= 0.1
    assert normality(rng.exponential(2, 2000)).p == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (np.arange(19.0), "19 pitches are too few"),
        (np.full(30, 60.0), "all the same"),
        (np.full(30, 0.1), "all the same"),
        (np.tile([0.0, 1.0], 30), "too few different values"),
    ],
)
def test_what_cannot_be_judged_is_said(values: np.ndarray, words: str) -> None:
    test = normality(values, "pitches")
    assert words in test.sentence
    assert (test.p, test.rejected) == (None, False)


def test_trials_are_fitted_whole_and_in_groups() -> None:
    fit = fit_binomial(np.array([1.0, 0.0] * 9))
    assert (fit.distribution.p, fit.distribution.n) == (0.5, 18)
    assert (fit.per_group.p, fit.per_group.n) == (0.5, 8)
    # The last two do not fill a group.
    assert fit.groups.tolist() == [4.0, 4.0]
    assert fit_binomial(np.array([1.0])).groups.tolist() == [1.0]
    assert fit_binomial(np.array([1.0])).goodness.p is None
    with pytest.raises(ValueError, match="nothing else"):
        fit_binomial(np.array([0.0, 2.0]))


def test_independent_trials_pass_as_often_as_they_should() -> None:
    rng = np.random.default_rng(4)
    tests = [fit_binomial((rng.random(400) < 0.4).astype(float)).goodness for _ in range(400)]
    assert 0.01 <= rejections(tests) <= 0.1


@pytest.mark.parametrize(
    ("trials", "how"),
    [
        (np.repeat([0.0, 1.0] * 20, 10), "they come in runs"),
        (np.tile([0.0, 1.0], 200), "more evenly than by chance"),
    ],
)
def test_trials_that_know_of_each_other_are_rejected(trials: np.ndarray, how: str) -> None:
    goodness = fit_binomial(trials, name="leaps").goodness
    assert goodness.sentence.startswith("These leaps are not binomially distributed: they come")
    assert how in goodness.sentence
    assert goodness.sentence.endswith("p < 0.001.")


def test_p_in_words() -> None:
    assert [p_words(p) for p in (0.0, 0.0009, 0.0012, 0.2349, 1.0)] == [
        "p < 0.001",
        "p < 0.001",
        "p = 0.0012",
        "p = 0.23",
        "p = 1",
    ]
