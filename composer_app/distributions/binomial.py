"""The binomial distribution."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, overload

import numpy as np
from numpy.typing import NDArray

from composer_app.distributions.distribution import (
    Distribution,
    Numbers,
    current_axes,
    like_argument,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Bars farther than this many standard deviations from the mean are too low to be seen.
_VISIBLE_STDEVS: Final = 6


class Binomial(Distribution):
    """Number of successes in ``size`` independent trials that succeed with ``prob`` each.

    ``p`` and ``n`` hold the two. ValueError for a ``prob`` outside 0-1 or a ``size`` below 1.

    >>> Binomial(0.4, 20)
    mean 8, standard deviation 2.19089, p 0.4, n 20
    """

    def __init__(self, prob: float = 0.5, size: int = 20) -> None:
        super().__init__()
        self._set(prob, size)

    def _set(self, prob: float, size: int) -> None:
        if not 0 <= prob <= 1:
            raise ValueError(f"a probability lies between 0 and 1, not at {prob}")
        if not (math.isfinite(size) and size >= 1 and size == int(size)):
            raise ValueError(f"the number of trials is a whole number from 1, not {size}")
        self.p = float(prob)
        self.n = int(size)
        self.calculate_mean()
        self.calculate_stdev()

    def calculate_mean(self) -> float:
        """Set ``mean`` to n·p and return it."""
        self.mean = self.n * self.p
        return self.mean

    def calculate_stdev(self) -> float:
        """Set ``stdev`` to √(n·p·(1 - p)) and return it."""
        self.stdev = math.sqrt(self.n * self.p * (1 - self.p))
        return self.stdev

    def replace_stats_with_data(self) -> tuple[float, int]:
        """Set p to the share of ones in the data and n to their number; return (p, n).

        ValueError without data, and if one of them is neither 0 nor 1.
        """
        samples = self._samples()
        if not np.isin(samples, (0, 1)).all():
            raise ValueError("trials are 0 (failed) or 1 (succeeded), nothing else")
        self._set(float(samples.mean()), samples.size)
        return self.p, self.n

    @overload
    def pdf(self, k: float) -> float: ...
    @overload
    def pdf(self, k: Numbers) -> NDArray[np.float64]: ...
    def pdf(self, k: float | Numbers) -> float | NDArray[np.float64]:
        """Probability of exactly ``k`` successes, numbers in any shape; a scalar gives a float.

        0 unless k is a whole number from 0 to n.
        Worked out in logarithms, since the binomial coefficient overflows from n = 1030 on.
        """
        counts = np.asarray(k, np.float64)
        possible = (counts >= 0) & (counts <= self.n) & (counts == np.floor(counts))
        if self.p in (0.0, 1.0):
            return like_argument(k, np.where(counts == self.n * self.p, 1.0, 0.0))
        whole = np.where(possible, counts, 0.0)
        logarithm = (
            _log_choose(self.n, whole)
            + whole * math.log(self.p)
            + (self.n - whole) * math.log1p(-self.p)
        )
        return like_argument(k, np.where(possible, np.exp(logarithm), 0.0))

    def plot_bar(self, axes: Axes | None = None) -> Axes:
        """Draw the expected numbers of failed (0) and succeeded (1) trials as two bars.

        Onto pyplot's axes when ``axes`` is omitted.
        """
        axes = current_axes(axes)
        axes.bar(["0", "1"], [self.n * (1 - self.p), self.n * self.p])
        axes.set(title="Trials", xlabel="outcome", ylabel="count")
        return axes

    def plot_bar_pdf(
        self, axes: Axes | None = None
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Draw the probability of each number of successes as bars.

        Returns x, the numbers 0 to n, and y, their probabilities, of shape (n + 1,) each.
        """
        x = np.arange(self.n + 1, dtype=np.float64)
        y = self.pdf(x)
        shown = np.abs(x - self.mean) <= _VISIBLE_STDEVS * self.stdev + 1
        axes = current_axes(axes)
        axes.bar(x[shown], y[shown])
        axes.set(title="Binomial distribution", xlabel="successes", ylabel="probability")
        return x, y

    def __add__(self, other: object) -> Binomial:
        """Distribution of the sum of successes: the n add and the data are joined.

        ValueError unless both have the same p.
        """
        if not isinstance(other, Binomial):
            return NotImplemented
        if not math.isclose(self.p, other.p, rel_tol=1e-9):
            raise ValueError(
                f"only binomials with the same p can be added, not {self.p:g} and {other.p:g}"
            )
        total = Binomial(self.p, self.n + other.n)
        total.data = np.concatenate((self.data, other.data))
        return total

    def __repr__(self) -> str:
        return f"mean {self.mean:g}, standard deviation {self.stdev:g}, p {self.p:g}, n {self.n}"


def _log_choose(n: int, k: NDArray[np.float64]) -> NDArray[np.float64]:
    """Natural logarithm of n over k for whole ``k`` from 0 to n, in the shape of ``k``.

    A sum of the logarithms of (n - i + 1) / i, which stays small where log-gammas of n would
    cancel: with those the last four digits are lost at n = 10,000.
    """
    lesser = np.minimum(k, n - k).astype(np.int64)
    i = np.arange(1, int(lesser.max(initial=0)) + 1)
    logarithms = np.concatenate(([0.0], np.cumsum(np.log((n - i + 1) / i))))
    return np.asarray(logarithms[lesser], np.float64)
