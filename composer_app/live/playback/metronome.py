"""The metronome: when it clicks, and what a click sounds like."""

from dataclasses import dataclass
from math import ceil
from typing import Final

from composer_app.live.note_sink import DRUM_CHANNEL, SinkEvent
from composer_app.music.timing import (
    MAX_TEMPO,
    MIN_TEMPO,
    TICKS_PER_STEP,
    Meter,
    seconds_per_step,
)

# General MIDI percussion: high and low wood block.
ACCENT_PITCH: Final = 76
CLICK_PITCH: Final = 77
_ACCENT_VELOCITY: Final = 110
_CLICK_VELOCITY: Final = 85
# Shorter than the shortest pulse there is: a sixteenth at the fastest tempo.
CLICK_SECONDS: Final = 0.02


@dataclass(frozen=True, slots=True)
class Click:
    """A click at ``time`` (seconds from the first downbeat); accented on a downbeat."""

    time: float
    accent: bool


@dataclass(frozen=True, slots=True)
class Metronome:
    """Clicks on every pulse of ``meter`` at ``bpm`` (quarter notes per minute).

    A pulse is what :attr:`Meter.ticks_per_pulse` says: 6/8 clicks twice in a bar. Raises
    ValueError for a tempo outside the range of :mod:`composer_app.music.timing`.
    """

    bpm: float
    meter: Meter

    def __post_init__(self) -> None:
        if not MIN_TEMPO <= self.bpm <= MAX_TEMPO:
            raise ValueError(f"tempo {self.bpm} is outside {MIN_TEMPO:g}-{MAX_TEMPO:g} BPM")

    @property
    def seconds_per_pulse(self) -> float:
        """Time from click to click."""
        return self.meter.ticks_per_pulse / TICKS_PER_STEP * seconds_per_step(self.bpm)

    def count_in_seconds(self, bars: int) -> float:
        """Length of a count-in of ``bars`` bars."""
        return bars * self.meter.ticks_per_bar / TICKS_PER_STEP * seconds_per_step(self.bpm)

    def clicks_between(self, start: float, end: float) -> list[Click]:
        """The clicks with ``start <= time < end``, in seconds from the first downbeat.

        Times before the downbeat are negative: a count-in of two bars is
        ``clicks_between(-metronome.count_in_seconds(2), 0.0)``. Asking for one stretch after
        another, each starting where the last one ended, gives every click exactly once.
        """
        pulse = self.seconds_per_pulse
        pulses_per_bar = self.meter.ticks_per_bar // self.meter.ticks_per_pulse
        # One earlier than the division says, which may have been rounded up.
        index = ceil(start / pulse) - 1
        clicks = []
        while (time := index * pulse) < end:
            if time >= start:
                clicks.append(Click(time, index % pulses_per_bar == 0))
            index += 1
        return clicks


def click_event(accent: bool, volume: float = 1.0) -> SinkEvent:
    """The stroke of a click on the drum channel, ``volume`` from 0 to 1; release it soon."""
    velocity = max(1, round((_ACCENT_VELOCITY if accent else _CLICK_VELOCITY) * volume))
    return SinkEvent("note_on", DRUM_CHANNEL, ACCENT_PITCH if accent else CLICK_PITCH, velocity)
