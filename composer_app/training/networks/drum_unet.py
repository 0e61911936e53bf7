"""The U-Net over time that writes drums, bar after bar.

A bar is written from those before it: each is brought down from its sixteenths to one vector; at
the bottleneck these meet what is asked for (style, tempo, swing, fill, place in the phrase, how
busy and how loud), and on the way up to the sixteenths of the new bar each level sees, by skips,
what the earlier bars had at the same places (U-Net after Ronneberger et al. 2015). A small
recurrence then draws the sixteenths in time: which drums are struck together, how strongly, and how
far beside the grid. All of its chance is the bar's cell of the noise vector (:class:`DrumWriter`),
so that a piece of any length is written with one call for each bar.
"""

import itertools
import math
from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor, nn
from torch.nn import functional as fn

from composer_app.training.config import DRUMS, DrumConfig
from composer_app.training.corpora.groove_corpus import BAR, FEATURES

COUNT: Final = len(DRUMS)
# The bars that a new one is written from: the mean of all before it, and these many bars before.
BACK: Final = (4, 2, 1)
CONTEXT: Final = 1 + len(BACK)
MOST_PLACE: Final = 8
# Velocities, of which the highest, where the drummers' kit ends, has a bin of its own, and timing.
BINS: Final = 20
_LOUDEST: Final = 127.0
# What is drawn of a step besides the drums: velocities, the timing of all, that of each beside it.
TOUCHES: Final = 2 * COUNT + 1
_VELOCITIES: Final = _LOUDEST / (BINS - 1)
_EMBEDDED: Final = 48
_CONDITION: Final = 96
_USUAL_TEMPO: Final = 110.0
# Nats for each drum that is not of the kit; the crash goes with any.
_AGAINST_FOREIGN: Final = 1.0
# How a fill is asked for.
NO_FILL, FILL, ANY_FILL = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Conditions:
    """What is asked of B bars.

    ``style`` and ``substyle`` (B,) are indices, of which substyle 0 is none. ``tempo`` (quarters a
    minute) and ``swing`` (B,) are floats. ``amounts`` (B, 2) is how busy and how loud, -1 to 1,
    each ``amounts_known`` (B, 2) or not. ``fill`` (B,) is 0 for none, 1 for one, 2 for what comes.
    ``place`` (B, 2) counts the bars since the phrase began and until its end, ``place_known`` (B,)
    says whether that is told. ``kit`` (B, 11) are the drums that the groove is played on,
    ``kit_known`` (B,). ``accents`` (B, 16) are the melody's, ``accents_known`` (B,).
    """

    style: Tensor
    substyle: Tensor
    tempo: Tensor
    swing: Tensor
    amounts: Tensor
    amounts_known: Tensor
    fill: Tensor
    place: Tensor
    place_known: Tensor
    kit: Tensor
    kit_known: Tensor
    accents: Tensor
    accents_known: Tensor


class DrumUNet(nn.Module):
    """See the module; ``combinations`` (V, 11) are the sets of drums that are struck together."""

    combinations: Tensor

    def __init__(
        self, config: DrumConfig, styles: int, substyles: int, combinations: Tensor
    ) -> None:
        super().__init__()
        self.register_buffer("combinations", combinations.float())
        channels = config.channels
        self.stem = nn.Sequential(nn.Conv1d(FEATURES + 1, channels[0], 3, padding=1), nn.ReLU())
        pairs = list(itertools.pairwise(channels))
        self.downs = nn.ModuleList(_down(one, other, config.dropout) for one, other in pairs)
        self.styles = nn.Embedding(styles, 32)
        self.substyles = nn.Embedding(substyles, 24)
        place = 2 * (MOST_PLACE + 1)
        self.condition = nn.Sequential(
            nn.Linear(32 + 24 + 2 + 4 + 3 + place + 1 + COUNT + 1, _CONDITION), nn.ReLU()
        )
        self.bottom = nn.Sequential(
            nn.Linear(CONTEXT * channels[-1] + _CONDITION, config.bottleneck),
            nn.ReLU(),
            nn.Dropout(config.dropout),
            nn.Linear(config.bottleneck, config.bottleneck),
            nn.ReLU(),
        )
        widths = (*channels[:-1], config.bottleneck)
        self.ups = nn.ModuleList(
            nn.ConvTranspose1d(widths[level + 1], widths[level], 2, stride=2)
            for level in range(len(pairs))
        )
        self.skips = nn.ModuleList(
            nn.Conv1d(CONTEXT * width, width, 1, bias=False) for width in channels[:-1]
        )
        self.joins = nn.ModuleList(_join(width, config.dropout) for width in channels[:-1])
        detail = channels[0]
        self.detail = nn.Sequential(
            nn.Conv1d(detail + CONTEXT * (FEATURES + 1) + 2 + BAR + _CONDITION, 2 * detail, 1),
            nn.ReLU(),
        )
        width = 2 * detail
        self.drawn = nn.Linear(FEATURES, _EMBEDDED)
        self.cell = nn.GRU(width + _EMBEDDED, config.hidden, batch_first=True)
        self.begin = nn.Linear(config.bottleneck, config.hidden)
        self.strokes = nn.Linear(config.hidden + width, len(combinations))
        self.touch = nn.Sequential(
            nn.Linear(config.hidden + width + COUNT, config.hidden),
            nn.ReLU(),
            nn.Dropout(config.dropout),
        )
        self.touches = nn.Linear(config.hidden, TOUCHES * BINS)

    def seen(self, context: Tensor, present: Tensor, asked: Conditions) -> tuple[Tensor, Tensor]:
        """What is known of the new bars: of each sixteenth (B, 16, D), and of the whole (B, H).

        ``context`` is (B, 4, 16, 33), of which ``present`` (B, 4) says what there is.
        """
        batch = context.shape[0]
        shown = present[:, :, None, None]
        x = torch.cat([context * shown, shown.expand(-1, -1, BAR, 1)], dim=-1)
        flat = x.permute(0, 1, 3, 2)
        levels = [self.stem(flat.reshape(batch * CONTEXT, FEATURES + 1, BAR))]
        for down in self.downs:
            levels.append(down(levels[-1]))
        condition = self.asked_for(asked)
        bottom = self.bottom(torch.cat([levels[-1].reshape(batch, -1), condition], dim=1))
        up = bottom[:, :, None]
        for level in reversed(range(len(self.ups))):
            earlier = levels[level]
            skip = earlier.reshape(batch, CONTEXT * earlier.shape[1], earlier.shape[2])
            up = self.joins[level](fn.relu(self.ups[level](up) + self.skips[level](skip)))
        known = asked.accents_known[:, None]
        accents = torch.stack([asked.accents * known, known.expand(-1, BAR)], dim=1)
        places = torch.eye(BAR, dtype=up.dtype, device=up.device).expand(batch, BAR, BAR)
        same = flat.reshape(batch, CONTEXT * (FEATURES + 1), BAR)
        wanted = condition[:, :, None].expand(-1, -1, BAR)
        fine = self.detail(torch.cat([up, same, accents, places, wanted], dim=1))
        return fine.transpose(1, 2), bottom

    def asked_for(self, asked: Conditions) -> Tensor:
        """The conditions as (B, 96)."""
        place = fn.one_hot(asked.place, MOST_PLACE + 1).flatten(1).float()
        known, kit_known = asked.place_known[:, None], asked.kit_known[:, None]
        return torch.as_tensor(
            self.condition(
                torch.cat(
                    [
                        self.styles(asked.style),
                        self.substyles(asked.substyle),
                        torch.log2(asked.tempo / _USUAL_TEMPO)[:, None],
                        ((asked.swing - 0.5) * 6)[:, None],
                        asked.amounts * asked.amounts_known,
                        asked.amounts_known,
                        fn.one_hot(asked.fill, 3).float(),
                        place * known,
                        known,
                        asked.kit * kit_known,
                        kit_known,
                    ],
                    dim=1,
                )
            )
        )

    def forward(
        self, context: Tensor, present: Tensor, asked: Conditions, bar: Tensor, before: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Scores of the bars (B, 16, 33) that came, of which each step is told those before it.

        ``before`` (B, 33) is the last step of the bar before. The scores are (B, 16, V) of the
        drums together, and (B, 16, 23, 20) of how they are struck: the velocity of each drum, the
        timing of all, and each drum's beside that.
        """
        fine, bottom = self.seen(context, present, asked)
        told = torch.cat([before[:, None], bar[:, :-1]], dim=1)
        start = torch.tanh(self.begin(bottom))[None]
        hidden, _ = self.cell(torch.cat([fine, self.drawn(told)], dim=-1), start)
        state = torch.cat([hidden, fine], dim=-1)
        touch = self.touch(torch.cat([state, bar[..., :COUNT]], dim=-1))
        return self.strokes(state), self.touches(touch).unflatten(-1, (TOUCHES, BINS))


class DrumWriter(nn.Module):
    """The network as it is used: it draws bars with the chance of their noise vector.

    What the layers of the recurrence make of the bar as it is seen is worked out for all of its
    sixteenths at once; the rest of them is left for each sixteenth.
    """

    of_kit: Tensor
    sets: Tensor

    def __init__(self, network: DrumUNet) -> None:
        super().__init__()
        self.network = network
        weight, weight_hidden, bias, bias_hidden = (
            each.detach() for each in network.cell.parameters()
        )
        width = weight.shape[1] - _EMBEDDED
        hidden = weight_hidden.shape[1]
        drawn, strokes, touch = network.drawn, network.strokes, _first_layer(network.touch)
        told = weight[:, width:]
        self.of_bar = _linear(
            torch.cat(
                [weight[:, :width], strokes.weight[:, hidden:], touch.weight[:, hidden:-COUNT]]
            ),
            torch.cat([bias + told @ drawn.bias, strokes.bias, touch.bias]),
        )
        self.of_drawn = _linear(told @ drawn.weight)
        self.of_hidden = _linear(weight_hidden, bias_hidden)
        self.of_state = _linear(torch.cat([strokes.weight[:, :hidden], touch.weight[:, :hidden]]))
        self.of_hits = _linear(touch.weight[:, -COUNT:])
        self.register_buffer("of_kit", torch.tensor([float(name != "crash") for name in DRUMS]))
        sets = network.combinations
        # Of a stroke alone the timing of all is its own.
        self.register_buffer("sets", torch.cat([sets, (sets.sum(1, keepdim=True) > 1).float()], 1))
        self.widths = (3 * hidden, len(strokes.weight), len(touch.weight))

    def forward(
        self,
        context: Tensor,
        present: Tensor,
        before: Tensor,
        noise: Tensor,
        temperature: Tensor,
        given: Tensor,
        given_known: Tensor,
        style: Tensor,
        substyle: Tensor,
        tempo: Tensor,
        swing: Tensor,
        amounts: Tensor,
        amounts_known: Tensor,
        fill: Tensor,
        place: Tensor,
        place_known: Tensor,
        kit: Tensor,
        kit_known: Tensor,
        accents: Tensor,
        accents_known: Tensor,
    ) -> Tensor:
        """The bars (B, 16, 33), of which ``given`` is kept where ``given_known`` (B, 16) is 1.

        ``noise`` (B, 512) is a row of the noise vector's cell, standard normal: 32 numbers a step,
        of which the first draws the drums, the next eleven their velocities, one the timing of all,
        and eleven each drum's. ``temperature`` is (B,).
        """
        network = self.network
        asked = Conditions(
            style,
            substyle,
            tempo,
            swing,
            amounts,
            amounts_known,
            fill,
            place,
            place_known,
            kit,
            kit_known,
            accents,
            accents_known,
        )
        fine, bottom = network.seen(context, present, asked)
        hidden = torch.tanh(network.begin(bottom))
        chance = 0.5 * (1 + torch.erf(noise.reshape(-1, BAR, 32) / math.sqrt(2)))
        gates, strokes, touch = torch.split(self.of_bar(fine), [*self.widths], dim=-1)
        # In the groove what is not of the kit is less likely still than the network has it.
        groove = kit_known * (fill != FILL).float()
        foreign = (1 - kit) * self.of_kit * groove[:, None]
        against = _AGAINST_FOREIGN * foreign @ network.combinations.transpose(0, 1)
        strokes = strokes - against[:, None]
        known = given_known[..., None] > 0
        drawn = before
        steps = []
        for step in range(BAR):
            seen = gates[:, step] + self.of_drawn(drawn)
            hidden = _next_state(seen, self.of_hidden(hidden), hidden)
            more = torch.split(self.of_state(hidden), [*self.widths[1:]], dim=-1)
            own = self._draw(
                strokes[:, step] + more[0],
                touch[:, step] + more[1],
                chance[:, step],
                temperature[:, None],
            )
            drawn = torch.where(known[:, step], given[:, step], own)
            steps.append(drawn)
        return torch.stack(steps, dim=1)

    def _draw(self, strokes: Tensor, touch: Tensor, chance: Tensor, temperature: Tensor) -> Tensor:
        """A step (B, 33): drums, velocities and timing."""
        share = torch.softmax(strokes / temperature, dim=-1)
        below = (share.cumsum(-1) < chance[:, :1]).sum(-1).clamp(max=share.shape[-1] - 1)
        hits, several = torch.split(self.sets[below], [COUNT, 1], dim=-1)
        scores = self.network.touches(fn.relu(touch + self.of_hits(hits)))
        scores = scores.unflatten(-1, (TOUCHES, BINS)) / temperature[..., None]
        touches = drawn_evenly(scores, chance[:, 1 : 1 + TOUCHES])
        velocity, late, apart = torch.split(touches, [COUNT, 1, COUNT], dim=-1)
        velocity = (velocity * (_VELOCITIES / _LOUDEST)).clamp(min=1.0 / _LOUDEST, max=1.0)
        timing = late + several * (apart - BINS / 2)
        timing = (timing * (1.0 / BINS) - 0.5).clamp(min=-0.5, max=0.499)
        return torch.cat([hits, hits * velocity, hits * timing], dim=-1)


def _next_state(seen: Tensor, told: Tensor, hidden: Tensor) -> Tensor:
    """One step of torch.nn.GRU, of which only whole sequences are exported."""
    width = hidden.shape[1]
    one, one_new = torch.split(seen, [2 * width, width], dim=1)
    other, other_new = torch.split(told, [2 * width, width], dim=1)
    reset, update = torch.split(torch.sigmoid(one + other), [width, width], dim=1)
    new = torch.tanh(one_new + reset * other_new)
    return new + update * (hidden - new)


def _first_layer(layers: nn.Sequential) -> nn.Linear:
    first = layers[0]
    assert isinstance(first, nn.Linear)
    return first


def _linear(weight: Tensor, bias: Tensor | None = None) -> nn.Linear:
    layer = nn.Linear(weight.shape[1], weight.shape[0], bias=bias is not None)
    layer.weight = nn.Parameter(weight.detach().contiguous())
    if bias is not None:
        layer.bias = nn.Parameter(bias.detach().contiguous())
    return layer


def drawn_evenly(scores: Tensor, chance: Tensor) -> Tensor:
    """A number from 0 to K, drawn by bins of the width 1 whose scores are (..., K), even in each.

    ``chance`` (...) is even from 0 to 1.
    """
    share = torch.softmax(scores, dim=-1)
    total = share.cumsum(-1)
    # Rounding must not lead beyond the last bin.
    index = (total < chance[..., None]).sum(-1, keepdim=True).clamp(max=scores.shape[-1] - 1)
    inside = torch.gather(share, -1, index)
    above = torch.gather(total, -1, index) - chance[..., None]
    return (index + (1.0 - above / inside.clamp(min=1e-6)).clamp(0.0, 0.999))[..., 0]


def velocity_bins(velocity: Tensor) -> Tensor:
    """The bins of velocities of which 127 is 1."""
    value = (velocity * _LOUDEST).round()
    return (value / _VELOCITIES).floor().clamp(max=BINS - 1).long()


def timing_bins(timing: Tensor) -> Tensor:
    """The bins of timing in steps."""
    return ((timing + 0.5) * BINS).floor().clamp(0, BINS - 1).long()


def _down(one: int, other: int, dropout: float) -> nn.Module:
    return nn.Sequential(
        nn.Conv1d(one, other, 4, stride=2, padding=1, bias=False),
        nn.BatchNorm1d(other),
        nn.ReLU(),
        nn.Dropout(dropout),
    )


def _join(width: int, dropout: float) -> nn.Module:
    return nn.Sequential(
        nn.Conv1d(width, width, 3, padding=1, bias=False),
        nn.BatchNorm1d(width),
        nn.ReLU(),
        nn.Dropout(dropout),
    )
