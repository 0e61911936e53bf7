"""A smooth clock from an engine that renders in bursts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer_app.live.synth.engine_clock import EngineClock

PERIOD = 1024 / 48000


def rendered(now: float, lost: float = 0.0) -> float:
    """Seconds that an engine has rendered that began at 100, to the millisecond as FluidSynth."""
    periods = (now - 100.0 - lost) // PERIOD + 1
    return int(periods * PERIOD * 1000) / 1000


def watch(clock: EngineClock, start: float, end: float, step: float, lost: float = 0.0) -> float:
    """Look at the clock every ``step`` seconds; the largest error in the last half."""
    errors, now = [], start
    while now < end:
        # Ideal: after the burst that begins at ``now`` one period more has been rendered.
        error = clock.time(now, rendered(now, lost)) - (now - 100.0 - lost + PERIOD)
        if now > (start + end) / 2:
            errors.append(abs(error))
        now += step
    return max(errors)


@pytest.mark.parametrize(("step", "bound"), [(0.003, 0.003), (0.02, 0.003), (0.045, 0.005)])
def test_it_runs_evenly_between_the_bursts(step: float, bound: float) -> None:
    assert watch(EngineClock(PERIOD), 100.0, 108.0, step) < bound


def test_it_finds_the_engine_again_after_a_gap() -> None:
    clock = EngineClock(PERIOD)
    watch(clock, 100.0, 103.0, 0.01)
    held = [clock.time(103.0 + step / 100, rendered(103.0)) for step in range(50)]
    assert held[-1] == held[20], "it stands still with the engine"
    assert clock.alive(103.5)
    # The engine has lost half a second. The clock is right as soon as it renders again.
    assert watch(clock, 103.5, 103.7, 0.01, lost=0.5) < 0.003


def test_a_short_gap_is_forgotten_after_a_while() -> None:
    clock = EngineClock(PERIOD)
    watch(clock, 100.0, 103.0, 0.01)
    assert watch(clock, 103.03, 108.0, 0.01, lost=0.03) < 0.003


def test_an_engine_that_no_longer_renders_is_dead() -> None:
    clock = EngineClock(PERIOD)
    assert clock.alive(99.0), "nobody has asked yet"
    clock.time(100.0, 0.5)
    clock.time(100.5, 0.6)
    assert clock.alive(101.4)
    clock.time(101.4, 0.6)
    assert not clock.alive(101.6)
    clock.time(101.6, 0.7)
    assert clock.alive(101.6)


@given(st.lists(st.tuples(st.floats(0, 0.5), st.floats(0, 0.5)), max_size=50))
def test_it_never_runs_backwards(moves: list[tuple[float, float]]) -> None:
    clock, now, done, seen = EngineClock(PERIOD), 0.0, 0.0, 0.0
    for passed, more in moves:
        now, done = now + passed, done + more
        time = clock.time(now, done)
        assert time >= max(seen, done - 1e-9)
        seen = time
