"""Passages for the training of the one-pass generator, and the chords that it is shown in them."""

from typing import Any, Final, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from composer_app.training.config import (
    BEATS,
    MELODY_ONLY,
    NETWORK_STYLES,
    OnePassConfig,
    RefiningConfig,
)
from composer_app.training.corpora.chord_row import row_starts
from composer_app.training.corpora.corpus import Piece
from composer_app.training.networks.one_pass_stages import Context, Row
from composer_app.training.trainers.dataset import Batch, WindowSampler

_BACH: Final = NETWORK_STYLES.index("bach")
# Of the passages, in how many no chord is asked for, and in how many all are; of the others some.
_FREE, _ALL_ASKED = 0.55, 0.25
# Of the chords that are asked for, in how many passages their basses are too, and some of them are.
_BASSES, _SOME_BASSES = 0.35, 0.25
# In how many the bass begins on a root and ends on one.
_ROOTED: Final = 0.8


class Passages(NamedTuple):
    """B passages of T steps.

    ``pitch`` (B, T, 4) int64 classes, ``onset`` (B, T, 4) 0/1, the ``context`` with the chords that
    are asked for, the ``row`` of the chords that the voices have, and ``has_voices`` (B,) bool,
    false where there is only a melody.
    """

    pitch: Tensor
    onset: Tensor
    context: Context
    row: Row
    has_voices: Tensor


class PassageFeed:
    """Draws passages: of all styles to learn from the teacher, of chorales for the critic."""

    def __init__(self, config: OnePassConfig, pieces: list[Piece]) -> None:
        self._melodies = _sampler(config, pieces, config.style_weights)
        alone = [0.0] * len(NETWORK_STYLES)
        alone[_BACH] = 1.0
        self._chorales = _sampler(config, pieces, tuple(alone))

    def random_state(self) -> list[Any]:
        """Where the stream stands."""
        return [each.random.bit_generator.state for each in (self._melodies, self._chorales)]

    def restore_random(self, state: list[Any]) -> None:
        """Go on from :meth:`random_state`."""
        for sampler, each in zip((self._melodies, self._chorales), state, strict=True):
            sampler.random.bit_generator.state = each

    def draw(self, count: int) -> Passages:
        """``count`` passages of all styles."""
        return _passages(self._melodies.batch(count), self._melodies.random)

    def chorales(self, count: int) -> Passages:
        """``count`` passages of chorales."""
        return _passages(self._chorales.batch(count), self._chorales.random)


def _sampler(
    config: OnePassConfig, pieces: list[Piece], weights: tuple[float, ...]
) -> WindowSampler:
    recipe = RefiningConfig(
        window=config.window,
        style_weights=weights,
        plan_share=0.0,
        row_hidden_share=0.0,
        row_given_share=1.0,
        bass_hidden_share=0.0,
    )
    return WindowSampler(pieces, recipe, config.seed)


def _passages(batch: Batch, random: np.random.Generator) -> Passages:
    count, steps = batch.position.shape
    start = np.stack([_beat_starts(*each) for each in zip(batch.position, batch.beat, strict=True)])
    # What is asked for says on the first step of a beat that it has a chord.
    labelled = np.maximum(batch.chord_known[..., 0], batch.chord_asked[..., 0])
    labelled = np.take_along_axis(labelled, start, axis=1) * batch.valid
    asked = np.stack([_asked(random, steps) for _ in range(count)])
    asked = np.take_along_axis(asked, start[..., None], axis=1) * labelled[..., None]
    basses = np.stack([_some(random, steps, _BASSES, _SOME_BASSES) for _ in range(count)])
    basses = np.take_along_axis(basses, start, axis=1) * labelled
    rooted = np.stack([_rooted(batch, row, start[row], random) for row in range(count)])
    # Whoever is shown Bach's chords is shown what basses those have on the beats that are rooted.
    on_root = (batch.chord[..., 0] == batch.chord[..., 2]) * rooted * labelled
    shown = np.stack([labelled, np.maximum(basses, on_root)], axis=2)
    context = Context(
        *map(
            torch.from_numpy,
            (
                batch.position,
                batch.fermata,
                batch.valid,
                batch.beat,
                batch.begin,
                batch.chord,
                asked.astype(np.float32),
                start,
                start.copy(),
                np.zeros_like(start),
                rooted.astype(np.float32),
            ),
        )
    )
    row = Row(
        torch.from_numpy(batch.chord),
        torch.from_numpy(shown.astype(np.float32)),
        torch.zeros(count, steps, 2),
    )
    melody_only = [NETWORK_STYLES.index(name) for name in MELODY_ONLY]
    has_voices = torch.from_numpy(~np.isin(batch.style[:, 0], melody_only))
    pitch, onset = torch.from_numpy(batch.pitch), torch.from_numpy(batch.onset)
    return Passages(pitch, onset, context, row, has_voices)


def _beat_starts(position: NDArray[np.int64], beat: NDArray[np.int64]) -> NDArray[np.int64]:
    """(T,): the step at which each step's beat begins."""
    starts = row_starts(position, np.array(BEATS)[beat])
    return np.maximum.accumulate(np.where(starts, np.arange(len(starts)), 0))


def _some(random: np.random.Generator, steps: int, all_share: float, some: float) -> NDArray[Any]:
    """(T,) bool: all true, or a random share of them, or none."""
    draw = random.random()
    if draw < all_share:
        return np.ones(steps, np.bool_)
    if draw < all_share + some:
        return np.asarray(random.random(steps) < random.random())
    return np.zeros(steps, np.bool_)


def _asked(random: np.random.Generator, steps: int) -> NDArray[Any]:
    """(T, 2) bool: for which steps a chord is asked, and its bass."""
    chords = _some(random, steps, _ALL_ASKED, 1.0 - _FREE - _ALL_ASKED)
    return np.stack([chords, chords & _some(random, steps, _BASSES, _SOME_BASSES)], axis=1)


def _rooted(
    batch: Batch, row: int, start: NDArray[np.int64], random: np.random.Generator
) -> NDArray[np.bool_]:
    """(T,): the first downbeat of the piece, and its end from the last melody note on."""
    rooted = np.zeros(len(start), np.bool_)
    if random.random() >= _ROOTED:
        return rooted
    before = int(batch.begin[row].sum())
    if before:
        rooted |= start == start[before - 1]
    if not batch.valid[row].all():
        struck = np.flatnonzero(batch.onset[row, :, 0])
        if struck.size:
            rooted |= start >= struck[-1]
    return rooted
