"""What plays notes: the protocol between the transport, the keyboards and a synthesizer."""

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import Final, Literal, Protocol

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

    Channels are 0-15; programs, pitches, controllers and their values 0-127; velocities 1-127.
    """

    def program_change(self, channel: int, program: int) -> None:
        """Choose the General MIDI ``program`` of ``channel``, for notes struck from now on."""

    def note_on(self, channel: int, pitch: int, velocity: int) -> None:
        """Strike ``pitch``."""

    def note_off(self, channel: int, pitch: int) -> None:
        """Release ``pitch``; does nothing if it does not sound."""

    def control_change(self, channel: int, controller: int, value: int) -> None:
        """Set a MIDI controller, such as 1 modulation, 7 volume, 10 pan or 64 sustain pedal."""

    def pitch_bend(self, channel: int, value: int) -> None:
        """Bend ``channel`` by ``value``, -8192 to 8191; 0 is the middle."""

    def channel_pressure(self, channel: int, value: int) -> None:
        """Press all keys of ``channel`` that are held, 0-127."""

    def key_pressure(self, channel: int, pitch: int, value: int) -> None:
        """Press the key of ``pitch``, 0-127."""

    def all_notes_off(self) -> None:
        """Release every note on every channel, lift the pedals and centre the bends."""


EventKind = Literal[
    "note_on",
    "note_off",
    "control_change",
    "pitch_bend",
    "program_change",
    "channel_pressure",
    "key_pressure",
]


@dataclass(frozen=True, slots=True)
class SinkEvent:
    """A call of a :class:`NoteSink`, to be made later: ``kind`` names the method.

    ``data1`` and ``data2`` are its arguments after the channel: pitch and velocity, pitch (a
    release), controller and value, bend, program, pressure. What a method does not take is 0.
    """

    kind: EventKind
    channel: int
    data1: int
    data2: int = 0

    def send(self, sink: NoteSink) -> None:
        """Make the call now."""
        match self.kind:
            case "note_on":
                sink.note_on(self.channel, self.data1, self.data2)
            case "note_off":
                sink.note_off(self.channel, self.data1)
            case "control_change":
                sink.control_change(self.channel, self.data1, self.data2)
            case "pitch_bend":
                sink.pitch_bend(self.channel, self.data1)
            case "program_change":
                sink.program_change(self.channel, self.data1)
            case "channel_pressure":
                sink.channel_pressure(self.channel, self.data1)
            case "key_pressure":
                sink.key_pressure(self.channel, self.data1, self.data2)

    @property
    def rank(self) -> int:
        """Of events for one moment those of a lower rank come first: releases, then settings."""
        return {"note_off": 0, "note_on": 2}.get(self.kind, 1)


class ScheduledSink(NoteSink, Protocol):
    """A sink with a clock of its own that plays events at their time, whatever Python is doing.

    The methods of :class:`NoteSink` act at once. Any thread may call.
    """

    @property
    def time(self) -> float:
        """Seconds on the engine's clock: what is scheduled for now is being rendered now.

        It runs evenly while the engine renders, and stands still when it no longer does.
        """

    @property
    def latency(self) -> float:
        """Seconds from being rendered until being heard."""

    def schedule(self, at: float, event: SinkEvent) -> None:
        """Play ``event`` when :attr:`time` reaches ``at``; at once if that is past.

        Of events for one moment, releases come first, strikes last, and what lies between comes in
        the order of the calls: do not strike and release the same pitch at the same moment.
        """

    def unschedule(self) -> None:
        """Forget what has not been played yet.

        Once this has returned none of it will play. What sounds goes on: the releases that were
        waiting are gone too, and are the caller's business.
        """


class Synthesizer(ScheduledSink, Protocol):
    """A sink that holds a device and must be closed."""

    @property
    def description(self) -> str:
        """What plays and where to, for people: such as ``TimGM6mb through PulseAudio, 43 ms``."""

    @property
    def alive(self) -> bool:
        """False once the device has vanished and this synthesizer will not sound again.

        Ask several times a second. A synthesizer that takes its device up again by itself, or
        has none, is always alive.
        """

    def close(self) -> None:
        """Let go of the device; calls after this do nothing."""


class SilentSynthesizer:
    """Takes every note and plays none: stands in where there is no sound."""

    description = "no sound"
    latency = 0.0
    alive = True

    def __init__(self, clock: Clock = perf_counter, *, waiting: bool = False) -> None:
        self._clock = clock
        # Whether it stands in for a device that may appear: trying again is worth while.
        self.waiting = waiting

    @property
    def time(self) -> float:
        """Time passes, so that what plays into silence moves on."""
        return self._clock()

    def schedule(self, at: float, event: SinkEvent) -> None:
        """Do nothing."""

    def unschedule(self) -> None:
        """Do nothing."""

    def program_change(self, channel: int, program: int) -> None:
        """Do nothing."""

    def note_on(self, channel: int, pitch: int, velocity: int) -> None:
        """Do nothing."""

    def note_off(self, channel: int, pitch: int) -> None:
        """Do nothing."""

    def control_change(self, channel: int, controller: int, value: int) -> None:
        """Do nothing."""

    def pitch_bend(self, channel: int, value: int) -> None:
        """Do nothing."""

    def channel_pressure(self, channel: int, value: int) -> None:
        """Do nothing."""

    def key_pressure(self, channel: int, pitch: int, value: int) -> None:
        """Do nothing."""

    def all_notes_off(self) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""
