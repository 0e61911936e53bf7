"""Paints the keyboard: flat ivory and ebony with a lip at the near edge, letters and C names."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPaintDevice, QPainter, QPainterPath, QPen

from composer_app.music.pitch import OCTAVE, pitch_name
from composer_app.studio.keyboard.geometry import BLACK_LENGTH, KeyboardGeometry, KeyShape
from composer_app.studio.widgets.theme import COLORS, mix, text_font, with_alpha

_GAP: Final = 1.0
_FELT: Final = 3.0
_SMALLEST_LABELLED: Final = 15.0
# Pixels below the black keys in which a letter and a name stand at ease.
_ROOM_FOR_TWO_LINES: Final = 42


@dataclass(frozen=True, slots=True)
class KeyboardFace:
    """What the keyboard shows: its keys, which are lit and in what colour, which are held.

    ``letters`` are by the pitches that they play on the unshifted keyboard.
    """

    geometry: KeyboardGeometry
    lit: Mapping[int, QColor]
    held: frozenset[int]
    hints: bool
    letters: Mapping[int, str]
    shift: int
    focused: bool


def paint_keyboard(device: QPaintDevice, face: KeyboardFace, exposed: QRectF) -> None:
    """Paint the part ``exposed`` of ``face`` onto ``device``."""
    painter = QPainter(device)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.fillRect(exposed, QColor(COLORS.background))
    keys = [key for key in face.geometry.shapes() if _rect(key).intersects(exposed)]
    for key in (key for key in keys if not key.black):
        _paint_white(painter, face, key)
    for key in (key for key in keys if key.black):
        _paint_black(painter, face, key)
    _paint_felt(painter, face)
    if face.focused:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(COLORS.accent), 2))
        geometry = face.geometry
        painter.drawRoundedRect(QRectF(1, 1, geometry.width - 2, geometry.height - 2), 4, 4)
    painter.end()


def _rect(key: KeyShape) -> QRectF:
    return QRectF(key.x, 0, key.width, key.height)


def _paint_white(painter: QPainter, face: KeyboardFace, key: KeyShape) -> None:
    # Edges on whole pixels: 19 keys seldom divide the width, and blurred gaps look uneven.
    left, right = round(key.x), round(key.x + key.width)
    rect = QRectF(left + _GAP / 2, 0, right - left - _GAP, key.height - 1)
    color = face.lit.get(key.pitch)
    body, lip = QColor(COLORS.key_white), QColor(COLORS.key_white_edge)
    if color is not None:
        body, lip = mix(body, color, 0.72), mix(lip, color.darker(135), 0.8)
    lip_height = 2.0 if key.pitch in face.held else 5.0
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(lip)
    painter.drawPath(_key_path(rect, 4))
    top = QRectF(rect.left(), rect.top(), rect.width(), rect.height() - lip_height)
    shade = QLinearGradient(top.topLeft(), top.bottomLeft())
    shade.setColorAt(0.0, body.darker(112))
    shade.setColorAt(0.35, body)
    shade.setColorAt(1.0, body.lighter(104))
    painter.setBrush(shade)
    painter.drawPath(_key_path(top, 4))
    _label_white(painter, face, key, top, lit=color is not None)


def _label_white(
    painter: QPainter, face: KeyboardFace, key: KeyShape, rect: QRectF, *, lit: bool
) -> None:
    if key.width < _SMALLEST_LABELLED:
        return
    ink = QColor(COLORS.on_accent) if lit else QColor(COLORS.key_label)
    ends = (face.geometry.lowest, face.geometry.highest)
    # Below the black keys, which reach nearer to the edge on a low keyboard.
    low = rect.height() * (1 - BLACK_LENGTH) < _ROOM_FOR_TWO_LINES
    bottom, line, up = (rect.bottom() - 2, 13, 27) if low else (rect.bottom() - 4, 16, 34)
    if key.pitch % OCTAVE == 0 or key.pitch in ends:
        painter.setFont(text_font(11, bold=key.pitch % OCTAVE == 0))
        painter.setPen(ink)
        label = QRectF(rect.left(), bottom - line, rect.width(), line)
        painter.drawText(label, Qt.AlignmentFlag.AlignCenter, pitch_name(key.pitch))
    letter = face.letters.get(key.pitch - face.shift)
    if face.hints and letter is not None and rect.height() > 80:
        painter.setFont(text_font(11))
        painter.setPen(ink)
        label = QRectF(rect.left(), bottom - up, rect.width(), line)
        painter.drawText(label, Qt.AlignmentFlag.AlignCenter, letter)


def _paint_black(painter: QPainter, face: KeyboardFace, key: KeyShape) -> None:
    rect = QRectF(round(key.x), 0, round(key.width), round(key.height))
    color = face.lit.get(key.pitch)
    edge, top = QColor(COLORS.key_black_edge), QColor(COLORS.key_black)
    if color is not None:
        edge, top = mix(edge, color, 0.35), mix(top, color, 0.78)
    painter.setPen(Qt.PenStyle.NoPen)
    # A soft shadow to the right and below, as from a lamp on the left.
    painter.setBrush(with_alpha(COLORS.shadow, 0.22))
    painter.drawPath(_key_path(rect.adjusted(1, 0, 2, 2), 3))
    painter.setBrush(edge)
    painter.drawPath(_key_path(rect, 3))
    lip = 3.0 if key.pitch in face.held else 7.0
    inner = rect.adjusted(2, 0, -2, -lip)
    shade = QLinearGradient(inner.topLeft(), inner.bottomLeft())
    shade.setColorAt(0.0, top.darker(115))
    shade.setColorAt(0.85, top)
    shade.setColorAt(1.0, top.lighter(115))
    painter.setBrush(shade)
    painter.drawPath(_key_path(inner, 2))
    letter = face.letters.get(key.pitch - face.shift)
    if face.hints and letter is not None and rect.width() >= 11 and rect.height() > 50:
        painter.setFont(text_font(10))
        painter.setPen(QColor(COLORS.on_accent if color is not None else COLORS.key_black_label))
        label = QRectF(rect.left(), inner.bottom() - 18, rect.width(), 14)
        painter.drawText(label, Qt.AlignmentFlag.AlignCenter, letter)


def _paint_felt(painter: QPainter, face: KeyboardFace) -> None:
    width = face.geometry.width
    shade = QLinearGradient(QPointF(0, 0), QPointF(0, 8))
    shade.setColorAt(0.0, with_alpha(COLORS.shadow, 0.55))
    shade.setColorAt(1.0, with_alpha(COLORS.shadow, 0.0))
    painter.fillRect(QRectF(0, 0, width, 8), shade)
    painter.fillRect(QRectF(0, 0, width, _FELT), QColor(COLORS.background))


def _key_path(rect: QRectF, radius: float) -> QPainterPath:
    """A key seen from above: square at the far end, rounded at the near one."""
    path = QPainterPath(rect.topLeft())
    path.lineTo(rect.topRight())
    path.lineTo(rect.right(), rect.bottom() - radius)
    path.quadTo(rect.bottomRight(), QPointF(rect.right() - radius, rect.bottom()))
    path.lineTo(rect.left() + radius, rect.bottom())
    path.quadTo(rect.bottomLeft(), QPointF(rect.left(), rect.bottom() - radius))
    path.closeSubpath()
    return path
