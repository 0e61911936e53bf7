"""Lets a screen reader walk the painted keyboard: one named child for each of the 32 keys."""

import weakref
from typing import TYPE_CHECKING, Any

import shiboken6
from PySide6.QtCore import QObject, QPoint, QRect
from PySide6.QtGui import QAccessible, QAccessibleInterface, QWindow
from PySide6.QtWidgets import QWidget

from composer_app.music.pitch import pitch_name

if TYPE_CHECKING:
    from composer_app.studio.keyboard.widget import KeyboardWidget

# Qt holds what a factory returns by a bare pointer: Python must keep it alive.
_alive: dict[int, "KeyboardInterface"] = {}
_installed: list[Any] = []


class KeyboardInterface(QAccessibleInterface):
    """The keyboard as a group of keys."""

    def __init__(self, widget: "KeyboardWidget") -> None:
        super().__init__()
        # Weakly: a screen reader's interest must not keep a closed keyboard alive.
        self._widget_ref = weakref.ref(widget)
        count = widget.highest - widget.lowest + 1
        self._keys = [KeyInterface(self, index) for index in range(count)]

    @property
    def widget(self) -> "KeyboardWidget | None":
        """The keyboard while it exists."""
        widget = self._widget_ref()
        return widget if widget is not None and shiboken6.isValid(widget) else None

    def isValid(self) -> bool:
        """Whether the widget still exists."""
        return self.widget is not None

    def object(self) -> QObject:
        """The widget."""
        return self.widget  # type: ignore[return-value]

    def window(self) -> QWindow:
        """The window that the keyboard is in."""
        widget = self.widget
        return widget.window().windowHandle() if widget is not None else None  # type: ignore[return-value]

    def parent(self) -> QAccessibleInterface:
        """What the keyboard stands in."""
        widget = self.widget
        above = widget.parentWidget() if widget is not None else None
        return QAccessible.queryAccessibleInterface(above)  # type: ignore[arg-type]

    def childCount(self) -> int:
        """Number of keys."""
        return len(self._keys)

    def child(self, index: int) -> QAccessibleInterface:
        """The key with ``index``, 0 being the lowest."""
        return self._keys[index] if 0 <= index < len(self._keys) else None  # type: ignore[return-value]

    def childAt(self, x: int, y: int) -> QAccessibleInterface:
        """The key at a point of the screen."""
        widget = self.widget
        if widget is None:
            return None  # type: ignore[return-value]
        point = widget.mapFromGlobal(QPoint(x, y))
        pitch = widget.geometry_of_keys().pitch_at(point.x(), point.y())
        return None if pitch is None else self._keys[pitch - widget.lowest]  # type: ignore[return-value]

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        """The index of a key, or -1."""
        return next((index for index, key in enumerate(self._keys) if key is child), -1)

    def rect(self) -> QRect:
        """Where the keyboard is on the screen."""
        widget = self.widget
        if widget is None:
            return QRect()
        return QRect(widget.mapToGlobal(QPoint(0, 0)), widget.size())

    def role(self) -> QAccessible.Role:
        """A group."""
        return QAccessible.Role.Grouping

    def state(self) -> QAccessible.State:
        """Focus and visibility as the widget has them."""
        state = QAccessible.State()
        widget = self.widget
        if widget is not None:
            state.focusable = True
            state.focused = widget.hasFocus()
            state.invisible = not widget.isVisible()
        return state

    def text(self, kind: QAccessible.Text) -> str:
        """The widget's accessible name and description."""
        widget = self.widget
        if widget is None:
            return ""
        if kind == QAccessible.Text.Name:
            return widget.accessibleName()
        if kind == QAccessible.Text.Description:
            return widget.accessibleDescription()
        return ""

    def setText(self, kind: QAccessible.Text, text: str) -> None:
        """The names are not for others to change."""


class KeyInterface(QAccessibleInterface):
    """One key, named after its pitch."""

    def __init__(self, keyboard: KeyboardInterface, index: int) -> None:
        super().__init__()
        self._keyboard = keyboard
        self._index = index

    def isValid(self) -> bool:
        """Whether the keyboard still exists."""
        return self._keyboard.isValid()

    def object(self) -> QObject:
        """A key is no object of its own."""
        return None  # type: ignore[return-value]

    def parent(self) -> QAccessibleInterface:
        """The keyboard."""
        return self._keyboard

    def childCount(self) -> int:
        """A key has no parts."""
        return 0

    def child(self, index: int) -> QAccessibleInterface:
        """A key has no parts."""
        return None  # type: ignore[return-value]

    def childAt(self, x: int, y: int) -> QAccessibleInterface:
        """A key has no parts."""
        return None  # type: ignore[return-value]

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        """A key has no parts."""
        return -1

    def rect(self) -> QRect:
        """Where the key is on the screen."""
        widget = self._keyboard.widget
        if widget is None:
            return QRect()
        key = widget.geometry_of_keys().key(widget.lowest + self._index)
        corner = widget.mapToGlobal(QPoint(int(key.x), 0))
        return QRect(corner.x(), corner.y(), int(key.width), int(key.height))

    def role(self) -> QAccessible.Role:
        """A button."""
        return QAccessible.Role.Button

    def state(self) -> QAccessible.State:
        """Pressed while it is lit."""
        state = QAccessible.State()
        widget = self._keyboard.widget
        if widget is not None:
            state.pressed = widget.lit_color(widget.lowest + self._index) is not None
            state.invisible = not widget.isVisible()
        return state

    def text(self, kind: QAccessible.Text) -> str:
        """The pitch's name, octave shift included."""
        widget = self._keyboard.widget
        if widget is None or kind != QAccessible.Text.Name:
            return ""
        return pitch_name(widget.lowest + self._index)

    def setText(self, kind: QAccessible.Text, text: str) -> None:
        """The names are not for others to change."""


def install() -> None:
    """Make Qt ask here when a screen reader meets a keyboard. Once is enough."""
    if not _installed:
        _installed.append(_interface_for)
        QAccessible.installFactory(_interface_for)


def _interface_for(name: str, widget: QObject | None) -> QAccessibleInterface | None:
    if name != "KeyboardWidget" or not isinstance(widget, QWidget):
        return None
    address = id(widget)
    interface = KeyboardInterface(widget)  # type: ignore[arg-type]
    _alive[address] = interface
    weakref.finalize(widget, _alive.pop, address, None)
    return interface
