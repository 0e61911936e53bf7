"""The transport: plays a composition into a sink, as time passes.

It owns no thread and no timer. Somebody calls :meth:`Transport.advance` every few milliseconds
(see :mod:`composer_app.live.player`), and the clock is an argument, so a whole piece can be
tested in no time at all. Not thread-safe.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain, groupby
from typing import NamedTuple

from composer_app.live.note_sink import Clock, NoteSink, track_channel
from composer_app.music.composition import Composition
from composer_app.music.note import Note


class _Event(NamedTuple):
    """Compares in the order of sending: at the same step, releases come before strikes."""

    step: float
    strikes: bool
    channel: int
    note: Note


class Transport:
    """Plays, stops, seeks; see the module. Tracks sound on ``track_channel(index)``.

    It never leaves a note hanging: whatever it struck and has not released yet is released on
    stop, on the end, and on a seek or a swap unless the very same note sounds there too.
    """

    def __init__(self, sink: NoteSink, clock: Clock) -> None:
        self._sink = sink
        self._clock = clock
        self._composition = Composition()
        self._events: list[_Event] = []
        self._next = 0
        self._playing = False
        # The music was at this step at this time, and time runs on from there while playing.
        self._step = 0.0
        self._time = 0.0
        self._sounding: dict[tuple[int, int], Note] = {}

    @property
    def composition(self) -> Composition:
        """What is loaded."""
        return self._composition

    @property
    def playing(self) -> bool:
        """Whether time runs. Becomes false in :meth:`advance` at the end of the last note."""
        return self._playing

    @property
    def position(self) -> float:
        """Where the music is now, in steps; where it stopped while it does not play."""
        return self._step_at(self._clock()) if self._playing else self._step

    def load(self, composition: Composition) -> None:
        """Play ``composition`` from now on, from the same step if something plays.

        Also the way to change tempo or instruments while playing. A note that sounds now and
        is the same in the new composition sounds on.
        """
        self.advance()
        self._composition = composition
        self._events = sorted(_events(composition))
        self._send_programs()
        if self._step >= composition.steps:
            self._halt_at(float(composition.steps))
        elif self._playing:
            self._continue()

    def set_sink(self, sink: NoteSink) -> None:
        """Play into another sink from now on; what sounds in the old one is released there."""
        self.advance()
        self._release(list(self._sounding))
        self._sink = sink
        self._send_programs()
        if self._playing:
            self._continue()

    def play(self, from_step: float = 0.0) -> None:
        """Play from ``from_step``, also while playing: a seek.

        A note that began earlier and lasts beyond that step is struck there. From the end of
        the last note on there is nothing to play, and the transport stands there, stopped.
        """
        self._halt_at(min(max(0.0, from_step), float(self._composition.steps)))
        if self._step < self._composition.steps:
            self._playing, self._time = True, self._clock()
            self._continue()

    def stop(self) -> None:
        """Stop where the music is; what sounds is released."""
        self._halt_at(self.position)

    def advance(self) -> None:
        """Send what is due. Call it every 5 to 10 ms while playing; does nothing otherwise."""
        if not self._playing:
            return
        now = self._clock()
        self._step, self._time = self._step_at(now), now
        while self._next < len(self._events) and self._events[self._next].step <= self._step:
            self._send(self._events[self._next])
            self._next += 1
        if self._step >= self._composition.steps:
            self._halt_at(self._step)

    def _step_at(self, time: float) -> float:
        tempo = self._composition.tempo
        elapsed = max(0.0, time - self._time)
        step = tempo.step_at(tempo.seconds_at(self._step) + elapsed)
        return min(step, float(self._composition.steps))

    def _send(self, event: _Event) -> None:
        key = (event.channel, event.note.pitch)
        if event.strikes:
            self._sink.note_on(*key, event.note.velocity)
            self._sounding[key] = event.note
        else:
            self._release([key])

    def _release(self, keys: Iterable[tuple[int, int]]) -> None:
        for key in keys:
            del self._sounding[key]
            self._sink.note_off(*key)

    def _send_programs(self) -> None:
        for index, track in enumerate(self._composition.tracks):
            self._sink.program_change(track_channel(index), track.program)

    def _continue(self) -> None:
        """Make exactly those notes sound that sound where the transport stands."""
        self._next = bisect_right(self._events, self._step, key=lambda event: event.step)
        due = {
            (event.channel, event.note.pitch): event
            for event in self._events[: self._next]
            if event.strikes and event.note.end > self._step
        }
        sounding = self._sounding
        kept = {key for key in sounding if key in due and due[key].note == sounding[key]}
        self._release([key for key in sounding if key not in kept])
        for key, event in due.items():
            if key not in kept:
                self._send(event)

    def _halt_at(self, step: float) -> None:
        self._playing = False
        self._step = step
        self._release(list(self._sounding))


def _events(composition: Composition) -> Iterator[_Event]:
    """Strikes and releases, such that no pitch of a channel overlaps itself."""
    channels: dict[int, list[Note]] = {}
    for index, track in enumerate(composition.tracks):
        channels.setdefault(track_channel(index), []).extend(track.notes)
    for channel, notes in channels.items():
        by_pitch = sorted(notes, key=lambda note: (note.pitch, note))
        lines = (_without_overlap(line) for _, line in groupby(by_pitch, lambda n: n.pitch))
        for note in chain.from_iterable(lines):
            yield _Event(note.start, True, channel, note)
            yield _Event(note.end, False, channel, note)


def _without_overlap(line: Iterable[Note]) -> list[Note]:
    """Notes of one pitch, each cut where the next one is struck; the longest of a unison."""
    result: list[Note] = []
    for note in line:
        if result and result[-1].start == note.start:
            result.pop()
        if result and result[-1].end > note.start:
            result[-1] = replace(result[-1], duration=note.start - result[-1].start)
        result.append(note)
    return result
