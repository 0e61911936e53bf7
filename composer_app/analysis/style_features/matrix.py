"""The features of many passages as arrays."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from composer_app.analysis.style_features.endings import ending_features
from composer_app.analysis.style_features.harmony import harmony_features
from composer_app.analysis.style_features.lines import line_features
from composer_app.analysis.style_features.motion import motion_features
from composer_app.analysis.style_features.ornaments import ornament_features
from composer_app.analysis.style_features.reading import Features, Reading
from composer_app.analysis.style_features.rhythm import rhythm_features
from composer_app.analysis.style_features.spacing import spacing_features
from composer_app.analysis.voice_grid import Passage, VoiceGrid

_FAMILIES: Final = (
    line_features,
    ornament_features,
    spacing_features,
    motion_features,
    rhythm_features,
    harmony_features,
    ending_features,
)


def style_features(grid: VoiceGrid, passage: Passage) -> Features:
    """Every feature of a passage by its name, in the same order for every passage."""
    reading = Reading(grid, passage)
    features: Features = {}
    for family in _FAMILIES:
        features |= family(reading)
    return features


@dataclass(frozen=True, slots=True, eq=False)
class FeatureMatrix:
    """F features of N passages: ``hits`` (N, F), and ``of`` (N, F) how many were counted."""

    names: tuple[str, ...]
    hits: NDArray[np.float64]
    of: NDArray[np.float64]

    @classmethod
    def of_passages(cls, passages: Iterable[tuple[VoiceGrid, Passage]]) -> "FeatureMatrix":
        """The features of at least one passage; ValueError without any."""
        rows = [style_features(grid, passage) for grid, passage in passages]
        if not rows:
            raise ValueError("there are no passages to measure")
        counts = np.array([[tuple(count) for count in row.values()] for row in rows])
        return cls(tuple(rows[0]), counts[:, :, 0], counts[:, :, 1])

    @property
    def values(self) -> NDArray[np.float64]:
        """(N, F): share or mean of each passage, NaN where it has nothing to count."""
        return _shares(self.hits, self.of)

    @property
    def pooled(self) -> NDArray[np.float64]:
        """(F,): shares or means of all passages together, NaN where none has anything to count."""
        return _shares(self.hits.sum(axis=0), self.of.sum(axis=0))

    def rows(self, indices: NDArray[np.intp]) -> "FeatureMatrix":
        """The passages ``indices``, in that order."""
        return FeatureMatrix(self.names, self.hits[indices], self.of[indices])

    @classmethod
    def joined(cls, parts: "Iterable[FeatureMatrix]") -> "FeatureMatrix":
        """All passages of ``parts``, at least one, that were measured by the same features."""
        several = list(parts)
        return cls(
            several[0].names,
            np.concatenate([part.hits for part in several]),
            np.concatenate([part.of for part in several]),
        )


def _shares(hits: NDArray[np.float64], of: NDArray[np.float64]) -> NDArray[np.float64]:
    shares = np.full(hits.shape, np.nan)
    np.divide(hits, of, out=shares, where=of > 0)
    return shares
