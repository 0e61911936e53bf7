"""What is painted over the piano roll's notes: selected, highlighted, locked, and the band."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPainterPath, QPen, QTransform

from composer_app.late_numpy import np
from composer_app.music.editing.note_edits import NoteKey
from composer_app.studio.roll.geometry import RollGeometry, note_rect
from composer_app.studio.widgets.theme import COLORS, with_alpha

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Told apart without colour: selected notes have a thick frame, highlighted ones a thin dashed one.
_SELECTED_FRAME: Final = 2.0
_SELECTED_LIGHT: Final = 0.30
_ROOM_FOR_LINE: Final = 8
_HIGHLIGHT_FRAME: Final = 1.5
_HIGHLIGHT_LIGHT: Final = 0.16
# Marks stand out from their notes by up to this many pixels.
REACH: Final = 4
_BAND_FILL: Final = 0.14
_SPAN_FILL: Final = 0.10
# A locked note is hatched, and wears a padlock where there is room for it.
_HATCH_GAP: Final = 5
_HATCH_DARKNESS: Final = 0.34
_PADLOCK: Final = 9.0
_ROOM_FOR_PADLOCK: Final = 26


class MarkedNotes:
    """Some notes as an array, since those in a small strip are looked up at every repaint.

    Hidden tracks' notes are left out.
    """

    def __init__(self, notes: Iterable[NoteKey] = (), hidden: Iterable[int] = ()) -> None:
        unseen = set(hidden)
        self._rows = [(n.onset, n.release, n.pitch) for track, n in notes if track not in unseen]

    def __len__(self) -> int:
        return len(self._rows)

    @cached_property
    def _array(self) -> NDArray[np.float64]:
        return np.array(self._rows, np.float64).reshape(-1, 3)

    def within(self, geometry: RollGeometry, area: QRectF) -> NDArray[np.float64]:
        """Onset, release and pitch (notes, 3) of those whose marks may reach into ``area``."""
        first, last, lowest, highest = geometry.box(
            area.left() - REACH, area.top() - REACH, area.right() + REACH, area.bottom() + REACH
        )
        start, end, pitch = self._array.T
        hits = (start <= last) & (end > first) & (pitch >= lowest) & (pitch <= highest)
        near: NDArray[np.float64] = self._array[hits]
        return near

    def rects(self, geometry: RollGeometry, area: QRectF) -> list[QRectF]:
        """Rectangles of those whose marks may reach into ``area`` (content pixels)."""
        return [
            QRectF(*note_rect(geometry, start, end, int(pitch)))
            for start, end, pitch in self.within(geometry, area).tolist()
        ]


def paint_selected(painter: QPainter, rects: Sequence[QRectF]) -> None:
    """Brighter, in a solid frame that stands around the note."""
    if not rects:
        return
    # One shape, lest two notes in one place be twice as bright.
    shape = QPainterPath()
    shape.setFillRule(Qt.FillRule.WindingFill)
    for rect in rects:
        shape.addRect(rect)
    # Multiplies what is there, so that the dark letters on the notes stay dark.
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_ColorDodge)
    painter.fillPath(shape, QColor.fromRgbF(_SELECTED_LIGHT, _SELECTED_LIGHT, _SELECTED_LIGHT))
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    frame = QPen(QColor(COLORS.playhead), _SELECTED_FRAME)
    frame.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    dark = QPen(QColor(COLORS.on_accent), 1)
    for rect in rects:
        radius = _radius(rect)
        if rect.width() >= _ROOM_FOR_LINE:
            # A dark line between note and frame keeps them apart whatever the voice's colour.
            painter.setPen(dark)
            painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
        painter.setPen(frame)
        painter.drawRoundedRect(rect.adjusted(-1, -1, 1, 1), radius + 1.5, radius + 1.5)


def paint_highlighted(painter: QPainter, rects: Sequence[QRectF]) -> None:
    """A little brighter, in a thin dashed frame."""
    if not rects:
        return
    frame = QPen(QColor(COLORS.playhead), _HIGHLIGHT_FRAME)
    frame.setDashPattern([2.0, 1.5])
    painter.setPen(frame)
    painter.setBrush(with_alpha(COLORS.playhead, _HIGHLIGHT_LIGHT))
    for rect in rects:
        radius = _radius(rect)
        painter.drawRoundedRect(rect.adjusted(-0.5, -0.5, 0.5, 0.5), radius + 1, radius + 1)


def paint_span(
    painter: QPainter, geometry: RollGeometry, span: tuple[int, int], area: QRectF
) -> None:
    """The bars that are selected, from top to bottom of ``area``."""
    left, right = round(geometry.x(span[0])), round(geometry.x(span[1]))
    column = QRectF(left, area.top(), right - left, area.height()) & area
    if column.isEmpty():
        return
    painter.fillRect(column, with_alpha(COLORS.accent, _SPAN_FILL))
    for x in (left, right - 1):
        if area.left() <= x <= area.right():
            painter.fillRect(QRectF(x, area.top(), 1, area.height()), QColor(COLORS.accent))


def paint_band(painter: QPainter, band: QRectF) -> None:
    """The rubber band."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setPen(QPen(QColor(COLORS.accent), 1))
    painter.setBrush(with_alpha(COLORS.accent, _BAND_FILL))
    painter.drawRect(band)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)


def paint_locked(painter: QPainter, rect: QRectF) -> None:
    """The mark of a note that is locked: hatched, with a padlock at its end where it fits."""
    radius = _radius(rect)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_hatching())
    painter.drawRoundedRect(rect, radius, radius)
    if rect.width() >= _ROOM_FOR_PADLOCK and rect.height() >= _PADLOCK + 1:
        centre = QPointF(rect.right() - 4 - _PADLOCK / 2, rect.center().y())
        paint_padlock(painter, centre, COLORS.on_accent)


@lru_cache(maxsize=1)
def _hatching() -> QBrush:
    """Slanting lines, one pattern for all notes, fine enough for a ratio of 2."""
    side = 2 * _HATCH_GAP
    picture = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(with_alpha(COLORS.on_accent, _HATCH_DARKNESS), 3))
    # With the corners of its neighbours, so that the lines go on.
    for shift in (-side, 0, side):
        painter.drawLine(QLineF(shift - 2, side + 2, shift + side + 2, -2))
    painter.end()
    brush = QBrush(picture)
    brush.setTransform(QTransform.fromScale(0.5, 0.5))
    return brush


def paint_padlock(painter: QPainter, centre: QPointF, color: str) -> None:
    """A small closed padlock around ``centre``, 9 px high."""
    painter.save()
    painter.translate(centre)
    painter.setPen(QPen(QColor(color), 1.3))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    bow = QPainterPath(QPointF(-2, 0))
    bow.lineTo(-2, -1.6)
    bow.arcTo(QRectF(-2, -3.8, 4, 4), 180, -180)
    bow.lineTo(2, 0)
    painter.drawPath(bow)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(color))
    painter.drawRoundedRect(QRectF(-3.5, -0.3, 7, 4.8), 1, 1)
    painter.restore()


def _radius(rect: QRectF) -> float:
    return min(3.0, rect.height() / 3, rect.width() / 3)
