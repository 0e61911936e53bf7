"""The statistics diagram. Importing this imports matplotlib: only in a thread, after first paint.

A :class:`Plotter` lives in the threads of the jobs, one at a time, and hands finished pixels to the
GUI thread. Axes, ticks and legend are drawn when they change, and kept; the bars and curves are
artists made once that are only given new data and drawn onto a copy of what was kept.
"""

import io
from typing import Any, Final

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from composer_app.reporting.plots.drawing import (
    BODY,
    draw_picture,
    family_of,
    limits,
    room,
)
from composer_app.reporting.plots.picture import Picture
from composer_app.reporting.plots.rendered import Frame, RenderedPlot
from composer_app.reporting.plots.words import unit_of

_HEADING: Final = 20.0
# The space around the axes, in pixels.
_LEFT, _RIGHT, _LEGEND, _TICKS, _LABEL = 34, 6, 26, 20, 16
# Around what is in a file.
_EDGE: Final = 16.0
# A lower picture has no legend, whose place its bars need.
_LOW: Final = 124


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
        x, y = limits(picture)
        key = (frame, x, y, room(picture), _axis(picture), tuple(_legend(picture)))
        if key != self._key or self._figure is None:
            self._build(picture, frame)
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

    def _build(self, picture: Picture, frame: Frame) -> None:
        colors, family = frame.colors, family_of(frame.colors.family)
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
        self._artists = draw_picture(
            self._axes, picture, colors, self._box[3], scale=scale, few=low
        )
        if not low:
            _add_legend(figure, picture, frame, family, head, scale)
        self._figure = figure
        self._canvas.draw()  # type: ignore[no-untyped-call]
        self._kept = self._canvas.copy_from_bbox(figure.bbox)  # type: ignore[no-untyped-call]
        self.backgrounds += 1


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
        prop={"family": family, "size": BODY * scale},
    )
    for text in legend.get_texts():
        # A name is no formula.
        text.set_parse_math(False)


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
