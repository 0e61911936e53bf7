"""Training the drum network: one loop, one checkpoint file, resumable at any moment."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as fn

from composer_app.errors import CorpusError
from composer_app.training.config import DrumConfig
from composer_app.training.corpora.groove_corpus import Groove
from composer_app.training.networks.drum_unet import (
    COUNT,
    DrumUNet,
    timing_bins,
    velocity_bins,
)
from composer_app.training.trainers.averaged_trainer import AveragedTrainer, decay_groups
from composer_app.training.trainers.drum_data import Bars, BarSampler, Batch, Vocabulary
from composer_app.translation import _

_VALID_BATCHES: Final = 16
_VALID_SEED: Final = 20_000


class DrumTrainer(AveragedTrainer[DrumUNet, DrumConfig]):
    """Trains the network that writes drums."""

    technique = "drums"

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
            decay_groups(self.network, config.weight_decay), betas=config.betas
        )

    def _new(self) -> DrumUNet:
        words = self.words
        combinations = torch.from_numpy(words.combinations.astype(np.float32))
        return DrumUNet(self.config, len(words.styles), len(words.substyles), combinations)

    @property
    def draws(self) -> BarSampler:
        """Whose chance a resumed run goes on with."""
        return self.sampler

    def state(self) -> dict[str, Any]:
        """Everything that a resumed run needs, and what the styles are called."""
        words = {"styles": list(self.words.styles), "substyles": list(self.words.substyles)}
        return super().state() | words

    def next_losses(self) -> tuple[Tensor, dict[str, Tensor]]:
        """The loss of the next batch, and what it is made of, in nats."""
        return self._losses(self.network, self.sampler.draw())

    def start_from(self, state: dict[str, Any]) -> None:
        """Begin a new schedule with the averaged weights of another run."""
        self.network.load_state_dict(state["average"])
        self.average.load_state_dict(state["average"])

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


def _nats(scores: Tensor, bins: Tensor, weight: Tensor) -> Tensor:
    """The mean cross-entropy of ``bins``, where ``weight`` is 1."""
    nats = fn.cross_entropy(scores.flatten(0, -2), bins.flatten(), reduction="none")
    return (nats * weight.flatten()).sum() / weight.sum().clamp(min=1)
