"""The chord row: the chord of each beat, as networks learn it.

A chord is a root, a quality and the pitch class of its bass. Free of torch.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from composer_app.music.harmony.chord_qualities import QUALITIES, QUALITY_TONES
from composer_app.music.pitch import OCTAVE

# A chord's class is its root times the number of qualities, and the index of its quality.
CHORD_CLASSES: Final = OCTAVE * len(QUALITIES)
BASS_CLASSES: Final = OCTAVE
NO_CHORD: Final = -1
_QUARTER, _DOTTED_QUARTER = 4, 6


def chord_tones() -> NDArray[np.float32]:
    """(204, 12): 1 where a pitch class belongs to the chord of a class."""
    table = np.zeros((OCTAVE, len(QUALITIES), OCTAVE), np.float32)
    for index, tones in enumerate(QUALITY_TONES.values()):
        for root in range(OCTAVE):
            table[root, index, (root + np.array(tones)) % OCTAVE] = 1
    return table.reshape(CHORD_CLASSES, OCTAVE)


def row_step(beat: NDArray[np.int64]) -> NDArray[np.int64]:
    """Steps for which a chord stands where a beat has ``beat`` steps: a half note has two."""
    return np.where(beat == _DOTTED_QUARTER, _DOTTED_QUARTER, _QUARTER)


def row_starts(position: NDArray[np.int64], beat: NDArray[np.int64]) -> NDArray[np.bool_]:
    """(T,): where a chord of the row may begin: at each beat, and wherever the bar is broken.

    ``position`` is the step in the bar, ``beat`` the steps of a beat. The first step always counts.
    """
    starts: NDArray[np.bool_] = position % row_step(beat) == 0
    starts[1:] |= (np.diff(position) != 1) & (position[1:] != 0)
    starts[0] = True
    return starts
