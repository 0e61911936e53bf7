"""A MIDI output as the sound: a hardware synthesizer, another program, Windows' own."""

from collections.abc import Callable
from dataclasses import dataclass, field
from heapq import heappop, heappush
from threading import Condition, Thread
from time import perf_counter, sleep
from typing import Final

from composer_app.live.midi.keyboard_input import ALL_NOTES_OFF, ALL_SOUND_OFF, SUSTAIN
from composer_app.live.midi.outputs import OutputPort
from composer_app.live.note_sink import Clock, SinkEvent
from composer_app.music.controls import FIRST_CHANNEL_MODE, PARAMETER_CONTROLLERS

_CHANNELS: Final = 16
_NOTE_OFF: Final = 0x80
_NOTE_ON: Final = 0x90
_CONTROL_CHANGE: Final = 0xB0
_PROGRAM_CHANGE: Final = 0xC0
_PITCH_BEND: Final = 0xE0
_KEY_PRESSURE: Final = 0xA0
_CHANNEL_PRESSURE: Final = 0xD0
_RELEASE_VELOCITY: Final = 64
_BEND_CENTRE: Final = 8192
# A condition wakes up this much late at worst (on Windows); the rest of a wait is slept, in
# portions after which something more urgent can go first.
_COARSE_SECONDS: Final = 0.02
_FINE_SECONDS: Final = 0.002


@dataclass(order=True, slots=True)
class _Entry:
    """Compares in the order of playing: at one time by rank, then as they were put in."""

    at: float
    rank: int
    number: int
    event: SinkEvent = field(compare=False)


class EventQueue:
    """Events that wait for their time, in seconds of whatever clock. Not thread-safe."""

    def __init__(self) -> None:
        self._entries: list[_Entry] = []
        self._number = 0

    def put(self, at: float, event: SinkEvent) -> None:
        """Let ``event`` wait until ``at``."""
        self._number += 1
        heappush(self._entries, _Entry(at, event.rank, self._number, event))

    def take(self, now: float) -> list[SinkEvent]:
        """The events whose time has come, in order; they wait no longer."""
        due = []
        while self._entries and self._entries[0].at <= now:
            due.append(heappop(self._entries).event)
        return due

    @property
    def next_at(self) -> float | None:
        """When something is due next; None while nothing waits."""
        return self._entries[0].at if self._entries else None

    def clear(self) -> None:
        """Forget everything."""
        self._entries.clear()


class MidiSynthesizer:
    """A :class:`composer_app.live.note_sink.Synthesizer` that sends to a MIDI port.

    It has a thread of its own, which sends what was scheduled. Any thread may call. While the
    port is unplugged notes are lost; when it is back, its programs and controllers are as they
    were, and no note hangs. ``release`` is called with the port once it is closed.
    """

    # What the device adds is not to be known.
    latency = 0.0
    # It takes its port up again by itself.
    alive = True

    def __init__(
        self,
        port: OutputPort,
        clock: Clock = perf_counter,
        release: Callable[[OutputPort], None] | None = None,
    ) -> None:
        self._port = port
        self._clock = clock
        self._release = release
        self.description = f"the MIDI output {port.name}"
        self._changed = Condition()
        self._queue = EventQueue()
        self._closed = False
        self._held: set[tuple[int, int]] = set()
        self._programs: dict[int, int] = {}
        self._controllers: dict[tuple[int, int], int] = {}
        port.on_restored(self._restore)
        self._send_rest()
        self._thread = Thread(target=self._run, name="composer-midi-out", daemon=True)
        self._thread.start()

    @property
    def time(self) -> float:
        """Seconds of the clock: a device far away has no other."""
        return self._clock()

    def schedule(self, at: float, event: SinkEvent) -> None:
        """Send ``event`` at ``at``; at once if that is past."""
        with self._changed:
            if not self._closed:
                self._queue.put(at, event)
                self._changed.notify()

    def unschedule(self) -> None:
        """Forget what has not been sent yet."""
        with self._changed:
            self._queue.clear()

    def program_change(self, channel: int, program: int) -> None:
        """Choose the General MIDI ``program`` of ``channel``."""
        with self._changed:
            if not self._closed:
                self._programs[channel] = program
                self._port.send([_PROGRAM_CHANGE | channel, program])

    def note_on(self, channel: int, pitch: int, velocity: int) -> None:
        """Strike ``pitch``; what is held is released first, or some devices would hang."""
        with self._changed:
            if not self._closed:
                if (channel, pitch) in self._held:
                    self._port.send([_NOTE_OFF | channel, pitch, _RELEASE_VELOCITY])
                self._held.add((channel, pitch))
                self._port.send([_NOTE_ON | channel, pitch, velocity])

    def note_off(self, channel: int, pitch: int) -> None:
        """Release ``pitch``."""
        with self._changed:
            if not self._closed:
                self._held.discard((channel, pitch))
                self._port.send([_NOTE_OFF | channel, pitch, _RELEASE_VELOCITY])

    def control_change(self, channel: int, controller: int, value: int) -> None:
        """Set a controller."""
        with self._changed:
            if not self._closed:
                kept = controller < FIRST_CHANNEL_MODE and controller != SUSTAIN
                # Parameters mean something only in their order.
                if kept and controller not in PARAMETER_CONTROLLERS:
                    self._controllers[channel, controller] = value
                self._port.send([_CONTROL_CHANGE | channel, controller, value])

    def pitch_bend(self, channel: int, value: int) -> None:
        """Bend ``channel`` by ``value``, -8192 to 8191."""
        with self._changed:
            if not self._closed:
                self._send_bend(channel, value)

    def channel_pressure(self, channel: int, value: int) -> None:
        """Press all keys of ``channel`` that are held."""
        with self._changed:
            if not self._closed:
                self._port.send([_CHANNEL_PRESSURE | channel, value])

    def key_pressure(self, channel: int, pitch: int, value: int) -> None:
        """Press one key."""
        with self._changed:
            if not self._closed:
                self._port.send([_KEY_PRESSURE | channel, pitch, value])

    def all_notes_off(self) -> None:
        """Release every note on every channel, also those struck by others; pedals, bends."""
        with self._changed:
            if not self._closed:
                self._send_rest()

    def close(self) -> None:
        """Fall silent, and end the thread; calls after this do nothing."""
        with self._changed:
            if self._closed:
                return
            self._send_rest()
            self._closed = True
            self._queue.clear()
            self._changed.notify()
        self._port.forget(self._restore)
        self._thread.join()
        if self._release is not None:
            self._release(self._port)

    def _run(self) -> None:
        while True:
            with self._changed:
                if self._closed:
                    return
                for event in self._queue.take(self._clock()):
                    event.send(self)
                due = self._queue.next_at
                rest = None if due is None else due - self._clock()
                if rest is None or rest > _COARSE_SECONDS:
                    self._changed.wait(None if rest is None else rest - _COARSE_SECONDS)
                    continue
            sleep(max(0.0, min(rest, _FINE_SECONDS)))

    def _send_bend(self, channel: int, value: int) -> None:
        bend = value + _BEND_CENTRE
        self._port.send([_PITCH_BEND | channel, bend & 0x7F, bend >> 7])

    def _send_rest(self) -> None:
        """Silence the device in every way that devices understand."""
        for channel, pitch in sorted(self._held):
            self._port.send([_NOTE_OFF | channel, pitch, _RELEASE_VELOCITY])
        self._held.clear()
        for channel in range(_CHANNELS):
            self._port.send([_CONTROL_CHANGE | channel, SUSTAIN, 0])
            self._port.send([_CONTROL_CHANGE | channel, ALL_NOTES_OFF, 0])
            self._port.send([_CONTROL_CHANGE | channel, ALL_SOUND_OFF, 0])
            self._send_bend(channel, 0)

    def _restore(self) -> None:
        """The device has been plugged in again: it may hang, and has forgotten everything."""
        with self._changed:
            if self._closed:
                return
            self._send_rest()
            for channel, program in self._programs.items():
                self._port.send([_PROGRAM_CHANGE | channel, program])
            for (channel, controller), value in self._controllers.items():
                self._port.send([_CONTROL_CHANGE | channel, controller, value])
