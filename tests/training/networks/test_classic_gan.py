"""Shapes of the published GAN, and its design's figures."""

import pytest

torch = pytest.importorskip("torch", reason="the extra [train] is not installed")

from torch import nn  # noqa: E402

from composer_app.training.networks.classic_gan import (  # noqa: E402
    ClassicCritic,
    ClassicGenerator,
    SameConv2d,
    UpsamplingConv2d,
)


def test_the_classic_generator_has_the_published_shapes() -> None:
    generator = ClassicGenerator().eval()
    condition, noise = -torch.ones(2, 32, 128, 1), torch.randn(2, 2, 8, 512)
    roll = generator(condition, noise)
    assert roll.shape == (2, 32, 128, 4)
    assert roll.abs().max() < 1
    assert not torch.allclose(roll[0], roll[1]), "the noise makes no difference"
    # Four down (k4: 1-64-128-256-512), three up and the last to four tracks, with norms.
    convolutions = [p for p in generator.parameters() if p.ndim == 4]
    assert [tuple(p.shape[:2]) for p in convolutions] == [
        (64, 1),
        (128, 64),
        (256, 128),
        (512, 256),
        (256, 1024),
        (128, 512),
        (64, 256),
        (4, 128),
    ]
    assert all(p.shape[2:] == (4, 4) for p in convolutions)


def test_upsampling_and_convolving_is_one_step() -> None:
    layer = UpsamplingConv2d(6, 5)
    x = torch.randn(2, 6, 3, 7)
    plain = SameConv2d(6, 5, 1)
    plain.load_state_dict(layer.state_dict())
    expected = plain(nn.functional.interpolate(x, scale_factor=2.0, mode="nearest"))
    assert torch.allclose(layer(x), expected, atol=1e-5)


def test_the_classic_critic_scores_each_roll() -> None:
    critic = ClassicCritic()
    assert critic(torch.zeros(3, 32, 128, 4), torch.zeros(3, 32, 128, 1)).shape == (3,)
    assert len([p for p in critic.parameters() if p.ndim == 4]) == 4
    assert critic.dense.in_features == 2 * 8 * 512
