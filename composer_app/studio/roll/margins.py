"""What stands around the piano roll's picture: ruler, column of keys, and the invitation."""

from collections.abc import Sequence
from math import inf
from typing import Final

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QHelpEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QToolTip, QVBoxLayout, QWidget

from composer_app.music.instrumentation.instruments import DRUM_NAMES
from composer_app.music.pitch import pitch_name
from composer_app.studio.roll.geometry import RollGeometry
from composer_app.studio.roll.painting.loop_marks import loop_steps, paint_loop
from composer_app.studio.roll.painting.painter import (
    HANDLE_HEIGHT,
    KEYS_WIDTH,
    RULER_HEIGHT,
    paint_drum_names,
    paint_handle,
    paint_keys,
    paint_ruler,
)
from composer_app.studio.widgets.icons import icon, pixmap
from composer_app.studio.widgets.shown_text import tip_text
from composer_app.studio.widgets.theme import COLORS, GRID, set_role

_TIP: Final = (
    "Click to move the playhead, or drag its handle; drag elsewhere to loop a region, with Shift to"
    " select bars"
)
# An end of the loop and the playhead are grabbed from as far as this.
_GRAB: Final = 6
_INVITATION_WIDTH: Final = 400


class Ruler(QWidget):
    """Bar numbers above the roll; a click in it emits ``seekRequested(step)``.

    A drag emits ``loopDragged(start, end)``, the region in whole beats, and so does moving one of
    the loop's ends. Dragging the playhead by its handle emits ``seekRequested`` at each step that
    it comes to. With Shift a drag emits ``spanDragged(step, step)``, from where it began to where
    it is. ``menuRequested(step, QPoint)`` asks for the menu of a bar, at a place on the screen.
    """

    seekRequested = Signal(float)
    loopDragged = Signal(float, float)
    spanDragged = Signal(float, float)
    menuRequested = Signal(float, QPoint)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._geometry = RollGeometry()
        self._offset = 0
        self._playhead: float | None = None
        self._selected: tuple[int, int] | None = None
        self._locked: Sequence[tuple[int, int]] = ()
        self._span_from: float | None = None
        self._loop: tuple[float, float] | None = None
        self._loop_on = False
        # Where the button went down, and from which step a loop is being drawn.
        self._pressed: float | None = None
        self._loop_from: float | None = None
        # How far from the playhead its handle was taken, and the step it was dragged to.
        self._handle: float | None = None
        self._dragged_to = 0
        self.setMouseTracking(True)
        self.setFixedHeight(RULER_HEIGHT)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip(_TIP)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    @property
    def drags_playhead(self) -> bool:
        """Whether the playhead is held by its handle."""
        return self._handle is not None

    def show_part(self, geometry: RollGeometry, offset: int) -> None:
        """Show the ruler of ``geometry`` scrolled by ``offset`` pixels."""
        self._geometry, self._offset = geometry, offset
        self.update()

    def set_playhead(self, step: float | None) -> None:
        """Move the playhead's handle; None hides it."""
        for place in (self._playhead, step):
            if place is not None:
                x = round(self._geometry.x(place)) - self._offset
                self.update(x - 7, 0, 14, self.height())
        self._playhead = step

    def set_selected(self, span: tuple[int, int] | None) -> None:
        """Mark the steps of ``span`` as selected."""
        if span != self._selected:
            self._selected = span
            self.update()

    def set_locked(self, spans: Sequence[tuple[int, int]]) -> None:
        """Mark stretches of steps in which nothing changes."""
        if tuple(spans) != tuple(self._locked):
            self._locked = tuple(spans)
            self.update()

    def set_loop(self, loop: tuple[float, float] | None, *, on: bool) -> None:
        """Mark the steps that are played over and over, or would be if ``on``."""
        self._loop, self._loop_on = loop, on
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin to select bars or to move an end of the loop; the rest is seen later."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        x = event.position().x()
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._span_from = self._step(x)
            self._drag_span(x)
        elif self._on_handle(event.position()):
            self._handle = x - self._playhead_x
            self._dragged_to = round(self._step(self._playhead_x))
        else:
            self._pressed = x
            self._loop_from = self._other_end(x)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the loop, or the end of the selected bars, along."""
        x = event.position().x()
        if not event.buttons() & Qt.MouseButton.LeftButton:
            grabs = self._on_handle(event.position()) or self._other_end(x) is not None
            shape = Qt.CursorShape.SizeHorCursor if grabs else Qt.CursorShape.PointingHandCursor
            self.setCursor(shape)
        elif self._span_from is not None:
            self._drag_span(x)
        elif self._handle is not None:
            self._drag_handle(x - self._handle)
        elif self._pressed is not None:
            if abs(x - self._pressed) >= QApplication.startDragDistance():
                if self._loop_from is None:
                    self._loop_from = self._step(self._pressed)
                # From now on every way counts, however short.
                self._pressed = -inf
            if self._pressed == -inf and self._loop_from is not None:
                loop = loop_steps(self._geometry, self._loop_from, self._step(x))
                self.loopDragged.emit(*loop)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click goes to the nearest step; the end of a drag nobody should take for a click."""
        if self._pressed is not None and self._pressed != -inf:
            self._seek(event.position().x())
        self._span_from = self._pressed = self._loop_from = self._handle = None
        event.accept()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu of the bar under the mouse."""
        self.menuRequested.emit(self._step(event.pos().x()), event.globalPos())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what is exposed."""
        painter = QPainter(self)
        painter.translate(-self._offset, 0)
        area = QRectF(event.rect().translated(self._offset, 0))
        area.setTop(0)
        area.setBottom(self.height())
        paint_ruler(painter, self._geometry, area, self._selected, self._locked)
        if self._loop is not None:
            paint_loop(painter, self._geometry, self._loop, area, on=self._loop_on)
        if self._playhead is not None:
            paint_handle(painter, round(self._geometry.x(self._playhead)), area.bottom())
        painter.end()

    def _step(self, x: float) -> float:
        return min(self._geometry.step(x + self._offset), float(self._geometry.steps))

    @property
    def _playhead_x(self) -> float:
        return self._geometry.x(self._playhead or 0.0) - self._offset

    def _on_handle(self, place: QPointF) -> bool:
        if self._playhead is None:
            return False
        below_the_top = place.y() >= self.height() - HANDLE_HEIGHT
        return below_the_top and abs(place.x() - self._playhead_x) <= _GRAB

    def _drag_handle(self, x: float) -> None:
        """Seek where that is another step, within what is seen: the music may run meanwhile."""
        x = min(max(x, 0.0), self.width() - 1.0)
        if round(self._step(x)) != self._dragged_to:
            self._dragged_to = round(self._step(x))
            self._seek(x)

    def _other_end(self, x: float) -> float | None:
        """The end of the loop that stays while the one at ``x`` is dragged; None: none there."""
        if self._loop is None:
            return None
        start, end = self._loop
        left, right = (self._geometry.x(step) - self._offset for step in self._loop)
        if abs(x - right) <= _GRAB and abs(x - right) <= abs(x - left):
            return start
        return end if abs(x - left) <= _GRAB else None

    def _drag_span(self, x: float) -> None:
        if self._span_from is not None:
            self.spanDragged.emit(self._span_from, self._step(x))

    def _seek(self, x: float) -> None:
        step = round(self._geometry.step(x + self._offset))
        self.seekRequested.emit(float(min(step, self._geometry.steps)))


def _centred(text: str, role: str) -> QLabel:
    label = QLabel(text)
    label.setWordWrap(True)
    label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
    set_role(label, role)
    return label


class KeyColumn(QWidget):
    """The piano on its side that names the roll's rows, and the drums that stand on them."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._geometry = RollGeometry()
        self._offset = 0
        self._drums: frozenset[int] = frozenset()
        self.setFixedWidth(KEYS_WIDTH)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def show_part(self, geometry: RollGeometry, offset: int) -> None:
        """Show the rows of ``geometry`` scrolled by ``offset`` pixels."""
        self._geometry, self._offset = geometry, offset
        self.update()

    @property
    def drums(self) -> frozenset[int]:
        """The drums whose rows have their names."""
        return self._drums

    def name_drums(self, drums: frozenset[int]) -> None:
        """Write the names of ``drums``, by General MIDI's numbers, on their rows."""
        if drums != self._drums:
            self._drums = drums
            self.update()

    def event(self, event: QEvent) -> bool:
        """Say which key, or which drum, the mouse is on."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            pitch = self._geometry.pitch(event.pos().y() + self._offset)
            drum = DRUM_NAMES.get(pitch, "a drum")
            said = f"{drum} ({pitch})" if pitch in self._drums else f"{pitch_name(pitch)} ({pitch})"
            QToolTip.showText(event.globalPos(), tip_text(said), self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the whole column; it is small."""
        painter = QPainter(self)
        painter.translate(0, -self._offset)
        area = QRectF(0, self._offset, self.width(), self.height())
        paint_keys(painter, self._geometry, area)
        paint_drum_names(painter, self._geometry, self._drums, area)
        painter.end()


class Corner(QWidget):
    """Where ruler and keys meet: the same ground and lines as both."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFixedSize(KEYS_WIDTH, RULER_HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A flat field with the two lines continued."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), COLORS.surface)
        painter.fillRect(0, RULER_HEIGHT - 1, KEYS_WIDTH, 1, COLORS.line)
        painter.fillRect(KEYS_WIDTH - 1, 0, 1, RULER_HEIGHT, COLORS.line)
        painter.end()


class Invitation(QWidget):
    """What an empty roll says, with its one action."""

    requested = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        picture = QLabel()
        picture.setPixmap(pixmap("melody", 40, COLORS.muted, self.devicePixelRatioF()))
        title = _centred("Play something, or open a melody", "title")
        hint = _centred("Record with the keys below, or drop a MIDI file or a score here.", "muted")
        # The space is air between icon and text, which style sheets cannot give.
        self.button = QPushButton(icon("open"), " Open a melody")
        self.button.setAccessibleName("Open a melody")
        self.button.clicked.connect(self.requested)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addWidget(picture, alignment=Qt.AlignmentFlag.AlignHCenter)
        layout.addWidget(title)
        layout.addWidget(hint)
        layout.addSpacing(GRID)
        layout.addWidget(self.button, alignment=Qt.AlignmentFlag.AlignHCenter)

    def centre(self) -> None:
        """Stand in the middle of the parent; in a narrow one the words are in several lines."""
        parent, layout = self.parentWidget(), self.layout()
        if parent is not None and layout is not None:
            width = min(_INVITATION_WIDTH, parent.width() - 2 * GRID)
            self.resize(width, layout.totalHeightForWidth(width))
            left = (parent.width() - self.width()) // 2
            top = (parent.height() - self.height()) // 2
            self.move(QPoint(max(left, 0), max(top, 0)))
