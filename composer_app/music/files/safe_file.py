"""Files that are either written whole or not at all, and only where a file may be.

What is written waits under a temporary name in the same folder, whose file is locked as long as
somebody writes it. A program that is killed leaves the temporary file and loses the lock; whoever
writes into the folder next, and :func:`sweep`, removes it.
"""

import errno
import fcntl
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from composer_app.errors import FileChangedError
from composer_app.translation import Message, _, verbatim

_TEMPORARY: Final = re.compile(r"\.composer-[0-9a-f]{16}\.tmp")
# As many links to follow as Linux does.
_MOST_LINKS: Final = 40
_PROCESS_FILES: Final = Path("/proc")
_KINDS: Final = (
    (stat.S_ISFIFO, _("it is a pipe, not a file")),
    (stat.S_ISCHR, _("it is a device, not a file")),
    (stat.S_ISBLK, _("it is a device, not a file")),
    (stat.S_ISSOCK, _("it is a socket, not a file")),
)
_REASONS: Final = {
    FileNotFoundError: _("there is no such file or folder"),
    IsADirectoryError: _("it is a folder"),
    NotADirectoryError: _("part of its path is not a folder"),
    PermissionError: _("permission is denied"),
}
_REASONS_BY_NUMBER: Final = {
    errno.EEXIST: _("a file of its name is in the way"),
    errno.ENOSPC: _("the disk is full"),
    errno.EDQUOT: _("your share of the disk is used up"),
    errno.EROFS: _("the disk can only be read"),
    errno.EIO: _("the disk does not answer as it should"),
    errno.ENAMETOOLONG: _("its name is too long"),
    errno.ELOOP: _("its links lead in a circle"),
}


class NoFileError(OSError):
    """A device, a pipe or the like, which is never written to nor replaced.

    ``reason`` is the end of a sentence.
    """

    def __init__(self, reason: Message) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class FileState:
    """What a file was when Composer had written it, to see later whether it still is."""

    inode: int
    size: int
    modified_ns: int
    sha256: bytes

    def holds(self, path: Path) -> bool:
        """Whether ``path`` has these bytes still; what was only touched or copied back has.

        Raises :class:`OSError`, :class:`FileNotFoundError` where there is nothing any more.
        """
        now = path.stat()
        if (now.st_ino, now.st_size, now.st_mtime_ns) == (
            self.inode,
            self.size,
            self.modified_ns,
        ):
            return True
        if not stat.S_ISREG(now.st_mode) or now.st_size != self.size:
            return False
        import hashlib

        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest() == self.sha256


def write_whole(
    path: Path, data: bytes, *, mode: int | None = None, only_over: FileState | None = None
) -> FileState:
    """Write ``data`` to ``path`` so that nobody ever sees half of it: see :func:`whole_file`.

    With ``only_over`` a file is replaced only if that is what it holds; else
    :class:`FileChangedError` says that somebody has changed or removed it.
    """
    import hashlib

    with whole_file(path, mode=mode, only_over=only_over) as file:
        file.write(data)
        file.flush()
        # Of our own file: what stands at the path a moment later may be somebody else's.
        status = os.fstat(file.fileno())
    digest = hashlib.sha256(data).digest()
    return FileState(status.st_ino, status.st_size, status.st_mtime_ns, digest)


@contextmanager
def whole_file(
    path: Path, *, mode: int | None = None, only_over: FileState | None = None
) -> Iterator[BinaryIO]:
    """A new file to write bytes to, which becomes ``path`` when the block is left.

    The bytes go to a temporary name in the same folder, reach the disk, and only then take the
    place of an earlier file, whose permissions they keep; ``mode`` are the permissions of a new
    one, those of the person's other files when omitted. A symbolic link stays, and what it leads
    to is written. When anything fails the earlier file is untouched and the temporary one is
    gone. Raises :class:`OSError`, of the kind :class:`NoFileError` for a device, a pipe and the
    like; ``only_over`` is that of :func:`write_whole`.
    """
    target = check_place(path)
    _check_unchanged(path, target, only_over)
    sweep(target.parent)
    old = target.stat() if target.exists() else None
    permissions = mode if old is None else stat.S_IMODE(old.st_mode)
    temporary, file = _new_temporary(target.parent, 0o666 if permissions is None else 0o600)
    try:
        with file:
            if permissions is not None:
                _dress(file.fileno(), permissions, old)
            yield file
            file.flush()
            os.fsync(file.fileno())
            # Much may have happened since: rendering takes minutes.
            check_place(target)
            _check_unchanged(path, target, only_over)
            temporary.replace(target)
    except BaseException:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
    sync_folder(target.parent)


def check_place(path: Path) -> Path:
    """Where writing to ``path`` really writes; :class:`OSError` where it is known not to work.

    Refused are folders, write-protected files, and with :class:`NoFileError` what is no file at
    all, see :func:`refuse_no_file`.
    """
    refuse_no_file(path)
    target = Path(os.path.realpath(path))
    try:
        status = target.stat()
    except FileNotFoundError:
        if not target.parent.is_dir():
            raise
        return target
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(f"{target} is a folder")
    # Nobody's protection is overridden, not even by root, who may write whatever is there.
    if not status.st_mode & 0o222 or not os.access(target, os.W_OK):
        raise PermissionError(f"{target} is write-protected")
    return target


def refuse_no_file(path: Path) -> None:
    """Raise :class:`NoFileError` if ``path`` is a device, a pipe, a socket or an open stream.

    One of /dev/stdout, /dev/fd/3 and their like, that is: what looks like a file is refused there
    too, since whoever has it open would never see what takes its place. Raises another
    :class:`OSError`, or :class:`ValueError`, for what cannot be the name of a file.
    """
    _refuse_streams(path)
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        return
    for is_kind, reason in _KINDS:
        if is_kind(mode):
            raise NoFileError(reason)


def sweep(folder: Path) -> None:
    """Remove the temporary files that programs left in ``folder`` when they were killed."""
    with suppress(OSError), os.scandir(folder) as entries:
        names = [entry.name for entry in entries if _TEMPORARY.fullmatch(entry.name)]
        for name in names:
            with suppress(OSError):
                _remove_if_dead(folder / name)


def take_lock(descriptor: int) -> None:
    """Lock an open file until it is closed, for which another's :func:`is_locked` is waited for.

    The operating system gives the lock back when a process ends, however that comes. Raises
    :class:`OSError` on a file system without locks.
    """
    fcntl.flock(descriptor, fcntl.LOCK_EX)


def is_locked(descriptor: int) -> bool:
    """Whether another program has locked an open file, or that cannot be known.

    Until the file is closed nobody can lock it.
    """
    try:
        # Shared: others who ask at the same time do not take us for the owner.
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    return False


def sync_folder(folder: Path) -> None:
    """Let the names in ``folder`` reach the disk, where its file system can do that."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def cannot_write(name: object, error: OSError | ValueError) -> tuple[Message, Message]:
    """What to say to whoever wanted the file ``name``, a path perhaps, and gets none.

    It is what has happened, and the remedy.
    """
    what = _("{file} cannot be written: {reason}", file=name, reason=failure_reason(error))
    return what, _("choose another place")


def failure_reason(error: OSError | ValueError) -> Message:
    """Why a file could not be opened or written, as the end of a sentence."""
    if not isinstance(error, OSError):
        return _("its name is not a valid file name")
    if isinstance(error, NoFileError):
        return error.reason
    number = _REASONS_BY_NUMBER.get(error.errno or 0)
    known = number or _REASONS.get(type(error))
    return known or verbatim(error.strerror or str(error))


def _refuse_streams(path: Path) -> None:
    """Refuse what leads to an open file of a process, such as /dev/stdout and /dev/fd/3."""
    for _link in range(_MOST_LINKS):
        folder = Path(os.path.realpath(path.parent))
        if folder.is_relative_to(_PROCESS_FILES):
            raise NoFileError(_("it is a stream of a program, not a file"))
        here = folder / path.name
        # Path.is_symlink() hides a name that is too long from Python 3.14 on.
        try:
            mode = here.lstat().st_mode
        except (FileNotFoundError, NotADirectoryError):
            return
        if not stat.S_ISLNK(mode):
            return
        path = folder / here.readlink()


def _check_unchanged(path: Path, target: Path, only_over: FileState | None) -> None:
    if only_over is None:
        return
    try:
        if only_over.holds(target):
            return
    except FileNotFoundError:
        raise FileChangedError(
            _("{file} is no longer in {folder}", file=path.name, folder=path.parent), gone=True
        ) from None
    raise FileChangedError(_("{file} has been changed since this was saved there", file=path.name))


def _new_temporary(folder: Path, permissions: int) -> tuple[Path, BinaryIO]:
    """A file of our own, open and locked."""
    while True:
        path = folder / f".composer-{os.urandom(8).hex()}.tmp"
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, permissions)
        file = os.fdopen(descriptor, "wb")
        with suppress(OSError):
            take_lock(descriptor)
        # Between making and locking it somebody may have swept it away.
        if os.fstat(descriptor).st_nlink:
            return path, file
        file.close()


def _dress(descriptor: int, permissions: int, old: os.stat_result | None) -> None:
    """Give a file ``permissions`` and the owner of ``old``, as far as the file system has them."""
    if old is not None:
        # Root leaves other people's files theirs.
        with suppress(OSError):
            os.fchown(descriptor, old.st_uid, old.st_gid)
    with suppress(OSError):
        os.fchmod(descriptor, permissions)


def _remove_if_dead(path: Path) -> None:
    descriptor = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        if stat.S_ISREG(os.fstat(descriptor).st_mode) and not is_locked(descriptor):
            path.unlink(missing_ok=True)
    finally:
        os.close(descriptor)
