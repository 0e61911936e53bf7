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
from composer_app.training.checkpoint import save_checkpoint
from composer_app.training.config import OnePassConfig
from composer_app.training.corpora.corpus import Piece
from composer_app.training.networks.one_pass_critic import VoicesCritic
from composer_app.training.networks.one_pass_networks import (
    OnePassGenerator,
    Written,
    around_voices,
    features_with,
    one_hot,
)
from composer_app.training.networks.one_pass_stages import (
    STAGES,
    Cells,
    Context,
    Row,
)
from composer_app.training.networks.refining_unet import RefiningUNet
from composer_app.training.protocol import Message, StopRequest, say
from composer_app.training.trainers.averaged_trainer import (
    CHECKPOINT_SECONDS,
    PROGRESS_ITERATIONS,
)
from composer_app.training.trainers.losses import critic_loss, generator_loss, onset_loss
from composer_app.training.trainers.one_pass_feed import PassageFeed, Passages
from composer_app.translation import _

_LAST: Final = len(STAGES) - 1


class OnePassTrainer:
    """Generator, its running average, critic, teacher and data of one run."""

    def __init__(
        self, config: OnePassConfig, train: list[Piece], teacher: RefiningUNet | None = None
    ) -> None:
        """Without a ``teacher`` there is nothing to learn; only :meth:`step` needs it."""
        torch.set_num_threads(config.threads)
        torch.manual_seed(config.seed)
        self.config = config
        if not any(piece.style == "bach" for piece in train):
            raise CorpusError(
                _("The one-pass generator learns from the chorales"), _("add their corpus")
            )
        self.feed = PassageFeed(config, train)
        self.generator = OnePassGenerator(config)
        self.teacher = teacher
        if teacher is not None:
            teacher.eval().requires_grad_(False)
            try:
                self.generator.planner.take_over(teacher)
            except ValueError:
                raise SettingError(
                    _("The teacher has no chord row that the one-pass generator could take over"),
                    _("name a model that plans chords, such as models/bach.onnx"),
                ) from None
        self.average = copy.deepcopy(self.generator).eval()
        self.critic = VoicesCritic(config)
        learns = list(self.generator.network.parameters())
        self.distill_optimizer = torch.optim.AdamW(
            learns,
            lr=config.distill_learning_rate,
            betas=(0.9, 0.98),
            weight_decay=config.weight_decay,
        )
        self.generator_optimizer = torch.optim.Adam(
            learns, lr=config.learning_rate, betas=(0.0, 0.9)
        )
        self.critic_optimizer = torch.optim.Adam(
            self.critic.parameters(), lr=config.critic_learning_rate, betas=(0.0, 0.9)
        )
        self.iteration = 0
        self.seconds = 0.0

    def start_from(self, network: RefiningUNet) -> None:
        """Begin with the voices' ``network`` of another run.

        Raises :class:`SettingError` where that is of another size.
        """
        for own in (self.generator.network, self.average.network):
            try:
                own.load_state_dict(network.state_dict())
            except RuntimeError:
                raise SettingError(
                    _("That model is a network of another size"), _("use the same recipe")
                ) from None

    def state(self) -> dict[str, Any]:
        """Everything that a resumed run needs, but the teacher."""
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
            "torch_random": torch.get_rng_state(),
            "feed_random": self.feed.random_state(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from :meth:`state`."""
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
        self.feed.restore_random(state["feed_random"])
        self.iteration = int(state["iteration"])
        self.seconds = float(state["seconds"])

    @property
    def distilling(self) -> bool:
        """Whether the run is still in its first part."""
        return self.iteration < self.config.distill_iterations

    def step(self) -> dict[str, float]:
        """One iteration of the part the run is in; returns its losses."""
        if self.teacher is None:
            raise SettingError(_("Name the refining model to learn from: --teacher MODEL"))
        began = time.monotonic()
        metrics = self._distill() if self.distilling else self._play_against_the_critic()
        self._update_average()
        self.iteration += 1
        self.seconds += time.monotonic() - began
        return metrics

    def _distill(self) -> dict[str, float]:
        """Match the teacher on the states of all stages, most of them the generator's own."""
        config = self.config
        done = self.iteration / config.distill_iterations
        warm = min(1.0, (self.iteration + 1) / config.warmup)
        rate = config.distill_learning_rate * warm * (1.0 - done) ** 0.5
        for group in self.distill_optimizer.param_groups:
            group["lr"] = rate
        passages = self.feed.draw(config.distill_batch)
        codes, row, own = self._states(passages)
        count = len(STAGES)
        context = Context(
            *(each.repeat(count, *[1] * (each.ndim - 1)) for each in passages.context)
        )
        onset = passages.onset.repeat(count, 1, 1)
        cells = Cells(passages.context)
        known = torch.cat([cells.known(number) for number in range(count)])
        self.generator.train()
        around = around_voices(self.generator.network, context, row)
        features = features_with(around, codes, onset[..., 0], known)
        with self._autocast():
            pitch, struck, *_ = self.generator.network.answers(features)
        logits = pitch.float()
        wanted = self._wanted(features)
        divergences = [
            _divergence(each, goal, number, cells, passages.context.valid)
            for number, (each, goal) in enumerate(
                zip(logits.chunk(count), wanted.chunk(count), strict=True)
            )
        ]
        loss = divergence = torch.stack(divergences).mean()
        # Strokes are taught where the notes are Bach's own.
        his = ~own.chunk(count)[_LAST]
        if his.any():
            melody_known = torch.zeros_like(passages.onset)
            melody_known[..., 0] = 1.0
            strokes = struck.float().chunk(count)[_LAST][his]
            loss = loss + onset_loss(
                strokes, passages.pitch[his], passages.onset[his], melody_known[his]
            )
        self.distill_optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.generator.network.parameters(), 1.0)
        self.distill_optimizer.step()
        return {
            "distill_kl": divergence.item(),
            **{f"stage_{number}": each.item() for number, each in enumerate(divergences)},
        }

    def _states(self, passages: Passages) -> tuple[Tensor, Row, Tensor]:
        """``(codes, row, own)``, the stages one after the other along the batch.

        What each stage is shown: Bach's voices with the chords they have, or where ``own`` (S * B,)
        what the generator has written itself, with the chords that it has planned.
        """
        count, batch = len(STAGES), len(passages.pitch)
        seen: list[Tensor] = []
        written = self._write(self.average, passages, seen)
        codes = one_hot(passages.pitch)
        own = torch.rand(count, batch) < self.config.own_share
        own |= ~passages.has_voices
        shown = torch.stack(
            [
                torch.where(own[number][:, None, None, None], seen[number], codes)
                for number in range(count)
            ]
        ).flatten(0, 1)
        rows = Row(
            *(
                torch.stack(
                    [torch.where(own[number][:, None, None], mine, his) for number in range(count)]
                ).flatten(0, 1)
                for mine, his in zip(written.row, passages.row, strict=True)
            )
        )
        return shown, rows, own.flatten()

    @torch.no_grad()
    def _wanted(self, features: Tensor) -> Tensor:
        """The teacher's logits (B, T, 4, 49) for input channels (B, C, T)."""
        assert self.teacher is not None
        with self._autocast():
            pitch, *_ = self.teacher.answers(features.detach())
        return pitch.float()

    def _play_against_the_critic(self) -> dict[str, float]:
        metrics: dict[str, float] = {}
        for _update in range(self.config.update_ratio):
            metrics = self._update_critic()
        # The critic learns alone at first: an untrained one says nothing.
        if self.iteration - self.config.distill_iterations >= self.config.critic_start:
            metrics |= self._update_generator()
        return metrics

    def _update_critic(self) -> dict[str, float]:
        passages = self.feed.chorales(self.config.batch)
        real, position = one_hot(passages.pitch), passages.context.position
        written = self._write(self.generator.eval(), passages)
        fake, struck = written.codes, written.struck
        distance = critic_loss(
            self.critic(real, passages.onset, position), self.critic(fake, struck, position)
        )
        penalty = self._penalty(real, passages.onset, fake, struck, position)
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
        passages = self.feed.chorales(config.batch)
        self.generator.train()
        written = self._straight_through(self.generator, passages)
        loss = generator_loss(self.critic(written.codes, written.struck, passages.context.position))
        # One stage at a time is held near the teacher, which keeps the noise vector's say.
        number = int(torch.randint(len(STAGES), ()))
        cells = Cells(passages.context)
        around = around_voices(self.generator.network, passages.context, written.row)
        features = features_with(
            around, written.codes.detach(), passages.onset[..., 0], cells.known(number)
        )
        with self._autocast():
            logits, *_ = self.generator.network.answers(features)
        wanted = self._wanted(features)
        anchor = _divergence(logits.float(), wanted, number, cells, passages.context.valid)
        self.generator_optimizer.zero_grad()
        (loss + config.anchor * anchor).backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.generator.network.parameters(), 1.0)
        self.generator_optimizer.step()
        return {"generator_loss": loss.item(), "anchor_kl": anchor.item()}

    @torch.no_grad()
    def _write(
        self, generator: OnePassGenerator, passages: Passages, seen: list[Tensor] | None = None
    ) -> Written:
        return self._straight_through(generator, passages, seen)

    def _straight_through(
        self, generator: OnePassGenerator, passages: Passages, seen: list[Tensor] | None = None
    ) -> Written:
        """All stages from fresh noise; ``struck`` are 0/1 strokes with gradients (B, T, 4)."""
        onset = passages.onset
        batch, steps = onset.shape[:2]
        noise = torch.randn(batch, steps // 16, 8, 512)
        with self._autocast():
            written = generator.write(
                passages.pitch[..., 0],
                onset[..., 0],
                passages.context,
                noise,
                torch.ones(batch),
                seen,
            )
        codes, logits = written.codes, written.struck
        uniform = torch.rand_like(logits).clamp(1e-4, 1 - 1e-4)
        soft = torch.sigmoid(logits + torch.log(uniform) - torch.log1p(-uniform))
        struck = (soft > 0.5).float() + soft - soft.detach()
        # Only where a pitch stays is there a choice.
        before = fn.pad(codes[:, :-1], (0, 0, 0, 0, 1, 0))
        stays = (codes * before)[..., 1:].sum(dim=3)
        sounds = codes[..., 1:].sum(dim=3)
        struck = stays * struck + (sounds - stays)
        return written._replace(struck=torch.cat([onset[..., :1], struck[..., 1:]], dim=2))

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


def _divergence(logits: Tensor, wanted: Tensor, number: int, cells: Cells, valid: Tensor) -> Tensor:
    """KL from the teacher's ``wanted`` (B, T, 4, 49), mean over the cells of stage ``number``."""
    stage = STAGES[number]
    total, count = logits.new_zeros(()), logits.new_zeros(())
    for voice in stage.voices:
        here = cells.of(stage, voice) * valid
        each = fn.kl_div(
            torch.log_softmax(logits[:, :, voice], dim=2),
            torch.log_softmax(wanted[:, :, voice], dim=2),
            reduction="none",
            log_target=True,
        ).sum(dim=2)
        total = total + (each * here).sum()
        count = count + here.sum()
    return total / count.clamp(min=1.0)
