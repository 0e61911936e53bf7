"""What stands around the piano roll's picture: ruler, column of keys, and the invitation."""

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRectF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from composer_app.studio.icons import icon, pixmap
from composer_app.studio.roll_geometry import RollGeometry
from composer_app.studio.roll_painter import KEYS_WIDTH, RULER_HEIGHT, paint_keys, paint_ruler
from composer_app.studio.theme import COLORS, GRID, set_role


class Ruler(QWidget):
    """Bar numbers above the roll; a click or a drag in it emits ``seekRequested(step)``.

    With Shift it emits ``spanDragged(step, step)``, from where it began to where it is.
    """

    seekRequested = Signal(float)
    spanDragged = Signal(float, float)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._geometry = RollGeometry()
        self._offset = 0
        self._playhead: float | None = None
        self._selected: tuple[int, int] | None = None
        self._kept: Sequence[tuple[int, int]] = ()
        self._span_from: float | None = None
        self.setFixedHeight(RULER_HEIGHT)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip("Click to move the playhead, drag with Shift to select bars")
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

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

    def set_kept(self, spans: Sequence[tuple[int, int]]) -> None:
        """Mark stretches of steps in which nothing changes."""
        if tuple(spans) != tuple(self._kept):
            self._kept = tuple(spans)
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Seek to the nearest step, or begin to select bars."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        x = event.position().x()
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._span_from = self._step(x)
            self._drag_span(x)
        else:
            self._seek(x)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the playhead, or the end of the selected bars, along."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            if self._span_from is None:
                self._seek(event.position().x())
            else:
                self._drag_span(event.position().x())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The end of a drag, which nobody else should take for a click."""
        self._span_from = None
        event.accept()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what is exposed."""
        painter = QPainter(self)
        painter.translate(-self._offset, 0)
        area = QRectF(event.rect().translated(self._offset, 0))
        area.setTop(0)
        area.setBottom(self.height())
        paint_ruler(painter, self._geometry, area, self._playhead, self._selected, self._kept)
        painter.end()

    def _step(self, x: float) -> float:
        return min(self._geometry.step(x + self._offset), float(self._geometry.steps))

    def _drag_span(self, x: float) -> None:
        if self._span_from is not None:
            self.spanDragged.emit(self._span_from, self._step(x))

    def _seek(self, x: float) -> None:
        step = round(self._geometry.step(x + self._offset))
        self.seekRequested.emit(float(min(step, self._geometry.steps)))


class KeyColumn(QWidget):
    """The piano on its side that names the roll's rows."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._geometry = RollGeometry()
        self._offset = 0
        self.setFixedWidth(KEYS_WIDTH)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def show_part(self, geometry: RollGeometry, offset: int) -> None:
        """Show the rows of ``geometry`` scrolled by ``offset`` pixels."""
        self._geometry, self._offset = geometry, offset
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the whole column; it is small."""
        painter = QPainter(self)
        painter.translate(0, -self._offset)
        paint_keys(painter, self._geometry, QRectF(0, self._offset, self.width(), self.height()))
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
        title = QLabel("Play something, or open a melody")
        set_role(title, "title")
        hint = QLabel("Record with the keys below, or drop a MIDI file here.")
        set_role(hint, "muted")
        # The space is air between icon and text, which style sheets cannot give.
        self.button = QPushButton(icon("open"), " Open a melody")
        self.button.setAccessibleName("Open a melody")
        self.button.clicked.connect(self.requested)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        for widget in (picture, title, hint):
            layout.addWidget(widget, alignment=Qt.AlignmentFlag.AlignHCenter)
        layout.addSpacing(GRID)
        layout.addWidget(self.button, alignment=Qt.AlignmentFlag.AlignHCenter)

    def centre(self) -> None:
        """Stand in the middle of the parent."""
        self.adjustSize()
        parent = self.parentWidget()
        if parent is not None:
            left = (parent.width() - self.width()) // 2
            top = (parent.height() - self.height()) // 2
            self.move(QPoint(max(left, 0), max(top, 0)))
