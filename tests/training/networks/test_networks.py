"""Shapes and invariances of the networks, and the published design's figures."""

import pytest

torch = pytest.importorskip("torch", reason="the extra [train] is not installed")

from torch import Tensor, nn  # noqa: E402

from composer_app.training.export import example_inputs  # noqa: E402
from composer_app.training.networks.refining_unet import (  # noqa: E402
    ClassicCritic,
    ClassicGenerator,
    RefiningUNet,
    SameConv2d,
    UpsamplingConv2d,
)
from composer_app.training.trainers.losses import (  # noqa: E402
    critic_loss,
    generator_loss,
    gradient_penalty,
    masked_cross_entropy,
    onset_loss,
    row_losses,
)
from tests.training.pieces import TINY  # noqa: E402


@pytest.mark.parametrize("steps", [16, 64, 160])
def test_the_refining_network_takes_any_multiple_of_16_steps(steps: int) -> None:
    pitch_logits, onset_logits, *_ = RefiningUNet(TINY).eval()(*example_inputs(2, steps))
    assert pitch_logits.shape == (2, steps, 4, 49)
    assert onset_logits.shape == (2, steps, 4)


def test_hidden_cells_cannot_be_seen() -> None:
    network = RefiningUNet(TINY).eval()
    pitch, onset, *rest = example_inputs(1, 32)
    secret = torch.randint(1, 49, pitch.shape)
    for shown, hidden in zip(
        network(pitch, onset, *rest),
        network(secret, torch.ones_like(onset), *rest),
        strict=True,
    ):
        assert torch.equal(shown, hidden)


def test_known_cells_are_seen() -> None:
    network = RefiningUNet(TINY).eval()
    inputs = list(example_inputs(1, 32))
    before, *_ = network(*inputs)
    inputs[2] = torch.ones_like(inputs[2])
    after, *_ = network(*inputs)
    assert not torch.allclose(before, after)


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


def test_the_style_is_heard() -> None:
    network = RefiningUNet(TINY).eval()
    inputs = list(example_inputs(1, 32))
    before, *_ = network(*inputs)
    inputs[7] = inputs[7] + 2
    after, *_ = network(*inputs)
    assert not torch.allclose(before, after)


def test_a_chord_is_heard_where_it_is_known_and_only_there() -> None:
    network = RefiningUNet(TINY).eval()
    inputs = list(example_inputs(1, 32))
    before = network(*inputs)
    inputs[10] = inputs[10] + torch.tensor([7, 1, 11])
    for shown, hidden in zip(before, network(*inputs), strict=True):
        assert torch.equal(shown, hidden)
    inputs[11][..., 0] = 1
    with_chord = network(*inputs)
    assert not torch.allclose(before[0], with_chord[0])
    inputs[11][..., 1] = 1
    assert not torch.allclose(with_chord[0], network(*inputs)[0])


def test_a_row_that_is_not_given_is_a_row_of_which_nothing_is_known() -> None:
    network = RefiningUNet(TINY).eval()
    inputs = example_inputs(1, 32)
    for one, other in zip(network(*inputs), network(*inputs[:8]), strict=True):
        assert torch.equal(one, other)


def test_row_losses_count_what_is_asked() -> None:
    chord = torch.tensor([[[7, 1, 2], [0, 0, 0]]])
    chords, basses = torch.zeros(1, 2, 204), torch.zeros(1, 2, 12)
    chords[0, 0, 7 * 17 + 1], basses[0, 1, 0] = 100.0, 100.0
    asked = torch.tensor([[[1.0, 0.0], [0.0, 1.0]]])
    assert [x.item() for x in row_losses(chords, basses, chord, asked)] == [0.0, 0.0]
    assert row_losses(-chords, -basses, chord, asked)[0].item() == pytest.approx(105.3, abs=0.1)
    assert [x.item() for x in row_losses(chords, basses, chord, 0 * asked)] == [0.0, 0.0]


def test_the_classic_critic_scores_each_roll() -> None:
    critic = ClassicCritic()
    assert critic(torch.zeros(3, 32, 128, 4), torch.zeros(3, 32, 128, 1)).shape == (3,)
    assert len([p for p in critic.parameters() if p.ndim == 4]) == 4
    assert critic.dense.in_features == 2 * 8 * 512


def test_cross_entropy_counts_hidden_cells_alone() -> None:
    logits = torch.zeros(1, 4, 4, 49)
    pitch = torch.full((1, 4, 4), 7)
    known = torch.ones(1, 4, 4)
    known[0, 1, 2] = 0
    logits[0, 0, 0, 8] = 100.0  # confidently wrong, but known
    loss, nats = masked_cross_entropy(logits, pitch, known)
    assert nats.item() == pytest.approx(torch.log(torch.tensor(49.0)).item())
    assert loss.item() == pytest.approx(nats.item())


def test_onsets_are_learned_only_where_there_is_a_choice() -> None:
    pitch = torch.tensor([[[5, 5, 5, 0]] * 2 + [[6, 5, 5, 0]]])
    onset = torch.zeros(1, 3, 4)
    known = torch.zeros(1, 3, 4)
    known[:, :, 2] = 1
    logits = torch.full((1, 3, 4), 50.0)
    # Wrong at: voice 0 step 1, voice 1 steps 1 and 2. Elsewhere: moved, known, or a rest.
    assert onset_loss(logits, pitch, onset, known).item() == pytest.approx(50.0)
    onset[0, 1:, 1] = 1
    onset[0, 1, 0] = 1
    assert onset_loss(logits, pitch, onset, known).item() == pytest.approx(0.0)


def test_wasserstein_losses_and_penalty() -> None:
    assert critic_loss(torch.tensor([3.0, 1.0]), torch.tensor([0.0, 1.0])).item() == -1.5
    assert generator_loss(torch.tensor([2.0, 4.0])).item() == -3.0

    class Steep(nn.Module):
        """Gradient norm 3 everywhere, so the penalty is (3 - 1)^2."""

        def forward(self, roll: Tensor, condition: Tensor) -> Tensor:
            return 3.0 * roll.flatten(1)[:, 0] + 0.0 * condition.sum()

    real, fake = torch.ones(2, 32, 128, 4), torch.zeros(2, 32, 128, 4)
    penalty = gradient_penalty(Steep(), real, fake, real[..., :1], torch.Generator().manual_seed(0))
    assert penalty.item() == pytest.approx(4.0, abs=1e-4)
