"""What the networks are trained to do."""

import torch
from torch import Tensor, nn
from torch.nn import functional as fn

from composer_app.music.harmony.chord_qualities import QUALITIES


def masked_cross_entropy(logits: Tensor, pitch: Tensor, known: Tensor) -> tuple[Tensor, Tensor]:
    """``(loss, nats per hidden cell)`` of the hidden pitches.

    ``logits`` (B, T, 4, 49), ``pitch`` and ``known`` (B, T, 4). A window's cells are weighted
    1/sqrt(number hidden): between the mean over windows (1/n, as in Uria et al. 2014) and the
    mean over cells (1), so that windows with little hidden are not drowned out.
    """
    nll = fn.cross_entropy(logits.flatten(0, 2).float(), pitch.flatten(), reduction="none")
    hidden = 1.0 - known
    nll = nll.view_as(hidden) * hidden
    return weighted(nll, hidden), (nll.sum() / hidden.sum().clamp(min=1.0)).detach()


def weighted(losses: Tensor, hidden: Tensor) -> Tensor:
    """``losses`` of the cells that are ``hidden``, each (B, T, 4), weighted as above."""
    count = hidden.sum(dim=(1, 2)).clamp(min=1.0)
    return ((losses * hidden).sum(dim=(1, 2)) / count.sqrt()).sum() / count.sqrt().sum()


def onset_loss(logits: Tensor, pitch: Tensor, onset: Tensor, onset_known: Tensor) -> Tensor:
    """Binary cross-entropy where an onset is a real choice, mean over those cells.

    That is where a pitch goes on from the step before; elsewhere an onset follows from the
    pitches. Shapes (B, T, 4); ``onset`` may hold probabilities.
    """
    choice = torch.zeros_like(onset)
    choice[:, 1:] = ((pitch[:, 1:] == pitch[:, :-1]) & (pitch[:, 1:] > 0)).float()
    choice = choice * (1.0 - onset_known)
    nll = fn.binary_cross_entropy_with_logits(logits.float(), onset, reduction="none")
    return (nll * choice).sum() / choice.sum().clamp(min=1.0)


def row_losses(
    chord_logits: Tensor, bass_logits: Tensor, chord: Tensor, asked: Tensor
) -> tuple[Tensor, Tensor]:
    """Nats a chord, and nats a bass given its chord, where they are ``asked`` for.

    ``chord_logits`` (B, T, 204), ``bass_logits`` (B, T, 12), ``chord`` (B, T, 3) root, quality and
    bass, ``asked`` (B, T, 2).
    """
    classes = chord[..., 0] * len(QUALITIES) + chord[..., 1]
    losses = []
    for logits, truth, where in (
        (chord_logits, classes, asked[..., 0]),
        (bass_logits, chord[..., 2], asked[..., 1]),
    ):
        nll = fn.cross_entropy(logits.flatten(0, 1).float(), truth.flatten(), reduction="none")
        losses.append((nll.view_as(where) * where).sum() / where.sum().clamp(min=1.0))
    return losses[0], losses[1]


def critic_loss(real_score: Tensor, fake_score: Tensor) -> Tensor:
    """Wasserstein critic: mean D(fake) - mean D(real) (Arjovsky et al. 2017)."""
    return fake_score.mean() - real_score.mean()


def generator_loss(fake_score: Tensor) -> Tensor:
    """- mean D(fake)."""
    return -fake_score.mean()


def gradient_penalty(
    critic: nn.Module, real: Tensor, fake: Tensor, condition: Tensor, generator: torch.Generator
) -> Tensor:
    """mean (||grad D(x)|| - 1)^2 on random lines between real and fake (Gulrajani et al. 2017).

    Rolls (B, 32, 128, 4). The norm is sqrt(1e-8 + sum of squares), so that it has a gradient
    at zero.
    """
    share = torch.rand((len(real), 1, 1, 1), generator=generator)
    between = (real + share * (fake - real)).requires_grad_(True)
    score = critic(between, condition)
    (gradient,) = torch.autograd.grad(score.sum(), between, create_graph=True)
    norm = torch.sqrt(1e-8 + gradient.square().sum(dim=(1, 2, 3)))
    return (norm - 1.0).square().mean()
