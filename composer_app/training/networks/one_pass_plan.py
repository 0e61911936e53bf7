"""The plan of the one-pass generator: a chord for each beat, before its voices are written.

The chords come from the side network of the refining model that the generator learns from, as it
is: what names and plans chords there does so here.
"""

from typing import Final

import torch
from torch import Tensor, nn

from composer_app.music.harmony.chord_qualities import QUALITIES
from composer_app.training.config import (
    NETWORK_STYLES,
    PITCH_CLASSES,
    OnePassConfig,
    RefiningConfig,
)
from composer_app.training.corpora.chord_row import BASS_CLASSES, CHORD_CLASSES
from composer_app.training.networks.one_pass_stages import Context, Row
from composer_app.training.networks.refining_unet import RefiningUNet, input_channels, one_hot
from composer_app.training.networks.side_network import SideNetwork

# Chords are drawn in so many portions: those of the strong beats, then the others, which know them.
PORTIONS: Final = 2
_ROW_STEPS, _DOTTED_ROW_STEPS = 4, 6


class Planner(nn.Module):
    """What draws the chord row; it is not trained, but taken from a refining model."""

    styles: Tensor

    def __init__(self, config: OnePassConfig) -> None:
        super().__init__()
        # A style between several comes to the mean of what the network says of each, at .03 nats a
        # chord for the mean of two.
        self.register_buffer("styles", torch.tensor(config.plan_weights), persistent=False)
        channels = config.planner_channels
        self.side = SideNetwork(input_channels(RefiningConfig()), channels, (), dropout=0.0)
        self.row_head = nn.Conv1d(channels[0], CHORD_CLASSES + BASS_CLASSES, 1)
        self.requires_grad_(False)
        self.train(False)

    def take_over(self, teacher: RefiningUNet) -> None:
        """Take the weights of the ``teacher``; :class:`ValueError` if it cannot give them."""
        if teacher.side is None:
            raise ValueError("the teacher has no side network")
        weights = {f"side.{name}": value for name, value in teacher.side.state_dict().items()}
        weights |= {f"row_head.{name}": v for name, v in teacher.row_head.state_dict().items()}
        own = self.state_dict()
        kept = {name: value for name, value in weights.items() if name in own}
        if {name: value.shape for name, value in kept.items()} != {
            name: value.shape for name, value in own.items()
        }:
            raise ValueError("the teacher's side network is of another size")
        self.load_state_dict(kept)

    def train(self, mode: bool = True) -> "Planner":
        """As it is used, whatever is trained around it."""
        return super().train(False)

    def forward(self, features: Tensor) -> Tensor:
        """Chord logits (B, T, 204) of input channels (B, C, T)."""
        _, top = self.side(features)
        logits: Tensor = self.row_head(top).transpose(1, 2)[..., :CHORD_CLASSES]
        return logits.float()


def row_features(
    network: RefiningUNet,
    styles: Tensor,
    melody: Tensor,
    onset: Tensor,
    context: Context,
    row: Row,
) -> Tensor:
    """The planner's input channels (B, C, T): a melody, and what is known of the row.

    ``styles`` (6,) is how much there is of each style in the harmony.
    """
    steps = torch.zeros_like(melody).unsqueeze(2)
    codes = one_hot(torch.cat([melody.unsqueeze(2), steps, steps, steps], dim=2), PITCH_CLASSES)
    silent = torch.zeros_like(onset).unsqueeze(2)
    past_end = (1.0 - context.valid).unsqueeze(2)
    known = torch.cat([torch.ones_like(silent), past_end, past_end, past_end], dim=2)
    strokes = torch.cat([onset.unsqueeze(2), silent, silent, silent], dim=2)
    around = network.channels_around(
        context.position,
        context.fermata,
        context.valid,
        styles.expand(*context.position.shape, len(NETWORK_STYLES)),
        context.beat,
        context.begin,
        row.chord,
        row.shown,
    )
    return network.channels_with(around, codes, strokes, known, known)


def strong_beats(context: Context) -> Tensor:
    """(B, T) bool: the steps of every second beat of the bar, the first among them."""
    unit = torch.where(context.dotted, _DOTTED_ROW_STEPS, _ROW_STEPS)
    number = torch.div(context.position, unit, rounding_mode="floor")
    strong = (number % PORTIONS == 0).long()
    # A beat whose chord is another's is drawn with it.
    return torch.gather(strong, 1, context.same_as) > 0


def draw_chords(logits: Tensor, context: Context, gumbel: Tensor, heat: Tensor) -> Tensor:
    """(B, T) int64: a chord class for each step, the same for all of a beat and its repeats.

    ``logits`` and ``gumbel`` (B, T, 204), ``heat`` (B, T, 1) or (B, 1, 1). What the network says of
    beats that share a chord is averaged.
    """
    moved = len(QUALITIES) * context.shift.unsqueeze(2)
    classes = torch.arange(CHORD_CLASSES, device=logits.device)
    index = torch.remainder(classes + moved, CHORD_CLASSES)
    said = torch.gather(torch.log_softmax(logits, dim=2), 2, index)
    starts = ((context.in_beat == 0) * context.valid).unsqueeze(2)
    leader = context.same_as.unsqueeze(2)
    sums = torch.zeros_like(said).scatter_add(1, leader.expand_as(said), said * starts)
    counts = torch.zeros_like(starts).scatter_add(1, leader, starts)
    choice = (sums / counts.clamp(min=1.0) / heat + gumbel).argmax(dim=2)
    return torch.remainder(
        torch.gather(choice, 1, context.same_as) + moved.squeeze(2), CHORD_CLASSES
    )


def with_chords(row: Row, chosen: Tensor, where: Tensor) -> Row:
    """``row`` with the classes ``chosen`` (B, T) for the chords that nobody asks for at ``where``.

    The bass of what is planned is its root, and not shown.
    """
    root = torch.div(chosen, len(QUALITIES), rounding_mode="floor")
    planned = torch.stack([root, chosen % len(QUALITIES), root], dim=2)
    free = (where & (row.asked[..., 0] == 0)).unsqueeze(2)
    chord = torch.where(free, planned, row.chord)
    shown = torch.cat([free, torch.zeros_like(free)], dim=2).to(row.shown.dtype)
    return Row(chord, torch.maximum(row.shown, shown), row.asked)
