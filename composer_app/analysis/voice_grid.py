"""Four voices on the grid, and the frame in which they are judged. Pure numpy.

Grids are (T, 4): steps by voices, soprano first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from composer_app.music.composition import Composition
from composer_app.music.melody import is_line, on_steps
from composer_app.music.pitch import KRUMHANSL_KESSLER, OCTAVE, Key, estimate_key

REST: Final = -1
VOICES: Final = 4
_MAJOR: Final = (0, 2, 4, 5, 7, 9, 11)
_HARMONIC_MINOR: Final = (0, 2, 3, 5, 7, 8, 11)


@dataclass(frozen=True, eq=False)
class VoiceGrid:
    """Four voices on the grid: ``pitch`` (T, 4) MIDI or -1, ``onset`` (T, 4) where struck."""

    pitch: NDArray[np.int16]
    onset: NDArray[np.bool_]

    @classmethod
    def from_composition(cls, composition: Composition) -> "VoiceGrid":
        """The highest sounding note of each of the first four tracks; silence for the rest."""
        steps = composition.steps
        pitch = np.full((steps, VOICES), REST, np.int16)
        onset = np.zeros((steps, VOICES), np.bool_)
        for voice, track in enumerate(composition.tracks[:VOICES]):
            notes = on_steps(track.notes) if is_line(track.notes) else track.notes
            for note in sorted(notes, key=lambda n: n.pitch):
                span = slice(note.start, note.end)
                pitch[span, voice] = note.pitch
                onset[span, voice] = False
                onset[note.start, voice] = True
        return cls(pitch, onset)

    @property
    def steps(self) -> int:
        """T."""
        return len(self.pitch)

    def cut(self, steps: int) -> "VoiceGrid":
        """The first ``steps`` steps."""
        return VoiceGrid(self.pitch[:steps], self.onset[:steps])

    def key(self) -> Key:
        """Key of what sounds, with the classic profiles.

        The published figures of phrase ends and final chords were measured with these; what
        people read of a piece's key is :meth:`Composition.key`'s better estimate.
        """
        return estimate_key(self.pitch[self.pitch != REST].tolist(), profiles=KRUMHANSL_KESSLER)

    def durations(self) -> list[list[int]]:
        """Lengths in steps of each voice's notes."""
        return [[end - start for start, end, _ in self.notes(voice)] for voice in range(VOICES)]

    def notes(self, voice: int) -> list[tuple[int, int, int]]:
        """``(start, end, pitch)`` of each note of ``voice``."""
        rows = self.note_array(voice).tolist()
        return [(start, end, pitch) for start, end, pitch in rows]

    def note_array(self, voice: int) -> NDArray[np.int64]:
        """(N, 3): start, end and pitch of each note of ``voice``; not to be written to."""
        return self._note_arrays[voice]

    @cached_property
    def _note_arrays(self) -> tuple[NDArray[np.int64], ...]:
        # Most metrics ask for them, one after another.
        return tuple(self._notes_of(voice) for voice in range(self.pitch.shape[1]))

    def _notes_of(self, voice: int) -> NDArray[np.int64]:
        column = self.pitch[:, voice]
        starts = np.flatnonzero(self.onset[:, voice])
        breaks = np.flatnonzero(np.append(self.onset[:, voice] | (column == REST), True))
        ends = breaks[np.searchsorted(breaks, starts, side="right")]
        rows = np.stack([starts, ends, column[starts].astype(np.int64)], axis=1)
        rows.flags.writeable = False
        return rows

    def pitch_runs(self) -> "VoiceGrid":
        """The same pitches with every repeated note tied to the one before it."""
        before = np.vstack([np.full((1, VOICES), REST, np.int16), self.pitch[:-1]])
        return VoiceGrid(self.pitch, (self.pitch != before) & (self.pitch != REST))


@dataclass(frozen=True, slots=True)
class Home:
    """The key a piece is judged in, as three readings of the same notes.

    ``key`` has the tonic (:meth:`VoiceGrid.key`); ``heard`` is the better estimate, by which what
    was not published before is read.
    ``scale`` is the one of the twelve major and twelve harmonic minor scales that holds most of
    the sounding cells, ``origin`` the tonic of that scale, or of its relative major in minor:
    so that pieces of all keys can be laid on each other.
    """

    key: Key
    heard: Key
    scale: frozenset[int]
    origin: int

    @classmethod
    def of(cls, grid: VoiceGrid) -> "Home":
        """The home of what sounds in ``grid``."""
        sounding = grid.pitch[grid.pitch != REST].astype(int) % OCTAVE
        counts = np.bincount(sounding, minlength=OCTAVE)
        best = (-1, frozenset(_MAJOR), 0)
        for steps, shift in ((_MAJOR, 0), (_HARMONIC_MINOR, 3)):
            for tonic in range(OCTAVE):
                scale = frozenset((tonic + step) % OCTAVE for step in steps)
                held = int(counts[list(scale)].sum())
                if held > best[0]:
                    best = (held, scale, (tonic + shift) % OCTAVE)
        return cls(grid.key(), estimate_key(sounding.tolist()), best[1], best[2])


@dataclass(frozen=True, slots=True)
class Passage:
    """What is known of a passage besides its notes.

    ``bars`` are ``(start, end)`` steps, the last bar possibly cut off; ``bar_steps`` is the
    length of a whole one. ``phrase_ends`` are the last steps of notes under a fermata.
    ``closes`` says that the passage ends where a phrase does.
    """

    home: Home
    bars: tuple[tuple[int, int], ...]
    bar_steps: int
    phrase_ends: tuple[int, ...] = ()
    closes: bool = False

    @classmethod
    def regular(cls, grid: VoiceGrid, bar_steps: int, *, closes: bool = True) -> "Passage":
        """Bars of one length from step 0 on, no fermatas, in the key of ``grid`` itself."""
        starts = range(0, grid.steps, bar_steps)
        bars = tuple((start, min(start + bar_steps, grid.steps)) for start in starts)
        return cls(Home.of(grid), bars, bar_steps, closes=closes)

    @property
    def whole_bars(self) -> tuple[tuple[int, int], ...]:
        """The bars that are not cut off."""
        return tuple(bar for bar in self.bars if bar[1] - bar[0] == self.bar_steps)


def class_masks(grid: VoiceGrid, origin: int = 0) -> NDArray[np.int64]:
    """(T,): the pitch classes that sound, as bits, bit 0 being the pitch class ``origin``."""
    pitch = grid.pitch.astype(np.int64)
    bits = np.where(pitch == REST, 0, 1 << ((pitch - origin) % OCTAVE))
    return np.asarray(np.bitwise_or.reduce(bits, axis=1))


def mask_of(classes: Sequence[int] | frozenset[int] | set[int]) -> int:
    """The same bits for given pitch classes."""
    return sum(1 << (each % OCTAVE) for each in {each % OCTAVE for each in classes})
