"""Made-up pieces of a corpus: what a profile is built from, without a corpus."""

import numpy as np

from composer_app.analysis.likeness.profile_building import Reference
from composer_app.analysis.voice_grid import VoiceGrid


def reference(seed: int, bars: int = 12, *, upbeat: int = 4, name: str = "") -> Reference:
    """A piece in 4/4 with an upbeat whose four voices move in quarters, here and there by step."""
    rng = np.random.default_rng(seed)
    steps = upbeat + 16 * bars
    beats = -(-steps // 4)
    moves = rng.choice([-4, -2, -1, 0, 1, 2, 3], (beats, 4))
    # Within six semitones of the middle of each voice, from where they turn back.
    walk = np.abs((np.cumsum(moves, axis=0) + 6) % 24 - 12) - 6
    pitch = np.repeat(walk + np.array([72, 65, 58, 48]), 4, axis=0)[:steps].astype(np.int16)
    onset = np.zeros((steps, 4), np.bool_)
    onset[::4] = True
    position = ((np.arange(steps) - upbeat) % 16).astype(np.int16)
    return Reference(
        name or f"piece{seed}",
        VoiceGrid(pitch, onset),
        position,
        np.full(steps, 16, np.int16),
        np.zeros(steps, np.bool_),
    )


CORPUS = tuple(reference(seed) for seed in range(12))
