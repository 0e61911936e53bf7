"""What needs no network: a Markov chain of the training melodies, and a training melody itself."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

import numpy as np

from composer_app.evaluation.melodies.tunes import Tune
from composer_app.music.note import Note

_SEED: Final = 11
# How far a chain may go from where it began.
_REACH: Final = 12
_Sign = tuple[int, int]


def markov(wanted: Sequence[Tune], training: Sequence[Tune]) -> list[Tune]:
    """Tunes as long as ``wanted``, by a second-order chain of intervals and note values."""
    random = np.random.default_rng(_SEED)
    after: dict[tuple[_Sign, ...], list[_Sign]] = defaultdict(list)
    for tune in training:
        row = list(zip([0, *tune.intervals], tune.lengths, strict=False))
        for index, sign in enumerate(row):
            for order in range(min(index, 2) + 1):
                after[tuple(row[index - order : index])].append(sign)
    return [_walk(tune, after, random) for tune in wanted]


def _walk(
    tune: Tune, after: dict[tuple[_Sign, ...], list[_Sign]], random: np.random.Generator
) -> Tune:
    home = 60 + tune.key.tonic
    notes: list[Note] = []
    signs: list[_Sign] = []
    pitch, step = home, 0
    while step < tune.steps:
        context = next(
            tuple(signs[len(signs) - order :])
            for order in (2, 1, 0)
            if order <= len(signs) and after[tuple(signs[len(signs) - order :])]
        )
        interval, length = after[context][random.integers(len(after[context]))]
        if abs(pitch + interval - home) > _REACH:
            interval = -interval
        pitch += interval
        notes.append(Note(step, pitch, min(length, tune.steps - step)))
        signs.append((interval, length))
        step += length
    return Tune(tuple(notes), tune.bars, tune.meter, tune.key, tune.chords, tune.ends)


def retrieved(wanted: Sequence[Tune], training: Sequence[Tune]) -> list[Tune]:
    """For each of ``wanted`` a training tune of its metre, moved to its tonic."""
    random = np.random.default_rng(_SEED)
    found = []
    for tune in wanted:
        like = [each for each in training if each.meter == tune.meter] or list(training)
        choice = like[random.integers(len(like))]
        moved = choice.in_key(tune.key)
        found.append(moved.part(0, min(moved.bars, tune.bars)))
    return found
