"""The bars that the drum network is trained on, and what is told of them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from composer_app.training.config import DRUMS, DrumConfig
from composer_app.training.corpora.groove_corpus import (
    BAR,
    FEATURES,
    Groove,
    densities,
    features,
    phrase_places,
)
from composer_app.training.networks.drum_unet import (
    ANY_FILL,
    BACK,
    CONTEXT,
    COUNT,
    MOST_PLACE,
    Conditions,
)

# A substyle with fewer bars to learn from has no name of its own.
_LEAST_BARS: Final = 60
# Drums that are struck together so seldom are taken for the nearest others.
_LEAST_TIMES: Final = 3
_LONGEST_MEMORY: Final = 16
# How likely a strong stroke, another one and silence are to be accents of a melody.
_STRONG, _STROKE, _SILENCE = 1.0, 0.4, 0.25
_ACCENTED: Final = tuple(DRUMS.index(name) for name in ("kick", "snare", "crash"))
_LOUD: Final = 0.5


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The names that a network knows: ``styles``, ``substyles`` (the first is none, the others
    "style/substyle"), and the ``combinations`` (V, 11) of drums that are struck together."""

    styles: tuple[str, ...]
    substyles: tuple[str, ...]
    combinations: NDArray[np.bool_]

    @classmethod
    def of(cls, grooves: Sequence[Groove]) -> "Vocabulary":
        """What the training performances among ``grooves`` have."""
        train = [groove for groove in grooves if groove.split == "train"]
        bars: Counter[str] = Counter()
        times: Counter[bytes] = Counter()
        for groove in train:
            if groove.substyle:
                bars[f"{groove.style}/{groove.substyle}"] += groove.bars
            times.update(row.tobytes() for row in groove.hits.reshape(-1, COUNT))
        often = [row for row, count in times.most_common() if count >= _LEAST_TIMES]
        return cls(
            tuple(sorted({groove.style for groove in train})),
            ("", *sorted(name for name, count in bars.items() if count >= _LEAST_BARS)),
            np.stack([np.frombuffer(row, np.bool_) for row in often]),
        )

    def nearest(self, hits: NDArray[np.bool_]) -> NDArray[np.intp]:
        """Which combinations are nearest to the steps ``hits`` (N, 11); the more frequent first."""
        rows, places = np.unique(hits, axis=0, return_inverse=True)
        known, own = self.combinations.astype(np.int32), rows.astype(np.int32)
        apart = own.sum(axis=1)[:, None] + known.sum(axis=1) - 2 * own @ known.T
        return np.asarray(apart.argmin(axis=1)[places.reshape(-1)])

    def numbers(self, groove: Groove) -> tuple[int, int]:
        """The indices of the style and the substyle of ``groove``; 0 for what has no name."""
        style = self.styles.index(groove.style) if groove.style in self.styles else 0
        name = f"{groove.style}/{groove.substyle}"
        return style, self.substyles.index(name) if name in self.substyles else 0


@dataclass(frozen=True, slots=True)
class Bars:
    """Every bar of some performances, one after another, each array of N rows.

    ``bar`` is (N, 16, 33) as the network sees it, ``strokes`` (N, 16) the combinations in it,
    ``first`` the row of the performance's first bar.
    """

    bar: NDArray[np.float32]
    strokes: NDArray[np.intp]
    first: NDArray[np.intp]
    style: NDArray[np.intp]
    substyle: NDArray[np.intp]
    tempo: NDArray[np.float32]
    swing: NDArray[np.float32]
    amounts: NDArray[np.float32]
    fill: NDArray[np.intp]
    place: NDArray[np.intp]
    kit: NDArray[np.bool_]
    kit_known: NDArray[np.bool_]

    @classmethod
    def of(cls, grooves: Sequence[Groove], split: str, words: Vocabulary) -> "Bars":
        """Those of the performances of ``split``."""
        amounts = densities(tuple(grooves))
        chosen = [
            (groove, amount)
            for groove, amount in zip(grooves, amounts, strict=True)
            if groove.split == split
        ]
        counts = [groove.bars for groove, _ in chosen]
        begins = np.cumsum([0, *counts[:-1]])

        def each(values: Sequence[float]) -> NDArray[np.float32]:
            return np.repeat(np.array(values, np.float32), counts)

        numbers = [words.numbers(groove) for groove, _ in chosen]
        bar = np.concatenate([features(groove) for groove, _ in chosen])
        hits = bar[..., :COUNT] > 0
        return cls(
            bar,
            words.nearest(hits.reshape(-1, COUNT)).reshape(-1, BAR),
            np.repeat(begins, counts),
            np.repeat([style for style, _ in numbers], counts),
            np.repeat([substyle for _, substyle in numbers], counts),
            each([groove.tempo for groove, _ in chosen]),
            each([groove.swing for groove, _ in chosen]),
            np.concatenate([amount for _, amount in chosen]),
            np.concatenate([groove.fill for groove, _ in chosen]).astype(np.intp),
            np.concatenate([phrase_places(groove.fill, MOST_PLACE) for groove, _ in chosen]),
            np.repeat(np.stack([groove.kit for groove, _ in chosen]), counts, axis=0),
            np.repeat([not groove.only_fill for groove, _ in chosen], counts),
        )


@dataclass(frozen=True, slots=True)
class Batch:
    """Some bars as tensors: what came before them, what is asked, and what came."""

    context: Tensor
    present: Tensor
    before: Tensor
    asked: Conditions
    bar: Tensor
    strokes: Tensor


class BarSampler:
    """Draws bars with what is told of them, by ``random``, which says what it will draw next."""

    def __init__(self, bars: Bars, config: DrumConfig, seed: int) -> None:
        self.bars = bars
        self.config = config
        self.random = np.random.default_rng(seed)

    def draw(self) -> Batch:
        """Some bars, of which not everything is told."""
        config, random = self.config, self.random
        rows = random.integers(len(self.bars.bar), size=config.batch)
        memory = random.integers(1, _LONGEST_MEMORY + 1, len(rows))
        memory[random.random(len(rows)) < config.start_share] = 0
        context, present, before = self._earlier(rows, memory)
        altered = random.random((*context.shape[:2], BAR, 1)) < config.altered_share
        other = self.bars.bar[random.integers(len(self.bars.bar), size=context.shape[:2])]
        context = np.where(altered & (present[..., None, None] > 0), other, context)
        hidden = random.random((6, len(rows))) < config.hidden_share
        bar, strokes = self.bars.bar[rows], self.bars.strokes[rows]
        accents = self._accents(bar)
        accents_known = random.random(len(rows)) >= config.accents_hidden_share
        asked = Conditions(
            *_tensors(
                self.bars.style[rows],
                np.where(hidden[0], 0, self.bars.substyle[rows]),
                self.bars.tempo[rows],
                self.bars.swing[rows],
                self.bars.amounts[rows],
                (~hidden[1:3].T).astype(np.float32),
                np.where(hidden[3], ANY_FILL, self.bars.fill[rows]),
                self.bars.place[rows],
                (~hidden[4]).astype(np.float32),
                self.bars.kit[rows].astype(np.float32),
                (self.bars.kit_known[rows] & ~hidden[5]).astype(np.float32),
                accents,
                accents_known.astype(np.float32),
            )
        )
        context, present, before, bar = (
            each.astype(np.float32) for each in (context, present, before, bar)
        )
        told = _tensors(context, present, before)
        return Batch(told[0], told[1], told[2], asked, *_tensors(bar, strokes))

    def _earlier(
        self, rows: NDArray[np.intp], memory: NDArray[np.intp]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
        """What was before the bars ``rows``, of which ``memory`` bars are remembered."""
        bars = self.bars
        depth = np.minimum(rows - bars.first[rows], memory)
        back = np.arange(1, _LONGEST_MEMORY + 1)
        # Fills are no groove.
        there = (back <= depth[:, None]) & (bars.fill[np.maximum(rows[:, None] - back, 0)] == 0)
        weight = there / np.maximum(there.sum(axis=1, keepdims=True), 1)
        past = bars.bar[np.maximum(rows[:, None] - back, 0)]
        context = np.zeros((len(rows), CONTEXT, BAR, FEATURES), np.float32)
        present = np.zeros((len(rows), CONTEXT), np.float32)
        context[:, 0] = np.einsum("nb,nbsf->nsf", weight.astype(np.float32), past)
        present[:, 0] = there.any(axis=1)
        for index, distance in enumerate(BACK, 1):
            known = depth >= distance
            context[known, index] = past[known, distance - 1]
            present[known, index] = 1
        before = past[:, 0, -1] * (depth >= 1)[:, None]
        return context, present, before

    def _accents(self, bar: NDArray[np.float32]) -> NDArray[np.float32]:
        """(N, 16): where a melody could have had notes: at strong strokes above all."""
        strong = (bar[..., COUNT : 2 * COUNT][..., list(_ACCENTED)] > _LOUD).any(axis=-1)
        struck = bar[..., :COUNT].any(axis=-1)
        share = np.where(strong, _STRONG, np.where(struck, _STROKE, _SILENCE))
        # Melodies of few notes must not mean drums of few strokes.
        share = share * self.random.random((len(bar), 1))
        return (self.random.random(share.shape) < share).astype(np.float32)


def _tensors(*arrays: NDArray[np.float32] | NDArray[np.intp]) -> list[Tensor]:
    return [torch.from_numpy(np.ascontiguousarray(array)) for array in arrays]
