"""Imports out of the ordinary: Qt itself, and what waits until the window has been seen."""

import builtins
import gc
from importlib import import_module
from typing import Final

# Reading and writing MIDI, and keys of a MIDI keyboard; the first notes that are painted, and
# measured; the first file that is opened. The first key need not wait for any of it.
_WANTED_SOON: Final = (
    "mido",
    "numpy",
    "composer_app.reporting.plots.words",
    "composer_app.music.midi.events.parsing",
    "composer_app.music.melody_evidence.ranking",
)


def import_qt() -> None:
    """Import Qt, and leave the way of importing as it was.

    PySide puts its own in the place of Python's, in order to serve ``from __feature__ import …``,
    and then reads the source of every module that is imported. Composer wants no such feature.

    What is imported stays: looking through it for garbage meanwhile takes a twentieth of the time
    until the window is seen, and ends here. GarbageCollection begins with it again.
    """
    gc.disable()
    plain_import = builtins.__import__
    import_module("PySide6.QtCore")
    builtins.__import__ = plain_import


def import_what_is_wanted_soon() -> None:
    """To be called in a thread once the window has been seen."""
    for module in _WANTED_SOON:
        import_module(module)
