"""Lets the computer's letters play, whatever widget has the focus.

Letters reach the piano before they reach shortcuts, lists and buttons, except where text is
typed. The space bar stays with a button that somebody has gone to with the Tab key.
"""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

from composer_app.studio.keyboard.widget import KeyboardWidget
from composer_app.studio.widgets.commands.key_places import place_letter
from composer_app.studio.widgets.commands.keyboard_letters import LETTERS


class ComputerKeys(QObject):
    """Filters the application's events from :meth:`listen` until :meth:`remove`."""

    def __init__(self, keyboard: KeyboardWidget, window: QWidget) -> None:
        super().__init__(window)
        self._keyboard = keyboard
        self._window = window
        self._enabled = False

    def listen(self) -> None:
        """Look at events from now on. A window that is just being made has a thousand."""
        application = QApplication.instance()
        if application is not None:
            application.installEventFilter(self)

    def remove(self) -> None:
        """Look at events no more."""
        application = QApplication.instance()
        if application is not None:
            application.removeEventFilter(self)

    def set_enabled(self, enabled: bool) -> None:
        """Whether letters play; if not, they are shortcuts like others."""
        self._enabled = enabled

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # Every event of the application comes by here: most are to go on at once.
        if not isinstance(event, QKeyEvent) or not self._is_ours(watched):
            return False
        kind = event.type()
        if kind is QEvent.Type.KeyPress:
            self._learn(event)
        if kind is QEvent.Type.ShortcutOverride:
            # Accepting it says: this key is no shortcut here.
            if self._plays(event) or self._presses_button(event):
                event.accept()
                return True
        elif kind is QEvent.Type.KeyPress and self._plays(event):
            return self._keyboard.key_pressed(event)
        elif kind is QEvent.Type.KeyRelease:
            return self._keyboard.key_released(event)
        return False

    def _is_ours(self, watched: QObject) -> bool:
        return (
            isinstance(watched, QWidget)
            and watched.window() is self._window
            and QApplication.activePopupWidget() is None
        )

    def _plays(self, event: QKeyEvent) -> bool:
        letter = place_letter(event)
        if not self._enabled or letter not in LETTERS:
            return False
        commands = (
            Qt.KeyboardModifier.ControlModifier
            | Qt.KeyboardModifier.AltModifier
            | Qt.KeyboardModifier.MetaModifier
        )
        if event.modifiers() & commands:
            return False
        focus = QApplication.focusWidget()
        if isinstance(focus, QAbstractSpinBox):
            # Numbers are typed there, letters mean nothing to it.
            return not (letter.isdecimal() or event.text().isdecimal())
        return not isinstance(focus, (QLineEdit, QTextEdit, QPlainTextEdit))

    def _learn(self, event: QKeyEvent) -> None:
        """Hear what is written on a key, from one that is there and is pressed alone."""
        if event.nativeScanCode() and event.modifiers() == Qt.KeyboardModifier.NoModifier:
            self._keyboard.learn_label(place_letter(event), event.text())

    def _presses_button(self, event: QKeyEvent) -> bool:
        focus = QApplication.focusWidget()
        return event.key() == Qt.Key.Key_Space and isinstance(focus, QAbstractButton)
