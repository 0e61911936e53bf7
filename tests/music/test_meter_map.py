"""Metre maps: where bars begin, and what is counted in them."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer_app.music.composition import Composition
from composer_app.music.editing.edits import with_meter, with_meter_from, with_upbeat
from composer_app.music.meter_map import MeterChange, MeterMap, meter_of_ticks
from composer_app.music.timing import Meter
from tests.music.meter_maps import METERS, meter_maps

BEAT = 960
COMMON, WALTZ, MARCH = Meter(4, 4), Meter(3, 4), Meter(2, 4)


def changing(*changes: tuple[int, Meter], upbeat: int | None = None) -> MeterMap:
    """Metres by the quarter at which they begin."""
    made = tuple(MeterChange(quarter * BEAT, meter) for quarter, meter in changes)
    return MeterMap(made, upbeat)


def quarters(meters: MeterMap, end: int) -> list[float]:
    """The quarters at which bars begin before ``end``."""
    return [bar.start / BEAT for bar in meters.bars_between(0, end * BEAT)]


@pytest.mark.parametrize(
    ("meters", "end", "expected"),
    [
        pytest.param(changing((0, COMMON)), 9, [0, 4, 8], id="one metre"),
        pytest.param(changing((0, COMMON), (8, WALTZ)), 17, [0, 4, 8, 11, 14], id="a change"),
        pytest.param(
            changing((0, WALTZ), (9, MARCH), (11, WALTZ)),
            20,
            [0, 3, 6, 9, 11, 14, 17],
            id="a short bar in the middle",
        ),
        pytest.param(changing((0, COMMON), (6, COMMON)), 11, [0, 4, 6, 10], id="cut short"),
        pytest.param(changing((0, COMMON), upbeat=BEAT), 10, [0, 1, 5, 9], id="an upbeat"),
        pytest.param(
            changing((0, COMMON), (5, WALTZ), upbeat=BEAT), 12, [0, 1, 5, 8, 11], id="both"
        ),
        pytest.param(MeterMap.constant(Meter(7, 32)), 2, [0, 0.875, 1.75], id="off the grid"),
    ],
)
def test_bars_begin(meters: MeterMap, end: int, expected: list[float]) -> None:
    assert quarters(meters, end) == expected


def test_an_upbeat_is_bar_0() -> None:
    meters = changing((0, COMMON), upbeat=BEAT)
    assert [bar.number for bar in meters.bars_between(0, 6 * BEAT)] == [0, 1, 2]
    assert meters.bar_numbered(0) == meters.bar_at_step(3)
    assert changing((0, COMMON)).bar_numbered(0) is None
    assert changing((0, COMMON), upbeat=0).bar_numbered(0) is None


def test_an_upbeat_is_counted_as_the_end_of_a_bar() -> None:
    meters = changing((0, COMMON), upbeat=BEAT)
    assert [meters.position(step) for step in (0, 3, 4, 19, 20)] == [
        (0, 4, 1),
        (0, 4, 4),
        (1, 1, 1),
        (1, 4, 4),
        (2, 1, 1),
    ]


def test_positions_count_from_one() -> None:
    assert MeterMap().position(0) == (1, 1, 1)
    assert MeterMap().position(31) == (2, 4, 4)
    assert MeterMap.constant(Meter(6, 8)).position(12 + 7) == (2, 2, 2)
    assert changing((0, COMMON), (8, WALTZ)).position(4 * 11 + 5) == (4, 2, 2)


def test_a_begun_bar_counts() -> None:
    waltz = MeterMap.constant(WALTZ)
    assert [waltz.bars(steps) for steps in (0, 1, 12, 13)] == [0, 1, 1, 2]
    assert [waltz.with_upbeat(BEAT).bars(steps) for steps in (0, 4, 5, 16, 17)] == [0, 1, 2, 2, 3]


@pytest.mark.parametrize(
    ("meters", "end", "clicks"),
    [
        (changing((0, WALTZ)), 4, [(0, True), (1, False), (2, False), (3, True)]),
        (changing((0, WALTZ), upbeat=BEAT), 3, [(0, False), (1, True), (2, False)]),
        (changing((0, WALTZ), upbeat=BEAT * 3 // 2), 2, [(0.5, False), (1.5, True)]),
        (MeterMap.constant(Meter(6, 8)), 4, [(0, True), (1.5, False), (3, True)]),
        (changing((0, COMMON), (4, WALTZ)), 7, [(q, q == 4 or q == 0) for q in range(7)]),
    ],
)
def test_the_metronome_counts(meters: MeterMap, end: int, clicks: list[tuple[float, bool]]) -> None:
    found = [(tick / BEAT, accent) for tick, accent in meters.pulses_between(0, end * BEAT)]
    assert found == clicks


@pytest.mark.parametrize(
    "changes",
    [(), ((1, COMMON),), ((0, COMMON), (0, WALTZ)), ((0, COMMON), (8, WALTZ), (4, WALTZ))],
)
def test_changes_begin_at_0_and_rise(changes: tuple[tuple[int, Meter], ...]) -> None:
    with pytest.raises(ValueError, match="start at tick 0"):
        changing(*changes)


@pytest.mark.parametrize("upbeat", [-1, 4 * BEAT, 3 * BEAT])
def test_impossible_upbeats(upbeat: int) -> None:
    with pytest.raises(ValueError, match="upbeat"):
        changing((0, COMMON), (3, WALTZ), upbeat=upbeat)


def test_changes_that_change_nothing_are_none() -> None:
    repeated = changing((0, COMMON), (8, COMMON), (16, WALTZ), (19, WALTZ))
    assert repeated.merged() == changing((0, COMMON), (16, WALTZ))
    short = changing((0, COMMON), (6, COMMON))
    assert short.merged() == short


def test_another_metre_where_the_music_is() -> None:
    piece = Composition(meters=changing((0, COMMON), (8, WALTZ)))
    assert with_meter(piece, MARCH, 40).meters == changing((0, COMMON), (8, MARCH))
    assert with_meter(piece, WALTZ).meters == changing((0, WALTZ), (8, WALTZ))
    assert with_meter(Composition(), WALTZ, 99).meters == changing((0, WALTZ))


def test_another_metre_from_a_bar_on() -> None:
    piece = with_meter_from(Composition(), WALTZ, 8 * BEAT)
    assert piece.meters == changing((0, COMMON), (8, WALTZ))
    assert with_meter_from(piece, COMMON, 8 * BEAT).meters == changing((0, COMMON))
    assert with_meter_from(piece, MARCH, 0).meters == changing((0, MARCH), (8, WALTZ))


def test_an_upbeat_is_less_than_a_bar() -> None:
    assert with_upbeat(Composition(), 4).meters.upbeat == BEAT
    assert with_upbeat(Composition(), 19).meters.upbeat == 3 * 240
    beyond = with_upbeat(Composition(meters=changing((0, COMMON), (2, WALTZ))), 8)
    assert beyond.meters.upbeat == 0


@pytest.mark.parametrize(
    ("ticks", "meter"),
    [(960, Meter(1, 4)), (480, Meter(1, 8)), (1440, Meter(3, 8)), (120, Meter(1, 32)), (50, None)],
)
def test_the_metre_of_a_short_bar(ticks: int, meter: Meter | None) -> None:
    assert meter_of_ticks(ticks) == meter


@given(meter_maps(), st.integers(0, 60_000))
def test_every_tick_is_in_the_bar_that_is_said(meters: MeterMap, tick: int) -> None:
    bar = meters.bar_at(tick)
    assert bar.start <= tick < bar.end
    assert bar.end - bar.start <= bar.meter.ticks_per_bar
    assert meters.bar_numbered(bar.number) == bar


@given(meter_maps(), st.integers(0, 200))
def test_bars_follow_each_other(meters: MeterMap, steps: int) -> None:
    bars = meters.bars_of(steps)
    assert all(b.start == a.end and b.number == a.number + 1 for a, b in pairwise(bars))
    assert len(bars) == meters.bars(steps)
    for step in range(steps):
        number, pulse, rest = meters.position(step)
        bar = meters.bar_at_step(step)
        assert (number, bar.first_step <= step < bar.end_step) == (bar.number, True)
        assert pulse >= 1
        assert rest >= 1


@given(METERS)
def test_every_bar_begins_with_a_click(meter: Meter) -> None:
    meters = MeterMap.constant(meter)
    clicks = list(meters.pulses_between(0, 3 * meter.ticks_per_bar))
    assert [tick for tick, accent in clicks if accent] == [
        n * meter.ticks_per_bar for n in range(3)
    ]
