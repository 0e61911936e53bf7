"""A fitted column of numbers as a picture."""

from typing import Final

import numpy as np
from matplotlib.ticker import MaxNLocator

from composer_app.analysis.fitting import BinomialFit, GaussianFit
from composer_app.distributions import Gaussian
from composer_app.reporting.canvas import (
    ACCENT,
    CURVE,
    HEADER,
    MARGIN,
    MUTED,
    WIDTH,
    Canvas,
    label_axes,
)

_HEIGHT: Final = 900
_BOX: Final = (MARGIN, HEADER, WIDTH - 2 * MARGIN, _HEIGHT - HEADER - MARGIN)
_INNER: Final = (
    MARGIN + 76,
    HEADER + 76,
    WIDTH - 2 * MARGIN - 108,
    _HEIGHT - HEADER - MARGIN - 136,
)


def draw_fit(fit: GaussianFit | BinomialFit, title: str, kind: str = "png") -> bytes:
    """Bars of the data and the distribution over them, as the bytes of a file."""
    canvas = Canvas(_HEIGHT, title, _facts(fit))
    canvas.card(_BOX, fit.goodness.sentence)
    if isinstance(fit, GaussianFit):
        canvas.legend([("data", ACCENT), ("normal distribution", CURVE)])
        _draw_gaussian(canvas, fit.distribution)
    else:
        canvas.legend([("data", ACCENT), ("binomial distribution", CURVE)])
        _draw_binomial(canvas, fit)
    return canvas.written(kind)


def _facts(fit: GaussianFit | BinomialFit) -> list[str]:
    shown = fit.distribution
    if isinstance(fit, GaussianFit):
        kind = "of a sample" if fit.sample else "of a population"
        return [
            f"{fit.n:,} values",
            f"mean {shown.mean:.5g}",
            f"deviation {shown.stdev:.5g} {kind}",
        ]
    binomial = fit.distribution
    return [
        f"{binomial.n:,} trials",
        f"p {binomial.p:.4g}",
        f"mean {binomial.mean:.5g}",
        f"deviation {binomial.stdev:.5g}",
    ]


def _draw_gaussian(canvas: Canvas, gaussian: Gaussian) -> None:
    axes = canvas.axes(_INNER)
    data = gaussian.data
    edges = _edges(data)
    axes.hist(data, edges.tolist(), color=ACCENT, rwidth=0.94, density=True)
    mean, stdev = gaussian.mean, gaussian.stdev
    if stdev:
        low = min(float(edges[0]), mean - 3 * stdev)
        high = max(float(edges[-1]), mean + 3 * stdev)
        points = np.linspace(low, high, 400)
        axes.plot(points, gaussian.pdf(points), color=CURVE, linewidth=2)
        for at in (mean - stdev, mean + stdev):
            axes.axvline(at, color=MUTED, linewidth=1, linestyle=(0, (4, 4)))
    axes.axvline(mean, color=CURVE, linewidth=1)
    label_axes(axes, "value  (line: mean, dashed: one standard deviation)", "density", 14)


def _edges(
    data: "np.ndarray[tuple[int], np.dtype[np.float64]]",
) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    """Bars of whole numbers stand on whole numbers."""
    low, high = float(data.min()), float(data.max())
    if (data == np.round(data)).all() and high - low < 1e6:
        step = max(1, -(-int(high - low + 1) // 60))
        return np.asarray(np.arange(low - 0.5, high + 0.5 + step, step), np.float64)
    return np.asarray(np.histogram_bin_edges(data, "auto" if data.size > 5 else 5), np.float64)


def _draw_binomial(canvas: Canvas, fit: BinomialFit) -> None:
    axes = canvas.axes(_INNER)
    counts = np.arange(fit.per_group.n + 1.0)
    observed = np.histogram(fit.groups, np.arange(-0.5, fit.per_group.n + 1))[0]
    axes.bar(counts, observed / max(int(observed.sum()), 1), 0.86, color=ACCENT)
    axes.plot(counts, fit.per_group.pdf(counts), "o", color=CURVE, markersize=9)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    label_axes(axes, f"successes in {fit.per_group.n} successive trials", "share of groups", 14)
