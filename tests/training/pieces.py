"""Small made-up pieces: the training code does not care who composed them."""

from dataclasses import replace

import numpy as np

from composer_app.training.config import RefiningConfig
from composer_app.training.corpora.corpus import Piece

TINY = RefiningConfig(
    channels=(16, 16, 16, 16, 16),
    down_blocks=(1, 1, 1, 1, 1),
    up_blocks=(1, 1, 1, 1),
    window=32,
    batch=4,
    iterations=6,
    warmup=2,
    bfloat16=False,
)
# The exporter takes as long as there are layers: no fewer than tell the order of the skips.
SHALLOW = replace(TINY, channels=(16, 16, 16), down_blocks=(1, 1, 1), up_blocks=(1, 1))


# A network to be made in no time, as it is typed.
SMALL = [
    argument
    for override in (
        "channels=16,16",
        "down_blocks=1,1",
        "up_blocks=1",
        "window=32",
        "batch=4",
        "iterations=2",
        "bfloat16=false",
    )
    for argument in ("--set", override)
]


def chord_piece(name: str = "chords", split: str = "train", steps: int = 64) -> Piece:
    """Four voices that change chord every quarter, in 4/4, with a fermata at the end."""
    quarter = np.arange(steps) // 4
    root = np.array([0, 5, 7, 0])[quarter % 4]
    pitch = np.stack([72 + root, 64 + root, 55 + root, 40 + root], axis=1).astype(np.int16)
    onset = np.zeros((steps, 4), np.bool_)
    onset[::4] = True
    fermata = np.zeros(steps, np.bool_)
    fermata[-4:] = True
    return Piece(
        name,
        split,
        pitch,
        onset,
        (np.arange(steps) % 16).astype(np.int16),
        np.full(steps, 16, np.int16),
        fermata,
        np.zeros(steps, np.bool_),
        np.full(steps, 4, np.int16),
        np.stack([root, np.zeros_like(root), root], axis=1).astype(np.int8),
    )
