"""Verovio's SVG as plain shapes, for whoever paints a score with something that knows no SVG.

Of SVG it knows what verovio makes of our scores: paths, ellipses, rectangles, polygons, glyphs that
are defined once and used often, text, and groups that are moved or scaled. Coordinates are
verovio's, of which the lines of a staff are :data:`STAFF_SPACE` apart; y counts downward.
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final, NamedTuple

from composer_app.notation.writing.marks import Mark, mark_of

STAFF_SPACE: Final = 180.0
_SVG: Final = "{http://www.w3.org/2000/svg}"
_LINK: Final = "{http://www.w3.org/1999/xlink}href"
_TRANSFORM: Final = re.compile(r"(translate|scale)\(([^)]*)\)")
_STRAIGHT: Final = re.compile(r"M(-?[\d.]+)[ ,](-?[\d.]+) ?L(-?[\d.]+)[ ,](-?[\d.]+)")
# Verovio's own style sheet, which stands in each of its files.
_BOLD: Final = frozenset({"ending", "fing", "reh", "tempo"})
_ITALIC: Final = frozenset({"dir", "dynam", "mNum"})
# What only an editor would show.
_HIDDEN: Final = "placeholder"
# Signs of a music font that stand between letters, as letters that text fonts have.
_LETTERS: Final = str.maketrans(
    {
        "\ueca5": "\u2669",
        "\ueca7": "\u266a",
        "\ued60": "\u266d",
        "\ued61": "\u266e",
        "\ued62": "\u266f",
        "\ue260": "\u266d",
        "\ue261": "\u266e",
        "\ue262": "\u266f",
    }
)

# ("M" or "L", x, y), ("C", x, y, x, y, x, y), ("Q", x, y, x, y) or ("Z",).
Outline = tuple[tuple[Any, ...], ...]
Box = tuple[float, float, float, float]


class Glyph(NamedTuple):
    """The glyph ``name``, ``scale`` times as large, with its origin at (x, y)."""

    name: str
    x: float
    y: float
    scale: float
    owner: int


class Line(NamedTuple):
    """A straight line; ``staff`` if it is one of a staff's."""

    x1: float
    y1: float
    x2: float
    y2: float
    width: float
    staff: bool
    owner: int


class Shape(NamedTuple):
    """A filled outline, its edge ``stroke`` wide."""

    outline: Outline
    stroke: float
    owner: int


class Words(NamedTuple):
    """Text with its baseline at y, ``anchor`` ("start", "middle" or "end") of it at x."""

    x: float
    y: float
    size: float
    anchor: str
    bold: bool
    italic: bool
    text: str
    kind: str


@dataclass
class System:
    """All that is drawn of one system, and what of the piece it shows.

    The ``owner`` of a shape is an index into ``marks``, -1 where it belongs to no note or rest.
    ``heads`` has the box (left, top, right, bottom) of the note heads of each mark, ``bars`` those
    of the bars by their index, from the first line of the first staff to the last of the last.
    """

    width: float = 0.0
    height: float = 0.0
    glyphs: list[Glyph] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    shapes: list[Shape] = field(default_factory=list)
    words: list[Words] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    heads: dict[int, Box] = field(default_factory=dict)
    bars: dict[int, Box] = field(default_factory=dict)


Outlines = dict[str, Outline]


class _State(NamedTuple):
    """What an element inherits: where it is, whose it is, and how its text looks."""

    scale_x: float = 1.0
    scale_y: float = 1.0
    x: float = 0.0
    y: float = 0.0
    size: float = 0.0
    bold: bool = False
    italic: bool = False
    kind: str = ""
    owner: int = -1
    bar: int = -1

    def place(self, x: float, y: float) -> tuple[float, float]:
        return self.x + self.scale_x * x, self.y + self.scale_y * y


def system_of(svg: str, outlines: Outlines) -> System:
    """What the page ``svg`` of verovio's shows; glyphs that are new to ``outlines`` go there."""
    return _Reader(ET.fromstring(svg), outlines).read()


class _Reader:
    def __init__(self, root: ET.Element, outlines: Outlines) -> None:
        self._root = root
        self._outlines = outlines
        self._system = System()
        for defs in root.iter(f"{_SVG}defs"):
            for glyph in defs:
                name = _glyph_name(glyph.get("id", ""))
                if name not in outlines:
                    outlines[name] = _glyph_outline(glyph)

    def read(self) -> System:
        drawing = self._root.find(f"{_SVG}svg")
        assert drawing is not None
        numbers = drawing.get("viewBox", "0 0 0 0").split()
        self._system.width, self._system.height = float(numbers[2]), float(numbers[3])
        for child in drawing:
            self._draw(child, _State())
        return self._system

    def _draw(self, element: ET.Element, state: _State) -> None:
        tag = element.tag.removeprefix(_SVG)
        if tag == "g":
            kinds = element.get("class", "").split()
            if _HIDDEN in kinds:
                return
            state = self._inside(element, kinds, state)
            for child in element:
                self._draw(child, state)
        elif tag == "text":
            self._write(element, state)
        elif tag == "use":
            self._use(element, _moved(element, state))
        elif tag == "path":
            self._draw_path(element, state)
        else:
            outline = _simple_outline(tag, element, state)
            if outline is not None:
                stroke = float(element.get("stroke-width", 0)) * abs(state.scale_x)
                self._system.shapes.append(Shape(outline, stroke, state.owner))

    def _inside(self, element: ET.Element, kinds: Sequence[str], state: _State) -> _State:
        state = _moved(element, state)
        owner, bar = state.owner, state.bar
        mark = mark_of(element.get("id", ""))
        if mark is not None and mark.kind == "bar":
            bar = mark.number
        elif mark is not None:
            owner = len(self._system.marks)
            self._system.marks.append(mark)
        if not kinds:
            return state if owner == state.owner else state._replace(owner=owner)
        return state._replace(
            bold=state.bold or not _BOLD.isdisjoint(kinds),
            italic=state.italic or not _ITALIC.isdisjoint(kinds),
            kind=kinds[0],
            owner=owner,
            bar=bar,
        )

    def _use(self, element: ET.Element, state: _State) -> None:
        name = _glyph_name(element.get(_LINK, "").removeprefix("#"))
        x, y = state.place(0.0, 0.0)
        glyph = Glyph(name, x, y, state.scale_x, state.owner)
        self._system.glyphs.append(glyph)
        if state.kind == "notehead" and state.owner >= 0:
            box = _bounds(self._outlines.get(name, ()), glyph)
            known = self._system.heads.get(state.owner)
            self._system.heads[state.owner] = box if known is None else _joined(known, box)
        elif state.owner >= 0 and self._system.marks[state.owner].kind == "rest":
            self._system.heads[state.owner] = _bounds(self._outlines.get(name, ()), glyph)

    def _draw_path(self, element: ET.Element, state: _State) -> None:
        description = element.get("d", "")
        stroke = float(element.get("stroke-width", 0)) * abs(state.scale_x)
        straight = _STRAIGHT.fullmatch(description.strip())
        if straight is None:
            outline = _placed(_outline(description), state)
            self._system.shapes.append(Shape(outline, stroke, state.owner))
            return
        x1, y1, x2, y2 = (float(number) for number in straight.groups())
        begin, end = state.place(x1, y1), state.place(x2, y2)
        staff = state.kind == "staff" and begin[1] == end[1]
        self._system.lines.append(Line(*begin, *end, stroke, staff, state.owner))
        if staff and state.bar >= 0:
            box = (begin[0], begin[1], end[0], end[1])
            known = self._system.bars.get(state.bar)
            self._system.bars[state.bar] = box if known is None else _joined(known, box)

    def _write(self, element: ET.Element, state: _State) -> None:
        """The text of ``element``, all its runs in a row, in the size of the longest."""
        runs = [(each, text) for each, text in _runs(element, state) if text]
        text = "".join(text for _, text in runs).translate(_LETTERS)
        if not text.strip():
            return
        holder = next((e for e in element.iter() if e.get("x") or e.get("y")), element)
        first = runs[0][0]
        longest = max(runs, key=lambda run: len(run[1].strip()))[0]
        x, y = first.place(float(holder.get("x", 0)), float(holder.get("y", 0)))
        anchor = holder.get("text-anchor", element.get("text-anchor", "start"))
        size = longest.size * state.scale_y
        kind = state.kind
        self._system.words.append(Words(x, y, size, anchor, first.bold, first.italic, text, kind))


def _moved(element: ET.Element, state: _State) -> _State:
    transform = element.get("transform")
    if not transform:
        return state
    scale_x, scale_y, x, y = state.scale_x, state.scale_y, state.x, state.y
    for kind, numbers in _TRANSFORM.findall(transform):
        first, *rest = (float(number) for number in numbers.replace(",", " ").split())
        second = rest[0] if rest else (first if kind == "scale" else 0.0)
        if kind == "translate":
            x, y = x + scale_x * first, y + scale_y * second
        else:
            scale_x, scale_y = scale_x * first, scale_y * second
    return state._replace(scale_x=scale_x, scale_y=scale_y, x=x, y=y)


def _runs(element: ET.Element, state: _State) -> Iterator[tuple[_State, str]]:
    for child in element:
        if child.tag == f"{_SVG}title":
            continue
        size, kinds = child.get("font-size"), set(child.get("class", "").split())
        weight, style = child.get("font-weight"), child.get("font-style")
        inner = state._replace(
            size=float(size.removesuffix("px")) if size else state.size,
            bold=weight == "bold" if weight else state.bold or bool(kinds & _BOLD),
            italic=style == "italic" if style else state.italic or bool(kinds & _ITALIC),
        )
        # What stands between elements puts them on lines of their own, and is not text.
        if child.text and (not len(child) or child.text.strip()):
            yield inner, child.text
        yield from _runs(child, inner)


def _glyph_name(name: str) -> str:
    """Without the number of the page that its definition stands on."""
    return name.partition("-")[0]


def _glyph_outline(glyph: ET.Element) -> Outline:
    commands: list[tuple[Any, ...]] = []
    for path in glyph.iter(f"{_SVG}path"):
        commands += _placed(_outline(path.get("d", "")), _moved(path, _State()))
    return tuple(commands)


@cache
def _parser() -> Any:
    from fontTools.pens.recordingPen import RecordingPen
    from fontTools.svgLib.path import parse_path

    return RecordingPen, parse_path


def _outline(description: str) -> Outline:
    recording_pen, parse_path = _parser()
    pen = recording_pen()
    parse_path(description, pen)
    kinds = {"moveTo": "M", "lineTo": "L", "curveTo": "C", "qCurveTo": "Q"}
    commands: list[tuple[Any, ...]] = []
    for kind, points in pen.value:
        if kind in kinds:
            commands.append((kinds[kind], *(number for point in points for number in point)))
        elif kind == "closePath":
            commands.append(("Z",))
    return tuple(commands)


def _placed(outline: Outline, state: _State) -> Outline:
    return tuple(
        (kind, *(number for at in _pairs(rest) for number in state.place(*at)))
        for kind, *rest in outline
    )


def _simple_outline(tag: str, element: ET.Element, state: _State) -> Outline | None:
    def number(name: str) -> float:
        return float(element.get(name, 0))

    if tag == "ellipse":
        rx, ry = number("rx"), number("ry")
        return _placed(_ellipse(number("cx"), number("cy"), rx, ry), state)
    if tag == "rect":
        left, top = number("x"), number("y")
        right, bottom = left + number("width"), top + number("height")
        corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
    elif tag in ("polygon", "polyline"):
        numbers = [float(each) for each in element.get("points", "").replace(",", " ").split()]
        corners = list(_pairs(numbers))
    else:
        return None
    if not corners:
        return None
    lines = (("M" if not place else "L", *at) for place, at in enumerate(corners))
    return _placed((*lines, ("Z",)), state)


def _ellipse(x: float, y: float, rx: float, ry: float) -> Outline:
    # How far the handles of a quarter of a circle reach.
    kx, ky = 0.5523 * rx, 0.5523 * ry
    return (
        ("M", x + rx, y),
        ("C", x + rx, y + ky, x + kx, y + ry, x, y + ry),
        ("C", x - kx, y + ry, x - rx, y + ky, x - rx, y),
        ("C", x - rx, y - ky, x - kx, y - ry, x, y - ry),
        ("C", x + kx, y - ry, x + rx, y - ky, x + rx, y),
        ("Z",),
    )


def _pairs(numbers: Sequence[float]) -> Iterator[tuple[float, float]]:
    return zip(numbers[::2], numbers[1::2], strict=True)


def _bounds(outline: Outline, glyph: Glyph) -> Box:
    """The box of a glyph's corners and handles where it stands."""
    points = [at for _, *rest in outline for at in _pairs(rest)] or [(0.0, 0.0)]
    xs = [glyph.x + glyph.scale * x for x, _ in points]
    ys = [glyph.y + glyph.scale * y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)


def _joined(first: Box, second: Box) -> Box:
    return (
        min(first[0], second[0]),
        min(first[1], second[1]),
        max(first[2], second[2]),
        max(first[3], second[3]),
    )
