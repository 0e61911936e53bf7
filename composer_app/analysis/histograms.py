"""How often each whole number occurred: what a feature's distribution is kept and compared as."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from composer_app.analysis.features import Feature
from composer_app.analysis.metrics.metric_distances import js_distance


@dataclass(frozen=True, slots=True, eq=False)
class Histogram:
    """``counts`` (K,), above 0, of the different whole numbers ``values`` (K,), which rise."""

    values: NDArray[np.int64]
    counts: NDArray[np.int64]

    @classmethod
    def of(cls, data: ArrayLike) -> "Histogram":
        """Of whole numbers in any shape."""
        values, counts = np.unique(np.asarray(data).astype(np.int64), return_counts=True)
        return cls(values, counts.astype(np.int64))

    @classmethod
    def sum(cls, histograms: Iterable["Histogram"]) -> "Histogram":
        """All of them together."""
        rows = list(histograms)
        if not rows:
            return cls.of([])
        values, where = np.unique(np.concatenate([r.values for r in rows]), return_inverse=True)
        counts = np.bincount(where, np.concatenate([r.counts for r in rows]), values.size)
        return cls(values, counts.astype(np.int64))

    def without(self, other: "Histogram") -> "Histogram":
        """What remains when ``other``, a part of this, is taken away."""
        counts = self.counts.copy()
        counts[np.searchsorted(self.values, other.values)] -= other.counts
        return Histogram(self.values[counts > 0], counts[counts > 0])

    @property
    def total(self) -> int:
        """How many numbers there were."""
        return int(self.counts.sum())

    @property
    def mean(self) -> float:
        """Their mean; NaN of none."""
        return float(self.values @ self.counts / self.total) if self.total else float("nan")

    @property
    def stdev(self) -> float:
        """Their population standard deviation; NaN of none."""
        if not self.total:
            return float("nan")
        return float(np.sqrt((self.values - self.mean) ** 2 @ self.counts / self.total))

    def share(self, low: float, high: float) -> float:
        """Share of the numbers from ``low`` to ``high``, both included; NaN of none."""
        inside = (self.values >= low) & (self.values <= high)
        return float(self.counts[inside].sum() / self.total) if self.total else float("nan")

    def aligned(self, other: "Histogram") -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Counts of both over the values of either."""
        every = np.union1d(self.values, other.values)
        rows = np.zeros((2, every.size))
        rows[0, np.searchsorted(every, self.values)] = self.counts
        rows[1, np.searchsorted(every, other.values)] = other.counts
        return rows[0], rows[1]


def jensen_shannon(first: Histogram, second: Histogram) -> float:
    """Jensen-Shannon divergence in bits, 0 (equal) to 1 (disjoint) (Lin 1991).

    An empty histogram is as far as possible from a filled one.
    """
    return js_distance(*first.aligned(second))


def wasserstein(first: Histogram, second: Histogram) -> float | None:
    """Wasserstein distance (earth mover's) in the unit of the values.

    How far, on average, the one's values must be moved until they are distributed as the other's:
    the area between the two cumulative distributions. None if either is empty.
    """
    if not first.total or not second.total:
        return None
    every = np.union1d(first.values, second.values)
    p, q = first.aligned(second)
    gap = np.abs(np.cumsum(p) / first.total - np.cumsum(q) / second.total)
    return float(gap[:-1] @ np.diff(every))


# Distances below these are written with a digit more, and not at all.
_SMALL: Final = 0.01
_SMALLEST_SHOWN: Final = 0.001


@dataclass(frozen=True, slots=True)
class Distance:
    """How far a feature's values are from a reference's.

    ``method`` is "Wasserstein", in the unit of the feature, for what has an order, and
    "Jensen-Shannon", in bits, for categories and trials. ``value`` is None without values.
    """

    method: str
    value: float | None
    unit: str

    @property
    def number(self) -> str:
        """``value`` as people read it; a small one is not rounded away."""
        if self.value is None:
            return "–"
        if 0 < self.value < _SMALLEST_SHOWN:
            return f"< {_SMALLEST_SHOWN}"
        return f"{self.value:.3f}" if 0 < self.value < _SMALL else f"{self.value:.2f}"

    def __str__(self) -> str:
        if self.value is None:
            return "nothing to compare"
        return f"{self.method} distance {self.number} {self.unit}".rstrip()


def distance(feature: Feature, values: Histogram, reference: Histogram) -> Distance:
    """The distance of ``values`` of ``feature`` from a ``reference``."""
    if feature.kind == "number":
        return Distance("Wasserstein", wasserstein(values, reference), _unit(feature))
    nothing = not values.total or not reference.total
    return Distance(
        "Jensen-Shannon", None if nothing else jensen_shannon(values, reference), "bits"
    )


def _unit(feature: Feature) -> str:
    return {"steps": "sixteenths", "MIDI pitch": "semitones"}.get(feature.unit, feature.unit)
