"""Last touches to voices that are written: an ending, and basses that are not too low.

Grids are (T, 4) as in :mod:`composer_app.generation.refining.sampling`: 0 is a rest, other values
are pitch classes of the network in rising order. Grids that are given are not changed.
"""

from collections.abc import Sequence
from itertools import combinations, pairwise, product
from typing import Final

import numpy as np

from composer_app.generation.refining.sampling import VOICES, Grid, Mask, in_a_triad, lone_steps

_BEAT: Final = 4
_OCTAVE: Final = 12
_BASS: Final = VOICES - 1
# How far a voice may go to where a last chord wants it, in semitones.
_REACH: Final = 8
# In semitones of movement: a chord without its third or root, its third or fifth in the bass, two
# voices on one pitch, two in parallel fifths or octaves.
_INCOMPLETE, _THIRD_LOWEST, _FIFTH_LOWEST, _UNISON, _PARALLEL = 6, 3, 6, 1, 8
_THIRDS: Final = (4, 3)  # major, minor
_FIFTH: Final = 7
# How much worse it is, for each semitone, to lie below the floor than to leap beyond a fifth.
_LOW: Final = 1.0
_DEEP: Final = 2
_LEAP: Final = 0.5


def settle(grid: Grid, struck: Mask, last: int, highest: int, floor: int = 1) -> tuple[Grid, Mask]:
    """``(grid, struck)`` with a triad under the melody's last beat, held to the end.

    Nothing changes where one is there already, or where no melody sounds at the end. ``last`` is
    the step at which its last note begins, ``highest`` the highest class. The chord is that which
    the voices reach with the least movement, its root in the bass if that is not much farther, and
    the bass not below class ``floor``.
    """
    end = len(grid)
    span = slice(max(last, end - _BEAT), end)
    chord = grid[span]
    if not len(chord) or not chord[-1, 0]:
        return grid, struck
    still = not struck[span.start + 1 :, 1:].any() and bool((chord == chord[-1]).all())
    in_order = bool((chord[-1] > 0).all() and (np.diff(chord[-1]) <= 0).all())
    if still and in_order and in_a_triad(chord[-1]):
        return grid, struck
    grid, struck = grid.copy(), struck.copy()
    grid[span, 1:] = _final_chord(grid, span.start, highest, floor)
    struck[span.start + 1 :, 1:] = False
    before = span.start - 1
    if before > 0:
        for voice in np.flatnonzero(lone_steps(grid)[before, 1:]) + 1:
            # What is left over of a note that the chord has cut joins the note before.
            if grid[before - 1, voice]:
                grid[before, voice], struck[before, voice] = grid[before - 1, voice], False
    start = span.start
    struck[start, 1:] |= start == 0 or grid[start, 1:] != grid[start - 1, 1:]
    return grid, struck


def _final_chord(grid: Grid, start: int, highest: int, floor: int) -> list[int]:
    """Classes of alto, tenor and bass under the end of the melody, from step ``start`` on."""
    before = grid[start - 1].tolist() if start else [0] * VOICES
    melody = int(grid[-1, 0])
    now = [_last_sounding(grid[:, voice], melody - 5 * voice) for voice in range(1, VOICES)]
    best: tuple[float, list[int]] | None = None
    for root, third in product(range(_OCTAVE), _THIRDS):
        chord = {root, (root + third) % _OCTAVE, (root + _FIFTH) % _OCTAVE}
        if melody % _OCTAVE not in chord:
            continue
        lowest = {root: 0, (root + third) % _OCTAVE: _THIRD_LOWEST}
        near = [
            [
                x
                for x in range(max(1, p - _REACH), min(highest, p + _REACH) + 1)
                if x % _OCTAVE in chord
            ]
            for p in now
        ]
        for voices in product(*near):
            line = (melody, *voices)
            if any(below > above for above, below in pairwise(line)):
                continue
            cost: float = sum(abs(a - b) for a, b in zip(voices, now, strict=True))
            cost += lowest.get(voices[-1] % _OCTAVE, _FIFTH_LOWEST)
            cost += _DEEP * max(0, floor - voices[-1])
            cost += _UNISON * sum(above == below for above, below in pairwise(line))
            cost += _INCOMPLETE * (not lowest.keys() <= {each % _OCTAVE for each in line})
            if best is None or cost < best[0]:
                cost += _PARALLEL * _in_parallel(before, line)
            if best is None or cost < best[0]:
                best = cost, list(voices)
    # A melody at the network's lowest pitch leaves no room beneath it: all sing it.
    return best[1] if best else [melody] * (VOICES - 1)


def _in_parallel(before: Sequence[int], after: Sequence[int]) -> int:
    """How many pairs of voices go from one fifth or octave to another; 0 is a rest."""
    moved = [(a, b) for a, b in zip(before, after, strict=True) if a > 0 and a != b]
    intervals = (
        ((a - c) % _OCTAVE, (b - d) % _OCTAVE) for (a, b), (c, d) in combinations(moved, 2)
    )
    return sum(first == second and first in (0, _FIFTH) for first, second in intervals)


def _last_sounding(column: Grid, otherwise: int) -> int:
    sounding = column[column > 0]
    return int(sounding[-1]) if len(sounding) else otherwise


def uncross(grid: Grid, struck: Mask, free: Mask) -> tuple[Grid, Mask]:
    """``(grid, struck)`` without the ``free`` (T, 4) cells that lie above a higher voice.

    They join the lowest of these instead.
    """
    result = grid.copy()
    for voice in range(1, VOICES):
        higher = result[:, :voice]
        ceiling = np.where(higher > 0, higher, np.iinfo(np.int64).max).min(axis=1)
        crosses = free[:, voice] & (result[:, voice] > ceiling)
        result[crosses, voice] = ceiling[crosses]
    if (result == grid).all():
        return grid, struck
    changes = (np.diff(result, axis=0, prepend=0) != 0) & (result > 0)
    return result, struck | (changes & free)


def lift_bass(grid: Grid, struck: Mask, free: Mask, floor: int) -> Grid:
    """``grid`` with notes of the bass an octave higher where it lies below class ``floor``.

    Only whole notes that are ``free`` (T, 4), that do not come to lie above another voice, and only
    where the bass does not leap the more for it: the best of all ways (Viterbi's algorithm).
    """
    bass = grid[:, _BASS]
    if not ((bass > 0) & (bass < floor)).any():
        return grid
    above = np.where(grid[:, :_BASS] > 0, grid[:, :_BASS], np.iinfo(np.int64).max).min(axis=1)
    begins = struck[:, _BASS] | (np.diff(bass, prepend=0) != 0)
    edges = [*np.flatnonzero(begins & (bass > 0)).tolist(), len(bass)]
    notes = []
    for start, following in pairwise(edges):
        rests = np.flatnonzero(bass[start:following] == 0)
        notes.append(slice(start, start + int(rests[0]) if len(rests) else following))
    cost, origins = np.zeros(2), []
    before: list[int] = []
    for note in notes:
        pitch = int(bass[note.start])
        can = bool(free[note, _BASS].all() and (above[note] >= pitch + _OCTAVE).all())
        here = [pitch, pitch + _OCTAVE]
        weight = _LOW * np.maximum(0, floor - np.array(here))
        weight[1] += 0.0 if can else np.inf
        ways = np.zeros((2, 2))  # from, to
        if before:
            wide = np.abs(np.subtract.outer(before, here)) - _FIFTH
            ways = _LEAP * np.maximum(wide, 0)
        ways = ways + cost[:, None]
        origins.append(ways.argmin(axis=0))
        cost, before = ways.min(axis=0) + weight, here
    lifted, way = grid.copy(), int(cost.argmin())
    for note, origin in zip(reversed(notes), reversed(origins), strict=True):
        lifted[note, _BASS] += _OCTAVE * way
        way = int(origin[way])
    return lifted


def sink_bass(grid: Grid, struck: Mask, free: Mask, melody: Grid, floor: int) -> Grid:
    """``grid`` with whole notes of the bass an octave lower where they lie above a low melody.

    ``melody`` (T,) are its classes on the scale of ``grid``, 0 where it rests. Only notes that are
    ``free`` (T, 4) and stay at or above class ``floor``.
    """
    bass = grid[:, _BASS]
    begins = struck[:, _BASS] | (np.diff(bass, prepend=0) != 0)
    edges = np.flatnonzero(begins | (bass == 0))
    result = grid.copy()
    for start, end in pairwise([*edges.tolist(), len(bass)]):
        span = slice(start, end)
        heard = melody[span][melody[span] > 0]
        pitch = int(bass[start])
        if pitch - _OCTAVE < floor or not heard.size or not free[span, _BASS].all():
            continue
        if pitch > heard.min():
            result[span, _BASS] = pitch - _OCTAVE
    return result
