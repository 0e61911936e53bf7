"""PipeWire's client library, which the program has to initialise: FluidSynth leaves that to it.

Without this, FluidSynth's PipeWire driver never works, and writes on the terminal why.
"""

import ctypes
import os
from contextlib import suppress
from threading import Lock
from typing import Final

_LIBRARY: Final = "libpipewire-0.3.so.0"
_lock = Lock()
_initialised: list[ctypes.CDLL] = []


def initialise_pipewire() -> None:
    """Prepare the library for this process, once; nothing happens where there is none.

    It says nothing on the terminal unless the environment variable PIPEWIRE_DEBUG asks for it:
    that no server answers is the answer Composer asks for.
    """
    os.environ.setdefault("PIPEWIRE_DEBUG", "0")
    with _lock, suppress(OSError, AttributeError):
        if not _initialised:
            library = ctypes.CDLL(_LIBRARY)
            library.pw_init.restype = None
            library.pw_init.argtypes = (ctypes.c_void_p, ctypes.c_void_p)
            library.pw_init(None, None)
            _initialised.append(library)
