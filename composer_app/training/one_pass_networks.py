"""Our one-pass generator and its critic: four voices from a melody and a noise vector in one run.

The generator is the refining network's U-Net, small enough to be applied five times within one
graph: it writes all beats at once, writes every other beat again knowing the ones between, then the
others, then the eighths and the sixteenths. The noise vector is the only chance in it. Choices are
one-hot with straight-through gradients (Bengio et al. 2013; Jang et al., "Categorical
Reparameterization with Gumbel-Softmax", 2017), so that a critic can train it.
"""

import itertools
import math
from typing import Final

import torch
from torch import Tensor, nn
from torch.nn import functional as fn

from composer_app.training.config import PITCH_CLASSES, VOICES, OnePassConfig, RefiningConfig
from composer_app.training.networks import RefiningUNet

_OCTAVE: Final = 12
_VALUES_PER_STEP: Final = 256
_CLAMP: Final = 2.5
# As in generation.sampling: each draw sees other values of the same noise.
_DRAW_STRIDE: Final = 67
_NEVER: Final = -1e4
_FIFTH: Final = 7


def stage_cells(number: int, steps: Tensor) -> tuple[Tensor, Tensor, int]:
    """What stage ``number`` does: steps (T,) it writes, steps (T,) it knows, and how far away
    the fixed neighbours of what it writes are (0: there are none).
    """
    return (
        (steps % 4 == 0, steps < 0, 0),
        (steps % 8 == 0, steps % 8 == 4, 4),
        (steps % 8 == 4, steps % 8 == 0, 4),
        (steps % 4 == 2, steps % 4 == 0, 2),
        (steps % 2 == 1, steps % 2 == 0, 1),
    )[number]


STAGES: Final = 5


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
        stages: int = STAGES,
    ) -> tuple[Tensor, Tensor, Tensor]:
        """The first ``stages`` stages; ``context`` is (position, fermata, valid).

        Returns ``(codes (B, T, 4, 49), onset logits (B, T, 4), probability of each pitch chosen
        (B, T, 3))``.
        """
        uniform = self.draws(noise)
        steps = torch.arange(melody.shape[1], device=melody.device)
        codes = one_hot(melody).unsqueeze(2)
        # Nothing is written yet: a rest stands for it, past the end for good.
        codes = torch.cat(
            [codes, one_hot(torch.zeros_like(melody)).unsqueeze(2).expand(-1, -1, 3, -1)], 2
        )
        onset_logits = torch.zeros_like(codes[..., 0])
        chance = torch.ones_like(onset_logits[..., 1:])
        for number in range(stages):
            written, _, stride = stage_cells(number, steps)
            known = self.known(number, context[2])
            logits, onset_logits = self.look(codes, melody_onset, known, context)
            stands = codes.detach().argmax(dim=3) * known.long()
            chosen = self._choose(logits, stands, known, uniform, number, stride, temperature)
            mask = (written * context[2])[:, :, None, None]
            odds = (torch.softmax(logits[:, :, 1:], dim=3) * chosen.detach()).sum(dim=3)
            chance = chance * (1.0 - mask[..., 0]) + odds * mask[..., 0]
            codes = torch.cat([codes[:, :, :1], codes[:, :, 1:] * (1.0 - mask) + chosen * mask], 2)
        return codes, onset_logits, chance

    def known(self, number: int, valid: Tensor) -> Tensor:
        """(B, T, 4): what stage ``number`` knows: the melody, what stands, what is past the end."""
        steps = torch.arange(valid.shape[1], device=valid.device)
        _, stands, _ = stage_cells(number, steps)
        others = torch.maximum(stands.float().expand_as(valid), 1.0 - valid)
        return torch.stack([torch.ones_like(valid), others, others, others], dim=2)

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
        pitch, struck = self.network.decode(
            codes, onset, known, onset_known, position, fermata, valid, torch.zeros_like(position)
        )
        return pitch.float(), struck.float()

    def _choose(
        self,
        logits: Tensor,
        pitch: Tensor,
        known: Tensor,
        uniform: Tensor,
        number: int,
        stride: int,
        temperature: Tensor,
    ) -> Tensor:
        """One-hot choices (B, T, 3, 49) of alto, tenor and bass: the bass first, then inwards.

        A voice never crosses one that stands, nor moves in parallel fifths or octaves with one
        from or to its neighbours ``stride`` steps away. ``pitch`` (B, T, 4) is what stands where
        it is ``known``, 0 elsewhere.
        """
        scale = (temperature * self.config.temperatures[number])[:, None, None, None]
        gumbel = -torch.log(-torch.log(draw(uniform, (VOICES - 1) * PITCH_CLASSES, number)))
        scores = logits[:, :, 1:] / scale + gumbel.view(logits[:, :, 1:].shape)
        neighbours = _Neighbours(pitch, stride) if stride else None
        voices = list(pitch.unbind(dim=2))
        chosen: list[Tensor] = [torch.empty(0)] * (VOICES - 1)
        for voice in (3, 2, 1):
            forbidden = _crossing(voices, voice)
            if neighbours is not None:
                forbidden = forbidden | neighbours.parallels(torch.stack(voices, dim=2), voice)
            score = scores[:, :, voice - 1] + _NEVER * forbidden
            hard = one_hot(score.argmax(dim=2))
            chosen[voice - 1] = hard
            if self.training:
                soft = torch.softmax(score, dim=2)
                chosen[voice - 1] = hard + soft - soft.detach()
            # The next voice sees this one, where it is being written.
            fresh = score.argmax(dim=2)
            voices[voice] = torch.where(known[:, :, voice] > 0, voices[voice], fresh)
        return torch.stack(chosen, dim=2)


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
