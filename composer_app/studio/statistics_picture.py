"""What the statistics panel shows, worked out as plain data. No Qt, no matplotlib."""

from dataclasses import dataclass
from math import ceil
from typing import Final

import numpy as np
from numpy.typing import NDArray

from composer_app.analysis.features import IN_KEY, PITCH, Feature, measure
from composer_app.analysis.material import Material
from composer_app.distributions import Binomial, Gaussian
from composer_app.music.composition import Composition
from composer_app.music.pitch import pitch_name

_MOST_BARS: Final = 28
_CURVE_POINTS: Final = 160
# Trials are counted in groups of this many successive notes, which is what a binomial describes.
GROUP: Final = 8

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Picture:
    """A diagram and the figures beneath it.

    ``edges`` (bars + 1) and ``heights`` (bars) are the bars; ``fit_x`` and ``fit_y`` (points)
    the fitted distribution in the same units, a curve or, where ``discrete``, separate dots.
    ``mean`` and ``stdev`` stand on the x axis; both may be None, as may the fit be empty.
    """

    edges: Array
    heights: Array
    fit_x: Array
    fit_y: Array
    discrete: bool
    mean: float | None
    stdev: float | None
    x_label: str
    y_label: str
    names_pitches: bool
    numbers: tuple[tuple[str, str], ...]
    sentence: str
    caption: str


def picture_of(composition: Composition, feature: Feature, track: int | None) -> Picture | None:
    """The picture of ``feature`` in one track or, with None, in all; None without notes."""
    tracks = None if track is None else [track]
    material = Material.of(composition, tracks)
    values = measure(material, feature).values
    # Silent bars and steps are counted too, but nothing but silence is no picture.
    if not material.notes or not values.size:
        return None
    if feature.kind == "trial":
        return _trials(values, feature, composition)
    return _numbers(values, feature)


def _numbers(values: Array, feature: Feature) -> Picture:
    gaussian = Gaussian()
    gaussian.data = values
    mean = gaussian.calculate_mean()
    stdev = gaussian.calculate_stdev() if values.size > 1 else None
    lowest, highest = values.min(), values.max()
    width = max(1, ceil((highest - lowest + 1) / _MOST_BARS))
    unit = "sixteenths" if feature.unit == "steps" else feature.unit
    edges = np.arange(lowest - 0.5, highest + 0.5 + width, width)
    heights = np.histogram(values, edges)[0].astype(np.float64)
    fit_x = fit_y = np.empty(0)
    # Categories have an order that means nothing, and so no normal distribution.
    number = feature.kind == "number"
    if stdev and number:
        margin = max(2.0, 0.1 * (highest - lowest))
        fit_x = np.linspace(edges[0] - margin, edges[-1] + margin, _CURVE_POINTS)
        fit_y = gaussian.pdf(fit_x) * values.size * width
    return Picture(
        edges,
        heights,
        fit_x,
        fit_y,
        discrete=False,
        mean=mean if number else None,
        stdev=(stdev or None) if number else None,
        x_label="" if feature == PITCH else unit,
        y_label=feature.of,
        names_pitches=feature == PITCH,
        numbers=(
            (feature.of, str(values.size)),
            ("mean", f"{mean:.1f}" if number else "–"),
            ("standard dev.", "–" if stdev is None or not number else f"{stdev:.1f}"),
        ),
        sentence=_number_sentence(values, feature, mean, stdev) if number else "",
        caption=(
            f"Bars: {feature.of}. Curve: fitted normal distribution, mean ± 1 standard deviation."
            if number
            else f"Bars: {feature.of}."
        ),
    )


def _number_sentence(values: Array, feature: Feature, mean: float, stdev: float | None) -> str:
    if stdev is None:
        single = "note" if feature.of == "notes" else "value"
        return f"A single {single} has no spread yet."
    if stdev == 0:
        return f"All {values.size} {feature.of} are equal in this."
    share = float(np.mean(np.abs(values - mean) <= stdev))
    middle = f" around {pitch_name(round(mean))}" if feature == PITCH else ""
    return (
        f"{share:.0%} of the {feature.of} lie within one standard deviation{middle};"
        " of normally distributed ones 68% would."
    )


def _trials(values: Array, feature: Feature, composition: Composition) -> Picture:
    whole = Binomial()
    whole.data = values
    p, n = whole.replace_stats_with_data()
    group = min(GROUP, n)
    groups = values[: n - n % group].reshape(-1, group).sum(axis=1)
    counts = np.arange(group + 1, dtype=np.float64)
    fitted = Binomial(p, group)
    what = f"in {composition.key().name}" if feature == IN_KEY else feature.values
    return Picture(
        np.arange(-0.5, group + 1),
        np.histogram(groups, np.arange(-0.5, group + 1))[0] / len(groups) * 100,
        counts,
        fitted.pdf(counts) * 100,
        discrete=True,
        mean=fitted.mean,
        stdev=fitted.stdev or None,
        x_label=f"{feature.of} {feature.values}, of {group}",
        y_label="% of groups",
        names_pitches=False,
        numbers=((feature.of, str(n)), ("p", f"{p:.2f}"), ("standard dev.", f"{whole.stdev:.1f}")),
        sentence=f"{int(values.sum())} of {n} {feature.of} ({p:.0%}) are {what}.",
        caption=(
            f"Bars: groups of {group} successive {feature.of}. Dots: fitted binomial distribution,"
            " mean ± 1 standard deviation."
        ),
    )
