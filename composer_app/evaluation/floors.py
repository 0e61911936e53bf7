"""What needs no learning: the floors that a model has to leave below it.

Both take real accompaniments out of the training pieces, so single voices sound like the
composer's; what they lack is the melody above them, or one bar knowing of the next.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from composer_app.analysis.voice_grid import REST, VoiceGrid
from composer_app.evaluation.excerpts import Excerpt, first_downbeat, grid_of
from composer_app.training.corpora.corpus import Piece

# As far as the trainers transpose.
_SHIFTS: Final = range(-5, 7)
_SEED: Final = 7
_OCTAVE: Final = 12

# Pitch and onset, each (N, length, 4), of N bars.
_Bars = tuple[NDArray[np.int16], NDArray[np.bool_]]


def random_paste(excerpts: Sequence[Excerpt], training: Sequence[Piece]) -> list[VoiceGrid]:
    """A random training passage under each melody, moved into the melody's key.

    The passage begins on a downbeat at any place; a training piece that is too short for the
    melody goes round.
    """
    random = np.random.default_rng(_SEED)
    rolls = [_Training(piece) for piece in training]
    takes = []
    for each in excerpts:
        roll = rolls[random.integers(len(rolls))]
        start = int(random.choice(roll.downbeats))
        wanted = (start + np.arange(each.grid.steps)) % roll.grid.steps
        # Up or down to the melody's key, whichever is nearer.
        shift = (each.passage.home.key.tonic - roll.tonic + 5) % _OCTAVE - 5
        takes.append(_under(each.grid, roll.grid.pitch[wanted], roll.grid.onset[wanted], shift))
    return takes


def bar_retrieval(excerpts: Sequence[Excerpt], training: Sequence[Piece]) -> list[VoiceGrid]:
    """For each bar of a melody the accompaniment of the most similar bar of the training data.

    Similar is what has most steps of melody in common, -5 to +6 semitones transposed; among
    equals the one that needs least transposition, then the first. A bar of which nothing is
    known (another length) stays empty.
    """

    @cache
    def library(length: int) -> _Bars:
        return _bar_library(training, length)

    return [_retrieved(each, library) for each in excerpts]


class _Training:
    """A training piece from its first downbeat on, with its tonic and where bars begin."""

    def __init__(self, piece: Piece) -> None:
        start = first_downbeat(piece)
        self.grid = grid_of(piece, slice(start, piece.steps))
        self.tonic = self.grid.key().tonic
        self.downbeats = np.flatnonzero(piece.position[start:] == 0)


def _under(
    melody: VoiceGrid, pitch: NDArray[np.int16], onset: NDArray[np.bool_], shift: int
) -> VoiceGrid:
    """``melody`` with the lower voices of ``pitch`` (T, 4), ``shift`` semitones higher."""
    result = np.where(pitch == REST, REST, pitch + shift).astype(np.int16)
    result[:, 0] = melody.pitch[:, 0]
    before = np.vstack([np.full((1, result.shape[1]), REST, np.int16), result[:-1]])
    # A note that began before the place it was cut at is struck there.
    struck = (onset | (result != before)) & (result != REST)
    struck[:, 0] = melody.onset[:, 0]
    return VoiceGrid(result, struck)


def _bar_library(training: Sequence[Piece], length: int) -> _Bars:
    """``(pitch, onset)``, each (N, length, 4): the whole bars of ``length`` steps."""
    pitch, onset = [], []
    for piece in training:
        starts = np.flatnonzero((piece.position == 0) & (piece.bar_length == length))
        for start in starts[starts + length <= piece.steps]:
            span = slice(start, start + length)
            if not piece.bad[span].any():
                pitch.append(piece.pitch[span])
                onset.append(piece.onset[span])
    if not pitch:
        return np.zeros((0, length, 4), np.int16), np.zeros((0, length, 4), np.bool_)
    return np.stack(pitch), np.stack(onset)


def _retrieved(each: Excerpt, library: Callable[[int], _Bars]) -> VoiceGrid:
    found = np.full(each.grid.pitch.shape, REST, np.int16)
    struck = np.zeros(found.shape, np.bool_)
    shifts = sorted(_SHIFTS, key=abs)
    for start, end in each.passage.bars:
        count = end - start
        # The last bar may be cut short; where the metre changes, one may be longer than usual.
        pitch, onset = library(max(count, each.passage.bar_steps))
        if not len(pitch):
            continue
        wanted = each.grid.pitch[start:end, 0]
        known = pitch[:, :count, 0]
        # (shifts, bars): steps in common.
        common = np.stack(
            [(np.where(known == REST, REST, known + s) == wanted).sum(axis=1) for s in shifts]
        )
        which, bar = np.unravel_index(int(common.argmax()), common.shape)
        cells = pitch[bar, :count]
        found[start:end] = np.where(cells == REST, REST, cells + shifts[which])
        struck[start:end] = onset[bar, :count]
    return _under(each.grid, found, struck, 0)
