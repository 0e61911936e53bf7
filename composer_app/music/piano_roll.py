"""The piano roll: the dense picture of notes that the networks read and write."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from composer_app.late_numpy import np
from composer_app.music.note import Note
from composer_app.music.pitch import PITCH_COUNT

if TYPE_CHECKING:
    from numpy.typing import NDArray

# As notes are ordered, but quicker than to compare them.
_ORDER: Final = attrgetter("start", "onset_shift", "pitch", "duration", "velocity")


@dataclass(frozen=True, slots=True, eq=False)
class PianoRoll:
    """Who sounds when.

    ``velocity`` is uint8 of shape (T, 128, V): steps, pitches, voices; 0 is silence.
    ``onset`` is bool of the same shape and true where a note is struck, so that two repeated
    notes stay apart from one long note. An onset is always audible, and sound that follows
    silence always has an onset.
    """

    velocity: NDArray[np.uint8]
    onset: NDArray[np.bool_]

    def __post_init__(self) -> None:
        shape = self.velocity.shape
        if len(shape) != 3 or shape[1] != PITCH_COUNT or self.onset.shape != shape:
            raise ValueError(f"a piano roll has shape (T, 128, V), not {shape}, {self.onset.shape}")
        sounding = self.velocity > 0
        if np.any(self.onset & ~sounding):
            raise ValueError("an onset without sound")
        begins = sounding.copy()
        begins[1:] &= ~sounding[:-1]
        if np.any(begins & ~self.onset):
            raise ValueError("a note sounds without having been struck")
        self.velocity.setflags(write=False)
        self.onset.setflags(write=False)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, PianoRoll):
            return NotImplemented
        return np.array_equal(self.velocity, other.velocity) and np.array_equal(
            self.onset, other.onset
        )

    __hash__ = None  # type: ignore[assignment]

    @property
    def steps(self) -> int:
        """T."""
        return int(self.velocity.shape[0])

    @property
    def voices(self) -> int:
        """V."""
        return int(self.velocity.shape[2])

    @property
    def sounding(self) -> NDArray[np.bool_]:
        """(T, 128, V), true where a note sounds."""
        return self.velocity > 0

    @classmethod
    def from_notes(cls, voices: Sequence[Sequence[Note]], steps: int | None = None) -> PianoRoll:
        """Paint each voice's notes; ``steps`` is the last note's end when omitted.

        A note that is struck while the same pitch sounds in its voice cuts the earlier one off.
        Notes are clipped at ``steps``.
        """
        end = max((note.end for voice in voices for note in voice), default=0)
        length = end if steps is None else steps
        velocity = np.zeros((length, PITCH_COUNT, len(voices)), np.uint8)
        onset = np.zeros(velocity.shape, np.bool_)
        for index, voice in enumerate(voices):
            for note in sorted(voice, key=_ORDER):
                if note.start < length:
                    span = slice(note.start, min(note.end, length))
                    velocity[span, note.pitch, index] = note.velocity
                    onset[span, note.pitch, index] = False
                    onset[note.start, note.pitch, index] = True
        return cls(velocity, onset)

    def notes(self, voice: int) -> tuple[Note, ...]:
        """The notes of ``voice``, by start and pitch; velocity is the one at the onset."""
        return _read(self.velocity[:, :, [voice]], self.onset[:, :, [voice]])[0]

    def all_notes(self) -> tuple[tuple[Note, ...], ...]:
        """The notes of each voice: quicker than to ask for them voice by voice."""
        return _read(self.velocity, self.onset)


def _read(velocity: NDArray[np.uint8], onset: NDArray[np.bool_]) -> tuple[tuple[Note, ...], ...]:
    """The notes of each voice of a roll (T, 128, V)."""
    steps, _, voices = velocity.shape
    sounding = velocity > 0
    # A note lasts until its pitch falls silent or is struck again.
    last = sounding.copy()
    last[:-1] &= ~sounding[1:] | onset[1:]
    rows = PITCH_COUNT * voices
    starts, ends = np.flatnonzero(onset), np.flatnonzero(last)
    # Line by line, where a line is a pitch of a voice, first steps and last steps take turns.
    by_start, by_end = (np.argsort(x % rows * steps + x // rows) for x in (starts, ends))
    duration = np.empty_like(starts)
    duration[by_start] = ends[by_end] // rows - starts[by_start] // rows + 1
    pitch, voice = np.divmod(starts % rows, voices)
    columns = (starts // rows, pitch, duration, velocity.reshape(-1)[starts])
    notes: list[list[Note]] = [[] for _ in range(voices)]
    for index, *row in zip(voice.tolist(), *(x.tolist() for x in columns), strict=True):
        notes[index].append(Note(*row))
    return tuple(map(tuple, notes))
