"""Writing people's files: in threads, and what is meant for one file in the order it was asked."""

import os
import sys
from collections import deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from threading import Condition, Thread
from typing import Any, Final, TypeVar

from PySide6.QtCore import QObject, Qt, Signal
from shiboken6 import isValid

_Result = TypeVar("_Result")
_PARTING_SECONDS: Final = 2.0


@dataclass(frozen=True)
class _Asked:
    """A file to write: what to do in the thread, and what of it may be replaced by a newer one."""

    number: int
    path: Path
    work: Callable[[], object]
    subject: Hashable


@dataclass(frozen=True)
class _Waiting:
    """Who waits for a file, and what is to be called."""

    owner: QObject
    done: Callable[[Any], None]
    failed: Callable[[Exception], None]


class FileWriter(QObject):
    """A thread for each file that is being written; files do not wait for each other.

    So a save to a disk that does not answer does not hold up one to another disk. ``note`` is
    told, in the thread, in which folder a file is about to be written.
    """

    # Everything that was asked for has been written, or has failed, and all have been told.
    finished = Signal()
    # From a thread: there is something to deliver.
    _ended = Signal()

    def __init__(
        self, note: Callable[[Path], None] | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._note = note
        self._numbers = count()
        self._waiting: dict[int, _Waiting] = {}
        self._closed = False
        self._given_up = False
        self._failures = 0
        self._keys: dict[Path, str] = {}
        # Whatever the threads touch, and the condition that guards it.
        self._changed = Condition()
        self._queues: dict[str, deque[_Asked]] = {}
        self._running: dict[str, Path] = {}
        self._results: deque[tuple[int, object, Exception | None]] = deque()
        self._ended.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def run(
        self,
        owner: QObject,
        path: Path,
        work: Callable[[], _Result],
        done: Callable[[_Result], None],
        failed: Callable[[Exception], None],
        subject: Hashable = None,
    ) -> None:
        """Call ``work()``, which writes ``path``, after all that was asked for that file before.

        Then ``done(result)`` or ``failed(error)`` is called on the thread of this object, unless
        ``owner`` has been deleted. Work of the same ``subject`` that still waits as the last for
        its file is dropped, and nothing is said of it: the newer one says how it went.
        """
        if self._closed:
            return
        asked = _Asked(next(self._numbers), path, work, subject)
        key = self._key(path)
        self._waiting[asked.number] = _Waiting(owner, done, failed)
        with self._changed:
            queue = self._queues.get(key)
            if queue is None:
                self._queues[key] = deque([asked])
                self._running[key] = path
                # What a person has given up waiting for does not keep the process alive.
                Thread(target=self._work, args=(key,), name="file-writer", daemon=True).start()
                return
            if subject is not None and queue and queue[-1].subject == subject:
                self._waiting.pop(queue.pop().number)
            queue.append(asked)

    @property
    def busy(self) -> bool:
        """Whether anything is still to be written or delivered."""
        return bool(self._waiting)

    @property
    def paths(self) -> tuple[Path, ...]:
        """The files that are being written."""
        with self._changed:
            return tuple(self._running.values())

    @property
    def failures(self) -> int:
        """How many files could not be written so far."""
        return self._failures

    def give_up(self) -> None:
        """Let :meth:`close` wait for a moment only, in which cancelled work can end."""
        self._given_up = True

    def finish(self, seconds: float | None = None) -> bool:
        """Wait so long, or as long as it takes, and deliver; whether everything was written."""
        with self._changed:
            everything = self._changed.wait_for(lambda: not self._queues, seconds)
        self._deliver()
        return everything

    def close(self) -> bool:
        """Wait for everything, and deliver nothing more; False where that has been given up."""
        self._closed = True
        self._waiting.clear()
        return self.finish(_PARTING_SECONDS if self._given_up else None)

    def _key(self, path: Path) -> str:
        """What is the same for all names of a file. Asks the disk once for each name."""
        if path not in self._keys:
            try:
                self._keys[path] = os.path.realpath(path)
            except ValueError:
                self._keys[path] = str(path)
        return self._keys[path]

    def _work(self, key: str) -> None:
        """In a thread: write one file as long as there is something for it."""
        while True:
            with self._changed:
                queue = self._queues[key]
                if not queue:
                    del self._queues[key], self._running[key]
                    self._changed.notify_all()
                    return
                asked = queue.popleft()
            self._carry_out(asked, Path(key).parent)
            self._ended.emit()

    def _carry_out(self, asked: _Asked, folder: Path) -> None:
        # In a method of its own, so that the thread lets go of everything before it is delivered.
        result: object = None
        failure: Exception | None = None
        try:
            if self._note is not None:
                self._note(folder)
            result = asked.work()
        except Exception as error:
            failure = error
        with self._changed:
            self._results.append((asked.number, result, failure))

    def _deliver(self) -> None:
        busy = self.busy
        while True:
            with self._changed:
                if not self._results:
                    break
                number, result, error = self._results.popleft()
            self._failures += error is not None
            waiting = self._waiting.pop(number, None)
            if waiting is None or not isValid(waiting.owner):
                continue
            try:
                if error is None:
                    waiting.done(result)
                else:
                    waiting.failed(error)
            except Exception:
                # As from any slot; those that wait behind this one are told all the same.
                sys.excepthook(*sys.exc_info())
        if busy and not self.busy:
            self.finished.emit()
