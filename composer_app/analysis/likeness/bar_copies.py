"""Which bars of a piece stand in the training data already. Pure numpy."""

from collections.abc import Iterable
from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from composer_app.analysis.metrics.voice_metrics import Count
from composer_app.analysis.voice_grid import REST, Passage, VoiceGrid

_BEAT: Final = 4
# Far from every difference of two pitches.
_SILENT: Final = -10_000


class BarIndex:
    """Every bar-long window of the training pieces that begins on a beat, in no key.

    Windows are equal when a transposition makes them so, rests included; onsets do not count.
    """

    def __init__(self, pieces: Iterable[tuple[VoiceGrid, int]], first_voice: int = 0) -> None:
        """``pieces`` from a beat on, each with the length of its bars in steps.

        ``first_voice`` 1 leaves the melody out.
        """
        self.first_voice = first_voice
        self._known: set[bytes] = set()
        for piece, bar_steps in pieces:
            self._known.update(self._windows(piece.pitch, bar_steps))

    def copied(self, piece: VoiceGrid, passage: Passage) -> Count:
        """Share of the whole bars of ``piece`` that are known; melody alone does not count.

        Of Bach's test bars .071 (in the study mentioned in
        :mod:`~composer_app.analysis.metrics.voice_metrics` .072) stand in his training pieces, .091
        without their melody.
        """
        bars = [
            piece.pitch[start:end]
            for start, end in passage.whole_bars
            if (piece.pitch[start:end, 1:] != REST).any()
        ]
        hits = sum(self._one(bar) in self._known for bar in bars)
        return Count(float(hits), float(len(bars)))

    def _windows(self, pitch: NDArray[np.int16], length: int) -> list[bytes]:
        if len(pitch) < length:
            return []
        voices = pitch[:, self.first_voice :]
        windows = sliding_window_view(voices, length, axis=0)[::_BEAT].transpose(0, 2, 1)
        return [row.tobytes() for row in _relative(windows)]

    def _one(self, bar: NDArray[np.int16]) -> bytes:
        return bytes(_relative(bar[None, :, self.first_voice :])[0].tobytes())


def _relative(windows: NDArray[np.int16]) -> NDArray[np.int16]:
    """(N, L, V) pitches of each window above the first that sounds in it."""
    flat = windows.reshape(len(windows), -1)
    first = np.take_along_axis(flat, np.argmax(flat != REST, axis=1)[:, None], axis=1)
    return np.where(flat == REST, _SILENT, flat - first).astype(np.int16)
