"""Where the pictures of figures are drawn: cards on a dark ground, placed in pixels."""

import io
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch
from matplotlib.text import Text

from composer_app.palette import DARK
from composer_app.reporting.plots.colors import PlotColors, colors_of
from composer_app.reporting.plots.question import Part

# Where matplotlib brings a type of its own along, it looks the same everywhere.
_FAMILY: Final = "DejaVu Sans"

WIDTH: Final = 1600
MARGIN: Final = 40
HEADER: Final = 104
GAP: Final = 16
# A pixel is a point then, in which matplotlib measures type and lines.
_DPI: Final = 72
_FORMATS: Final = ("png", "svg", "pdf")

Box = tuple[float, float, float, float]  # x, y, width, height in pixels from the top left


def sheet_colors(part: Part = "all") -> PlotColors:
    """The colours of a diagram on a card, whose bars are of ``part``.

    Nothing can be selected in a file, so that the bars of all tracks have the colour that stands
    for what is selected in the window.
    """
    colors = colors_of(DARK, _FAMILY, part)
    return colors if isinstance(part, int) else replace(colors, bar=colors.accent)


class Canvas:
    """A figure of ``WIDTH`` by ``height`` pixels with a header."""

    def __init__(self, height: int, title: str, facts: Sequence[str]) -> None:
        self.height = height
        size = (WIDTH / _DPI, height / _DPI)
        self.figure = Figure(figsize=size, dpi=_DPI, facecolor=DARK.background)
        FigureCanvasAgg(self.figure)
        self.ground = self.figure.add_axes((0.0, 0.0, 1.0, 1.0))
        self.ground.set(xlim=(0, WIDTH), ylim=(height, 0))
        self.ground.set_axis_off()
        self.text(MARGIN, 42, short(title, 80), 26, weight="bold")
        self.text(MARGIN, 76, "   ·   ".join(facts), 15, DARK.muted)

    def text(
        self, x: float, y: float, text: str, size: float, color: str = DARK.text, **more: Any
    ) -> Text:
        """Text of ``size`` pixels, never read as a formula."""
        more.setdefault("va", "center")
        plain = "".join(letter if letter.isprintable() else " " for letter in text)
        return self.ground.text(x, y, plain, fontsize=size, color=color, parse_math=False, **more)

    def card(self, box: Box, title: str, remark: str = "", color: str = DARK.muted) -> None:
        """A raised field with a title and a remark under it."""
        x, y, width, height = box
        self.ground.add_patch(
            FancyBboxPatch(
                (x, y),
                width,
                height,
                boxstyle="round,pad=0,rounding_size=6",
                facecolor=DARK.surface,
                edgecolor="none",
            )
        )
        self.text(x + 16, y + 22, title, 15, weight="bold")
        self.text(x + 16, y + 44, remark, 12, color)

    def axes(self, box: Box) -> Axes:
        """Axes inside ``box``, for a diagram."""
        x, y, width, height = box
        return self.figure.add_axes(
            (x / WIDTH, 1 - (y + height) / self.height, width / WIDTH, height / self.height)
        )

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
        self.figure.savefig(buffer, format=kind, facecolor=DARK.background)
        return buffer.getvalue()


def picture_formats() -> tuple[str, ...]:
    """The endings, without a dot, that a picture's name may have."""
    return _FORMATS


def short(text: str, letters: int) -> str:
    """``text``, cut to ``letters`` letters."""
    return text if len(text) <= letters else text[: letters - 1] + "…"
