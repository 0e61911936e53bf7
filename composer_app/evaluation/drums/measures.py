"""What is measured of drumming: sets of performances against held-out ones.

Of the eleven drums that are written nine are told apart, as the corpus has them: a stroke at the
rim counts as the snare, a pedal as the closed hi-hat.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from composer_app.analysis.metrics.metric_distances import js_distance
from composer_app.evaluation.linear_test import separation
from composer_app.training.config import DRUMS
from composer_app.training.corpora.groove_corpus import BAR

_SAME: Final = {"rim": "snare", "pedal": "closed"}
NINE: Final = tuple(name for name in DRUMS if name not in _SAME)
_VELOCITY_BINS, _TIMING_BINS = 16, 20
# Bars of a style below which its distribution says nothing.
LEAST_BARS: Final = 50
FOLDS: Final = 5
_FOLD_SEED: Final = 30_000

Bars = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Played:
    """A performance of whole bars of 4/4 in ``style``; ``fill`` (bars,) is where fills are.

    ``velocity`` and ``timing`` are (T, 11) as those of
    :class:`~composer_app.training.corpora.groove_corpus.Groove`.
    """

    style: str
    velocity: NDArray[np.uint8]
    timing: NDArray[np.float32]
    fill: NDArray[np.bool_]

    @property
    def bars(self) -> Bars:
        """(bars, 16, 9): which drums are struck."""
        return nine(self.velocity > 0).reshape(-1, BAR, len(NINE))

    def after(self, bars: int) -> "Played":
        """What is left without the first ``bars``."""
        steps = bars * BAR
        return Played(self.style, self.velocity[steps:], self.timing[steps:], self.fill[bars:])


def nine(values: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """(T, 9) of (T, 11)."""
    columns = {name: values[:, DRUMS.index(name)].copy() for name in NINE}
    for name, other in _SAME.items():
        columns[other] |= values[:, DRUMS.index(name)]
    return np.stack(list(columns.values()), axis=1)


def place_counts(set_: Sequence[Played]) -> NDArray[np.float64]:
    """(16 x 9,): strokes by their place in the bar and their drum."""
    counts = np.zeros(BAR * len(NINE))
    for each in set_:
        counts += each.bars.sum(axis=0).ravel()
    return counts


def place_distances(made: Sequence[Played], real: Sequence[Played]) -> dict[str, float]:
    """The divergence in bits of strokes by place and drum, for each style with enough bars."""
    styles = sorted({each.style for each in real})
    found = {}
    for style in styles:
        own, other = ([e for e in one if e.style == style] for one in (made, real))
        if sum(len(each.fill) for each in other) >= LEAST_BARS:
            found[style] = js_distance(place_counts(own), place_counts(other))
    return found


def value_distances(made: Sequence[Played], real: Sequence[Played]) -> tuple[float, float]:
    """The divergences of velocities and of timing, averaged over drums by their strokes."""
    totals = np.zeros(2)
    weight = 0.0
    for drum in range(len(DRUMS)):
        own, other = (_values(one, drum) for one in (made, real))
        strokes = float(other[0].sum())
        totals += strokes * np.array([js_distance(a, b) for a, b in zip(own, other, strict=True)])
        weight += strokes
    velocity, timing = (totals / weight).tolist() if weight else (0.0, 0.0)
    return velocity, timing


def _values(set_: Sequence[Played], drum: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    velocities = np.zeros(_VELOCITY_BINS)
    timings = np.zeros(_TIMING_BINS)
    for each in set_:
        struck = each.velocity[:, drum] > 0
        velocity, timing = each.velocity[struck, drum], each.timing[struck, drum]
        velocities += np.bincount(velocity // 8, minlength=_VELOCITY_BINS)[:_VELOCITY_BINS]
        bins = ((timing + 0.5) * _TIMING_BINS).astype(int).clip(0, _TIMING_BINS - 1)
        timings += np.bincount(bins, minlength=_TIMING_BINS)
    return velocities, timings


def agreement(set_: Sequence[Played]) -> float:
    """How alike neighbouring bars are: strokes in common, of those that either has; the mean."""
    shares = [likeness(one, other) for each in set_ for one, other in pairwise(each.bars)]
    return float(np.mean(shares)) if shares else 1.0


def likeness(one: Bars, other: Bars) -> float:
    """The share of strokes that both have, of those that either has."""
    either = int((one | other).sum())
    return int((one & other).sum()) / either if either else 1.0


def fill_novelty(set_: Sequence[Played]) -> float:
    """How much less alike the bar before is in fills than in other bars."""
    shares: tuple[list[float], list[float]] = ([], [])
    for each in set_:
        for index, (one, other) in enumerate(pairwise(each.bars), 1):
            if not each.fill[index - 1]:
                shares[int(each.fill[index])].append(likeness(one, other))
    groove, fill = shares
    return float(np.mean(groove) - np.mean(fill)) if groove and fill else 0.0


def known_bars(set_: Sequence[Played]) -> frozenset[bytes]:
    """The bars of ``set_`` as one can look them up."""
    return frozenset(bar.tobytes() for each in set_ for bar in each.bars)


def copied(set_: Sequence[Played], known: frozenset[bytes]) -> float:
    """The share of bars whose strokes are all those of a bar in ``known``; silent ones apart."""
    bars = [bar for each in set_ for bar in each.bars if bar.any()]
    return sum(bar.tobytes() in known for bar in bars) / max(1, len(bars))


def variety(set_: Sequence[Played]) -> float:
    """How many different bars there are, of all."""
    bars = [bar.tobytes() for each in set_ for bar in each.bars]
    return len(set(bars)) / max(1, len(bars))


def difference(takes: Sequence[Sequence[Played]]) -> float | None:
    """How unlike two takes of the same are, bar by bar; None for a single take."""
    if len(takes) < 2:
        return None
    shares = [
        1 - likeness(one, other)
        for first, second in pairwise(takes)
        for a, b in zip(first, second, strict=True)
        for one, other in zip(a.bars, b.bars, strict=True)
    ]
    return float(np.mean(shares))


def linear_auc(made: Sequence[Played], real: Sequence[Played], seeds: int) -> float | None:
    """How well a logistic regression tells bars of ``made`` from those of ``real``, by AUC.

    There are five folds, with all bars of a performance in one, real and made. None without seeds.
    """
    if not seeds:
        return None
    groups = np.concatenate([np.full(len(each.fill), i) for i, each in enumerate(real)])
    own, other = (np.concatenate([bar_features(each) for each in one]) for one in (made, real))
    aucs = [
        separation(other, own, groups, np.random.default_rng(_FOLD_SEED + seed), FOLDS)
        for seed in range(seeds)
    ]
    return float(np.mean(aucs))


def bar_features(played: Played) -> NDArray[np.float64]:
    """(bars, F): strokes by place, and for each drum their number, velocity and timing.

    The last one is how alike the bar before is. NaN is what is not known.
    """
    hits = played.bars
    count = len(hits)
    rows = [hits.reshape(count, -1).astype(float), hits.sum(axis=1).astype(float)]
    struck = (played.velocity > 0).reshape(count, BAR, -1)
    number = struck.sum(axis=1)
    for values in (played.velocity, played.timing):
        of_bar = values.reshape(count, BAR, -1).astype(float)
        known = np.where(number > 0, number, np.nan)
        mean = (of_bar * struck).sum(axis=1) / known
        spread = (((of_bar - mean[:, None]) * struck) ** 2).sum(axis=1) / known
        rows += [mean, np.sqrt(spread)]
    before = [np.nan, *(likeness(one, other) for one, other in pairwise(hits))]
    return np.concatenate([*rows, np.array(before)[:, None]], axis=1)


def weighted(distances: Mapping[str, float], real: Sequence[Played]) -> float | None:
    """The mean of ``distances`` by style, each as much as it has bars."""
    bars = {
        style: sum(len(each.fill) for each in real if each.style == style) for style in distances
    }
    total = sum(bars.values())
    return sum(distances[style] * bars[style] for style in bars) / total if total else None
