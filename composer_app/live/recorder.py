"""Recording what is played, and making a melody of it.

The recorder keeps what was played as it was played, in seconds. Quantizing is a view of that
(:meth:`Recording.melody`), so it can be done again at another tempo or grid.
"""

from dataclasses import dataclass, replace

from composer_app.music.melody import Melody
from composer_app.music.note import Note
from composer_app.music.pitch import PITCH_COUNT
from composer_app.music.timing import Meter, TempoMap, quantize, seconds_per_step


@dataclass(frozen=True, slots=True)
class PerformedNote:
    """A note as it was played: MIDI ``pitch`` and ``velocity`` (1-127), times in seconds.

    Times count from the downbeat at which recording began and may be negative: struck early.
    """

    pitch: int
    velocity: int
    start: float
    end: float

    def __post_init__(self) -> None:
        if not 0 <= self.pitch < PITCH_COUNT:
            raise ValueError(f"pitch {self.pitch} is outside MIDI's 0-127")
        if not 1 <= self.velocity <= 127:
            raise ValueError(f"velocity {self.velocity} is outside 1-127")
        if self.end < self.start:
            raise ValueError(f"a note that ends ({self.end}) before it starts ({self.start})")


@dataclass(frozen=True, slots=True)
class Recording:
    """Performed notes in the order in which they were struck."""

    notes: tuple[PerformedNote, ...] = ()

    def melody(self, bpm: float, meter: Meter, title: str = "") -> Melody:
        """The recording as a melody on the grid of sixteenths at ``bpm``.

        Starts and ends go to the nearest step, and a note lasts at least one. The latest note
        wins: a note that sounds when another is struck ends there and does not come back, and
        of several in the same step only the last one struck is kept. A note struck less than
        half a step before the downbeat counts as on it; what was struck earlier belongs to the
        count-in and is left out.
        """
        earliest = -seconds_per_step(bpm) / 2
        line: list[Note] = []
        for played in sorted(self.notes, key=lambda note: note.start):
            if played.start <= earliest:
                continue
            start = quantize(played.start, bpm)
            duration = max(1, quantize(played.end, bpm) - start)
            if line and line[-1].start == start:
                line.pop()
            if line and line[-1].end > start:
                line[-1] = replace(line[-1], duration=start - line[-1].start)
            line.append(Note(start, played.pitch, duration, played.velocity))
        return Melody(tuple(line), TempoMap.constant(bpm), meter, title)


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
        self._downbeat = 0.0
        self._recording = False
        self._held: dict[int, _HeldNote] = {}
        self._notes: list[PerformedNote] = []

    @property
    def recording(self) -> bool:
        """Whether a recording is in progress."""
        return self._recording

    def start(self, at: float) -> None:
        """Begin a new recording whose first downbeat is ``at``.

        Call it when the count-in begins, with the time at which the count-in will end: then a
        first note that comes a little early is not lost.
        """
        self._downbeat = at
        self._recording = True
        self._held.clear()
        self._notes.clear()

    def note_on(self, pitch: int, velocity: int, at: float) -> None:
        """A key went down; velocity 0 is a release. A pitch that is held is struck anew."""
        if not self._recording:
            return
        self.note_off(pitch, at)
        if velocity > 0:
            self._held[pitch] = _HeldNote(velocity, at - self._downbeat)

    def note_off(self, pitch: int, at: float) -> None:
        """A key went up; ignored if it is not known to be down."""
        held = self._held.pop(pitch, None)
        if held is not None:
            end = max(at - self._downbeat, held.start)
            self._notes.append(PerformedNote(pitch, held.velocity, held.start, end))

    def stop(self, at: float) -> Recording:
        """End the recording; held notes end at ``at``. Empty if none was in progress."""
        for pitch in list(self._held):
            self.note_off(pitch, at)
        self._recording = False
        notes = tuple(sorted(self._notes, key=lambda note: note.start))
        self._notes.clear()
        return Recording(notes)
