"""The clock of a sound engine that renders in bursts, made smooth.

An engine renders a period at a time: its count of rendered seconds stands still, then leaps. Right
after a leap the buffer is full, and its end is heard a fixed latency later. So the largest
difference between the count and a steady clock, over the last moments, is the one that tells
when a sample is heard; in between the steady clock carries on.
"""

from collections import deque
from typing import Final

_WINDOW_SECONDS: Final = 0.5
# An engine that has rendered nothing for two periods, and for this long, has run dry.
_STALL_SECONDS: Final = 0.03
DEAD_SECONDS: Final = 1.0


class EngineClock:
    """Told ``(now, rendered)`` pairs, in seconds of a steady clock and of the engine.

    Not thread-safe. ``period`` is the length of a burst in seconds.
    """

    def __init__(self, period: float) -> None:
        # Having run dry it goes on later than before: what the window says is void then.
        self._stall = max(_STALL_SECONDS, 2 * period + 0.002)
        self._offsets: deque[tuple[float, float]] = deque()
        self._rendered = 0.0
        self._moved_at: float | None = None
        self._last = 0.0

    def time(self, now: float, rendered: float) -> float:
        """The engine's time now; never runs backwards, and stands still when the engine does."""
        if self._moved_at is None or rendered != self._rendered:
            self._rendered, self._moved_at = rendered, now
        elif now - self._moved_at > self._stall:
            self._offsets.clear()
        offset = rendered - now
        while self._offsets and self._offsets[-1][1] <= offset:
            self._offsets.pop()
        self._offsets.append((now, offset))
        while self._offsets[0][0] < now - _WINDOW_SECONDS:
            self._offsets.popleft()
        self._last = max(self._last, self._offsets[0][1] + now)
        return self._last

    def alive(self, now: float) -> bool:
        """Whether the engine has rendered anything lately; it has to be asked now and then."""
        return self._moved_at is None or now - self._moved_at < DEAD_SECONDS
