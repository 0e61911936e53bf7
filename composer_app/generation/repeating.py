"""What the voices do under a passage that the melody repeats."""

from enum import StrEnum


class Repeats(StrEnum):
    """How much of a passage comes again when the melody's does."""

    REPEAT = "repeat"
    """The chords and the voices."""
    VARY = "vary"
    """The chords alone."""
    IGNORE = "ignore"
    """Nothing: each passage is written for itself."""
