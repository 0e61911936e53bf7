"""A melody being written: its rhythm first, then the pitches of its notes.

Beats come before eighths, and those before sixteenths; bars that are alike are drawn together, what
the network says of them being averaged. Bars are written from left to right, in a long piece
several of them at once, so far apart that they have little to do with each other. All chance comes
from the noise vector.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from composer_app.generation.melodies.network import (
    HELD,
    SILENT,
    STATES,
    STRUCK,
    Feeds,
    MelodyNetwork,
)
from composer_app.generation.refining.sampling import NoiseSource
from composer_app.music.pitch import OCTAVE

Grid = NDArray[np.int64]
Mask = NDArray[np.bool_]
Logits = NDArray[np.float64]

# Bars that are written one after the other: of a piece with more of them several come at once.
TURNS: Final = 8
# Chosen on the validation split, see docs/composing.md: temperatures of rhythm and of its
# sixteenths.
_RHYTHM_TEMPERATURE: Final = 0.85
_FINE_TEMPERATURE: Final = 0.6
# A melody leaps no farther than this.
_FARTHEST: Final = OCTAVE
_MAJOR, _MINOR = (0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10)


@dataclass(frozen=True, slots=True)
class Line:
    """How pitches are drawn: the temperature, and the nats against leaps and repeated notes.

    Each semitone from ``leap`` on costs ``leap_cost``. Left to itself, the network repeats notes
    twice as often as melodies do.
    """

    temperature: float
    leap: int
    leap_cost: float
    repeat_cost: float


# Chosen like the temperatures above: of songs and, by their names, of other styles.
SONG_LINE: Final = Line(1.0, 9, 0.25, 0.9)
LINES: Final = {"bach": Line(0.75, 3, 0.5, 0.9), "hymn": Line(0.8, 5, 0.35, 0.6)}


@dataclass(frozen=True, slots=True, eq=False)
class MelodyCanvas:
    """What stands before a melody is written: P steps, the piece's ``steps`` padded.

    ``rhythm_source``, ``pitch_source`` (P,) are the steps that each one is like, itself where there
    is none, ``pitch_shift`` (P,) how many scale steps higher. ``turn`` (P,) is when a step's bar is
    written, ``place`` when the step is within it, and ``fine`` is true for sixteenths.
    """

    steps: int
    feeds: Feeds  # what the network is told that stays as it is
    state: Grid  # (P,), of cells that are not free, and of those that are fixed
    degree: Grid  # (P,)
    free: Mask  # (P,), true where the melody is to be written
    fixed: Mask  # (P,), free cells whose state is decided
    rhythm_source: Grid
    pitch_source: Grid
    pitch_shift: Grid
    turn: Grid
    place: Grid
    fine: Mask
    calm: Logits  # (P,), nats against a note that begins there
    allowed: Mask  # (P, degrees)
    leaning: Logits  # (P, degrees), nats for and against pitches
    line: Line
    minor: bool
    lowest_degree: int


def scale_shift(degrees: int, lowest: int, steps: int, *, minor: bool) -> Grid:
    """(degrees,): the class of each pitch ``steps`` scale steps higher; beyond the ends, the end.

    A note between two of the scale stays as far above the lower one.
    """
    scale = _MINOR if minor else _MAJOR
    found = []
    for each in range(lowest, lowest + degrees):
        octave, within = divmod(each, OCTAVE)
        index = max(i for i, tone in enumerate(scale) if tone <= within)
        more, place = divmod(index + steps, len(scale))
        found.append((octave + more) * OCTAVE + scale[place] + within - scale[index] - lowest)
    return np.asarray(np.clip(np.array(found), 0, degrees - 1), np.int64)


class MelodyRun:
    """One melody being written on a canvas."""

    def __init__(
        self,
        network: MelodyNetwork,
        canvas: MelodyCanvas,
        source: NoiseSource,
        temperature: float,
        tick: Callable[[float], None],
        stop: Callable[[], bool] | None = None,
    ) -> None:
        """``tick`` is told the share done, and may raise to give up; ``stop`` ends a long pass."""
        self._network = network
        self._canvas = canvas
        self._source = source
        self._temperature = temperature
        self._tick, self._stop = tick, stop
        self._draws = self._done = 0
        self.state = np.where(canvas.free & ~canvas.fixed, SILENT, canvas.state)
        self.degree = np.where(canvas.free, 0, canvas.degree)
        self.state_known: Mask = ~canvas.free | canvas.fixed
        self.degree_known: Mask = ~canvas.free & (self.state != SILENT)
        kinds = sorted({int(k) for k in canvas.pitch_shift.tolist()})
        self._shifts = {
            steps: scale_shift(network.degrees, canvas.lowest_degree, steps, minor=canvas.minor)
            for each in kinds
            for steps in (each, -each)
        }

    def write(self) -> None:
        """Decide every free cell of :attr:`state` and :attr:`degree`."""
        passes = self._rhythm_passes()
        total = max(1, 2 * len(passes))
        self._copy_rhythm()
        for roots in passes:
            self._tick(self._done / total)
            self._draw_rhythm(roots)
            self._done += 1
        self._mend_rhythm()
        self._copy_pitches()
        groups = list(self._pitch_passes())
        for index, roots in enumerate(groups):
            self._tick(0.5 + 0.5 * index / len(groups))
            self._draw_pitches(roots)

    # rhythm ---------------------------------------------------------------------------------

    def _copy_rhythm(self) -> None:
        """What is like a bar that stands already has its rhythm."""
        canvas = self._canvas
        cells = np.flatnonzero(~self.state_known & self._stands(canvas.rhythm_source))
        self.state[cells] = canvas.state[canvas.rhythm_source[cells]]
        self.state_known[cells] = True

    def _stands(self, source: Grid) -> Mask:
        return np.asarray(~self._canvas.free[source] & (source != np.arange(len(source))))

    def _rhythm_passes(self) -> list[Grid]:
        """The cells that are drawn, in groups: turn by turn, from coarse to fine."""
        canvas = self._canvas
        steps = np.arange(len(canvas.free))
        roots = canvas.free & ~canvas.fixed & (canvas.rhythm_source == steps)
        roots[canvas.steps :] = False
        cells = np.flatnonzero(roots)
        keys = list(zip(canvas.turn[cells].tolist(), canvas.place[cells].tolist(), strict=True))
        return [
            cells[[index for index, each in enumerate(keys) if each == key]]
            for key in sorted(set(keys))
        ]

    def _draw_rhythm(self, roots: Grid) -> None:
        canvas = self._canvas
        members = self._members(roots, canvas.rhythm_source, ~self.state_known)
        if not len(members):
            return
        states, _ = self._infer()
        said = _log_softmax(states[members])
        said[:, STRUCK] -= canvas.calm[members]
        source = canvas.rhythm_source[members]
        mean, allowed = _pooled(said, self._possible(members), source, roots)
        factor = np.where(canvas.fine[roots], _FINE_TEMPERATURE, _RHYTHM_TEMPERATURE)
        scores = mean / (self._temperature * factor)[:, None]
        scores[~allowed] = -np.inf
        choice = (scores + self._gumbel(roots, STATES)).argmax(axis=1)
        self.state[members] = choice[np.searchsorted(roots, source)]
        self.state_known[members] = True

    def _possible(self, cells: Grid) -> Mask:
        """(N, 3): what ``cells`` may do, given what is known beside them."""
        result = np.ones((len(cells), STATES), np.bool_)
        canvas = self._canvas
        for row, cell in enumerate(cells.tolist()):
            before, after = cell - 1, cell + 1
            edge = cell == 0 or not canvas.free[before]
            silent = cell == 0 or (self.state_known[before] and self.state[before] == SILENT)
            if edge or silent:
                result[row, HELD] = False
            while after < canvas.steps and not self.state_known[after]:
                after += 1
            if after < canvas.steps and self.state[after] == HELD:
                result[row, SILENT] = False
        return result

    def _mend_rhythm(self) -> None:
        """What is held begins somewhere: what was drawn together may have parted from its start."""
        canvas = self._canvas
        for cell in np.flatnonzero(canvas.free[: canvas.steps]).tolist():
            cut = cell == 0 or not canvas.free[cell - 1] or self.state[cell - 1] == SILENT
            if self.state[cell] == HELD and cut:
                self.state[cell] = STRUCK
        self.state_known[:] = True

    # pitch ----------------------------------------------------------------------------------

    def _new_notes(self) -> Mask:
        struck = self._canvas.free & (self.state == STRUCK) & ~self.degree_known
        struck[self._canvas.steps :] = False
        return np.asarray(struck)

    def _root_of(self, cells: Grid) -> Grid:
        """The note that each of ``cells`` goes with: itself where that has no note like it."""
        source = self._canvas.pitch_source[cells]
        there = self.state[source] == STRUCK
        return np.where(there, source, cells)

    def _shift_of(self, cells: Grid, roots: Grid) -> list[int]:
        shift = self._canvas.pitch_shift[cells]
        return [int(each) for each in np.where(cells == roots, 0, shift)]

    def _copy_pitches(self) -> None:
        cells = np.flatnonzero(self._new_notes())
        roots = self._root_of(cells)
        stands = ~self._canvas.free[roots]
        for cell, root in zip(cells[stands].tolist(), roots[stands].tolist(), strict=True):
            shift = int(self._canvas.pitch_shift[cell])
            self._choose(cell, int(self._shifts[shift][self.degree[root]]))

    def _pitch_passes(self) -> Iterable[Grid]:
        """The notes that are drawn, in groups: bars from left to right."""
        canvas = self._canvas
        notes = np.flatnonzero(self._new_notes())
        roots = np.unique(self._root_of(notes)) if len(notes) else notes
        keys: dict[int, tuple[int, int]] = {}
        count: dict[int, int] = {}
        bar = np.cumsum(np.diff(canvas.turn, prepend=-1) != 0)
        for cell in roots.tolist():
            place = count.get(int(bar[cell]), 0)
            count[int(bar[cell])] = place + 1
            keys[cell] = (int(canvas.turn[cell]), place)
        for key in sorted(set(keys.values())):
            yield np.array([cell for cell in roots.tolist() if keys[cell] == key])

    def _draw_pitches(self, roots: Grid) -> None:
        canvas = self._canvas
        notes = np.flatnonzero(self._new_notes())
        source = self._root_of(notes)
        mine = np.isin(source, roots)
        members, source = notes[mine], source[mine]
        _, degrees = self._infer()
        said = _log_softmax(degrees[members]) + canvas.leaning[members] + self._leaps(members)
        allowed = canvas.allowed[members]
        shifts = self._shift_of(members, source)
        for row, shift in enumerate(shifts):
            if shift:
                said[row] = said[row, self._shifts[shift]]
                allowed[row] = allowed[row, self._shifts[shift]]
        mean, may = _pooled(said, allowed, source, roots)
        scores = mean / (self._temperature * canvas.line.temperature)
        scores[~may] = -np.inf
        choice = (scores + self._gumbel(roots, self._network.degrees)).argmax(axis=1)
        at = np.searchsorted(roots, source)
        for cell, drawn, shift in zip(members.tolist(), choice[at].tolist(), shifts, strict=True):
            degree = int(self._shifts[shift][drawn])
            if not canvas.allowed[cell, degree]:
                degree = _nearest(canvas.allowed[cell], degree)
            self._choose(cell, degree)

    def _leaps(self, cells: Grid) -> Logits:
        """(N, degrees): what speaks against pitches that repeat the notes beside, or are far."""
        classes, line = np.arange(self._network.degrees), self._canvas.line
        result = np.zeros((len(cells), len(classes)))
        struck = np.flatnonzero(self.state == STRUCK)
        for row, cell in enumerate(cells.tolist()):
            index = int(np.searchsorted(struck, cell))
            for beside in (index - 1, index + 1):
                if 0 <= beside < len(struck) and self.degree_known[struck[beside]]:
                    far = np.abs(classes - self.degree[struck[beside]])
                    result[row] -= line.repeat_cost * (far == 0)
                    result[row] -= line.leap_cost * np.maximum(far - line.leap + 1, 0)
                    result[row] -= np.where(far > _FARTHEST, 20.0, 0.0)
        return result

    def _choose(self, cell: int, degree: int) -> None:
        """The note that begins at ``cell`` has that pitch, as long as it is held."""
        end = cell + 1
        while end < self._canvas.steps and self.state[end] == HELD:
            end += 1
        self.degree[cell:end] = degree
        self.degree_known[cell:end] = True

    # both -----------------------------------------------------------------------------------

    def _members(self, roots: Grid, source: Grid, wanted: Mask) -> Grid:
        cells = np.flatnonzero(wanted & self._canvas.free)
        return cells[np.isin(source[cells], roots)]

    def _infer(self) -> tuple[Logits, Logits]:
        return self._network.infer(
            {
                **self._canvas.feeds,
                "state": self.state,
                "degree": self.degree,
                "state_known": self.state_known.astype(np.float32),
                "degree_known": self.degree_known.astype(np.float32),
            },
            self._stop,
        )

    def _gumbel(self, cells: Grid, classes: int) -> Logits:
        self._draws += 1
        where = (cells, np.zeros_like(cells))
        return self._source.gumbel(where, classes, self._draws)


def _pooled(said: Logits, allowed: Mask, source: Grid, roots: Grid) -> tuple[Logits, Mask]:
    """The mean of what is ``said`` of the cells of each of ``roots``, and what all may be.

    Where that is nothing, it is what any of them may be.
    """
    at = np.searchsorted(roots, source)
    sums, counts = np.zeros((len(roots), said.shape[1])), np.zeros((len(roots), 1))
    every, some = np.ones(sums.shape, np.bool_), np.zeros(sums.shape, np.bool_)
    np.add.at(sums, at, said)
    np.add.at(counts, at, 1)
    np.logical_and.at(every, at, allowed)
    np.logical_or.at(some, at, allowed)
    none = ~every.any(axis=1)
    every[none] = some[none]
    every[~every.any(axis=1)] = True
    return sums / np.maximum(counts, 1), every


def _log_softmax(logits: Logits) -> Logits:
    shifted = logits - logits.max(axis=1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True)))


def _nearest(allowed: Mask, degree: int) -> int:
    places = np.flatnonzero(allowed)
    return int(places[np.abs(places - degree).argmin()]) if len(places) else degree
