"""Training the refining model: one loop, one checkpoint file, resumable at any moment."""

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import get_ema_multi_avg_fn

from composer_app.errors import CorpusError, SettingError
from composer_app.training.checkpoint import average_weights, save_checkpoint
from composer_app.training.config import (
    NETWORK_STYLES,
    STYLES,
    RefiningConfig,
    config_to_dict,
)
from composer_app.training.corpora.corpus import Piece
from composer_app.training.networks.refining_unet import RefiningUNet, one_hot
from composer_app.training.protocol import Message, StopRequest, say
from composer_app.training.trainers.consistency import consistency_loss, consistent_target
from composer_app.training.trainers.dataset import Batch, WindowSampler
from composer_app.training.trainers.losses import masked_cross_entropy, onset_loss, row_losses
from composer_app.training.trainers.window_feed import WindowFeed, to_tensors
from composer_app.translation import _

CHECKPOINT_SECONDS: Final = 60.0
PROGRESS_ITERATIONS: Final = 100
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


class RefiningTrainer:
    """Network, its running average, optimizer and data of one run."""

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
            _decay_groups(self.network, config.weight_decay), betas=config.betas
        )
        self.iteration = 0
        self.seconds = 0.0

    @property
    def side_alone(self) -> bool:
        """Whether a side network alone is trained."""
        return self.network.side is not None and self.config.side_alone

    def state(self) -> dict[str, Any]:
        """Everything that a resumed run needs."""
        return {
            "technique": "refining",
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
        config = self.config
        for group in self.optimizer.param_groups:
            group["lr"] = self.learning_rate()
        self.network.train()
        if self.side_alone:
            _stay_as_trained(self.network)
        tensors = self._placed(next(self.feed))
        if self.side_alone:
            loss, metrics = self._losses_beside(tensors)
        elif config.consistency:
            loss, metrics = self._consistent_losses(tensors)
        else:
            loss, metrics = self._losses(self.network, tensors)
        self.optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.network.parameters(), config.clip)
        self.optimizer.step()
        self._update_average()
        self.iteration += 1
        self.seconds += time.monotonic() - began
        return metrics

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
    def _update_average(self) -> None:
        # The average catches up fast at first, so that early checkpoints can be listened to.
        decay = min(self.config.ema_decay, (1 + self.iteration) / (10 + self.iteration))
        averages, currents = self.average.state_dict(), self.network.state_dict()
        floating = [name for name, value in averages.items() if value.is_floating_point()]
        move = get_ema_multi_avg_fn(decay)  # type: ignore[no-untyped-call]
        move([averages[name] for name in floating], [currents[name] for name in floating], 0)
        for name in averages.keys() - set(floating):
            averages[name].copy_(currents[name])

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

    def run(self, checkpoint: Path, stop: StopRequest) -> bool:
        """Train to the end or until ``stop``; True when the schedule is complete."""
        config = self.config
        say(Message("started", self.iteration, config.iterations, self.seconds))
        sums: dict[str, Tensor] = {}
        reported = self.iteration
        saved = time.monotonic()
        while self.share_done < 1.0 and not stop.requested.is_set():
            for name, value in self.step().items():
                sums[name] = sums[name] + value if name in sums else value
            if self.iteration % PROGRESS_ITERATIONS == 0:
                count = self.iteration - reported
                metrics = {k: round(v.item() / count, 4) for k, v in sums.items()}
                reported = self.iteration
                metrics["learning_rate"] = self.learning_rate()
                sums.clear()
                if self.iteration % (5 * PROGRESS_ITERATIONS) == 0:
                    metrics |= {k: round(v, 4) for k, v in self.validate().items()}
                say(Message("progress", self.iteration, config.iterations, self.seconds, metrics))
            if time.monotonic() - saved > CHECKPOINT_SECONDS:
                save_checkpoint(checkpoint, self.state())
                saved = time.monotonic()
        save_checkpoint(checkpoint, self.state())
        done = self.share_done >= 1.0
        event = "finished" if done else "stopped"
        metrics = {k: round(v, 4) for k, v in self.validate().items()}
        say(
            Message(
                event, self.iteration, config.iterations, self.seconds, metrics, str(checkpoint)
            )
        )
        return done


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


def _decay_groups(network: nn.Module, weight_decay: float) -> list[dict[str, Any]]:
    """Weight decay on convolutions only, not on norms and biases."""
    parameters = [each for each in network.parameters() if each.requires_grad]
    return [
        {"params": [p for p in parameters if p.ndim > 1], "weight_decay": weight_decay},
        {"params": [p for p in parameters if p.ndim <= 1], "weight_decay": 0.0},
    ]
