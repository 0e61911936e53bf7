from collections.abc import Iterator

import pytest
import shiboken6
from PySide6.QtCore import QPoint
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from composer_app.studio.keyboard.widget import KeyboardWidget

NAME = QAccessible.Text.Name


@pytest.fixture
def keyboard(qtbot: QtBot) -> Iterator[KeyboardWidget]:
    parent = QWidget()
    qtbot.addWidget(parent)
    widget = KeyboardWidget(parent)
    widget.resize(760, 130)
    parent.resize(760, 130)
    parent.show()
    yield widget
    parent.close()


@pytest.fixture
def interface(keyboard: KeyboardWidget) -> QAccessibleInterface:
    return QAccessible.queryAccessibleInterface(keyboard)


def test_the_keyboard_is_a_named_group_of_32_named_keys(interface: QAccessibleInterface) -> None:
    assert interface.isValid()
    assert interface.role() == QAccessible.Role.Grouping
    assert interface.text(NAME) == "Keyboard"
    assert interface.text(QAccessible.Text.Description).startswith("32 keys, F2 – C5")
    assert interface.text(QAccessible.Text.Help) == ""
    assert interface.childCount() == 32
    names = [interface.child(index).text(NAME) for index in range(32)]
    assert (names[0], names[8], names[19], names[31]) == ("F2", "C♯3", "C4", "C5")


def test_the_names_follow_the_octave(
    keyboard: KeyboardWidget, interface: QAccessibleInterface
) -> None:
    keyboard.octave_up()
    assert interface.child(19).text(NAME) == "C5"


def test_a_key_is_a_button_that_can_be_pressed(
    keyboard: KeyboardWidget, interface: QAccessibleInterface
) -> None:
    key = interface.child(19)
    assert key.role() == QAccessible.Role.Button
    assert key.parent() is interface
    assert interface.indexOfChild(key) == 19
    assert not key.state().pressed
    keyboard.set_lit(60, True)
    assert key.state().pressed
    assert key.text(QAccessible.Text.Value) == ""
    assert (key.childCount(), key.child(0), key.childAt(0, 0)) == (0, None, None)
    assert key.indexOfChild(interface) == -1


def test_keys_are_found_where_they_are(
    keyboard: KeyboardWidget, interface: QAccessibleInterface
) -> None:
    key = interface.child(19)
    near = key.rect().center()
    near.setY(key.rect().bottom() - 5)
    assert interface.childAt(near.x(), near.y()) is key
    assert interface.rect().contains(key.rect())
    outside = keyboard.mapToGlobal(QPoint(-5, -5))
    assert interface.childAt(outside.x(), outside.y()) is None
    assert interface.child(99) is None
    assert interface.indexOfChild(interface) == -1


def test_the_keyboard_stands_in_its_window(
    keyboard: KeyboardWidget, interface: QAccessibleInterface
) -> None:
    assert interface.object() is keyboard
    assert interface.window() is keyboard.window().windowHandle()
    assert interface.parent().object() is keyboard.parentWidget()
    assert interface.state().focusable
    assert not interface.state().invisible


def test_names_cannot_be_changed_from_outside(interface: QAccessibleInterface) -> None:
    interface.setText(NAME, "Organ")
    interface.child(0).setText(NAME, "Pedal")
    assert (interface.text(NAME), interface.child(0).text(NAME)) == ("Keyboard", "F2")


def test_nothing_is_valid_once_the_keyboard_is_gone(qtbot: QtBot) -> None:
    keyboard = KeyboardWidget()
    interface = QAccessible.queryAccessibleInterface(keyboard)
    key = interface.child(0)
    shiboken6.delete(keyboard)
    assert not interface.isValid()
    assert not key.isValid()
    assert key.text(NAME) == ""
    assert key.rect().isNull()
