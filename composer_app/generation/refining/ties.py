"""Passages that are written alike because the melody repeats there.

Cells that belong together are drawn together: what the network says of them is averaged, and one
draw decides for all. So a repeated passage is neither a copy, which would not fit what follows, nor
left to chance.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from composer_app.generation.hearing.repeats import find_repeats, tied
from composer_app.generation.refining.rhythm import Rhythm
from composer_app.generation.refining.sampling import VOICES, Cells, Mask
from composer_app.music.meter_map import MeterMap
from composer_app.music.note import Note

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
# What lies beyond the network's pitches once it is transposed.
_UNREACHABLE = -30.0


@dataclass(frozen=True, slots=True, eq=False)
class Ties:
    """Each step is drawn with the step ``source`` (T,), ``shift`` (T,) semitones above it."""

    source: Integers
    shift: Integers
    lines: int = VOICES
    # (T, 4) each: the cell that a cell is drawn with, counted along the rows of the grid, and how
    # much higher it is. Usually those of its step.
    cell: Integers = field(init=False)
    cell_shift: Integers = field(init=False)

    def __post_init__(self) -> None:
        self._set_cells(
            self.source[:, None] * self.lines + np.arange(self.lines),
            np.repeat(self.shift[:, None], self.lines, axis=1),
        )

    def _set_cells(self, cell: Integers, shift: Integers) -> None:
        object.__setattr__(self, "cell", cell)
        object.__setattr__(self, "cell_shift", shift)

    @classmethod
    def none(cls, steps: int, lines: int = VOICES) -> "Ties":
        """Every step for itself."""
        return cls(np.arange(steps), np.zeros(steps, np.int64), lines)

    @classmethod
    def of_melody(
        cls,
        melody: Sequence[Note],
        meters: MeterMap,
        steps: int,
        length: int | None = None,
        lines: int = VOICES,
    ) -> "Ties":
        """What repeats in ``melody``, of ``length`` steps (``steps``, if not said) in all.

        The bar in which the last note begins is free to close.
        """
        source, shift = tied(steps, find_repeats(melody, meters, steps))
        last = meters.bar_at_step(max(note.start for note in melody)).first_step
        source[last:], shift[last:] = np.arange(last, steps), 0
        more = np.arange(steps, length or steps)
        return cls(np.append(source, more), np.append(shift, np.zeros_like(more)), lines)

    def of_notes(self, rhythm: Rhythm) -> "Ties":
        """The same, with the cells of each note of ``rhythm`` drawn as one.

        Such a note goes with the one that stands in its place in the passage that it is tied to, if
        that one is as long.
        """
        ties = Ties(self.source, self.shift, self.lines)
        cell, shift = ties.cell.copy(), ties.cell_shift.copy()
        for start, end, voice in rhythm.notes():
            span = slice(start, end)
            first = int(self.source[start])
            whole = (self.source[span] == np.arange(first, first + end - start)).all()
            alike = whole and rhythm.has_note(first, first + end - start, voice)
            alike = alike and (self.shift[span] == self.shift[start]).all()
            cell[span, voice] = (first if alike else start) * self.lines + voice
            shift[span, voice] = self.shift[start] if alike else 0
        silent = rhythm.silent
        cell[silent] = np.arange(cell.size).reshape(cell.shape)[silent]
        shift[silent] = 0
        ties._set_cells(cell, shift)
        return ties

    def of_beats(self, starts: Integers) -> tuple[Integers, Integers]:
        """``(first, shift)`` (B,): the beat that each is drawn with, and semitones above it.

        ``starts`` (B,) are the steps where beats begin.
        """
        first = np.searchsorted(starts, self.source[starts])
        first = np.minimum(first, len(starts) - 1)
        known = starts[first] == self.source[starts]
        return (
            np.where(known, first, np.arange(len(starts))),
            np.where(known, self.shift[starts], 0),
        )

    @property
    def bind(self) -> bool:
        """Whether any step is drawn with another."""
        return bool((self.cell.ravel() != np.arange(self.cell.size)).any())

    def drawn_as(self, cells: Cells) -> Cells:
        """The cells whose noise decides for ``cells``."""
        step, voice = np.divmod(self.cell[cells], self.lines)
        return step, voice

    def averaged(self, cells: Cells, scores: Floats, allowed: Mask) -> tuple[Floats, Mask]:
        """``(scores, allowed)`` (N, classes), alike for those of the N cells that go together.

        What one of them must not be none of them is, unless that leaves nothing.
        """
        key = self.cell[cells]
        firsts, group = np.unique(key, return_inverse=True)
        if len(firsts) == len(key):
            return scores, allowed
        shift = self.cell_shift[cells]
        told = _moved(_log_softmax(scores), -shift, _UNREACHABLE)
        sums = np.zeros((len(firsts), scores.shape[1]))
        np.add.at(sums, group, told)
        counts = np.bincount(group, minlength=len(firsts))
        mean = sums / counts[:, None]
        refused = np.zeros_like(sums)
        np.add.at(refused, group, 1.0 - _moved(allowed.astype(np.float64), -shift, 0.0))
        both = allowed & (_moved((refused == 0)[group].astype(np.float64), shift, 0.0) > 0)
        nothing = ~both[:, 1:].any(axis=1)
        both[nothing] = allowed[nothing]
        return _moved(mean[group], shift, _UNREACHABLE), both

    def mean(self, cells: Cells, values: Floats) -> Floats:
        """``values`` (N,), each the mean of those of the N cells that go together."""
        _firsts, group = np.unique(self.cell[cells], return_inverse=True)
        return np.asarray((np.bincount(group, values) / np.bincount(group))[group])

    def noise(self, cells: Cells, noise: Floats) -> Floats:
        """``noise`` (N, classes) of the cells that :meth:`drawn_as` names, as ``cells`` have it."""
        return _moved(noise, self.cell_shift[cells], 0.0)


def _moved(rows: Floats, shift: Integers, fill: float) -> Floats:
    """``rows`` (N, classes) with class c at c + ``shift``; 0, which is a rest, stays."""
    if not shift.any():
        return rows
    classes = rows.shape[1]
    index = np.arange(classes) - shift[:, None]
    index[:, 0] = 0
    inside = (index >= 1) & (index < classes)
    inside[:, 0] = True
    moved = np.take_along_axis(rows, np.clip(index, 0, classes - 1), axis=1)
    return np.where(inside, moved, fill)


def _log_softmax(scores: Floats) -> Floats:
    shifted = scores - scores.max(axis=1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True)))
