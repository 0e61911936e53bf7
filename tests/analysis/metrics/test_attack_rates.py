"""Attacks by place in the bar, of voices written out."""

import numpy as np
from numpy.typing import NDArray

from composer_app.analysis.metrics.attack_rates import ATTACK_COLUMNS, attack_rates
from tests.analysis.style_features.fragments import grid_of, held

# A bar and a half of 3/4: the alto in quarters, the bass once a bar, the tenor off the beat.
GRID = grid_of(
    held(72, 18),
    [(64, 4), (65, 4), (64, 4), (65, 4), (64, 2)],
    [(-1, 2), (60, 16)],
    [(48, 12), (43, 6)],
)
POSITION = (np.arange(18) % 12).astype(np.int16)


def column(name: str, rates: NDArray[np.float64]) -> list[float]:
    values: list[float] = rates[:, ATTACK_COLUMNS.index(name)].tolist()
    return values


def test_the_share_of_each_place() -> None:
    rates = attack_rates([(GRID, POSITION)], 12)
    assert rates.shape == (12, 5)
    assert column("soprano", rates) == [0.5, *[0.0] * 11]
    assert column("alto", rates) == [1.0, 0, 0, 0, 1.0, 0, 0, 0, 1.0, 0, 0, 0]
    # Once in the two bars that have a second eighth.
    assert column("tenor", rates) == [0, 0, 0.5, *[0.0] * 9]
    assert column("bass", rates) == [1.0, *[0.0] * 11]
    assert column("any_lower", rates)[:5] == [1.0, 0, 0.5, 0, 1.0]


def test_passages_are_pooled_by_place() -> None:
    late = GRID.cut(4)
    rates = attack_rates([(GRID, POSITION), (late, POSITION[8:12])], 12)
    # On the third beat the bass is struck in the second passage alone.
    assert column("bass", rates)[8] == 0.5
    assert column("bass", rates)[0] == 1.0


def test_steps_that_nothing_has_and_steps_beyond_the_bar() -> None:
    rates = attack_rates([(GRID, POSITION)], 16)
    assert np.isnan(rates[12:]).all()
    assert attack_rates([(GRID, POSITION)], 8).tolist() == rates[:8].tolist()
    assert np.isnan(attack_rates([], 8)).all()
