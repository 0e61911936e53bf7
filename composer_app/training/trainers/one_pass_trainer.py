"""Training our one-pass generator: distilled from a refining model, then against a critic."""

import copy
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import torch
from torch import Tensor, nn
from torch.nn import functional as fn

from composer_app.errors import CorpusError, SettingError
from composer_app.training.checkpoint import refining_network, save_checkpoint
from composer_app.training.config import NETWORK_STYLES, OnePassConfig, RefiningConfig
from composer_app.training.corpora.corpus import Piece
from composer_app.training.networks.one_pass_networks import (
    STAGES,
    OnePassGenerator,
    VoicesCritic,
    known_cells,
    level_cells,
    one_hot,
)
from composer_app.training.networks.refining_unet import RefiningUNet
from composer_app.training.protocol import Message, StopRequest, say
from composer_app.training.trainers.dataset import WindowSampler
from composer_app.training.trainers.losses import critic_loss, generator_loss, onset_loss
from composer_app.training.trainers.trainer import CHECKPOINT_SECONDS, PROGRESS_ITERATIONS
from composer_app.training.trainers.window_feed import to_tensors
from composer_app.translation import _

Context = tuple[Tensor, Tensor, Tensor]

# It learns from chorales alone.
_ONE_STYLE: Final = (1.0, *[0.0] * (len(NETWORK_STYLES) - 1))


class OnePassTrainer:
    """Generator, its running average, critic, teacher and data of one run."""

    def __init__(self, config: OnePassConfig, train: list[Piece]) -> None:
        torch.set_num_threads(config.threads)
        torch.manual_seed(config.seed)
        self.config = config
        pieces = [piece for piece in train if piece.style == "bach"]
        if not pieces:
            raise CorpusError(
                _("The one-pass generator learns from the chorales"), _("add their corpus")
            )
        recipe = RefiningConfig(window=config.window, style_weights=_ONE_STYLE)
        self.sampler = WindowSampler(pieces, recipe, config.seed)
        self.generator = OnePassGenerator(config)
        self.average = copy.deepcopy(self.generator).eval()
        self.critic = VoicesCritic(config)
        self.teacher: RefiningUNet | None = None
        self.teacher_state: dict[str, Any] = {}
        self.distill_optimizer = torch.optim.AdamW(
            self.generator.parameters(),
            lr=config.distill_learning_rate,
            betas=(0.9, 0.98),
            weight_decay=config.weight_decay,
        )
        self.generator_optimizer = torch.optim.Adam(
            self.generator.parameters(), lr=config.learning_rate, betas=(0.0, 0.9)
        )
        self.critic_optimizer = torch.optim.Adam(
            self.critic.parameters(), lr=config.critic_learning_rate, betas=(0.0, 0.9)
        )
        self.iteration = 0
        self.seconds = 0.0

    def start_from(self, state: dict[str, Any]) -> None:
        """Take the refining model of ``state`` (a checkpoint) as the teacher."""
        if state.get("technique") != "refining":
            raise SettingError(_("The teacher of a one-pass generator is a refining model"))
        self.teacher = refining_network(state).requires_grad_(False)
        self.teacher_state = {key: state[key] for key in ("technique", "config", "average")}

    def state(self) -> dict[str, Any]:
        """Everything that a resumed run needs, the teacher included."""
        return {
            "technique": "gan",
            "config": asdict(self.config),
            "iteration": self.iteration,
            "seconds": self.seconds,
            "generator": self.generator.state_dict(),
            "average": self.average.state_dict(),
            "critic": self.critic.state_dict(),
            "distill_optimizer": self.distill_optimizer.state_dict(),
            "generator_optimizer": self.generator_optimizer.state_dict(),
            "critic_optimizer": self.critic_optimizer.state_dict(),
            "teacher": self.teacher_state,
            "torch_random": torch.get_rng_state(),
            "sampler_random": self.sampler.random.bit_generator.state,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from :meth:`state`."""
        self.start_from(state["teacher"])
        for name in (
            "generator",
            "average",
            "critic",
            "distill_optimizer",
            "generator_optimizer",
            "critic_optimizer",
        ):
            getattr(self, name).load_state_dict(state[name])
        torch.set_rng_state(state["torch_random"])
        self.sampler.random.bit_generator.state = state["sampler_random"]
        self.iteration = int(state["iteration"])
        self.seconds = float(state["seconds"])

    @property
    def distilling(self) -> bool:
        """Whether the run is still in its first part."""
        return self.iteration < self.config.distill_iterations

    def step(self) -> dict[str, float]:
        """One iteration of the part the run is in; returns its losses."""
        if self.teacher is None:
            raise SettingError(_("Name the refining model to learn from: --start-from CHECKPOINT"))
        began = time.monotonic()
        metrics = self._distill() if self.distilling else self._play_against_the_critic()
        self._update_average()
        self.iteration += 1
        self.seconds += time.monotonic() - began
        return metrics

    def _distill(self) -> dict[str, float]:
        """Match the teacher on the states of one stage, half of them the generator's own."""
        config = self.config
        done = self.iteration / config.distill_iterations
        warm = min(1.0, (self.iteration + 1) / config.warmup)
        rate = config.distill_learning_rate * warm * (1.0 - done) ** 0.5
        for group in self.distill_optimizer.param_groups:
            group["lr"] = rate
        pitch, onset, context = self._windows(config.distill_batch)
        number = int(torch.randint(len(STAGES), ()))
        own = bool(torch.rand(()) < 0.5)
        codes = one_hot(pitch)
        if own and number:
            codes, _ = self._written(self.average, pitch, onset, context, number)
        self.generator.train()
        with self._autocast():
            logits, struck = self.generator.look(
                codes, onset[..., 0], _known(number, context), context
            )
        divergence = self._divergence(logits, codes, onset[..., 0], context, number)
        loss = divergence
        if number == len(STAGES) - 1 and not (own and number):
            melody_known = torch.zeros_like(onset)
            melody_known[..., 0] = 1.0
            loss = loss + onset_loss(struck, pitch, onset, melody_known)
        self.distill_optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.generator.parameters(), 1.0)
        self.distill_optimizer.step()
        return {"distill_kl": divergence.item()}

    def _divergence(
        self, logits: Tensor, codes: Tensor, melody_onset: Tensor, context: Context, number: int
    ) -> Tensor:
        """KL from the teacher to the generator, mean over the cells that the stage writes."""
        assert self.teacher is not None
        position, fermata, valid = context
        known = _known(number, context)
        onset = torch.zeros_like(known)
        onset[..., 0] = melody_onset
        onset_known = torch.zeros_like(known)
        onset_known[..., 0] = 1.0
        style = torch.zeros_like(position)
        with torch.no_grad(), self._autocast():
            channels = self.teacher.channels_of(
                codes.detach(), onset, known, onset_known, position, fermata, valid, style
            )
            wanted, *_ = self.teacher.answers(channels)
        stage = STAGES[number]
        cells = level_cells(stage.level, position) * valid
        divergence = torch.stack(
            [
                fn.kl_div(
                    torch.log_softmax(logits[:, :, voice], dim=2),
                    torch.log_softmax(wanted[:, :, voice].float(), dim=2),
                    reduction="none",
                    log_target=True,
                ).sum(dim=2)
                for voice in stage.voices
            ]
        ).mean(dim=0)
        return (divergence * cells).sum() / cells.sum().clamp(min=1.0)

    def _play_against_the_critic(self) -> dict[str, float]:
        metrics: dict[str, float] = {}
        for _update in range(self.config.update_ratio):
            metrics = self._update_critic()
        # The critic learns alone at first: an untrained one says nothing.
        if self.iteration - self.config.distill_iterations >= self.config.critic_start:
            metrics |= self._update_generator()
        return metrics

    def _update_critic(self) -> dict[str, float]:
        pitch, onset, context = self._windows(self.config.batch)
        real, position = one_hot(pitch), context[0]
        fake, struck = self._written(self.generator, pitch, onset, context, len(STAGES))
        distance = critic_loss(
            self.critic(real, onset, position), self.critic(fake, struck, position)
        )
        penalty = self._penalty(real, onset, fake, struck, position)
        loss = distance + self.config.gradient_penalty * penalty
        self.critic_optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        self.critic_optimizer.step()
        return {"wasserstein": -distance.item(), "penalty": penalty.item()}

    def _penalty(
        self, real: Tensor, onset: Tensor, fake: Tensor, struck: Tensor, position: Tensor
    ) -> Tensor:
        """mean (||grad D|| - 1)^2 on random lines between real and fake passages."""
        share = torch.rand(len(real), 1, 1)
        codes = (real + share.unsqueeze(3) * (fake - real)).requires_grad_(True)
        strokes = (onset + share * (struck - onset)).requires_grad_(True)
        score = self.critic(codes, strokes, position)
        gradients = torch.autograd.grad(score.sum(), (codes, strokes), create_graph=True)
        square = sum((g.square().flatten(1).sum(dim=1) for g in gradients), torch.zeros(len(real)))
        return (torch.sqrt(1e-8 + square) - 1.0).square().mean()

    def _update_generator(self) -> dict[str, float]:
        config = self.config
        pitch, onset, context = self._windows(config.batch)
        self.generator.train()
        codes, struck = self._write(self.generator, pitch, onset, context, len(STAGES))
        loss = generator_loss(self.critic(codes, struck, context[0]))
        # One stage at a time is held near the teacher, which keeps the noise vector's say.
        number = int(torch.randint(len(STAGES), ()))
        with self._autocast():
            logits, _ = self.generator.look(
                codes.detach(), onset[..., 0], _known(number, context), context
            )
        anchor = self._divergence(logits, codes, onset[..., 0], context, number)
        self.generator_optimizer.zero_grad()
        (loss + config.anchor * anchor).backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.generator.parameters(), 1.0)
        self.generator_optimizer.step()
        return {"generator_loss": loss.item(), "anchor_kl": anchor.item()}

    @torch.no_grad()
    def _written(
        self, generator: OnePassGenerator, pitch: Tensor, onset: Tensor, context: Context, n: int
    ) -> tuple[Tensor, Tensor]:
        generator.eval()
        codes, struck = self._write(generator, pitch, onset, context, n)
        return codes.detach(), struck.detach()

    def _write(
        self, generator: OnePassGenerator, pitch: Tensor, onset: Tensor, context: Context, n: int
    ) -> tuple[Tensor, Tensor]:
        """``n`` stages from fresh noise: codes, and straight-through strokes (B, T, 4)."""
        batch, steps = pitch.shape[:2]
        noise = torch.randn(batch, steps // 16, 8, 512)
        with self._autocast():
            codes, logits, _ = generator.write(
                pitch[..., 0], onset[..., 0], context, noise, torch.ones(batch), n
            )
        uniform = torch.rand_like(logits).clamp(1e-4, 1 - 1e-4)
        soft = torch.sigmoid(logits + torch.log(uniform) - torch.log1p(-uniform))
        struck = (soft > 0.5).float() + soft - soft.detach()
        # Only where a pitch stays is there a choice.
        before = fn.pad(codes[:, :-1], (0, 0, 0, 0, 1, 0))
        stays = (codes * before)[..., 1:].sum(dim=3)
        sounds = codes[..., 1:].sum(dim=3)
        struck = stays * struck + (sounds - stays)
        return codes, torch.cat([onset[..., :1], struck[..., 1:]], dim=2)

    def _windows(self, count: int) -> tuple[Tensor, Tensor, Context]:
        """``(pitch (B, T, 4) classes, onset (B, T, 4), (position, fermata, valid))``."""
        pitch, onset, _, _, position, fermata, valid, *_ = to_tensors(self.sampler.batch(count))
        return pitch, onset, (position, fermata, valid)

    def _autocast(self) -> Any:
        return torch.autocast("cpu", torch.bfloat16, enabled=self.config.bfloat16)

    def _update_average(self) -> None:
        start = 0 if self.distilling else self.config.distill_iterations
        count = self.iteration - start
        decay = (
            min(self.config.ema_decay, (1 + count) / (10 + count))
            if start == 0
            else (self.config.ema_decay)
        )
        with torch.no_grad():
            current = self.generator.state_dict()
            for name, value in self.average.state_dict().items():
                if value.is_floating_point():
                    value.lerp_(current[name], 1.0 - decay)
                else:
                    value.copy_(current[name])

    def run(self, checkpoint: Path, stop: StopRequest) -> bool:
        """Train to the end or until ``stop``; True when the schedule is complete."""
        total = self.config.iterations
        say(Message("started", self.iteration, total, self.seconds))
        sums: dict[str, list[float]] = {}
        saved = time.monotonic()
        while self.iteration < total and not stop.requested.is_set():
            for name, value in self.step().items():
                sums.setdefault(name, []).append(value)
            if self.iteration % PROGRESS_ITERATIONS == 0:
                metrics = {name: round(sum(v) / len(v), 4) for name, v in sums.items()}
                sums.clear()
                say(Message("progress", self.iteration, total, self.seconds, metrics))
            if time.monotonic() - saved > CHECKPOINT_SECONDS:
                save_checkpoint(checkpoint, self.state())
                saved = time.monotonic()
        save_checkpoint(checkpoint, self.state())
        done = self.iteration >= total
        event = "finished" if done else "stopped"
        say(Message(event, self.iteration, total, self.seconds, path=str(checkpoint)))
        return done


def _known(number: int, context: Context) -> Tensor:
    """(B, T, 4): what stage ``number`` knows."""
    return torch.stack(known_cells(number, context[0], context[2]), dim=2)
