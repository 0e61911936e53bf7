"""How a noise vector becomes choices, and how chosen voices are checked. Pure numpy.

Grids are (T, 4): steps by voices, soprano, alto, tenor, bass; 0 is a rest, other values are
pitch classes of the network in rising order. A voice with piano has six lines instead.
"""

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from composer_app.generation.noise import NoiseVector

Grid = NDArray[np.int64]
Mask = NDArray[np.bool_]
# Steps and voices of N cells, as np.nonzero gives them.
Cells = tuple[NDArray[np.intp], ...]

VOICES: Final = 4

VALUES_PER_STEP: Final = 256
# Beyond this the tails of the noise would call up notes that nobody would choose.
_CLAMP: Final = 2.5
# Coprime with 256: each pass sees other values of the same noise.
_PASS_STRIDE: Final = 67
_BLOCK_STEPS: Final = 1024
# Multiples of this, modulo 1, spread as evenly as any sequence can.
_GOLDEN: Final = (5**0.5 - 1) / 2
_TONE: Final = 2
_THIRD: Final = 4
_FIFTH: Final = 7
_OCTAVE: Final = 12
_LEAP: Final = 12
# (12,): how little two voices go together that are so many semitones apart.
_HARSHNESS: Final = np.array([0.0, 6.0, 3.0, 0.0, 0.0, 0.0, 4.0, 0.0, 0.0, 0.0, 3.0, 6.0])
# (24, 12): the pitch classes of each major and minor triad.
_TRIADS: Final = np.array(
    [
        np.isin(np.arange(_OCTAVE), (np.array(chord) + root) % _OCTAVE)
        for chord in ((0, 4, 7), (0, 3, 7))
        for root in range(_OCTAVE)
    ]
)

# Abramowitz and Stegun (1964), 7.1.26: the error function to 1.5e-7.
_ERF: Final = (0.254829592, -0.284496736, 1.421413741, -1.453152027, 1.061405429)


def normal_cdf(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Probability that a standard normal variable is below ``x``; exact to 1e-7."""
    t = 1.0 / (1.0 + 0.3275911 * np.abs(x) / np.sqrt(2.0))
    series = np.zeros_like(t)
    for factor in reversed(_ERF):
        series = (series + factor) * t
    upper = 0.5 * series * np.exp(-x * x / 2.0)
    return np.asarray(np.where(x < 0, upper, 1.0 - upper))


class NoiseSource:
    """Uniform numbers for each step, drawn from nothing but the noise vector."""

    def __init__(
        self,
        noise: NoiseVector,
        steps: int,
        check: Callable[[], None] | None = None,
        lines: int = VOICES,
    ) -> None:
        """``check`` is called now and then, and may raise to give up."""
        self._lines = lines
        if noise.steps < steps:
            raise ValueError(f"the noise vector covers {noise.steps} steps, not {steps}")
        z = noise.z.reshape(-1, VALUES_PER_STEP)[:steps]
        self._uniform = np.empty(z.shape)
        self._gumbel = np.empty(z.shape)
        for start in range(0, steps, _BLOCK_STEPS):
            if check is not None:
                check()
            span = slice(start, start + _BLOCK_STEPS)
            clipped = np.clip(z[span].astype(np.float64), -_CLAMP, _CLAMP)
            self._uniform[span] = normal_cdf(clipped)
            self._gumbel[span] = -np.log(-np.log(self._uniform[span]))

    def uniform(self, count: int, draw: int) -> NDArray[np.float64]:
        """(T, count) numbers in (0, 1); another ``draw`` gives others."""
        index = (np.arange(count) + draw * _PASS_STRIDE) % VALUES_PER_STEP
        return np.asarray(self._uniform[:, index])

    def gumbel(self, cells: Cells, classes: int, draw: int) -> NDArray[np.float64]:
        """(N, classes) Gumbel noise: the largest of logits + noise is a fair draw."""
        step, voice = cells
        # The melody, which is hardly ever drawn, comes after the voices below it.
        first = ((voice - 1) % self._lines) * classes + draw * _PASS_STRIDE
        index = (first[:, None] + np.arange(classes)) % VALUES_PER_STEP
        return np.asarray(self._gumbel[step[:, None], index])

    def row_gumbel(self, steps: NDArray[np.int64], classes: int, draw: int) -> NDArray[np.float64]:
        """(B, classes) Gumbel noise for what stands once at each of ``steps``."""
        index = (np.arange(classes) + draw * _PASS_STRIDE) % VALUES_PER_STEP
        return np.asarray(self._gumbel[steps[:, None], index])


def spread_order(cells: Mask, uniform: NDArray[np.float64]) -> NDArray[np.float64]:
    """(T, 4) in [0, 1): when each of ``cells`` is drawn, far from those drawn at the same time.

    Cells that are drawn together do not know of each other, which does the least harm where they
    have little to do with each other. So the voices of a step take turns, in an order that
    ``uniform`` (T, 4) decides at each step, and the steps that are drawn together are spread over
    the piece by the golden ratio's sequence, beginning anywhere.
    """
    rank = np.where(cells, uniform, np.inf).argsort(axis=1).argsort(axis=1)
    turn = (np.cumsum(cells.any(axis=1)) * _GOLDEN + uniform[0, 0]) % 1.0
    voices = np.maximum(cells.sum(axis=1), 1)
    return np.asarray((rank + turn[:, None]) / voices[:, None])


def order_mask(grid: Grid, known: Mask, cells: Cells, classes: int) -> Mask:
    """(N, classes): false for pitches that would cross a voice already known."""
    step, voice = cells
    sounding = known & (grid > 0)
    floor = np.where(sounding, grid, 0)[step]
    ceiling = np.where(sounding, grid, classes)[step]
    other = np.arange(grid.shape[1])
    lowest = np.where(other > voice[:, None], floor, 0).max(axis=1)
    highest = np.where(other < voice[:, None], ceiling, classes).min(axis=1)
    pitch = np.arange(classes)
    allowed: Mask = (pitch >= lowest[:, None]) & (pitch <= highest[:, None])
    allowed[:, 0] = True
    # A melody below the bass's range leaves nothing to choose: then crossing is allowed.
    allowed[np.maximum(lowest, 1) > np.minimum(highest, classes - 1)] = True
    return allowed


def parallel_mask(grid: Grid, known: Mask, cells: Cells, classes: int, stride: int) -> Mask:
    """(N, classes): false for pitches that would make parallel fifths or octaves.

    A cell is compared with the cells ``stride`` steps before and after it, where the voice itself
    and another one are known there, and the other is known here as well. A voice may always stay
    on the pitch of either: parallels beside a held note are for the repairs to mend.
    """
    step, voice = cells
    pitch_class = np.arange(classes) % _OCTAVE
    allowed = np.ones((len(step), classes), np.bool_)
    usable = known & (grid > 0)
    here, here_usable = grid[step], usable[step]
    lines = np.arange(grid.shape[1])
    others = lines != voice[:, None]
    # Counted from this voice, a fifth is a fourth when the other lies above.
    fifth = np.where(lines > voice[:, None], 7, 5)
    rows = np.arange(len(step))
    held = np.zeros_like(allowed)
    for shift in (-stride, stride):
        # The neighbour's cell, where there is one.
        there = step + shift
        inside = (there >= 0) & (there < len(grid))
        there = np.clip(there, 0, len(grid) - 1)
        own, neighbours = grid[there, voice], grid[there]
        interval = (own[:, None] - neighbours) % _OCTAVE
        risk = others & here_usable & usable[there] & (here != neighbours)
        own_usable = inside & usable[there, voice]
        risk &= ((interval == 0) | (interval == fifth)) & own_usable[:, None]
        banned = np.zeros((len(step), _OCTAVE), np.bool_)
        for other in lines:
            hit = risk[:, other]
            banned[rows[hit], (here[hit, other] + interval[hit, other]) % _OCTAVE] = True
        allowed &= ~banned[:, pitch_class]
        held |= (np.arange(classes) == own[:, None]) & own_usable[:, None]
    allowed |= held
    allowed[:, 0] = True
    return allowed


def passing_mask(grid: Grid, known: Mask, cells: Cells, classes: int) -> Mask:
    """(N, classes): what lower voices do between two eighths: stay, or pass by a step.

    A note that begins there is a tone or a semitone from the one before, and does not stay: ten of
    643 in the training pieces do otherwise, save where the melody is struck too. Rests are not
    ruled out, nor is anything where the note before is not known.
    """
    step, voice = cells
    after, before = np.minimum(step + 1, len(grid) - 1), np.maximum(step - 1, 0)
    comes, was = grid[after, voice], grid[before, voice]
    bound = known[before, voice] & (was > 0) & (step > 0)
    pitch = np.arange(classes)
    near = np.abs(pitch - was[:, None]) <= _TONE
    stays = known[after, voice] & (comes != was) & (after > step)
    near &= ~((pitch == comes[:, None]) & stays[:, None])
    allowed: Mask = near | ~bound[:, None]
    allowed[:, 0] = True
    return allowed


def mud_mask(grid: Grid, known: Mask, cells: Cells, classes: int, clear: int) -> Mask:
    """(N, classes): false for pitches within a third of another voice, the lower below ``clear``.

    ``clear`` is the class from which on close intervals sound clear. Unisons are allowed.
    """
    step, voice = cells
    pitch = np.arange(classes)
    allowed = np.ones((len(step), classes), np.bool_)
    for other in range(1, grid.shape[1]):
        there = np.where(known[step, other] & (other != voice), grid[step, other], 0)[:, None]
        apart = np.abs(pitch - there)
        close = (there > 0) & (apart > 0) & (apart <= _THIRD)
        allowed &= ~(close & (np.minimum(pitch, there) < clear))
    allowed[:, 0] = True
    return allowed


def within(logits: NDArray[np.float64], limits: Mask) -> NDArray[np.float64]:
    """``logits`` (N, classes) of which the pitches outside ``limits`` have gone to those inside.

    So a voice that cannot go where it would rests no more often for it.
    """
    pitches = logits[:, 1:]
    highest = pitches.max(axis=1, keepdims=True)
    weight = np.exp(pitches - highest)
    inside = np.maximum((weight * limits[:, 1:]).sum(axis=1), np.finfo(np.float64).tiny)
    result = logits.copy()
    result[:, 1:] += np.log(weight.sum(axis=1) / inside)[:, None]
    return result


def clashes(grid: Grid, fresh: Mask, cells: Cells, classes: int) -> NDArray[np.float64]:
    """(N, classes): what speaks against pitches that clash with a ``fresh`` cell (T, 4).

    In natural logarithms: most against semitones, sevenths and tritones, less against whole tones.
    """
    step, _voice = cells
    pitch = np.arange(classes)
    against = np.zeros((len(step), classes))
    for other in range(grid.shape[1]):
        there = np.where(fresh[step, other], grid[step, other], 0)[:, None]
        against += np.where(there > 0, _HARSHNESS[np.abs(pitch - there) % _OCTAVE], 0.0)
    against[:, 0] = 0
    return -against


def carried_rests(melody: NDArray[np.int64], longest: int) -> NDArray[np.bool_]:
    """(T,): where the line ``melody`` (T,), 0 for a rest, rests for at most ``longest`` steps.

    Before its first note and after its last one it does not rest but is silent.
    """
    sounding = np.flatnonzero(melody > 0)
    carried = np.zeros(len(melody), np.bool_)
    for gap in np.flatnonzero((np.diff(sounding) > 1) & (np.diff(sounding) <= longest + 1)):
        carried[sounding[gap] + 1 : sounding[gap + 1]] = True
    return carried


def in_a_triad(chord: Grid) -> bool:
    """Whether the sounding classes of ``chord`` belong to one major or minor triad."""
    return bool(triad_mask(chord, _OCTAVE + 1)[1:].any())


def triad_mask(sounding: Grid, classes: int) -> Mask:
    """(classes,): pitches of a major or minor triad that holds all of ``sounding`` too."""
    present = np.unique(sounding[sounding > 0] % _OCTAVE)
    fitting = _TRIADS[_TRIADS[:, present].all(axis=1)]
    fits: Mask = np.logical_or.reduce(fitting, axis=0)
    allowed = fits[np.arange(classes) % _OCTAVE]
    allowed[0] = False
    return allowed


def faults(grid: Grid) -> Mask:
    """(T, 4): the cells of voices 1-3 that take part in a fault of part-writing.

    Parallel fifths and octaves (two voices move, and their interval is perfect before and
    after), crossing voices, leaps beyond an octave, single notes of one step, and rests of one
    step within a line, which chorales and hymns never have.
    """
    fault = np.zeros(grid.shape, np.bool_)
    if len(grid) < 2:
        return fault
    before, after = grid[:-1], grid[1:]
    sounds = (before > 0) & (after > 0)
    moves = sounds & (before != after)
    lines = grid.shape[1]
    for upper in range(lines):
        for lower in range(upper + 1, lines):
            interval = (before[:, upper] - before[:, lower]) % _OCTAVE
            perfect = (interval == 0) | (interval == _FIFTH)
            same = interval == (after[:, upper] - after[:, lower]) % _OCTAVE
            parallel = moves[:, upper] & moves[:, lower] & perfect & same
            crossing = (grid[:, upper] > 0) & (grid[:, lower] > 0)
            crossing &= grid[:, upper] < grid[:, lower]
            for voice in (upper, lower):
                fault[1:, voice] |= parallel
                fault[:, voice] |= crossing
    leap = moves & (np.abs(after - before) > _LEAP)
    fault[1:] |= leap
    fault |= lone_steps(grid)
    fault[1:-1] |= (grid[:-2] > 0) & (grid[1:-1] == 0) & (grid[2:] > 0)
    fault[:, 0] = False
    return fault


def lone_steps(grid: Grid) -> Mask:
    """(T, 4): notes of a single step that are not part of a run of such notes."""
    changes = np.ones((len(grid) + 1, grid.shape[1]), np.bool_)
    changes[1:-1] = grid[1:] != grid[:-1]
    short = changes[:-1] & changes[1:] & (grid > 0)
    in_run = np.zeros_like(short)
    in_run[1:] |= short[:-1]
    in_run[:-1] |= short[1:]
    return short & ~in_run


def whole_notes(grid: Grid, cells: Mask) -> Mask:
    """``cells`` extended to all steps on which their voice stays on the same pitch.

    A single step of a held note cannot be drawn anew: its neighbours dictate it.
    """
    result = np.zeros_like(cells)
    for voice in range(grid.shape[1]):
        column = grid[:, voice]
        run = np.concatenate([[0], np.cumsum(column[1:] != column[:-1])])
        marked = np.unique(run[cells[:, voice]])
        result[:, voice] = np.isin(run, marked)
    return result


def groups(hidden: Mask) -> list[slice]:
    """Runs of steps with a hidden cell; neighbours closer than two steps belong together."""
    steps = np.flatnonzero(hidden.any(axis=1))
    if not steps.size:
        return []
    breaks = np.flatnonzero(np.diff(steps) > 2)
    starts = [0, *(breaks + 1).tolist()]
    ends = [*breaks.tolist(), len(steps) - 1]
    return [slice(int(steps[a]), int(steps[b]) + 1) for a, b in zip(starts, ends, strict=True)]
