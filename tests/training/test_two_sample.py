"""The two-sample test tells noise from music, and nothing from equals."""

from dataclasses import replace

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from composer_app.training.two_sample import (  # noqa: E402
    WINDOW,
    Sample,
    Training,
    TwoSample,
    two_sample_test,
)

QUICK = Training(folds=2, steps=25, batch=8)


def samples(seed: int, count: int = 24, *, noise: bool = False, steps: int = 80) -> list[Sample]:
    """Chains of triads in quarters, in any key; with ``noise`` pitches at random."""
    random = np.random.default_rng(seed)
    made = []
    for _ in range(count):
        origin = int(random.integers(12))
        root = np.array([0, 5, 7, 9])[random.integers(4, size=steps // 4)]
        quarters = np.stack([root + 12, root + 7, root + 4, root], axis=1) + 48 + origin
        if noise:
            quarters[:, 1:] = random.integers(40, 70, (steps // 4, 3))
        pitch = np.repeat(quarters, 4, axis=0).astype(np.int16)
        onset = np.zeros(pitch.shape, np.bool_)
        onset[::4] = True
        made.append(Sample(pitch, onset, (np.arange(steps) % 16).astype(np.int16), origin))
    return made


def test_noise_is_told_from_music() -> None:
    result = two_sample_test(samples(1), [samples(2, noise=True)], 2, QUICK)
    assert len(result.aucs) == 2
    assert result.mean > 0.97


def test_equals_are_not_told_apart() -> None:
    result = two_sample_test(samples(1), [samples(2), samples(3)], 4, QUICK)
    assert abs(result.mean - 0.5) < 0.15


def test_one_voice_out_of_place_is_noticed() -> None:
    wrong = samples(1)
    for each in wrong:
        each.pitch[:, 3] += 1
    config = replace(QUICK, folds=4)
    assert two_sample_test(samples(1), [wrong], 1, config).mean > 0.97


def test_repeated_strokes_are_noticed() -> None:
    """Pitches alone are not everything: where notes are struck counts as well."""
    wrong = samples(1)
    for each in wrong:
        each.onset[2::4, 1:] = True
    assert two_sample_test(samples(1), [wrong], 1, QUICK).mean > 0.97


def test_the_key_says_nothing() -> None:
    moved = [
        Sample((each.pitch + 3).astype(np.int16), each.onset, each.position, (each.origin + 3) % 12)
        for each in samples(1)
    ]
    # Within half an octave both are moved to the same key; beyond it an octave remains.
    kept = [i for i, each in enumerate(samples(1)) if (each.origin + 5) % 12 < 9]
    real = [samples(1)[i] for i in kept]
    result = two_sample_test(real, [[moved[i] for i in kept]], 1, QUICK)
    assert result.aucs == (0.5,)


def test_a_seed_gives_the_same_figure_and_leaves_torch_alone() -> None:
    torch.manual_seed(7)
    expected = torch.rand(1)
    torch.manual_seed(7)
    first = two_sample_test(samples(1, 8), [samples(2, 8)], 1, QUICK)
    assert torch.rand(1) == expected
    assert first == two_sample_test(samples(1, 8), [samples(2, 8)], 1, QUICK)


def test_short_pieces_are_padded() -> None:
    short = WINDOW // 2
    result = two_sample_test(
        samples(1, steps=short), [samples(2, noise=True, steps=short)], 1, QUICK
    )
    assert result.mean > 0.9


def test_what_cannot_be_tested() -> None:
    with pytest.raises(ValueError, match="1 pieces"):
        two_sample_test(samples(1, 1), [samples(2, 1)])
    with pytest.raises(ValueError, match="cannot be split"):
        two_sample_test(samples(1, 4), [samples(2, 3)])


def test_mean_and_spread() -> None:
    result = TwoSample((0.5, 0.7))
    assert (result.mean, result.spread) == (pytest.approx(0.6), pytest.approx(0.1))
