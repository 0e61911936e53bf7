"""Capture: what was played is kept, even though nobody pressed Record.

A :class:`CaptureBuffer` listens all the time and forgets what lies more than 32 bars before the
last thing played. :meth:`CaptureBuffer.capture` makes a performance of it. Where its downbeat is:

- If the transport ran (and its metronome with it) when the first kept note was struck, the notes
  stand at the bar positions at which they were played, moved by whole bars so that the first one
  falls into the first bar. As in a recording, what is struck with a beat that is heard counts as
  on it (see :mod:`composer_app.live.recording.recorder` on latency).
- Otherwise the first note struck is the downbeat, and the tempo is the document's.
"""

from collections import deque
from dataclasses import dataclass, replace
from math import floor
from typing import Final

from composer_app.live.recording.heard_notes import HeardNotes
from composer_app.music.performing.performance import (
    MAX_NOTES,
    Performance,
    PerformedNote,
    Quantization,
)
from composer_app.music.timing import Meter, seconds_per_step

CAPTURED_BARS: Final = 32
# A note struck by less than this before a bar line, in sixteenths, belongs to the bar it begins.
_EARLY_STEPS: Final = 0.49


@dataclass(frozen=True, slots=True)
class _Run:
    """From ``begin`` to ``end`` (None: until now) the transport was at step ``step`` and on."""

    begin: float
    step: float
    bpm: float
    end: float | None = None

    def covers(self, at: float) -> bool:
        return self.begin <= at and (self.end is None or at < self.end)

    def seconds_at(self, at: float) -> float:
        """Seconds since step 0, in the tempo of the run."""
        return self.step * seconds_per_step(self.bpm) + at - self.begin


class CaptureBuffer:
    """The last 32 bars played. Times are seconds of one clock; all calls come from one thread."""

    def __init__(self) -> None:
        self._heard = HeardNotes(MAX_NOTES)
        self._runs: deque[_Run] = deque(maxlen=256)
        self._bpm = 100.0
        self._meter = Meter()

    @property
    def empty(self) -> bool:
        """Whether there is nothing to capture."""
        return not self._heard.notes

    def set_time(self, bpm: float, meter: Meter) -> None:
        """The document's tempo and metre, which say how long 32 bars are."""
        self._bpm, self._meter = bpm, meter

    def note_on(self, pitch: int, velocity: int, at: float) -> None:
        """A key went down."""
        self._heard.note_on(pitch, velocity, at)
        if velocity > 0:
            self._forget(at)

    def note_off(self, pitch: int, at: float) -> None:
        """A key went up."""
        self._heard.note_off(pitch, at)

    def transport_runs(self, at: float, step: float, bpm: float) -> None:
        """From the time ``at`` on, what is heard is ``step`` and what follows it, at ``bpm``."""
        self.transport_stops(at)
        self._runs.append(_Run(at, step, bpm))

    def transport_stops(self, at: float) -> None:
        """The transport stood still from ``at`` on."""
        if self._runs and self._runs[-1].end is None:
            self._runs.append(replace(self._runs.pop(), end=at))

    def clear(self) -> None:
        """Forget everything that was played."""
        self._heard.clear()

    def capture(self, now: float, quantization: Quantization | None = None) -> Performance | None:
        """What was played in the last 32 bars, with a downbeat; None if that is nothing.

        ``now`` ends the notes that are still held. The window ends with the last event, not with
        ``now``: thinking before pressing the button costs nothing.
        """
        heard = [(note, note.end(now)) for note in self._heard.notes]
        if not heard:
            return None
        since = max(end for _, end in heard) - self._window_seconds
        kept = [(note, end) for note, end in heard if note.down >= since]
        if not kept:
            return None
        first = min(note.down for note, _ in kept)
        run = next((run for run in self._runs if run.covers(first)), None)
        origin = self._downbeat(first, run) if run else first
        notes = tuple(
            PerformedNote(note.pitch, note.velocity, note.down - origin, end - origin)
            for note, end in kept
        )
        bpm = run.bpm if run else self._bpm
        return Performance(notes, bpm, self._meter, quantization or Quantization())

    def _downbeat(self, first: float, run: _Run) -> float:
        """Time of the bar line that begins the bar of a note struck at ``first``."""
        step = seconds_per_step(run.bpm)
        bar = self._meter.steps_per_bar * step
        begun = floor((run.seconds_at(first) + _EARLY_STEPS * step) / bar)
        return run.begin + begun * bar - run.step * step

    @property
    def _window_seconds(self) -> float:
        return CAPTURED_BARS * self._meter.steps_per_bar * seconds_per_step(self._bpm)

    def _forget(self, at: float) -> None:
        since = at - self._window_seconds
        self._heard.forget_before(since)
        while self._runs and (end := self._runs[0].end) is not None and end < since:
            self._runs.popleft()
