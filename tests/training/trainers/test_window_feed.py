"""Windows drawn on request, and ahead in processes of their own."""

from dataclasses import replace

import pytest

torch = pytest.importorskip("torch", reason="the extra [train] is not installed")

from composer_app.training.trainers.dataset import Batch, WindowSampler  # noqa: E402
from composer_app.training.trainers.window_feed import WindowFeed, to_tensors  # noqa: E402
from tests.training.pieces import TINY, chord_piece  # noqa: E402

PIECES = [chord_piece(), chord_piece("b", steps=96)]


def test_without_workers_the_sampler_draws() -> None:
    feed = WindowFeed(WindowSampler(PIECES, TINY, 3))
    other = WindowSampler(PIECES, TINY, 3)
    for _ in range(3):
        expected = to_tensors(other.batch(TINY.batch))
        for one, two in zip(next(feed), expected, strict=True):
            assert torch.equal(one, two)


@pytest.mark.slow
def test_workers_draw_windows_of_their_own() -> None:
    config = replace(TINY, workers=2)
    feed = WindowFeed(WindowSampler(PIECES, config, 3))
    known = Batch.__slots__.index("pitch_known")
    masks = []
    for _ in range(4):
        batch = next(feed)
        assert [tensor.shape[:2] for tensor in batch] == [(4, 32)] * len(Batch.__slots__)
        masks.append(batch[known])
    assert len({mask.numpy().tobytes() for mask in masks}) == 4
