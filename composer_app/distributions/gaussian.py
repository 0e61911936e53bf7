"""The normal distribution."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, overload

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

# numpy has no error function; the one of the standard library is exact to the last bits.
_ERFC = np.vectorize(math.erfc, otypes=[np.float64])


class Gaussian(Distribution):
    """The normal distribution with mean ``mu`` and standard deviation ``sigma``.

    >>> Gaussian(25, 3) + Gaussian(30, 4)
    mean 55, standard deviation 5
    """

    def calculate_mean(self) -> float:
        """Set ``mean`` to the mean of the data and return it; ValueError without data."""
        self.mean = float(self._samples().mean())
        return self.mean

    def calculate_stdev(self, sample: bool = True) -> float:
        """Set ``stdev`` to that of the data and return it.

        A sample divides by N - 1, a population by N. ValueError without data, and for a sample
        of one, which has no spread.
        """
        samples = self._samples()
        if sample and samples.size == 1:
            raise ValueError("a sample of one value has no standard deviation: two are needed")
        self.stdev = float(samples.std(ddof=1 if sample else 0))
        return self.stdev

    @overload
    def pdf(self, x: float) -> float: ...
    @overload
    def pdf(self, x: Numbers) -> NDArray[np.float64]: ...
    def pdf(self, x: float | Numbers) -> float | NDArray[np.float64]:
        """Probability density at ``x``, numbers in any shape; a scalar gives a float.

        ValueError if the standard deviation is 0.
        """
        if self.stdev == 0:
            raise ValueError("a standard deviation of 0 leaves no density: all values are equal")
        with np.errstate(over="ignore"):  # so far out that the density is 0
            z = (np.asarray(x, np.float64) - self.mean) / self.stdev
            density = np.exp(-z * z / 2) / (self.stdev * math.sqrt(2 * math.pi))
        return like_argument(x, density)

    @overload
    def cdf(self, x: float) -> float: ...
    @overload
    def cdf(self, x: Numbers) -> NDArray[np.float64]: ...
    def cdf(self, x: float | Numbers) -> float | NDArray[np.float64]:
        """Probability of a value of at most ``x``."""
        distance = np.asarray(x, np.float64) - self.mean
        if self.stdev == 0:
            return like_argument(x, np.where(distance >= 0, 1.0, 0.0))
        return like_argument(x, _ERFC(-distance / (self.stdev * math.sqrt(2))) / 2)

    def probability_between(self, a: float, b: float) -> float:
        """Probability of a value from ``a`` to ``b``; ValueError if ``a`` lies above ``b``."""
        if not a <= b:
            raise ValueError(f"{a} does not lie below {b}")
        if self.stdev == 0:
            return 1.0 if a <= self.mean <= b else 0.0
        if a > self.mean:
            # Mirrored, since in the upper tail both values of the cdf would round to 1.
            a, b = 2 * self.mean - b, 2 * self.mean - a
        return self.cdf(b) - self.cdf(a)

    def plot_histogram(self, axes: Axes | None = None) -> Axes:
        """Draw a histogram of the data; onto pyplot's axes when ``axes`` is omitted."""
        axes = current_axes(axes)
        axes.hist(self._samples())
        axes.set(title="Histogram of the data", xlabel="value", ylabel="count")
        return axes

    def plot_histogram_pdf(
        self, n_spaces: int = 50, axes: Axes | None = None
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Draw the data as densities, and over them the curve of the distribution.

        Returns the curve, x and y of shape (``n_spaces``,) each, from the least to the greatest
        of the data; ValueError without data, and for less than one point.
        """
        if n_spaces < 1:
            raise ValueError(f"a curve has a point or more, not {n_spaces}")
        samples = self._samples()
        x = np.linspace(samples.min(), samples.max(), n_spaces)
        y = self.pdf(x)
        axes = current_axes(axes)
        axes.hist(samples, density=True)
        axes.plot(x, y)
        axes.set(title="Data and fitted normal distribution", xlabel="value", ylabel="density")
        return x, y

    def __add__(self, other: object) -> Gaussian:
        """Distribution of the sum of two independent values: means and variances add."""
        if not isinstance(other, Gaussian):
            return NotImplemented
        return Gaussian(self.mean + other.mean, math.hypot(self.stdev, other.stdev))
