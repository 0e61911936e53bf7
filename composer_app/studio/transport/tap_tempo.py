"""Tap tempo: beats tapped by hand become beats per minute."""

from collections import deque
from typing import Final

# Slower and faster than this nobody taps; the tempo's number takes more.
SLOWEST_BPM: Final = 20.0
FASTEST_BPM: Final = 300.0
# Three seconds are 20 BPM; a little more, since nobody taps evenly.
_LONGEST_GAP_SECONDS: Final = 3.5
_REMEMBERED_TAPS: Final = 6


class TapTempo:
    """The mean distance of the last few taps; a long pause begins anew."""

    def __init__(self) -> None:
        self._taps: deque[float] = deque(maxlen=_REMEMBERED_TAPS)

    def tap(self, at: float) -> float | None:
        """Take a tap at ``at`` seconds; whole BPM from the second tap on, None before."""
        if self._taps and not 0 < at - self._taps[-1] <= _LONGEST_GAP_SECONDS:
            self._taps.clear()
        self._taps.append(at)
        if len(self._taps) < 2:
            return None
        seconds_per_beat = (self._taps[-1] - self._taps[0]) / (len(self._taps) - 1)
        return min(FASTEST_BPM, max(SLOWEST_BPM, float(round(60.0 / seconds_per_beat))))
