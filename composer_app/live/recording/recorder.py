"""Recording what is played, as it is played: in seconds from the downbeat, unquantized.

What becomes of it on the grid is decided afterwards, and as often as one likes, by
:mod:`composer_app.music.quantization`.

Latency. A click that is *rendered* at the time t is *heard* at t + latency, and whoever plays
along plays along with what is heard. So times count from the moment at which the downbeat is
heard (:attr:`composer_app.live.playback.count_in.Downbeat.clock`, which includes the latency that
the sound system has from rendering to the loudspeaker): a key that goes down together with a click
that is heard is recorded where that click stands in the music. What cannot be measured from here
(a slow keyboard, wireless headphones) is a correction that a person sets, and is subtracted as
well. Both are the same for the whole recording, so they never change the distance of two notes.
"""

from dataclasses import dataclass

from composer_app.music.performance import PerformedNote


@dataclass(slots=True)
class _HeldNote:
    velocity: int
    start: float


class Recorder:
    """Turns key events into performed notes.

    Every ``at`` is a time in seconds of one clock. Events may come late, since they carry their
    time, but all calls come from one thread. Events are ignored while nothing is recorded.
    """

    def __init__(self) -> None:
        self._origin = 0.0
        self._recording = False
        self._held: dict[int, _HeldNote] = {}
        self._notes: list[PerformedNote] = []

    @property
    def recording(self) -> bool:
        """Whether a recording is in progress."""
        return self._recording

    @property
    def origin(self) -> float:
        """Time of the clock that is recorded as 0 seconds."""
        return self._origin

    def start(self, downbeat: float, correction: float = 0.0) -> None:
        """Begin a new recording whose first downbeat is heard at ``downbeat``.

        What is played with it arrives ``correction`` seconds later than that; see the module. Call
        it when the count-in begins, with the time at which the count-in will end: then a first
        note that comes a little early is not lost.
        """
        self._origin = downbeat + correction
        self._recording = True
        self._held.clear()
        self._notes.clear()

    def note_on(self, pitch: int, velocity: int, at: float) -> None:
        """A key went down; velocity 0 is a release. A pitch that is held is struck anew."""
        if not self._recording:
            return
        self.note_off(pitch, at)
        if velocity > 0:
            self._held[pitch] = _HeldNote(velocity, at - self._origin)

    def note_off(self, pitch: int, at: float) -> None:
        """A key went up; ignored if it is not known to be down."""
        held = self._held.pop(pitch, None)
        if held is not None:
            end = max(at - self._origin, held.start)
            self._notes.append(PerformedNote(pitch, held.velocity, held.start, end))

    def stop(self, at: float) -> tuple[PerformedNote, ...]:
        """End the recording; held notes end at ``at``.

        Returns the notes in the order in which they were struck, none if nothing was recorded.
        """
        for pitch in list(self._held):
            self.note_off(pitch, at)
        self._recording = False
        notes = tuple(sorted(self._notes, key=lambda note: note.start))
        self._notes.clear()
        return notes
