"""Imports what a window does without until it has been seen, and what is wanted soon after."""

from importlib import import_module
from typing import Final

# Reading and writing MIDI, and keys of a MIDI keyboard.
_WANTED_SOON: Final = ("mido",)


def import_what_is_wanted_soon() -> None:
    """To be called in a thread once the window is there, so that the first key need not wait."""
    for module in _WANTED_SOON:
        import_module(module)
