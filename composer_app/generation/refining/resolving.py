"""The seventh of a chord goes on by a step down, as part-writing has it."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from composer_app.generation.refining.sampling import Cells, Grid, Mask
from composer_app.music.pitch import OCTAVE

# What speaks against another way, in natural logarithms. Chosen on the validation split.
_AGAINST: Final = 4.0
# A seventh stays or goes on by so many semitones.
_WAYS: Final = (0, -1, -2)


def resolution(
    grid: Grid,
    known: Mask,
    cells: Cells,
    seventh: Grid,
    shape: tuple[int, int],
    reach: int,
) -> NDArray[np.float64]:
    """(N, classes): what speaks against pitches that leave a seventh, or are one that is left.

    ``seventh`` (T,) is the pitch class of each step's seventh where one may sound that has to be
    resolved, -1 elsewhere; ``shape`` is the number of classes and the pitch class of class 1. The
    notes before and after are those that stand within ``reach`` steps.
    """
    classes, lowest = shape
    step, voice = cells
    steps = len(grid)
    index = np.arange(steps)[:, None]
    before = np.maximum.accumulate(np.where(known, index, -steps), axis=0)
    after = np.minimum.accumulate(np.where(known, index, 2 * steps)[::-1], axis=0)[::-1]
    scores = np.zeros((len(step), classes))
    candidate = np.arange(classes)
    # The note before is a seventh.
    last = np.where(step > 0, before[np.maximum(step - 1, 0), voice], -steps)
    near = np.flatnonzero((last >= 0) & (step - last <= reach))
    pitch = grid[last[near], voice[near]]
    unresolved = (pitch > 0) & ((pitch + lowest - 1) % OCTAVE == seventh[last[near]])
    move = candidate - pitch[:, None]
    leaves = unresolved[:, None] & ~np.isin(move, _WAYS) & (candidate > 0)
    scores[near] -= _AGAINST * leaves
    # A pitch that would be a seventh, before a note that stands.
    following = np.where(step < steps - 1, after[np.minimum(step + 1, steps - 1), voice], 2 * steps)
    near = np.flatnonzero((following < steps) & (following - step <= reach))
    pitch = grid[following[near], voice[near]]
    would_be = (candidate > 0) & ((candidate + lowest - 1) % OCTAVE == seventh[step[near]][:, None])
    left = would_be & ~np.isin(pitch[:, None] - candidate, _WAYS) & (pitch > 0)[:, None]
    scores[near] -= _AGAINST * left
    return scores
