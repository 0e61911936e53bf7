"""What the views of a piece have in common: they paint, scroll, zoom and show the focus."""

from typing import Final

from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QNativeGestureEvent,
    QPainter,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from composer_app.studio.widgets.focus_reasons import KEYBOARD_REASONS
from composer_app.studio.widgets.own_viewport import give_viewport
from composer_app.studio.widgets.theme import COLORS

_ZOOM_STEP: Final = 1.25
# What a notch of a mouse's wheel turns, in eighths of a degree.
_NOTCH: Final = 120


class ZoomedView(QAbstractScrollArea):
    """Scrolls, and is zoomed by commands, wheel and touchpad; who derives from it paints.

    ``zoomChanged`` carries the scale that somebody has chosen.
    """

    zoomChanged = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ringed = False
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        give_viewport(self).setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def zoom_by(self, factor: float, around: QPointF | None = None) -> None:
        """Show everything ``factor`` times as large, what is ``around`` there stays in place.

        That is a pixel of the viewport; None leaves it to the view.
        """
        raise NotImplementedError

    def picture_changed(self) -> None:
        """Everything that was painted is out of date."""
        self.viewport().update()

    def zoom_in(self) -> None:
        """A step closer."""
        self.zoom_by(_ZOOM_STEP)

    def zoom_out(self) -> None:
        """A step further away."""
        self.zoom_by(1 / _ZOOM_STEP)

    def set_content(self, width: int, height: int, step: int) -> None:
        """Scroll through ``width`` x ``height`` pixels, ``step`` at a click."""
        view = self.viewport().size()
        for bar, content, seen in (
            (self.horizontalScrollBar(), width, view.width()),
            (self.verticalScrollBar(), height, view.height()),
        ):
            bar.setRange(0, max(0, content - seen))
            bar.setPageStep(seen)
            bar.setSingleStep(step)

    def paint_ring(self, painter: QPainter) -> None:
        """The focus ring, where it is due: for those who came by keyboard."""
        if self._ringed:
            painter.setPen(QPen(QColor(COLORS.accent), 2))
            painter.drawRect(self.viewport().rect().adjusted(1, 1, -1, -1))

    # -- events ----------------------------------------------------------------------------

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Paint another part."""
        self.viewport().update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Ctrl zooms around the mouse; else it scrolls."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom_by(_ZOOM_STEP ** (turn_of(event) / _NOTCH), event.position())
            event.accept()
        else:
            super().wheelEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:
        """The pinch of a touchpad."""
        if isinstance(event, QNativeGestureEvent):
            if event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
                self.zoom_by(1 + event.value(), event.position())
            return True
        return super().viewportEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus ring to those who came by keyboard."""
        super().focusInEvent(event)
        self._ringed = event.reason() in KEYBOARD_REASONS
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide the focus ring."""
        super().focusOutEvent(event)
        self._ringed = False
        self.viewport().update()

    def changeEvent(self, event: QEvent) -> None:
        """Type or style changed: what is painted is out of date."""
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self.picture_changed()
        super().changeEvent(event)


def turn_of(event: QWheelEvent) -> int:
    """How far the wheel was turned: some platforms turn it sideways while Alt or Shift is held."""
    return event.angleDelta().y() or event.angleDelta().x()
