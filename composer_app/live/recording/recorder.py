"""Recording what is played, as it is played: in seconds from the downbeat, unquantized.

What becomes of it on the grid is decided afterwards, and as often as one likes, by
:mod:`composer_app.music.performing.quantization`.

Latency. A click that is *rendered* at the time t is *heard* at t + latency, and whoever plays
along plays along with what is heard. So times count from the moment at which the downbeat is
heard (:attr:`composer_app.live.playback.count_in.Downbeat.clock`, which includes the latency that
the sound system has from rendering to the loudspeaker): a key that goes down together with a click
that is heard is recorded where that click stands in the music. What cannot be measured from here
(a slow keyboard, wireless headphones) is a correction that a person sets, and is subtracted as
well. Both are the same for the whole recording, so they never change the distance of two notes.
"""

from collections.abc import Callable
from dataclasses import replace

from composer_app.live.recording.heard_notes import HeardNotes, KeyEvent
from composer_app.music.performing.performance import PerformedNote


class Recorder:
    """Turns key events into performed notes, by the rules of :class:`HeardNotes`.

    Every ``at`` is a time in seconds of one clock. Events may come late, since they carry their
    time, but all calls come from one thread. Events are ignored while nothing is recorded.
    """

    def __init__(self) -> None:
        self._origin = 0.0
        self._recording = False
        self._heard = HeardNotes()

    @property
    def recording(self) -> bool:
        """Whether a recording is in progress."""
        return self._recording

    @property
    def origin(self) -> float:
        """Time of the clock that is recorded as 0 seconds."""
        return self._origin

    @property
    def holding(self) -> bool:
        """Whether a key is down."""
        return self._heard.holding

    @property
    def events(self) -> int:
        """How many events have been recorded so far."""
        return self._heard.events

    def start(
        self,
        downbeat: float,
        correction: float = 0.0,
        tell: Callable[[KeyEvent], None] | None = None,
    ) -> None:
        """Begin a new recording whose first downbeat is heard at ``downbeat``.

        What is played with it arrives ``correction`` seconds later than that; see the module. Call
        it when the count-in begins, with the time at which the count-in will end: then a first
        note that comes a little early is not lost. ``tell`` is told every event that is recorded,
        in seconds from the downbeat.
        """
        origin = self._origin = downbeat + correction

        def tell_from_downbeat(event: KeyEvent) -> None:
            if tell is not None:
                tell(replace(event, at=event.at - origin))

        self._recording = True
        self._heard = HeardNotes(tell=tell_from_downbeat)

    def note_on(self, pitch: int, velocity: int, at: float) -> None:
        """A key went down."""
        if self._recording:
            self._heard.note_on(pitch, velocity, at)

    def note_off(self, pitch: int, at: float) -> None:
        """A key went up."""
        if self._recording:
            self._heard.note_off(pitch, at)

    def notes(self, now: float) -> tuple[PerformedNote, ...]:
        """What has been recorded so far, in the order of its strikes; held notes end ``now``."""
        notes = (
            PerformedNote(
                note.pitch, note.velocity, note.down - self._origin, note.end(now) - self._origin
            )
            for note in self._heard.notes
        )
        return tuple(sorted(notes, key=lambda note: note.start))

    def stop(self, at: float) -> tuple[PerformedNote, ...]:
        """End the recording; held notes end at ``at``.

        Returns the notes in the order in which they were struck, none if nothing was recorded.
        """
        self._heard.release_all(at)
        notes = self.notes(at)
        self._recording = False
        self._heard = HeardNotes()
        return notes
