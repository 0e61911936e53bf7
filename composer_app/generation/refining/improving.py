"""Improving an accompaniment: which of its notes sound out of place, and which to add.

A note's score is what the network thinks of it when it cannot see it: the notes are hidden, an
eighth of them at a time, and each is given the mean log-probability of its cells (the
pseudo-likelihood of Besag, 1975). Whole notes are hidden, since a single step of a held note is
dictated by its neighbours. The notes with the lowest scores are removed, as far as they are
improbable and as many as are allowed; then the score is taken again, since a wrong note spoils
its neighbours' scores too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from composer_app.generation.refining.refining_run import Run, log_probability
from composer_app.generation.refining.sampling import VOICES, Mask

GROUPS: Final = 8
ROUNDS: Final = 2
# A note less probable than this sounds out of place. Of the notes of the validation chorales,
# Bach's own, one in twenty-five lies below.
_DOUBTFUL: Final = np.log(0.02)


@dataclass(frozen=True, slots=True)
class Span:
    """The cells of one note: ``voice`` from step ``start`` up to ``end``."""

    voice: int
    start: int
    end: int


def note_spans(onset: Mask, sounding: Mask) -> list[Span]:
    """The notes of voices whose cells are struck and sound as given, both (T, 4)."""
    spans = []
    for voice in range(VOICES):
        starts = np.flatnonzero(onset[:, voice] & sounding[:, voice])
        breaks = np.flatnonzero(np.append(onset[:, voice] | ~sounding[:, voice], True))
        ends = breaks[np.searchsorted(breaks, starts, side="right")]
        pairs = zip(starts.tolist(), ends.tolist(), strict=True)
        spans += [Span(voice, start, end) for start, end in pairs]
    return spans


def note_scores(run: Run, notes: Sequence[Span]) -> NDArray[np.float64]:
    """(N,) mean log-probability of each note's cells while an eighth of the notes is hidden.

    Runs the network :data:`GROUPS` times; the run's noise decides which notes go together.
    """
    chance = run.uniform(VOICES)
    order = np.argsort([chance[note.start, note.voice] for note in notes], kind="stable")
    scores = np.zeros(len(notes))
    for group in range(GROUPS):
        members = order[group::GROUPS].tolist()
        hidden = np.zeros_like(run.known)
        for index in members:
            note = notes[index]
            hidden[note.start : note.end, note.voice] = True
        known, onset_known = run.known, run.onset_known
        run.known, run.onset_known = known & ~hidden, onset_known & ~hidden
        logits, _ = run.infer()
        run.known, run.onset_known = known, onset_known
        for index in members:
            note = notes[index]
            span = slice(note.start, note.end)
            cells = logits[span, note.voice].astype(np.float64)
            scores[index] = log_probability(cells, run.grid[span, note.voice]).mean()
    return scores


def remove_misfits(run: Run, given: Sequence[Span], locked: Mask, limit: int) -> list[Span]:
    """Release up to ``limit`` notes of ``given`` that sound out of place; the ones released.

    Notes with ``locked`` (T, 4) cells stay. What stays gets its probability as confidence.
    """
    loose = [note for note in given if not locked[note.start, note.voice]]
    removed: list[Span] = []
    for turn in range(ROUNDS):
        if not loose:
            break
        scores = note_scores(run, loose)
        # Half of them at first: the others may have suffered from their neighbours alone.
        most = -(-limit // ROUNDS) * (turn + 1) if turn + 1 < ROUNDS else limit
        worst = np.argsort(scores, kind="stable")[: max(0, min(most, limit) - len(removed))]
        leaving = {int(index) for index in worst if scores[index] < _DOUBTFUL}
        cells = np.zeros_like(run.known)
        for index, note in enumerate(loose):
            span = slice(note.start, note.end)
            if index in leaving:
                cells[span, note.voice] = True
                removed.append(note)
            else:
                run.confidence[span, note.voice] = np.exp(scores[index])
        run.release(cells)
        loose = [note for index, note in enumerate(loose) if index not in leaving]
        if not leaving:
            break
    return removed
