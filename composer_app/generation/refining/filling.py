"""Filling a run's cells in, from coarse to fine, and mending what has come out badly.

Beats come first, then eighths, then sixteenths; beats that no longer fit are drawn again. Then come
repairs of faults of part-writing, the last chord, and which notes are struck anew.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from composer_app.generation.refining.canvas import Schedule
from composer_app.generation.refining.refining_run import Run, log_probability
from composer_app.generation.refining.sampling import (
    Mask,
    clashes,
    faults,
    groups,
    in_a_triad,
    lone_steps,
    spread_order,
    triad_mask,
    whole_notes,
)

# What is less likely than this, now that its surroundings are known, is drawn again.
_DOUBT: Final = 0.01
_REPAIR_TEMPERATURE: Final = 0.85
# Single sixteenths come from an unlucky draw: the second one takes what is likely.
_CALM_TEMPERATURE: Final = 0.3
# The distance between the cells of beats and off-beat eighths.
_EIGHTHS: Final = 2
_BEAT: Final = 4


def sample(run: Run, schedule: Schedule) -> None:
    """Fill every free cell of :attr:`grid` and :attr:`onset`."""
    step = run.place
    # Cells and their distance at each level.
    levels = ((step == 0, 4), ((step % 2 == 0) & (step > 0), 2), (step % 2 == 1, 1))
    beats = levels[0][0] & ~run.known
    factors = run.manner.temperatures
    if run.leaning is not None:
        # Where a plan stands the bass goes first: the voices between follow both.
        basses = beats & (np.arange(run.lines) == run.lines - 1)
        _fill(run, basses, max(1, schedule.plan[2]), 4, factors[0])
    for (cells, stride), passes, factor in zip(levels, schedule.passes, factors, strict=True):
        _fill(run, cells & ~run.known, passes, stride, factor)
        if stride == _EIGHTHS:
            _look_again(run, beats, schedule.looks, stride)
    for turn in range(schedule.repairs if run.manner.part_writing else 0):
        if not repair(run, turn):
            break
    _end_well(run)
    _strike(run)
    run.hear_chords()


def _fill(run: Run, cells: Mask, passes: int, stride: int, factor: float) -> None:
    """Reveal ``cells`` in ``passes`` portions; the noise decides which come first."""
    for portion in _portions(run, cells, passes):
        if passes >= run.lines - 1:
            _draw(run, portion, stride, np.full(cells.shape, factor))
        else:
            _draw_in_turn(run, portion, stride, factor)


def _draw_in_turn(run: Run, hidden: Mask, stride: int, factor: float) -> None:
    """Choose the pitches of ``hidden`` by one look of the network, the lowest voice first.

    With so few passes voices of one step are drawn at once, and the network does not know of
    one what it says of the other: that they go together stands in for it.
    """
    logits, _ = run.infer()
    before = run.known.copy()
    for voice in (*range(run.lines - 1, 0, -1), 0):
        part = hidden & (np.arange(run.lines) == voice)
        if part.any():
            cells = np.nonzero(part)
            fresh = run.known & ~before
            said = logits[part].astype(np.float64)
            told = said + clashes(run.grid, fresh, cells, run.network.classes)
            run.decide(part, told, stride, np.full(len(cells[0]), factor))


def _look_again(run: Run, cells: Mask, passes: int, stride: int) -> None:
    """Draw those of ``cells`` again that no longer fit, now that more is known.

    A beat was drawn before what leads to it and away from it. Where it was badly chosen, the
    finer cells would have to make up for it, in ways that nobody writes.
    """
    for portion in _portions(run, cells, passes):
        run.known &= ~portion
        logits = run.asked(portion)
        likely = log_probability(logits, run.grid[portion])
        if run.rhythm is not None:
            likely = run.ties.mean(np.nonzero(portion), likely)
        doubtful = likely < np.log(_DOUBT)
        run.known |= portion
        if doubtful.any():
            again = np.zeros_like(portion)
            again[portion] = doubtful
            run.known &= ~again
            run.decide(again, logits[doubtful], stride, np.ones(doubtful.sum()))


def _portions(run: Run, cells: Mask, passes: int) -> Iterator[Mask]:
    """``cells`` in at most ``passes`` parts, none of them empty."""
    uniform = np.ones(cells.shape)
    uniform[: run.steps] = run.uniform(run.lines)
    turn = (spread_order(cells, uniform) * passes).astype(np.int64)
    if run.ties.bind:
        # A cell may go with one that stands already, and has no turn.
        turn = np.minimum(turn.ravel()[run.ties.cell], passes - 1)
    for index in range(passes):
        portion = cells & (turn == index)
        if portion.any():
            yield portion


def _draw(run: Run, hidden: Mask, stride: int, factor: NDArray[np.float64]) -> None:
    """Choose the pitches of ``hidden``; ``factor`` (T, 4) scales the temperature."""
    run.decide(hidden, run.asked(hidden), stride, factor[hidden])


def repair(run: Run, turn: int) -> bool:
    """Draw the faulty notes of one voice again; False when there are no faults left.

    One voice at a time, because two that are drawn together do not know of each other.
    What has not become better is put back.
    """
    before = faults(run.grid[: run.steps]) & run.free[: run.steps]
    if not before.any():
        return False
    voice = 1 + turn % (run.lines - 1)
    hidden = np.zeros_like(run.known)
    hidden[: run.steps, voice] = before[:, voice]
    hidden = whole_notes(run.grid, hidden) & run.free
    if run.rhythm is not None:
        hidden = run.rhythm.whole(hidden) & run.free & ~run.rhythm.silent
    hidden[run.steps :] = False
    if not hidden.any():
        return True
    lone = np.zeros_like(run.known)
    lone[: run.steps] = lone_steps(run.grid[: run.steps])
    kept, sure = run.grid.copy(), run.confidence.copy()
    run.known &= ~hidden
    # A note whose cells are drawn together falls to pieces: its beats decide.
    begins = hidden & ~np.vstack([np.zeros((1, run.lines), np.bool_), hidden[:-1]])
    first = begins | (hidden & _on_beat(run))
    if run.rhythm is not None:
        planned = run.rhythm.planned
        first = np.where(planned, hidden & run.rhythm.every_other, first)
    _draw(run, first, 1, np.where(lone, _CALM_TEMPERATURE, _REPAIR_TEMPERATURE))
    if (hidden & ~first).any():
        _draw(run, hidden & ~first, 1, np.full(hidden.shape, _CALM_TEMPERATURE))
    after = faults(run.grid[: run.steps]) & run.free[: run.steps]
    for group in groups(hidden):
        # A fault is marked at the step after its cause as well.
        near = slice(max(group.start - 1, 0), group.stop + 1)
        if after[near].sum() >= before[near].sum():
            run.grid[group] = kept[group]
            run.confidence[group] = sure[group]
    return True


def _end_well(run: Run) -> None:
    """See that under the melody's last beat a triad sounds and is held to the end.

    Bass, tenor and alto are chosen again one after the other where it does not.
    """
    end = run.steps
    span = slice(max(run.last, end - _BEAT), end)
    chord = run.grid[span]
    if len(chord) == 0 or not chord[-1, 0] or not run.free[span, 1:].any():
        return
    if (chord > 0).all() and (chord[0] == chord[-1]).all() and in_a_triad(chord[-1]):
        return
    voices = [voice for voice in range(run.lines - 1, 0, -1) if _may_end(run, span, voice)]
    run.known[span, voices] = False
    for voice in voices:
        cells = (np.array([span.start]), np.array([voice]))
        all_logits, _ = run.infer()
        logits = all_logits[cells].astype(np.float64)
        sounding = run.grid[span.start][run.known[span.start]]
        triad = triad_mask(sounding, run.network.classes)[None]
        if run.limits is not None:
            triad = triad & run.limits[voice]
        led = run.allowed(cells, 1)
        # What is given may belong to no triad, or leave no room for one.
        allowed = next(mask for mask in (led & triad, triad, led) if mask.any())
        scores = run.biased(logits, cells) / (run.temperature * _CALM_TEMPERATURE)
        scores[~allowed] = -np.inf
        scores += run.source.gumbel(cells, run.network.classes, run.next_draw())
        whole = (np.arange(span.start, span.stop), np.full(end - span.start, voice))
        choice = np.repeat(scores.argmax(axis=1), end - span.start)
        run.choose(whole, choice, np.repeat(logits, len(choice), axis=0))
        run.known[span, voice] = True
    _join_lone(run, span.start - 1)


def _may_end(run: Run, span: slice, voice: int) -> bool:
    """Whether ``voice`` may have another note in ``span``, the end of the piece."""
    if run.rhythm is not None and run.rhythm.planned[span.start, voice]:
        begins = run.rhythm.begins[span.start, voice]
        return bool(begins and run.rhythm.sounds[span, voice].all())
    return bool(run.free[span, voice].all())


def _join_lone(run: Run, step: int) -> None:
    """Let single steps of before the last chord join the note before them, or the chord.

    What is locked stays, and is not drawn out; of two ways the one with fewer faults is taken.
    """
    if step < 1:
        return
    for voice in np.flatnonzero(lone_steps(run.grid[: run.steps])[step]).tolist():
        cell = (step, voice)
        if run.rhythm is not None and run.rhythm.planned[cell]:
            continue
        ways = {cell: run.grid[cell]}
        for near in ((step - 1, voice), (step + 1, voice)):
            if run.free[cell] and run.free[near] and run.grid[near] > 0:
                ways[near] = run.grid[near]
        found = {}
        for way, pitch in ways.items():
            run.grid[cell] = pitch
            found[way] = faults(run.grid[: run.steps]).sum()
        best = min(found, key=found.__getitem__)
        run.grid[cell], run.confidence[cell] = ways[best], run.confidence[best]


def _strike(run: Run) -> None:
    """Choose which cells are struck: on beats one voice after the other, then the rest."""
    first = np.zeros((1, run.lines), np.int64)
    same = (run.grid == np.vstack([first, run.grid[:-1]])) & (run.grid > 0)
    # A note that was given is not drawn out.
    stays = same & np.vstack([first == 0, run.free[:-1]])
    # What is known already has been decided in an earlier draft.
    again = run.onset & run.onset_known
    run.onset = np.where(run.free, (~stays | again) & (run.grid > 0), run.onset)
    if run.rhythm is not None:
        planned = run.rhythm.planned
        run.onset = np.where(planned, run.rhythm.begins, run.onset)
        run.onset_known |= planned
    # Voices follow each other: the bass, the one above it, then those further up.
    turn = np.minimum(run.lines - 1 - np.arange(run.lines), 2)
    levels = [_on_beat(run) & (turn == each) for each in range(3)]
    for level in (*levels, np.broadcast_to(~_on_beat(run), stays.shape)):
        cells = level & ~run.onset_known
        choices = (cells & stays)[: run.steps]
        if choices.any():
            _, logits = run.infer()
            chance = 1.0 / (1.0 + np.exp(-logits[: run.steps].astype(np.float64)))
            uniform = run.uniform(run.lines)[run.ties.source[: run.steps]]
            run.onset[: run.steps] |= choices & (uniform < chance)
        run.onset_known |= cells


def _on_beat(run: Run) -> Mask:
    """(T, 1)."""
    steps: Mask = run.in_beat == 0
    return steps[:, None]
