import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from scipy import stats

from composer_app.distributions import Binomial

PROBABILITIES = st.sampled_from([0.0, 1.0]) | st.floats(1e-9, 1 - 1e-9)


def bars(axes: Axes) -> list[Rectangle]:
    return [patch for patch in axes.patches if isinstance(patch, Rectangle)]


@settings(deadline=None)
@given(
    st.floats(0.001, 0.999),
    st.integers(1, 10_000),
    st.lists(st.floats(0, 1), min_size=1, max_size=20),
)
def test_arrays_of_counts_equal_scipys(p: float, n: int, places: list[float]) -> None:
    k = np.round(np.array(places) * n)
    np.testing.assert_allclose(Binomial(p, n).pdf(k), stats.binom.pmf(k, n, p), rtol=0, atol=1e-12)


@given(PROBABILITIES, st.integers(1, 300))
def test_probabilities_equal_scipys_and_add_up_to_one(p: float, n: int) -> None:
    k = np.arange(n + 1.0)
    probabilities = Binomial(p, n).pdf(k)
    np.testing.assert_allclose(probabilities, stats.binom.pmf(k, n, p), rtol=0, atol=1e-12)
    assert probabilities.sum() == pytest.approx(1.0)


@pytest.mark.parametrize("p", [1e-9, 0.3, 0.5, 0.999])
def test_ten_thousand_trials_do_not_overflow(p: float) -> None:
    k = np.arange(10_001.0)
    np.testing.assert_allclose(
        Binomial(p, 10_000).pdf(k), stats.binom.pmf(k, 10_000, p), rtol=0, atol=1e-12
    )


def test_known_figure() -> None:
    assert Binomial(0.4, 20).pdf(5) == pytest.approx(0.07465, abs=5e-6)


@pytest.mark.parametrize("k", [-1, 21, 2.5])
@pytest.mark.parametrize("p", [0.0, 0.5, 1.0])
def test_impossible_counts_have_no_probability(k: float, p: float) -> None:
    assert Binomial(p, 20).pdf(k) == 0.0


# scipy's variance cancels where p comes near 1.
@given(st.sampled_from([0.0, 1.0]) | st.floats(1e-9, 0.99), st.integers(1, 1000))
def test_mean_and_standard_deviation_equal_scipys(p: float, n: int) -> None:
    binomial = Binomial(p, n)
    assert binomial.mean == pytest.approx(stats.binom.mean(n, p), rel=1e-12)
    assert binomial.stdev == pytest.approx(stats.binom.std(n, p), rel=1e-12, abs=1e-12)


@given(st.lists(st.integers(0, 1), min_size=1), st.lists(st.integers(0, 1), min_size=1))
def test_adding_the_same_p_is_fitting_the_joined_data(first: list[int], second: list[int]) -> None:
    one, two = Binomial(), Binomial()
    one.data, two.data = first, second
    p, n = one.replace_stats_with_data()
    two.replace_stats_with_data()
    if p == two.p:
        both = one + two
        assert both.data.tolist() == first + second
        assert (both.p, both.n) == (p, n + len(second))
        assert both.replace_stats_with_data() == (pytest.approx(p), n + len(second))


def test_pdf_takes_arrays_of_any_shape_and_scalars() -> None:
    binomial = Binomial(0.3, 4)
    grid = binomial.pdf(np.array([[0.0, 1.0], [2.0, 9.0]]))
    np.testing.assert_allclose(grid, [[0.7**4, 4 * 0.3 * 0.7**3], [6 * 0.3**2 * 0.7**2, 0]])
    assert isinstance(binomial.pdf(2), float)
    assert binomial.pdf(np.empty((0, 3))).shape == (0, 3)
    assert binomial.pdf(np.arange(3)).tolist() == binomial.pdf(np.arange(3.0)).tolist()


def test_p_and_n_are_taken_from_the_data() -> None:
    binomial = Binomial()
    binomial.data = [1, 0, 1, 1]
    assert binomial.replace_stats_with_data() == (0.75, 4)
    assert (binomial.p, binomial.n, binomial.mean) == (0.75, 4, 3.0)
    assert binomial.stdev == pytest.approx(0.75**0.5)


@pytest.mark.parametrize(("data", "complaint"), [([], "no data"), ([0, 1, 2], "nothing else")])
def test_data_that_are_no_trials(data: list[float], complaint: str) -> None:
    binomial = Binomial()
    binomial.data = data
    with pytest.raises(ValueError, match=complaint):
        binomial.replace_stats_with_data()


@pytest.mark.parametrize(
    ("p", "n"),
    [
        (-0.1, 5),
        (1.1, 5),
        (float("nan"), 5),
        (0.5, 0),
        (0.5, 2.5),
        (0.5, float("nan")),
        (0.5, float("inf")),
    ],
)
def test_p_and_n_must_make_sense(p: float, n: int) -> None:
    with pytest.raises(ValueError, match=r"probability|trials"):
        Binomial(p, n)


def test_sum_joins_trials_and_data() -> None:
    first, second = Binomial(0.4, 20), Binomial(0.4, 60)
    first.data, second.data = [0, 1], [1]
    total = first + second
    assert repr(total) == "mean 32, standard deviation 4.38178, p 0.4, n 80"
    assert total.data.tolist() == [0, 1, 1]


def test_only_equal_probabilities_add() -> None:
    with pytest.raises(ValueError, match=r"same p .* 0\.4 and 0\.5"):
        Binomial(0.4) + Binomial(0.5)
    with pytest.raises(TypeError):
        Binomial() + 1


def test_bars_show_expected_outcomes() -> None:
    axes = Binomial(0.25, 8).plot_bar(Figure().subplots())
    assert [bar.get_height() for bar in bars(axes)] == [6, 2]


def test_bars_of_the_distribution_leave_out_the_invisible() -> None:
    axes = Figure().subplots()
    x, y = Binomial(0.5, 10_000).plot_bar_pdf(axes)
    assert (x.shape, y.shape) == ((10_001,), (10_001,))
    assert y.sum() == pytest.approx(1.0)
    assert len(axes.patches) < 1000
    assert sum(bar.get_height() for bar in bars(axes)) == pytest.approx(1.0, abs=1e-6)
