"""Paints the piano roll's parts: tiles of rows, grid and notes, the ruler, the column of keys."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen, QPolygonF

from composer_app.music.instrumentation.instruments import SHORT_DRUM_NAMES
from composer_app.music.pitch import OCTAVE, is_black_key, pitch_name
from composer_app.studio.roll.geometry import RollGeometry, note_rect
from composer_app.studio.roll.notes import TrackNotes
from composer_app.studio.roll.painting.marks import paint_locked, paint_padlock
from composer_app.studio.roll.painting.overview import is_far, paint_far
from composer_app.studio.widgets.theme import COLORS, mix, text_font, voice_color, with_alpha

RULER_HEIGHT: Final = 28
KEYS_WIDTH: Final = 56
# Pixels of rows that names of drums can be read in, and of the largest letters they have.
_LEAST_NAMED_ROW: Final = 8
_LARGEST_NAME: Final = 10
HANDLE_HEIGHT: Final = 12
_LINE_COLORS: Final = {
    "bar": COLORS.line_bar,
    "beat": COLORS.line_beat,
    "step": COLORS.line_step,
}
# The melody is the brightest voice; within a voice, velocity decides.
_MELODY_SHARES: Final = (0.60, 1.0)
_VOICE_SHARES: Final = (0.42, 0.88)
_BRIGHTNESS_LEVELS: Final = 16
_ONSET_WIDTH: Final = 2.0
_SMALLEST_LABELLED: Final = 24
# Told apart without colour: the first voice is outlined, the others carry light edges.
_TOP_EDGE: Final = frozenset({1, 2})
_BOTTOM_EDGE: Final = frozenset({2, 3})


@dataclass(frozen=True, slots=True)
class VoiceStyle:
    """How a track's notes look: body and onset stripe for each level of brightness, edges."""

    bodies: tuple[QColor, ...]
    onsets: tuple[QColor, ...]
    edge: QColor
    outlined: bool
    top: bool
    bottom: bool


@lru_cache(maxsize=64)
def voice_style(track: int) -> VoiceStyle:
    """The style of track ``track``; 0 is the melody."""
    color = voice_color(track)
    low, high = _MELODY_SHARES if track == 0 else _VOICE_SHARES
    shares = [
        low + (high - low) * level / (_BRIGHTNESS_LEVELS - 1) for level in range(_BRIGHTNESS_LEVELS)
    ]
    bodies = tuple(mix(COLORS.row, color, share) for share in shares)
    return VoiceStyle(
        bodies,
        tuple(mix(body, COLORS.note_rim, 0.62) for body in bodies),
        mix(color, COLORS.note_rim, 0.4),
        outlined=track == 0,
        top=track % 4 in _TOP_EDGE,
        bottom=track % 4 in _BOTTOM_EDGE,
    )


def paint_tile(
    painter: QPainter,
    geometry: RollGeometry,
    tracks: Sequence[TrackNotes | None],
    area: QRectF,
) -> None:
    """Paint the part ``area`` (pixels of the roll) with its notes; None for a hidden track."""
    paint_grid(painter, geometry, area)
    first, last = geometry.step(area.left() - 2), geometry.step(area.right() + 2)
    lowest, highest = geometry.pitch(area.bottom()), geometry.pitch(area.top())
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    # The melody last, so that it lies on top where voices meet.
    for index in reversed(range(len(tracks))):
        track = tracks[index]
        if track is None:
            continue
        style = voice_style(index)
        if is_far(geometry):
            paint_far(painter, geometry, track, style.bodies, area)
            continue
        font = _label_font(geometry.row_height)
        rows = track.within(first, last, lowest, highest).tolist()
        for start, end, row, velocity, locked in rows:
            pitch = int(row)
            rect = QRectF(*note_rect(geometry, start, end, pitch))
            _paint_note(painter, rect, style, int(velocity))
            if locked:
                paint_locked(painter, rect)
            if font is not None and rect.width() >= _SMALLEST_LABELLED:
                _paint_label(painter, rect, font, track.initial, track.name_of(pitch))


def paint_grid(painter: QPainter, geometry: RollGeometry, area: QRectF) -> None:
    """Rows shaded as a piano's keys are, an octave's edge at each C, and bar and beat lines."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.fillRect(area, QColor(COLORS.row))
    for pitch in range(geometry.pitch(area.bottom()), geometry.pitch(area.top()) + 1):
        top = geometry.y(pitch)
        if is_black_key(pitch):
            row = QRectF(area.left(), top, area.width(), geometry.row_height)
            painter.fillRect(row, QColor(COLORS.row_black))
        elif pitch % OCTAVE in (0, 5):
            # Under C and under F two white keys meet: the two places an eye counts from.
            color = COLORS.row_octave if pitch % OCTAVE == 0 else COLORS.line_step
            bottom = top + geometry.row_height - 1
            painter.fillRect(QRectF(area.left(), bottom, area.width(), 1), QColor(color))
    inks: dict[str, QColor] = {}
    for line in geometry.grid_lines(geometry.step(area.left() - 1), geometry.step(area.right())):
        ink = inks.get(line.level)
        if ink is None:
            # One strength for all lines of a level.
            ink = inks[line.level] = mix(COLORS.row, _LINE_COLORS[line.level], line.strength)
        painter.fillRect(QRectF(round(geometry.x(line.step)), area.top(), 1, area.height()), ink)


def _paint_note(painter: QPainter, rect: QRectF, style: VoiceStyle, velocity: int) -> None:
    level = (velocity - 1) * _BRIGHTNESS_LEVELS // 127
    radius = min(3.0, rect.height() / 3, rect.width() / 3)
    painter.setBrush(style.bodies[level])
    if style.outlined and rect.height() >= 6 and rect.width() >= 5:
        painter.setPen(QPen(style.edge, 1))
        painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
        painter.setPen(Qt.PenStyle.NoPen)
    else:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawRoundedRect(rect, radius, radius)
    if rect.width() < 6:
        return
    if rect.height() >= 9:
        length = rect.width() - 2 * radius
        if style.top:
            painter.fillRect(QRectF(rect.left() + radius, rect.top(), length, 1), style.edge)
        if style.bottom:
            bottom = rect.bottom() - 1
            painter.fillRect(QRectF(rect.left() + radius, bottom, length, 1), style.edge)
    painter.setBrush(style.onsets[level])
    inset = 2.0 if rect.height() >= 8 else 1.0
    stripe = QRectF(rect.left() + 2, rect.top() + inset, _ONSET_WIDTH, rect.height() - 2 * inset)
    painter.drawRoundedRect(stripe, 1, 1)


def _paint_label(painter: QPainter, rect: QRectF, font: QFont, initial: str, name: str) -> None:
    named = rect.height() >= 17 and rect.width() >= 56
    painter.setFont(font)
    painter.setPen(QColor(COLORS.on_accent))
    room = rect.adjusted(7, 0, -2, 0)
    text = f"{initial}  {name}" if named else initial
    painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)


@lru_cache(maxsize=8)
def _label_font(row_height: int) -> QFont | None:
    return text_font(min(11, row_height - 2), bold=True) if row_height >= 11 else None


def paint_recorded(
    painter: QPainter, geometry: RollGeometry, pitch: int, start: float, end: float
) -> None:
    """A note being recorded: the record colour, half transparent, not on the grid yet."""
    rect = QRectF(*note_rect(geometry, start, end, pitch))
    radius = min(3.0, rect.height() / 3, rect.width() / 3)
    painter.setPen(QPen(QColor(COLORS.record), 1))
    painter.setBrush(with_alpha(COLORS.record, 0.45))
    painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)


def paint_ruler(
    painter: QPainter,
    geometry: RollGeometry,
    area: QRectF,
    selected: tuple[int, int] | None = None,
    locked: Sequence[tuple[int, int]] = (),
) -> None:
    """The strip above the roll: bar numbers and ticks.

    ``selected`` and ``locked`` are stretches of steps, from the first to the one after the last.
    """
    painter.fillRect(area, QColor(COLORS.surface))
    if selected is not None:
        painter.fillRect(_stretch(geometry, selected, area), QColor(COLORS.accent_soft))
    painter.fillRect(QRectF(area.left(), area.bottom() - 1, area.width(), 1), QColor(COLORS.line))
    for span in locked:
        _paint_locked_span(painter, _stretch(geometry, span, area))
    first, last = geometry.step(area.left() - 80), geometry.step(area.right())
    for line in geometry.grid_lines(first, last):
        if line.level == "step":
            continue
        height = 10 if line.level == "bar" else 5
        x = round(geometry.x(line.step))
        color = with_alpha(COLORS.line_strong, line.strength)
        painter.fillRect(QRectF(x, area.bottom() - height, 1, height), color)
    for label in geometry.ruler_labels(first, min(last, geometry.steps - 1)):
        painter.setFont(text_font(11, bold=label.is_bar))
        painter.setPen(QColor(COLORS.text if label.is_bar else COLORS.muted))
        room = QRectF(round(geometry.x(label.step)) + 5, area.top() + 2, 64, area.height() - 8)
        painter.drawText(
            room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, label.text
        )
        if label.meter:
            room.setLeft(room.left() + painter.fontMetrics().horizontalAdvance(label.text) + 6)
            painter.setFont(text_font(11))
            painter.setPen(QColor(COLORS.accent))
            painter.drawText(
                room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, label.meter
            )


def _stretch(geometry: RollGeometry, span: tuple[int, int], area: QRectF) -> QRectF:
    left, right = round(geometry.x(span[0])), round(geometry.x(span[1]))
    return QRectF(left, area.top(), right - left, area.height())


def _paint_locked_span(painter: QPainter, stretch: QRectF) -> None:
    """A bar with closed ends and a padlock: nothing changes in here."""
    bottom, ink = stretch.bottom() - 1, QColor(COLORS.accent)
    painter.fillRect(QRectF(stretch.left() + 1, bottom - 2, stretch.width() - 2, 2), ink)
    for x in (stretch.left() + 1, stretch.right() - 2):
        painter.fillRect(QRectF(x, bottom - 6, 1, 5), ink)
    if stretch.width() >= 40:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_padlock(painter, QPointF(stretch.right() - 10, bottom - 9), COLORS.accent)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def paint_handle(painter: QPainter, x: float, bottom: float) -> None:
    """The playhead's handle, at ``x`` on the ruler's lower edge."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(COLORS.playhead))
    corners = [(-5, -HANDLE_HEIGHT), (5, -HANDLE_HEIGHT), (5, -6), (0, 0), (-5, -6)]
    painter.drawPolygon(QPolygonF([QPointF(x + dx, bottom + dy) for dx, dy in corners]))


def paint_keys(painter: QPainter, geometry: RollGeometry, area: QRectF) -> None:
    """The piano on its side to the left of the roll, with the Cs named."""
    height = geometry.row_height
    right = KEYS_WIDTH - 1
    painter.fillRect(area, mix(COLORS.surface, COLORS.key_white, 0.86))
    edge = QColor(COLORS.key_white_edge)
    for pitch in range(geometry.pitch(area.bottom()) - 1, geometry.pitch(area.top()) + 2):
        top = geometry.y(pitch)
        if is_black_key(pitch):
            # White keys meet in the middle of the black one between them.
            painter.fillRect(QRectF(0, top + height // 2, right, 1), edge)
            painter.fillRect(QRectF(0, top, right * 0.6, height), QColor(COLORS.key_black))
        elif pitch % OCTAVE in (0, 5):
            painter.fillRect(QRectF(0, top + height - 1, right, 1), edge)
        if pitch % OCTAVE == 0 and height >= 5:
            painter.setFont(text_font(10, bold=True))
            painter.setPen(QColor(COLORS.key_label))
            room = QRectF(0, top - 8, right - 4, height + 16)
            painter.drawText(
                room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, pitch_name(pitch)
            )
    painter.fillRect(QRectF(right, area.top(), 1, area.height()), QColor(COLORS.line))


def paint_drum_names(
    painter: QPainter, geometry: RollGeometry, drums: Collection[int], area: QRectF
) -> None:
    """The names of ``drums`` on their keys, in letters that their rows have room for."""
    height = geometry.row_height
    if height < _LEAST_NAMED_ROW:
        return
    painter.setFont(text_font(min(height, _LARGEST_NAME)))
    metrics = painter.fontMetrics()
    for drum in drums:
        row = QRectF(0, geometry.y(drum), KEYS_WIDTH - 1, height)
        if not row.intersects(area):
            continue
        painter.fillRect(row, QColor(COLORS.raised))
        painter.fillRect(QRectF(row.left(), row.bottom() - 1, row.width(), 1), QColor(COLORS.line))
        name = SHORT_DRUM_NAMES.get(drum, str(drum))
        room = row.adjusted(3, -4, -1, 4)
        painter.setPen(QColor(COLORS.text))
        shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, int(room.width()))
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)
