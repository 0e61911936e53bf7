"""What may stand where a file is looked for, and is none: readers refuse it at once."""

import os
import socket
from pathlib import Path
from typing import Final

# Each kind, and what is said of it.
_REASONS: Final = {
    "pipe": "it is not a regular file",
    "device": "it is not a regular file",
    "socket": "it is not a regular file",
    "folder": "it is a folder",
    "link to nothing": "there is no such file or folder",
    "link to itself": "links lead in a circle",
    "link to a pipe": "it is not a regular file",
}
IRREGULAR: Final = tuple(_REASONS)


def put_irregular(path: Path, kind: str) -> str:
    """Put one of :data:`IRREGULAR` at ``path``; the reason that a sentence gives for refusing."""
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "device":
        # Reading it never ends.
        path.symlink_to("/dev/zero")
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as server:
            # The names of sockets are short.
            server.bind(os.path.relpath(path))
    elif kind == "folder":
        path.mkdir()
    elif kind == "link to nothing":
        path.symlink_to("nothing")
    elif kind == "link to itself":
        path.symlink_to(path.name)
    else:
        os.mkfifo(path.with_name(f"{path.name}.pipe"))
        path.symlink_to(f"{path.name}.pipe")
    return _REASONS[kind]
