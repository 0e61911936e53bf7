"""Reading files that somebody else may have put there: never for ever, never without a limit.

A pipe, a terminal or another device may stand where a file is looked for. Opening a pipe waits
until somebody writes to it, and some devices do something when they are opened.
"""

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO, Final

from composer_app.translation import _

# Without waiting, and without making a terminal one's own; Windows has neither, but text files.
_FLAGS: Final = (
    getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)
)


def open_regular(path: Path) -> BinaryIO:
    """The file at ``path``, or at the end of the links there, to read bytes from.

    Does not wait. Raises :class:`OSError`, also for a folder and for what is no regular file;
    :class:`ValueError` for what cannot be the name of a file.
    """
    # Devices are not even opened.
    _check(path, path.stat())
    file = os.fdopen(os.open(path, os.O_RDONLY | _FLAGS), "rb")
    try:
        # Something else may have taken its place meanwhile.
        _check(path, os.fstat(file.fileno()))
    except OSError:
        file.close()
        raise
    return file


def read_regular(path: Path, most: int) -> bytes:
    """All of the file at ``path``, as :func:`open_regular` finds it.

    Raises :class:`OSError` for one of more than ``most`` bytes as well, also if it grows to that
    while it is read.
    """
    with open_regular(path) as file:
        data = file.read(most + 1)
    if len(data) > most:
        raise OSError(errno.EFBIG, _("it is larger than {megabytes:g} MB", megabytes=most / 1e6))
    return data


def is_folder(path: Path) -> bool:
    """Whether there is a folder at ``path``; not where that cannot be known, or be a name."""
    # Path.is_dir() raises an error for a name that is too long, and where one may not look.
    return stat.S_ISDIR(_mode(path))


def is_file(path: Path) -> bool:
    """Whether there is a regular file at ``path``, as :func:`is_folder` says it of a folder."""
    return stat.S_ISREG(_mode(path))


def _mode(path: Path) -> int:
    try:
        return path.stat().st_mode
    except (OSError, ValueError):
        return 0


def _check(path: Path, found: os.stat_result) -> None:
    if stat.S_ISDIR(found.st_mode):
        raise IsADirectoryError(errno.EISDIR, _("it is a folder"), str(path))
    if not stat.S_ISREG(found.st_mode):
        raise OSError(errno.EINVAL, _("it is not a regular file"), str(path))
