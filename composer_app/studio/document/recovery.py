"""Unsaved work is kept in files of its own, and offered back at the next start.

:mod:`recovery_folder` says which files, and what becomes of them when the session has ended.
"""

import logging
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import count
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from composer_app.live.note_sink import Clock
from composer_app.live.recording.journal import Journal
from composer_app.music.files.safe_file import failure_reason, write_whole
from composer_app.music.midi.file import UnwritableMidiError
from composer_app.music.performing.performance import Performance
from composer_app.project.piece import Piece
from composer_app.project.project_file import project_bytes
from composer_app.studio.document.document import Document
from composer_app.studio.document.moments import clock_time
from composer_app.studio.document.recovery_folder import Found, LeftOver, RecoveryFolder
from composer_app.studio.messages.messages import now

_log = logging.getLogger(__name__)
# After the last change, but so long after the first that is unwritten at the latest: seconds.
_REST: Final = 0.7
_LATEST: Final = 2.5
_RETRY: Final = 2.0
_GENERATIONS: Final = 3
_MODE: Final = 0o600


@dataclass(frozen=True)
class _State:
    """A state of a piece that is not in its recovery file; changed ``since`` (of the clock)."""

    piece: Piece
    modified: bool
    since: float
    at: datetime


@dataclass(frozen=True)
class _Batch:
    """What the thread is to bring to the disk, and then the journals that are to go."""

    states: dict[int, _State]
    journals: tuple[Journal, ...]
    # In the thread: why the states of these pieces could not be kept.
    failures: dict[int, str] = field(default_factory=dict)


class Recovery(QObject):
    """Writes soon after each change, in a thread; :meth:`finish` waits for the last write.

    While changes go on, a state is handed to the thread at the latest 2.5 s after the first
    change that is not written. What cannot be written is tried again until it can be. ``clock``
    counts seconds, ``wall_clock`` says what day and time it is.
    """

    # A sentence while unsaved work cannot be kept; empty when it can be again.
    protectionChanged = Signal(str)
    # The same of a recording in progress.
    journalChanged = Signal(str)
    # A batch has been dealt with.
    _stored = Signal(object)
    # From the thread of a journal: its number, and why it cannot be written, or nothing.
    _journalSaid = Signal(int, str)

    def __init__(
        self,
        document: Document,
        folder: Path,
        parent: QObject | None = None,
        *,
        clock: Clock = time.monotonic,
        wall_clock: Callable[[], datetime] = now,
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._folder = RecoveryFolder(folder)
        self._clock = clock
        self._wall_clock = wall_clock
        self._journals = count()
        self._recording: int | None = None
        self._unwritten: dict[int, _State] = {}
        self._ended: tuple[Journal, ...] = ()
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="recovery")
        self._flight: Future[_Batch] | None = None
        self._in_a_hurry = False
        self._try_again_at = 0.0
        self._problem = ""
        self._reason = ""
        # Used in the thread only.
        self._generations = count()
        self._kept: dict[int, list[Path]] = {}
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.write)
        self._stored.connect(self._settle, Qt.ConnectionType.QueuedConnection)
        self._journalSaid.connect(self._say_journal, Qt.ConnectionType.QueuedConnection)
        document.stateChanged.connect(self._note_change)

    @property
    def busy(self) -> bool:
        """Whether the thread is writing."""
        return self._flight is not None and not self._flight.done()

    # -- writing ---------------------------------------------------------------------------

    def write(self) -> None:
        """Hand the newest state to the thread now, or as soon as it is free."""
        self._timer.stop()
        if self._flight is not None:
            self._in_a_hurry = True
        elif self._unwritten or self._ended:
            batch = _Batch(self._unwritten, self._ended)
            self._unwritten, self._ended = {}, ()
            self._in_a_hurry = False
            self._flight = self._writer.submit(self._store, batch)
            self._flight.add_done_callback(self._stored.emit)

    def finish(self) -> str | None:
        """Write what is unsaved and wait; a sentence if that failed, and work would be lost."""
        tried = False
        while self._flight is not None or not tried:
            if self._flight is None:
                self.write()
                tried = True
            self._wait()
        return f"Your unsaved work could not be kept: {self._reason}." if self._reason else None

    def close(self, *, writing: bool = False) -> None:
        """Let go of the session's files; the unsaved ones become left over.

        ``writing``: some other file is still being written.
        """
        self.finish()
        self._timer.stop()
        self._writer.shutdown(wait=True)
        self._folder.release(writing=writing)

    def open_journal(self, empty: Performance) -> Journal:
        """Begin the journal of a recording that is as ``empty`` says and has no notes yet."""
        number = self._recording = next(self._journals)
        fail = partial(self._journalSaid.emit, number)
        return Journal(
            self._folder.journal_file(number), empty, prepare=self._folder.hold, fail=fail
        )

    def end_journal(self, journal: Journal) -> None:
        """Delete ``journal``, once what became of it in the document is safe itself."""
        journal.close()
        self._recording = None
        self.journalChanged.emit("")
        self._ended = (*self._ended, journal)
        self.write()

    def note_place(self, folder: Path) -> None:
        """Remember, from any thread, that something is being written to ``folder``."""
        self._folder.note_place(folder)

    # -- what was left over ----------------------------------------------------------------

    def look(self) -> Found:
        """What ended sessions left; may take its time, so that it is for another thread."""
        return self._folder.look()

    def left_over(self) -> tuple[LeftOver, ...]:
        """All that ended sessions left, the newest first, unread."""
        return self._folder.left_over()

    def claim(self, left: LeftOver) -> LeftOver | None:
        """Make ``left`` this session's own; None where another session has been quicker."""
        try:
            return self._folder.claim(left)
        except OSError:
            _log.warning("A left-over could not be claimed.", exc_info=True)
            return left

    def discard(self, left: LeftOver) -> None:
        """Delete a left-over."""
        self._folder.discard(left)

    def tidy(self) -> None:
        """Remove what ended sessions left that is of no use; for another thread."""
        self._folder.tidy()

    # -- inside ----------------------------------------------------------------------------

    def _note_change(self) -> None:
        if self._flight is not None and not self.busy:
            # Changes may come so fast that neither signals nor timers get their turn.
            self._settle(self._flight)
        document = self._document
        number = document.piece_number
        before = self._unwritten.get(number)
        since, at = (before.since, before.at) if before else (self._clock(), self._wall_clock())
        self._unwritten[number] = _State(document.piece, document.modified, since, at)
        self._schedule()

    def _schedule(self) -> None:
        """See to it that what is unwritten will be written in time."""
        if not self._unwritten or self._flight is not None:
            return
        at = self._clock()
        states = self._unwritten.values()
        latest = min(state.since for state in states) + _LATEST
        if len(states) > 1 or not all(state.modified for state in states):
            # Another piece has begun, and the one left behind is still unsaved; or this one was
            # saved, and would be offered back as if it were not.
            latest = at
        due = max(min(at + _REST, latest), self._try_again_at)
        if due <= at:
            self.write()
        else:
            self._timer.start(round(1000 * (due - at)))

    def _wait(self) -> None:
        flight = self._flight
        if flight is not None:
            flight.exception()
            self._settle(flight)

    def _settle(self, flight: Future[_Batch]) -> None:
        """Take note of what the thread has done."""
        if flight is not self._flight:
            return
        self._flight = None
        batch = flight.result()
        for number in batch.failures:
            failed = batch.states[number]
            newer = self._unwritten.get(number, failed)
            self._unwritten[number] = _State(newer.piece, newer.modified, failed.since, failed.at)
        if batch.failures:
            self._ended = (*batch.journals, *self._ended)
            self._try_again_at = self._clock() + _RETRY
            self._reason = next(reversed(batch.failures.values()))
            at = min(self._unwritten[number].at for number in batch.failures)
            self._say(f"Not protected since {clock_time(at, self._wall_clock())}: {self._reason}.")
        else:
            self._try_again_at = 0.0
            self._reason = ""
            self._say("")
        if self._in_a_hurry and not batch.failures:
            self.write()
        else:
            self._schedule()

    def _say(self, problem: str) -> None:
        if problem != self._problem:
            self._problem = problem
            self.protectionChanged.emit(problem)

    def _say_journal(self, number: int, reason: str) -> None:
        if number != self._recording:
            # The recording has ended meanwhile.
            return
        at = self._wall_clock()
        sentence = f"This recording is not protected since {clock_time(at, at)}: {reason}."
        self.journalChanged.emit(sentence if reason else "")

    def _store(self, batch: _Batch) -> _Batch:
        """In the thread: bring the files to the newest states."""
        for number, state in batch.states.items():
            try:
                self._store_piece(number, state)
            except UnwritableMidiError as error:
                batch.failures[number] = str(error)
            except (OSError, ValueError) as error:
                _log.warning("Unsaved work could not be kept.", exc_info=True)
                batch.failures[number] = str(failure_reason(error))
            except Exception:
                _log.exception("Unsaved work could not be kept.")
                batch.failures[number] = "something unexpected went wrong"
        if not batch.failures:
            for journal in batch.journals:
                journal.join()
                self._folder.discard(LeftOver((journal.path,), 0.0))
        return batch

    def _store_piece(self, number: int, state: _State) -> None:
        kept = self._kept.setdefault(number, [])
        keep = 0
        if state.modified:
            self._folder.hold()
            path = self._folder.piece_file(number, next(self._generations))
            write_whole(path, project_bytes(state.piece), mode=_MODE)
            kept.append(path)
            keep = _GENERATIONS
        cut = max(0, len(kept) - keep)
        old, kept[:] = kept[:cut], kept[cut:]
        # The newest last: what a crash leaves of this is not an older state.
        self._folder.discard(LeftOver(tuple(reversed(old)), 0.0))
