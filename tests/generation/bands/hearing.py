"""What is heard in samples: how loud they are, and when something is struck."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from composer_app.live.playback.mixing import Mix
from composer_app.live.rendering.rendering import choose_soundfont, music_frames, render
from composer_app.music.composition import Composition

RATE = 22_050
_FRAME = 64
# A stroke is so many times as strong as the mean of what sounds before it, and comes no sooner
# than so many frames after the last one.
_RISE, _BEFORE, _APART = 4.0, 6, 18
_LEAST = 0.02


def sound_of(piece: Composition, mix: Mix) -> NDArray[np.float32]:
    """(N,): the sound of ``piece`` without what rings on, of both sides together."""
    blocks = list(render(piece, choose_soundfont(), RATE, mix))
    sides = np.concatenate(blocks)[: music_frames(piece, RATE)]
    return np.asarray(sides.mean(axis=1), np.float32)


def decibels(samples: NDArray[np.float32]) -> float:
    """The mean level of ``samples`` beside full scale."""
    return 10 * math.log10(float(np.mean(samples.astype(np.float64) ** 2)))


def strokes_in(samples: NDArray[np.float32], rate: int = RATE) -> list[float]:
    """When something is struck in ``samples``, in seconds.

    Its beginning is told from the energy of what is left when each sample is taken from the next.
    """
    frame = max(1, round(_FRAME * rate / RATE))
    sharp = np.diff(samples.astype(np.float64), prepend=0.0)
    frames = len(sharp) // frame
    energy: NDArray[Any] = (sharp[: frames * frame].reshape(frames, frame) ** 2).sum(axis=1)
    loud = _LEAST * float(np.quantile(energy, 0.995))
    found: list[int] = []
    for index in range(frames):
        before = energy[max(0, index - _BEFORE) : index]
        quiet = float(before.mean()) if before.size else 0.0
        rises = energy[index] > max(loud, _RISE * quiet)
        if rises and (not found or index - found[-1] >= _APART):
            found.append(index)
    return [index * frame / rate for index in found]
