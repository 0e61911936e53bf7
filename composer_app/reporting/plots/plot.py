"""The statistics diagram. Importing this imports matplotlib: only in a thread, after first paint.

A :class:`Plotter` lives in the threads of the jobs, one at a time, and hands finished pixels to the
GUI thread. Axes, ticks and legend are drawn when they change, and kept; the bars and curves are
artists made once that are only given new data and drawn onto a copy of what was kept.
"""

import io
from math import ceil
from typing import Any, Final

import numpy as np
from matplotlib import font_manager
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle, StepPatch
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator

from composer_app.analysis.features import PITCH
from composer_app.music.pitch import OCTAVE
from composer_app.reporting.plots.colors import PlotColors
from composer_app.reporting.plots.picture import Array, Picture, ReferenceSeries
from composer_app.reporting.plots.rendered import Frame, RenderedPlot
from composer_app.reporting.plots.words import unit_of, value_name

_BAR_SHARE: Final = 0.84
_BODY: Final = 11.0
_HEADING: Final = 20.0
# The space around the axes, in pixels.
_LEFT, _RIGHT, _LEGEND, _TICKS, _LABEL = 34, 6, 26, 20, 16
# Heights of the axis, and into how many parts lines divide each.
_NICE: Final = {1.0: 2, 1.2: 3, 1.6: 4, 2.0: 2, 3.0: 3, 4.0: 4, 6.0: 3, 8.0: 4}
# Where the means stand above the bars, in pixels below the top.
_WHISKERS: Final = (5.0, 13.0)
# Around what is in a file.
_EDGE: Final = 16.0
# A lower picture has no legend, whose place its bars need.
_LOW: Final = 124
# The pitches that are named, from all of the white keys to every other C: what musicians look for.
_NAMED: Final = (
    ((0, 2, 4, 5, 7, 9, 11), OCTAVE),
    ((0, 4, 7), OCTAVE),
    ((0,), OCTAVE),
    ((0,), 2 * OCTAVE),
)
_MOST_PITCHES: Final = 7
_DASHES: Final = (0, (4, 3))


class Plotter:
    """Draws pictures; not to be used by two threads at once."""

    def __init__(self) -> None:
        self._figure: Figure | None = None
        self._key: tuple[object, ...] = ()
        self._kept: Any = None
        # How often the axes were drawn; what is drawn upon them is cheap.
        self.backgrounds = 0

    def draw(self, picture: Picture, frame: Frame) -> RenderedPlot:
        """``picture`` as pixels."""
        x, y = _limits(picture)
        key = (frame, x, y, _room(picture), _axis(picture), tuple(_legend(picture)))
        if key != self._key or self._figure is None:
            self._build(picture, frame, x, y)
            self._key = key
        figure, canvas = self._figure, self._canvas
        assert figure is not None
        canvas.restore_region(self._kept)  # type: ignore[no-untyped-call]
        for artist in self._artists.give(picture):
            self._axes.draw_artist(artist)
        pixels = np.array(canvas.buffer_rgba())  # type: ignore[no-untyped-call]
        return RenderedPlot(pixels, frame, self._box, x, y, picture)

    def written(self, picture: Picture, frame: Frame, kind: str) -> bytes:
        """``picture`` as the bytes of a "png" or "svg" file."""
        self.draw(picture, frame)
        assert self._figure is not None
        buffer = io.BytesIO()
        # Text stays text in an SVG, to be edited, and small.
        self._figure.savefig(buffer, format=kind, facecolor=frame.colors.ground)
        return buffer.getvalue()

    def _build(
        self, picture: Picture, frame: Frame, x: tuple[float, float], y: tuple[float, float]
    ) -> None:
        colors, family = frame.colors, _family(frame.colors.family)
        # At 72 dots per inch a point is a pixel.
        figure = Figure((frame.width / 72, frame.height / 72), dpi=72 * frame.ratio)
        figure.set_facecolor(colors.ground)
        self._canvas = FigureCanvasAgg(figure)
        head = _head(figure, frame, family)
        scale = 1.25 if frame.heading else 1.0
        label = unit_of(picture.feature) or picture.discrete
        bottom = scale * (_TICKS + (_LABEL if label else 0)) + 2 + (_EDGE if frame.heading else 0)
        edge = _EDGE if frame.heading else 0.0
        left, right = scale * _LEFT + edge, scale * _RIGHT + edge
        low = frame.height < _LOW
        top = head + (8.0 if low else scale * _LEGEND)
        self._box = (
            left, top, max(frame.width - left - right, 16), max(frame.height - top - bottom, 16)
        )  # fmt: skip
        width, height = frame.width, frame.height
        self._axes = figure.add_axes(
            (left / width, 1 - (top + self._box[3]) / height,
             self._box[2] / width, self._box[3] / height)
        )  # fmt: skip
        _dress(self._axes, colors, family, scale)
        self._axes.set(xlim=x, ylim=y)
        _mark_heights(self._axes, y[1] / _room(picture), few=low)
        _name_axis(self._axes, picture, colors, family, scale)
        self._artists = _Artists(self._axes, colors, self._box[3])
        if not low:
            _add_legend(figure, picture, frame, family, head, scale)
        self._figure = figure
        self._canvas.draw()  # type: ignore[no-untyped-call]
        self._kept = self._canvas.copy_from_bbox(figure.bbox)  # type: ignore[no-untyped-call]
        self.backgrounds += 1


class _Artists:
    """What changes with the data; drawn in this order."""

    def __init__(self, axes: Axes, colors: PlotColors, height: float) -> None:
        self._heights = [1 - below / height for below in _WHISKERS]
        across = axes.get_xaxis_transform()
        self.band = Rectangle((0, 0), 1, 1, transform=across, color=colors.band, linewidth=0)
        self.bars = PolyCollection([], facecolor=colors.bar, linewidth=0)
        self.chosen = PolyCollection([], facecolor=colors.accent, linewidth=0)
        outline: dict[str, Any] = {"baseline": None, "fill": False, "linewidth": 1.6}
        self.reference = StepPatch(
            np.zeros(1), np.arange(2.0), edgecolor=colors.reference, **outline
        )
        self.curve = Line2D([], [], color=colors.text, linewidth=1.6)
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

    def give(self, picture: Picture) -> list[Artist]:
        """The artists with the data of ``picture``, but for those that have none."""
        mean, stdev = picture.mean, picture.stdev
        self.bars.set_verts(_corners(picture.edges, picture.heights))
        self.chosen.set_verts(
            _corners(picture.edges, inside.heights) if (inside := _inside(picture)) else []
        )
        self.curve.set_data(picture.fit_x, picture.fit_y)
        self.curve.set_marker("o" if picture.discrete else "")
        self.curve.set_markersize(5)
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


def _inside(picture: Picture) -> ReferenceSeries | None:
    """The selected notes that are drawn inside the bars."""
    # Groups of a selection would be other groups.
    return None if picture.discrete else picture.chosen


def _limits(picture: Picture) -> tuple[tuple[float, float], tuple[float, float]]:
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
    top = _nice(max(bars, min(float(picture.fit_y.max(initial=0.0)), 1.5 * bars)))
    return (left - margin, right + margin), (0.0, top * _room(picture))


def _room(picture: Picture) -> float:
    """The axis goes so many times as high as the highest round number, for what stands above."""
    whiskers = picture.mean is not None and (picture.reference or picture.chosen)
    return 1.22 if whiskers else 1.06


def _nice(top: float) -> float:
    """The next round whole number."""
    power = 10.0 ** np.floor(np.log10(top))
    rounds = (each * power for each in _NICE)
    fit = (each for each in rounds if each >= top and each == np.round(each))
    return float(next(fit, 10 * power))


def _axis(picture: Picture) -> tuple[object, ...]:
    return picture.feature.id, picture.group


def _legend(picture: Picture) -> list[str]:
    names = ["% of groups" if picture.discrete else picture.counted]
    names.append(("binomial" if picture.discrete else "normal") if picture.fit else "")
    names.append(picture.reference.title if picture.reference else "")
    names.append("selected" if picture.chosen else "")
    return names


def _add_legend(
    figure: Figure,
    picture: Picture,
    frame: Frame,
    family: str,
    head: float,
    scale: float,
) -> None:
    colors = frame.colors

    def patch(color: str) -> Rectangle:
        return Rectangle((0, 0), 1, 1, color=color, linewidth=0)

    def line(color: str, *, dots: bool = False) -> Line2D:
        style = {"marker": "o", "markersize": 5.0, "linestyle": ""} if dots else {}
        return Line2D([], [], color=color, linewidth=1.8, **style)  # type: ignore[arg-type]

    marks = (
        patch(colors.bar),
        line(colors.text, dots=picture.discrete),
        line(colors.reference),
        patch(colors.accent),
    )
    pairs = [(mark, name) for mark, name in zip(marks, _legend(picture), strict=True) if name]
    legend = figure.legend(
        [mark for mark, _ in pairs],
        [_short(name) for _, name in pairs],
        loc="upper left",
        bbox_to_anchor=(
            (_EDGE if frame.heading else 2) / frame.width,
            1 - (head + 1) / frame.height,
        ),
        ncols=len(pairs),
        frameon=False,
        borderpad=0.2,
        borderaxespad=0.0,
        handlelength=1.0,
        handleheight=0.8,
        handletextpad=0.45,
        columnspacing=1.1,
        labelcolor=colors.muted,
        prop={"family": family, "size": _BODY * scale},
    )
    for text in legend.get_texts():
        # A name is no formula.
        text.set_parse_math(False)


def _named_pitches(left: float, right: float) -> list[int]:
    """The pitches on the axis: as many as there is room for."""
    for classes, span in _NAMED:
        pitches = [pitch for pitch in range(ceil(left), ceil(right)) if pitch % span in classes]
        if len(pitches) <= _MOST_PITCHES:
            break
    # Within a few semitones there may be none of those.
    return pitches or [round((left + right) / 2)]


def _short(name: str) -> str:
    return name if len(name) <= 18 else f"{name[:17]}…"


def _head(figure: Figure, frame: Frame, family: str) -> float:
    """Write heading and caption; their height in pixels."""
    if not frame.heading:
        return 0.0
    colors, height = frame.colors, frame.height
    place: dict[str, Any] = {"ha": "left", "va": "top", "family": family, "parse_math": False}
    figure.text(
        _EDGE / frame.width, 1 - _EDGE / height, frame.heading, color=colors.text,
        fontsize=_HEADING, fontweight="bold", **place,
    )  # fmt: skip
    lines = frame.caption.count("\n") + 1 if frame.caption else 0
    figure.text(
        _EDGE / frame.width, 1 - 48 / height, frame.caption, color=colors.muted, fontsize=13,
        linespacing=1.4, **place,
    )  # fmt: skip
    return 56.0 + 19.0 * lines


def _corners(edges: Array, heights: Array) -> list[Array]:
    """Corners of each bar, shape (4, 2), with a little air between them."""
    gap = (edges[1] - edges[0]) * (1 - _BAR_SHARE) / 2
    return [
        np.array([(left + gap, 0), (left + gap, top), (right - gap, top), (right - gap, 0)])
        for left, right, top in zip(edges[:-1], edges[1:], heights, strict=True)
        if top > 0
    ]


def _family(wanted: str) -> str:
    """The studio's type where matplotlib has it as well, else its own."""
    return wanted if wanted in font_manager.get_font_names() else "DejaVu Sans"


def _dress(axes: Axes, colors: PlotColors, family: str, scale: float) -> None:
    axes.set_facecolor(colors.ground)
    axes.set_axisbelow(True)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(colors.axis)
    axes.grid(axis="y", color=colors.line, linewidth=0.8)
    axes.tick_params(
        colors=colors.muted, labelsize=_BODY * scale, length=0, pad=5, labelfontfamily=family
    )


def _mark_heights(axes: Axes, top: float, *, few: bool) -> None:
    """Lines at whole numbers that divide ``top``, a round one, evenly."""
    first = round(top / 10 ** np.floor(np.log10(top) + 1e-9), 1)
    parts = min(_NICE[first], round(top))
    if few and parts == 4:
        parts = 2
    axes.yaxis.set_major_locator(FixedLocator(np.linspace(0, top, parts + 1).tolist()))


def _name_axis(axes: Axes, picture: Picture, colors: PlotColors, family: str, scale: float) -> None:
    feature = picture.feature
    left, right = axes.get_xlim()
    unit = unit_of(feature)
    if picture.discrete:
        unit = f"of {picture.group} {feature.of}, {feature.values}"
    axes.set_xlabel(unit, color=colors.muted, fontsize=_BODY * scale, fontfamily=family, labelpad=3)
    if feature.kind == "category":
        axes.xaxis.set_major_locator(FixedLocator(list(range(OCTAVE))))
    elif feature == PITCH:
        axes.xaxis.set_major_locator(FixedLocator(_named_pitches(left, right)))
    else:
        axes.xaxis.set_major_locator(MaxNLocator(8, integer=True, min_n_ticks=1))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda v, _: value_name(feature, round(v))))
