"""Paints systems of an engraved score: ink on the studio's own ground, notes in any colour."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Final

from PySide6.QtCore import QLineF, QPointF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QFontMetricsF,
    QPainter,
    QPainterPath,
    QPen,
    QTransform,
)

from composer_app.notation.writing.score_shapes import (
    STAFF_SPACE,
    Glyph,
    Line,
    Outline,
    Outlines,
    Shape,
    System,
    Words,
)
from composer_app.studio.widgets.theme import COLORS, mix

# Fonts with the proportions that verovio reckons with; what any machine has is wider.
_FAMILIES: Final = (
    "Times New Roman",
    "Liberation Serif",
    "Nimbus Roman",
    "TeX Gyre Termes",
    "FreeSerif",
)
_NARROWED: Final = 79
# Staff lines stand back behind the notes.
_STAFF_SHARE: Final = 0.45
_FEWEST_PIXELS: Final = 1.0


@dataclass
class _Ink:
    """What is painted in one colour: outlines, and lines by their width."""

    outlines: QPainterPath = field(default_factory=QPainterPath)
    lines: dict[float, list[QLineF]] = field(default_factory=dict)


class SystemPainter:
    """Paints one ``system``, whose glyphs are among ``outlines``; its own coordinates count."""

    def __init__(self, system: System, outlines: Outlines) -> None:
        self._system = system
        self._outlines = outlines
        self._paths: dict[str, QPainterPath] = {}
        self._staves = _Ink()
        self._ink = _Ink()
        self._owned: dict[int, _Ink] = {}
        self._prepare()

    def paint(self, painter: QPainter, scale: float) -> None:
        """All of it in the colours of the theme, ``scale`` pixels to a staff space."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(scale / STAFF_SPACE, scale / STAFF_SPACE)
        _paint(painter, self._staves, mix(COLORS.surface, COLORS.text, _STAFF_SHARE), scale)
        _paint(painter, self._ink, QColor(COLORS.text), scale)
        painter.setPen(QColor(COLORS.text))
        for words in self._system.words:
            _write(painter, words)
        painter.restore()

    def paint_notes(
        self, painter: QPainter, scale: float, notes: Iterable[tuple[int, QColor]]
    ) -> None:
        """The signs of owners in colours of their own, over what was painted before."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(scale / STAFF_SPACE, scale / STAFF_SPACE)
        for owner, color in notes:
            if owner in self._owned:
                _paint(painter, self._owned[owner], color, scale)
        painter.restore()

    def _prepare(self) -> None:
        for glyph in self._system.glyphs:
            path = self._placed(glyph)
            self._ink.outlines.addPath(path)
            if glyph.owner >= 0:
                self._of(glyph.owner).outlines.addPath(path)
        for shape in self._system.shapes:
            _add_shape(self._ink, shape)
            if shape.owner >= 0:
                _add_shape(self._of(shape.owner), shape)
        for line in self._system.lines:
            _add_line(self._staves if line.staff else self._ink, line)
            if line.owner >= 0:
                _add_line(self._of(line.owner), line)
        for ink in (self._ink, *self._owned.values()):
            # Where outlines overlap, both are filled.
            ink.outlines.setFillRule(Qt.FillRule.WindingFill)

    def _of(self, owner: int) -> _Ink:
        return self._owned.setdefault(owner, _Ink())

    def _placed(self, glyph: Glyph) -> QPainterPath:
        if glyph.name not in self._paths:
            self._paths[glyph.name] = path_of(self._outlines.get(glyph.name, ()))
        place = QTransform(glyph.scale, 0, 0, glyph.scale, glyph.x, glyph.y)
        return place.map(self._paths[glyph.name])


def path_of(outline: Outline) -> QPainterPath:
    """An outline as Qt paints it."""
    path = QPainterPath()
    for kind, *numbers in outline:
        match kind:
            case "M":
                path.moveTo(*numbers)
            case "L":
                path.lineTo(*numbers)
            case "C":
                path.cubicTo(*numbers)
            case "Q":
                path.quadTo(*numbers)
            case _:
                path.closeSubpath()
    return path


def _add_shape(ink: _Ink, shape: Shape) -> None:
    # The edges of slurs and beams are thinner than what is seen.
    ink.outlines.addPath(path_of(shape.outline))


def _add_line(ink: _Ink, line: Line) -> None:
    ink.lines.setdefault(line.width, []).append(QLineF(line.x1, line.y1, line.x2, line.y2))


def _paint(painter: QPainter, ink: _Ink, color: QColor, scale: float) -> None:
    thinnest = _FEWEST_PIXELS * STAFF_SPACE / scale
    for width, lines in ink.lines.items():
        pen = QPen(color, max(width, thinnest))
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        painter.drawLines(lines)
    painter.fillPath(ink.outlines, color)


def _write(painter: QPainter, words: Words) -> None:
    font = _font(words)
    width = QFontMetricsF(font).horizontalAdvance(words.text)
    shift = {"start": 0.0, "middle": width / 2, "end": width}[words.anchor]
    painter.setFont(font)
    painter.drawText(QPointF(words.x - shift, words.y), words.text)


def _font(words: Words) -> QFont:
    family = _family()
    font = QFont(family or "serif")
    font.setStyleHint(QFont.StyleHint.Serif)
    font.setPixelSize(max(1, round(words.size)))
    font.setBold(words.bold)
    font.setItalic(words.italic)
    if not family:
        font.setStretch(_NARROWED)
    return font


@cache
def _family() -> str:
    """The first of the fonts that is installed, or nothing."""
    # Some are followed by who made them.
    installed = {name.partition(" [")[0] for name in QFontDatabase.families()}
    return next((name for name in _FAMILIES if name in installed), "")
