"""Metres, tempo maps and the way between steps and seconds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer_app.music.timing import (
    MAX_TEMPO,
    MIN_TEMPO,
    Meter,
    TempoChange,
    TempoMap,
    quantize,
    seconds_per_step,
)

SLOWER = TempoMap((TempoChange(0, 120), TempoChange(16, 60), TempoChange(24, 240)))

tempo_maps = st.dictionaries(
    st.integers(1, 120_000), st.floats(MIN_TEMPO, MAX_TEMPO), max_size=5
).map(
    lambda later: TempoMap(
        tuple(TempoChange.at_ticks(at, bpm) for at, bpm in sorted({0: 100.0, **later}.items()))
    )
)


@pytest.mark.parametrize(
    ("meter", "bar", "pulse"),
    [
        ((4, 4), 16, 4),
        ((3, 4), 12, 4),
        ((2, 2), 16, 8),
        ((6, 8), 12, 6),
        ((3, 8), 6, 2),
        ((7, 8), 14, 2),
        ((12, 8), 24, 6),
        ((5, 16), 5, 1),
        ((7, 32), 4, 1),
        ((1, 32), 1, 1),
        ((9, 16), 9, 3),
    ],
)
def test_bars_and_pulses(meter: tuple[int, int], bar: int, pulse: int) -> None:
    assert Meter(*meter).steps_per_bar == bar
    assert Meter(*meter).steps_per_pulse == pulse
    assert str(Meter(*meter)) == f"{meter[0]}/{meter[1]}"


@pytest.mark.parametrize("meter", [(0, 4), (33, 4), (4, 3), (4, 64), (-3, 4)])
def test_metres_that_there_are_not(meter: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="is no metre"):
        Meter(*meter)


@pytest.mark.parametrize(("step", "bpm"), [(-1, 100), (0, MIN_TEMPO - 1), (0, MAX_TEMPO + 1)])
def test_impossible_tempo_changes(step: int, bpm: float) -> None:
    with pytest.raises(ValueError, match="tempo"):
        TempoChange(step, bpm)


@pytest.mark.parametrize("steps", [(), (4,), (0, 0), (0, 8, 4)])
def test_tempo_maps_begin_at_0_and_rise(steps: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="start at step 0"):
        TempoMap(tuple(TempoChange(step, 100) for step in steps))


def test_tempo_is_kept_to_a_hundredth() -> None:
    assert TempoMap.constant(99.996).initial_bpm == 100.0
    # 60,001 microseconds a beat, and 60,000.
    assert TempoMap.constant(999.98).initial_bpm == 999.98
    assert TempoMap.constant(999.995).initial_bpm == 1000.0


@given(st.integers(0, 1_000_000), st.floats(MIN_TEMPO, MAX_TEMPO))
def test_a_tempo_change_stands_at_a_tick(ticks: int, bpm: float) -> None:
    change = TempoChange.at_ticks(ticks, bpm)
    assert change.ticks == ticks
    assert TempoChange(change.step, change.bpm) == change
    assert change.step == pytest.approx(ticks / 240)
    assert isinstance(change.step, int) == (ticks % 240 == 0)
    assert change.bpm == pytest.approx(bpm, abs=0.014)


@pytest.mark.parametrize(
    ("step", "seconds", "bpm"),
    [(0, 0.0, 120), (8, 1.0, 120), (16, 2.0, 60), (20, 3.0, 60), (24, 4.0, 240), (40, 5.0, 240)],
)
def test_seconds_and_tempo_along_a_piece(step: int, seconds: float, bpm: float) -> None:
    assert SLOWER.seconds_at(step) == pytest.approx(seconds)
    assert SLOWER.step_at(seconds) == pytest.approx(step)
    assert SLOWER.bpm_at(step) == bpm


def test_time_before_the_start_runs_at_the_first_tempo() -> None:
    assert SLOWER.seconds_at(-8) == pytest.approx(-1.0)
    assert SLOWER.step_at(-1.0) == pytest.approx(-8.0)
    assert SLOWER.bpm_at(-1) == 120


@given(tempo_maps, st.floats(0, 2000))
def test_step_at_undoes_seconds_at(tempo: TempoMap, step: float) -> None:
    assert tempo.step_at(tempo.seconds_at(step)) == pytest.approx(step, abs=1e-6)


@given(tempo_maps, st.floats(0, 1000), st.floats(0.01, 100))
def test_time_never_runs_backwards(tempo: TempoMap, step: float, later: float) -> None:
    assert tempo.seconds_at(step) < tempo.seconds_at(step + later)


def test_quantizing_to_the_nearest_step() -> None:
    assert seconds_per_step(120) == 0.125
    seconds = (-1.0, 0.0, 0.0624, 0.0625, 0.13, 0.2)
    assert [quantize(second, 120) for second in seconds] == [0, 0, 0, 1, 1, 2]
