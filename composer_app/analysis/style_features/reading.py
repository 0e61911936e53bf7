"""A passage as its features are read: notes, beats and chords, each worked out once."""

from collections import Counter
from collections.abc import Container, Iterable
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from composer_app.analysis.chord_labels import ChordLabels, beat_starts, label_chords
from composer_app.analysis.metrics.voice_metrics import Count
from composer_app.analysis.voice_grid import REST, VOICES, Passage, VoiceGrid
from composer_app.music.pitch import OCTAVE

BEAT: Final = 4
# How far a voice moves by step.
WIDEST_STEP: Final = 2
VOICE_TITLES: Final = ("soprano", "alto", "tenor", "bass")

Features = dict[str, Count]


class Reading:
    """Four voices and the frame they are judged in, with what several features need of them.

    Beats are quarters of four steps, counted from each bar line. The tonic is that of the frame,
    the composer's own version where there is one, so that both sides are read in one key.
    """

    def __init__(self, grid: VoiceGrid, passage: Passage) -> None:
        self.grid = grid
        self.passage = passage
        self.pitch: NDArray[np.int64] = grid.pitch.astype(np.int64)
        self.tonic = passage.home.heard.tonic

    @cached_property
    def position(self) -> NDArray[np.int64]:
        """(T,): the step within the bar."""
        position = np.arange(self.grid.steps)
        for start, end in self.passage.bars:
            position[start:end] = np.arange(end - start)
        return position

    @cached_property
    def notes(self) -> tuple[NDArray[np.int64], ...]:
        """(N, 3) of each voice: start, end and pitch of its notes."""
        return tuple(self.grid.note_array(voice) for voice in range(VOICES))

    @cached_property
    def beats(self) -> NDArray[np.int64]:
        """(B,): the steps where beats begin."""
        return beat_starts(self.position.astype(np.int16), BEAT)

    @cached_property
    def full_beats(self) -> NDArray[np.int64]:
        """The beats at which all four voices sound."""
        return self.beats[np.all(self.pitch[self.beats] != REST, axis=1)]

    @cached_property
    def chords(self) -> ChordLabels:
        """The chord of each beat."""
        return label_chords(self.grid.pitch, self.beats)

    @cached_property
    def degree(self) -> NDArray[np.int64]:
        """(B,): semitones of each chord's root above the tonic, -1 where there is none."""
        root = self.chords.root.astype(np.int64)
        return np.where(root < 0, -1, (root - self.tonic) % OCTAVE)

    @cached_property
    def struck(self) -> NDArray[np.bool_]:
        """(T, 4): where a voice comes to another pitch than it had, from a note."""
        moved = np.zeros(self.pitch.shape, np.bool_)
        before, after = self.pitch[:-1], self.pitch[1:]
        moved[1:] = (before != after) & (before != REST) & (after != REST)
        return moved

    @cached_property
    def next_pitch(self) -> NDArray[np.int64]:
        """(T, 4): the first other pitch that a voice has after each step; -1 where none follows.

        A rest breaks the line, and nothing follows.
        """
        found = np.full(self.pitch.shape, REST, np.int64)
        for step in range(self.grid.steps - 2, -1, -1):
            changes = self.pitch[step + 1] != self.pitch[step]
            found[step] = np.where(changes, self.pitch[step + 1], found[step + 1])
        return found

    def moves(self, voice: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Of each pair of a voice's notes without a rest between: the later's index, the interval.

        Both are (M,), intervals in semitones, rising ones positive.
        """
        notes = self.notes[voice]
        joined = np.flatnonzero(notes[1:, 0] == notes[:-1, 1]) + 1
        return joined, notes[joined, 2] - notes[joined - 1, 2]


def interval_table(*classes: int) -> NDArray[np.bool_]:
    """(12,): whether an interval class is one of ``classes``."""
    return np.isin(np.arange(OCTAVE), classes)


def count_true(hits: NDArray[np.bool_]) -> Count:
    """How many of ``hits`` are true, of all of them."""
    return Count(float(hits.sum()), float(hits.size))


def sorted_into(
    prefix: str, values: NDArray[np.int64], kinds: Iterable[tuple[str, Container[int]]]
) -> Features:
    """For each of ``kinds``, a title and the values that are meant: its share of all ``values``."""
    # Not numpy's isin, which takes most of its time to begin, and here values are few.
    counts = Counter(values.tolist())
    return {
        f"{prefix}{title}": Count(
            float(sum(number for value, number in counts.items() if value in meant)),
            float(values.size),
        )
        for title, meant in kinds
    }


def mean(values: NDArray[np.int64] | NDArray[np.float64]) -> Count:
    """The mean of ``values`` as a count: their sum, of how many."""
    return Count(float(values.sum()), float(values.size))
