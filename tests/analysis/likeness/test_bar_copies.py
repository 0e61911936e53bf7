"""A copied bar is found, in any key; what differs in one cell is not."""

import numpy as np
import pytest

from composer_app.analysis.likeness.bar_copies import BarIndex
from composer_app.analysis.metrics.voice_metrics import Count
from composer_app.analysis.voice_grid import Passage, VoiceGrid


def random_piece(seed: int, steps: int = 64) -> VoiceGrid:
    """Quarters at random, rests among them; the voices do not overlap."""
    random = np.random.default_rng(seed)
    quarters = random.integers(0, 12, (steps // 4, 4)) + np.array([72, 60, 48, 36])
    quarters[random.random(quarters.shape) < 0.1] = -1
    pitch = np.repeat(quarters, 4, axis=0).astype(np.int16)
    return VoiceGrid(pitch, pitch >= 0)


def copied(index: BarIndex, piece: VoiceGrid) -> Count:
    return index.copied(piece, Passage.regular(piece, 16))


@pytest.mark.parametrize("shift", [0, 5, -7])
@pytest.mark.parametrize("begin", [0, 16, 20])
def test_a_planted_bar_is_found(shift: int, begin: int) -> None:
    source, piece = random_piece(1), random_piece(2)
    bar = source.pitch[begin : begin + 16]
    piece.pitch[32:48] = np.where(bar < 0, -1, bar + shift)
    index = BarIndex([(source, 16)])
    assert copied(index, piece) == Count(1, 4)
    piece.pitch[40, 2] += 1
    assert copied(index, piece) == Count(0, 4)


def test_off_the_beat_and_of_another_metre_is_no_copy() -> None:
    source, piece = random_piece(1), random_piece(2)
    piece.pitch[16:32] = source.pitch[18:34]
    assert copied(BarIndex([(source, 16)]), piece).hits == 0
    piece.pitch[16:32] = source.pitch[16:32]
    assert copied(BarIndex([(source, 12)]), piece).hits == 0


def test_an_accompaniment_may_be_copied_alone() -> None:
    source, piece = random_piece(1), random_piece(2)
    piece.pitch[:, 1:] = source.pitch[:, 1:]
    assert copied(BarIndex([(source, 16)]), piece) == Count(0, 4)
    assert copied(BarIndex([(source, 16)], first_voice=1), piece) == Count(4, 4)


def test_bars_of_melody_alone_and_cut_bars_do_not_count() -> None:
    source = random_piece(1, 72)
    source.pitch[:16, 1:] = -1
    assert copied(BarIndex([(source, 16)]), source) == Count(3, 3)
    assert copied(BarIndex([(source.cut(8), 16)]), source) == Count(0, 3)
