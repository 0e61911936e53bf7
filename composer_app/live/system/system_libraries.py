"""Where the system's shared libraries are, found without starting other programs.

Python's own search starts /sbin/ldconfig and, where that knows nothing, a compiler and a linker,
each time and for each name that a library may have. The loader knows the same by itself.
"""

import ctypes
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Final

# What the libraries are called on Linux. New numbers are rare; there the system is asked, once.
_SONAMES: Final = {
    "fluidsynth": ("libfluidsynth.so.3", "libfluidsynth.so.2"),
    "jack": ("libjack.so.0",),
    "sndfile": ("libsndfile.so.1",),
}


def find_library(name: str) -> str | None:
    """What to load the library ``name`` by, such as "jack"; None where there is none."""
    if not sys.platform.startswith("linux"):
        return _asked(name)
    for soname in _SONAMES.get(name, ()):
        try:
            ctypes.CDLL(soname)
        except OSError:
            continue
        return soname
    # Other names are those of other systems.
    return _asked(name) if name in _SONAMES else None


@contextmanager
def quick_search() -> Iterator[None]:
    """Let packages that are imported meanwhile find their libraries in the same way."""
    from ctypes import util

    # Kept before ours takes its place.
    _search_of_python()
    usual = util.find_library
    util.find_library = find_library
    try:
        yield
    finally:
        util.find_library = usual


@cache
def _asked(name: str) -> str | None:
    return _ask_system(name)


def _ask_system(name: str) -> str | None:
    return _search_of_python()(name)


@cache
def _search_of_python() -> Callable[[str], str | None]:
    """Python's own, which comes with all that starts programs: not before the window is seen."""
    from ctypes import util

    return util.find_library
