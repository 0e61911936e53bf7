"""Keeping C libraries from writing on the terminal."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

_LOCK = Lock()


@contextmanager
def quiet_stderr() -> Iterator[None]:
    """Send whatever the process writes on file descriptor 2 to nowhere, for a moment.

    ALSA and JACK report each device they fail to open there, although failing is the answer we
    asked for. One thread at a time; the others' output is lost too, so keep it short.
    """
    with _LOCK:
        try:
            saved = os.dup(2)
        except OSError:  # there is no stderr at all
            yield
            return
        nowhere = os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(nowhere, 2)
            yield
        finally:
            os.dup2(saved, 2)
            os.close(saved)
            os.close(nowhere)
