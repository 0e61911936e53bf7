"""How often notes are struck at each place in the bar. Pure numpy."""

from collections.abc import Iterable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from composer_app.analysis.voice_grid import VOICES, VoiceGrid

# The last one: any voice but the melody.
ATTACK_COLUMNS: Final = ("soprano", "alto", "tenor", "bass", "any_lower")


def attack_rates(
    passages: Iterable[tuple[VoiceGrid, NDArray[np.int16]]], bar_steps: int
) -> NDArray[np.float64]:
    """(bar_steps, 5): at which share of each step of the bar a voice strikes a note.

    Passages are voices and the step within the bar (T,) of each of their steps; the columns are
    those of :data:`ATTACK_COLUMNS`. NaN where no passage has the step; steps beyond ``bar_steps``,
    where the metre changes for a while, are not counted.
    """
    struck = np.zeros((bar_steps, VOICES + 1))
    steps = np.zeros(bar_steps)
    for grid, position in passages:
        columns = np.column_stack([grid.onset, np.any(grid.onset[:, 1:], axis=1)])
        inside = position < bar_steps
        np.add.at(struck, position[inside], columns[inside])
        np.add.at(steps, position[inside], 1)
    return np.where(steps[:, None] > 0, struck / np.maximum(steps, 1)[:, None], np.nan)
