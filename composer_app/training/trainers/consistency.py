"""Teaching the network what it says on average: in other keys, and beside other networks.

Convolutions over time with pitches as channels have to learn each transposition anew, and on a
few hundred chorales they do not learn them alike: averaging the predictions for a few
transpositions of the same window is clearly better than any one of them. That average, taken from
the running average of the weights, is a target which the network can be trained towards (a mean
teacher, Tarvainen and Valpola 2017, with transposition as the perturbation).

Other networks may take the place of the running average. The average of several that were trained
apart is better than any one of them, and one network can learn most of it (distillation of an
ensemble, Hinton et al. 2015).
"""

from collections.abc import Sequence
from typing import Final

import torch
from torch import Tensor, nn
from torch.nn import functional as fn

from composer_app.training.config import PITCH_CLASSES
from composer_app.training.trainers.losses import weighted

# What cannot be reached from a transposed window gets this log-probability.
_UNREACHABLE: Final = -14.0


def transposed(pitch: Tensor, shift: int) -> Tensor:
    """``pitch`` (..., int64 classes) moved by ``shift`` semitones, within the range; rests stay."""
    moved = (pitch + shift).clamp(1, PITCH_CLASSES - 1)
    return torch.where(pitch > 0, moved, pitch)


def moved_back(log_probabilities: Tensor, shift: int) -> Tensor:
    """Log-probabilities (..., 49) for a window moved by ``shift``, as classes of the original."""
    result = torch.full_like(log_probabilities, _UNREACHABLE)
    result[..., 0] = log_probabilities[..., 0]
    lowest, highest = max(1, 1 - shift), min(PITCH_CLASSES, PITCH_CLASSES - shift)
    result[..., lowest:highest] = log_probabilities[..., lowest + shift : highest + shift]
    return result


@torch.no_grad()
def consistent_target(
    networks: Sequence[nn.Module], tensors: Sequence[Tensor], shifts: Sequence[int]
) -> tuple[Tensor, Tensor]:
    """What ``networks`` say in each transposition, averaged: ``(pitches, onsets)``.

    ``tensors`` as :meth:`RefiningUNet.forward` takes them; hidden pitches have no influence, and
    of the chord row nothing may be known. The probabilities of the pitches (B, T, 4, 49) are
    geometric means, those of a note being struck (B, T, 4) are means.
    """
    pitch, rest = tensors[0], tensors[1:]
    copies = torch.cat([transposed(pitch, shift) for shift in shifts])
    others = [torch.cat([t] * len(shifts)) for t in rest]
    pitches, onsets = [], []
    for network in networks:
        logits, onset_logits, *_ = network(copies, *others)
        each = logits.float().log_softmax(-1).chunk(len(shifts))
        pitches += [moved_back(x, s) for x, s in zip(each, shifts, strict=True)]
        onsets += onset_logits.float().sigmoid().chunk(len(shifts))
    return torch.stack(pitches).mean(0).softmax(-1), torch.stack(onsets).mean(0)


def consistency_loss(logits: Tensor, target: Tensor, known: Tensor) -> Tensor:
    """Cross-entropy of the hidden cells' predictions with ``target``, less the target's entropy.

    ``logits`` and ``target`` (B, T, 4, 49), ``known`` (B, T, 4). In nats a hidden cell, the cells
    weighted as in :func:`~composer_app.training.trainers.losses.masked_cross_entropy`.
    """
    divergence = fn.kl_div(logits.float().log_softmax(-1), target, reduction="none").sum(-1)
    return weighted(divergence, 1.0 - known)
