"""Shows an engraved piece, system below system, with the playhead and what sounds. Read-only."""

from collections.abc import Collection, Sequence
from typing import Final

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QWidget

from composer_app.notation.writing.engraving_process import Drawn
from composer_app.studio.roll.painting.marks import paint_padlock
from composer_app.studio.runtime.settings import USUAL_SCORE_SCALE
from composer_app.studio.score.engraved_score import EngravedScore, NoteIndex
from composer_app.studio.score.notice import Notice
from composer_app.studio.score.pictures import SystemPictures
from composer_app.studio.widgets.theme import COLORS, voice_color, with_alpha
from composer_app.studio.widgets.zoomed_view import ZoomedView

# Pixels to a staff space.
SMALLEST_SCALE, LARGEST_SCALE = 3.0, 20.0
# Pixels around the systems.
_MARGIN: Final = 24
# In less than so many staff spaces, notes would be squeezed; the view scrolls sideways then.
_NARROWEST: Final = 44.0
# The playhead reaches beyond the staves by so many staff spaces.
_REACH: Final = 1.5


class ScoreView(ZoomedView):
    """Scrolls, zooms, follows the playhead, and says what was clicked.

    ``layoutWanted`` says that the piece is to be engraved for another :attr:`width_in_spaces`,
    ``seekRequested(step)`` that the playhead is to go to a step, ``notesTouched`` (a list of
    NoteIndex) that this is because of notes there, ``zoomChanged(scale)`` that somebody has zoomed.
    ``emptyActionRequested`` is emitted by the one button that an empty score offers.
    """

    layoutWanted = Signal()
    seekRequested = Signal(float)
    notesTouched = Signal(list)
    emptyActionRequested = Signal()

    def __init__(self, scale: float, parent: QWidget | None = None) -> None:
        """``scale`` are pixels to a staff space, the distance of two lines of a staff."""
        super().__init__(parent)
        self._scale = min(max(scale, SMALLEST_SCALE), LARGEST_SCALE)
        self._score: EngravedScore | None = None
        self._pictures = SystemPictures(_MARGIN)
        self._playhead = 0.0
        self._follow = True
        self._lit: frozenset[NoteIndex] = frozenset()
        self._selected: frozenset[NoteIndex] = frozenset()
        self._span: tuple[int, int] | None = None
        self._locked: tuple[tuple[int, int], ...] = ()
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName("Score")
        self._notice = Notice(self.viewport())
        self._notice.requested.connect(self.emptyActionRequested)

    # -- what is shown ---------------------------------------------------------------------

    @property
    def score(self) -> EngravedScore | None:
        """What is shown, None while a notice is."""
        return self._score

    @property
    def pixels_per_space(self) -> float:
        """The present scale."""
        return self._scale

    @property
    def width_in_spaces(self) -> float:
        """How wide systems are to be, in staff spaces."""
        return max((self.viewport().width() - 2 * _MARGIN) / self._scale, _NARROWEST)

    @property
    def notice(self) -> str:
        """What stands in the place of a score; empty where there is one."""
        return "" if self._notice.isHidden() else self._notice.text

    @property
    def sounding(self) -> frozenset[NoteIndex]:
        """The notes that are shown as sounding."""
        return self._lit

    def show_notice(self, title: str, hint: str = "", *, inviting: bool = False) -> None:
        """Say ``title`` and ``hint`` in the place of a score, ``inviting`` to open a melody."""
        self._score = None
        self.picture_changed()
        self._lit = frozenset()
        self._notice.say(title, hint, inviting=inviting)
        self.setAccessibleDescription(f"{title}. {hint}".strip())
        self._arrange()

    def show_score(self, score: EngravedScore, description: str, *, from_start: bool) -> None:
        """Show ``score`` in the place of what was shown; what is seen stays, if it can."""
        before, anchor = self._score, self.first_seen()
        self._score = score
        self.picture_changed()
        self._notice.hide()
        self.setAccessibleDescription(description)
        self._arrange()
        bar = self.verticalScrollBar()
        if from_start or before is None:
            bar.setValue(0)
            self._turn_page()
        elif anchor > 0:
            bar.setValue(round(score.top(score.index_of(anchor)) * self._scale))

    def add_systems(self, drawn: Drawn) -> None:
        """Take in systems of the score that have come; what is seen stays in its place."""
        score, bar = self._score, self.verticalScrollBar()
        if score is None:
            return
        seen = self.nearest_to_see()
        before = score.top(seen)
        score.add(drawn)
        self._arrange()
        bar.setValue(bar.value() + round((score.top(seen) - before) * self._scale))
        self.viewport().update()

    def first_seen(self) -> float:
        """The step with which the first system begins that is seen."""
        if self._score is None or not len(self._score):
            return 0.0
        return self._score.start_of(self._score.index_at(self._space(_MARGIN + self._scale)))

    def nearest_to_see(self) -> int:
        """The first system that is seen, or would be if it had come."""
        if self._score is None:
            return 0
        return self._score.index_at(self._space(0))

    def set_playhead(self, step: float) -> None:
        """Move the playhead to ``step``, and turn the page if it is followed."""
        if step == self._playhead:
            return
        was_seen = self._sees_playhead()
        self._update_playhead()
        self._playhead = step
        # Who scrolled away from the playhead wants to look elsewhere.
        if self._follow and was_seen:
            self._turn_page()
        self._update_playhead()

    def set_follow(self, follow: bool) -> None:
        """Whether the view scrolls with the playhead."""
        self._follow = follow
        if follow:
            self._turn_page()

    def set_sounding(self, notes: frozenset[NoteIndex]) -> None:
        """Show ``notes`` in the colours of their tracks."""
        changed, self._lit = self._lit ^ notes, notes
        self._update_notes(changed)

    def set_selected(
        self, notes: Collection[NoteIndex], span: tuple[int, int] | None = None
    ) -> None:
        """Mark ``notes`` as selected, and the bars from step to step of ``span``."""
        if (frozenset(notes), span) != (self._selected, self._span):
            self._selected, self._span = frozenset(notes), span
            self.viewport().update()

    def set_locked(self, spans: Sequence[tuple[int, int]]) -> None:
        """Mark stretches of steps in which nothing changes."""
        if tuple(spans) != self._locked:
            self._locked = tuple(spans)
            self.viewport().update()

    # -- scale -----------------------------------------------------------------------------

    def zoom_by(self, factor: float, around: QPointF | None = None) -> None:
        """Be ``factor`` times as large; what is seen first stays so."""
        self._zoom(self._scale * factor)

    def fit(self) -> None:
        """Small enough for all of the piece to be seen at once, if it can still be read then."""
        if self._score is None or not self._score.height:
            return
        room = self.viewport().height() - 2 * _MARGIN
        # Half as large, half as many systems are half as high each.
        scale = self._scale * (room / (self._score.height * self._scale)) ** 0.5
        self._zoom(min(scale, USUAL_SCORE_SCALE))
        self.verticalScrollBar().setValue(0)

    # -- events ----------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Systems of another width are wanted."""
        super().resizeEvent(event)
        self._notice.centre()
        self._arrange()
        if event.size().width() != event.oldSize().width():
            self.layoutWanted.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The playhead goes to what was clicked; a note is heard."""
        score = self._score
        if event.button() != Qt.MouseButton.LeftButton or score is None or not len(score):
            return
        place = self._content(event.position())
        index = score.index_at(place.y())
        y = place.y() - score.top(index)
        note = score.note_at(index, place.x(), y)
        step = score.step_at(index, place.x()) if note is None else score.note(note).onset
        if step is not None:
            self.seekRequested.emit(step)
        if note is not None:
            self.notesTouched.emit([note])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and right go from note to note; other keys scroll."""
        way = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        if not way or self._score is None or event.modifiers():
            super().keyPressEvent(event)
            return
        found = self._score.next_onset(self._playhead, way)
        if found is not None:
            step, notes = found
            self.seekRequested.emit(step)
            for note in notes:
                self.notesTouched.emit([note])

    def paintEvent(self, event: QPaintEvent) -> None:
        """Copy the systems that are exposed, then paint what changes while music plays."""
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), QColor(COLORS.surface))
        score = self._score
        if score is not None:
            top, bottom = event.rect().top(), event.rect().bottom()
            for index in score.within(self._space(top), self._space(bottom)):
                self._paint_system(painter, score, index)
            self._paint_playhead(painter, score)
        self.paint_ring(painter)
        painter.end()

    # -- painting --------------------------------------------------------------------------

    def _paint_system(self, painter: QPainter, score: EngravedScore, index: int) -> None:
        if index not in score.systems:
            return
        corner = self._corner_of(score, index)
        self._paint_bars(painter, score, index, corner)
        picture = self._pictures.pixmap(score, index, self._scale, self.devicePixelRatioF())
        painter.drawPixmap(corner - QPoint(_MARGIN, 0), picture)
        # Whole bars have a ground of their own.
        chosen = self._selected if self._span is None else ()
        notes = [
            *((owner, QColor(COLORS.accent)) for owner, _ in score.owners(index, chosen)),
            *((owner, voice_color(note[0])) for owner, note in score.owners(index, self._lit)),
        ]
        if notes:
            painter.save()
            painter.translate(corner)
            self._pictures.painter(score, index).paint_notes(painter, self._scale, notes)
            painter.restore()

    def _paint_bars(
        self, painter: QPainter, score: EngravedScore, index: int, corner: QPoint
    ) -> None:
        """What stands behind a system: which of its bars are selected, and which are locked."""
        if self._span is not None:
            for left, top, right, bottom in score.bars_between(index, self._span):
                self._fill(painter, corner, (left, top - 2, right, bottom + 2), COLORS.accent_soft)
        for span in self._locked:
            for left, top, right, _bottom in score.bars_between(index, span):
                line = (left + 0.3, top - 2.2, right - 0.3, top - 2.2 + 2 / self._scale)
                self._fill(painter, corner, line, COLORS.accent)
                away = QPointF((right - 1.2) * self._scale, (top - 3) * self._scale)
                middle = QPointF(corner) + away
                paint_padlock(painter, middle, COLORS.accent)

    def _fill(self, painter: QPainter, corner: QPoint, box: tuple[float, ...], color: str) -> None:
        left, top, right, bottom = (number * self._scale for number in box)
        painter.fillRect(
            QRectF(corner.x() + left, corner.y() + top, right - left, bottom - top), QColor(color)
        )

    def _paint_playhead(self, painter: QPainter, score: EngravedScore) -> None:
        line = self._playhead_rect(score)
        if line is not None:
            painter.fillRect(line, with_alpha(COLORS.playhead, 0.9))

    def picture_changed(self) -> None:
        """Paint all of it anew."""
        self._pictures.forget()
        super().picture_changed()

    # -- where things are ------------------------------------------------------------------

    def _space(self, y: float) -> float:
        """The staff space of the piece at a viewport pixel."""
        return (y + self.verticalScrollBar().value() - _MARGIN) / self._scale

    def _content(self, point: QPointF) -> QPointF:
        """A viewport pixel in staff spaces of the piece."""
        left = point.x() + self.horizontalScrollBar().value() - _MARGIN
        return QPointF(left / self._scale, self._space(point.y()))

    def _corner_of(self, score: EngravedScore, index: int) -> QPoint:
        """Where a system begins in the viewport."""
        left = _MARGIN - self.horizontalScrollBar().value()
        top = _MARGIN + round(score.top(index) * self._scale) - self.verticalScrollBar().value()
        return QPoint(left, top)

    def _playhead_rect(self, score: EngravedScore) -> QRect | None:
        x = score.x_of(self._playhead)
        if x is None:
            return None
        index = score.index_of(self._playhead)
        top, bottom = score.staves(index)
        corner = self._corner_of(score, index)
        return QRect(
            corner.x() + round(x * self._scale) - 1,
            corner.y() + round((top - _REACH) * self._scale),
            2,
            round((bottom - top + 2 * _REACH) * self._scale),
        )

    def _update_playhead(self) -> None:
        rect = self._playhead_rect(self._score) if self._score is not None else None
        if rect is not None:
            self.viewport().update(rect.adjusted(-1, -1, 1, 1))

    def _update_notes(self, notes: Collection[NoteIndex]) -> None:
        score = self._score
        if score is None:
            return
        for index in score.within(self._space(0), self._space(self.viewport().height())):
            if notes and score.owners(index, notes):
                corner = self._corner_of(score, index)
                size = round(score.height_of(index) * self._scale)
                self.viewport().update(0, corner.y(), self.viewport().width(), size)

    def _sees_playhead(self) -> bool:
        if self._score is None or not len(self._score):
            return True
        index = self._score.index_of(self._playhead)
        top = self._corner_of(self._score, index).y()
        height = self._score.height_of(index) * self._scale
        return top < self.viewport().height() and top + height > 0

    def _turn_page(self) -> None:
        """Bring the playhead's system to the top where it is not seen as a whole."""
        score = self._score
        if score is None or not len(score):
            return
        index = score.index_of(self._playhead)
        top = self._corner_of(score, index).y()
        height = score.height_of(index) * self._scale
        if top < 0 or top + height > self.viewport().height():
            bar = self.verticalScrollBar()
            bar.setValue(bar.value() + top - _MARGIN // 2)

    def _zoom(self, scale: float) -> None:
        """Paint at another scale at once; systems that fit the width again are wanted then."""
        scale = min(max(scale, SMALLEST_SCALE), LARGEST_SCALE)
        if scale == self._scale:
            return
        bar = self.verticalScrollBar()
        seen, self._scale = self._space(0), scale
        self.picture_changed()
        self._arrange()
        bar.setValue(round(seen * scale + _MARGIN) if seen > 0 else 0)
        self.zoomChanged.emit(scale)
        self.layoutWanted.emit()

    def _arrange(self) -> None:
        score, width, height = self._score, 0, 0
        if score is not None:
            height = round(score.height * self._scale) + 2 * _MARGIN
            # Until systems have come that fit, those of another scale may be too wide.
            width = round(score.width * self._scale) + 2 * _MARGIN - 1
        self.set_content(width, height, 32)
        self.viewport().update()
