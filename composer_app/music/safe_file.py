"""Files that are either written whole or not at all."""

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


def write_whole(path: Path, data: bytes) -> None:
    """Write ``data`` to ``path`` so that nobody ever sees half of it: see :func:`whole_file`."""
    with whole_file(path) as file:
        file.write(data)


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """A new file to write bytes to, which becomes ``path`` when the block is left.

    The bytes go to a temporary name in the same folder, reach the disk, and only then take the
    place of an earlier file. When anything fails the earlier file is untouched and the
    temporary one is gone. Raises :class:`OSError`.
    """
    target = Path(os.path.realpath(path))  # write through a symbolic link instead of replacing it
    if target.is_dir():
        raise IsADirectoryError(f"{target} is a folder")
    if target.exists() and not os.access(target, os.W_OK):
        raise PermissionError(f"{target} is write-protected")
    temporary = target.with_name(f".composer-{secrets.token_hex(8)}.tmp")
    try:
        with temporary.open("xb") as file:
            if target.exists():
                temporary.chmod(stat.S_IMODE(target.stat().st_mode))
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def failure_reason(error: OSError | ValueError) -> str:
    """Why a file could not be opened or written, as the end of a sentence."""
    reasons: dict[type[Exception], str] = {
        FileNotFoundError: "there is no such file or folder",
        IsADirectoryError: "it is a folder",
        NotADirectoryError: "part of its path is not a folder",
        PermissionError: "permission is denied",
    }
    if isinstance(error, OSError):
        return reasons.get(type(error)) or error.strerror or str(error)
    return "its name is not a valid file name"
