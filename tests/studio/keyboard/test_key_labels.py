"""What is written on the computer's keys is learned as they are pressed, and remembered."""

from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from composer_app.studio.widgets.commands.keyboard_letters import KeyLabels
from tests.studio.support import Studio, open_studio

# Scan codes of X11: what is a Q on an American keyboard, and the 2.
Q, TWO = 24, 11
NONE, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier


def test_a_key_is_called_as_on_an_american_keyboard_until_it_is_pressed() -> None:
    labels = KeyLabels()
    assert (labels.of("Q"), labels.text) == ("Q", "")
    assert labels.learn("Q", "a")
    assert not labels.learn("Q", "a")
    assert labels.learn("2", "é")
    assert (labels.of("Q"), labels.of("2"), labels.text) == ("A", "É", "2ÉQA")
    assert labels.learn("Q", "q"), "another layout"
    # What is no letter of the piano, and what types nothing to be seen.
    for place, typed in (("A", "q"), ("", "a"), ("W", ""), ("W", " "), ("W", "\x17"), ("W", "ab")):
        assert not labels.learn(place, typed)


@pytest.mark.parametrize("known", ["", "Q", "QAZ", "!!QA", "\x00\x00QA"])
def test_whatever_was_remembered_is_no_harm(known: str) -> None:
    assert KeyLabels(known).of("Q") == ("A" if "QA" in known else "Q")


def press(studio: Studio, scan: int, typed: str, modifier: Qt.KeyboardModifier = NONE) -> None:
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        event = QKeyEvent(kind, ord("A"), modifier, scan, 0, 0, typed)
        QApplication.sendEvent(studio.window, event)


def test_the_keys_show_what_was_pressed_and_the_next_window_does_too(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_studio(tmp_path) as studio:
        keyboard = studio.window.keyboard
        studio.window.show()
        qtbot.waitUntil(lambda: studio.window.running)
        before = keyboard.grab().toImage()
        monkeypatch.setattr(QGuiApplication, "platformName", lambda: "xcb")
        press(studio, TWO, "2", SHIFT)
        press(studio, 0, "x")
        assert keyboard._labels.text == ""
        press(studio, Q, "a")
        press(studio, TWO, "é")
        monkeypatch.undo()
        qtbot.waitUntil(lambda: not keyboard._held.sounding)
        assert keyboard.grab().toImage() != before
        assert studio.services.settings.key_labels == "2ÉQA"
    with open_studio(tmp_path) as studio:
        assert studio.window.keyboard._labels.of("Q") == "A"
