"""Where a network sees the steps of a piece in their bars."""

import numpy as np
import pytest

from composer_app.generation.placement import (
    FIRST_MAX_POSITION,
    accompaniment_shift,
    bar_places,
    bar_positions,
    beat_lengths,
    beat_places,
)
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


def test_a_network_knows_no_more_places_than_it_has_learnt() -> None:
    meters = MeterMap.constant(Meter(7, 4))
    assert np.array_equal(bar_positions(28, meters), np.minimum(np.arange(28), 23))
    first = bar_positions(28, meters, FIRST_MAX_POSITION)
    assert np.array_equal(first, np.minimum(np.arange(28), 15))


@pytest.mark.parametrize(
    ("meter", "lengths", "places"),
    [
        (Meter(4, 4), 4, [0, 1, 2, 3, 0, 1, 2, 3]),
        (Meter(6, 8), 6, [0, 1, 2, 3, 4, 5, 0, 1]),
        (Meter(3, 8), 6, [0, 1, 2, 3, 4, 5, 0, 1]),
        (Meter(2, 2), 8, [0, 1, 2, 3, 0, 1, 2, 3]),
        (Meter(5, 8), 4, [0, 1, 2, 3, 0, 1, 2, 3, 4, 5, 0, 1]),
        (Meter(7, 8), 4, [0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 4, 5, 0]),
    ],
    ids=str,
)
def test_beats_are_quarters_or_dotted_ones(meter: Meter, lengths: int, places: list[int]) -> None:
    meters = MeterMap.constant(meter)
    assert (beat_lengths(len(places), meters) == lengths).all()
    assert beat_places(len(places), meters).tolist() == places


@pytest.mark.parametrize("shift", range(-24, 36))
def test_the_voices_stay_where_basses_sing(shift: int) -> None:
    moved = accompaniment_shift(shift)
    assert (shift - moved) % 12 == 0
    assert -6 <= moved <= 5


def test_the_metre_may_change_after_the_last_step() -> None:
    changes = (MeterChange(0, Meter(4, 4)), MeterChange(64 * 240, Meter(3, 4)))
    places = bar_places(20, MeterMap(changes))
    assert places.tolist() == [*range(16), *range(4)]
    assert beat_places(20, MeterMap(changes)).tolist() == [0, 1, 2, 3] * 5
    fives = (changes[0], MeterChange(64 * 240, Meter(5, 8)))
    assert beat_places(20, MeterMap(fives)).tolist() == [0, 1, 2, 3] * 5
