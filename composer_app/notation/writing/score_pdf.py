"""Engraved pages as a PDF, drawn by matplotlib.

Of SVG it knows what verovio makes of our scores: paths, ellipses, rectangles, polygons, glyphs that
are defined once and used often, text, and groups that are moved or scaled.
"""

import io
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from composer_app.music.files.cancelling import Wanted, always_wanted, check

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from matplotlib.path import Path as Outline
    from matplotlib.transforms import Transform

_SVG: Final = "{http://www.w3.org/2000/svg}"
_LINK: Final = "{http://www.w3.org/1999/xlink}href"
_TRANSFORM: Final = re.compile(r"(translate|scale)\(([^)]*)\)")
# Verovio's own style sheet, which stands in each of its files.
_BOLD: Final = frozenset({"ending", "fing", "reh", "tempo"})
_ITALIC: Final = frozenset({"dir", "dynam", "mNum"})
# Fonts with the letters of as many languages as there are.
_FONTS: Final = ("DejaVu Serif", "DejaVu Sans")
_FURTHER_FONTS: Final = re.compile(r"Noto Serif|Noto Sans|Arial Unicode|Hiragino|MS Gothic|Unifont")
_ANCHORS: Final = {"start": "left", "middle": "center", "end": "right"}
_POINTS_PER_INCH: Final = 72
_A4_INCHES: Final = (8.268, 11.693)


@dataclass(frozen=True)
class _State:
    """What an element inherits: where it is, and how its text looks."""

    transform: "Transform"
    size: float = 0.0
    bold: bool = False
    italic: bool = False


def pdf_bytes(pages: Sequence[str], title: str, wanted: Wanted = always_wanted) -> bytes:
    """A PDF of A4 pages, each of which is an SVG of verovio's.

    Raises :class:`~composer_app.music.files.cancelling.FileCancelledError` between two pages of
    what is not ``wanted`` any more.
    """
    from matplotlib.backends.backend_pdf import PdfPages
    from matplotlib.figure import Figure

    buffer = io.BytesIO()
    # No date, so that the same music gives the same file.
    about = {"Title": title, "CreationDate": None, "Creator": "Composer"}
    with PdfPages(buffer, metadata=about) as pdf:
        for page in pages:
            check(wanted)
            figure = Figure(figsize=_A4_INCHES)
            _Page(figure, ET.fromstring(page)).draw()
            pdf.savefig(figure)
    return buffer.getvalue()


class _Page:
    def __init__(self, figure: "Figure", root: ET.Element) -> None:
        self._figure = figure
        self._root = root
        self._glyphs = {
            glyph.get("id", ""): glyph for defs in root.iter(f"{_SVG}defs") for glyph in defs
        }
        self._scale = 1.0
        self._fonts = _fonts()
        # What is filled and has no edge, to be drawn at once.
        self._filled: list[Outline] = []

    def draw(self) -> None:
        from matplotlib.transforms import Affine2D

        drawing = self._root.find(f"{_SVG}svg")
        assert drawing is not None
        width, height = (float(number) for number in drawing.get("viewBox", "").split()[2:])
        # Points on the page; figures count from below.
        self._scale = self._figure.get_figwidth() * _POINTS_PER_INCH / width
        to_page = Affine2D().scale(1 / width, -1 / height).translate(0, 1)
        for child in drawing:
            self._draw(child, _State(to_page))
        if self._filled:
            self._add(type(self._filled[0]).make_compound_path(*self._filled), 0.0)

    def _draw(self, element: ET.Element, state: _State) -> None:
        tag = element.tag.removeprefix(_SVG)
        state = _inherited(element, state)
        if tag == "g":
            for child in element:
                self._draw(child, state)
        elif tag == "text":
            self._write(element, state)
        elif tag == "use":
            for outline in self._glyph(element.get(_LINK, "").removeprefix("#")):
                self._filled.append(outline.transformed(state.transform))
        else:
            shape = _shape(tag, element)
            if shape is not None:
                stroke = float(element.get("stroke-width", 0)) * self._scale
                self._add(shape.transformed(state.transform), stroke)

    def _add(self, outline: "Outline", stroke: float) -> None:
        """Draw ``outline``, which is in shares of the page, its edge in points."""
        from matplotlib.patches import PathPatch

        patch = PathPatch(
            outline,
            facecolor="black",
            edgecolor="black" if stroke else "none",
            linewidth=stroke,
            capstyle="butt",
            joinstyle="round",
            transform=self._figure.transFigure,
        )
        self._figure.add_artist(patch)

    def _glyph(self, name: str) -> Iterator["Outline"]:
        from matplotlib.transforms import Affine2D

        for path in self._glyphs[name].iter(f"{_SVG}path"):
            outline = _shape("path", path)
            if outline is not None:
                yield outline.transformed(_transform(path, Affine2D()))

    def _write(self, element: ET.Element, state: _State) -> None:
        """The text of ``element``, all its runs in a row, in the size of the longest."""
        runs = [(each, text) for each, text in _runs(element, state) if text]
        if not runs:
            return
        holder = next((e for e in element.iter() if e.get("x") or e.get("y")), element)
        at = (float(holder.get("x", 0)), float(holder.get("y", 0)))
        first = runs[0][0]
        longest = max(runs, key=lambda run: len(run[1].strip()))[0]
        x, y = first.transform.transform(at)
        self._figure.text(
            x,
            y,
            "".join(text for _, text in runs),
            # What others wrote is no formula.
            parse_math=False,
            family=self._fonts,
            fontsize=longest.size * self._scale,
            fontweight="bold" if first.bold else "normal",
            fontstyle="italic" if first.italic else "normal",
            ha=_ANCHORS[holder.get("text-anchor", element.get("text-anchor", "start"))],
            va="baseline",
        )


@cache
def _fonts() -> list[str]:
    """Families in which letters are looked for, one after another."""
    from matplotlib.font_manager import get_font_names

    return [*_FONTS, *(name for name in sorted(get_font_names()) if _FURTHER_FONTS.match(name))]


def _inherited(element: ET.Element, state: _State) -> _State:
    classes = set(element.get("class", "").split())
    size = element.get("font-size")
    weight, style = element.get("font-weight"), element.get("font-style")
    return replace(
        state,
        transform=_transform(element, state.transform),
        size=float(size.removesuffix("px")) if size else state.size,
        bold=weight == "bold" if weight else state.bold or bool(classes & _BOLD),
        italic=style == "italic" if style else state.italic or bool(classes & _ITALIC),
    )


def _transform(element: ET.Element, outer: "Transform") -> "Transform":
    """From the coordinates of ``element`` to those that ``outer`` leads to."""
    from matplotlib.transforms import Affine2D

    own = Affine2D()
    for kind, numbers in reversed(_TRANSFORM.findall(element.get("transform", ""))):
        x, *rest = (float(number) for number in numbers.replace(",", " ").split())
        y = rest[0] if rest else (x if kind == "scale" else 0.0)
        own = own.scale(x, y) if kind == "scale" else own.translate(x, y)
    return own + outer


def _runs(element: ET.Element, state: _State) -> Iterator[tuple[_State, str]]:
    for child in element:
        if child.tag == f"{_SVG}title":
            continue
        inner = _inherited(child, state)
        # What stands between elements puts them on lines of their own, and is not text.
        if child.text and (not len(child) or child.text.strip()):
            yield inner, child.text
        yield from _runs(child, inner)


def _shape(tag: str, element: ET.Element) -> "Outline | None":
    from matplotlib.path import Path as Outline
    from matplotlib.transforms import Affine2D

    def number(name: str) -> float:
        return float(element.get(name, 0))

    if tag == "path":
        return _path(element.get("d", ""))
    if tag == "ellipse":
        place = Affine2D().scale(number("rx"), number("ry")).translate(number("cx"), number("cy"))
        return Outline.unit_circle().transformed(place)
    if tag == "rect":
        place = Affine2D().scale(number("width"), number("height"))
        return Outline.unit_rectangle().transformed(place.translate(number("x"), number("y")))
    if tag == "polygon":
        numbers = [float(each) for each in element.get("points", "").replace(",", " ").split()]
        corners = list(zip(numbers[::2], numbers[1::2], strict=True))
        return Outline([*corners, corners[0]], closed=True) if corners else None
    return None


def _path(description: str) -> "Outline | None":
    """An SVG path as one of matplotlib's."""
    from fontTools.pens.recordingPen import RecordingPen
    from fontTools.svgLib.path import parse_path
    from matplotlib.path import Path as Outline

    pen: Any = RecordingPen()
    parse_path(description, pen)
    points: list[tuple[float, float]] = []
    codes: list[int] = []
    kinds = {
        "moveTo": Outline.MOVETO,
        "lineTo": Outline.LINETO,
        "curveTo": Outline.CURVE4,
        "qCurveTo": Outline.CURVE3,
    }
    for kind, given in pen.value:
        if kind in kinds:
            points.extend(given)
            codes.extend([int(kinds[kind])] * len(given))
        elif kind == "closePath":
            points.append(points[-1])
            codes.append(int(Outline.CLOSEPOLY))
    return Outline(points, codes) if points else None
