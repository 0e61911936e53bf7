"""Training the refining model."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import torch
from torch import Tensor, nn

from composer_app.errors import CorpusError, SettingError
from composer_app.training.checkpoint import average_weights
from composer_app.training.config import (
    NETWORK_STYLES,
    STYLES,
    RefiningConfig,
)
from composer_app.training.corpora.corpus import Piece
from composer_app.training.networks.refining_unet import RefiningUNet, one_hot
from composer_app.training.trainers.averaged_trainer import AveragedTrainer, decay_groups
from composer_app.training.trainers.consistency import consistency_loss, consistent_target
from composer_app.training.trainers.dataset import Batch, WindowSampler
from composer_app.training.trainers.losses import masked_cross_entropy, onset_loss, row_losses
from composer_app.training.trainers.window_feed import WindowFeed, to_tensors
from composer_app.translation import _

_VALID_BATCHES: Final = 12
# Transpositions that a window's predictions are averaged over, some at a time.
_SHIFTS: Final = (-3, -2, -1, 1, 2, 3)
_VALID_SEED: Final = 20_000
# Enough for the mean and variance of each channel.
_NORM_BATCHES: Final = 12
# How many tensors of a batch the network takes, and which of them is the style.
INPUTS: Final = 12
STYLE: Final = 7
# The parts that are trained where there is a side network.
_TRAINED_BESIDE: Final = ("side", "row_head")


class RefiningTrainer(AveragedTrainer[RefiningUNet, RefiningConfig]):
    """Trains the refining model."""

    technique = "refining"

    def __init__(
        self,
        config: RefiningConfig,
        train: list[Piece],
        valid: list[Piece],
        teachers: Sequence[RefiningUNet] = (),
    ) -> None:
        """``teachers`` say what ``config.consistency`` trains towards, instead of the average."""
        if not train or not valid:
            raise CorpusError(_("The corpus needs pieces for training and for validation"))
        if config.device == "cuda" and not torch.cuda.is_available():
            raise SettingError(
                _("There is no GPU that this torch can use"), _("train with --set device=cpu")
            )
        torch.set_num_threads(config.threads)
        torch.manual_seed(config.seed)
        self.config = config
        self.device = torch.device(config.device)
        # Each shape occurs thousands of times: worth finding the quickest algorithm for it.
        torch.backends.cudnn.benchmark = True
        self.sampler = WindowSampler(train, config, config.seed)
        self.feed = WindowFeed(self.sampler)
        # The same masks each time; no pauses in the melody, which only training needs.
        plain = replace(config, melody_rest_share=0.0)
        self.valid_batches = _valid_batches(valid, plain)
        self.network = RefiningUNet(config).to(self.device)
        if self.side_alone:
            _hold_still(self.network)
        self.average = RefiningUNet(config).to(self.device)
        self.average.load_state_dict(self.network.state_dict())
        self.teachers = [teacher.to(self.device).eval() for teacher in teachers]
        self.optimizer = torch.optim.AdamW(
            decay_groups(self.network, config.weight_decay), betas=config.betas
        )

    @property
    def side_alone(self) -> bool:
        """Whether a side network alone is trained."""
        return self.network.side is not None and self.config.side_alone

    def start_from_model(self, path: Path) -> None:
        """Begin a new schedule with the network of a model file."""
        from composer_app.training.base_model import network_of, restore_norms, with_other_lines

        network = network_of(path)
        if (network.lines, network.pitch_classes) != (
            self.network.lines,
            self.network.pitch_classes,
        ):
            weights = with_other_lines(network, self.config)
            network = RefiningUNet(self.config).eval()
            network.load_state_dict(weights)
        network = network.to(self.device)
        if not self.side_alone:
            batches = (next(self.feed) for _ in range(_NORM_BATCHES))
            restore_norms(network, [self._placed(batch[:INPUTS]) for batch in batches])
        problem = SettingError(
            _("That model is a network of another size"), _("use the same recipe")
        )
        self._begin_with(network.state_dict(), problem)

    def start_from(self, state: dict[str, Any]) -> None:
        """Begin a new schedule with the averaged weights of another run.

        A run from before the network knew styles gives them no influence at first.
        """
        problem = SettingError(
            _("That checkpoint is of a network of another size"), _("use the same recipe")
        )
        self._begin_with(average_weights(state, self.network), problem)

    def _begin_with(self, weights: Mapping[str, Tensor], problem: SettingError) -> None:
        """Begin with ``weights``; a side network that they lack begins at random."""
        own = self.network.state_dict()
        if self.network.side is not None and not any(name.startswith("side.") for name in weights):
            kept = {name: own[name] for name in own if name.startswith(_TRAINED_BESIDE)}
            weights = {**weights, **kept}
        try:
            self.network.load_state_dict(weights)
        except RuntimeError:
            raise problem from None
        self.average.load_state_dict(weights)

    @property
    def draws(self) -> WindowSampler:
        """Whose chance a resumed run goes on with."""
        return self.sampler

    def next_losses(self) -> tuple[Tensor, dict[str, Tensor]]:
        """The loss of the next batch, and what it is made of, in nats."""
        if self.side_alone:
            _stay_as_trained(self.network)
        tensors = self._placed(next(self.feed))
        if self.side_alone:
            return self._losses_beside(tensors)
        if self.config.consistency:
            return self._consistent_losses(tensors)
        return self._losses(self.network, tensors)

    def _placed(self, tensors: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        return tuple(tensor.to(self.device, non_blocking=True) for tensor in tensors)

    def _autocast(self) -> torch.autocast:
        return torch.autocast(self.config.device, torch.bfloat16, enabled=self.config.bfloat16)

    def _losses(
        self, network: nn.Module, tensors: tuple[Tensor, ...]
    ) -> tuple[Tensor, dict[str, Tensor]]:
        with self._autocast():
            answers = network(*tensors[:INPUTS])
        return self._told(answers, tensors, tensors[INPUTS])

    def _losses_beside(self, tensors: tuple[Tensor, ...]) -> tuple[Tensor, dict[str, Tensor]]:
        """As :meth:`_losses`, where only a side network is trained.

        Windows in which a piece is planned have no voices to tell of, so that the trained network,
        which takes the most time, is not asked for them.
        """
        voices = tensors[INPUTS][..., 1:].sum(dim=(1, 2)) > 0
        # A batch of one window has something to train at any rate.
        voices[0] = True
        with self._autocast():
            channels = self.network.channels_of(
                one_hot(tensors[0], self.config.pitch_classes), *tensors[1:INPUTS]
            )
            answers = self.network.answers_beside(channels, voices)
        return self._told(answers, tensors, tensors[INPUTS], voices)

    def _told(
        self,
        answers: tuple[Tensor, ...],
        tensors: tuple[Tensor, ...],
        asked: Tensor,
        windows: Tensor | slice = slice(None),
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """The losses of ``answers`` where the window has the truth: pitches where ``asked``.

        ``windows`` are those of which the answers hold the voices.
        """
        pitch, onset, onset_known = (tensors[i][windows] for i in (0, 1, 3))
        loss, nats = masked_cross_entropy(answers[0], pitch, 1.0 - asked[windows])
        onsets = onset_loss(answers[1], pitch, onset, onset_known)
        chords, basses = row_losses(answers[2], answers[3], tensors[10], tensors[INPUTS + 1])
        metrics = {
            "pitch_nll": nats,
            "onset_nll": onsets.detach(),
            "chord_nll": chords.detach(),
            "bass_nll": basses.detach(),
        }
        return loss + onsets + self.config.chord_weight * (chords + basses), metrics

    def _consistent_losses(self, tensors: tuple[Tensor, ...]) -> tuple[Tensor, dict[str, Tensor]]:
        """As :meth:`_losses`, and how far the network is from the average of what is said.

        That is the average over transpositions, and over the teachers where there are some. A
        share of the windows is given another style's name: of those nobody knows the answer, but
        they have an average as well. Windows whose chord row shows anything are left out: teachers
        may know of no chords.
        """
        config, random = self.config, self.sampler.random
        count = len(tensors[0])
        draws = (
            random.random(count) < config.renamed_share,
            random.integers(len(STYLES), size=count),
        )
        renamed, wrong = self._placed(tuple(torch.from_numpy(draw) for draw in draws))
        blind = tensors[11].sum(dim=(1, 2)) == 0
        blind &= tensors[STYLE][:, 0] < len(STYLES)
        renamed = renamed & blind
        style = torch.where(renamed[:, None], wrong[:, None], tensors[STYLE])
        inputs = (*tensors[:STYLE], style, *tensors[STYLE + 1 : INPUTS])
        shifts = (0, *random.choice(_SHIFTS, config.transpositions, replace=False).tolist())
        with self._autocast():
            answers = self.network(*inputs)
        told = (1.0 - renamed.float())[:, None, None]
        truth = (*tensors[:3], torch.maximum(1.0 - told, tensors[3]), *tensors[4 : INPUTS + 1])
        loss, metrics = self._told(
            answers, (*truth, tensors[INPUTS + 1] * told), tensors[INPUTS] * told
        )
        if not blind.any():
            return loss, metrics
        self.average.eval()
        seen = tuple(tensor[blind] for tensor in inputs)
        with self._autocast():
            target, struck = consistent_target(self.teachers or [self.average], seen, shifts)
        apart = consistency_loss(answers[0][blind], target, 1.0 - tensors[INPUTS][blind])
        taught = onset_loss(answers[1][blind], seen[0], struck, seen[3])
        metrics["apart"] = apart.detach()
        return loss + config.consistency * blind.float().mean() * (apart + taught), metrics

    @torch.no_grad()
    def validate(self) -> dict[str, float]:
        """The averaged network's losses on fixed windows of the validation split, by style.

        The figures of the first style at hand also stand without a name.
        """
        self.average.eval()
        totals: dict[str, float] = {}
        for style, batches in self.valid_batches.items():
            for batch in batches:
                _, metrics = self._losses(self.average, self._placed(to_tensors(batch)))
                for name, value in metrics.items():
                    key = f"valid_{name}_{style}"
                    totals[key] = totals.get(key, 0.0) + value.item() / len(batches)
        first = next(iter(self.valid_batches))
        for name in ("pitch_nll", "onset_nll"):
            totals[f"valid_{name}"] = totals[f"valid_{name}_{first}"]
        return totals


def _hold_still(network: RefiningUNet) -> None:
    """Let nothing of ``network`` be trained but its side network and what says chords."""
    for name, parameter in network.named_parameters():
        parameter.requires_grad_(name.startswith(_TRAINED_BESIDE))


def _stay_as_trained(network: RefiningUNet) -> None:
    """Let the norms and dropouts of what is not trained be those of use."""
    for name, module in network.named_children():
        if not name.startswith(_TRAINED_BESIDE):
            module.eval()


def _valid_batches(valid: list[Piece], config: RefiningConfig) -> dict[str, list[Batch]]:
    batches = {}
    for style in NETWORK_STYLES:
        pieces = [piece for piece in valid if piece.style == style]
        if pieces:
            sampler = WindowSampler(pieces, config, _VALID_SEED)
            batches[style] = [sampler.batch(config.batch) for _ in range(_VALID_BATCHES)]
    return batches
