"""Performances that are quick to learn: one groove, with a fill in each fourth bar."""

import numpy as np

from composer_app.training.config import DRUMS
from composer_app.training.corpora.groove_corpus import BAR, Groove


def groove(
    name: str = "one", split: str = "train", bars: int = 8, style: str = "rock", substyle: str = ""
) -> Groove:
    """Kick on 1 and 3, snare on 2 and 4, hi-hat in eighths; a fill on the toms in bars 4, 8, ..."""
    velocity = np.zeros((bars * BAR, len(DRUMS)), np.uint8)
    for drum, places, loud in (
        ("kick", (0, 8), 100),
        ("snare", (4, 12), 110),
        ("closed", range(0, BAR, 2), 60),
    ):
        for place in places:
            velocity[place::BAR, DRUMS.index(drum)] = loud
    fill = np.arange(bars) % 4 == 3
    for bar in np.nonzero(fill)[0]:
        half = slice(int(bar) * BAR + BAR // 2, (int(bar) + 1) * BAR)
        velocity[half] = 0
        velocity[half, DRUMS.index("low tom")] = 90
    timing = np.where(velocity > 0, 0.1, 0).astype(np.float32)
    timing[:, DRUMS.index("snare")] *= -2
    return Groove(
        name, "drummer1", style, substyle, split, 120.0, 0.5, False, velocity, timing, fill
    )
