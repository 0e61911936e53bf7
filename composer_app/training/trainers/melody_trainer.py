"""Training the network that writes melodies: one loop, resumable at any moment."""

import math
import time
from dataclasses import fields
from pathlib import Path
from typing import Any, Final

import torch
from torch import Tensor
from torch.nn import functional as fn
from torch.optim.swa_utils import get_ema_multi_avg_fn

from composer_app.errors import CorpusError
from composer_app.training.checkpoint import save_checkpoint
from composer_app.training.config import NETWORK_STYLES, MelodyConfig, config_to_dict
from composer_app.training.corpora.corpus import Piece
from composer_app.training.networks.melody_unet import MelodyUNet
from composer_app.training.protocol import Message, StopRequest, say
from composer_app.training.trainers.losses import weighted
from composer_app.training.trainers.melody_windows import MelodyBatch, MelodySampler
from composer_app.translation import _

CHECKPOINT_SECONDS: Final = 60.0
PROGRESS_ITERATIONS: Final = 100
_VALID_BATCHES: Final = 8
_VALID_SEED: Final = 20_000
INPUTS: Final = 16


class MelodyTrainer:
    """Network, its running average, optimizer and data of one run."""

    def __init__(self, config: MelodyConfig, train: list[Piece], valid: list[Piece]) -> None:
        if not train or not valid:
            raise CorpusError(_("The corpus needs pieces for training and for validation"))
        torch.set_num_threads(config.threads)
        torch.manual_seed(config.seed)
        self.config = config
        self.sampler = MelodySampler(train, config, config.seed)
        self.valid_batches = _valid_batches(valid, config)
        self.network = MelodyUNet(config)
        self.average = MelodyUNet(config)
        self.average.load_state_dict(self.network.state_dict())
        self.optimizer = torch.optim.AdamW(
            [
                {
                    "params": [p for p in self.network.parameters() if p.ndim > 1],
                    "weight_decay": config.weight_decay,
                },
                {
                    "params": [p for p in self.network.parameters() if p.ndim <= 1],
                    "weight_decay": 0.0,
                },
            ],
            betas=config.betas,
        )
        self.iteration = 0
        self.seconds = 0.0

    def state(self) -> dict[str, Any]:
        """Everything that a resumed run needs."""
        return {
            "technique": "melody",
            "config": config_to_dict(self.config),
            "iteration": self.iteration,
            "seconds": self.seconds,
            "network": self.network.state_dict(),
            "average": self.average.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "torch_random": torch.get_rng_state(),
            "sampler_random": self.sampler.random.bit_generator.state,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from :meth:`state`."""
        self.network.load_state_dict(state["network"])
        self.average.load_state_dict(state["average"])
        self.optimizer.load_state_dict(state["optimizer"])
        torch.set_rng_state(state["torch_random"])
        self.sampler.random.bit_generator.state = state["sampler_random"]
        self.iteration = int(state["iteration"])
        self.seconds = float(state["seconds"])

    @property
    def share_done(self) -> float:
        """0 to 1: the further of iterations and minutes."""
        share = self.iteration / self.config.iterations
        if self.config.minutes > 0:
            share = max(share, self.seconds / 60.0 / self.config.minutes)
        return min(share, 1.0)

    def learning_rate(self) -> float:
        """Linear warm-up, then half a cosine down to 0."""
        warm = min(1.0, (self.iteration + 1) / self.config.warmup)
        return self.config.learning_rate * warm * 0.5 * (1.0 + math.cos(math.pi * self.share_done))

    def step(self) -> dict[str, Tensor]:
        """One iteration; returns its losses in nats."""
        began = time.monotonic()
        for group in self.optimizer.param_groups:
            group["lr"] = self.learning_rate()
        self.network.train()
        loss, metrics = self._losses(self.network, self.sampler.batch(self.config.batch))
        self.optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), self.config.clip)
        self.optimizer.step()
        self._update_average()
        self.iteration += 1
        self.seconds += time.monotonic() - began
        return metrics

    def _losses(self, network: MelodyUNet, batch: MelodyBatch) -> tuple[Tensor, dict[str, Tensor]]:
        """The loss, and the nats of each guess at a rhythm and at a pitch."""
        tensors = [torch.from_numpy(getattr(batch, field.name)) for field in fields(batch)]
        state_asked, degree_asked = tensors[INPUTS:]
        states, degrees = network(*tensors[:INPUTS])
        loss = torch.zeros(())
        metrics = {}
        for name, logits, truth, asked in (
            ("rhythm_nll", states, tensors[0], state_asked),
            ("pitch_nll", degrees, tensors[1], degree_asked),
        ):
            nll = fn.cross_entropy(logits.flatten(0, 1), truth.flatten(), reduction="none")
            nll = nll.view_as(asked)
            hidden = asked.unsqueeze(-1)
            loss = loss + weighted(nll.unsqueeze(-1), hidden)
            metrics[name] = ((nll * asked).sum() / asked.sum().clamp(min=1.0)).detach()
        return loss, metrics

    @torch.no_grad()
    def _update_average(self) -> None:
        decay = min(self.config.ema_decay, (1 + self.iteration) / (10 + self.iteration))
        averages, currents = self.average.state_dict(), self.network.state_dict()
        floating = [name for name, value in averages.items() if value.is_floating_point()]
        move = get_ema_multi_avg_fn(decay)  # type: ignore[no-untyped-call]
        move([averages[name] for name in floating], [currents[name] for name in floating], 0)
        for name in averages.keys() - set(floating):
            averages[name].copy_(currents[name])

    @torch.no_grad()
    def validate(self) -> dict[str, float]:
        """The averaged network's losses on fixed windows of the validation split, by style."""
        self.average.eval()
        totals: dict[str, float] = {}
        for style, batches in self.valid_batches.items():
            for batch in batches:
                _loss, metrics = self._losses(self.average, batch)
                for name, value in metrics.items():
                    key = f"valid_{name}_{style}"
                    totals[key] = totals.get(key, 0.0) + value.item() / len(batches)
        return totals

    def run(self, checkpoint: Path, stop: StopRequest) -> bool:
        """Train to the end or until ``stop``; True when the schedule is complete."""
        config = self.config
        say(Message("started", self.iteration, config.iterations, self.seconds))
        sums: dict[str, Tensor] = {}
        reported, saved = self.iteration, time.monotonic()
        while self.share_done < 1.0 and not stop.requested.is_set():
            for name, value in self.step().items():
                sums[name] = sums[name] + value if name in sums else value
            if self.iteration % PROGRESS_ITERATIONS == 0:
                count = self.iteration - reported
                metrics = {k: round(v.item() / count, 4) for k, v in sums.items()}
                reported = self.iteration
                sums.clear()
                if self.iteration % (5 * PROGRESS_ITERATIONS) == 0:
                    metrics |= {k: round(v, 4) for k, v in self.validate().items()}
                say(Message("progress", self.iteration, config.iterations, self.seconds, metrics))
            if time.monotonic() - saved > CHECKPOINT_SECONDS:
                save_checkpoint(checkpoint, self.state())
                saved = time.monotonic()
        save_checkpoint(checkpoint, self.state())
        done = self.share_done >= 1.0
        metrics = {k: round(v, 4) for k, v in self.validate().items()}
        event = "finished" if done else "stopped"
        say(
            Message(
                event, self.iteration, config.iterations, self.seconds, metrics, str(checkpoint)
            )
        )
        return done


def _valid_batches(valid: list[Piece], config: MelodyConfig) -> dict[str, list[MelodyBatch]]:
    batches = {}
    for style in NETWORK_STYLES:
        pieces = [piece for piece in valid if piece.style == style]
        try:
            sampler = MelodySampler(pieces, config, _VALID_SEED)
        except ValueError:
            continue
        batches[style] = [sampler.batch(config.batch) for _ in range(_VALID_BATCHES)]
    return batches
