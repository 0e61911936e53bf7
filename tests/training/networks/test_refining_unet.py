"""Shapes and invariances of our masked U-Net."""

import pytest

torch = pytest.importorskip("torch", reason="the extra [train] is not installed")

from composer_app.training.export import example_inputs  # noqa: E402
from composer_app.training.networks.refining_unet import RefiningUNet  # noqa: E402
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
