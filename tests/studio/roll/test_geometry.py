from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer_app.music.meter_map import MeterMap
from composer_app.music.timing import Meter
from composer_app.studio.roll import geometry
from composer_app.studio.roll.geometry import (
    LEAD,
    MAX_PIXELS_PER_STEP,
    MAX_ROW_HEIGHT,
    MIN_PIXELS_PER_STEP,
    MIN_ROW_HEIGHT,
    RollGeometry,
    tiles,
)

ROLL = RollGeometry(pixels_per_step=8.0, row_height=12, steps=64)

METERS = st.sampled_from(
    [Meter(4, 4), Meter(3, 4), Meter(6, 8), Meter(7, 8), Meter(5, 16), Meter(1, 4), Meter(2, 1)]
)


def test_size() -> None:
    assert ROLL.width == 64 * 8 + 2 * LEAD
    assert ROLL.height == 88 * 12


@given(step=st.floats(0, 10_000), scale=st.floats(MIN_PIXELS_PER_STEP, MAX_PIXELS_PER_STEP))
def test_step_to_pixel_and_back(step: float, scale: float) -> None:
    roll = replace(ROLL, pixels_per_step=scale)
    assert roll.step(roll.x(step)) == pytest.approx(step, abs=1e-6)


def test_left_of_the_start_is_the_start() -> None:
    assert ROLL.step(0) == 0.0


@given(pitch=st.integers(21, 108), height=st.integers(MIN_ROW_HEIGHT, MAX_ROW_HEIGHT))
def test_every_pixel_of_a_row_is_its_pitch(pitch: int, height: int) -> None:
    roll = replace(ROLL, row_height=height)
    assert {roll.pitch(roll.y(pitch) + dy) for dy in (0, height / 2, height - 0.01)} == {pitch}


def test_beyond_the_rows_is_the_nearest_pitch() -> None:
    assert ROLL.pitch(-50) == 108
    assert ROLL.pitch(ROLL.height + 50) == 21


@pytest.mark.parametrize(
    ("factor", "scale"), [(2.0, 16.0), (0.5, 4.0), (1e6, MAX_PIXELS_PER_STEP), (0.0, 0.25)]
)
def test_zoom_has_limits(factor: float, scale: float) -> None:
    assert ROLL.zoomed(factor, 800).pixels_per_step == scale


@pytest.mark.parametrize("bars", [1, 200, 999, 1200, 100_000])
def test_one_can_zoom_out_until_the_whole_piece_is_seen(bars: int) -> None:
    farthest = replace(ROLL, steps=16 * bars).zoomed(0.0, 800)
    assert farthest.width <= 800
    if bars >= 200:
        assert farthest.width == 800


@pytest.mark.parametrize(
    ("wanted", "height"), [(20, 20), (1, MIN_ROW_HEIGHT), (99, MAX_ROW_HEIGHT)]
)
def test_rows_have_limits(wanted: int, height: int) -> None:
    assert ROLL.with_rows(wanted).row_height == height


def test_rows_that_were_fitted_may_be_lower() -> None:
    assert replace(ROLL, row_height=2).with_rows(1).row_height == 2


def test_fitting_fills_the_view() -> None:
    assert ROLL.fitted_in_time(656).pixels_per_step == 10.0
    assert ROLL.fitted_in_pitch(48, 72, 300).row_height == 12


@pytest.mark.parametrize("steps", [1, 16, 3200, 19_200, 10_000_000])
@pytest.mark.parametrize("width", [256, 800, 3840])
def test_the_whole_piece_fits_however_long(steps: int, width: int) -> None:
    fitted = replace(ROLL, steps=steps).fitted_in_time(width)
    assert 0 < fitted.width <= width
    assert fitted.pixels_per_step <= geometry.LARGEST_FIT


@pytest.mark.parametrize(
    ("lowest", "highest", "height", "row"),
    [
        (60, 60, 900, geometry.LARGEST_FITTED_ROW),
        (48, 72, 100, 4),
        (21, 108, 250, 2),
        (0, 127, 250, 1),
        (21, 108, 0, 1),
    ],
)
def test_all_pitches_fit(lowest: int, highest: int, height: int, row: int) -> None:
    assert ROLL.fitted_in_pitch(lowest, highest, height).row_height == row


def levels(roll: RollGeometry, first: float, last: float) -> dict[str, list[float]]:
    lines: dict[str, list[float]] = {}
    for line in roll.grid_lines(first, last):
        lines.setdefault(line.level, []).append(line.step)
    return lines


@pytest.mark.parametrize(
    ("meter", "scale", "expected"),
    [
        (Meter(4, 4), 20.0, {"bar": [0, 16], "beat": [4, 8, 12, 20]}),
        (Meter(4, 4), 5.0, {"bar": [0, 16], "beat": [4, 8, 12, 20]}),
        (Meter(3, 4), 5.0, {"bar": [0, 12], "beat": [4, 8, 16, 20]}),
        (Meter(6, 8), 5.0, {"bar": [0, 12], "beat": [6, 18]}),
        (Meter(5, 8), 5.0, {"bar": [0, 10, 20], "beat": [2, 4, 6, 8, 12, 14, 16, 18]}),
        (Meter(4, 4), 1.0, {"bar": [0, 16]}),
        (Meter(4, 4), 0.25, {"bar": [0]}),
        (Meter(1, 4), 2.0, {"bar": [0, 4, 8, 12, 16, 20]}),
    ],
)
def test_grid_lines_follow_the_meter(
    meter: Meter, scale: float, expected: dict[str, list[int]]
) -> None:
    found = levels(replace(ROLL, meters=MeterMap.constant(meter), pixels_per_step=scale), 0, 20)
    steps = found.pop("step", [])
    assert found == expected
    assert bool(steps) == (scale > 7)


def test_lines_fade_in_as_they_get_room() -> None:
    def strength(scale: float, level: str) -> float:
        lines = replace(ROLL, pixels_per_step=scale).grid_lines(0, 16)
        return next((line.strength for line in lines if line.level == level), 0.0)

    for level in ("beat", "step"):
        strengths = [strength(scale, level) for scale in (1, 2, 3, 6, 9, 12, 20)]
        assert strengths == sorted(strengths)
        assert (strengths[0], strengths[-1]) == (0.0, 1.0)
    assert strength(0.25, "bar") == 1.0


@given(meter=METERS, scale=st.floats(0.25, 96.0), first=st.floats(-10, 500))
def test_what_is_drawn_does_not_depend_on_where_one_begins(
    meter: Meter, scale: float, first: float
) -> None:
    roll = replace(ROLL, meters=MeterMap.constant(meter), pixels_per_step=scale)
    last = first + 100
    whole = [line for line in roll.grid_lines(0, last) if line.step >= first]
    assert [line for line in roll.grid_lines(first, last) if line.step >= first] == whole
    labels = [label for label in roll.ruler_labels(0, last) if label.step >= first]
    assert [label for label in roll.ruler_labels(first, last) if label.step >= first] == labels


@pytest.mark.parametrize(
    ("scale", "texts"),
    [
        (8.0, ["1", "2", "3"]),
        (14.0, ["1", "1.2", "1.3", "1.4", "2", "2.2", "2.3", "2.4", "3", "3.2", "3.3", "3.4"]),
        (3.0, ["1", "3"]),
        (1.0, ["1"]),
    ],
)
def test_the_ruler_says_what_there_is_room_for(scale: float, texts: list[str]) -> None:
    labels = list(replace(ROLL, pixels_per_step=scale).ruler_labels(0, 47))
    assert [label.text for label in labels] == texts
    assert all(label.is_bar == ("." not in label.text) for label in labels)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [(0, 512, [0]), (0, 513, [0, 1]), (511, 513, [0, 1]), (512, 1024, [1]), (-40, 20, [0])],
)
def test_tiles_cover_what_is_asked_for(start: float, end: float, expected: list[int]) -> None:
    assert list(tiles(start, end, 512)) == expected
