"""A note: where it stands on the grid, and how it sounds beside it."""

from dataclasses import dataclass
from operator import attrgetter
from typing import Final

from composer_app.music.pitch import PITCH_COUNT
from composer_app.music.timing import TICKS_PER_STEP, nearest_step

DEFAULT_VELOCITY: Final = 80
_HALF_STEP: Final = TICKS_PER_STEP // 2
# Notes as they are ordered, but quicker than to compare them.
NOTE_ORDER: Final = attrgetter("start", "onset_shift", "pitch", "duration", "end_shift", "velocity")


@dataclass(frozen=True, slots=True)
class Note:
    """``pitch`` (MIDI 0-127) from step ``start`` for ``duration`` steps at ``velocity`` (1-127).

    So it stands on the grid, for networks, statistics and locks. Its micro-timing says how it
    sounds: it begins ``onset_shift`` ticks (240 a step) after ``start`` and ends ``end_shift``
    ticks after ``end``, or before where they are negative.

    ``start`` is always the step nearest to where the note begins, and ``end`` the one nearest to
    where it ends, or the next step after ``start``; halves go up. So the place on the grid
    follows from how a note sounds, and what sounds one after another stands in the same order,
    though perhaps on the same step.

    Notes are ordered as they begin to sound; of those that begin together the lower, then the
    shorter, then the softer one comes first.
    """

    start: int
    pitch: int
    duration: int
    velocity: int = DEFAULT_VELOCITY
    onset_shift: int = 0
    end_shift: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.pitch < PITCH_COUNT:
            raise ValueError(f"pitch {self.pitch} is outside MIDI's 0-127")
        if self.start < 0:
            raise ValueError(f"a note cannot start before the piece (step {self.start})")
        if self.duration < 1:
            raise ValueError(f"a note lasts at least one step, not {self.duration}")
        if not 1 <= self.velocity <= 127:
            raise ValueError(f"velocity {self.velocity} is outside 1-127")
        if self.onset_shift or self.end_shift:
            self._check_micro_timing()

    def _check_micro_timing(self) -> None:
        # Whole files of notes come through here: what the rule below comes to, for most of them.
        if self.start and self.duration > 1:
            shifts = self.onset_shift, self.end_shift
            if min(shifts) >= -_HALF_STEP and max(shifts) < _HALF_STEP:
                return
        onset, release = self.onset_ticks, self.release_ticks
        if onset < 0 or nearest_step(onset) != self.start:
            raise ValueError(f"a note at step {self.start} cannot begin at tick {onset}")
        if release <= onset or max(nearest_step(release), self.start + 1) != self.end:
            raise ValueError(
                f"a note from tick {onset} to step {self.end} cannot end at tick {release}"
            )

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, Note):
            return NotImplemented
        return bool(NOTE_ORDER(self) < NOTE_ORDER(other))

    @classmethod
    def at_ticks(
        cls, onset: int, release: int, pitch: int, velocity: int = DEFAULT_VELOCITY
    ) -> "Note":
        """The note that sounds from tick ``onset`` until the later tick ``release``."""
        start = nearest_step(onset)
        end = max(nearest_step(release), start + 1)
        shifts = onset - start * TICKS_PER_STEP, release - end * TICKS_PER_STEP
        return cls(start, pitch, end - start, velocity, *shifts)

    @property
    def end(self) -> int:
        """First step after the note."""
        return self.start + self.duration

    @property
    def onset_ticks(self) -> int:
        """When it begins to sound, in ticks from step 0."""
        return self.start * TICKS_PER_STEP + self.onset_shift

    @property
    def release_ticks(self) -> int:
        """When it ceases to sound, in ticks from step 0."""
        return (self.start + self.duration) * TICKS_PER_STEP + self.end_shift

    @property
    def onset(self) -> float:
        """When it begins to sound, in steps."""
        return (self.start * TICKS_PER_STEP + self.onset_shift) / TICKS_PER_STEP

    @property
    def release(self) -> float:
        """When it ceases to sound, in steps."""
        return ((self.start + self.duration) * TICKS_PER_STEP + self.end_shift) / TICKS_PER_STEP

    @property
    def on_grid(self) -> "Note":
        """The same note without micro-timing."""
        if not self.onset_shift and not self.end_shift:
            return self
        return Note(self.start, self.pitch, self.duration, self.velocity)

    def cut_at(self, ticks: int) -> "Note":
        """The same note, silent from ``ticks`` on at the latest; it must have begun by then."""
        if ticks >= self.release_ticks:
            return self
        return Note.at_ticks(self.onset_ticks, ticks, self.pitch, self.velocity)

    def moved(self, steps: int, semitones: int = 0) -> "Note":
        """The same note that much later and higher, with its micro-timing.

        A note that would begin before the piece by its micro-timing alone begins with it instead.
        """
        onset = self.onset_ticks + steps * TICKS_PER_STEP
        release = self.release_ticks + steps * TICKS_PER_STEP
        late = -onset if -_HALF_STEP <= onset < 0 else 0
        return Note.at_ticks(onset + late, release + late, self.pitch + semitones, self.velocity)
