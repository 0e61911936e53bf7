"""Tapped beats become a tempo."""

import pytest

from composer_app.studio.transport.tap_tempo import TapTempo


@pytest.mark.parametrize(
    ("taps", "expected"),
    [
        ([0.0], [None]),
        ([0.0, 0.5], [None, 120.0]),
        ([0.0, 0.5, 1.1, 1.5], [None, 120.0, 109.0, 120.0]),
        # A pause begins anew.
        ([0.0, 0.5, 9.0, 10.0], [None, 120.0, None, 60.0]),
        # A clock that stands still or runs back does not divide by zero.
        ([5.0, 5.0, 4.0], [None, None, None]),
        # The slowest and the fastest that can be tapped.
        ([0.0, 3.0, 6.0], [None, 20.0, 20.0]),
        ([0.0, 3.3], [None, 20.0]),
        ([0.0, 0.2], [None, 300.0]),
        ([0.0, 0.001], [None, 300.0]),
    ],
)
def test_the_mean_distance_counts(taps: list[float], expected: list[float | None]) -> None:
    tempo = TapTempo()
    assert [tempo.tap(at) for at in taps] == expected


def test_only_the_last_taps_count() -> None:
    tempo = TapTempo()
    times = [0.0, 1.0, 2.0, 3.0]
    for at in times:
        tempo.tap(at)
    for beat in range(1, 7):
        result = tempo.tap(3.0 + beat * 0.5)
    assert result == 120.0
