"""Work of which only the newest request counts: one runs, one waits, the rest are forgotten."""

from collections.abc import Callable
from typing import Any, Final, Generic, TypeVar

from PySide6.QtCore import QObject

from composer_app.studio.runtime.jobs import Jobs

_Result = TypeVar("_Result")


class Latest(Generic[_Result]):
    """Runs requests in the threads of ``jobs``, one at a time, so that they may share things.

    While one runs, only the newest of those that come is kept. With ``drops_stale`` its result
    is delivered only if nothing newer was asked in the meantime; without, it is shown until
    the next is there, which keeps a picture moving while somebody drags. The requests are those
    of ``owner``: once it is deleted, nothing is delivered, and nothing begins.
    """

    def __init__(self, jobs: Jobs, owner: QObject, *, drops_stale: bool) -> None:
        self._jobs: Final = jobs
        self._owner: Final = owner
        self._drops_stale = drops_stale
        self._running = False
        self._wanted = True
        self._next: tuple[Callable[[], _Result], Callable[[_Result], None], _Failed] | None = None

    @property
    def busy(self) -> bool:
        """Whether a result is to come."""
        return self._running

    def ask(
        self, work: Callable[[], _Result], done: Callable[[_Result], None], failed: "_Failed"
    ) -> None:
        """Call ``work()`` in a thread as soon as it is free, then ``done(result)`` here.

        If it raises, ``failed(error)``.
        """
        self._next = (work, done, failed)
        if not self._running:
            self._start()

    def forget(self) -> None:
        """Deliver nothing of what was asked until now."""
        self._next = None
        self._wanted = False

    def _start(self) -> None:
        if self._next is None:
            return
        work, done, failed = self._next
        self._next, self._running, self._wanted = None, True, True

        # Jobs calls these on the GUI thread.
        def deliver(result: _Result) -> None:
            self._end(lambda: done(result))

        def complain(error: Exception) -> None:
            self._end(lambda: failed(error))

        self._jobs.run(self._owner, work, deliver, complain)

    def _end(self, tell: Callable[[], Any]) -> None:
        self._running = False
        stale = self._next is not None and self._drops_stale
        if self._wanted and not stale:
            tell()
        # Being told may have asked, and so started, something.
        if not self._running:
            self._start()


_Failed = Callable[[Exception], None]
