"""How surprised a model is by what the composer wrote: negative log-likelihood in nats.

For models that give the probability of any hidden cell, given any known ones. The likelihood of
all hidden cells is a product over an order in which they are revealed; a model that is
trained on all orders is judged by the mean over orders (orderless NADE: Uria, Murray and
Larochelle 2014; used for chorales by Coconet: Huang et al. 2017). The estimate needs a single pass
for each draw: with k of D cells known, k uniform in 0..D-1 and the cells drawn at random, D times
the mean -log p of the hidden cells has that likelihood for its mean (Uria et al., equation 11).

A cell is one voice at one sixteenth step, its value a pitch or a rest; which notes are struck
anew is not counted. *Per note* is per cell, *per frame* is per step with all its voices, as in
Huang et al. Literature on the JSB Chorales gives all four voices, unconditionally: compare the
"joint" metrics with it. The others are of three voices given the melody, as the model is used.

One thing is not as when a model composes: there it is told where phrases end as far as the melody
lets that be heard, and here that nobody knows, save that the last note of a closing piece is held.
So no guess of ours, and no fermata of the composer's, which the literature's models do not see,
comes into the metrics; a model that is told more would be a little less surprised.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from composer_app.analysis.voice_grid import REST, VOICES
from composer_app.evaluation.excerpts import Excerpt

_FERMATA_UNKNOWN: Final = 2
_LAST_POSITION: Final = 15
_SEED: Final = 11


@runtime_checkable
class CellModel(Protocol):
    """What a generator offers that knows the probability of hidden cells."""

    @property
    def classes(self) -> int:
        """Number of values of a cell; 0 is a rest."""

    @property
    def lowest_pitch(self) -> int:
        """MIDI pitch of class 1."""

    @property
    def steps_multiple(self) -> int:
        """What the number of steps has to be a multiple of."""

    def infer(self, feeds: dict[str, NDArray[Any]]) -> tuple[NDArray[np.float32], ...]:
        """Logits (T, 4, classes) of the cells, and of their onsets; then what else it knows."""


@dataclass(frozen=True, slots=True)
class Likelihood:
    """Nats per note (cell) and per frame (step)."""

    per_note: float
    per_frame: float


def likelihood(
    model: CellModel, excerpts: Sequence[Excerpt], draws: int = 4, *, joint: bool = False
) -> Likelihood | None:
    """The mean over ``excerpts`` of ``draws`` estimates each; None where none can be judged.

    With ``joint`` the melody is to be explained too. Excerpts with pitches that the model does
    not know are left out.
    """
    random = np.random.default_rng(_SEED)
    nats = cells = steps = 0.0
    for each in excerpts:
        known = _Cells(model, each, joint=joint)
        if not known.judged:
            continue
        for draw in range(draws):
            # Stratified: a quarter of the draws in each quarter of the possible k.
            share = (draw + random.random()) / draws
            nats += known.estimate(random, share)
            cells += known.count
            steps += each.grid.steps
    return Likelihood(nats / cells, nats / steps) if cells else None


class _Cells:
    """One excerpt as a network sees it."""

    def __init__(self, model: CellModel, each: Excerpt, *, joint: bool) -> None:
        self.model = model
        self.steps = each.grid.steps
        self.voices = VOICES if joint else VOICES - 1
        self.count = self.steps * self.voices
        length = -(-self.steps // model.steps_multiple) * model.steps_multiple
        self.pitch = np.zeros((length, VOICES), np.int64)
        sounding = each.grid.pitch != REST
        cells = np.where(sounding, each.grid.pitch.astype(np.int64) - model.lowest_pitch + 1, 0)
        self.pitch[: self.steps] = cells
        known = ~sounding | ((cells >= 1) & (cells < model.classes))
        self.judged = each.complete and bool(known.all())
        self.onset = np.zeros((length, VOICES), np.float32)
        self.onset_known = np.ones((length, VOICES), np.float32)
        self.onset_known[: self.steps, VOICES - self.voices :] = 0
        if not joint:
            self.onset[: self.steps, 0] = each.grid.onset[:, 0]
        self.valid = np.zeros(length, np.float32)
        self.valid[: self.steps] = 1
        self.position = np.zeros(length, np.int64)
        self.position[: self.steps] = np.minimum(each.position, _LAST_POSITION)
        self.fermata = np.where(self.valid > 0, _FERMATA_UNKNOWN, 0)
        if each.passage.closes:
            # As when a model composes: where the melody ends, the piece does.
            self.fermata[each.grid.notes(0)[-1][0] : self.steps] = 1

    def estimate(self, random: np.random.Generator, share: float) -> float:
        """Nats of the whole excerpt, from one random order with ``share`` of it known."""
        revealed = min(int(share * self.count), self.count - 1)
        hidden = np.ones(self.count, np.bool_)
        hidden[random.permutation(self.count)[:revealed]] = False
        mask = np.zeros(self.pitch.shape, np.bool_)
        mask[: self.steps, VOICES - self.voices :] = hidden.reshape(self.steps, self.voices)
        # A network that knows chords says more: of its row nothing is known here.
        logits, *_ = self.model.infer(
            {
                "pitch": np.where(mask, 0, self.pitch),
                "onset": self.onset,
                "pitch_known": (~mask).astype(np.float32),
                "onset_known": self.onset_known,
                "position": self.position,
                "fermata": self.fermata,
                "valid": self.valid,
            }
        )
        scores = logits[mask].astype(np.float64)
        scores -= scores.max(axis=1, keepdims=True)
        true = np.take_along_axis(scores, self.pitch[mask][:, None], axis=1)[:, 0]
        surprise = np.log(np.exp(scores).sum(axis=1)) - true
        return float(surprise.mean()) * self.count
