"""The chord row: the chord of each beat, as networks learn it.

A chord is a root, a quality and the pitch class of its bass. Free of torch.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

OCTAVE: Final = 12
# Each quality's tones in semitones above the root; the order is that of the corpora.
QUALITY_TONES: Final = {
    "maj": (0, 4, 7),
    "min": (0, 3, 7),
    "dim": (0, 3, 6),
    "aug": (0, 4, 8),
    "7": (0, 4, 7, 10),
    "m7": (0, 3, 7, 10),
    "maj7": (0, 4, 7, 11),
    "m7b5": (0, 3, 6, 10),
    "dim7": (0, 3, 6, 9),
    "6": (0, 4, 7, 9),
    "m6": (0, 3, 7, 9),
    "sus4": (0, 5, 7),
    "7sus4": (0, 5, 7, 10),
    "aug7": (0, 4, 8, 10),
    "mMaj7": (0, 3, 7, 11),
    "sus2": (0, 2, 7),
    "5": (0, 7),
}
QUALITIES: Final = tuple(QUALITY_TONES)
# A chord's class is its root times the number of qualities, and the index of its quality.
CHORD_CLASSES: Final = OCTAVE * len(QUALITIES)
BASS_CLASSES: Final = OCTAVE
NO_CHORD: Final = -1


def chord_tones() -> NDArray[np.float32]:
    """(204, 12): 1 where a pitch class belongs to the chord of a class."""
    table = np.zeros((OCTAVE, len(QUALITIES), OCTAVE), np.float32)
    for index, tones in enumerate(QUALITY_TONES.values()):
        for root in range(OCTAVE):
            table[root, index, (root + np.array(tones)) % OCTAVE] = 1
    return table.reshape(CHORD_CLASSES, OCTAVE)


def row_step(beat: NDArray[np.int16]) -> NDArray[np.int16]:
    """Steps for which a chord stands where a beat has ``beat`` steps: a half note has two."""
    return np.where(beat == 6, 6, 4).astype(np.int16)


def row_starts(
    position: NDArray[np.int16], beat: NDArray[np.int16], first: int = 0
) -> NDArray[np.bool_]:
    """(T,): where a chord of the row may begin: at each beat, and wherever the bar is broken.

    ``position`` is the step in the bar, ``beat`` the steps of a beat. The first step always counts.
    """
    starts = position % row_step(beat) == 0
    starts[1:] |= (np.diff(position) != 1) & (position[1:] != 0)
    starts[first] = True
    return starts
