"""True peak: how high the sound goes between its samples.

A player rebuilds a curve through the samples, and the curve may rise above every one of them. The
measurement is that of ITU-R BS.1770-4, annex 2: fourfold oversampling, then the largest value.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]

_OVERSAMPLING: Final = 4
# Samples that each point between two samples is made from. A sine of a quarter of the sampling
# rate, the worst case, is read within 0.05 dB.
_TAPS: Final = 24
_KAISER_BETA: Final = 6.0


def _phases() -> NDArray[np.float32]:
    """Filters of shape (phase, tap) that give the points at 1/4, 2/4 and 3/4 of a sample."""
    middle = _TAPS // 2 - 1
    window_position = np.linspace(-1, 1, 2001)
    window = np.i0(_KAISER_BETA * np.sqrt(1 - window_position**2)) / np.i0(_KAISER_BETA)
    rows = []
    for phase in range(1, _OVERSAMPLING):
        distance = np.arange(_TAPS) - middle - phase / _OVERSAMPLING
        row = np.sinc(distance) * np.interp(distance / (_TAPS / 2), window_position, window)
        rows.append(row / row.sum())
    return np.array(rows, np.float32)


_FILTERS: Final = _phases()
# No point between samples is higher than this many times the highest sample.
_LARGEST_RISE: Final = float(np.abs(_FILTERS).sum(axis=1).max())


class TruePeak:
    """Measures a stream: :meth:`add` block after block, then ask :attr:`peak`.

    Before the first sample and after the last there is silence.
    """

    def __init__(self) -> None:
        self._peak = 0.0
        self._before = np.zeros((_TAPS - 1, 2), np.float32)

    @property
    def peak(self) -> float:
        """The true peak so far, full scale being 1. Call :meth:`finish` first at the end."""
        return self._peak

    def add(self, block: FloatArray) -> None:
        """Hear ``block``, of shape (frames, channels), which follows the one before."""
        if not len(block):
            return
        known = np.concatenate([self._before.astype(block.dtype), block])
        self._before = known[len(known) - (_TAPS - 1) :]
        highest = float(np.abs(known).max())
        self._peak = max(self._peak, float(np.abs(block).max()))
        # Most blocks are too quiet to change anything.
        if highest * _LARGEST_RISE <= self._peak:
            return
        for channel in known.T:
            for row in _FILTERS:
                between = np.convolve(channel, row[::-1], "valid")
                self._peak = max(self._peak, float(np.abs(between).max()))

    def finish(self) -> float:
        """Hear the silence that follows; the true peak of all."""
        self.add(np.zeros_like(self._before))
        return self._peak
