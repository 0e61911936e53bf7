"""What is allowed in a style beside what the network says."""

from dataclasses import replace

import numpy as np

from composer_app.generation.noise import NoiseVector
from composer_app.generation.refining.canvas import Canvas
from composer_app.generation.refining.manner import BACH, QUARTET, Manner, manner_of
from composer_app.generation.refining.refining_run import Run
from composer_app.generation.refining.sampling import NoiseSource


class Silent:
    """A network that is never asked."""

    classes = 49

    def infer(self, feeds: object, stop: object = None) -> tuple[()]:
        raise AssertionError


def run_of(manner: Manner) -> Run:
    """A soprano that goes up a tone, a bass that may follow in octaves."""
    grid = np.zeros((16, 4), np.int64)
    grid[:4, 0], grid[4:, 0] = 37, 39
    grid[:4, 3] = 13
    free = np.zeros((16, 4), np.bool_)
    free[4:, 3] = True
    canvas = Canvas(
        16,
        grid,
        np.zeros_like(free),
        free,
        np.arange(16),
        np.zeros(16, np.int64),
        np.arange(16) % 4,
        4,
    )
    source = NoiseSource(NoiseVector.from_seed(1, 16), 16)
    return Run(Silent(), canvas, source, manner=manner)


def test_only_part_writing_forbids_parallel_octaves() -> None:
    cells = (np.array([4]), np.array([3]))
    assert not run_of(BACH).allowed(cells, 4)[0, 15]
    assert run_of(QUARTET).allowed(cells, 4)[0, 15]
    assert run_of(replace(BACH, part_writing=False)).allowed(cells, 4)[0, 15]


def test_a_style_that_nobody_knows_is_written_as_hymns_are() -> None:
    assert manner_of("waltzes of mine") == manner_of("hymn")
