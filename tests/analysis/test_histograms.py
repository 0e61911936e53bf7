import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import jensenshannon
from scipy.stats import wasserstein_distance

from composer_app.analysis.features import ON_BEAT, PITCH, PITCH_CLASS
from composer_app.analysis.histograms import (
    Distance,
    Histogram,
    distance,
    jensen_shannon,
    wasserstein,
)

NUMBERS = st.lists(st.integers(-50, 50), min_size=1, max_size=60)


@given(NUMBERS)
def test_mean_spread_and_shares_are_those_of_the_numbers(numbers: list[int]) -> None:
    histogram = Histogram.of(numbers)
    assert histogram.total == len(numbers)
    assert histogram.mean == pytest.approx(np.mean(numbers))
    assert histogram.stdev == pytest.approx(np.std(numbers), abs=1e-9)
    assert histogram.share(-3, 7) == pytest.approx(np.mean([-3 <= n <= 7 for n in numbers]))


@given(NUMBERS, NUMBERS)
def test_sums_and_differences_are_those_of_the_numbers(first: list[int], second: list[int]) -> None:
    total = Histogram.sum([Histogram.of(first), Histogram.of(second)])
    together = Histogram.of(first + second)
    assert total.values.tolist() == together.values.tolist()
    assert total.counts.tolist() == together.counts.tolist()
    rest = total.without(Histogram.of(second))
    assert rest.values.tolist() == Histogram.of(first).values.tolist()
    assert rest.counts.tolist() == Histogram.of(first).counts.tolist()


@settings(deadline=None)
@given(NUMBERS, NUMBERS)
def test_distances_equal_scipys(first: list[int], second: list[int]) -> None:
    one, two = Histogram.of(first), Histogram.of(second)
    assert wasserstein(one, two) == pytest.approx(wasserstein_distance(first, second), abs=1e-9)
    p, q = one.aligned(two)
    # scipy gives the root of the divergence.
    assert jensen_shannon(one, two) == pytest.approx(jensenshannon(p, q, 2) ** 2, abs=1e-9)


def test_a_shifted_distribution_is_as_far_away_as_it_was_shifted() -> None:
    assert wasserstein(Histogram.of([1, 2, 2]), Histogram.of([6, 7, 7])) == pytest.approx(5)
    assert jensen_shannon(Histogram.of([1, 2, 2]), Histogram.of([6, 7, 7])) == 1.0


def test_order_decides_which_distance_is_meant() -> None:
    near, far = Histogram.of([60, 61]), Histogram.of([62, 63])
    assert str(distance(PITCH, near, far)) == "Wasserstein distance 2.00 semitones"
    assert str(distance(PITCH_CLASS, near, far)) == "Jensen-Shannon distance 1.00 bits"
    assert distance(ON_BEAT, Histogram.of([1]), Histogram.of([1, 1])).value == 0.0


def test_of_nothing_there_is_no_distance() -> None:
    nothing, some = Histogram.of([]), Histogram.of([1])
    assert Histogram.sum([]).total == 0
    assert wasserstein(nothing, some) is None
    assert distance(PITCH, some, nothing).value is None
    assert str(distance(ON_BEAT, nothing, some)) == "nothing to compare"
    assert np.isnan([nothing.mean, nothing.stdev, nothing.share(0, 1)]).all()


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (None, "–"),
        (0.0, "0.00"),
        (0.0004, "< 0.001"),
        (0.004, "0.004"),
        (0.06, "0.06"),
        (12, "12.00"),
    ],
)
def test_small_distances_are_not_rounded_away(value: float | None, number: str) -> None:
    far = Distance("Wasserstein", value, "steps")
    assert far.number == number
    sentence = "nothing to compare" if value is None else f"Wasserstein distance {number} steps"
    assert str(far) == sentence
