"""What a one-pass network is told of the chords of a piece, and what it has planned."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from composer_app.generation.models.model_metadata import json_list
from composer_app.generation.noise import STEPS_PER_CELL
from composer_app.generation.one_pass.layout import Answer, Feeds, Ports, Request
from composer_app.generation.placement import beat_lengths, before_first_bar
from composer_app.generation.refining.planning import (
    ChordRow,
    Row,
    chord_symbols,
    heard_basses,
    row_of,
)
from composer_app.generation.refining.sampling import Grid
from composer_app.generation.refining.ties import Ties
from composer_app.generation.repeating import Repeats
from composer_app.music.harmony.chord_qualities import QUALITIES
from composer_app.music.harmony.chords import ChordSymbol
from composer_app.music.note import Note
from composer_app.music.pitch import OCTAVE

# What a file says of a network that plans chords: the names of their qualities.
QUALITIES_KEY: Final = "qualities"
# What a beat may be, in steps, as networks number it.
_BEATS: Final = (4, 6, 8)
_TRIPLE: Final = 3

ROW_INPUTS: Final[Ports] = {
    "beat": ("tensor(int64)", (None, None)),
    "begin": ("tensor(float)", (None, None)),
    "chord": ("tensor(int64)", (None, None, _TRIPLE)),
    "chord_known": ("tensor(float)", (None, None, 2)),
    "beat_start": ("tensor(int64)", (None, None)),
    "same_as": ("tensor(int64)", (None, None)),
    "shift": ("tensor(int64)", (None, None)),
    "rooted": ("tensor(float)", (None, None)),
}
ROW_OUTPUTS: Final[Ports] = {"plan": ("tensor(int64)", (None, None, _TRIPLE))}


def plans_chords(metadata: Mapping[str, str]) -> bool:
    """Whether a file with ``metadata`` has a network that plans chords as Composer knows them.

    Raises :class:`ValueError` where it knows others.
    """
    if QUALITIES_KEY not in metadata:
        return False
    if json_list(metadata, QUALITIES_KEY, "[]") != list(QUALITIES):
        raise ValueError(f"{QUALITIES_KEY} are not those of Composer")
    return True


@dataclass(frozen=True, slots=True, eq=False)
class ChordPlan:
    """The chord row of a piece of T steps that the network sees ``moved`` semitones higher.

    ``ties`` say which steps have the same chords and, where nothing is transposed, which have the
    same noise.
    """

    row: ChordRow
    ties: Ties
    request: Request
    moved: int

    @classmethod
    def of(cls, request: Request, melody: tuple[Note, ...], moved: int) -> "ChordPlan":
        """The row under ``melody`` with what is wished, and what repeats there."""
        steps, settings = request.roll.steps, request.settings
        if settings.repeats is Repeats.IGNORE or not melody:
            ties = Ties.none(steps)
        else:
            ties = Ties.of_melody(melody, request.meters, steps)
        return cls(
            row_of(steps, request.meters, ties, settings.chords, moved), ties, request, moved
        )

    def feeds(self, length: int, last: int) -> Feeds:
        """What the network is told, (length, ...) each; ``last`` is where the last note begins."""
        row, meters = self.row, self.request.meters
        beat = row.beat_of_steps(length)
        begin = before_first_bar(length, meters)
        # A bass is a line of its own, but begins on a root, and ends on one.
        rooted = row.starts >= last
        rooted[np.flatnonzero(row.starts >= begin.sum() - 1)[:1]] = True
        known = np.stack([row.given[:, 0] >= 0, (row.given >= 0).all(axis=1)], axis=1)
        return {
            "beat": np.searchsorted(_BEATS, beat_lengths(length, meters)),
            "begin": begin,
            "chord": np.maximum(row.given, 0)[beat],
            "chord_known": known.astype(np.float32)[beat],
            "beat_start": row.starts[beat],
            "same_as": row.starts[row.same_as][beat],
            "shift": row.shift[beat],
            "rooted": rooted.astype(np.float32)[beat],
        }

    def tied_noise(self, noise: NDArray[np.float32]) -> NDArray[np.float32]:
        """``noise`` (T/16, 8, 512) with that of the first passage where one is to come again.

        So its voices are much alike, but go where what follows wants them.
        """
        if self.request.settings.repeats is not Repeats.REPEAT or not self.ties.bind:
            return noise
        steps = noise.reshape(len(noise) * STEPS_PER_CELL, -1)
        source = np.arange(len(steps))
        again = self.ties.shift == 0
        source[: len(again)] = np.where(again, self.ties.source, source[: len(again)])
        return steps[source].reshape(noise.shape)

    @property
    def ends_as_wished(self) -> bool:
        """Whether somebody has asked for the chord of the last beat."""
        return bool(self.row.given[-1, 0] >= 0)

    def chords(self, answer: Answer, cells: Grid, lowest: int) -> tuple[ChordSymbol, ...]:
        """The plan in the network's ``answer``, with the basses of the voices ``cells`` (T, 4).

        Class 1 of the cells is of the pitch class ``lowest``. Raises :class:`ValueError` for an
        answer that means no chords.
        """
        planned: Row = answer["plan"][0][self.row.starts].astype(np.int64)
        if planned.min() < 0 or (planned.max(axis=0) >= (OCTAVE, len(QUALITIES), OCTAVE)).any():
            raise ValueError("the plan has classes beyond the chords")
        heard = heard_basses(planned, self.row, cells, lowest)
        return chord_symbols(self.row, heard, self.request.settings.chords, self.moved)
