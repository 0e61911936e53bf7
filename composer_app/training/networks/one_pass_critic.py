"""The critic of the one-pass generator."""

import itertools
from typing import Final

import torch
from torch import Tensor, nn
from torch.nn import functional as fn

from composer_app.training.config import PITCH_CLASSES, VOICES, OnePassConfig

_OCTAVE: Final = 12


class VoicesCritic(nn.Module):
    """Scores passages of four voices, for WGAN-GP (Gulrajani et al. 2017).

    Convolutions over time on the voices' one-hot pitches, on the interval classes between every
    two voices, which sound the same in all keys, and on what is struck; no batch norm, since the
    penalty is about single passages.
    """

    fold: Tensor
    turn: Tensor

    def __init__(self, config: OnePassConfig) -> None:
        super().__init__()
        pairs = [(a, b) for a in range(VOICES) for b in range(a + 1, VOICES)]
        self.upper, self.lower = [a for a, _ in pairs], [b for _, b in pairs]
        inputs = VOICES * (PITCH_CLASSES + 1) + len(pairs) * _OCTAVE + 16
        widths = config.critic_channels
        self.stem = nn.Conv1d(inputs, widths[0], 3, padding=1)
        self.downs = nn.ModuleList(
            nn.Conv1d(a, b, 4, stride=2, padding=1) for a, b in itertools.pairwise(widths)
        )
        self.head = nn.Conv1d(widths[-1], 1, 3, padding=1)
        fold = torch.zeros(PITCH_CLASSES, _OCTAVE)
        fold[torch.arange(1, PITCH_CLASSES), torch.arange(1, PITCH_CLASSES) % _OCTAVE] = 1.0
        self.register_buffer("fold", fold, persistent=False)
        turn = (torch.arange(_OCTAVE)[:, None] - torch.arange(_OCTAVE)) % _OCTAVE
        self.register_buffer("turn", turn, persistent=False)

    def forward(self, codes: Tensor, struck: Tensor, position: Tensor) -> Tensor:
        """``codes`` (B, T, 4, 49), ``struck`` (B, T, 4), ``position`` (B, T) to scores (B,)."""
        chroma = codes @ self.fold
        # interval[d] = sum over pitch classes p of upper[p] * lower[p - d].
        lower = chroma[:, :, self.lower][..., self.turn]
        intervals = (chroma[:, :, self.upper].unsqueeze(-1) * lower).sum(dim=3)
        place = (position.unsqueeze(2) == torch.arange(16, device=position.device)).float()
        h = torch.cat([codes.flatten(2), struck, intervals.flatten(2), place], dim=2)
        h = fn.leaky_relu(self.stem(h.transpose(1, 2)), 0.2)
        for down in self.downs:
            h = fn.leaky_relu(down(h), 0.2)
        score: Tensor = self.head(h).float().mean(dim=(1, 2))
        return score
