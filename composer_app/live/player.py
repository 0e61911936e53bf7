"""A thread that keeps a transport going."""

from threading import Condition, Thread
from time import perf_counter
from typing import Final

from composer_app.live.note_sink import Clock, NoteSink
from composer_app.live.transport import Transport
from composer_app.music.composition import Composition

_PERIOD_SECONDS: Final = 0.005


class Player:
    """A :class:`Transport` that plays by itself; every method may be called from any thread.

    The thread advances the transport about every 5 ms while it plays, and sleeps until it is
    called while it does not. The studio reads :attr:`position` whenever it paints. Close it at
    the end; its sink is not closed with it.
    """

    def __init__(self, sink: NoteSink, clock: Clock = perf_counter) -> None:
        self._transport = Transport(sink, clock)
        self._changed = Condition()
        self._closing = False
        self._thread = Thread(target=self._run, name="composer-player", daemon=True)
        self._thread.start()

    @property
    def playing(self) -> bool:
        """Whether the music runs; becomes false by itself at the end."""
        with self._changed:
            return self._transport.playing

    @property
    def position(self) -> float:
        """Where the music is now, in steps."""
        with self._changed:
            return self._transport.position

    def load(self, composition: Composition) -> None:
        """As :meth:`Transport.load`: play this from now on, from the same step."""
        with self._changed:
            self._transport.load(composition)

    def set_sink(self, sink: NoteSink) -> None:
        """As :meth:`Transport.set_sink`: play into ``sink`` from now on."""
        with self._changed:
            self._transport.set_sink(sink)

    def play(self, from_step: float = 0.0) -> None:
        """As :meth:`Transport.play`: start, or seek while playing. Nothing once closed."""
        with self._changed:
            if not self._closing:
                self._transport.play(from_step)
                self._changed.notify()

    def stop(self) -> None:
        """As :meth:`Transport.stop`."""
        with self._changed:
            self._transport.stop()

    def close(self) -> None:
        """Stop, and end the thread. May be called twice."""
        with self._changed:
            self._closing = True
            self._transport.stop()
            self._changed.notify()
        self._thread.join()

    def _run(self) -> None:
        with self._changed:
            while not self._closing:
                self._transport.advance()
                self._changed.wait(_PERIOD_SECONDS if self._transport.playing else None)
