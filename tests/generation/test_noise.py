"""The noise vector: the one source of chance."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from composer_app.generation.noise import MAX_SEED, NoiseVector, _normal

seeds = st.integers(0, MAX_SEED)


@pytest.mark.parametrize(("steps", "cells"), [(0, 1), (1, 1), (16, 1), (17, 2), (32, 2), (200, 13)])
def test_shape(steps: int, cells: int) -> None:
    noise = NoiseVector.from_seed(7, steps)
    assert noise.z.shape == (cells, 8, 512)
    assert noise.z.dtype == np.float32
    assert noise.steps == cells * 16 >= steps
    assert noise.seed == 7


@given(seeds)
@settings(max_examples=20)
def test_a_seed_always_means_the_same(seed: int) -> None:
    first = NoiseVector.from_seed(seed, 48).z
    _normal.cache_clear()
    assert np.array_equal(NoiseVector.from_seed(seed, 48).z, first)


def test_a_seed_means_the_same_in_every_release() -> None:
    """Takes are saved with their seed: these numbers must never change."""
    z = NoiseVector.from_seed(4711, 16).z
    assert z[0, 0, :4].tolist() == pytest.approx(
        [-0.35259938, -0.19691420, 0.29138479, -0.23975736], abs=1e-7
    )


@given(seeds, st.integers(1, 64), st.integers(0, 64))
@settings(max_examples=20)
def test_more_bars_keep_the_chance_of_the_earlier_ones(seed: int, steps: int, more: int) -> None:
    short, long = NoiseVector.from_seed(seed, steps), NoiseVector.from_seed(seed, steps + more)
    assert np.array_equal(long.z[: len(short.z)], short.z)


def test_seeds_differ_and_are_standard_normal() -> None:
    first, second = NoiseVector.from_seed(0, 256).z, NoiseVector.from_seed(1, 256).z
    assert abs(float(np.corrcoef(first.ravel(), second.ravel())[0, 1])) < 0.02
    assert first.mean() == pytest.approx(0, abs=0.02)
    assert first.std() == pytest.approx(1, abs=0.02)


@pytest.mark.parametrize("seed", [-1, MAX_SEED + 1])
def test_seeds_are_32_bits(seed: int) -> None:
    with pytest.raises(ValueError, match=f"not {seed}"):
        NoiseVector.from_seed(seed, 16)


@pytest.mark.parametrize("shape", [(2, 8), (0, 8, 512), (2, 8, 511), (2, 7, 512)])
def test_other_shapes_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"shape \(T/16, 8, 512\)"):
        NoiseVector(np.zeros(shape, np.float32), 0)


def test_it_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="read-only"):
        NoiseVector.from_seed(0, 16).z[0, 0, 0] = 1


def test_a_vector_that_is_too_short_goes_on_as_its_seed_does() -> None:
    long = NoiseVector.from_seed(3, 64)
    assert np.array_equal(NoiseVector.from_seed(3, 17).extended(50).z, long.z)
    own = NoiseVector(np.zeros((1, 8, 512), np.float32), 3)
    extended = own.extended(20)
    assert (extended.z[0] == 0).all()
    assert np.array_equal(extended.z[1], long.z[1])
    assert long.extended(64) is long
