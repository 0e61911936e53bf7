"""What the statistics show, worked out as plain data. No matplotlib."""

from dataclasses import dataclass
from math import ceil, floor
from typing import Final

import numpy as np
from numpy.typing import NDArray

from composer_app.analysis.features import (
    PITCH_CLASS,
    Feature,
    FeatureValues,
    measure,
)
from composer_app.analysis.fitting import GROUP
from composer_app.analysis.histograms import Distance, Histogram, distance
from composer_app.analysis.likeness.profiles import ALL_VOICES, load_profile
from composer_app.analysis.material import Material, Source
from composer_app.distributions import Binomial, Gaussian
from composer_app.music.composition import Composition
from composer_app.music.pitch import OCTAVE
from composer_app.reporting.plots.question import Against, Part, Question, part_of

_MOST_BARS: Final = 28
_CURVE_POINTS: Final = 160
# Of a style or another take, what lies farther out than this share is not shown.
_TAIL: Final = 0.005

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class ReferenceSeries:
    """What is laid beside the bars: ``heights`` (bars,), mean and standard deviation, its size.

    A reference has as many values as the bars have, so that the heights compare.
    """

    title: str
    heights: Array
    mean: float
    stdev: float
    size: int


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A diagram and the figures beneath it.

    ``edges`` (bars + 1) and ``heights`` (bars) are the bars. ``fit`` is the distribution, of a
    value or of the successes in a ``group``; ``fit_x`` and ``fit_y`` (points) draw it in the units
    of the bars, a curve or, where ``discrete``, separate dots; without a fit they are empty.
    ``mean`` and ``stdev`` stand on the x axis; both may be None.
    """

    question: Question
    measured: FeatureValues
    edges: Array
    heights: Array
    fit: Gaussian | Binomial | None
    fit_x: Array
    fit_y: Array
    mean: float | None
    stdev: float | None
    group: int = 1
    chosen: ReferenceSeries | None = None
    reference: ReferenceSeries | None = None
    distance: Distance | None = None

    @property
    def feature(self) -> Feature:
        """What is measured."""
        return self.measured.feature

    @property
    def discrete(self) -> bool:
        """Whether trials are counted in groups, for a binomial distribution."""
        return self.feature.kind == "trial"

    @property
    def total(self) -> int:
        """How many there are of what the bars count."""
        size = self.measured.values.size
        return size // self.group

    @property
    def counted(self) -> str:
        """What the bars count, such as "notes" or "groups of 8"."""
        return f"groups of {self.group}" if self.discrete else self.feature.of

    @property
    def values(self) -> Array:
        """(total,): the values, or the successes of each group, in which the bars lie."""
        if not self.discrete:
            return self.measured.values
        used = self.measured.values[: self.total * self.group]
        return np.asarray(used.reshape(-1, self.group).sum(axis=1), np.float64)

    def behind(self, low: float, high: float) -> frozenset[Source]:
        """The notes behind the bars from ``low`` to below ``high``, which are edges."""
        if not self.discrete:
            return self.measured.behind(low, high)
        values = self.values
        found = np.flatnonzero((values >= low) & (values < high)).tolist()
        sources = self.measured.sources
        return frozenset(
            source
            for index in found
            for trial in sources[index * self.group : (index + 1) * self.group]
            for source in trial
        )

    def between(self, low: float, high: float) -> float | None:
        """Probability that the fitted distribution gives to what lies between two edges."""
        if isinstance(self.fit, Gaussian):
            return self.fit.probability_between(low, high)
        if isinstance(self.fit, Binomial):
            counts = np.arange(self.group + 1.0)
            return float(self.fit.pdf(counts[(counts >= low) & (counts < high)]).sum())
        return None


def picture_of(question: Question) -> Picture | None:
    """The answer to ``question``; None where there are no notes.

    Raises :class:`ProfileError` where a style's profile is damaged.
    """
    material = question.material
    measured = measure(material, question.feature)
    # Silent bars and steps are counted too, but nothing but silence is no picture.
    if not material.notes or not measured.values.size:
        return None
    return pictured(question, measured, _reference(question), _chosen(question, material))


def pictured(
    question: Question,
    measured: FeatureValues,
    reference: Histogram | None,
    chosen: Histogram | None = None,
) -> Picture:
    """The answer to ``question`` where it has been ``measured`` already, and is not empty."""
    make = _trials if question.feature.kind == "trial" else _numbers
    return make(question, measured, reference, chosen)


def _chosen(question: Question, material: Material) -> Histogram | None:
    """Of the selected notes; None where none of them is measured, or all are."""
    tracks = frozenset(material.tracks)
    there = frozenset(material.notes)
    selected = frozenset(key for key in question.selected if key[0] in tracks) & there
    if not selected or len(selected) == len(there):
        return None
    part = Material.selection(question.composition, selected)
    return Histogram.of(measure(part, question.feature).values)


def _reference(question: Question) -> Histogram | None:
    against, feature = question.against, question.feature
    if against.kind == "style":
        # Pieces in all keys have no pitch classes in common.
        if feature == PITCH_CLASS:
            return None
        return load_profile(against.style).histogram(feature.id, question.voice or ALL_VOICES)
    other = _other(question.composition, question.part, against)
    found = Histogram.of(measure(other, feature).values) if other else None
    return found if found and found.total else None


def _other(composition: Composition, part: Part, against: Against) -> Material | None:
    if against.kind == "melody":
        return None if part == "melody" else Material.melody(composition)
    if against.kind == "piece":
        return None if part == "all" else Material.of(composition)
    return part_of(against.take, part) if against.take else None


def _numbers(
    question: Question,
    measured: FeatureValues,
    reference: Histogram | None,
    chosen: Histogram | None,
) -> Picture:
    feature, values = measured.feature, measured.values
    number = feature.kind == "number"
    edges = _edges(feature, values, reference)
    gaussian = Gaussian()
    gaussian.data = values
    gaussian.calculate_mean()
    known = values.size > 1 or not question.sample
    stdev = gaussian.calculate_stdev(question.sample) if known else None
    fit_x = fit_y = np.empty(0)
    # Categories have an order that means nothing, and so no normal distribution.
    fits = number and bool(stdev)
    if fits:
        margin = max(2.0, 0.1 * (edges[-1] - edges[0]))
        fit_x = np.linspace(edges[0] - margin, edges[-1] + margin, _CURVE_POINTS)
        fit_y = gaussian.pdf(fit_x) * values.size * (edges[1] - edges[0])
    own = Histogram.of(values)
    return Picture(
        question,
        measured,
        edges,
        np.histogram(values, edges)[0].astype(np.float64),
        gaussian if fits else None,
        fit_x,
        fit_y,
        mean=gaussian.mean if number else None,
        stdev=(stdev or None) if number else None,
        chosen=_beside("selected", chosen, edges, chosen.total) if chosen else None,
        reference=(
            _beside(question.against.title, reference, edges, own.total) if reference else None
        ),
        distance=distance(feature, own, reference) if reference else None,
    )


def _edges(feature: Feature, values: Array, reference: Histogram | None) -> Array:
    """The bars: whole numbers in the middle, at most so many of them, all of one width."""
    if feature.kind == "category":
        return np.arange(-0.5, OCTAVE)
    low, high = int(values.min()), int(values.max())
    if reference:
        places = np.cumsum(reference.counts) / reference.total
        low = min(low, int(reference.values[np.searchsorted(places, _TAIL)]))
        high = max(high, int(reference.values[np.searchsorted(places, 1 - _TAIL)]))
    width = max(1, ceil((high - low + 1) / _MOST_BARS))
    # At multiples of the width, so that bars stay where they are when a note is added.
    first = floor(low / width) * width
    count = (high - first) // width + 1
    return first - 0.5 + width * np.arange(count + 1.0)


def _beside(title: str, histogram: Histogram, edges: Array, total: int) -> ReferenceSeries:
    counts = np.histogram(histogram.values, edges, weights=histogram.counts)[0]
    heights = counts / max(histogram.total, 1) * total
    return ReferenceSeries(title, heights, histogram.mean, histogram.stdev, histogram.total)


def _trials(
    question: Question,
    measured: FeatureValues,
    reference: Histogram | None,
    chosen: Histogram | None,
) -> Picture:
    group = min(GROUP, measured.values.size)
    # The same distribution as fit_binomial's, without its test, for which scipy is imported.
    fit = Binomial(float(measured.values.mean()), group)
    groups = measured.values[: measured.values.size // group * group].reshape(-1, group)
    edges = np.arange(-0.5, group + 1)
    counts = np.arange(group + 1, dtype=np.float64)

    def beside(title: str, histogram: Histogram) -> ReferenceSeries:
        other = Binomial(histogram.mean, group)
        heights = other.pdf(counts) * 100
        return ReferenceSeries(title, heights, other.mean, other.stdev, histogram.total)

    return Picture(
        question,
        measured,
        edges,
        np.histogram(groups.sum(axis=1), edges)[0] / len(groups) * 100,
        fit,
        counts,
        fit.pdf(counts) * 100,
        mean=fit.mean,
        stdev=fit.stdev or None,
        group=group,
        chosen=beside("selected", chosen) if chosen and chosen.total else None,
        reference=beside(question.against.title, reference) if reference else None,
        distance=(
            distance(measured.feature, Histogram.of(measured.values), reference)
            if reference
            else None
        ),
    )
