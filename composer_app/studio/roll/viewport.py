"""The piano roll's frame: its scale, what part of it is seen, and the margins that go along."""

from collections.abc import Sequence
from dataclasses import replace
from math import ceil
from typing import Final

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from composer_app.music.pitch import KEYBOARD_HIGHEST, KEYBOARD_LOWEST
from composer_app.studio.roll.chords.chord_row import (
    CHORDS_HEIGHT,
    ChordRow,
    ChordsCorner,
    ShownChord,
)
from composer_app.studio.roll.geometry import LEAD, Fitting, RollGeometry, RollPlace
from composer_app.studio.roll.margins import Corner, Invitation, KeyColumn, Ruler
from composer_app.studio.roll.painting.painter import KEYS_WIDTH, RULER_HEIGHT
from composer_app.studio.widgets.theme import COLORS
from composer_app.studio.widgets.zoomed_view import ZoomedView, turn_of

# Following turns the page when the playhead is this near the right edge, and puts it this far
# from the left one.
_PAGE_MARGIN: Final = 24
_PAGE_LEAD: Final = 0.08
# Rows kept free above and below the notes when fitting.
_FIT_MARGIN: Final = 2
# How deep a bass may be that is still to be written beneath a melody: C2.
_LOWEST_TO_COME: Final = 36


class RollViewport(ZoomedView):
    """Scrolls, zooms and follows the playhead; who derives from it paints.

    Scale and place stay as they are whatever happens to the piece, unless notes would be above or
    below what is seen and nobody has chosen the rows. Until somebody zooms, a window of another
    size fits the piece anew. :meth:`fit` and :meth:`begin` return to that.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fitting = Fitting()
        self._playhead: float | None = None
        self._follow = True
        self._geometry = RollGeometry()
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setViewportMargins(KEYS_WIDTH, RULER_HEIGHT, 0, 0)
        self.setMinimumSize(KEYS_WIDTH + 200, RULER_HEIGHT + 120)
        self._ruler = Ruler(self)
        self._keys = KeyColumn(self)
        self._corner = Corner(self)
        self._chords = ChordRow(self)
        self._chords_corner = ChordsCorner(self)
        self._chords.hide()
        self._chords_corner.hide()
        self._invitation = Invitation(self.viewport())
        self.verticalScrollBar().actionTriggered.connect(self._keep_rows)

    @property
    def roll_geometry(self) -> RollGeometry:
        """The present scale."""
        return self._geometry

    @property
    def corner(self) -> QPoint:
        """The content pixel at the viewport's upper left."""
        return QPoint(self.horizontalScrollBar().value(), self.verticalScrollBar().value())

    @property
    def playhead(self) -> float | None:
        """The playhead's step, None while it is hidden."""
        return self._playhead

    @property
    def place(self) -> RollPlace:
        """What is seen now, to return to with :meth:`return_to`."""
        geometry, corner = self._geometry, self.corner
        scale = geometry.pixels_per_step, geometry.row_height
        return RollPlace(*scale, corner.x(), geometry.highest, corner.y(), self._fitting)

    @property
    def chord_row(self) -> ChordRow:
        """The row of chords under the ruler, which is hidden at first."""
        return self._chords

    def set_chords(self, chords: Sequence[ShownChord]) -> None:
        """Show these in the row of chords."""
        self._chords.set_chords(chords)

    def set_numerals(self, numerals: bool) -> None:
        """Whether the row calls chords by their Roman numerals."""
        self._chords.set_numerals(numerals)

    def set_chord_row_visible(self, visible: bool) -> None:
        """Show or hide the row of chords, for which the roll makes room."""
        self._chords.setVisible(visible)
        self._chords_corner.setVisible(visible)
        self.setViewportMargins(KEYS_WIDTH, self._margin, 0, 0)
        self._place_margins()

    @property
    def _margin(self) -> int:
        """The height of what stands above the roll."""
        return RULER_HEIGHT + (0 if self._chords.isHidden() else CHORDS_HEIGHT)

    def pitch_span(self) -> tuple[int, int] | None:
        """Lowest and highest pitch to be fitted in; None for the keyboard's."""
        return None

    def is_melody(self) -> bool:
        """Whether there is a melody alone, beneath which voices may be written."""
        return False

    def content_steps(self) -> int:
        """Steps that the roll is long."""
        return self._geometry.steps

    def kept_steps(self, content: int) -> int:
        """Steps that the roll is long when the piece has ``content``.

        Notes that are deleted at the end must not move what is seen, if any of it is left.
        """
        bar = self.horizontalScrollBar()
        if bar.value() == 0 or self._geometry.x(content) <= bar.value():
            return content
        seen = self._geometry.step(bar.value() + self.viewport().width() - LEAD)
        return max(content, ceil(seen))

    # -- playhead --------------------------------------------------------------------------

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
            self._set_geometry(replace(self._geometry, steps=self.content_steps()))
        # Who scrolled away from the playhead wants to look elsewhere, and who drags it must not
        # have the page turned under the mouse.
        if self._follow and was_seen and not self._ruler.drags_playhead:
            self._turn_page(step)
        self._update_playhead(step)

    def set_follow(self, follow: bool) -> None:
        """Whether the view turns its pages with the playhead."""
        self._follow = follow
        if follow and self._playhead is not None:
            self._turn_page(self._playhead)

    # -- scale -----------------------------------------------------------------------------

    def set_zoom(self, pixels_per_step: float) -> None:
        """Scale in time, around the middle of what is seen."""
        factor = pixels_per_step / self._geometry.pixels_per_step
        self.zoom_by(factor, QPointF(self.viewport().width() / 2, 0))

    def zoom_by(self, factor: float, around: QPointF | None = None) -> None:
        """Stretch time by ``factor``, ``around`` a pixel or the playhead if that is seen."""
        bar, anchor = self.horizontalScrollBar(), self._anchor if around is None else around.x()
        step = self._geometry.step(bar.value() + anchor)
        self._fitting = replace(self._fitting, time=False, pitch=False)
        self._set_geometry(self._geometry.zoomed(factor, self.viewport().width()))
        bar.setValue(round(self._geometry.x(step) - anchor))
        self.zoomChanged.emit(self._geometry.pixels_per_step)

    def fit(self) -> None:
        """Scale and scroll so that the whole piece is seen, however long, with all its pitches."""
        self._fit_anew(voices_to_come=False)

    def begin(self) -> None:
        """Show another piece from its start: all of it, and of a melody the room beneath it."""
        self._fit_anew(voices_to_come=True)

    def return_to(self, place: RollPlace) -> None:
        """Show the part of the piece that was seen before."""
        self._fitting = place.fitting
        scale, rows = place.pixels_per_step, place.row_height
        self._set_geometry(replace(self._geometry, pixels_per_step=scale, row_height=rows))
        self.horizontalScrollBar().setValue(place.left)
        moved = (self._geometry.highest - place.highest) * rows
        self.verticalScrollBar().setValue(place.top + moved)
        # The window may have another size by now.
        self._adapt()
        self.zoomChanged.emit(self._geometry.pixels_per_step)

    # -- events ----------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the margins in place."""
        super().resizeEvent(event)
        self._place_margins()
        self._invitation.centre()
        self._adapt()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Copy other tiles; the margins follow."""
        self._move_margins()
        super().scrollContentsBy(dx, dy)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Ctrl zooms around the mouse, Ctrl and Shift changes the rows, Shift scrolls in time."""
        modifiers, turn = event.modifiers(), turn_of(event)
        if not modifiers & Qt.KeyboardModifier.ShiftModifier:
            super().wheelEvent(event)
            return
        if modifiers & Qt.KeyboardModifier.ControlModifier:
            self._zoom_rows(1 if turn > 0 else -1, event.position().y())
        else:
            bar = self.horizontalScrollBar()
            bar.setValue(bar.value() - turn)
        event.accept()

    # -- inside ----------------------------------------------------------------------------

    def _place_margins(self) -> None:
        """The ruler, the chords and the keys go on beside the scroll bars: no dead corners."""
        view = self.viewport().geometry()
        top, width = view.top() - self._margin, self.width() - view.left()
        self._ruler.setGeometry(view.left(), top, width, RULER_HEIGHT)
        self._corner.move(view.left() - KEYS_WIDTH, top)
        self._chords.setGeometry(view.left(), top + RULER_HEIGHT, width, CHORDS_HEIGHT)
        self._chords_corner.move(view.left() - KEYS_WIDTH, top + RULER_HEIGHT)
        self._keys.setGeometry(
            view.left() - KEYS_WIDTH, view.top(), KEYS_WIDTH, self.height() - view.top()
        )

    def _set_geometry(self, geometry: RollGeometry) -> None:
        """The roll has become longer, higher or otherwise counted."""
        self._geometry = geometry
        self._scale_changed()

    def _content_changed(self, before: RollGeometry) -> None:
        """The piece is another than it was with ``before``: what is seen stays where it is."""
        geometry, bar = self._geometry, self.verticalScrollBar()
        top = bar.value() + (geometry.highest - before.highest) * geometry.row_height
        self._scale_changed(keep_picture=True)
        bar.setValue(top)
        if self._fitting.pitch and not self._sees_all_pitches():
            self._adapt()

    def _sees_all_pitches(self) -> bool:
        lowest, highest = self._span()
        top = self.verticalScrollBar().value()
        bottom = top + self.viewport().height()
        return top <= self._geometry.y(highest) and self._geometry.y(lowest - 1) <= bottom

    def _span(self) -> tuple[int, int]:
        """Lowest and highest pitch to be seen."""
        span = self.pitch_span()
        lowest, highest = span or (KEYBOARD_LOWEST, KEYBOARD_HIGHEST)
        if self._fitting.voices_to_come and (span is None or self.is_melody()):
            lowest = min(lowest, _LOWEST_TO_COME)
        return lowest, highest

    def _fit_anew(self, *, voices_to_come: bool) -> None:
        self.horizontalScrollBar().setValue(0)
        self._geometry = replace(self._geometry, steps=self.content_steps())
        self._fitting = Fitting(True, True, voices_to_come, self._geometry.steps)
        self.picture_changed()
        self._adapt()

    def _adapt(self) -> None:
        """Fit, where nobody has chosen otherwise and the piece has not grown since."""
        before, view = self._geometry, self.viewport().size()
        lowest, highest = self._span()
        if self._fitting.time and before.steps == self._fitting.steps:
            self._geometry = self._geometry.fitted_in_time(view.width())
        if self._fitting.pitch:
            self._geometry = self._geometry.fitted_in_pitch(
                max(lowest - _FIT_MARGIN, before.lowest),
                min(highest + _FIT_MARGIN, before.highest),
                view.height(),
            )
        self._scale_changed(keep_picture=self._geometry == before)
        if self._fitting.pitch:
            middle = (self._geometry.y(highest) + self._geometry.y(lowest - 1)) / 2
            self.verticalScrollBar().setValue(round(middle - view.height() / 2))
        if self._geometry != before:
            self.zoomChanged.emit(self._geometry.pixels_per_step)

    @property
    def _anchor(self) -> float:
        """The viewport pixel that stays in place when no mouse says which."""
        if self._playhead is not None and self._shows(self._playhead):
            return self._geometry.x(self._playhead) - self.horizontalScrollBar().value()
        return self.viewport().width() / 2

    def _keep_rows(self) -> None:
        """Somebody has scrolled to the pitches that they want to see."""
        self._fitting = replace(self._fitting, pitch=False)

    def _zoom_rows(self, change: int, anchor: float) -> None:
        bar = self.verticalScrollBar()
        row = (bar.value() + anchor) / self._geometry.row_height
        self._fitting = replace(self._fitting, time=False, pitch=False)
        self._set_geometry(self._geometry.with_rows(self._geometry.row_height + change))
        bar.setValue(round(row * self._geometry.row_height - anchor))

    def _scale_changed(self, *, keep_picture: bool = False) -> None:
        self.set_content(self._geometry.width, self._geometry.height, 24)
        self._move_margins()
        if keep_picture:
            self.viewport().update()
        else:
            self.picture_changed()

    def _move_margins(self) -> None:
        corner = self.corner
        self._ruler.show_part(self._geometry, corner.x())
        self._keys.show_part(self._geometry, corner.y())
        self._chords.show_part(self._geometry, corner.x())

    def _update_playhead(self, step: float | None) -> None:
        if step is not None:
            x = round(self._geometry.x(step)) - self.horizontalScrollBar().value()
            self.viewport().update(x - 2, 0, 4, self.viewport().height())

    def _paint_playhead(self, painter: QPainter) -> None:
        if self._playhead is not None:
            x = round(self._geometry.x(self._playhead)) - self.horizontalScrollBar().value()
            painter.fillRect(x - 1, 0, 2, self.viewport().height(), QColor(COLORS.playhead))

    def _shows(self, step: float) -> bool:
        x = self._geometry.x(step) - self.horizontalScrollBar().value()
        return -1 <= x <= self.viewport().width() + 1

    def _turn_page(self, step: float) -> None:
        bar = self.horizontalScrollBar()
        width = self.viewport().width()
        x = self._geometry.x(step) - bar.value()
        if x < 0 or x > width - _PAGE_MARGIN:
            bar.setValue(round(self._geometry.x(step) - width * _PAGE_LEAD))

    def reveal(self, pitch: int, start: float, end: float) -> None:
        """Scroll until a note is seen, as little as that takes."""
        self._reveal_pitch(pitch)
        bar, width = self.horizontalScrollBar(), self.viewport().width()
        left, right = self._geometry.x(start), self._geometry.x(end)
        if left < bar.value() or right > bar.value() + width:
            bar.setValue(round(left - width * _PAGE_LEAD))

    def _reveal_pitch(self, pitch: int) -> None:
        bar = self.verticalScrollBar()
        top, height = self._geometry.y(pitch), self._geometry.row_height
        if top < bar.value():
            bar.setValue(top - 2 * height)
        elif top + height > bar.value() + self.viewport().height():
            bar.setValue(top + 3 * height - self.viewport().height())
