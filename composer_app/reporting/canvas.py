"""Where the pictures of figures are drawn: cards on a dark ground, placed in pixels."""

import io
from collections.abc import Sequence
from typing import Any, Final

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch
from matplotlib.text import Text
from matplotlib.ticker import MaxNLocator

from composer_app.palette import DARK

BACKGROUND, SURFACE, LINE = DARK.background, DARK.surface, DARK.line
TEXT, MUTED = DARK.text, DARK.muted
ACCENT, CURVE, CORPUS, WARNING = DARK.accent, DARK.voices[0], DARK.success, DARK.record

WIDTH: Final = 1600
MARGIN: Final = 40
HEADER: Final = 104
GAP: Final = 16
_DPI: Final = 100
_POINT: Final = 72 / _DPI  # a pixel, in the points that matplotlib measures type in
_FORMATS: Final = ("png", "svg", "pdf")

Box = tuple[float, float, float, float]  # x, y, width, height in pixels from the top left


class Canvas:
    """A figure of ``WIDTH`` by ``height`` pixels with a header."""

    def __init__(self, height: int, title: str, facts: Sequence[str]) -> None:
        self.height = height
        size = (WIDTH / _DPI, height / _DPI)
        self.figure = Figure(figsize=size, dpi=_DPI, facecolor=BACKGROUND)
        FigureCanvasAgg(self.figure)
        self.ground = self.figure.add_axes((0.0, 0.0, 1.0, 1.0))
        self.ground.set(xlim=(0, WIDTH), ylim=(height, 0))
        self.ground.set_axis_off()
        self.text(MARGIN, 42, short(title, 80), 26, weight="bold")
        self.text(MARGIN, 76, "   ·   ".join(facts), 15, MUTED)

    def text(
        self, x: float, y: float, text: str, size: float, color: str = TEXT, **more: Any
    ) -> Text:
        """Text of ``size`` pixels, never read as a formula."""
        more.setdefault("va", "center")
        plain = "".join(letter if letter.isprintable() else " " for letter in text)
        return self.ground.text(
            x, y, plain, fontsize=size * _POINT, color=color, parse_math=False, **more
        )

    def card(self, box: Box, title: str, remark: str = "", color: str = MUTED) -> None:
        """A raised field with a title and a remark under it."""
        x, y, width, height = box
        self.ground.add_patch(
            FancyBboxPatch(
                (x, y),
                width,
                height,
                boxstyle="round,pad=0,rounding_size=6",
                facecolor=SURFACE,
                edgecolor="none",
            )
        )
        self.text(x + 16, y + 22, title, 15, weight="bold")
        self.text(x + 16, y + 44, remark, 12, color)

    def axes(self, box: Box) -> Axes:
        """Axes in the studio's dress inside ``box``."""
        x, y, width, height = box
        axes = self.figure.add_axes(
            (x / WIDTH, 1 - (y + height) / self.height, width / WIDTH, height / self.height)
        )
        axes.set_facecolor("none")
        axes.set_axisbelow(True)
        for side in ("top", "right", "left"):
            axes.spines[side].set_visible(False)
        axes.spines["bottom"].set_color(LINE)
        axes.grid(axis="y", color=LINE, linewidth=0.8)
        axes.tick_params(colors=MUTED, labelsize=11 * _POINT, length=0, pad=5)
        axes.yaxis.set_major_locator(MaxNLocator(4))
        return axes

    def legend(self, entries: Sequence[tuple[str, str]]) -> None:
        """Names with their colours at the right end of the header."""
        x = float(WIDTH - MARGIN)
        for name, color in reversed(entries):
            x -= 8.2 * len(name)
            self.text(x, 76, name, 15)
            self.ground.add_patch(
                FancyBboxPatch(
                    (x - 22, 70),
                    14,
                    12,
                    boxstyle="round,pad=0,rounding_size=3",
                    facecolor=color,
                    edgecolor="none",
                )
            )
            x -= 44

    def written(self, kind: str = "png") -> bytes:
        """The picture as the bytes of a file: "png", "svg" or "pdf"."""
        buffer = io.BytesIO()
        self.figure.savefig(buffer, format=kind, facecolor=BACKGROUND)
        return buffer.getvalue()


def picture_formats() -> tuple[str, ...]:
    """The endings, without a dot, that a picture's name may have."""
    return _FORMATS


def label_axes(axes: Axes, x: str, y: str, size: float = 11) -> None:
    """Names of the axes, and their numbers, in muted type of ``size`` pixels."""
    axes.set_xlabel(x, color=MUTED, fontsize=size * _POINT, labelpad=size * 0.6)
    axes.set_ylabel(y, color=MUTED, fontsize=size * _POINT, labelpad=size * 0.6)
    axes.tick_params(labelsize=size * _POINT)


def short(text: str, letters: int) -> str:
    """``text``, cut to ``letters`` letters."""
    return text if len(text) <= letters else text[: letters - 1] + "…"
