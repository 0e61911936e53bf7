"""How much of an accompaniment that is there already comes again."""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from composer_app.generation.generator import GenerationSettings, Given
from composer_app.generation.refining.sampling import VOICES, Mask
from composer_app.generation.refining.ties import Ties
from composer_app.music.pitch import PITCH_COUNT


def kept_cells(
    given: Given, settings: GenerationSettings, chance: NDArray[np.float64], ties: Ties
) -> Mask:
    """(T, 4): the cells of the ``given`` voices that stay, a share ``settings.likeness`` of them.

    Whole notes and rests, in the order of ``chance`` (T, 4), alike where ``ties`` say that passages
    go together. What lies beyond the range of its voice does not stay; where a voice has nothing,
    nothing is kept.
    """
    kept = np.zeros(given.locked.shape, np.bool_)
    units: list[tuple[float, int, int, int]] = []
    for voice in range(1, VOICES):
        sounding = given.roll.sounding[:, :, voice]
        if not sounding.any():
            continue
        low, high = settings.ranges[voice - 1] or (0, PITCH_COUNT - 1)
        outside: NDArray[np.bool_] = np.array(sounding[:, :low].any(axis=1))
        outside |= sounding[:, high + 1 :].any(axis=1)
        begins: NDArray[np.bool_] = np.array(given.roll.onset[:, :, voice].any(axis=1))
        silent: NDArray[np.bool_] = np.array(~sounding.any(axis=1))
        begins[1:] |= silent[1:] != silent[:-1]
        begins[:1] = True
        edges = [*np.flatnonzero(begins).tolist(), len(kept)]
        for start, end in pairwise(edges):
            if not np.any(outside[start:end]):
                order = float(chance[ties.source[start], voice])
                units.append((order, start, end, voice))
    budget = round(settings.likeness * sum(end - start for _order, start, end, _voice in units))
    for _order, start, end, voice in sorted(units):
        if budget <= 0:
            break
        kept[start:end, voice] = True
        budget -= end - start
    return kept
