"""Volume and pan: sliders that say their value, and go back to the usual on a double click."""

import math
from typing import Final

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QSlider, QToolTip, QWidget

from composer_app.music.mix import CENTRE, DEFAULT_VOLUME, FULL
from composer_app.studio.widgets.shown_text import tip_text
from composer_app.studio.widgets.theme import COLORS

_HEIGHT: Final = 28
_HANDLE: Final = 7.0
_GROOVE: Final = 4.0
_STEP: Final = 2
_PAGE: Final = 16
_KEYS: Final = frozenset(
    {
        Qt.Key.Key_Left,
        Qt.Key.Key_Right,
        Qt.Key.Key_Up,
        Qt.Key.Key_Down,
        Qt.Key.Key_PageUp,
        Qt.Key.Key_PageDown,
        Qt.Key.Key_Home,
        Qt.Key.Key_End,
        Qt.Key.Key_Backspace,
        Qt.Key.Key_Delete,
    }
)
_PAN_PERCENT: Final = 100


class MixSlider(QSlider):
    """A horizontal slider of 0 to 127 that fills from ``origin`` to its handle.

    Clicking takes the handle there; a double click, Backspace or Del goes back to ``usual``.
    ``moved(int)`` follows what a person does, not :meth:`show_value`.
    """

    moved = Signal(int)

    def __init__(self, usual: int, origin: int, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._usual = usual
        self._origin = origin
        self._name = ""
        self._color = QColor(COLORS.accent)
        self.setRange(0, FULL)
        self.setSingleStep(_STEP)
        self.setPageStep(_PAGE)
        self.setValue(usual)
        self.setFixedHeight(_HEIGHT)
        self.setMinimumWidth(40)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.valueChanged.connect(self._report)

    def set_name(self, name: str) -> None:
        """What is set, for tooltips and those who listen to the screen."""
        self._name = name
        self.setAccessibleName(name)
        self._describe()

    def set_color(self, color: QColor) -> None:
        """The colour of the part that is filled."""
        self._color = QColor(color)
        self.update()

    def show_value(self, value: int) -> None:
        """Show ``value`` without reporting it."""
        self.blockSignals(True)
        self.setValue(value)
        self.blockSignals(False)
        self._describe()

    def reset(self) -> None:
        """Go back to the usual value."""
        self.setValue(self._usual)

    @property
    def value_text(self) -> str:
        """The value in words."""
        return str(self.value())

    # -- events ----------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """The keys that move the slider are no shortcuts while it has the focus."""
        override = event.type() == QEvent.Type.ShortcutOverride
        if override and isinstance(event, QKeyEvent) and event.key() in _KEYS:
            event.accept()
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the handle to the mouse."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self._drag(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Take it along."""
        if self.isSliderDown():
            self._drag(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go of it."""
        self.setSliderDown(False)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """The first click has moved the handle, the second one takes it home."""
        self.reset()
        self._say()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scrolling past a slider must not change the sound; with Ctrl it is meant."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            turn = event.angleDelta().y()
            self.setValue(self.value() + _STEP * ((turn > 0) - (turn < 0)))
            self._say()
            event.accept()
        else:
            event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows, pages, Home and End as in every slider; Backspace and Del reset."""
        if event.key() in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete):
            self.reset()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A groove, what is filled of it, a tick at the usual value, and the handle."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        middle, x = self.height() / 2, self._x(self.value())
        groove = QRectF(_HANDLE, middle - _GROOVE / 2, self.width() - 2 * _HANDLE, _GROOVE)
        painter.setBrush(QColor(COLORS.line))
        painter.drawRoundedRect(groove, 2, 2)
        left, right = sorted((self._x(self._origin), x))
        painter.setBrush(self._color if self.isEnabled() else QColor(COLORS.line_strong))
        painter.drawRoundedRect(QRectF(left, groove.top(), right - left, _GROOVE), 2, 2)
        tick = self._x(self._usual)
        painter.fillRect(QRectF(tick - 0.5, middle - 7, 1, 4), QColor(COLORS.line_strong))
        painter.setBrush(QColor(COLORS.text if self.isEnabled() else COLORS.disabled))
        if self.hasFocus():
            painter.setPen(QPen(QColor(COLORS.accent), 2))
        painter.drawEllipse(QPointF(x, middle), _HANDLE - 1, _HANDLE - 1)
        painter.end()

    # -- inside ----------------------------------------------------------------------------

    def _x(self, value: int) -> float:
        return _HANDLE + (self.width() - 2 * _HANDLE) * value / FULL

    def _drag(self, event: QMouseEvent) -> None:
        width = max(1.0, self.width() - 2 * _HANDLE)
        share = (event.position().x() - _HANDLE) / width
        self.setValue(self._snapped(round(FULL * min(1.0, max(0.0, share)))))
        self._say()

    def _snapped(self, value: int) -> int:
        return value

    def _say(self) -> None:
        self._describe()
        QToolTip.showText(
            self.mapToGlobal(QPoint(self.width() // 2, 0)), tip_text(self._sentence), self
        )

    @property
    def _sentence(self) -> str:
        return f"{self._name}: {self.value_text}"

    def _describe(self) -> None:
        self.setToolTip(tip_text(f"{self._sentence}\nDouble-click for the usual"))
        self.setAccessibleDescription(self.value_text)

    def _report(self, value: int) -> None:
        self._describe()
        self.moved.emit(value)


class VolumeSlider(MixSlider):
    """0 to 127; says decibels, of which General MIDI has 40 to each tenth of the volume."""

    def __init__(self, usual: int = DEFAULT_VOLUME, parent: QWidget | None = None) -> None:
        super().__init__(usual, 0, parent)

    @property
    def value_text(self) -> str:
        """Decibels above or below the usual volume."""
        if not self.value():
            return "silent"
        decibels = 40 * math.log10(self.value() / self._usual)
        # A true minus, as wide as the plus.
        return f"{decibels:+.1f} dB".replace("-", "\u2212") if round(decibels, 1) else "0 dB"


class PanSlider(MixSlider):
    """0 (left) over 64 (middle) to 127; stays in the middle where it is dragged near it."""

    _NEAR: Final = 4

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(CENTRE, CENTRE, parent)

    @property
    def value_text(self) -> str:
        """Left, middle or right, and how far."""
        way = self.value() - CENTRE
        if not way:
            return "middle"
        percent = round(_PAN_PERCENT * abs(way) / (CENTRE if way < 0 else FULL - CENTRE))
        return f"{percent} % {'left' if way < 0 else 'right'}"

    def _snapped(self, value: int) -> int:
        return CENTRE if abs(value - CENTRE) <= self._NEAR else value
