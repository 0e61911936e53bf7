"""Keys by their places: what an event from another layout means."""

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent

from composer_app.studio.widgets.commands.key_places import key_number, place_letter

NONE = Qt.KeyboardModifier.NoModifier


def event(key: int, scan: int = 0, virtual: int = 0, text: str = "") -> QKeyEvent:
    return QKeyEvent(QEvent.Type.KeyPress, key, NONE, scan, virtual, 0, text)


@pytest.mark.parametrize(
    ("platform", "key", "scan", "virtual", "letter"),
    [
        # An American Z, a German Y, a French W, a Russian Ya: the same place.
        ("xcb", ord("Z"), 52, 0, "Z"),
        ("xcb", ord("Y"), 52, 0, "Z"),
        ("wayland", ord("W"), 52, 0, "Z"),
        ("xcb", 0x042F, 52, 0, "Z"),
        ("windows", ord("Y"), 44, 0, "Z"),
        ("cocoa", ord("Y"), 1, 6, "Z"),
        ("cocoa", ord("Q"), 1, 0, "A"),
        ("cocoa", ord("M"), 1, 46, "M"),
        ("cocoa", ord("7"), 1, 26, "7"),
        # A French keyboard has its digits above é, " and the like.
        ("xcb", 0xC9, 11, 0, "2"),
        ("windows", 0xC9, 3, 0, "2"),
        # Dvorak's Q is where X is.
        ("xcb", ord("Q"), 53, 0, "X"),
        # The 2 of the number pad is none of them.
        ("xcb", ord("2"), 88, 0, ""),
        ("xcb", Qt.Key.Key_F1, 67, 0, ""),
        # Keys that a program makes up.
        ("xcb", ord("Z"), 0, 0, "Z"),
        ("offscreen", ord("Z"), 52, 0, "Z"),
        ("xcb", Qt.Key.Key_F1, 0, 0, ""),
    ],
)
def test_keys_go_by_their_places(
    platform: str,
    key: int,
    scan: int,
    virtual: int,
    letter: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(QGuiApplication, "platformName", lambda: platform)
    assert place_letter(event(key, scan, virtual)) == letter


def test_keys_are_told_apart_on_every_system(monkeypatch: pytest.MonkeyPatch) -> None:
    assert key_number(event(ord("A"), 38)) != key_number(event(ord("A"), 39))
    assert key_number(event(ord("A"))) != key_number(event(ord("B")))
    monkeypatch.setattr(QGuiApplication, "platformName", lambda: "cocoa")
    assert key_number(event(ord("A"), 1, 0)) != key_number(event(ord("S"), 1, 1))
    assert key_number(event(ord("A"), 1, 0)) != 0
