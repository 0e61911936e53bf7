"""Our one-pass generator and its critic: four voices from a melody and a noise vector in one run.

The generator is the refining network's U-Net, small enough to be applied seven times within one
graph (:data:`STAGES`): it writes all beats at once, then one voice after the other again, knowing
the rest; then the eighths, and the sixteenths. The noise vector is the only chance in it. Choices
are one-hot with straight-through gradients (Bengio et al. 2013; Jang et al., "Categorical
Reparameterization with Gumbel-Softmax", 2017), so that a critic can train it.
"""

import itertools
import math
from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor, nn
from torch.nn import functional as fn

from composer_app.training.config import PITCH_CLASSES, VOICES, OnePassConfig, RefiningConfig
from composer_app.training.networks.refining_unet import RefiningUNet

_OCTAVE: Final = 12
_VALUES_PER_STEP: Final = 256
_CLAMP: Final = 2.5
# As in generation.sampling: each draw sees other values of the same noise.
_DRAW_STRIDE: Final = 67
_NEVER: Final = -1e4
_FIFTH: Final = 7


@dataclass(frozen=True, slots=True)
class Stage:
    """One application of the network: the ``voices`` it writes, lowest first, and where.

    ``level`` 0 are the beats, 1 the eighths between, 2 the sixteenths between those. Unless it is
    the first, a stage finds its neighbours on the level above standing, or on its own.
    """

    level: int
    voices: tuple[int, ...]
    first: bool = False

    @property
    def stride(self) -> int:
        """Steps to the neighbours that stand; 0 where none do."""
        return 0 if self.first else 4 >> self.level


STAGES: Final = (
    Stage(0, (3, 2, 1), first=True),
    Stage(0, (3,)),
    Stage(0, (2,)),
    Stage(0, (1,)),
    Stage(1, (3,)),
    Stage(1, (2, 1)),
    Stage(2, (3, 2, 1)),
)


def level_cells(level: int, position: Tensor) -> Tensor:
    """(B, T) bool: the steps of ``level``, from the ``position`` (B, T) in the bar."""
    if level == 2:
        return position % 2 == 1
    return position % 4 == 2 * level


def known_cells(number: int, position: Tensor, valid: Tensor) -> list[Tensor]:
    """Four times (B, T) floats: what stage ``number`` knows of each voice.

    That is the melody, what earlier stages wrote and this one does not write again, and that
    voices rest past the end.
    """
    past_end = 1.0 - valid
    known = [torch.ones_like(valid)]
    for voice in range(1, VOICES):
        written = {stage.level for stage in STAGES[:number] if voice in stage.voices}
        if voice in STAGES[number].voices:
            written -= {STAGES[number].level}
        cells = past_end
        for level in sorted(written):
            cells = torch.maximum(cells, level_cells(level, position).to(valid.dtype))
        known.append(cells)
    return known


class NoiseDraws(nn.Module):
    """Uniform numbers from the noise vector, as the refining technique draws them."""

    def forward(self, noise: Tensor) -> Tensor:
        """z (B, T/16, 8, 512) to uniform numbers (B, T, 256)."""
        z = noise.flatten(1).view(noise.shape[0], -1, _VALUES_PER_STEP)
        return 0.5 * (1.0 + torch.erf(z.clamp(-_CLAMP, _CLAMP) / math.sqrt(2.0)))


def one_hot(pitch: Tensor) -> Tensor:
    """Pitch classes (...) as floats (..., 49)."""
    return (pitch.unsqueeze(-1) == torch.arange(PITCH_CLASSES, device=pitch.device)).float()


def draw(uniform: Tensor, count: int, number: int) -> Tensor:
    """(B, T, count) of the 256 numbers of each step; another ``number`` gives others."""
    start = number * _DRAW_STRIDE % _VALUES_PER_STEP
    return torch.cat([uniform[..., start:], uniform], dim=2)[..., :count]


class OnePassGenerator(nn.Module):
    """Melody and noise to four voices; see the module's docstring."""

    def __init__(self, config: OnePassConfig) -> None:
        super().__init__()
        self.config = config
        self.network = RefiningUNet(
            RefiningConfig(
                channels=config.channels,
                down_blocks=config.down_blocks,
                up_blocks=config.up_blocks,
                dropout=config.dropout,
            )
        )
        self.draws = NoiseDraws()

    def forward(
        self,
        melody: Tensor,
        melody_onset: Tensor,
        position: Tensor,
        fermata: Tensor,
        valid: Tensor,
        noise: Tensor,
        temperature: Tensor,
    ) -> tuple[Tensor, Tensor, Tensor]:
        """``melody`` (B, T) int64 classes, ``melody_onset`` (B, T) 0/1, ``position`` (B, T) int64,
        ``fermata`` (B, T) int64 0/1/2, ``valid`` (B, T) 0/1, ``noise`` (B, T/16, 8, 512),
        ``temperature`` (B,). Returns pitch classes (B, T, 4) int64, the chance (B, T, 4) that a
        cell is struck, and the probability (B, T, 4) the network gave to the pitch chosen.
        """
        context = (position, fermata, valid)
        codes, onset_logits, chance = self.write(melody, melody_onset, context, noise, temperature)
        struck = torch.sigmoid(onset_logits[..., 1:])
        onset = torch.cat([melody_onset.unsqueeze(2), struck], dim=2)
        sure = torch.ones_like(melody_onset).unsqueeze(2)
        return codes.argmax(dim=3), onset, torch.cat([sure, chance], dim=2)

    def write(
        self,
        melody: Tensor,
        melody_onset: Tensor,
        context: tuple[Tensor, Tensor, Tensor],
        noise: Tensor,
        temperature: Tensor,
        stages: int = len(STAGES),
    ) -> tuple[Tensor, Tensor, Tensor]:
        """The first ``stages`` stages; ``context`` is (position, fermata, valid).

        Returns ``(codes (B, T, 4, 49), onset logits (B, T, 4), probability of each pitch chosen
        (B, T, 3))``.
        """
        uniform = self.draws(noise)
        position, _, valid = context
        # Nothing is written yet: a rest stands for it, past the end for good.
        codes = [one_hot(melody)] + [one_hot(torch.zeros_like(melody))] * (VOICES - 1)
        onset_logits = torch.zeros_like(codes[0][..., :VOICES])
        chances = [torch.ones_like(valid)] * (VOICES - 1)
        for number, stage in enumerate(STAGES[:stages]):
            known = known_cells(number, position, valid)
            logits, onset_logits = self.look(
                torch.stack(codes, dim=2), melody_onset, torch.stack(known, dim=2), context
            )
            stands = [
                code.detach().argmax(dim=2) * cells.long()
                for code, cells in zip(codes, known, strict=True)
            ]
            chosen = self._choose(logits, stands, known, uniform, number, temperature)
            mask = level_cells(stage.level, position).to(valid.dtype) * valid
            for voice, choice in chosen.items():
                codes[voice] = torch.lerp(codes[voice], choice, mask.unsqueeze(2))
                odds = (torch.softmax(logits[:, :, voice], dim=2) * choice.detach()).sum(dim=2)
                chances[voice - 1] = torch.lerp(chances[voice - 1], odds, mask)
        return torch.stack(codes, dim=2), onset_logits, torch.stack(chances, dim=2)

    def look(
        self,
        codes: Tensor,
        melody_onset: Tensor,
        known: Tensor,
        context: tuple[Tensor, Tensor, Tensor],
    ) -> tuple[Tensor, Tensor]:
        """The network's logits, as of :meth:`RefiningUNet.forward`; known onsets: the melody's."""
        position, fermata, valid = context
        silent = torch.zeros_like(known[:, :, 1:])
        onset = torch.cat([melody_onset.unsqueeze(2), silent], dim=2)
        onset_known = torch.cat([known[:, :, :1], silent], dim=2)
        style = torch.zeros_like(position)
        channels = self.network.channels_of(
            codes, onset, known, onset_known, position, fermata, valid, style
        )
        pitch, struck, *_ = self.network.answers(channels)
        return pitch.float(), struck.float()

    def _choose(
        self,
        logits: Tensor,
        stands: list[Tensor],
        known: list[Tensor],
        uniform: Tensor,
        number: int,
        temperature: Tensor,
    ) -> dict[int, Tensor]:
        """One-hot choices (B, T, 49) for each voice of the stage, the lowest first.

        A voice never crosses one that stands, nor moves in parallel fifths or octaves with one
        from or to its neighbours. ``stands`` are the four voices (B, T), 0 where not ``known``.
        """
        stage = STAGES[number]
        scale = (temperature * self.config.temperatures[number])[:, None, None]
        noises = draw(uniform, len(stage.voices) * PITCH_CLASSES, number)
        gumbels = (-torch.log(-torch.log(noises))).chunk(len(stage.voices), dim=2)
        neighbours = _Neighbours(torch.stack(stands, dim=2), stage.stride) if stage.stride else None
        voices = list(stands)
        chosen: dict[int, Tensor] = {}
        for gumbel, voice in zip(gumbels, stage.voices, strict=True):
            forbidden = _crossing(voices, voice)
            if neighbours is not None:
                forbidden = forbidden | neighbours.parallels(torch.stack(voices, dim=2), voice)
            score = logits[:, :, voice] / scale + gumbel + _NEVER * forbidden
            fresh = score.argmax(dim=2)
            chosen[voice] = one_hot(fresh)
            if self.training:
                soft = torch.softmax(score, dim=2)
                chosen[voice] = chosen[voice] + soft - soft.detach()
            # The next voice sees this one, where it is being written.
            voices[voice] = torch.where(known[voice] > 0, voices[voice], fresh)
        return chosen


def _crossing(voices: list[Tensor], voice: int) -> Tensor:
    """(B, T, 49): pitches not between the nearest voices that stand above and below.

    ``voices`` are four times (B, T), 0 where nothing stands. A rest is always possible.
    """
    high = torch.full_like(voices[0], PITCH_CLASSES)
    for upper in voices[:voice]:
        high = torch.minimum(high, torch.where(upper > 0, upper, PITCH_CLASSES))
    low = torch.zeros_like(high)
    for lower in voices[voice + 1 :]:
        low = torch.maximum(low, lower)
    classes = torch.arange(PITCH_CLASSES, device=high.device)
    outside = (classes > high.unsqueeze(2)) | (classes < low.unsqueeze(2))
    return outside & (classes > 0)


class _Neighbours:
    """What stands ``stride`` steps before and after each step, and the parallels it rules out."""

    def __init__(self, pitch: Tensor, stride: int) -> None:
        before = fn.pad(pitch[:, :-stride], (0, 0, stride, 0))
        after = fn.pad(pitch[:, stride:], (0, 0, 0, stride))
        # (B, T, 2, 4): before and after, each voice.
        self.near = torch.stack([before, after], dim=2)

    def parallels(self, here: Tensor, voice: int) -> Tensor:
        """(B, T, 49): pitches of ``voice`` that move in fifths or octaves with one of ``here``."""
        near, own = self.near, self.near[..., voice : voice + 1]
        # Counted from this voice a fifth below is a fourth. A voice does not move with itself.
        fifth = [_FIFTH if voice < v else _OCTAVE - _FIFTH for v in range(VOICES)]
        other = [float(v != voice) for v in range(VOICES)]
        interval = torch.remainder(own - near, _OCTAVE)
        perfect = (interval == 0) | (interval == torch.tensor(fifth, device=near.device))
        stands = (near > 0) & (own > 0) & (torch.tensor(other, device=near.device) > 0)
        now = here.unsqueeze(2)
        risk = perfect & stands & (now > 0) & (now != near)
        target = torch.where(risk, torch.remainder(now + interval, _OCTAVE), -1)
        chroma = torch.arange(_OCTAVE, device=near.device)
        hit = (target.unsqueeze(4) == chroma).any(dim=3)
        # Class c sounds as pitch class c % 12, counted from the class 0, which is a rest.
        hit = torch.cat([hit] * (PITCH_CLASSES // _OCTAVE + 1), dim=3)[..., :PITCH_CLASSES]
        classes = torch.arange(PITCH_CLASSES, device=near.device)
        return (hit & (classes != own) & (classes > 0)).any(dim=2)


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
