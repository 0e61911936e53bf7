"""The statistics diagram. Importing this imports matplotlib: only in a thread, after first paint.

Everything is drawn with artists that are made once and only given new data, without pyplot.
"""

from typing import Final

import numpy as np
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.backends.backend_qtagg import FigureCanvasQTAgg
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.patches import Rectangle
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, ScalarFormatter
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSizePolicy

from composer_app.music.pitch import OCTAVE, pitch_name
from composer_app.studio.statistics_picture import Array, Picture
from composer_app.studio.theme import COLORS, text_font

_BAR_SHARE: Final = 0.84
# Qt counts in pixels of 1/96 inch, matplotlib in points of 1/72.
_POINTS_PER_PIXEL: Final = 72 / 96


class StatisticsCanvas(FigureCanvasQTAgg):
    """Shows one :class:`Picture` at a time."""

    def __init__(self) -> None:
        layout = ConstrainedLayoutEngine(w_pad=0.03, h_pad=0.03)
        figure = Figure(dpi=96, layout=layout, facecolor=COLORS.surface)
        super().__init__(figure)  # type: ignore[no-untyped-call]
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(160, 112)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName("Histogram")
        self._axes = figure.add_subplot()
        self._font = _font()
        _dress(self._axes, self._font)
        axes = self._axes
        self._band = Rectangle(
            (0, 0), 1, 1, transform=axes.get_xaxis_transform(), color=COLORS.accent, alpha=0.13,
            linewidth=0, zorder=1,
        )  # fmt: skip
        axes.add_patch(self._band)
        self._bars = PolyCollection([], facecolor=COLORS.muted, alpha=0.75, linewidth=0, zorder=2)
        axes.add_collection(self._bars, autolim=False)
        self._mean = axes.axvline(
            0, color=COLORS.text, linewidth=1, linestyle=(0, (4, 3)), zorder=3
        )
        (self._curve,) = axes.plot([], [], color=COLORS.accent, linewidth=1.8, zorder=4)

    def show_picture(self, picture: Picture) -> None:
        """Give the artists the data of ``picture`` and draw soon."""
        self._bars.set_verts(_bar_corners(picture.edges, picture.heights))
        self._curve.set_data(picture.fit_x, picture.fit_y)
        self._curve.set_marker("o" if picture.discrete else "")
        self._curve.set_markersize(5)
        self._curve.set_linestyle("" if picture.discrete else "-")
        self._mean.set_visible(picture.mean is not None)
        self._band.set_visible(picture.stdev is not None)
        if picture.mean is not None:
            self._mean.set_xdata([picture.mean, picture.mean])
            if picture.stdev is not None:
                self._band.set_x(picture.mean - picture.stdev)
                self._band.set_width(2 * picture.stdev)
        self._scale_axes(picture)
        self.setAccessibleDescription(picture.sentence)
        self.draw_idle()  # type: ignore[no-untyped-call]

    def _scale_axes(self, picture: Picture) -> None:
        axes = self._axes
        left, right = float(picture.edges[0]), float(picture.edges[-1])
        margin = 0.1 if picture.discrete else max(1.0, 0.06 * (right - left))
        axes.set_xlim(left - margin, right + margin)
        top = max(picture.heights.max(initial=0), picture.fit_y.max(initial=0))
        axes.set_ylim(0, max(float(top), 1.0) * 1.1)
        axes.set_xlabel(picture.x_label)
        axes.set_ylabel(picture.y_label)
        octaves = np.arange(np.ceil(left / OCTAVE), np.floor(right / OCTAVE) + 1) * OCTAVE
        if picture.names_pitches:
            # Cs are what the eye looks for; a narrow range names what it has.
            wide = len(octaves) >= 3
            axes.xaxis.set_major_locator(
                FixedLocator(octaves.tolist()) if wide else MaxNLocator(5, integer=True)
            )
            axes.xaxis.set_major_formatter(FuncFormatter(_pitch_label))
        else:
            axes.xaxis.set_major_locator(MaxNLocator(8, integer=True))
            axes.xaxis.set_major_formatter(ScalarFormatter())
        for label in axes.get_xticklabels():
            label.set_fontfamily(self._font)


def _pitch_label(value: float, _position: int | None) -> str:
    return pitch_name(round(value)) if 0 <= value <= 127 else ""


def _bar_corners(edges: Array, heights: Array) -> list[Array]:
    """Corners of each bar, shape (4, 2), with a little air between them."""
    gap = (edges[1] - edges[0]) * (1 - _BAR_SHARE) / 2
    return [
        np.array([(left + gap, 0), (left + gap, top), (right - gap, top), (right - gap, 0)])
        for left, right, top in zip(edges[:-1], edges[1:], heights, strict=True)
    ]


def _font() -> str:
    """The studio's type where matplotlib has it as well, else its own."""
    family = text_font().family()
    return family if family in font_manager.get_font_names() else "DejaVu Sans"


def _dress(axes: Axes, font: str) -> None:
    axes.set_facecolor(COLORS.surface)
    axes.set_axisbelow(True)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(COLORS.line_strong)
    axes.grid(axis="y", color=COLORS.line, linewidth=0.8)
    size = 11 * _POINTS_PER_PIXEL
    axes.tick_params(colors=COLORS.muted, labelsize=size, length=0, pad=5, labelfontfamily=font)
    axes.yaxis.set_major_locator(MaxNLocator(4, integer=True))
    for axis in (axes.xaxis, axes.yaxis):
        axis.label.set(color=COLORS.muted, fontsize=size, fontfamily=font)
