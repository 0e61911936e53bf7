"""What the noise vector decides for a band: everything that is not decided by rule."""

import math
from collections.abc import Sequence
from enum import IntEnum
from typing import TYPE_CHECKING, TypeVar

from composer_app.generation.noise import CHANNELS, STEPS_PER_CELL, NoiseVector
from composer_app.late_numpy import np

if TYPE_CHECKING:
    from numpy.typing import NDArray

T = TypeVar("T")


class Row(IntEnum):
    """Which of the eight rows of the noise vector decides what."""

    FORM = 0
    CHORDS = 1
    BASS = 2
    DRUMS = 3
    VOICING = 4
    LINE = 5
    TOUCH = 6
    PLAN = 7


class Chance:
    """Draws at steps of a piece. Those of earlier bars stay when bars are added."""

    def __init__(self, noise: NoiseVector) -> None:
        self._z = noise.z

    def uniform(self, row: Row, step: int, index: int = 0) -> float:
        """A number between 0 and 1; each ``index`` has its own."""
        cell = min(step // STEPS_PER_CELL, len(self._z) - 1)
        place = (index * STEPS_PER_CELL + step % STEPS_PER_CELL) % CHANNELS
        return 0.5 * (1 + math.erf(float(self._z[cell, row, place]) / math.sqrt(2)))

    def row(self, row: Row, step: int) -> "NDArray[np.float32]":
        """All numbers (512,) of the cell that ``step`` is in, standard normal."""
        return np.asarray(self._z[min(step // STEPS_PER_CELL, len(self._z) - 1), row])

    def around(self, row: Row, step: int, reach: float, index: int = 0) -> float:
        """A number between ``-reach`` and ``reach``."""
        return (2 * self.uniform(row, step, index) - 1) * reach

    def pick(self, options: Sequence[T], row: Row, step: int, index: int = 0) -> T:
        """One of ``options``, of which there is one at least."""
        which = int(self.uniform(row, step, index) * len(options))
        return options[min(which, len(options) - 1)]
