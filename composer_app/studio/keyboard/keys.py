"""The computer keyboard as a piano, and the trouble with key repeats. No painting."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent

from composer_app.studio.widgets.commands.key_places import key_number, place_letter
from composer_app.studio.widgets.commands.keyboard_letters import LETTERS

# On X11 a held key arrives as releases and presses in turn, without any mark of a repeat. The
# release of a key that comes down again within this time never happened.
RELEASE_DELAY_MS: Final = 15
_COMMANDS: Final = (
    Qt.KeyboardModifier.ControlModifier
    | Qt.KeyboardModifier.AltModifier
    | Qt.KeyboardModifier.MetaModifier
)


class LetterKeys(QObject):
    """Turns key events into ``press(key id, pitch)`` and ``release(key id)``, repeats removed.

    ``pitch`` is that of the unshifted keyboard. A key id tells physical keys apart. What is
    down here are keys that may only seem to go up; what sounds is the keyboard's to know.
    """

    def __init__(
        self,
        press: Callable[[int, int], None],
        release: Callable[[int], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._press = press
        self._release = release
        self._down: set[int] = set()
        self._leaving: dict[int, QTimer] = {}

    def pressed(self, event: QKeyEvent) -> bool:
        """Take a key press; whether it was one of the piano's letters."""
        pitch = LETTERS.get(place_letter(event))
        if pitch is None or event.modifiers() & _COMMANDS:
            return False
        key = key_number(event)
        timer = self._leaving.pop(key, None)
        if timer is not None:
            timer.stop()
            timer.deleteLater()
        elif key not in self._down and not event.isAutoRepeat():
            self._down.add(key)
            self._press(key, pitch)
        return True

    def released(self, event: QKeyEvent) -> bool:
        """Take a key release; whether that key was sounding."""
        key = key_number(event)
        if key not in self._down:
            return False
        if not event.isAutoRepeat() and key not in self._leaving:
            timer = QTimer(self)
            timer.setSingleShot(True)
            timer.setTimerType(Qt.TimerType.PreciseTimer)
            timer.timeout.connect(lambda: self._let_go(key))
            timer.start(RELEASE_DELAY_MS)
            self._leaving[key] = timer
        return True

    def release_all(self) -> None:
        """Let go of every letter at once."""
        for key in tuple(self._down):
            self._let_go(key)

    def _let_go(self, key: int) -> None:
        timer = self._leaving.pop(key, None)
        if timer is not None:
            timer.stop()
            timer.deleteLater()
        self._down.discard(key)
        self._release(key)
