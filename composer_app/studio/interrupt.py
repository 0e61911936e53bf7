"""Ctrl-C in the terminal closes the window as its own button would."""

import signal
import socket
from collections.abc import Callable

from PySide6.QtCore import QObject, QSocketNotifier


class InterruptHandler(QObject):
    """Calls ``interrupted`` on the GUI thread when the process gets SIGINT.

    Python runs its signal handlers between bytecodes, and there are none while Qt waits for
    events. The wakeup descriptor is a socket that Qt can wait for.
    """

    def __init__(self, interrupted: Callable[[], object], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._interrupted = interrupted
        self._reading, self._writing = socket.socketpair()
        for end in (self._reading, self._writing):
            end.setblocking(False)
        self._old_descriptor = signal.set_wakeup_fd(self._writing.fileno())
        # The default handler would raise KeyboardInterrupt in whatever slot runs next.
        self._old_handler = signal.signal(signal.SIGINT, lambda _number, _frame: None)
        self._notifier = QSocketNotifier(self._reading.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._take)

    def remove(self) -> None:
        """Put back what was there before."""
        self._notifier.setEnabled(False)
        signal.signal(signal.SIGINT, self._old_handler)
        signal.set_wakeup_fd(self._old_descriptor)
        self._reading.close()
        self._writing.close()

    def _take(self) -> None:
        if signal.SIGINT in self._reading.recv(64):
            self._interrupted()
