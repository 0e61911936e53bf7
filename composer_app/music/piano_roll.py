"""The piano roll: the dense picture of notes that the networks read and write."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from composer_app.music.note import Note
from composer_app.music.pitch import PITCH_COUNT


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
    def from_notes(cls, voices: Sequence[Sequence[Note]], steps: int | None = None) -> "PianoRoll":
        """Paint each voice's notes; ``steps`` is the last note's end when omitted.

        A note that is struck while the same pitch sounds in its voice cuts the earlier one off.
        Notes are clipped at ``steps``.
        """
        end = max((note.end for voice in voices for note in voice), default=0)
        length = end if steps is None else steps
        velocity = np.zeros((length, PITCH_COUNT, len(voices)), np.uint8)
        onset = np.zeros(velocity.shape, np.bool_)
        for index, voice in enumerate(voices):
            for note in sorted(voice):
                if note.start < length:
                    span = slice(note.start, min(note.end, length))
                    velocity[span, note.pitch, index] = note.velocity
                    onset[span, note.pitch, index] = False
                    onset[note.start, note.pitch, index] = True
        return cls(velocity, onset)

    def notes(self, voice: int) -> tuple[Note, ...]:
        """The notes of ``voice``, by start and pitch; velocity is the one at the onset."""
        velocity, onset = self.velocity[:, :, voice], self.onset[:, :, voice]
        sounding = velocity > 0
        # A note lasts until its pitch falls silent or is struck again.
        ends = np.ones((self.steps + 1, PITCH_COUNT), np.bool_)
        ends[:-1] = ~sounding | onset
        notes = []
        for start, pitch in np.argwhere(onset):
            duration = int(np.argmax(ends[start + 1 :, pitch])) + 1
            notes.append(Note(int(start), int(pitch), duration, int(velocity[start, pitch])))
        return tuple(sorted(notes))
