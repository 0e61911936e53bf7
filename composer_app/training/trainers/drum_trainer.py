"""Training the drum network: one loop, one checkpoint file, resumable at any moment."""

import math
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as fn
from torch.optim.swa_utils import get_ema_multi_avg_fn

from composer_app.errors import CorpusError
from composer_app.training.checkpoint import save_checkpoint
from composer_app.training.config import DrumConfig, config_to_dict
from composer_app.training.corpora.groove_corpus import Groove
from composer_app.training.networks.drum_unet import (
    COUNT,
    DrumUNet,
    timing_bins,
    velocity_bins,
)
from composer_app.training.protocol import Message, StopRequest, say
from composer_app.training.trainers.drum_data import Bars, BarSampler, Batch, Vocabulary
from composer_app.translation import _

_CHECKPOINT_SECONDS: Final = 60.0
_PROGRESS_ITERATIONS: Final = 50
_VALID_ITERATIONS: Final = 500
_VALID_BATCHES: Final = 16
_VALID_SEED: Final = 20_000


class DrumTrainer:
    """Network, its running average, optimizer and data of one run."""

    def __init__(self, config: DrumConfig, grooves: Sequence[Groove]) -> None:
        """``grooves`` are performances for training and for validation."""
        if {"train", "valid"} - {groove.split for groove in grooves}:
            raise CorpusError(_("The corpus needs pieces for training and for validation"))
        torch.set_num_threads(config.threads)
        torch.manual_seed(config.seed)
        self.config = config
        self.words = Vocabulary.of(grooves)
        self.sampler = BarSampler(Bars.of(grooves, "train", self.words), config, config.seed)
        valid = BarSampler(Bars.of(grooves, "valid", self.words), config, _VALID_SEED)
        self.valid_batches = [valid.draw() for _ in range(_VALID_BATCHES)]
        self.network, self.average = self._new(), self._new()
        self.average.load_state_dict(self.network.state_dict())
        self.optimizer = torch.optim.AdamW(
            _decay_groups(self.network, config.weight_decay), betas=config.betas
        )
        self.iteration = 0
        self.seconds = 0.0

    def _new(self) -> DrumUNet:
        words = self.words
        combinations = torch.from_numpy(words.combinations.astype(np.float32))
        return DrumUNet(self.config, len(words.styles), len(words.substyles), combinations)

    def state(self) -> dict[str, Any]:
        """Everything that a resumed run needs."""
        return {
            "technique": "drums",
            "config": config_to_dict(self.config),
            "styles": list(self.words.styles),
            "substyles": list(self.words.substyles),
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

    def start_from(self, state: dict[str, Any]) -> None:
        """Begin a new schedule with the averaged weights of another run."""
        self.network.load_state_dict(state["average"])
        self.average.load_state_dict(state["average"])

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
        loss, metrics = self._losses(self.network, self.sampler.draw())
        self.optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.network.parameters(), self.config.clip)
        self.optimizer.step()
        self._update_average()
        self.iteration += 1
        self.seconds += time.monotonic() - began
        return metrics

    def _losses(self, network: DrumUNet, batch: Batch) -> tuple[Tensor, dict[str, Tensor]]:
        """The loss, and the nats of a step's strokes, a stroke's velocity and its timing."""
        strokes, touches = network(
            batch.context, batch.present, batch.asked, batch.bar, batch.before
        )
        drums = fn.cross_entropy(strokes.flatten(0, 1), batch.strokes.flatten())
        hits, velocity, timing = torch.split(batch.bar, COUNT, dim=-1)
        number = hits.sum(-1, keepdim=True)
        mean = (timing * hits).sum(-1, keepdim=True) / number.clamp(min=1)
        of_each, of_all, beside = torch.split(touches, [COUNT, 1, COUNT], dim=-2)
        loud = _nats(of_each, velocity_bins(velocity), hits)
        together = _nats(of_all, timing_bins(mean), (number > 0).float())
        apart = _nats(beside, timing_bins(timing - mean), hits * (number > 1))
        config = self.config
        loss = drums + config.velocity_weight * loud + config.timing_weight * (together + apart)
        metrics = {"strokes": drums, "velocity": loud, "together": together, "apart": apart}
        return loss, {f"{name}_nll": value.detach() for name, value in metrics.items()}

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
        """The averaged network's losses on fixed bars of the validation split."""
        self.average.eval()
        totals: dict[str, float] = {}
        for batch in self.valid_batches:
            for name, value in self._losses(self.average, batch)[1].items():
                totals[f"valid_{name}"] = (
                    totals.get(f"valid_{name}", 0.0) + value.item() / _VALID_BATCHES
                )
        return totals

    def run(self, checkpoint: Path, stop: StopRequest) -> bool:
        """Train to the end or until ``stop``; True when the schedule is complete."""
        total = self.config.iterations
        say(Message("started", self.iteration, total, self.seconds))
        sums: dict[str, Tensor] = {}
        reported = self.iteration
        saved = time.monotonic()
        while self.share_done < 1.0 and not stop.requested.is_set():
            for name, value in self.step().items():
                sums[name] = sums[name] + value if name in sums else value
            if self.iteration % _PROGRESS_ITERATIONS == 0:
                count = self.iteration - reported
                metrics = {name: round(v.item() / count, 4) for name, v in sums.items()}
                reported = self.iteration
                sums.clear()
                if self.iteration % _VALID_ITERATIONS == 0:
                    metrics |= {name: round(v, 4) for name, v in self.validate().items()}
                say(Message("progress", self.iteration, total, self.seconds, metrics))
            if time.monotonic() - saved > _CHECKPOINT_SECONDS:
                save_checkpoint(checkpoint, self.state())
                saved = time.monotonic()
        save_checkpoint(checkpoint, self.state())
        done = self.share_done >= 1.0
        event = "finished" if done else "stopped"
        say(Message(event, self.iteration, total, self.seconds, path=str(checkpoint)))
        return done


def _nats(scores: Tensor, bins: Tensor, weight: Tensor) -> Tensor:
    """The mean cross-entropy of ``bins``, where ``weight`` is 1."""
    nats = fn.cross_entropy(scores.flatten(0, -2), bins.flatten(), reduction="none")
    return (nats * weight.flatten()).sum() / weight.sum().clamp(min=1)


def _decay_groups(network: nn.Module, decay: float) -> list[dict[str, Any]]:
    """Weights that decay, and biases and norms that do not."""
    parameters = list(network.parameters())
    return [
        {"params": [each for each in parameters if each.ndim > 1], "weight_decay": decay},
        {"params": [each for each in parameters if each.ndim < 2], "weight_decay": 0.0},
    ]
