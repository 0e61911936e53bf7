"""The transport: plays a composition into a scheduled sink, a little ahead of what is heard.

It owns no thread, no timer and no clock: time is the sink's. Somebody calls
:meth:`Transport.advance` several times in :data:`LOOKAHEAD_SECONDS` (see
:mod:`composer_app.live.playback.player`). What that schedules plays to the millisecond, whatever
Python is busy with; so changes made while playing begin where the schedule ends, at most that much
later. Not thread-safe.
"""

from dataclasses import dataclass
from math import ceil
from typing import Final

from composer_app.live.note_sink import ScheduledSink
from composer_app.live.playback.control_events import (
    ControlEvents,
    Place,
    State,
    state_after,
    telling,
)
from composer_app.live.playback.metronome import CLICK_SECONDS, click_event
from composer_app.live.playback.mixing import Mix
from composer_app.live.playback.note_events import NoteEvents
from composer_app.live.playback.scheduler import Scheduler
from composer_app.music.composition import Composition
from composer_app.music.timing import TICKS_PER_STEP, TempoMap

# Survives an interpreter that is busy for as long, and is not felt when something is changed.
LOOKAHEAD_SECONDS: Final = 0.15
# From the call until the first note, so that it is not late.
_LEAD_SECONDS: Final = 0.01
SHORTEST_LOOP: Final = 1.0
# No value of anything.
_UNKNOWN: Final = -(2**15)


@dataclass(frozen=True, slots=True)
class Loop:
    """The region from step ``start`` up to step ``end``, which is played over and over.

    Raises ValueError if it begins before step 0 or is shorter than a step.
    """

    start: float
    end: float

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end - SHORTEST_LOOP:
            raise ValueError(f"a loop cannot go from step {self.start:g} to {self.end:g}")


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Music that runs on from ``step``, which is rendered at ``time`` of the sink's clock."""

    time: float
    step: float
    tempo: TempoMap

    def step_at(self, time: float) -> float:
        return self.tempo.step_at(self.tempo.seconds_at(self.step) + time - self.time)

    def time_at(self, step: float) -> float:
        return self.time + self.tempo.seconds_at(step) - self.tempo.seconds_at(self.step)


class Transport:
    """Plays, stops, seeks, loops; see the module. Tracks sound on their channels.

    It never leaves a note hanging: whatever it struck is released on stop, on the end, at the
    end of a loop, and on a seek or a swap unless the very same note sounds there too. Pedals, bends
    and the like are as they have been left before where it begins, and at rest where it does not
    play.
    """

    def __init__(self, sink: ScheduledSink) -> None:
        self._sink = sink
        self._scheduler = Scheduler(sink)
        self._composition = Composition()
        # Until when it sounds; by micro-timing that may be beyond its last step.
        self._length = 0.0
        self._mix = Mix()
        self._note_events = NoteEvents(self._composition, ())
        self._loop: Loop | None = None
        self._click_volume: float | None = None
        self._control_events = ControlEvents(self._composition, self._mix)
        # What the sink has been told, where the schedule ends; and what of it has been told ahead.
        self._told: dict[Place, int] = {}
        self._told_ahead: set[Place] = set()
        self._playing = False
        # Where the music stands while it does not play; otherwise how far it is scheduled.
        self._step = 0.0
        self._until = 0.0
        self._stretches: list[_Stretch] = []
        self._end: float | None = None

    @property
    def composition(self) -> Composition:
        """What is loaded."""
        return self._composition

    @property
    def playing(self) -> bool:
        """Whether time runs. Becomes false in :meth:`advance` when the last note has been heard."""
        return self._playing

    @property
    def position(self) -> float:
        """The step that is heard now; where the music stands while it does not play."""
        if not self._playing:
            return self._step
        heard = self._sink.time - self._sink.latency
        stretch = self._stretches[self._stretch_at(heard)]
        if heard <= stretch.time:
            return stretch.step
        return min(stretch.step_at(heard), self._last_step)

    @property
    def loop(self) -> Loop | None:
        """The region that is played over and over."""
        return self._loop

    def load(self, composition: Composition) -> None:
        """Play ``composition`` from now on, from the same step if something plays.

        Also the way to change tempo or instruments while playing. A note that sounds now and
        is the same in the new composition sounds on.
        """
        self.advance()
        position = self.position
        self._composition = composition
        self._length = max(float(composition.steps), composition.sounding_steps)
        self._renew_controls()
        if position >= composition.steps:
            self._halt_at(float(composition.steps))
        self._renew()

    def set_mix(self, mix: Mix) -> None:
        """Sound like this from now on."""
        self.advance()
        self._mix = mix
        self._renew_controls()
        self._renew()

    def set_loop(self, loop: Loop | None) -> None:
        """Play ``loop`` over and over once the music comes to its end; None: play through.

        Music that is already beyond the loop plays through to the end.
        """
        self.advance()
        self._loop = loop

    def set_clicks(self, volume: float | None) -> None:
        """Click on every pulse while playing, ``volume`` from 0 to 1; None: do not."""
        self._click_volume = volume

    def set_sink(self, sink: ScheduledSink) -> None:
        """Play into another sink from now on; what sounds in the old one is released there."""
        playing, position = self._playing, self.position
        self._halt_at(position)
        self._sink = sink
        self._scheduler = Scheduler(sink)
        self._told.clear()
        self._tell(self._control_events.at_rest)
        if playing:
            self.play(position)

    def play(self, from_step: float = 0.0) -> None:
        """Play from ``from_step``, also while playing: a seek.

        A note that began earlier and lasts beyond that step is struck there. From the end of
        the last note on there is nothing to play, and the transport stands there, stopped.
        """
        self._halt_at(min(max(0.0, from_step), float(self._composition.steps)))
        if self._step < self._composition.steps:
            self._playing, self._end = True, None
            self._until = self._sink.time + _LEAD_SECONDS
            self._stretches = [_Stretch(self._until, self._step, self._composition.tempo)]
            # At once: nothing sounds yet.
            self._tell(self._control_events.state_before(self._step))
            self._reconcile()
            self.advance()

    def stop(self) -> None:
        """Stop where the music is; what sounds is released."""
        self._halt_at(self.position)

    def advance(self) -> None:
        """Schedule what is due soon. Call it every 10 to 30 ms; does nothing while stopped."""
        if not self._playing:
            return
        now = self._sink.time
        while self._end is None and self._until < now + LOOKAHEAD_SECONDS:
            self._schedule_until(now + LOOKAHEAD_SECONDS)
        self._scheduler.forget_before(now)
        heard = now - self._sink.latency
        del self._stretches[: self._stretch_at(heard)]
        if self._end is not None and heard >= self._end:
            # Everything has been released on schedule.
            self._playing, self._step = False, float(self._composition.steps)

    @property
    def _loop_ahead(self) -> Loop | None:
        """The loop that the music runs into, or is in, where the schedule ends."""
        loop = self._loop
        if loop is None or self._step >= loop.end or loop.start >= self._composition.steps:
            return None
        return loop

    @property
    def _last_step(self) -> float:
        """The music does not run beyond this; a loop may end in the rest after the last note."""
        return self._length if self._loop is None else max(self._length, self._loop.end)

    def _stretch_at(self, time: float) -> int:
        """Index of the stretch that is rendered at ``time``, the first one before it begins."""
        later = (i for i, stretch in enumerate(self._stretches) if stretch.time > time)
        return max(0, next(later, len(self._stretches)) - 1)

    def _schedule_until(self, horizon: float) -> None:
        """Schedule up to ``horizon``, or up to the end of the loop or of the music before it."""
        stretch = self._stretches[-1]
        loop = self._loop_ahead
        last = self._length if loop is None else loop.end
        reached = max(self._step, stretch.step_at(horizon))
        self._schedule_steps(stretch, self._step, min(reached, last), last)
        self._step, self._until = reached, horizon
        if reached < last:
            return
        self._step, self._until = last, stretch.time_at(last)
        if loop is not None:
            self._step = loop.start
            self._begin_stretch()
            self._tell(self._control_events.state_before(self._step), self._until)
        else:
            self._end = self._until
            self._tell(self._control_events.at_rest, self._until)
        self._reconcile(jumped=True)

    def _schedule_steps(self, stretch: _Stretch, start: float, end: float, last: float) -> None:
        said = self._control_events.between(start, end)
        for control in said:
            self._sink.schedule(stretch.time_at(control.step), control.event)
        if said:
            self._told = state_after(said, self._told)
            self._told_ahead |= self._control_events.moving
        for stroke in self._note_events.between(start, end):
            at = stretch.time_at(stroke.step)
            if stroke.strikes:
                # One that was played a little early belongs to what follows the loop.
                if stroke.note.start < last:
                    self._scheduler.strike(at, stroke.channel, stroke.note)
            elif self._scheduler.holds(stroke.key, stroke.note):
                self._scheduler.release(at, stroke.key)
        if self._click_volume is not None:
            span = ceil(start * TICKS_PER_STEP), ceil(end * TICKS_PER_STEP)
            for tick, accent in self._composition.meters.pulses_between(*span):
                event = click_event(accent, self._click_volume)
                self._scheduler.tap(stretch.time_at(tick / TICKS_PER_STEP), event, CLICK_SECONDS)

    def _renew(self) -> None:
        """Go on with other notes where the schedule ends."""
        tracks = range(len(self._composition.tracks))
        audible = [index for index in tracks if self._mix.audible(index)]
        self._note_events = NoteEvents(self._composition, audible)
        if self._playing:
            self._end = None
            self._begin_stretch()
            self._tell(self._control_events.state_before(self._step), self._until)
            self._reconcile()
            self.advance()

    def _begin_stretch(self) -> None:
        self._stretches.append(_Stretch(self._until, self._step, self._composition.tempo))

    def _reconcile(self, *, jumped: bool = False) -> None:
        """Where the schedule ends, make exactly those notes sound that sound there.

        One that was played a little early, and belongs to the very step that is ``jumped`` to, is
        struck anew.
        """
        due = self._note_events.sounding_before(self._step)
        for key, note in self._scheduler.held.items():
            if due.get(key) != note or (jumped and note.start >= self._step):
                self._scheduler.release(self._until, key)
        for key, note in due.items():
            if not self._scheduler.holds(key, note):
                self._scheduler.strike(self._until, key[0], note)

    def _renew_controls(self) -> None:
        """Say other things besides notes; what the mixer shows, at once."""
        self._control_events = ControlEvents(self._composition, self._mix)
        if not self._playing:
            self._tell(self._control_events.at_rest)
            return
        state = self._control_events.state_before(self._step)
        settings = {place: value for place, value in state.items() if place.is_setting}
        self._tell({**self._told, **settings})
        # What is on its way undoes that; it is said once more where the schedule ends.
        for place in settings.keys() & self._told_ahead:
            self._told.pop(place)

    def _tell(self, state: State, at: float | None = None) -> None:
        """Tell the sink, at once or at a time ahead, what it takes to be in ``state``."""
        for place, event in telling(state, self._told):
            if at is None:
                event.send(self._sink)
            else:
                self._sink.schedule(at, event)
                self._told_ahead.add(place)
        self._told = dict(state)

    def _rest(self) -> None:
        """Tell the sink at once to be at rest, after what was on its way has been forgotten."""
        for place in self._told_ahead:
            # As it is not to be known what of it has been played, all of it is said.
            self._told[place] = _UNKNOWN
        self._told_ahead.clear()
        self._tell(self._control_events.at_rest)

    def _halt_at(self, step: float) -> None:
        if self._playing:
            self._scheduler.halt()
            self._rest()
        self._playing = False
        self._step = step
