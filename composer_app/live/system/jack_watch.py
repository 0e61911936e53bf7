"""Noticing that a JACK server has gone, or does not answer.

rtmidi does not say so: it goes on naming the ports of a dead server, a sender that has filled
its queue waits for ever, and so does a client that is made while the server hangs, each with
Python's lock in its hand. A client of our own is told at once, and may wait in a thread.
"""

import ctypes
from contextlib import suppress
from pathlib import Path
from threading import Lock, Thread
from typing import Any, Final

from composer_app.live.system.quiet import quiet_stderr
from composer_app.live.system.system_libraries import find_library

_CLIENT_NAME: Final = b"Composer watch"
_NO_START_SERVER: Final = 1
# A server that lives takes a client on within a few of its periods.
_PATIENCE_SECONDS: Final = 2.0
_OnShutdown = ctypes.CFUNCTYPE(None, ctypes.c_void_p)


class JackWatch:
    """Watches the JACK server that runs when it is made; any thread may ask.

    Where there is no server, or no library that could tell, :attr:`alive` stays true: nobody
    knows better. Making it waits two seconds at most.
    """

    def __init__(self) -> None:
        self._alive = True
        # Kept, since the library calls it for as long as the client exists.
        self._on_shutdown = _OnShutdown(self._notice)
        self._watching = False
        self._opening: Thread | None = None
        library = _library()
        if library is not None:
            self._watch(library)

    @property
    def alive(self) -> bool:
        """Whether the server has not been seen to go."""
        return self._alive

    @property
    def watching(self) -> bool:
        """Whether there is a server that is being watched."""
        return self._watching

    @property
    def hung(self) -> bool:
        """Whether the server has not answered yet; who asks it for more now, waits as well."""
        return self._opening is not None and self._opening.is_alive()

    def _watch(self, library: ctypes.CDLL) -> None:
        library.jack_client_open.restype = ctypes.c_void_p
        library.jack_client_open.argtypes = (
            ctypes.c_char_p,
            ctypes.c_int,
            ctypes.POINTER(ctypes.c_int),
        )
        library.jack_on_shutdown.restype = None
        library.jack_on_shutdown.argtypes = (ctypes.c_void_p, _OnShutdown, ctypes.c_void_p)
        self._opening = Thread(
            target=self._open, args=(library,), name="composer-jack-watch", daemon=True
        )
        # Not in the thread, which might keep everybody else from being quiet.
        with quiet_stderr():
            self._opening.start()
            self._opening.join(_PATIENCE_SECONDS)

    def _open(self, library: ctypes.CDLL) -> None:
        status = ctypes.c_int()
        client = library.jack_client_open(_CLIENT_NAME, _NO_START_SERVER, ctypes.byref(status))
        if client:
            library.jack_on_shutdown(client, self._on_shutdown, None)
            self._watching = True

    def _notice(self, _: Any) -> None:
        self._alive = False


_lock = Lock()
_watches: list[JackWatch] = []


def jack_watch() -> JackWatch:
    """The watch of the server that runs now, one for all who ask.

    The watches of dead servers are kept: their libraries may still call them. One that still waits
    for its server is the one of all who ask.
    """
    with _lock:
        newest = _watches[-1] if _watches else None
        if newest is None or not (newest.hung or (newest.alive and newest.watching)):
            newest = JackWatch()
            _watches.append(newest)
        return newest


def _library() -> ctypes.CDLL | None:
    """The JACK library that rtmidi brought along, or else the system's."""
    names = []
    with suppress(OSError):
        for line in Path("/proc/self/maps").read_text().splitlines():
            # By far most of the thousand and more lines need no closer look.
            if "libjack" in line:
                path = line.split(maxsplit=5)[-1]
                if Path(path).name.startswith("libjack"):
                    names.append(path)
    for name in dict.fromkeys(names):
        with suppress(OSError):
            return ctypes.CDLL(name)
    found = find_library("jack")
    with suppress(OSError):
        return ctypes.CDLL(found) if found else None
    return None
