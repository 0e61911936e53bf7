import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from scipy import stats

from composer_app.distributions import Gaussian

MEANS = st.floats(-1e3, 1e3)
STDEVS = st.floats(1e-2, 1e3)


def fitted_to(*data: float) -> Gaussian:
    gaussian = Gaussian()
    gaussian.data = data
    return gaussian


@settings(deadline=None)
@given(MEANS, STDEVS, st.lists(st.floats(-8, 8), max_size=20))
def test_arrays_equal_scipys(mean: float, stdev: float, places: list[float]) -> None:
    x = mean + np.array(places, np.float64) * stdev
    reference = stats.norm(mean, stdev)
    for ours, theirs in (
        (Gaussian(mean, stdev).pdf(x), reference.pdf(x)),
        (Gaussian(mean, stdev).cdf(x), reference.cdf(x)),
    ):
        assert ours.shape == x.shape
        np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-12)


@given(MEANS, STDEVS, st.floats(-8, 8))
def test_density_and_probability_equal_scipys(mean: float, stdev: float, z: float) -> None:
    x = mean + z * stdev
    gaussian, reference = Gaussian(mean, stdev), stats.norm(mean, stdev)
    assert gaussian.pdf(x) == pytest.approx(reference.pdf(x), rel=1e-12, abs=1e-12)
    assert gaussian.cdf(x) == pytest.approx(reference.cdf(x), rel=1e-12, abs=1e-12)


@pytest.mark.parametrize(
    ("measured", "known"),
    [
        (Gaussian(20.05, 0.02).probability_between(20.03, 20.08), 0.7745),
        (Gaussian(25, 2).pdf(25), 0.19947),
        (Gaussian().probability_between(-math.inf, math.inf), 1.0),
        (Gaussian().probability_between(1, 1), 0.0),
    ],
)
def test_known_figures(measured: float, known: float) -> None:
    assert measured == pytest.approx(known, abs=5e-5)


@pytest.mark.parametrize(("a", "b"), [(9, 10), (-10, -9)])
def test_both_tails_are_as_precise_as_each_other(a: float, b: float) -> None:
    tail = stats.norm.sf(9) - stats.norm.sf(10)
    assert Gaussian().probability_between(a, b) == pytest.approx(tail, rel=1e-12)


def test_arrays_give_arrays_of_the_same_shape_and_scalars_floats() -> None:
    x = np.array([[-1.0, 0.0], [1.0, 2.0]])
    gaussian = Gaussian(0.5, 2)
    for function, reference in (
        (gaussian.pdf, stats.norm(0.5, 2).pdf),
        (gaussian.cdf, stats.norm(0.5, 2).cdf),
    ):
        np.testing.assert_allclose(function(x), reference(x), rtol=1e-12)
        assert isinstance(function(1.0), float)


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=50))
def test_fit_equals_numpys(data: list[float]) -> None:
    gaussian = fitted_to(*data)
    assert gaussian.calculate_mean() == gaussian.mean == np.mean(data)
    for sample, ddof in ((True, 1), (False, 0)):
        assert gaussian.calculate_stdev(sample) == gaussian.stdev == np.std(data, ddof=ddof)


def test_one_value_is_a_population_but_no_sample() -> None:
    single = fitted_to(7.0)
    assert single.calculate_stdev(sample=False) == 0.0
    with pytest.raises(ValueError, match="two are needed"):
        single.calculate_stdev(sample=True)


@pytest.mark.parametrize("call", ["calculate_mean", "calculate_stdev", "plot_histogram_pdf"])
def test_nothing_is_calculated_from_no_data(call: str) -> None:
    with pytest.raises(ValueError, match="no data"):
        getattr(Gaussian(), call)()


def test_without_spread_there_is_a_probability_but_no_density() -> None:
    constant = Gaussian(3, 0)
    assert [constant.cdf(x) for x in (2.9, 3.0, 3.1)] == [0.0, 1.0, 1.0]
    with pytest.raises(ValueError, match="no density"):
        constant.pdf(3)


@given(MEANS, STDEVS, st.floats(-6, 6), st.floats(0, 6))
def test_probability_of_an_interval_equals_scipys(
    mean: float, stdev: float, z: float, width: float
) -> None:
    a, b = mean + z * stdev, mean + (z + width) * stdev
    reference = stats.norm(mean, stdev)
    probability = Gaussian(mean, stdev).probability_between(a, b)
    assert probability == pytest.approx(reference.cdf(b) - reference.cdf(a), abs=1e-12)


def test_a_single_value_lies_in_an_interval_or_not() -> None:
    assert Gaussian(3, 0).probability_between(3, 3) == 1.0
    assert Gaussian(3, 0).probability_between(2, 3.5) == 1.0
    assert Gaussian(3, 0).probability_between(3.1, 9) == 0.0


def test_the_density_far_out_is_nothing(recwarn: pytest.WarningsRecorder) -> None:
    assert Gaussian().pdf(1e200) == 0.0
    assert Gaussian().pdf(-1e308) == 0.0
    assert not recwarn.list


def test_an_interval_runs_upward() -> None:
    with pytest.raises(ValueError, match="2 does not lie below 1"):
        Gaussian().probability_between(2, 1)


@given(MEANS, STDEVS, MEANS, STDEVS)
def test_sum_adds_means_and_variances(m1: float, s1: float, m2: float, s2: float) -> None:
    total = Gaussian(m1, s1) + Gaussian(m2, s2)
    assert total.mean == m1 + m2
    assert total.stdev**2 == pytest.approx(s1**2 + s2**2, rel=1e-12)


def test_the_sum_and_its_words() -> None:
    assert repr(Gaussian(25, 3) + Gaussian(30, 4)) == "mean 55, standard deviation 5"
    with pytest.raises(TypeError):
        Gaussian() + 1


def test_a_curve_has_a_point_or_more() -> None:
    fitted = fitted_to(1, 2)
    with pytest.raises(ValueError, match="a point or more, not 0"):
        fitted.plot_histogram_pdf(0)
    assert fitted.plot_histogram_pdf(1, axes=Figure().subplots())[0].tolist() == [1]


def test_histogram_counts_the_data() -> None:
    axes = fitted_to(1, 2, 2, 3).plot_histogram(Figure().subplots())
    bars = (bar for bar in axes.patches if isinstance(bar, Rectangle))
    assert sum(bar.get_height() for bar in bars) == 4


def test_histogram_with_curve_returns_what_it_draws() -> None:
    gaussian = fitted_to(1, 2, 2, 4)
    gaussian.calculate_mean()
    axes = Figure().subplots()
    x, y = gaussian.plot_histogram_pdf(n_spaces=10, axes=axes)
    assert (x[0], x[-1], x.shape) == (1, 4, (10,))
    np.testing.assert_array_equal(y, gaussian.pdf(x))
    (curve,) = axes.lines
    np.testing.assert_array_equal(curve.get_xydata(), np.column_stack((x, y)))
