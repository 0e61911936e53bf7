"""Files that are being read or written: how far that is, and how a person breaks it off."""

import time
from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from composer_app.studio.messages.bar import MessageAction, MessageBar, Tone

# What takes less is not worth a message.
SLOW_MS: Final = 300
_SHOWN_SECONDS: Final = 0.1


class FileWork:
    """One file that is being read or written; the thread that does so asks :meth:`wanted`."""

    def __init__(
        self,
        number: int,
        doing: str,
        path: Path,
        advanced: Callable[[int, int], None],
        cancelled: Callable[[], None],
    ) -> None:
        self.number = number
        self.doing = doing
        self.path = path
        self.percent: int | None = None
        self.told = cancelled
        self._advanced = advanced
        self._cancelled = Event()
        self._shown = time.monotonic()

    def wanted(self) -> bool:
        """Whether to go on. From any thread."""
        return not self._cancelled.is_set()

    def progress(self, share: float) -> bool:
        """Say which share, 0 to 1, is done; whether to go on. From the thread that works."""
        if time.monotonic() - self._shown > _SHOWN_SECONDS:
            self._shown = time.monotonic()
            self._advanced(self.number, int(100 * share))
        return self.wanted()

    def drop(self) -> None:
        """It is not wanted any more; nobody is told."""
        self._cancelled.set()

    @property
    def key(self) -> str:
        """Of its message."""
        return f"file-work-{self.number}"

    @property
    def sentence(self) -> str:
        """What is going on, and how far it is where that is known."""
        if self.percent is None:
            return f"{self.doing} {self.path.name}…"
        return f"{self.doing} {self.path.name}: {self.percent} %"


class UnderWay(QObject):
    """Shows in the message bar what takes longer than a moment, each with a Cancel."""

    # From the thread that works: the number of the work, and the percentage that is done.
    _advanced = Signal(int, int)

    def __init__(self, bar: MessageBar, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bar = bar
        self._numbers = 0
        # By their numbers, the latest last.
        self._works: dict[int, FileWork] = {}
        self._advanced.connect(self._show_share, Qt.ConnectionType.QueuedConnection)

    @property
    def shown(self) -> bool:
        """Whether anything is that a person sees and can cancel."""
        return any(self._bar.stands(work.key) for work in self._works.values())

    def begin(
        self, doing: str, path: Path, cancelled: Callable[[], None] = lambda: None
    ) -> FileWork:
        """Something is ``doing``, such as "Opening", with ``path``, until :meth:`end`.

        ``cancelled`` is called at once when a person has cancelled it.
        """
        self._numbers += 1
        work = FileWork(self._numbers, doing, path, self._advanced.emit, cancelled)
        self._works[work.number] = work
        QTimer.singleShot(SLOW_MS, self, lambda: self._show(work))
        return work

    def end(self, work: FileWork) -> None:
        """It is over, however that has come."""
        self._works.pop(work.number, None)
        self._bar.clear(work.key)

    def cancel(self, work: FileWork) -> None:
        """Break it off, as a person wishes."""
        if work.number in self._works and work.wanted():
            work.drop()
            self._bar.clear(work.key)
            work.told()

    def cancel_latest(self) -> None:
        """Break off what was begun last, of what a person sees."""
        for work in reversed(list(self._works.values())):
            if self._bar.stands(work.key):
                self.cancel(work)
                return

    def cancel_all(self) -> None:
        """Break everything off; the window closes."""
        for work in list(self._works.values()):
            self.cancel(work)

    def _show(self, work: FileWork) -> None:
        if work.number in self._works and work.wanted():
            cancel = MessageAction("Cancel", lambda: self.cancel(work))
            self._bar.show_persistent(
                work.key, work.sentence, Tone.INFO, cancel, names=[work.path.name]
            )

    def _show_share(self, number: int, percent: int) -> None:
        work = self._works.get(number)
        if work is not None and work.wanted():
            work.percent = percent
            self._bar.amend(work.key, work.sentence)
