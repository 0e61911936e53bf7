"""A fitted column of numbers as a picture."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from matplotlib.ticker import MaxNLocator

from composer_app.analysis.fitting import BinomialFit, GaussianFit
from composer_app.reporting.canvas import HEADER, MARGIN, WIDTH, Canvas, sheet_colors
from composer_app.reporting.plots.colors import PlotColors
from composer_app.reporting.plots.drawing import BODY, draw_diagram, nice
from composer_app.reporting.plots.picture import Array

# This picture stands alone.
_SCALE: Final = 1.3
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
    colors = sheet_colors()
    if isinstance(fit, GaussianFit):
        canvas.legend([("values", colors.bar), ("normal distribution", colors.text)])
        below = "value  (line: mean, lighter: one standard deviation to either side)"
        _draw(canvas, _gaussian_column(fit), colors, below)
    else:
        canvas.legend([("% of groups", colors.bar), ("binomial distribution", colors.text)])
        below = f"successes in {fit.per_group.n} successive trials"
        _draw(canvas, _binomial_column(fit), colors, below)
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


@dataclass(frozen=True, slots=True, eq=False)
class _Column:
    """A diagram of numbers; it has no selection, and nothing to be laid beside."""

    edges: Array
    heights: Array
    fit_x: Array
    fit_y: Array
    mean: float | None
    stdev: float | None
    discrete: bool = False
    chosen: None = None
    reference: None = None


def _gaussian_column(fit: GaussianFit) -> _Column:
    gaussian = fit.distribution
    data, mean, stdev = gaussian.data, gaussian.mean, gaussian.stdev
    edges = _edges(data)
    heights = np.histogram(data, edges)[0].astype(np.float64)
    points = np.empty(0)
    if stdev:
        low = min(float(edges[0]), mean - 3 * stdev)
        high = max(float(edges[-1]), mean + 3 * stdev)
        points = np.linspace(low, high, 400)
    curve = gaussian.pdf(points) * data.size * (edges[1] - edges[0]) if stdev else points
    return _Column(edges, heights, points, np.asarray(curve), mean, stdev or None)


def _binomial_column(fit: BinomialFit) -> _Column:
    shown = fit.per_group
    edges = np.arange(-0.5, shown.n + 1)
    counts = np.arange(shown.n + 1.0)
    observed = np.histogram(fit.groups, edges)[0]
    heights = np.asarray(observed / max(int(observed.sum()), 1) * 100, np.float64)
    curve = np.asarray(shown.pdf(counts) * 100)
    return _Column(edges, heights, counts, curve, shown.mean, shown.stdev or None, discrete=True)


def _draw(canvas: Canvas, column: _Column, colors: PlotColors, below: str) -> None:
    axes = canvas.axes(_INNER)
    places = [column.edges, column.fit_x]
    low, high = (float(pick(np.concatenate(places))) for pick in (np.min, np.max))
    margin = 0.02 * (high - low)
    bars = max(float(column.heights.max()), 1.0)
    # A narrow curve is higher than its bars, which are what matters.
    top = nice(max(bars, min(float(column.fit_y.max(initial=0.0)), 1.5 * bars)))
    draw_diagram(axes, column, colors, (low - margin, high + margin), top, _INNER[3], scale=_SCALE)
    if column.discrete:
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_xlabel(below, color=colors.muted, fontsize=BODY * _SCALE, labelpad=8)


def _edges(data: Array) -> Array:
    """Bars of whole numbers stand on whole numbers."""
    low, high = float(data.min()), float(data.max())
    if (data == np.round(data)).all() and high - low < 1e6:
        step = max(1, -(-int(high - low + 1) // 60))
        return np.asarray(np.arange(low - 0.5, high + 0.5 + step, step), np.float64)
    return np.asarray(np.histogram_bin_edges(data, "auto" if data.size > 5 else 5), np.float64)
