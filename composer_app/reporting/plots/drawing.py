"""How a statistic is drawn on axes, in the window and in every file. This imports matplotlib.

Bars, the fitted curve, what they are laid beside and the selected notes are artists that are made
once for some axes, and given the data of one diagram after the other.
"""

from math import ceil
from typing import Any, Final, Protocol

import numpy as np
from matplotlib import font_manager
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle, StepPatch
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator

from composer_app.analysis.features import PITCH
from composer_app.music.pitch import OCTAVE
from composer_app.reporting.plots.colors import PlotColors
from composer_app.reporting.plots.picture import Array, Picture, ReferenceSeries
from composer_app.reporting.plots.words import unit_of, value_name

BODY: Final = 11.0
_BAR_SHARE: Final = 0.84
# Heights of the axis, and into how many parts lines divide each.
_NICE: Final = {1.0: 2, 1.2: 3, 1.6: 4, 2.0: 2, 3.0: 3, 4.0: 4, 6.0: 3, 8.0: 4}
# Where the means stand above the bars, in pixels below the top.
_WHISKERS: Final = (5.0, 13.0)
# The pitches that are named, from all of the white keys to every other C: what musicians look for.
_NAMED: Final = (
    ((0, 2, 4, 5, 7, 9, 11), OCTAVE),
    ((0, 4, 7), OCTAVE),
    ((0,), OCTAVE),
    ((0,), 2 * OCTAVE),
)
_MOST_PITCHES: Final = 7
_DASHES: Final = (0, (4, 3))


class Diagram(Protocol):
    """What is drawn; :class:`Picture` is one, and so is a fitted column of numbers.

    Everything is in the units of the axes: ``edges`` (bars + 1) and ``heights`` (bars), the fit's
    ``fit_x`` and ``fit_y`` (points), which are dots where it is ``discrete``.
    """

    @property
    def edges(self) -> Array:
        """Where bars begin and end."""

    @property
    def heights(self) -> Array:
        """How high they are."""

    @property
    def fit_x(self) -> Array:
        """Of the fitted distribution; empty without one."""

    @property
    def fit_y(self) -> Array:
        """Of the fitted distribution; empty without one."""

    @property
    def mean(self) -> float | None:
        """The middle of the values."""

    @property
    def stdev(self) -> float | None:
        """How far one standard deviation reaches to either side."""

    @property
    def discrete(self) -> bool:
        """Whether the fit is of single numbers."""

    @property
    def chosen(self) -> ReferenceSeries | None:
        """The selected ones among the values."""

    @property
    def reference(self) -> ReferenceSeries | None:
        """What they are laid beside."""


def draw_picture(
    axes: Axes,
    picture: Picture,
    colors: PlotColors,
    height: float,
    *,
    scale: float = 1.0,
    few: bool = False,
) -> "Artists":
    """Draw ``picture`` on ``axes``, as :func:`draw_diagram` does, between its :func:`limits`."""
    x, y = limits(picture)
    top = y[1] / room(picture)
    artists = draw_diagram(axes, picture, colors, x, top, height, scale=scale, few=few)
    name_axis(axes, picture, colors, family_of(colors.family), scale)
    return artists


def draw_diagram(
    axes: Axes,
    diagram: Diagram,
    colors: PlotColors,
    x: tuple[float, float],
    top: float,
    height: float,
    *,
    scale: float = 1.0,
    few: bool = False,
) -> "Artists":
    """Draw ``diagram`` on ``axes``, which are ``height`` pixels high, within ``x``.

    ``top`` is a round number: that of the highest line, of which there are ``few`` in a low
    diagram. Type is ``scale`` times as large. Where a canvas draws and does not save, it leaves
    out the artists, which are returned: whoever wants to see other data soon draws those.
    """
    dress(axes, colors, family_of(colors.family), scale)
    axes.set(xlim=x, ylim=(0.0, top * room(diagram)))
    mark_heights(axes, top, few=few)
    artists = Artists(axes, colors, height, scale)
    artists.give(diagram)
    return artists


class Artists:
    """What changes with the data; drawn in this order."""

    def __init__(self, axes: Axes, colors: PlotColors, height: float, scale: float) -> None:
        self._heights = [1 - below / height for below in _WHISKERS]
        across = axes.get_xaxis_transform()
        self.band = Rectangle((0, 0), 1, 1, transform=across, color=colors.band, linewidth=0)
        self.bars = PolyCollection([], facecolor=colors.bar, linewidth=0)
        self.chosen = PolyCollection([], facecolor=colors.accent, linewidth=0)
        outline: dict[str, Any] = {"baseline": None, "fill": False, "linewidth": 1.6 * scale}
        self.reference = StepPatch(
            np.zeros(1), np.arange(2.0), edgecolor=colors.reference, **outline
        )
        self.curve = Line2D([], [], color=colors.text, linewidth=1.6 * scale, markersize=5 * scale)
        self.mean = Line2D([], [], color=colors.text, linewidth=1, linestyle=_DASHES)
        self.mean.set_transform(across)
        self.whiskers = [
            Line2D([], [], color=color, linewidth=2, marker="o", markersize=5, markevery=[1])
            for color in (colors.reference, colors.accent)
        ]
        self._every: list[Artist] = [
            self.band, self.bars, self.chosen, self.reference, self.mean, self.curve,
            *self.whiskers,
        ]  # fmt: skip
        for whisker in self.whiskers:
            whisker.set_transform(across)
        for place, artist in enumerate(self._every):
            artist.set_animated(True)
            artist.set_zorder(3 + place)
            if isinstance(artist, PolyCollection):
                axes.add_collection(artist, autolim=False)
            elif isinstance(artist, Line2D):
                axes.add_line(artist)
            else:
                axes.add_artist(artist)
        axes.set_autoscale_on(False)

    def give(self, picture: Diagram) -> list[Artist]:
        """The artists with the data of ``picture``, but for those that have none."""
        mean, stdev = picture.mean, picture.stdev
        self.bars.set_verts(_corners(picture.edges, picture.heights))
        self.chosen.set_verts(
            _corners(picture.edges, inside.heights) if (inside := _inside(picture)) else []
        )
        self.curve.set_data(picture.fit_x, picture.fit_y)
        self.curve.set_marker("o" if picture.discrete else "")
        self.curve.set_linestyle("" if picture.discrete else "-")
        self.band.set_visible(mean is not None and stdev is not None)
        if mean is not None and stdev is not None:
            self.band.set_x(mean - stdev)
            self.band.set_width(2 * stdev)
        self.mean.set_data([] if mean is None else [mean, mean], [] if mean is None else [0, 1])
        self.reference.set_visible(picture.reference is not None)
        if picture.reference is not None:
            # With ends on the ground.
            edges, heights = picture.edges, picture.reference.heights
            step = edges[1] - edges[0]
            self.reference.set_data(
                np.concatenate(([0.0], heights, [0.0])),
                np.concatenate(([edges[0] - step], edges, [edges[-1] + step])),
            )
        for whisker, beside, y in zip(
            self.whiskers, (picture.reference, picture.chosen), self._heights, strict=True
        ):
            shown = beside is not None and mean is not None
            whisker.set_visible(shown)
            if beside is not None and shown:
                m, s = beside.mean, beside.stdev
                whisker.set_data([m - s, m, m + s], [y, y, y])
        return [artist for artist in self._every if artist.get_visible()]


def _inside(picture: Diagram) -> ReferenceSeries | None:
    """The selected notes that are drawn inside the bars."""
    # Groups of a selection would be other groups.
    return None if picture.discrete else picture.chosen


def limits(picture: Picture) -> tuple[tuple[float, float], tuple[float, float]]:
    """Of both axes, in steps, so that they often stay when a note is added."""
    left, right = float(picture.edges[0]), float(picture.edges[-1])
    if not picture.discrete and picture.feature.kind == "number":
        step = 4 * (picture.edges[1] - picture.edges[0])
        left = float(np.floor((left + 0.5) / step) * step - 0.5)
        right = float(np.ceil((right - left) / step) * step + left)
    margin = 0.02 * (right - left)
    rows = (picture.reference, _inside(picture))
    besides = [row.heights.max(initial=0.0) for row in rows if row is not None]
    bars = max(float(picture.heights.max(initial=1.0)), *besides, 1.0)
    # A narrow curve is higher than its bars, which are what matters.
    top = nice(max(bars, min(float(picture.fit_y.max(initial=0.0)), 1.5 * bars)))
    return (left - margin, right + margin), (0.0, top * room(picture))


def room(picture: Diagram) -> float:
    """The axis goes so many times as high as the highest round number, for what stands above."""
    whiskers = picture.mean is not None and (picture.reference or picture.chosen)
    return 1.22 if whiskers else 1.06


def nice(top: float) -> float:
    """The next round whole number."""
    power = 10.0 ** np.floor(np.log10(top))
    rounds = (each * power for each in _NICE)
    fit = (each for each in rounds if each >= top and each == np.round(each))
    return float(next(fit, 10 * power))


def named_pitches(left: float, right: float) -> list[int]:
    """The pitches on the axis: as many as there is room for."""
    for classes, span in _NAMED:
        pitches = [pitch for pitch in range(ceil(left), ceil(right)) if pitch % span in classes]
        if len(pitches) <= _MOST_PITCHES:
            break
    # Within a few semitones there may be none of those.
    return pitches or [round((left + right) / 2)]


def _corners(edges: Array, heights: Array) -> list[Array]:
    """Corners of each bar, shape (4, 2), with a little air between them."""
    gap = (edges[1] - edges[0]) * (1 - _BAR_SHARE) / 2
    return [
        np.array([(left + gap, 0), (left + gap, top), (right - gap, top), (right - gap, 0)])
        for left, right, top in zip(edges[:-1], edges[1:], heights, strict=True)
        if top > 0
    ]


def family_of(wanted: str) -> str:
    """The studio's type where matplotlib has it as well, else its own."""
    return wanted if wanted in font_manager.get_font_names() else "DejaVu Sans"


def dress(axes: Axes, colors: PlotColors, family: str, scale: float) -> None:
    """Lines, ground and numbers in ``colors``; type ``scale`` times as large."""
    axes.set_facecolor(colors.ground)
    axes.set_axisbelow(True)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(colors.axis)
    axes.grid(axis="y", color=colors.line, linewidth=0.8)
    axes.tick_params(
        colors=colors.muted, labelsize=BODY * scale, length=0, pad=5, labelfontfamily=family
    )


def mark_heights(axes: Axes, top: float, *, few: bool) -> None:
    """Lines at whole numbers that divide ``top``, a round one, evenly."""
    first = round(top / 10 ** np.floor(np.log10(top) + 1e-9), 1)
    parts = min(_NICE[first], round(top))
    if few and parts == 4:
        parts = 2
    axes.yaxis.set_major_locator(FixedLocator(np.linspace(0, top, parts + 1).tolist()))


def name_axis(axes: Axes, picture: Picture, colors: PlotColors, family: str, scale: float) -> None:
    """Name the values of the feature below the axis."""
    feature = picture.feature
    left, right = axes.get_xlim()
    unit = unit_of(feature)
    if picture.discrete:
        unit = f"of {picture.group} {feature.of}, {feature.values}"
    axes.set_xlabel(unit, color=colors.muted, fontsize=BODY * scale, fontfamily=family, labelpad=3)
    if feature.kind == "category":
        axes.xaxis.set_major_locator(FixedLocator(list(range(OCTAVE))))
    elif feature == PITCH:
        axes.xaxis.set_major_locator(FixedLocator(named_pitches(left, right)))
    else:
        axes.xaxis.set_major_locator(MaxNLocator(8, integer=True, min_n_ticks=1))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda v, _: value_name(feature, round(v))))
