"""Training the published one-pass GAN, WGAN-GP, to the letter of its published schedule."""

import time
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from composer_app.errors import CorpusError
from composer_app.training.checkpoint import save_checkpoint
from composer_app.training.config import VOICES, ClassicGanConfig, config_to_dict
from composer_app.training.corpora.corpus import REST, Piece
from composer_app.training.networks.classic_gan import ClassicCritic, ClassicGenerator
from composer_app.training.protocol import Message, StopRequest, say
from composer_app.training.trainers.losses import critic_loss, generator_loss, gradient_penalty
from composer_app.translation import _

SNIPPET_STEPS: Final = 32
_PITCHES: Final = 128
_NOISE_SHAPE: Final = (2, 8, 512)
_CHECKPOINT_ITERATIONS: Final = 50
_C_MAJOR: Final = (0, 2, 4, 5, 7, 9, 11)


def snippets(pieces: list[Piece]) -> NDArray[np.float32]:
    """One two-bar snippet of each piece: (N, 32, 128, 4) in {-1, +1}, track 0 the melody.

    It is taken from the first downbeat on. As published, a roll has no onsets.
    """
    rolls = []
    for piece in pieces:
        start = int(np.argmax(piece.position == 0))
        pitch = piece.pitch[start : start + SNIPPET_STEPS]
        if len(pitch) < SNIPPET_STEPS or piece.bad[start : start + SNIPPET_STEPS].any():
            continue
        roll = np.full((SNIPPET_STEPS, _PITCHES, VOICES), -1.0, np.float32)
        step, voice = np.nonzero(pitch != REST)
        roll[step, pitch[step, voice], voice] = 1.0
        rolls.append(roll)
    return np.stack(rolls) if rolls else np.zeros((0, SNIPPET_STEPS, _PITCHES, VOICES), np.float32)


class ClassicGanTrainer:
    """Generator, critic and data of one run."""

    def __init__(self, config: ClassicGanConfig, train: list[Piece]) -> None:
        torch.set_num_threads(config.threads)
        torch.manual_seed(config.seed)
        self.config = config
        # The published design knows the 229 chorales of the JSB training split alone.
        self.data = torch.from_numpy(snippets([p for p in train if p.split == "train"]))
        if len(self.data) < config.batch:
            raise CorpusError(
                _(
                    "The corpus has {snippets} two-bar snippets, fewer than a batch of {batch}",
                    snippets=len(self.data),
                    batch=config.batch,
                )
            )
        self.random = torch.Generator().manual_seed(config.seed)
        self.generator = ClassicGenerator()
        self.critic = ClassicCritic()
        options: dict[str, Any] = {"lr": config.learning_rate, "betas": config.betas}
        self.generator_optimizer = torch.optim.Adam(self.generator.parameters(), **options)
        self.critic_optimizer = torch.optim.Adam(self.critic.parameters(), **options)
        self.order = torch.zeros(0, dtype=torch.long)
        self.iteration = 0
        self.seconds = 0.0

    def state(self) -> dict[str, Any]:
        """Everything that a resumed run needs."""
        return {
            "technique": "gan-classic",
            "config": config_to_dict(self.config),
            "iteration": self.iteration,
            "seconds": self.seconds,
            "generator": self.generator.state_dict(),
            "critic": self.critic.state_dict(),
            "generator_optimizer": self.generator_optimizer.state_dict(),
            "critic_optimizer": self.critic_optimizer.state_dict(),
            "random": self.random.get_state(),
            "order": self.order,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from :meth:`state`."""
        self.generator.load_state_dict(state["generator"])
        self.critic.load_state_dict(state["critic"])
        self.generator_optimizer.load_state_dict(state["generator_optimizer"])
        self.critic_optimizer.load_state_dict(state["critic_optimizer"])
        self.random.set_state(state["random"])
        self.order = state["order"]
        self.iteration = int(state["iteration"])
        self.seconds = float(state["seconds"])

    def _batch(self) -> Tensor:
        """(64, 32, 128, 4), shuffled each epoch, the last partial batch dropped."""
        if len(self.order) < self.config.batch:
            self.order = torch.randperm(len(self.data), generator=self.random)
        chosen, self.order = self.order[: self.config.batch], self.order[self.config.batch :]
        return self.data[chosen]

    def _noise(self, count: int) -> Tensor:
        """Standard normal, truncated at two standard deviations as TensorFlow's is."""
        z = torch.empty(count, *_NOISE_SHAPE)
        return torch.nn.init.trunc_normal_(z, 0.0, 1.0, -2.0, 2.0, generator=self.random)

    def step(self) -> dict[str, float]:
        """Five updates of the critic, one of the generator; returns the losses."""
        began = time.monotonic()
        for _update in range(self.config.update_ratio):
            metrics = self._update_critic()
        metrics |= self._update_generator()
        self.iteration += 1
        self.seconds += time.monotonic() - began
        return metrics

    def _fake(self, condition: Tensor) -> Tensor:
        # The critic stays in float32: with a bfloat16 critic its estimate of the distance fell to
        # a third and the generator went silent.
        with torch.autocast("cpu", torch.bfloat16, enabled=self.config.bfloat16):
            fake: Tensor = self.generator(condition, self._noise(len(condition)))
        return fake

    def _update_critic(self) -> dict[str, float]:
        real = self._batch()
        condition = real[..., :1]
        self.generator.eval()
        with torch.no_grad():
            fake = self._fake(condition)
        distance = critic_loss(self.critic(real, condition), self.critic(fake, condition))
        penalty = gradient_penalty(self.critic, real, fake, condition, self.random)
        loss = distance + self.config.gradient_penalty * penalty
        self.critic_optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        self.critic_optimizer.step()
        return {
            "critic_loss": loss.item(),
            "wasserstein": -distance.item(),
            "penalty": penalty.item(),
        }

    def _update_generator(self) -> dict[str, float]:
        condition = self._batch()[..., :1]
        self.generator.train()
        fake = self._fake(condition)
        loss = generator_loss(self.critic(fake, condition))
        self.generator_optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        self.generator_optimizer.step()
        return {"generator_loss": loss.item()} | roll_metrics(fake.detach().numpy())

    def run(self, checkpoint: Path, stop: StopRequest) -> bool:
        """Train to the end or until ``stop``; True when the schedule is complete."""
        total = self.config.iterations
        say(Message("started", self.iteration, total, self.seconds))
        while self.iteration < total and not stop.requested.is_set():
            metrics = {name: round(value, 4) for name, value in self.step().items()}
            say(Message("progress", self.iteration, total, self.seconds, metrics))
            if self.iteration % _CHECKPOINT_ITERATIONS == 0:
                save_checkpoint(checkpoint, self.state())
        save_checkpoint(checkpoint, self.state())
        done = self.iteration >= total
        event = "finished" if done else "stopped"
        say(Message(event, self.iteration, total, self.seconds, path=str(checkpoint)))
        return done


def roll_metrics(rolls: NDArray[np.float32]) -> dict[str, float]:
    """The published run's metrics of (B, 32, 128, 4) rolls; a note sounds where > 0.

    Empty bar rate: share of the bars of a track without a note. Unique pitches: mean number of
    pitch classes a bar of a track uses. In-scale rate: share of sounding cells in C major,
    which the published design assumes of every piece.
    """
    notes = np.greater(rolls, 0, dtype=np.bool_)
    bars = np.asarray(notes.reshape(len(notes), 2, 16, _PITCHES, VOICES).any(axis=2))
    classes = np.stack([bars[:, :, c::12].any(axis=2) for c in range(12)], axis=2)
    sounding = notes.sum(axis=(0, 1, 3))
    in_scale = sum(float(sounding[c::12].sum()) for c in _C_MAJOR)
    return {
        "empty_bar_rate": float((~bars.any(axis=2)).mean()),
        "unique_pitches": float(classes.sum(axis=2).mean()),
        "in_scale_rate": in_scale / max(1.0, float(sounding.sum())),
    }
