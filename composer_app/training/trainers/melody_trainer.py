"""Training the network that writes melodies: one loop, resumable at any moment."""

from dataclasses import fields
from typing import Final

import torch
from torch import Tensor
from torch.nn import functional as fn

from composer_app.errors import CorpusError
from composer_app.training.config import NETWORK_STYLES, MelodyConfig
from composer_app.training.corpora.corpus import Piece
from composer_app.training.networks.melody_unet import MelodyUNet
from composer_app.training.trainers.averaged_trainer import AveragedTrainer, decay_groups
from composer_app.training.trainers.losses import weighted
from composer_app.training.trainers.melody_windows import MelodyBatch, MelodySampler
from composer_app.translation import _

_VALID_BATCHES: Final = 8
_VALID_SEED: Final = 20_000
INPUTS: Final = 16


class MelodyTrainer(AveragedTrainer[MelodyUNet, MelodyConfig]):
    """Trains the network that writes melodies."""

    technique = "melody"

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
            decay_groups(self.network, config.weight_decay), betas=config.betas
        )

    @property
    def draws(self) -> MelodySampler:
        """Whose chance a resumed run goes on with."""
        return self.sampler

    def next_losses(self) -> tuple[Tensor, dict[str, Tensor]]:
        """The loss of the next batch, and what it is made of, in nats."""
        return self._losses(self.network, self.sampler.batch(self.config.batch))

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
