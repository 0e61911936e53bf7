"""Recording what is played, as it is played: in seconds from the downbeat, unquantized.

What becomes of it on the grid is decided afterwards, and as often as one likes, by
:mod:`composer_app.live.quantization`.

Latency. The metronome's click that is *scheduled* for the time t is *heard* at t + latency, and
whoever plays along plays along with what is heard. So a key that goes down together with the
click heard for t carries the time t + latency, and is recorded at t: every time is corrected by
``- latency``. The latency is the sum of what the sound system needs from scheduling to the
loudspeaker, and of what a person has set for everything else (a slow keyboard, wireless
headphones). The correction is the same for the whole recording, so it never changes the distance
of two notes.
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

    def start(self, downbeat: float, latency: float = 0.0) -> None:
        """Begin a new recording whose first downbeat is scheduled for ``downbeat``.

        ``latency`` seconds later it is heard; see the module for what that means. Call it when
        the count-in begins, with the time at which the count-in will end: then a first note that
        comes a little early is not lost.
        """
        self._origin = downbeat + latency
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
