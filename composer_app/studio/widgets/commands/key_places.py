"""Which key of the computer's keyboard an event comes from, whatever the layout calls it.

A piano under the fingers goes by where keys stand: on a French keyboard the key left of S plays
what A's place plays, though Q is written on it. Places are called by their letters on an American
keyboard.
"""

from typing import Final

from PySide6.QtGui import QGuiApplication, QKeyEvent

# Codes of the rows of a PC's keyboard, as Windows and the Linux kernel count them.
_ROWS: Final = {2: "1234567890", 16: "QWERTYUIOP", 30: "ASDFGHJKL", 44: "ZXCVBNM"}
_PC: Final = {
    first + index: letter for first, row in _ROWS.items() for index, letter in enumerate(row)
}
# X11, and Wayland after it, count from 8 on.
_X11: Final = {code + 8: letter for code, letter in _PC.items()}
# Apple's virtual keys, which go by places, too (HIToolbox/Events.h).
_MAC: Final = {
    code: letter
    for code, letter in enumerate("ASDFHGZXCV BQWERYT123465 97 80 OU IP LJ K    NM")
    if letter != " "
}


def place_letter(event: QKeyEvent) -> str:
    """The letter or digit of the place of a key; empty for every other key.

    Where the system does not say which key it was, as with keys that a program makes up, it is
    what the key is called.
    """
    platform = QGuiApplication.platformName()
    if platform == "cocoa":
        return _MAC.get(event.nativeVirtualKey(), "")
    codes = {"xcb": _X11, "wayland": _X11, "wayland-egl": _X11, "windows": _PC}.get(platform)
    scan = event.nativeScanCode()
    if codes is not None and scan:
        return codes.get(scan, "")
    return chr(event.key()) if event.key() < 128 else ""


def key_number(event: QKeyEvent) -> int:
    """A number that tells the keys of a keyboard apart."""
    if QGuiApplication.platformName() == "cocoa":
        # All keys have the same scan code there. One more, for A has 0.
        return event.nativeVirtualKey() + 1
    return event.nativeScanCode() or event.key()
