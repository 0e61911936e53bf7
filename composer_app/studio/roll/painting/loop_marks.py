"""The loop in the piano roll: where it lies on the grid, and how it looks."""

from typing import Final

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPolygonF

from composer_app.music.timing import TICKS_PER_STEP
from composer_app.studio.roll.geometry import RollGeometry
from composer_app.studio.widgets.theme import COLORS, with_alpha

# A drag keeps to bars where beats are narrower than this.
_NARROWEST_BEAT: Final = 12.0
_BAND: Final = 4.0
_FLAG: Final = 6.0


def loop_steps(geometry: RollGeometry, here: float, there: float) -> tuple[float, float]:
    """The loop between two steps, in whole beats, or bars where beats are too narrow to aim at."""
    first, last = sorted((max(here, 0.0), max(there, 0.0)))
    start, end = (
        _nearest(_unit_at(geometry, first), first),
        _nearest(_unit_at(geometry, last), last),
    )
    # Nothing is not a loop: the unit that the mouse is in.
    return (start, end) if start < end else _unit_at(geometry, first)


def _unit_at(geometry: RollGeometry, step: float) -> tuple[float, float]:
    """First and last edge of the beat of ``step``, or of its bar where beats are too narrow."""
    bar = geometry.meters.bar_at_step(step)
    pulse = bar.meter.ticks_per_pulse / TICKS_PER_STEP
    if pulse * geometry.pixels_per_step < _NARROWEST_BEAT:
        return float(bar.first_step), float(bar.end_step)
    # In an upbeat the beats are counted back from the downbeat.
    origin = bar.end_step if bar.number == 0 else bar.first_step
    start = origin + (step - origin) // pulse * pulse
    return max(start, float(bar.first_step)), min(start + pulse, float(bar.end_step))


def _nearest(unit: tuple[float, float], step: float) -> float:
    return unit[0] if step - unit[0] < unit[1] - step else unit[1]


def paint_loop(
    painter: QPainter, geometry: RollGeometry, loop: tuple[float, float], area: QRectF, *, on: bool
) -> None:
    """In the ruler: a band from flag to flag; grey while it is not in use."""
    ink = QColor(COLORS.accent if on else COLORS.line_strong)
    left, right = round(geometry.x(loop[0])), round(geometry.x(loop[1]))
    top, bottom = area.top(), area.bottom() - 1
    painter.save()
    if on:
        painter.fillRect(
            QRectF(left, top, right - left, bottom - top), with_alpha(COLORS.accent, 0.16)
        )
    painter.fillRect(QRectF(left, top, right - left, _BAND), ink)
    painter.fillRect(QRectF(left, top, 2, bottom - top), ink)
    painter.fillRect(QRectF(right - 2, top, 2, bottom - top), ink)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(ink)
    painter.setPen(ink)
    flag = top + _BAND
    for x, way in ((left + 2, 1), (right - 2, -1)):
        corners = (QPointF(x, flag), QPointF(x + way * _FLAG, flag), QPointF(x, flag + _FLAG))
        painter.drawPolygon(QPolygonF(corners))
    painter.restore()


def paint_loop_ends(
    painter: QPainter, geometry: RollGeometry, loop: tuple[float, float], area: QRectF
) -> None:
    """In the picture: a line at each end of a loop that is in use."""
    for step in loop:
        x = round(geometry.x(step))
        painter.fillRect(QRectF(x, area.top(), 1, area.height()), with_alpha(COLORS.accent, 0.55))
