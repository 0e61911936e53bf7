"""Noticing that somebody drags a widget."""

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget


class DragSource(QObject):
    """Watches a widget; ``dragged`` says that the mouse pulls at it with its left button."""

    dragged = Signal()

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self._widget = widget
        self._pressed: QPointF | None = None
        widget.setCursor(Qt.CursorShape.OpenHandCursor)
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look at the mouse; nothing is kept from the widget but the rest of a drag."""
        if isinstance(event, QMouseEvent) and self._widget.isEnabled():
            if event.type() == QEvent.Type.MouseButtonPress:
                left = event.button() == Qt.MouseButton.LeftButton
                self._pressed = event.position() if left else None
            elif event.type() == QEvent.Type.MouseButtonRelease:
                self._pressed = None
            elif event.type() == QEvent.Type.MouseMove and self._pulls(event):
                self._pressed = None
                if isinstance(self._widget, QAbstractButton):
                    # Its release goes to wherever it is dragged.
                    self._widget.setDown(False)
                self.dragged.emit()
                return True
        return super().eventFilter(watched, event)

    def _pulls(self, event: QMouseEvent) -> bool:
        if self._pressed is None or not event.buttons() & Qt.MouseButton.LeftButton:
            return False
        way = (event.position() - self._pressed).manhattanLength()
        return way >= QApplication.startDragDistance()
