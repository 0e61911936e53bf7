"""What the networks are trained to do, in figures that can be worked out by hand."""

import pytest

torch = pytest.importorskip("torch", reason="the extra [train] is not installed")

from torch import Tensor, nn  # noqa: E402

from composer_app.training.trainers.losses import (  # noqa: E402
    critic_loss,
    generator_loss,
    gradient_penalty,
    masked_cross_entropy,
    onset_loss,
    row_losses,
)


def test_row_losses_count_what_is_asked() -> None:
    chord = torch.tensor([[[7, 1, 2], [0, 0, 0]]])
    chords, basses = torch.zeros(1, 2, 204), torch.zeros(1, 2, 12)
    chords[0, 0, 7 * 17 + 1], basses[0, 1, 0] = 100.0, 100.0
    asked = torch.tensor([[[1.0, 0.0], [0.0, 1.0]]])
    assert [x.item() for x in row_losses(chords, basses, chord, asked)] == [0.0, 0.0]
    assert row_losses(-chords, -basses, chord, asked)[0].item() == pytest.approx(105.3, abs=0.1)
    assert [x.item() for x in row_losses(chords, basses, chord, 0 * asked)] == [0.0, 0.0]


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
