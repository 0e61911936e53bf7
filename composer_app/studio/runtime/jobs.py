"""Slow work off the GUI thread, its result delivered back on it."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, TypeVar

from PySide6.QtCore import QObject, Qt, Signal
from shiboken6 import isValid

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

_WORKERS: Final = 3
_Result = TypeVar("_Result")


@dataclass(frozen=True)
class _Waiting:
    """Who waits for a piece of work, and what is to be called."""

    owner: QObject
    done: Callable[[Any], None]
    failed: Callable[[Exception], None]


class Jobs(QObject):
    """Runs functions in a few threads; what follows them runs on the thread of this object.

    Every job has an owner, whom its result is for. Work that has begun is done to its end, but an
    owner that Qt has deleted in the meantime, with its window for instance, is told nothing. With
    ``later`` no work begins before :meth:`begin`: threads would take Python's lock from whatever
    is to be seen first.
    """

    # From the worker: request number, result, exception or None.
    _ended = Signal(int, object, object)

    def __init__(self, parent: QObject | None = None, *, later: bool = False) -> None:
        super().__init__(parent)
        self._later: list[tuple[int, Callable[[], object]]] | None = [] if later else None
        self._numbers = itertools.count()
        self._waiting: dict[int, _Waiting] = {}
        self._closed = False
        self._ended.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def run(
        self,
        owner: QObject,
        work: Callable[[], _Result],
        done: Callable[[_Result], None],
        failed: Callable[[Exception], None],
    ) -> None:
        """Call ``work()`` in a thread, then ``done(result)`` or ``failed(error)`` back here.

        ``done`` and ``failed`` may use ``owner`` and whatever lives as long: neither is called
        once it is deleted. Once closed, nothing happens: a widget may outlive the threads for a
        moment.
        """
        if self._closed or not isValid(owner):
            return
        number = next(self._numbers)
        self._waiting[number] = _Waiting(owner, done, failed)
        if self._later is None:
            self._pool.submit(self._work, number, work)
        else:
            self._later.append((number, work))

    def begin(self) -> None:
        """Let all that has been asked for begin, and from now on at once."""
        asked, self._later = self._later or [], None
        for number, work in asked:
            self._pool.submit(self._work, number, work)

    @cached_property
    def _pool(self) -> "ThreadPoolExecutor":
        from concurrent.futures import ThreadPoolExecutor

        return ThreadPoolExecutor(_WORKERS, thread_name_prefix="job")

    @property
    def busy(self) -> bool:
        """Whether anything is still to be delivered."""
        return bool(self._waiting)

    def close(self) -> None:
        """Let running work end; nothing more is delivered."""
        self._closed = True
        self._waiting.clear()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _work(self, number: int, work: Callable[[], object]) -> None:
        try:
            result = work()
        except Exception as error:
            self._ended.emit(number, None, error)
        else:
            self._ended.emit(number, result, None)

    def _deliver(self, number: int, result: object, error: Exception | None) -> None:
        waiting = self._waiting.pop(number, None)
        if waiting is None or not isValid(waiting.owner):
            return
        if error is None:
            waiting.done(result)
        else:
            waiting.failed(error)
