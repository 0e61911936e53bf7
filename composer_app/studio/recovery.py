"""Unsaved work is kept in files of its own, and offered back at the next start.

Every piece of a session that holds unsaved music has a file ``SESSION-NUMBER.mid`` in the
recovery folder, a recording in progress a journal ``SESSION-NUMBER.journal``, and the session
holds the lock ``SESSION.lock`` as long as it runs. A file whose lock nobody holds was left over:
by a crash, or by closing without saving.
"""

import itertools
import logging
import uuid
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from threading import Lock
from typing import Final

from PySide6.QtCore import QLockFile, QObject, QTimer, Signal

from composer_app.errors import ComposerError
from composer_app.live.journal import Journal, read_journal
from composer_app.live.quantization import composition_of
from composer_app.music.composition import Composition
from composer_app.music.midi_file import read_midi, write_midi
from composer_app.music.performance import Performance
from composer_app.studio.document import Document

_log = logging.getLogger(__name__)
_DELAY_MS: Final = 1000
_PIECES: Final = "*-*.mid"
_JOURNALS: Final = "*-*.journal"
_STRIKE: Final = b'\n["on"'


class Recovery(QObject):
    """Writes shortly after each change, in a thread; :meth:`finish` waits for the last write."""

    # A sentence: recordings are not safe from a crash.
    journalFailed = Signal(str)

    def __init__(self, document: Document, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._folder = folder
        self._session = uuid.uuid4().hex
        self._lock = QLockFile(str(folder / f"{self._session}.lock"))
        # A lock is only stale when its process has gone, however long it has been held.
        self._lock.setStaleLockTime(0)
        # A journal's thread takes it as well.
        self._locking = Lock()
        self._journals = itertools.count()
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="recovery")
        self._last: Future[str | None] | None = None
        # The newest state of the piece that has not been written yet.
        self._pending: tuple[Path, Composition, bool] | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_DELAY_MS)
        self._timer.timeout.connect(self.write)
        document.stateChanged.connect(self._note_change)

    def write(self) -> None:
        """Hand the newest state to the thread now."""
        self._timer.stop()
        if self._pending is not None:
            self._last = self._writer.submit(self._store, *self._pending)
            self._pending = None

    def finish(self) -> str | None:
        """Write what is unsaved and wait; a sentence if that failed, and work would be lost."""
        self.write()
        return self._last.result() if self._last is not None else None

    def close(self) -> None:
        """Let go of the session's files; the unsaved ones become left over."""
        self.write()
        self._writer.shutdown(wait=True)
        self._lock.unlock()

    def open_journal(self, empty: Performance) -> Journal:
        """Begin the journal of a recording that is as ``empty`` says and has no notes yet."""
        path = self._folder / f"{self._session}-{next(self._journals)}.journal"
        return Journal(path, empty, prepare=self._hold, fail=self.journalFailed.emit)

    def end_journal(self, journal: Journal) -> None:
        """Delete ``journal``, once what became of it in the document is safe itself."""
        journal.close()
        self.write()
        self._writer.submit(self._forget, journal, self._last)

    def left_over(self) -> tuple[Path, ...]:
        """Files of sessions that have ended, newest first: pieces, and recordings with notes."""
        try:
            found = [path for path in self._folder.glob(_PIECES) if self._is_left(path)]
            for path in self._folder.glob(_JOURNALS):
                if self._is_left(path):
                    if _STRIKE in path.read_bytes():
                        found.append(path)
                    else:
                        self.discard(path)
            return tuple(sorted(found, key=lambda path: path.stat().st_mtime, reverse=True))
        except OSError:
            return ()

    @staticmethod
    def is_recording(path: Path) -> bool:
        """Whether ``path``, one of :meth:`left_over`, is a recording that was cut short."""
        return path.suffix == ".journal"

    @staticmethod
    def read(path: Path) -> Composition:
        """The music in ``path``, one of :meth:`left_over`; a :class:`ComposerError` if unusable."""
        if Recovery.is_recording(path):
            return composition_of(read_journal(path), "Recording")
        return read_midi(path)

    def discard(self, path: Path) -> None:
        """Delete a file that was left over."""
        try:
            path.unlink(missing_ok=True)
        except OSError:
            _log.warning("%s could not be deleted.", path, exc_info=True)

    def _note_change(self) -> None:
        document = self._document
        path = self._folder / f"{self._session}-{document.piece_number}.mid"
        if self._pending is not None and self._pending[0] != path:
            # Another piece has begun: the one left behind is still unsaved.
            self.write()
        self._pending = (path, document.composition, document.modified)
        self._timer.start()

    def _store(self, path: Path, composition: Composition, modified: bool) -> str | None:
        """In the thread: bring the file to the newest state; a sentence if that failed."""
        try:
            if modified:
                self._hold()
                write_midi(composition, path)
            else:
                path.unlink(missing_ok=True)
        except (ComposerError, OSError) as error:
            _log.warning("Unsaved work could not be kept.", exc_info=True)
            return f"Your unsaved work could not be kept: {error}"
        return None

    def _hold(self) -> None:
        """Make the folder, and say that this session's files are in use."""
        with self._locking:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._lock.tryLock(0)

    def _forget(self, journal: Journal, written: Future[str | None] | None) -> None:
        """In the thread, after ``written``."""
        journal.join()
        if written is None or written.result() is None:
            self.discard(journal.path)

    def _is_left(self, path: Path) -> bool:
        session = path.stem.partition("-")[0]
        if session == self._session:
            return False
        lock = QLockFile(str(self._folder / f"{session}.lock"))
        lock.setStaleLockTime(0)
        if not lock.tryLock(0):
            return False
        lock.unlock()
        return True
