"""MIDI clock: other programs and machines follow Composer's playing, tempo and all.

24 ticks a quarter while the music plays, start, continue, stop, and the song position, as in the
MIDI 1.0 specification. A song position counts sixteenths: Composer's steps.
"""

from collections.abc import Callable
from math import ceil
from threading import Event, Thread
from time import perf_counter, sleep
from typing import Final, Protocol

from composer_app.live.note_sink import Clock
from composer_app.music.timing import STEPS_PER_BEAT, TempoMap

TICKS_PER_BEAT: Final = 24
TICKS_PER_STEP: Final = TICKS_PER_BEAT // STEPS_PER_BEAT

# The bytes of a message.
ClockMessage = tuple[int, ...]

TICK: Final[ClockMessage] = (0xF8,)
START: Final[ClockMessage] = (0xFA,)
CONTINUE: Final[ClockMessage] = (0xFB,)
STOP: Final[ClockMessage] = (0xFC,)
_SONG_POSITION: Final = 0xF2
_LAST_SONG_POSITION: Final = 0x3FFF

# Found to play so near to the beginning, the music has just begun there.
_BEGINNING_STEPS: Final = 0.5
# A position this far from where the music should be has been jumped to.
_JUMP_SECONDS: Final = 0.06
# Of a smaller difference, each look takes back this share: positions come in small stairs, and
# ticks should not.
_CORRECTION: Final = 0.05
# Ticks that were to come at this very moment come now, whatever rounding says.
_ROUNDING: Final = 1e-6

_LOOK_SECONDS: Final = 0.005
_PROMPT_SECONDS: Final = 0.01
_LOOKS: Final = 5


class Followed(Protocol):
    """What plays; any thread may ask."""

    @property
    def playing(self) -> bool:
        """Whether the music runs."""

    @property
    def position(self) -> float:
        """Where it is, in steps: what is heard now."""

    @property
    def tempo(self) -> TempoMap:
        """How fast it runs where."""
        ...


def song_position(step: int) -> ClockMessage:
    """The message that says that the music is at ``step``; it knows 16384 of them."""
    step = min(max(step, 0), _LAST_SONG_POSITION)
    return (_SONG_POSITION, step & 0x7F, step >> 7)


class MidiClock:
    """When to send what; nothing is sent here, and time is an argument. Not thread-safe."""

    def __init__(self) -> None:
        self._running = False
        # The music was at this step at this time.
        self._step = 0.0
        self._time = 0.0
        self._tempo = TempoMap()
        self._next_tick = 0
        self._told_step: int | None = None

    @property
    def next_at(self) -> float | None:
        """When the next tick is due; None while the music does not run."""
        if not self._running:
            return None
        step = self._next_tick / TICKS_PER_STEP
        return self._time + self._tempo.seconds_at(step) - self._tempo.seconds_at(self._step)

    def follow(self, now: float, playing: bool, step: float, tempo: TempoMap) -> list[ClockMessage]:
        """Look where the music is at ``now`` (seconds); what is to be sent for it at once."""
        if not playing:
            messages = self.stop()
            if int(step) != self._told_step:
                self._told_step = int(step)
                messages.append(song_position(int(step)))
            return messages
        if not self._running:
            return self._start(now, step, tempo)
        expected = self._step_at(now)
        difference = self._tempo.seconds_at(step) - self._tempo.seconds_at(expected)
        if abs(difference) > _JUMP_SECONDS:
            return [*self.stop(), *self._start(now, step, tempo)]
        self._step = expected + (step - expected) * _CORRECTION
        self._time, self._tempo = now, tempo
        return []

    def ticks(self, now: float) -> list[ClockMessage]:
        """The ticks that have become due since the last time."""
        if not self._running:
            return []
        messages = []
        reached = self._step_at(now) * TICKS_PER_STEP + _ROUNDING
        while self._next_tick <= reached:
            messages.append(TICK)
            self._next_tick += 1
        return messages

    def stop(self) -> list[ClockMessage]:
        """The music runs no longer."""
        if not self._running:
            return []
        self._running = False
        return [STOP]

    def forget(self) -> None:
        """Who listens knows nothing any more: tell everything anew."""
        self._running = False
        self._told_step = None

    def _start(self, now: float, step: float, tempo: TempoMap) -> list[ClockMessage]:
        self._running = True
        self._step, self._time, self._tempo = step, now, tempo
        if step < _BEGINNING_STEPS:
            self._next_tick, self._told_step = 0, 0
            return [START]
        # The other side can begin at a whole step only; it does so with the first tick.
        begin = ceil(step - _ROUNDING)
        self._next_tick = begin * TICKS_PER_STEP
        self._told_step = begin
        return [song_position(begin), CONTINUE]

    def _step_at(self, time: float) -> float:
        elapsed = max(0.0, time - self._time)
        return self._tempo.step_at(self._tempo.seconds_at(self._step) + elapsed)


class MidiClockSender:
    """A thread that sends the clock of what plays, until it is closed.

    ``send`` gets one message after another, on that thread; it must neither wait nor raise.
    """

    def __init__(
        self,
        followed: Followed,
        send: Callable[[ClockMessage], None],
        clock: Clock = perf_counter,
    ) -> None:
        self._followed = followed
        self._send = send
        self._clock = clock
        self._midi_clock = MidiClock()
        self._closing = Event()
        self._renewed = Event()
        self._thread = Thread(target=self._run, name="composer-midi-clock", daemon=True)
        self._thread.start()

    def renew(self) -> None:
        """Somebody new listens: tell everything anew. Any thread may call."""
        self._renewed.set()

    def close(self) -> None:
        """Stop the other side if it runs, and end the thread. May be called twice."""
        self._closing.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._closing.is_set():
            if self._renewed.is_set():
                self._renewed.clear()
                self._midi_clock.forget()
            now = self._look()
            self._send_all(self._midi_clock.ticks(now))
            self._tick_until(now + _LOOK_SECONDS)
        self._send_all(self._midi_clock.stop())

    def _look(self) -> float:
        """See where the music is, and say so; returns when that was.

        A busy machine may put this thread to sleep between the position and the time, which
        would look like a jump: then look again.
        """
        followed = self._followed
        for _ in range(_LOOKS):
            before = self._clock()
            playing, step, tempo = followed.playing, followed.position, followed.tempo
            now = self._clock()
            if now - before < _PROMPT_SECONDS:
                break
        self._send_all(self._midi_clock.follow(now, playing, step, tempo))
        return now

    def _tick_until(self, end: float) -> None:
        """Send ticks at their times until the next look is due."""
        while not self._closing.is_set():
            due = self._midi_clock.next_at
            wake = end if due is None else min(due, end)
            sleep(max(0.0, wake - self._clock()))
            if wake >= end:
                return
            self._send_all(self._midi_clock.ticks(self._clock()))

    def _send_all(self, messages: list[ClockMessage]) -> None:
        for message in messages:
            self._send(message)
