"""Where a network sees the steps of a piece in their bars."""

import numpy as np
import pytest

from composer_app.generation.placement import bar_places, bar_positions
from composer_app.music.meter_map import MeterChange, MeterMap
from composer_app.music.timing import TICKS_PER_STEP, Meter


def changing(*changes: tuple[int, Meter], upbeat: int = 0) -> MeterMap:
    """Metres by the step at which they begin, after an upbeat of so many steps."""
    made = tuple(MeterChange(step * TICKS_PER_STEP, meter) for step, meter in changes)
    return MeterMap(made, upbeat * TICKS_PER_STEP)


@pytest.mark.parametrize(
    ("meters", "places"),
    [
        (changing((0, Meter(3, 4)), upbeat=4), [8, 9, 10, 11, *range(12), 0, 1]),
        # Two bars of 2/4 look like one of 4/4, and the next metre begins anew.
        (changing((0, Meter(2, 4)), (12, Meter(3, 4))), [*range(12), *range(6)]),
        (changing((0, Meter(4, 4)), (6, Meter(4, 4))), [*range(6), *range(12)]),
        # Bars of three and a half steps begin at the nearest one.
        (MeterMap.constant(Meter(7, 32)), [0, 1, 2, 3, 0, 1, 2, 0, 1, 2, 3, 0, 1, 2, 0, 1, 2, 3]),
        (
            MeterMap.constant(Meter(7, 32), 240),
            [3, 0, 1, 2, 3, 0, 1, 2, 0, 1, 2, 3, 0, 1, 2, 0, 1, 2],
        ),
    ],
)
def test_places_in_bars(meters: MeterMap, places: list[int]) -> None:
    assert bar_places(18, meters).tolist() == places


def test_a_network_knows_no_more_than_sixteen_places() -> None:
    meters = MeterMap.constant(Meter(5, 4))
    assert np.array_equal(bar_positions(20, meters), np.minimum(np.arange(20), 15))
