"""The folder in which sessions keep what is unsaved, and what of it an ended session has left.

Every piece of a session that holds unsaved music has files ``SESSION-PIECE-GENERATION.composer``
(``.mid`` where an earlier Composer wrote them), of which the last few are kept, and a recording in
progress a journal ``SESSION-PIECE.journal``.
``SESSION.folders`` lists where else the session writes. ``SESSION.lock`` is locked as long as the
session runs: the operating system sees to that, however the session ends, so that what stands in
the file does not matter. What belongs to a session whose lock nobody holds was left over.
"""

import json
import logging
import os
import re
import stat
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from threading import Lock
from typing import Final

from composer_app.live.recording.journal import read_journal
from composer_app.music.files.safe_file import is_locked, sweep, sync_folder, take_lock
from composer_app.music.midi.file import read_midi_piece
from composer_app.music.performing.quantization import composition_of
from composer_app.project.piece import Piece
from composer_app.project.project_file import ENDING, read_project

_log = logging.getLogger(__name__)
_FILE: Final = re.compile(r"([0-9a-z]+)-([0-9a-z]+)(?:-([0-9]+))?\.(composer|mid|journal)")
_SESSION_FILE: Final = re.compile(r"([0-9a-z]+)\.(lock|folders)")
_STRIKE: Final = b'\n["on"'
_MOST_BYTES: Final = 64_000_000
_ASIDE: Final = "damaged"
# More than a person is going to look through are only counted.
_MOST_READ: Final = 50


@dataclass(frozen=True)
class LeftOver:
    """A piece or a recording that an ended session has left, in ``files``, the newest first."""

    files: tuple[Path, ...]
    # Seconds since the epoch of the last change.
    changed: float

    @property
    def is_recording(self) -> bool:
        """Whether it is a recording that was cut short."""
        return self.files[0].suffix == ".journal"


@dataclass(frozen=True)
class Found:
    """The newest left-over that can be read, with its piece; ``more`` come after it.

    ``damaged`` files that could not be read have been set aside in ``aside``.
    """

    newest: LeftOver | None
    piece: Piece
    more: int
    damaged: int
    aside: Path


class RecoveryFolder:
    """One session's part of ``path``; any thread may call."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._session = os.urandom(16).hex()
        self._descriptor: int | None = None
        self._claims = count()
        self._noted: set[Path] = set()
        # A journal's thread holds the session as well.
        self._locking = Lock()

    # -- this session ----------------------------------------------------------------------

    def hold(self) -> None:
        """Make the folder, and say that this session's files are in use. Raises OSError."""
        with self._locking:
            self.path.mkdir(parents=True, exist_ok=True)
            with suppress(OSError):
                if stat.S_IMODE(self.path.stat().st_mode) & 0o077:
                    self.path.chmod(0o700)
            while not self._is_held():
                self._let_go()
                self._descriptor = os.open(self._lock_path, os.O_RDWR | os.O_CREAT, 0o600)
                with suppress(OSError):
                    take_lock(self._descriptor)

    def release(self, *, writing: bool = False) -> None:
        """Let go of the session's files; what there is becomes left over.

        ``writing`` says that a file is still being written in one of the places that were noted.
        """
        with self._locking:
            if self._descriptor is not None:
                if not writing:
                    _remove(self._places_path)
                _remove(self._lock_path)
            self._let_go()

    def piece_file(self, piece: int, generation: int) -> Path:
        """Where the state number ``generation`` of a piece is kept."""
        return self.path / f"{self._session}-{piece}-{generation}{ENDING}"

    def journal_file(self, number: int) -> Path:
        """Where the recording ``number`` is written down."""
        return self.path / f"{self._session}-{number}.journal"

    def note_place(self, folder: Path) -> None:
        """Remember that something is being written to ``folder``, for :meth:`tidy` to look at."""
        if folder in self._noted:
            return
        try:
            self.hold()
            line = json.dumps(os.fspath(folder)) + "\n"
            descriptor = os.open(self._places_path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(line)
        except OSError:
            _log.warning("The place of a file could not be noted.", exc_info=True)
        else:
            self._noted.add(folder)

    # -- what other sessions have left -----------------------------------------------------

    def left_over(self) -> tuple[LeftOver, ...]:
        """What sessions that have ended left, the newest first; recordings only with notes."""
        found = []
        for files in self._groups().values():
            with suppress(OSError):
                left = LeftOver(tuple(files), max(path.stat().st_mtime for path in files))
                if left.is_recording and not _has_notes(files[0]):
                    self.discard(left)
                else:
                    found.append(left)
        return tuple(sorted(found, key=lambda left: left.changed, reverse=True))

    def look(self) -> Found:
        """Read what is left over; set aside what cannot be read, of which there is no use."""
        newest: LeftOver | None = None
        piece = Piece()
        more = damaged = 0
        for index, left in enumerate(self.left_over()):
            if index >= _MOST_READ:
                more += 1
                continue
            readable, read, bad = self._read(left)
            damaged += bad
            if readable is None or read is None:
                continue
            if newest is None:
                newest, piece = readable, read
            else:
                more += 1
        return Found(newest, piece, more, damaged, self.path / _ASIDE)

    def claim(self, left: LeftOver) -> LeftOver | None:
        """Make ``left`` this session's own; None where another session has been quicker."""
        self.hold()
        number = f"b{next(self._claims)}"
        files: list[Path] = []
        for path in left.files:
            generation = _FILE.fullmatch(path.name)
            part = f"-{generation[3]}" if generation and generation[3] else ""
            mine = self.path / f"{self._session}-{number}{part}{path.suffix}"
            try:
                path.rename(mine)
            except OSError:
                if not files:
                    return None
            else:
                files.append(mine)
        sync_folder(self.path)
        return LeftOver(tuple(files), left.changed)

    def discard(self, left: LeftOver) -> None:
        """Delete a left-over."""
        # The newest last: what a crash leaves of this is not an older state.
        for path in reversed(left.files):
            _remove(path)

    def tidy(self) -> None:
        """Remove what ended sessions left that is of no use to anybody. May take its time."""
        sweep(self.path)
        by_session: dict[str, list[Path]] = {}
        in_use = {path.name.partition("-")[0] for path in self._names() if _FILE.match(path.name)}
        for path in self._names():
            match = _SESSION_FILE.fullmatch(path.name)
            if match:
                by_session.setdefault(match[1], []).append(path)
        for session, paths in by_session.items():
            if not self._has_ended(session):
                continue
            for path in sorted(paths):
                if path.suffix == ".folders":
                    for folder in _places(path):
                        sweep(folder)
                    _remove(path)
                elif session not in in_use:
                    _remove_unlocked(path)

    # -- inside ----------------------------------------------------------------------------

    @property
    def _lock_path(self) -> Path:
        return self.path / f"{self._session}.lock"

    @property
    def _places_path(self) -> Path:
        return self.path / f"{self._session}.folders"

    def _is_held(self) -> bool:
        """Whether our lock is on the file that others will look at."""
        if self._descriptor is None:
            return False
        try:
            return os.path.samestat(self._lock_path.stat(), os.fstat(self._descriptor))
        except FileNotFoundError:
            return False

    def _let_go(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _names(self) -> list[Path]:
        try:
            return sorted(self.path.iterdir())
        except OSError:
            return []

    def _groups(self) -> dict[tuple[str, str, str], list[Path]]:
        """The files of ended sessions by session, piece and kind, newest generation first."""
        groups: dict[tuple[str, str, str], list[tuple[int, Path]]] = {}
        ended: dict[str, bool] = {}
        for path in self._names():
            match = _FILE.fullmatch(path.name)
            if not match:
                continue
            session, piece, generation, kind = match.groups()
            if session not in ended:
                ended[session] = self._has_ended(session)
            if ended[session] and stat.S_ISREG(_mode(path)):
                group = groups.setdefault((session, piece, kind), [])
                group.append((int(generation or 0), path))
        return {
            key: [path for _, path in sorted(group, reverse=True)] for key, group in groups.items()
        }

    def _has_ended(self, session: str) -> bool:
        """Whether nobody holds the lock of ``session``; an unclear case counts as held."""
        try:
            descriptor = os.open(self.path / f"{session}.lock", os.O_RDWR | os.O_NONBLOCK)
        except FileNotFoundError:
            return True
        except OSError:
            return False
        try:
            return not is_locked(descriptor)
        finally:
            os.close(descriptor)

    def _read(self, left: LeftOver) -> tuple[LeftOver | None, Piece | None, int]:
        """The newest state of ``left`` that can be read, and how many were damaged."""
        damaged = 0
        for index, path in enumerate(left.files):
            try:
                piece = read_left_over(path)
            except Exception:
                # Another session may just have taken it.
                if path.exists():
                    _log.warning("%s cannot be read.", path, exc_info=True)
                    damaged += self._set_aside(path)
            else:
                return LeftOver(left.files[index:], left.changed), piece, damaged
        return None, None, damaged

    def _set_aside(self, path: Path) -> bool:
        """Put a file where nobody offers it; whether that worked."""
        try:
            aside = self.path / _ASIDE
            aside.mkdir(mode=0o700, exist_ok=True)
            path.rename(aside / path.name)
        except OSError:
            _log.warning("%s could not be set aside.", path, exc_info=True)
            return False
        return True


def read_left_over(path: Path) -> Piece:
    """The piece in a file of a :class:`LeftOver`. Raises whatever reading a damaged one does."""
    if path.suffix == ".journal":
        return Piece(composition_of(read_journal(path), "Recording"))
    if path.suffix == ENDING:
        return read_project(path)
    read = read_midi_piece(path)
    return Piece(read.composition, mix=read.mix)


def _has_notes(journal: Path) -> bool:
    with journal.open("rb") as file:
        return _STRIKE in file.read(_MOST_BYTES)


def _mode(path: Path) -> int:
    try:
        return path.lstat().st_mode
    except OSError:
        return 0


def _places(path: Path) -> list[Path]:
    """The folders in the list ``path``, as far as it can be read."""
    places = []
    with suppress(OSError, ValueError):
        for line in path.read_text(encoding="ascii").splitlines():
            place = json.loads(line)
            if isinstance(place, str):
                places.append(Path(place))
    return places


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        _log.warning("%s could not be deleted.", path, exc_info=True)


def _remove_unlocked(path: Path) -> None:
    """Delete a lock file, if nobody has just taken the lock after all."""
    with suppress(OSError):
        descriptor = os.open(path, os.O_RDWR | os.O_NONBLOCK)
        try:
            if not is_locked(descriptor):
                _remove(path)
        finally:
            os.close(descriptor)
