"""True peak: known curves, and streams cut anywhere."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer_app.live.rendering.true_peak import FloatArray, TruePeak

RATE = 48000


def measured(*blocks: FloatArray) -> float:
    meter = TruePeak()
    for block in blocks:
        meter.add(block)
    return meter.finish()


def sine(hertz: float, phase: float) -> FloatArray:
    """A second that fades in and out; the left channel peaks at 1, the right at a half."""
    time = np.arange(RATE) / RATE
    wave = np.sin(2 * np.pi * hertz * time + phase) * np.hanning(RATE) ** 0.1
    return np.stack([wave, wave / 2], axis=1).astype(np.float32)


@pytest.mark.parametrize("swapped", [False, True])
@pytest.mark.parametrize("hertz", [441.0, 7000.0, 12000.0, 18500.0])
def test_what_lies_between_the_samples_is_found(hertz: float, swapped: bool) -> None:
    wave = sine(hertz, np.pi / 4)
    wave = wave[:, ::-1] if swapped else wave
    assert measured(wave) == pytest.approx(1, abs=0.01)


def test_it_is_more_than_the_highest_sample() -> None:
    wave = sine(12000, np.pi / 4)
    assert np.abs(wave).max() == pytest.approx(np.sqrt(0.5), abs=0.01)
    assert measured(wave) > 0.99


@given(st.lists(st.integers(0, 3000), max_size=8), st.integers(0, 2**32 - 1))
def test_where_a_stream_is_cut_makes_no_difference(cuts: list[int], seed: int) -> None:
    noise = np.random.default_rng(seed).normal(0, 0.2, (3000, 2)).astype(np.float32)
    noise *= np.linspace(0, 1, 3000, dtype=np.float32)[:, np.newaxis]
    pieces = np.split(noise, sorted(cuts))
    assert measured(*pieces) == pytest.approx(measured(noise), rel=1e-5)
    assert measured(noise) >= np.abs(noise).max()


def test_silence_has_no_peak_and_a_last_sample_has_one() -> None:
    assert measured() == 0
    assert measured(np.zeros((100, 2), np.float32)) == 0
    click = np.zeros((100, 2), np.float32)
    click[-1, 1] = -0.5
    assert measured(click) == pytest.approx(0.5, rel=0.01)
