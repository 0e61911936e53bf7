"""The clicks that one records to: a count-in, and the metronome after it."""

from dataclasses import dataclass
from typing import Final

from composer_app.live.note_sink import Clock, ScheduledSink
from composer_app.live.playback.metronome import CLICK_SECONDS, Metronome, click_event
from composer_app.live.playback.scheduler import Scheduler
from composer_app.live.playback.transport import LOOKAHEAD_SECONDS

# The first click comes this much later than the call, beyond the latency, so that it is not
# swallowed by the work that pressing a button causes.
_LEAD_SECONDS: Final = 0.1


@dataclass(frozen=True, slots=True)
class Downbeat:
    """The first downbeat after a count-in.

    ``clock`` is the time of the clock at which it is heard, and so the one that what is played
    with it is stamped with; ``engine`` is the time of the sink at which it is rendered.
    """

    clock: float
    engine: float


class CountIn:
    """Clicks ahead of a downbeat and perhaps after it; not thread-safe.

    The clicks are heard at even distances of ``clock``, the one that recordings are stamped
    with: each is put on the sink's clock as the two stand when it is scheduled.
    """

    def __init__(self, sink: ScheduledSink, clock: Clock) -> None:
        self._sink = sink
        self._scheduler = Scheduler(sink)
        self._clock = clock
        self._metronome: Metronome | None = None
        self._volume = 1.0
        self._downbeat = 0.0
        # Clicks before this many seconds from the downbeat have been scheduled; those from
        # ``_end`` on are not wanted.
        self._until = 0.0
        self._end = 0.0

    @property
    def active(self) -> bool:
        """Whether there are clicks still to be scheduled."""
        return self._metronome is not None

    def start(self, metronome: Metronome, bars: int, *, go_on: bool, volume: float) -> Downbeat:
        """Count ``bars`` bars in; ``go_on`` clicks after the downbeat too, until :meth:`stop`."""
        length = metronome.count_in_seconds(bars)
        now = self._clock()
        self._metronome, self._volume = metronome, volume
        self._downbeat = now + self._sink.latency + _LEAD_SECONDS + length
        self._until, self._end = -length, float("inf") if go_on else 0.0
        downbeat = Downbeat(self._downbeat, self._engine_time(0.0, now))
        self.advance()
        return downbeat

    def stop(self) -> None:
        """No more clicks; those scheduled already are the caller's business."""
        self._metronome = None

    def halt(self) -> None:
        """No more clicks: unschedule everything on the sink, and release the last one."""
        self.stop()
        self._scheduler.halt()

    def set_sink(self, sink: ScheduledSink) -> None:
        """Click into another sink from now on, at the same times of the clock."""
        self._scheduler.halt()
        self._sink = sink
        self._scheduler = Scheduler(sink)

    def advance(self) -> None:
        """Schedule the clicks that are due soon; call it as often as a transport's."""
        if self._metronome is None:
            return
        now = self._clock()
        horizon = now + self._sink.latency + LOOKAHEAD_SECONDS - self._downbeat
        until = max(self._until, min(horizon, self._end))
        for click in self._metronome.clicks_between(self._until, until):
            at = self._engine_time(click.time, now)
            self._scheduler.tap(at, click_event(click.accent, self._volume), CLICK_SECONDS)
        self._scheduler.forget_before(self._sink.time)
        self._until = until
        if until >= self._end:
            self._metronome = None

    def _engine_time(self, since_downbeat: float, now: float) -> float:
        """When the sink has to render what is to be heard then."""
        ahead = self._downbeat + since_downbeat - now
        return self._sink.time + ahead - self._sink.latency
