"""The piano roll: the composition's notes over time, with the playhead.

The picture is kept as square tiles that are painted once and thrown away when scale or notes
change; scrolling and the playhead only copy tiles. The playhead, a recording's notes and the
focus ring are painted over them.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QHelpEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QToolTip, QWidget

from composer_app.music.composition import Composition
from composer_app.music.pitch import KEYBOARD_HIGHEST, KEYBOARD_LOWEST
from composer_app.studio.roll_geometry import HIGHEST_ROW, LOWEST_ROW, RollGeometry, tiles
from composer_app.studio.roll_margins import Corner, Invitation, KeyColumn, Ruler
from composer_app.studio.roll_notes import (
    TrackNotes,
    describe_composition,
    describe_note,
    pitch_range,
    tracks_of,
)
from composer_app.studio.roll_painter import (
    KEYS_WIDTH,
    RULER_HEIGHT,
    paint_recorded,
    paint_tile,
)
from composer_app.studio.theme import COLORS

TILE: Final = 512
# More than a 4K screen needs; at 512 x 512 x 4 bytes about 100 MB at 200 %.
_MOST_TILES: Final = 96
_EMPTY_BARS: Final = 8
_ZOOM_STEP: Final = 1.25
# Following turns the page when the playhead is this near the right edge, and puts it this far
# from the left one.
_PAGE_MARGIN: Final = 24
_PAGE_LEAD: Final = 0.08
# Rows kept free above and below the notes when fitting.
_FIT_MARGIN: Final = 2

_KEYBOARD_REASONS: Final = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)

RecordedNote = tuple[int, float, float]


class PianoRollView(QAbstractScrollArea):
    """Shows a composition; ``seekRequested(step)`` when the ruler is clicked.

    ``emptyActionRequested`` is emitted by the one button that an empty roll offers. The scale
    fits itself to the piece until somebody zooms; :meth:`fit` returns to that.
    """

    seekRequested = Signal(float)
    emptyActionRequested = Signal()
    zoomChanged = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._composition = Composition()
        self._tracks: tuple[TrackNotes, ...] = ()
        self._hidden: set[int] = set()
        self._recorded: tuple[RecordedNote, ...] = ()
        self._playhead: float | None = None
        self._follow = True
        self._fits_itself = True
        self._ringed = False
        self._inviting = True
        self._geometry = RollGeometry()
        self._tiles: dict[tuple[int, int], QPixmap] = {}
        self._tile_ratio = 0.0
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setViewportMargins(KEYS_WIDTH, RULER_HEIGHT, 0, 0)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(KEYS_WIDTH + 200, RULER_HEIGHT + 120)
        self._ruler = Ruler(self)
        self._ruler.seekRequested.connect(self.seekRequested)
        self._keys = KeyColumn(self)
        self._corner = Corner(self)
        self._invitation = Invitation(self.viewport())
        self._invitation.requested.connect(self.emptyActionRequested)
        self.setAccessibleName("Piano roll")
        self._rebuild()

    # -- what is shown ---------------------------------------------------------------------

    @property
    def composition(self) -> Composition:
        """What is shown."""
        return self._composition

    @property
    def roll_geometry(self) -> RollGeometry:
        """The present scale."""
        return self._geometry

    @property
    def playhead(self) -> float | None:
        """The playhead's step, None while it is hidden."""
        return self._playhead

    def set_composition(
        self, composition: Composition, confidence: NDArray[np.float32] | None = None
    ) -> None:
        """Show ``composition``; scale and place stay unless they fit themselves.

        Notes are as bright as they are loud or, where ``confidence`` (T, 4) is given, as a model
        was sure of them.
        """
        self._composition = composition
        self._tracks = tracks_of(composition, confidence)
        self.setAccessibleDescription(describe_composition(composition))
        self._rebuild()

    def set_track_visible(self, index: int, visible: bool) -> None:
        """Show or hide the notes of the track with ``index``."""
        before = set(self._hidden)
        (self._hidden.discard if visible else self._hidden.add)(index)
        if self._hidden != before:
            self._forget_tiles()

    def set_recording_notes(self, notes: Sequence[RecordedNote]) -> None:
        """Show what is being recorded, as (pitch, start, end) in steps; empty when it is over."""
        self._recorded = tuple(notes)
        self._show_invitation()
        if self._length() > self._geometry.steps:
            self._geometry = replace(self._geometry, steps=self._length())
            self._scale_changed()
        if self._recorded:
            self._reveal_pitch(self._recorded[-1][0])
        self.viewport().update()

    def set_playhead(self, step: float | None) -> None:
        """Move the playhead to ``step``; None hides it."""
        if step == self._playhead:
            return
        was_seen = self._playhead is None or self._shows(self._playhead)
        self._update_playhead(self._playhead)
        self._playhead = step
        self._ruler.set_playhead(step)
        if step is None:
            return
        if step > self._geometry.steps:
            self._geometry = replace(self._geometry, steps=self._length())
            self._scale_changed()
        # Who scrolled away from the playhead wants to look elsewhere.
        if self._follow and was_seen:
            self._turn_page(step)
        self._update_playhead(step)

    def set_inviting(self, inviting: bool) -> None:
        """Whether an empty roll invites to open a melody; not while one is about to be played."""
        self._inviting = inviting
        self._show_invitation()

    def set_follow(self, follow: bool) -> None:
        """Whether the view turns its pages with the playhead."""
        self._follow = follow

    # -- scale -----------------------------------------------------------------------------

    def set_zoom(self, pixels_per_step: float) -> None:
        """Scale in time, around the middle of what is seen."""
        self._zoom(pixels_per_step / self._geometry.pixels_per_step, self.viewport().width() / 2)

    def zoom_in(self) -> None:
        """A step closer."""
        self._zoom(_ZOOM_STEP, self.viewport().width() / 2)

    def zoom_out(self) -> None:
        """A step further away."""
        self._zoom(1 / _ZOOM_STEP, self.viewport().width() / 2)

    def fit(self) -> None:
        """Scale and scroll so that all notes are seen, as far as they stay readable."""
        self._fits_itself = True
        self._fit()

    # -- events ----------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the margins in place."""
        super().resizeEvent(event)
        view = self.viewport().geometry()
        # The ruler goes on above the scroll bar, the keys down beside it: no dead corners.
        self._ruler.setGeometry(
            view.left(), view.top() - RULER_HEIGHT, self.width() - view.left(), RULER_HEIGHT
        )
        self._keys.setGeometry(
            view.left() - KEYS_WIDTH, view.top(), KEYS_WIDTH, self.height() - view.top()
        )
        self._corner.move(view.left() - KEYS_WIDTH, view.top() - RULER_HEIGHT)
        self._invitation.centre()
        if self._fits_itself:
            self._fit()
        else:
            self._scale_changed(keep_tiles=True)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Copy other tiles; the margins follow."""
        self._move_margins()
        self.viewport().update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Ctrl zooms around the mouse, Ctrl and Shift changes the rows, Shift scrolls in time."""
        modifiers = event.modifiers()
        # Some platforms turn the wheel sideways while Alt or Shift is held.
        turn = event.angleDelta().y() or event.angleDelta().x()
        if modifiers & Qt.KeyboardModifier.ControlModifier:
            position = event.position()
            if modifiers & Qt.KeyboardModifier.ShiftModifier:
                self._zoom_rows(1 if turn > 0 else -1, position.y())
            else:
                self._zoom(_ZOOM_STEP ** (turn / 120), position.x())
            event.accept()
        elif modifiers & Qt.KeyboardModifier.ShiftModifier:
            bar = self.horizontalScrollBar()
            bar.setValue(bar.value() - turn)
            event.accept()
        else:
            super().wheelEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:
        """Tooltips for notes, and the pinch of a touchpad."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            self._show_tooltip(event)
            return True
        if isinstance(event, QNativeGestureEvent):
            if event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
                self._zoom(1 + event.value(), event.position().x())
            return True
        return super().viewportEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus ring to those who came by keyboard."""
        super().focusInEvent(event)
        self._ringed = event.reason() in _KEYBOARD_REASONS
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide the focus ring."""
        super().focusOutEvent(event)
        self._ringed = False
        self.viewport().update()

    def changeEvent(self, event: QEvent) -> None:
        """Type or style changed: what is painted is out of date."""
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._forget_tiles()
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Copy the tiles that are exposed, then paint what moves."""
        painter = QPainter(self.viewport())
        corner = self._scroll_offset()
        self._paint_tiles(painter, event.rect(), corner)
        painter.save()
        painter.translate(-corner.x(), -corner.y())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for pitch, start, end in self._recorded:
            paint_recorded(painter, self._geometry, pitch, start, end)
        painter.restore()
        if self._playhead is not None:
            x = round(self._geometry.x(self._playhead)) - corner.x()
            painter.fillRect(x - 1, 0, 2, self.viewport().height(), QColor(COLORS.playhead))
        if self._ringed:
            painter.setPen(QPen(QColor(COLORS.accent), 2))
            painter.drawRect(self.viewport().rect().adjusted(1, 1, -1, -1))
        painter.end()

    # -- inside ----------------------------------------------------------------------------

    def _show_invitation(self) -> None:
        empty = not self._composition.note_count and not self._recorded
        self._invitation.setVisible(self._inviting and empty)

    def _length(self) -> int:
        """Steps of the roll: the piece, or what is played beyond it, in whole bars."""
        bar = self._composition.meter.steps_per_bar
        if self._composition.note_count:
            end = float(self._composition.steps)
        else:
            end = float(_EMPTY_BARS * bar)
        end = max([end, *(note_end for _, _, note_end in self._recorded)])
        if self._playhead is not None and self._playhead > end:
            # Recording runs past the end: several bars at once, not a new scale at each.
            end = self._playhead + 4 * bar
        return self._composition.meter.bars(int(end + 0.999)) * bar

    def _rebuild(self) -> None:
        span = pitch_range(self._tracks) or (KEYBOARD_LOWEST, KEYBOARD_HIGHEST)
        self._geometry = replace(
            self._geometry,
            steps=self._length(),
            lowest=max(min(LOWEST_ROW, span[0] - 1), 0),
            highest=min(max(HIGHEST_ROW, span[1] + 1), 127),
            meter=self._composition.meter,
        )
        self._show_invitation()
        if self._fits_itself:
            self._fit()
        else:
            self._scale_changed()

    def _fit(self) -> None:
        lowest, highest = pitch_range(self._tracks) or (KEYBOARD_LOWEST, KEYBOARD_HIGHEST)
        before = self._geometry
        self._geometry = before.fitted(
            before.steps,
            lowest - _FIT_MARGIN,
            highest + _FIT_MARGIN,
            self.viewport().width(),
            self.viewport().height(),
        )
        self._scale_changed(keep_tiles=self._geometry == before and bool(self._tiles))
        middle = (self._geometry.y(highest) + self._geometry.y(lowest - 1)) / 2
        self.verticalScrollBar().setValue(round(middle - self.viewport().height() / 2))
        if self._geometry != before:
            self.zoomChanged.emit(self._geometry.pixels_per_step)

    def _zoom(self, factor: float, anchor: float) -> None:
        """Stretch time by ``factor`` and keep what is at ``anchor`` (viewport pixels) there."""
        bar = self.horizontalScrollBar()
        step = self._geometry.step(bar.value() + anchor)
        self._fits_itself = False
        self._geometry = self._geometry.zoomed(factor)
        self._scale_changed()
        bar.setValue(round(self._geometry.x(step) - anchor))
        self.zoomChanged.emit(self._geometry.pixels_per_step)

    def _zoom_rows(self, change: int, anchor: float) -> None:
        bar = self.verticalScrollBar()
        row = (bar.value() + anchor) / self._geometry.row_height
        self._fits_itself = False
        self._geometry = self._geometry.with_rows(self._geometry.row_height + change)
        self._scale_changed()
        bar.setValue(round(row * self._geometry.row_height - anchor))

    def _scale_changed(self, *, keep_tiles: bool = False) -> None:
        view = self.viewport().size()
        for bar, content, seen in (
            (self.horizontalScrollBar(), self._geometry.width, view.width()),
            (self.verticalScrollBar(), self._geometry.height, view.height()),
        ):
            bar.setRange(0, max(0, content - seen))
            bar.setPageStep(seen)
            bar.setSingleStep(24)
        self._move_margins()
        if keep_tiles:
            self.viewport().update()
        else:
            self._forget_tiles()

    def _move_margins(self) -> None:
        corner = self._scroll_offset()
        self._ruler.show_part(self._geometry, corner.x())
        self._keys.show_part(self._geometry, corner.y())

    def _scroll_offset(self) -> QPoint:
        return QPoint(self.horizontalScrollBar().value(), self.verticalScrollBar().value())

    def _forget_tiles(self) -> None:
        self._tiles.clear()
        self.viewport().update()

    def _paint_tiles(self, painter: QPainter, exposed: QRect, corner: QPoint) -> None:
        ratio = self.devicePixelRatioF()
        if ratio != self._tile_ratio:
            self._tiles.clear()
            self._tile_ratio = ratio
        area = exposed.translated(corner)
        columns = tiles(area.left(), area.right() + 1, TILE)
        rows = tiles(area.top(), area.bottom() + 1, TILE)
        if len(self._tiles) > _MOST_TILES:
            self._tiles.clear()
        for column in columns:
            for row in rows:
                tile = self._tiles.get((column, row))
                if tile is None:
                    tile = self._tiles[column, row] = self._paint_tile(column, row, ratio)
                painter.drawPixmap(column * TILE - corner.x(), row * TILE - corner.y(), tile)

    def _paint_tile(self, column: int, row: int, ratio: float) -> QPixmap:
        side = round(TILE * ratio)
        tile = QPixmap(side, side)
        tile.setDevicePixelRatio(ratio)
        painter = QPainter(tile)
        painter.translate(-column * TILE, -row * TILE)
        shown = [
            None if index in self._hidden else track for index, track in enumerate(self._tracks)
        ]
        area = QRectF(column * TILE, row * TILE, TILE, TILE)
        paint_tile(painter, self._geometry, shown, area)
        painter.end()
        return tile

    def _shows(self, step: float) -> bool:
        x = self._geometry.x(step) - self.horizontalScrollBar().value()
        return -1 <= x <= self.viewport().width() + 1

    def _turn_page(self, step: float) -> None:
        bar = self.horizontalScrollBar()
        width = self.viewport().width()
        x = self._geometry.x(step) - bar.value()
        if x < 0 or x > width - _PAGE_MARGIN:
            bar.setValue(round(self._geometry.x(step) - width * _PAGE_LEAD))

    def _update_playhead(self, step: float | None) -> None:
        if step is not None:
            x = round(self._geometry.x(step)) - self.horizontalScrollBar().value()
            self.viewport().update(x - 2, 0, 4, self.viewport().height())

    def _reveal_pitch(self, pitch: int) -> None:
        bar = self.verticalScrollBar()
        top, height = self._geometry.y(pitch), self._geometry.row_height
        if top < bar.value():
            bar.setValue(top - 2 * height)
        elif top + height > bar.value() + self.viewport().height():
            bar.setValue(top + 3 * height - self.viewport().height())

    def _show_tooltip(self, event: QHelpEvent) -> None:
        corner = self._scroll_offset()
        step = self._geometry.step(event.pos().x() + corner.x())
        pitch = self._geometry.pitch(event.pos().y() + corner.y())
        lines = [
            describe_note(track.name, note, self._composition)
            for index, track in enumerate(self._tracks)
            if index not in self._hidden and (note := track.at(step, pitch)) is not None
        ]
        if lines:
            QToolTip.showText(event.globalPos(), "\n".join(lines), self.viewport())
        else:
            QToolTip.hideText()
            event.ignore()
