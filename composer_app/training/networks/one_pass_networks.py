"""Our one-pass generator: chords and four voices from a melody and a noise vector in one run.

First a planner draws a chord for each beat. Then the refining network's U-Net, small enough to be
applied eight times within one graph (see :mod:`~composer_app.training.networks.one_pass_stages`),
writes the beats, the bass before the voices between, and writes each again knowing those around it;
then the eighths, and the sixteenths. The noise vector is the only chance in it. Choices are one-hot
with straight-through gradients (Bengio et al. 2013; Jang et al., "Categorical Reparameterization
with Gumbel-Softmax", 2017), so that a critic can train it.
"""

import math
from typing import Final, NamedTuple

import torch
from torch import Tensor, nn

from composer_app.training.config import PITCH_CLASSES, VOICES, OnePassConfig, RefiningConfig
from composer_app.training.corpora.chord_row import CHORD_CLASSES
from composer_app.training.networks.one_pass_plan import (
    PORTIONS,
    Planner,
    draw_chords,
    row_features,
    strong_beats,
    with_chords,
)
from composer_app.training.networks.one_pass_rules import AskedFor, Neighbours, crossing
from composer_app.training.networks.one_pass_stages import (
    BASS,
    STAGES,
    Cells,
    Context,
    Row,
    Stage,
)
from composer_app.training.networks.refining_unet import RefiningUNet

_VALUES_PER_STEP: Final = 256
_CLAMP: Final = 2.5
# As in generation.sampling: each draw sees other values of the same noise.
_DRAW_STRIDE: Final = 67
_NEVER: Final = -1e4
# By how much of its temperature the plan is cooler where a piece begins and where it ends.
_CALM: Final = 0.7


class NoiseDraws(nn.Module):
    """Uniform numbers from the noise vector, as the refining technique draws them."""

    def forward(self, noise: Tensor) -> Tensor:
        """z (B, T/16, 8, 512) to uniform numbers (B, T, 256)."""
        z = noise.flatten(1).view(noise.shape[0], -1, _VALUES_PER_STEP)
        return 0.5 * (1.0 + torch.erf(z.clamp(-_CLAMP, _CLAMP) / math.sqrt(2.0)))


def one_hot(pitch: Tensor) -> Tensor:
    """Pitch classes (...) as floats (..., 49)."""
    return (pitch.unsqueeze(-1) == torch.arange(PITCH_CLASSES, device=pitch.device)).float()


def draw(values: Tensor, count: int, number: int) -> Tensor:
    """(B, T, count) of the 256 values of each step; another ``number`` gives others."""
    start = number * _DRAW_STRIDE % _VALUES_PER_STEP
    if start + count <= _VALUES_PER_STEP:
        return values[..., start : start + count]
    return torch.cat([values[..., start:], values[..., : start + count - _VALUES_PER_STEP]], dim=2)


def gumbel_of(uniform: Tensor) -> Tensor:
    """Gumbel noise of uniform numbers: the largest of logits + noise is a fair draw."""
    return -torch.log(-torch.log(uniform))


class Written(NamedTuple):
    """``codes`` (B, T, 4, 49), ``struck`` (B, T, 4) logits of onsets, ``chance`` (B, T, 3) the
    probability of each pitch chosen, and the ``row`` of chords that the voices follow.
    """

    codes: Tensor
    struck: Tensor
    chance: Tensor
    row: Row


class OnePassGenerator(nn.Module):
    """Melody and noise to chords and four voices; see the module's docstring."""

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
        self.planner = Planner(config)
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
        beat: Tensor,
        begin: Tensor,
        chord: Tensor,
        chord_known: Tensor,
        beat_start: Tensor,
        same_as: Tensor,
        shift: Tensor,
        rooted: Tensor,
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """``melody`` (B, T) int64 classes, ``melody_onset`` (B, T) 0/1, ``noise``
        (B, T/16, 8, 512), ``temperature`` (B,); the others as in :class:`Context`. Returns pitch
        classes (B, T, 4) int64, the chance (B, T, 4) that a cell is struck, the probability
        (B, T, 4) the network gave to the pitch chosen, and the chords (B, T, 3) int64: root,
        quality and bass.
        """
        context = Context(
            position,
            fermata,
            valid,
            beat,
            begin,
            chord,
            chord_known,
            beat_start,
            same_as,
            shift,
            rooted,
        )
        written = self.write(melody, melody_onset, context, noise, temperature)
        struck = torch.sigmoid(written.struck[..., 1:])
        onset = torch.cat([melody_onset.unsqueeze(2), struck], dim=2)
        sure = torch.ones_like(melody_onset).unsqueeze(2)
        return (
            written.codes.argmax(dim=3),
            onset,
            torch.cat([sure, written.chance], dim=2),
            written.row.chord,
        )

    def write(
        self,
        melody: Tensor,
        melody_onset: Tensor,
        context: Context,
        noise: Tensor,
        temperature: Tensor,
        seen: list[Tensor] | None = None,
    ) -> Written:
        """All stages, one after the other; ``seen`` gets the codes that each of them is shown."""
        gumbel = gumbel_of(self.draws(noise))
        row = self.plan(melody, melody_onset, context, gumbel, temperature)
        cells, valid = Cells(context), context.valid
        around = around_voices(self.network, context, row)
        asked = AskedFor(row, self.network.tones)
        # Nothing is written yet: a rest stands for it, past the end for good.
        silence = torch.zeros_like(melody)
        pitch = [melody, silence, silence, silence]
        codes = [one_hot(each) for each in pitch]
        struck = torch.zeros_like(codes[0][..., :VOICES])
        chances = [torch.ones_like(valid)] * (VOICES - 1)
        for number, stage in enumerate(STAGES):
            shown, known = torch.stack(codes, dim=2), cells.known(number)
            if seen is not None:
                seen.append(shown.detach())
            logits, struck = self.look(shown, melody_onset, known, around)
            stands = torch.stack(pitch, dim=2) * known.long()
            heat = (temperature * self.config.temperatures[PORTIONS + number])[:, None, None]
            noises = draw(gumbel, len(stage.voices) * PITCH_CLASSES, PORTIONS + number)
            scores = logits / heat.unsqueeze(3)
            chosen = self._choose(scores, stands, known, context, asked, noises, stage, heat)
            for voice, (fresh, choice) in chosen.items():
                here = cells.of(stage, voice) & (valid > 0)
                mask = here.to(valid.dtype)
                pitch[voice] = torch.where(here, fresh, pitch[voice])
                codes[voice] = torch.lerp(codes[voice], choice, mask.unsqueeze(2))
                odds = (torch.softmax(logits[:, :, voice], dim=2) * choice.detach()).sum(dim=2)
                chances[voice - 1] = torch.lerp(chances[voice - 1], odds, mask)
        return Written(torch.stack(codes, dim=2), struck, torch.stack(chances, dim=2), row)

    @torch.no_grad()
    def plan(
        self,
        melody: Tensor,
        melody_onset: Tensor,
        context: Context,
        gumbel: Tensor,
        temperature: Tensor,
    ) -> Row:
        """The row of the piece: what is asked for, and around it what the planner draws."""
        row = Row(context.chord, context.chord_known, context.chord_known)
        strong = strong_beats(context)
        for number, where in enumerate((strong, ~strong)):
            styles = self.planner.styles
            features = row_features(self.network, styles, melody, melody_onset, context, row)
            heat = (temperature * self.config.temperatures[number])[:, None, None]
            heat = heat * (1.0 - _CALM * context.rooted.unsqueeze(2))
            noise = draw(gumbel, CHORD_CLASSES, number)
            chosen = draw_chords(self.planner(features), context, noise, heat)
            row = with_chords(row, chosen, where)
        valid = context.valid.unsqueeze(2)
        rooted = torch.stack([torch.zeros_like(context.rooted), context.rooted], dim=2)
        return Row(row.chord, torch.maximum(row.shown, rooted) * valid, row.asked * valid)

    def look(
        self, codes: Tensor, melody_onset: Tensor, known: Tensor, around: Tensor
    ) -> tuple[Tensor, Tensor]:
        """The network's logits (B, T, 4, 49) and (B, T, 4) for voices with channels ``around``."""
        features = features_with(around, codes, melody_onset, known)
        pitch, struck, *_ = self.network.answers(features)
        return pitch.float(), struck.float()

    def _choose(
        self,
        logits: Tensor,
        stands: Tensor,
        known: Tensor,
        context: Context,
        asked: AskedFor,
        gumbel: Tensor,
        stage: Stage,
        heat: Tensor,
    ) -> dict[int, tuple[Tensor, Tensor]]:
        """Classes (B, T) and their codes (B, T, 49) for each voice of the stage, the lowest first.

        ``logits`` are those divided by ``heat``. A voice never crosses one that stands, nor moves
        in parallel fifths or octaves with one from or to its neighbours. ``stands`` are the four
        voices (B, T, 4), 0 where not ``known``.
        """
        # Of the first stages nothing stands beside what they write.
        beside = (
            None
            if stage.level == 0 and stage.turn is None
            else Neighbours(stands, stage.level, context.dotted)
        )
        chosen: dict[int, tuple[Tensor, Tensor]] = {}
        for noise, voice in zip(gumbel.chunk(len(stage.voices), dim=2), stage.voices, strict=True):
            forbidden = crossing(stands, voice)
            if beside is not None:
                # A bass that somebody asks for stands; it is the others that get out of its way.
                bound = asked.free_bass if voice == BASS else True
                forbidden = forbidden | (beside.parallels(stands, voice) & bound)
            score = logits[:, :, voice] + noise + _NEVER * forbidden
            if stage.level == 0:
                last = stage.turn is not None or voice == stage.voices[-1]
                score = score + asked.worth(stands, voice, last) / heat
            fresh = score.argmax(dim=2)
            choice = one_hot(fresh)
            if self.training:
                soft = torch.softmax(score, dim=2)
                choice = choice + soft - soft.detach()
            chosen[voice] = fresh, choice
            if voice != stage.voices[-1]:
                # The next voice sees this one, where it is being written.
                own = torch.where(known[..., voice] > 0, stands[..., voice], fresh).unsqueeze(2)
                stands = torch.cat([stands[..., :voice], own, stands[..., voice + 1 :]], dim=2)
        return chosen


def around_voices(network: RefiningUNet, context: Context, row: Row) -> Tensor:
    """The input channels (B, T, C') of ``network`` that stay the same from stage to stage."""
    return network.channels_around(
        context.position,
        context.fermata,
        context.valid,
        torch.zeros_like(context.position),
        context.beat,
        context.begin,
        row.chord,
        row.shown,
    )


def features_with(around: Tensor, codes: Tensor, melody_onset: Tensor, known: Tensor) -> Tensor:
    """The input channels (B, C, T) of the generator's network, or of its teacher.

    Of onsets the melody's are known.
    """
    silent = torch.zeros_like(known[:, :, 1:])
    onset = torch.cat([melody_onset.unsqueeze(2), silent], dim=2)
    onset_known = torch.cat([known[:, :, :1], silent], dim=2)
    return RefiningUNet.channels_with(around, codes, onset, known, onset_known)
