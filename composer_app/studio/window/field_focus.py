"""Enter and Esc lead from every field back to the piano roll; commands work from fields, too.

A field is a box for numbers, a box of choices or a slider: whatever keeps keys to itself once
somebody has clicked it.
"""

from collections.abc import Callable, Collection
from typing import Final, cast

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, SignalInstance
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QDialog,
    QDoubleSpinBox,
    QSlider,
    QWidget,
)
from shiboken6 import isValid

Field = QDoubleSpinBox | QComboBox | QSlider

_KINDS: Final = (QDoubleSpinBox, QComboBox, QSlider)
_ENTER: Final = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})
_ESCAPE: Final = Qt.Key.Key_Escape
_COMMANDING: Final = (
    Qt.KeyboardModifier.ControlModifier
    | Qt.KeyboardModifier.AltModifier
    | Qt.KeyboardModifier.MetaModifier
)
_MODIFIERS: Final = frozenset(
    {
        Qt.Key.Key_Shift,
        Qt.Key.Key_Control,
        Qt.Key.Key_Alt,
        Qt.Key.Key_AltGr,
        Qt.Key.Key_Meta,
    }
)
# What a line of text does with these keys and Ctrl is of more use in it than a command.
_EDITING: Final = frozenset(
    {
        Qt.Key.Key_Left,
        Qt.Key.Key_Right,
        Qt.Key.Key_Home,
        Qt.Key.Key_End,
        Qt.Key.Key_Backspace,
        Qt.Key.Key_Delete,
    }
)
_CLIPBOARD: Final = (
    QKeySequence.StandardKey.SelectAll,
    QKeySequence.StandardKey.Copy,
    QKeySequence.StandardKey.Cut,
    QKeySequence.StandardKey.Paste,
)
_OF_NUMBERS: Final = frozenset("0123456789+-.,")


class FieldFocus(QObject):
    """Looks at the keys of the field that has the focus, until :meth:`remove`.

    In ``window``, Enter takes what was typed and Esc brings back what was there; both give the
    focus to ``home``, and so does a field that vanishes or cannot be used any more. Esc in a field
    where nothing has been changed also stops what ``runs``. So it is in a window of ``window``'s
    that is no dialog, where the focus goes to that window itself. In a dialog Enter and Esc do the
    same without leaving the field, and a second Esc closes the dialog.
    """

    def __init__(self, window: QWidget, home: QWidget, runs: Callable[[], bool]) -> None:
        super().__init__(window)
        self._window = window
        self._home = home
        self._runs = runs
        self._field: Field | None = None
        self._list: QWidget | None = None
        # The value when the focus came, and the last one that came from the field itself.
        self._before = self._seen = 0.0
        self._watching = True
        _application().focusChanged.connect(self._follow)

    def remove(self) -> None:
        """Look at keys no more."""
        self._leave()
        if self._watching:
            self._watching = False
            _application().focusChanged.disconnect(self._follow)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the keys that mean something beyond the field."""
        kind, field = event.type(), self._field
        if field is None:
            return False
        if watched is self._list:
            if kind == QEvent.Type.Hide:
                QTimer.singleShot(0, self, self._close_list)
            return False
        if isinstance(event, QKeyEvent):
            if kind == QEvent.Type.ShortcutOverride:
                return self._claim(field, event)
            return kind == QEvent.Type.KeyPress and self._press(field, event)
        if kind == QEvent.Type.MouseButtonRelease and isinstance(field, QDoubleSpinBox):
            # It was one of the arrows, since the text is a widget of its own.
            QTimer.singleShot(0, self, self._go_home)
        return False

    # -- following the focus ---------------------------------------------------------------

    def _follow(self, _: QWidget | None, now: QWidget | None) -> None:
        # While another program or a list has the keyboard, no widget has it.
        if now is None or now is self._field:
            return
        if self._lost and self._window.isVisible():
            # Nobody has gone to its neighbour.
            QTimer.singleShot(0, self, self._take_home)
        self._leave()
        if isinstance(now, _KINDS) and self._ours(now):
            self._field = field = now
            self._before = self._seen = _value(field)
            field.installEventFilter(self)
            _changed(field).connect(self._note)
            if isinstance(field, QComboBox):
                self._list = field.view().parentWidget()
                if self._list is not None:
                    self._list.installEventFilter(self)

    def _leave(self) -> None:
        # A strip of the mixer goes with its track.
        if self._field is not None and isValid(self._field):
            self._field.removeEventFilter(self)
            _changed(self._field).disconnect(self._note)
        if self._list is not None and isValid(self._list):
            self._list.removeEventFilter(self)
        self._field = self._list = None

    @property
    def _lost(self) -> bool:
        """Whether the field can be used no more."""
        field = self._field
        there = field is None or (isValid(field) and field.isEnabled() and field.isVisible())
        return not there

    def _ours(self, field: QWidget) -> bool:
        return self._home_of(field) is not None or isinstance(field.window(), QDialog)

    def _home_of(self, field: QWidget) -> QWidget | None:
        """What gets the focus after ``field``; None in a dialog, which keeps it."""
        window = field.window()
        if window is self._window:
            return self._home
        if isinstance(window, QDialog) or window.parentWidget() is not self._window:
            return None
        return window

    def _note(self) -> None:
        if self._field is not None:
            self._seen = _value(self._field)

    # -- keys ------------------------------------------------------------------------------

    def _claim(self, field: Field, event: QKeyEvent) -> bool:
        """Whether a key is kept from the field, or for it: accepting says it is no command."""
        if _is_plain(event, _ENTER) or _is_plain(event, {_ESCAPE}):
            stops = event.key() == _ESCAPE and self._runs() and not self._edited(field)
            if stops and self._home_of(field) is not None:
                self._go_home()
            else:
                event.accept()
            return True
        if not isinstance(field, QDoubleSpinBox) or self._home_of(field) is None:
            return False
        if event.matches(QKeySequence.StandardKey.Undo):
            return not field.lineEdit().isUndoAvailable()
        if event.matches(QKeySequence.StandardKey.Redo):
            return not field.lineEdit().isRedoAvailable()
        if _is_command(event):
            # What was typed counts before anything is done with it.
            field.interpretText()
            return True
        return False

    def _press(self, field: Field, event: QKeyEvent) -> bool:
        in_dialog = self._home_of(field) is None
        if _is_plain(event, _ENTER):
            if isinstance(field, QDoubleSpinBox):
                field.interpretText()
                field.selectAll()
            elif in_dialog:
                return False
            self._before = self._seen = _value(field)
        elif _is_plain(event, {_ESCAPE}):
            if in_dialog and not self._edited(field):
                return False
            self._restore(field)
        else:
            return False
        if not in_dialog:
            self._go_home()
        return True

    def _edited(self, field: Field) -> bool:
        typed = isinstance(field, QDoubleSpinBox) and field.lineEdit().isUndoAvailable()
        return typed or self._own_change(field)

    def _own_change(self, field: Field) -> bool:
        """Whether the value is another one, and the field itself has made it so."""
        return self._before != self._seen == _value(field)

    def _restore(self, field: Field) -> None:
        value = self._before if self._own_change(field) else _value(field)
        if isinstance(field, QComboBox):
            if field.currentIndex() != value:
                field.setCurrentIndex(int(value))
                field.activated.emit(int(value))
        elif isinstance(field, QDoubleSpinBox):
            # The same value, too, takes away what was typed.
            field.setValue(value)
        else:
            field.setValue(int(value))
        self._before = self._seen = _value(field)

    def _close_list(self) -> None:
        field = self._field
        if field is not None and field.window().focusWidget() is field:
            self._go_home()

    def _go_home(self) -> None:
        home = None if self._field is None else self._home_of(self._field)
        if home is not None:
            home.setFocus(Qt.FocusReason.OtherFocusReason)

    def _take_home(self) -> None:
        self._home.setFocus(Qt.FocusReason.OtherFocusReason)


def _application() -> QApplication:
    return cast(QApplication, QApplication.instance())


def _value(field: Field) -> float:
    return field.currentIndex() if isinstance(field, QComboBox) else field.value()


def _changed(field: Field) -> SignalInstance:
    """What is emitted when a person changes the value, or somebody who wants it to count."""
    return field.activated if isinstance(field, QComboBox) else field.valueChanged


def _is_plain(event: QKeyEvent, keys: Collection[int]) -> bool:
    return event.key() in keys and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier


def _is_command(event: QKeyEvent) -> bool:
    """Whether a key cannot be part of a number, nor help to type one."""
    if event.key() in _MODIFIERS:
        return False
    if event.modifiers() & _COMMANDING:
        if event.key() in _EDITING:
            return False
        return not any(event.matches(keys) for keys in _CLIPBOARD)
    text = event.text()
    return text.isprintable() and bool(text) and not _OF_NUMBERS.issuperset(text)
