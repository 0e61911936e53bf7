"""What plays notes: the protocol between the transport, the keyboards and a synthesizer."""

from collections.abc import Callable
from typing import Final, Protocol

# Seconds that never run backwards. Everything live is told the time or given such a clock;
# use one and the same clock for all of it.
Clock = Callable[[], float]

LIVE_CHANNEL: Final = 4
DRUM_CHANNEL: Final = 9
# Tracks play on channels of their own, away from the live keyboard and the drums.
_TRACK_CHANNELS: Final = (0, 1, 2, 3, 5, 6, 7, 8, 10, 11, 12, 13, 14, 15)


def track_channel(track: int) -> int:
    """MIDI channel (0-15) of ``tracks[track]``; from the fifteenth track on they share."""
    return _TRACK_CHANNELS[track % len(_TRACK_CHANNELS)]


class NoteSink(Protocol):
    """Receives notes; no call blocks, and any thread may call.

    Channels are 0-15, programs, pitches and velocities 0-127 (a velocity is at least 1).
    """

    def program_change(self, channel: int, program: int) -> None:
        """Choose the General MIDI ``program`` of ``channel``, for notes struck from now on."""

    def note_on(self, channel: int, pitch: int, velocity: int) -> None:
        """Strike ``pitch``."""

    def note_off(self, channel: int, pitch: int) -> None:
        """Release ``pitch``; does nothing if it does not sound."""

    def all_notes_off(self) -> None:
        """Release every note on every channel."""


class Synthesizer(NoteSink, Protocol):
    """A sink that holds a device and must be closed."""

    @property
    def description(self) -> str:
        """What plays and where to, for people: such as ``TimGM6mb through PulseAudio``."""

    def close(self) -> None:
        """Let go of the device; calls after this do nothing."""


class SilentSynthesizer:
    """Takes every note and plays none: stands in where there is no sound."""

    description = "no sound"

    def program_change(self, channel: int, program: int) -> None:
        """Do nothing."""

    def note_on(self, channel: int, pitch: int, velocity: int) -> None:
        """Do nothing."""

    def note_off(self, channel: int, pitch: int) -> None:
        """Do nothing."""

    def all_notes_off(self) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""
