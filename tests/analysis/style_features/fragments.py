"""Fragments of four-part writing, note by note."""

from dataclasses import replace

import numpy as np

from composer_app.analysis.style_features import Reading
from composer_app.analysis.voice_grid import REST, Home, Passage, VoiceGrid
from composer_app.music.pitch import Key

# Pitch, -1 for a rest, and length in steps.
Line = list[tuple[int, int]]
MAJOR = (0, 2, 4, 5, 7, 9, 11)


def grid_of(*lines: Line) -> VoiceGrid:
    """Four lines from the soprano down, as long as the longest; a missing end is silent."""
    steps = max(sum(length for _, length in line) for line in lines)
    pitch = np.full((steps, 4), REST, np.int16)
    onset = np.zeros((steps, 4), np.bool_)
    for voice, line in enumerate(lines):
        start = 0
        for note, length in line:
            pitch[start : start + length, voice] = note
            onset[start, voice] = note != REST
            start += length
    return VoiceGrid(pitch, onset)


def reading_of(
    *lines: Line,
    bar_steps: int = 16,
    phrase_ends: tuple[int, ...] = (),
    closes: bool = False,
    tonic: int = 0,
) -> Reading:
    """Those lines in a major key, C if no other is named, from a downbeat on."""
    grid = grid_of(*lines)
    scale = frozenset((tonic + degree) % 12 for degree in MAJOR)
    home = replace(Home.of(grid), heard=Key(tonic), scale=scale)
    passage = replace(
        Passage.regular(grid, bar_steps, closes=closes), home=home, phrase_ends=phrase_ends
    )
    return Reading(grid, passage)


def chords(*each: tuple[int, int, int, int], steps: int = 4) -> list[Line]:
    """Chords from the soprano down, each struck in all voices and held for ``steps`` steps."""
    return [[(chord[voice], steps) for chord in each] for voice in range(4)]


def held(pitch: int, steps: int) -> Line:
    """One long note."""
    return [(pitch, steps)]
