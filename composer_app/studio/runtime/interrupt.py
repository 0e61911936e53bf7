"""Ctrl-C, and whoever ends the session, close the window as its own button would."""

import os
import signal
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, QSocketNotifier
from PySide6.QtWidgets import QApplication

# Not every system has the last one: the terminal was closed.
_NAMES: Final = ("SIGINT", "SIGTERM", "SIGHUP")


class InterruptHandler(QObject):
    """Calls ``interrupted`` on the GUI thread when the process gets SIGINT, SIGTERM or SIGHUP.

    Python runs its signal handlers between bytecodes, and there are none while Qt waits for
    events. The wakeup descriptor is a pipe that Qt can wait for. A SIGHUP that is ignored, as
    nohup wants it, stays so.
    """

    def __init__(self, interrupted: Callable[[], object], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._interrupted = interrupted
        self._reading, self._writing = os.pipe()
        for end in (self._reading, self._writing):
            os.set_blocking(end, False)
        self._old_descriptor = signal.set_wakeup_fd(self._writing)
        numbers = [getattr(signal, name) for name in _NAMES if hasattr(signal, name)]
        self._old_handlers = {
            number: signal.getsignal(number)
            for number in numbers
            if number == signal.SIGINT or signal.getsignal(number) != signal.SIG_IGN
        }
        for number in self._old_handlers:
            # The default handlers would raise KeyboardInterrupt in whatever slot runs next, and
            # end the process.
            signal.signal(number, lambda _number, _frame: None)
        self._notifier = QSocketNotifier(self._reading, QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._take)

    def remove(self) -> None:
        """Put back what was there before."""
        self._notifier.setEnabled(False)
        for number, handler in self._old_handlers.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._old_descriptor)
        os.close(self._reading)
        os.close(self._writing)

    def _take(self) -> None:
        if not set(self._old_handlers).isdisjoint(os.read(self._reading, 64)):
            self._interrupted()


def close_from_outside(close: Callable[[], object]) -> None:
    """Close as by hand, when a signal says so: dialogs that keep the window shut go first."""
    while (dialog := QApplication.activeModalWidget()) is not None:
        if not dialog.close():
            break
    close()
