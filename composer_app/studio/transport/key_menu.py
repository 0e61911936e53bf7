"""The menu behind the key of the piece: the one that is heard in its notes, or another."""

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from composer_app.music.pitch import MOST_SHARPS, Key

_SIGNATURES: Final = range(-MOST_SHARPS, MOST_SHARPS + 1)


class KeyMenu(QMenu):
    """Reports the key that is chosen."""

    # A Key; None: the one that is heard in the notes.
    keyChosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTitle("&Key")
        self._group = QActionGroup(self)
        self.heard = self._add(self, "From the Notes", None)
        self.addSeparator()
        self.keys: dict[Key, QAction] = {}
        for minor, title in ((False, "Major"), (True, "Minor")):
            menu = self.addMenu(title)
            for sharps in _SIGNATURES:
                key = Key.of_signature(sharps, minor=minor)
                self.keys[key] = self._add(menu, f"{key.name}{_signature(sharps)}", key)

    def set_key(self, given: Key | None, heard: Key | None) -> None:
        """Show which key is ``given``, and the one that is ``heard``, without reporting it."""
        self.heard.setText("From the Notes" if heard is None else f"From the Notes: {heard.name}")
        action = self.heard if given is None else self.keys[given]
        action.setChecked(True)

    def _add(self, menu: QMenu, text: str, key: Key | None) -> QAction:
        action = QAction(text, self._group)
        action.setCheckable(True)
        action.triggered.connect(lambda: self.keyChosen.emit(key))
        menu.addAction(action)
        return action


def _signature(sharps: int) -> str:
    """Such as ``  (3♭)``; nothing for C major."""
    return f"  ({abs(sharps)}{'♯' if sharps > 0 else '♭'})" if sharps else ""
