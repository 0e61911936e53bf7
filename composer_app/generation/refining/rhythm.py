"""When the notes of a voice begin and end, where that is said before its pitches are drawn.

A rhythm is kept from a voice that there is, or chosen: of the notes of a first draft those stay
that matter, as many as a person wants, and where these are more than it has, notes are divided.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from composer_app.generation.refining.sampling import VOICES, Cells, Grid, Mask
from composer_app.generation.steering import PerVoice, Spans

# What speaks for a note at a place: the downbeat, the middle of the bar, a beat, an eighth between
# two, a sixteenth; that the draft has one; chance, at most.
_DOWNBEAT, _MIDDLE, _BEAT, _EIGHTH, _SIXTEENTH = 2.0, 1.5, 1.0, 0.0, -2.5
_DRAFTED: Final = 1.5
_CHANCE: Final = 0.8
# How much less a planned note may stay on its neighbours' pitch, in natural logarithms.
_STAYS: Final = 3.0
# From how many steps on a note has to fit more than is usual, and up to how many.
_USUAL, _LONG = 4, 16
# At the ends of the scale, what the melody's notes speak for and against.
_WITH_MELODY, _BESIDE_MELODY = 3.0, 1.5
# By how much chance grows there: otherwise all voices would be struck together.
_FREEDOM: Final = 2.0


@dataclass(frozen=True, slots=True, eq=False)
class Rhythm:
    """Of each cell (T, 4): whether its rhythm is ``planned``, and whether a note ``begins`` or it
    ``rests``, which count only where it is."""

    planned: Mask
    begins: Mask
    rests: Mask
    # (T, 4): the step at which the cell's note begins; its own where nothing is planned.
    head: Grid = field(init=False)
    # (T, 4): the step after it.
    end: Grid = field(init=False)

    def __post_init__(self) -> None:
        steps = np.arange(len(self.planned))[:, None]
        sounds = self.planned & ~self.rests
        starts = ~sounds | self.begins
        starts[1:] |= ~sounds[:-1]
        starts[:1] = True
        head = np.maximum.accumulate(np.where(starts, steps, 0), axis=0)
        object.__setattr__(self, "begins", starts & sounds)
        object.__setattr__(self, "head", head)
        last = np.where(
            np.vstack([starts[1:], np.ones((1, VOICES), np.bool_)]), steps + 1, len(steps)
        )
        end = np.minimum.accumulate(last[::-1], axis=0)[::-1]
        object.__setattr__(self, "end", end)

    @property
    def sounds(self) -> Mask:
        """(T, 4): where a planned note sounds."""
        return self.planned & ~self.rests

    @property
    def silent(self) -> Mask:
        """(T, 4): where it is planned that nothing sounds."""
        return self.planned & self.rests

    def notes(self) -> Iterator[tuple[int, int, int]]:
        """First step, step after, and voice of each planned note."""
        for voice in range(VOICES):
            sounds = self.sounds[:, voice]
            starts = np.flatnonzero(self.begins[:, voice])
            breaks = np.flatnonzero(np.append(self.begins[:, voice] | ~sounds, True))
            ends = breaks[np.searchsorted(breaks, starts, side="right")]
            yield from ((a, b, voice) for a, b in zip(starts.tolist(), ends.tolist(), strict=True))

    def has_note(self, start: int, end: int, voice: int) -> bool:
        """Whether there is a planned note from ``start`` to ``end``."""
        here = self.begins[start, voice] and (self.head[start:end, voice] == start).all()
        after = end >= len(self.head) or self.head[end, voice] != start
        return bool(here and after)

    def other_notes(self, struck: Mask, sounds: Mask) -> Mask:
        """(T, 4): the cells of planned notes and rests that a draft does not have so.

        ``struck`` and ``sounds`` (T, 4) are the draft's.
        """
        draft = Rhythm(self.planned, struck & self.planned, self.planned & ~sounds)
        result = self.silent & sounds
        for start, end, voice in self.notes():
            if not draft.has_note(start, end, voice):
                result[start:end, voice] = True
        return result

    def whole(self, cells: Mask) -> Mask:
        """``cells`` (T, 4) with all cells of the planned notes that they touch."""
        result = cells.copy()
        for voice in range(VOICES):
            touched = np.unique(self.head[cells[:, voice] & self.sounds[:, voice], voice])
            result[:, voice] |= self.sounds[:, voice] & np.isin(self.head[:, voice], touched)
        return result

    def even(self, cells: Cells, choice: Grid) -> Grid:
        """``choice`` (N,) of the N cells, that of its first cell throughout a planned note."""
        step, voice = cells
        head = np.where(self.sounds[cells], self.head[cells], step)
        _notes, first, note = np.unique(
            head * VOICES + voice, return_index=True, return_inverse=True
        )
        return np.asarray(choice[first][note])

    def moving(
        self, grid: Grid, known: Mask, cells: Cells, logits: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """What to add to ``logits`` (N, classes) of planned notes, which begin to go on moving.

        A network that is not told where notes begin takes a pitch that stays for one note: it would
        strike most of the notes again that are asked of it.
        """
        _step, voice = cells
        planned = self.sounds[cells]
        before = np.maximum(self.head[cells] - 1, 0)
        after = np.minimum(self.end[cells], len(grid) - 1)
        added = np.zeros_like(logits)
        for beside in (before, after):
            pitch = grid[beside, voice]
            here = (
                planned
                & known[beside, voice]
                & (pitch > 0)
                & (self.head[beside, voice] != self.head[cells])
            )
            rows = np.flatnonzero(here)
            added[rows, pitch[here]] -= _STAYS
        # The longer a note, the more is known of what it has to fit.
        length = np.where(planned, self.end[cells] - self.head[cells], 1)
        return (
            added + logits * (np.sqrt(np.minimum(length, _LONG) / _USUAL).clip(1.0) - 1.0)[:, None]
        )

    @property
    def every_other(self) -> Mask:
        """(T, 4): the cells of every second note of a voice."""
        return np.asarray(np.cumsum(self.begins, axis=0) % 2 == 1)

    def joined(self, other: "Rhythm") -> "Rhythm":
        """Both plans, this one where there are two."""
        mine = self.planned
        return Rhythm(
            mine | other.planned,
            np.where(mine, self.begins, other.begins),
            np.where(mine, self.rests, other.rests),
        )


def kept_rhythm(kept: PerVoice[Spans | None], free: Mask) -> Rhythm:
    """The notes of ``kept`` as the rhythm of the ``free`` cells (T, 4) of their voices."""
    planned, begins = np.zeros_like(free), np.zeros_like(free)
    sounds = np.zeros_like(free)
    for voice, spans in enumerate(kept, 1):
        if spans is None:
            continue
        planned[:, voice] = free[:, voice]
        for start, end in spans:
            sounds[start:end, voice] = True
            begins[start : start + 1, voice] = True
    return Rhythm(planned, begins & planned, planned & ~sounds)


@dataclass(frozen=True, slots=True, eq=False)
class Draft:
    """What is written for a piece of T steps, as a rhythm is chosen from it.

    ``struck`` and ``sounds`` (T, 4) are of the melody, too; ``free`` (T, 4) are the cells that may
    be written anew, ``in_beat`` and ``in_bar`` (T,) the steps since a beat and a bar began,
    ``chance`` (T, 4) numbers from 0 to 1.
    """

    struck: Mask
    sounds: Mask
    free: Mask
    in_beat: NDArray[np.int64]
    in_bar: NDArray[np.int64]
    chance: NDArray[np.float64]

    @property
    def beats(self) -> int:
        """How many beats begin."""
        return int((self.in_beat == 0).sum())

    def strength(self) -> NDArray[np.float64]:
        """(T,): how much the place in the bar speaks for a note."""
        middle = (self.in_bar % 8 == 0) & (self.in_beat == 0)
        places = (self.in_bar == 0, middle, self.in_beat == 0, self.in_beat % 2 == 0)
        weights = [np.full(len(self.in_bar), each) for each in (_DOWNBEAT, _MIDDLE, _BEAT, _EIGHTH)]
        return np.select(places, weights, _SIXTEENTH)

    def worth(self, leaning: float) -> NDArray[np.float64]:
        """(T, 4): how much speaks for a note to begin; ``leaning`` is a rhythm from -1 to 1."""
        lean = leaning * (_BESIDE_MELODY if leaning > 0 else _WITH_MELODY)
        with_melody = np.where(self.struck[:, 0], -1.0, 1.0) * lean
        strength = (self.strength() + with_melody)[:, None]
        chance = (_CHANCE + _FREEDOM * max(0.0, leaning)) * self.chance
        return np.asarray(strength + _DRAFTED * self.struck + chance)

    def must_begin(self) -> Mask:
        """(T, 4): where a free cell sounds that goes on from no free one."""
        writes = self.free & self.sounds
        before = np.vstack([np.zeros((1, VOICES), np.bool_), writes[:-1]])
        return writes & ~before


def chosen_rhythm(
    draft: Draft, densities: PerVoice[float | None], leanings: PerVoice[float]
) -> Rhythm:
    """The rhythm of the voices for which one of ``densities`` and ``leanings`` says something.

    ``densities`` are notes a beat; without one a voice keeps the number of its notes, or comes to
    that of the melody's the more it leans to it (-1 to 1).
    """
    planned, begins = np.zeros_like(draft.free), np.zeros_like(draft.free)
    for voice, (density, leaning) in enumerate(zip(densities, leanings, strict=True), 1):
        if density is None and not leaning:
            continue
        writes = draft.free[:, voice] & draft.sounds[:, voice]
        share = writes.mean() if len(writes) else 0.0
        drafted = int((draft.struck[:, voice] & writes).sum())
        if density is not None:
            count = round(density * draft.beats * share)
        else:
            melody = int((draft.struck[:, 0] & writes).sum())
            count = round(drafted + max(0.0, -leaning) * (melody - drafted))
        planned[:, voice] = draft.free[:, voice]
        must = draft.must_begin()[:, voice]
        worth = draft.worth(leaning)[:, voice]
        begins[:, voice] = must | _best(worth, writes & ~must, count - int(must.sum()))
    return Rhythm(planned, begins, planned & ~draft.sounds)


def thinned_rhythm(draft: Draft, most: int, first: Mask) -> tuple[Rhythm, Mask]:
    """The rhythm of what is written, with ``most`` notes, and the cells that are left to no note.

    Notes give up their beginning to the one before them, the least important first; where there is
    none that could take them over, all of a passage has to go. Notes in cells of ``first`` (T, 4)
    stay longest.
    """
    must = draft.must_begin()
    writes = draft.free & draft.sounds
    writes[:, 0] = must[:, 0] = False
    worth = draft.worth(0.0) + 100.0 * first
    may = draft.struck & writes & ~must
    left = most - int(must.sum())
    begins = must | _best(worth, may, left)
    gone = np.zeros_like(must)
    if left < 0:
        starts = np.argwhere(must)
        order = np.argsort(worth[must], kind="stable")[:-left]
        for start, voice in starts[order].tolist():
            rest = np.flatnonzero(~writes[start:, voice])
            end = start + int(rest[0]) if len(rest) else len(writes)
            gone[start:end, voice] = True
    planned = draft.free.copy()
    planned[:, 0] = False
    return Rhythm(planned, begins & ~gone, planned & (~draft.sounds | gone)), gone


def _best(worth: NDArray[np.float64], among: Mask, count: int) -> Mask:
    """The ``count`` of the cells ``among`` that are worth most; of equals the earlier ones."""
    chosen = np.zeros_like(among)
    places = np.argwhere(among)
    order = np.argsort(-worth[among], kind="stable")[: max(0, count)]
    chosen[tuple(places[order].T)] = True
    return chosen
