"""Engraved pages as a PDF: matplotlib draws the shapes that ``score_shapes`` finds in them."""

import io
import re
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from composer_app.music.files.cancelling import Wanted, always_wanted, check
from composer_app.notation.writing.score_shapes import Outline, Outlines, System, Words, system_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from matplotlib.path import Path

# Fonts with the letters of as many languages as there are.
_FONTS: Final = ("DejaVu Serif", "DejaVu Sans")
_FURTHER_FONTS: Final = re.compile(r"Noto Serif|Noto Sans|Arial Unicode|Hiragino|MS Gothic|Unifont")
_ANCHORS: Final = {"start": "left", "middle": "center", "end": "right"}
_POINTS_PER_INCH: Final = 72
_A4_INCHES: Final = (8.268, 11.693)


def pdf_bytes(pages: Sequence[str], title: str, wanted: Wanted = always_wanted) -> bytes:
    """A PDF of A4 pages, each of which is an SVG of verovio's.

    Raises :class:`~composer_app.music.files.cancelling.FileCancelledError` between two pages of
    what is not ``wanted`` any more.
    """
    from matplotlib.backends.backend_pdf import PdfPages
    from matplotlib.figure import Figure

    buffer = io.BytesIO()
    outlines: Outlines = {}
    # No date, so that the same music gives the same file.
    about = {"Title": title, "CreationDate": None, "Creator": "Composer"}
    with PdfPages(buffer, metadata=about) as pdf:
        for page in pages:
            check(wanted)
            figure = Figure(figsize=_A4_INCHES)
            _Page(figure, system_of(page, outlines)).draw(outlines)
            pdf.savefig(figure)
    return buffer.getvalue()


class _Page:
    """Puts what is drawn of a page, in verovio's coordinates, onto a figure."""

    def __init__(self, figure: "Figure", drawn: System) -> None:
        from matplotlib.transforms import Affine2D

        self._figure = figure
        self._drawn = drawn
        # Points on the page; figures count from below.
        self._points = figure.get_figwidth() * _POINTS_PER_INCH / drawn.width
        self._to_page = Affine2D().scale(1 / drawn.width, -1 / drawn.height).translate(0, 1)

    def draw(self, outlines: Outlines) -> None:
        """Draw everything; glyphs look as in ``outlines``."""
        from matplotlib.transforms import Affine2D

        for line in self._drawn.lines:
            self._add(_path((("M", line.x1, line.y1), ("L", line.x2, line.y2))), line.width)
        for shape in self._drawn.shapes:
            self._add(_path(shape.outline), shape.stroke)
        paths = {name: _path(outline) for name, outline in outlines.items() if outline}
        glyphs = [
            paths[each.name].transformed(Affine2D().scale(each.scale).translate(each.x, each.y))
            for each in self._drawn.glyphs
            if each.name in paths
        ]
        if glyphs:
            # What is filled and has no edge is drawn at once.
            self._add(type(glyphs[0]).make_compound_path(*glyphs), 0.0)
        for words in self._drawn.words:
            self._write(words)

    def _add(self, path: "Path", stroke: float) -> None:
        """Draw ``path`` in black, with an edge of ``stroke``."""
        from matplotlib.patches import PathPatch

        patch = PathPatch(
            path.transformed(self._to_page),
            facecolor="black",
            edgecolor="black" if stroke else "none",
            linewidth=stroke * self._points,
            capstyle="butt",
            joinstyle="round",
            transform=self._figure.transFigure,
        )
        self._figure.add_artist(patch)

    def _write(self, words: Words) -> None:
        x, y = self._to_page.transform((words.x, words.y))
        self._figure.text(
            x,
            y,
            words.text,
            # What others wrote is no formula.
            parse_math=False,
            family=_fonts(),
            fontsize=words.size * self._points,
            fontweight="bold" if words.bold else "normal",
            fontstyle="italic" if words.italic else "normal",
            ha=_ANCHORS[words.anchor],
            va="baseline",
        )


@cache
def _fonts() -> list[str]:
    """Families in which letters are looked for, one after another."""
    from matplotlib.font_manager import get_font_names

    return [*_FONTS, *(name for name in sorted(get_font_names()) if _FURTHER_FONTS.match(name))]


def _path(outline: Outline) -> "Path":
    """An outline as matplotlib has them."""
    from matplotlib.path import Path

    kinds = {"M": Path.MOVETO, "L": Path.LINETO, "C": Path.CURVE4, "Q": Path.CURVE3}
    points: list[tuple[Any, Any]] = []
    codes: list[int] = []
    for kind, *numbers in outline:
        if kind == "Z":
            points.append(points[-1])
            codes.append(int(Path.CLOSEPOLY))
        else:
            at = list(zip(numbers[::2], numbers[1::2], strict=True))
            points += at
            codes += [int(kinds[kind])] * len(at)
    return Path(points, codes)
