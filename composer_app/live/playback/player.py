"""A thread that keeps a transport and a count-in going."""

from threading import Condition, Thread
from time import perf_counter
from typing import Final

from composer_app.live.note_sink import Clock, ScheduledSink
from composer_app.live.playback.count_in import CountIn, Downbeat
from composer_app.live.playback.metronome import Metronome
from composer_app.live.playback.mixing import Mix
from composer_app.live.playback.transport import Loop, Transport
from composer_app.music.composition import Composition

__all__ = ["Downbeat", "Loop", "Player"]

_PLAYING_SECONDS: Final = 0.02
# At rest the sink's clock is looked at now and then, so that it is known well when it matters; at
# moments that fall differently into the periods of every usual buffer.
_RESTING_SECONDS: Final = 0.045


class Player:
    """A :class:`Transport` that plays by itself; every method may be called from any thread.

    The thread schedules a little ahead of what is heard while something plays. The studio reads
    :attr:`position` whenever it paints. ``clock`` is the one that recordings are stamped with.
    Close it at the end; its sink is not closed with it.
    """

    def __init__(self, sink: ScheduledSink, clock: Clock = perf_counter) -> None:
        self._sink = sink
        self._transport = Transport(sink)
        self._count_in = CountIn(sink, clock)
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
        """The step that is heard now."""
        with self._changed:
            return self._transport.position

    def load(self, composition: Composition) -> None:
        """As :meth:`Transport.load`: play this from now on, from the same step."""
        with self._changed:
            self._transport.load(composition)

    def set_sink(self, sink: ScheduledSink) -> None:
        """As :meth:`Transport.set_sink`: play into ``sink`` from now on."""
        with self._changed:
            self._sink = sink
            # First, since halting the old one would take the music's notes along.
            self._count_in.set_sink(sink)
            self._transport.set_sink(sink)

    def set_mix(self, mix: Mix) -> None:
        """As :meth:`Transport.set_mix`: volume, pan, mute and solo, at once."""
        with self._changed:
            self._transport.set_mix(mix)

    def set_loop(self, loop: Loop | None) -> None:
        """As :meth:`Transport.set_loop`: play a region over and over, or no longer."""
        with self._changed:
            self._transport.set_loop(loop)

    def set_clicks(self, volume: float | None) -> None:
        """As :meth:`Transport.set_clicks`: the metronome while playing."""
        with self._changed:
            self._transport.set_clicks(volume)

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

    def count_in(
        self, metronome: Metronome, bars: int, *, go_on: bool = False, volume: float = 1.0
    ) -> Downbeat:
        """Stop the music, count ``bars`` bars in, and say when the downbeat will be heard.

        The clicks are scheduled on the sink, a bar's first one accented. With ``go_on`` they go
        on after the downbeat until :meth:`end_clicks`; otherwise the last one is before it.
        Record from ``Downbeat.clock`` on: that time of the player's clock is when the downbeat
        reaches the ear, so what a musician plays with it is stamped with it. With 0 bars the
        downbeat is a tenth of a second, and the latency, from now.
        """
        with self._changed:
            self._transport.stop()
            self._drop_clicks()
            downbeat = self._count_in.start(metronome, bars, go_on=go_on, volume=volume)
            self._changed.notify()
            return downbeat

    def end_clicks(self) -> None:
        """No more clicks of :meth:`count_in`; nothing if there are none."""
        with self._changed:
            self._drop_clicks()

    def close(self) -> None:
        """Stop, and end the thread. May be called twice."""
        with self._changed:
            self._closing = True
            self._transport.stop()
            self._drop_clicks()
            self._changed.notify()
        self._thread.join()

    def _drop_clicks(self) -> None:
        if self._transport.playing:
            # What is scheduled is the music's; a click may still be heard.
            self._count_in.stop()
        else:
            self._count_in.halt()

    def _run(self) -> None:
        with self._changed:
            while not self._closing:
                self._transport.advance()
                self._count_in.advance()
                busy = self._transport.playing or self._count_in.active
                if not busy:
                    _ = self._sink.time
                self._changed.wait(_PLAYING_SECONDS if busy else _RESTING_SECONDS)
