"""One training loop for networks that are trained step by step, with a running average.

One checkpoint file, resumable at any moment.
"""

import math
import time
from pathlib import Path
from typing import Any, ClassVar, Final, Generic, Protocol, TypeVar

import numpy as np
import torch
from torch import Tensor, nn
from torch.optim.swa_utils import get_ema_multi_avg_fn

from composer_app.training.checkpoint import save_checkpoint
from composer_app.training.config import (
    DrumConfig,
    MelodyConfig,
    RefiningConfig,
    config_to_dict,
)
from composer_app.training.protocol import Message, StopRequest, say

CHECKPOINT_SECONDS: Final = 60.0
PROGRESS_ITERATIONS: Final = 100
# Validation takes as long as some iterations.
VALID_ITERATIONS: Final = 500

NetworkT = TypeVar("NetworkT", bound=nn.Module)
ConfigT = TypeVar("ConfigT", bound=RefiningConfig | MelodyConfig | DrumConfig)


class Draws(Protocol):
    """What draws windows or bars at random."""

    random: np.random.Generator


class AveragedTrainer(Generic[NetworkT, ConfigT]):
    """Network, its running average, optimizer and data of one run.

    Whoever trains makes ``network``, ``average`` and ``optimizer``, and says what is drawn.
    """

    technique: ClassVar[str]
    config: ConfigT
    network: NetworkT
    average: NetworkT
    optimizer: torch.optim.Optimizer
    iteration: int = 0
    seconds: float = 0.0

    @property
    def draws(self) -> Draws:
        """Whose chance a resumed run goes on with."""
        raise NotImplementedError

    def next_losses(self) -> tuple[Tensor, dict[str, Tensor]]:
        """The loss of the next batch, and what it is made of, in nats."""
        raise NotImplementedError

    def validate(self) -> dict[str, float]:
        """The averaged network's losses on what is fixed of the validation split."""
        raise NotImplementedError

    def state(self) -> dict[str, Any]:
        """Everything that a resumed run needs."""
        return {
            "technique": self.technique,
            "config": config_to_dict(self.config),
            "iteration": self.iteration,
            "seconds": self.seconds,
            "network": self.network.state_dict(),
            "average": self.average.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "torch_random": torch.get_rng_state(),
            "sampler_random": self.draws.random.bit_generator.state,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from :meth:`state`."""
        self.network.load_state_dict(state["network"])
        self.average.load_state_dict(state["average"])
        self.optimizer.load_state_dict(state["optimizer"])
        torch.set_rng_state(state["torch_random"])
        self.draws.random.bit_generator.state = state["sampler_random"]
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
        loss, metrics = self.next_losses()
        self.optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.network.parameters(), self.config.clip)
        self.optimizer.step()
        self._update_average()
        self.iteration += 1
        self.seconds += time.monotonic() - began
        return metrics

    @torch.no_grad()
    def _update_average(self) -> None:
        # The average catches up fast at first, so that early checkpoints can be listened to.
        decay = min(self.config.ema_decay, (1 + self.iteration) / (10 + self.iteration))
        averages, currents = self.average.state_dict(), self.network.state_dict()
        floating = [name for name, value in averages.items() if value.is_floating_point()]
        move = get_ema_multi_avg_fn(decay)  # type: ignore[no-untyped-call]
        move([averages[name] for name in floating], [currents[name] for name in floating], 0)
        for name in averages.keys() - set(floating):
            averages[name].copy_(currents[name])

    def run(self, checkpoint: Path, stop: StopRequest) -> bool:
        """Train to the end or until ``stop``; True when the schedule is complete."""
        total = self.config.iterations
        say(Message("started", self.iteration, total, self.seconds))
        sums: dict[str, Tensor] = {}
        reported, saved = self.iteration, time.monotonic()
        while self.share_done < 1.0 and not stop.requested.is_set():
            for name, value in self.step().items():
                sums[name] = sums[name] + value if name in sums else value
            if self.iteration % PROGRESS_ITERATIONS == 0:
                count = self.iteration - reported
                metrics = {k: round(v.item() / count, 4) for k, v in sums.items()}
                metrics["learning_rate"] = self.learning_rate()
                reported = self.iteration
                sums.clear()
                if self.iteration % VALID_ITERATIONS == 0:
                    metrics |= self._validated()
                say(Message("progress", self.iteration, total, self.seconds, metrics))
            if time.monotonic() - saved > CHECKPOINT_SECONDS:
                save_checkpoint(checkpoint, self.state())
                saved = time.monotonic()
        save_checkpoint(checkpoint, self.state())
        done = self.share_done >= 1.0
        event = "finished" if done else "stopped"
        say(Message(event, self.iteration, total, self.seconds, self._validated(), str(checkpoint)))
        return done

    def _validated(self) -> dict[str, float]:
        return {name: round(value, 4) for name, value in self.validate().items()}


def decay_groups(network: nn.Module, weight_decay: float) -> list[dict[str, Any]]:
    """Weight decay on convolutions only, not on norms and biases."""
    parameters = [each for each in network.parameters() if each.requires_grad]
    return [
        {"params": [p for p in parameters if p.ndim > 1], "weight_decay": weight_decay},
        {"params": [p for p in parameters if p.ndim <= 1], "weight_decay": 0.0},
    ]
