"""Lets a model harmonise held-out melodies, and measures the results."""

import importlib.util
import itertools
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any, Final, Protocol

import numpy as np

from composer_app.analysis.likeness.bar_copies import BarIndex
from composer_app.analysis.metrics.metric_distances import Judged, distances
from composer_app.analysis.metrics.voice_metrics import difference, measure, melody_kept, pooled
from composer_app.analysis.style_features import measure_style
from composer_app.analysis.voice_grid import REST, VoiceGrid
from composer_app.errors import CorpusError
from composer_app.evaluation.attack_tables import Struck, attack_tables
from composer_app.evaluation.excerpts import (
    Excerpt,
    excerpts_of,
    first_downbeat,
    grid_of,
    read_melodies,
)
from composer_app.evaluation.floors import bar_retrieval, random_paste
from composer_app.evaluation.likelihood import CellModel, likelihood
from composer_app.evaluation.linear_test import DEFAULT_SEEDS, LinearJudge, LinearTest
from composer_app.evaluation.table import Evaluation, MetricValues
from composer_app.file_arguments import input_name
from composer_app.generation.composing import compose
from composer_app.generation.generator import GenerationSettings, Generator
from composer_app.music.melody import Melody
from composer_app.training.corpora.corpus import Piece, load_corpus
from composer_app.translation import _

DEFAULT_TAKES: Final = 2
DEFAULT_CLASSIFIERS: Final = 5
_SEED_BASE: Final = 1000
_BEAT: Final = 4
# Fewer teach the two-sample test's network nothing.
_LEAST_PIECES: Final = 8

Takes = list[VoiceGrid]
# A grid, and the excerpt whose key and bars it has.
_Made = tuple[VoiceGrid, Excerpt]


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be measured.

    ``melodies`` is a folder of MIDI melodies to harmonise instead of those of ``split``; ``limit``
    takes fewer pieces; ``classifiers`` and ``linear`` are the numbers of seeds of the two-sample
    tests by a network and on named features, 0 for none.
    """

    corpus: Path
    split: str = "valid"
    style: str = "bach"
    melodies: Path | None = None
    temperature: float = 1.0
    takes: int = DEFAULT_TAKES
    limit: int | None = None
    floors: bool = True
    classifiers: int = DEFAULT_CLASSIFIERS
    linear: int = DEFAULT_SEEDS


@dataclass(frozen=True, slots=True)
class Outcome:
    """The metrics, and the first take of each excerpt for those who want to see it."""

    evaluation: Evaluation
    excerpts: Sequence[Excerpt] = field(repr=False)
    takes: Sequence[VoiceGrid] = field(repr=False)


def evaluate(
    generator: Generator, plan: Plan, progress: Callable[[float], None] | None = None
) -> Outcome:
    """Harmonise every excerpt, ``plan.takes`` times with different seeds, and measure.

    Raises :class:`CorpusError` where there are no such pieces.
    """
    pieces = load_corpus(plan.corpus)
    real = excerpts_of([piece for piece in pieces if piece.split == plan.split])
    if not real:
        raise CorpusError(
            _(
                "{file} has no pieces in the split {split!r}",
                file=input_name(plan.corpus),
                split=plan.split,
            )
        )
    training = [piece for piece in pieces if piece.split in ("train", "extra")]
    excerpts = (real if plan.melodies is None else read_melodies(plan.melodies))[: plan.limit]
    takes, seconds = generate_takes(generator, excerpts, plan.takes, plan.temperature, progress)
    judge = _Judge(excerpts, real, training, plan)
    metrics, linear = judge.model(takes)
    rows: dict[str, MetricValues] = {"model": metrics | _nll(generator, excerpts)}
    rows["composer"] = judge.composer()
    if plan.floors and training:
        rows["bar_retrieval"] = judge.model([bar_retrieval(excerpts, training)])[0]
        rows["random_paste"] = judge.model([random_paste(excerpts, training)])[0]
    result = Evaluation(
        generator.name,
        plan.style,
        plan.split if plan.melodies is None else str(plan.melodies),
        len(excerpts),
        sum(each.grid.steps for each in excerpts),
        plan.takes,
        plan.temperature,
        seconds,
        rows,
        tuple(judge.notes),
        linear,
        attack_tables(
            [
                Struck(each.meter, each.position, made, each.grid if each.complete else None)
                for each, *made in zip(excerpts, *takes, strict=True)
            ]
        ),
    )
    return Outcome(result, excerpts, takes[0])


class Harmonised(Protocol):
    """What can be harmonised: a melody of as many steps as ``grid`` has."""

    @property
    def melody(self) -> Melody:
        """What the generator is given."""

    @property
    def grid(self) -> VoiceGrid:
        """The melody, and whatever is known below it."""


def generate_takes(
    generator: Generator,
    pieces: Sequence[Harmonised],
    count: int = DEFAULT_TAKES,
    temperature: float = 1.0,
    progress: Callable[[float], None] | None = None,
) -> tuple[list[Takes], float]:
    """``takes[t][i]``: take t, of ``count``, of piece i; and a take's median time in seconds."""
    takes: list[Takes] = [[] for _ in range(count)]
    seconds = []
    for index, each in enumerate(pieces):
        for number, column in enumerate(takes):
            settings = GenerationSettings(take_seed(count, index, number), temperature)
            began = time.perf_counter()
            piece = compose(each.melody, generator, settings)
            seconds.append(time.perf_counter() - began)
            column.append(fitted(VoiceGrid.from_composition(piece), each.grid.steps))
        if progress is not None:
            progress((index + 1) / len(pieces))
    return takes, float(np.median(seconds))


def take_seed(takes: int, piece: int, take: int) -> int:
    """The seed of a take of a piece, each counted from 0, of which there are ``takes``."""
    return _SEED_BASE + takes * piece + take


def fitted(grid: VoiceGrid, steps: int) -> VoiceGrid:
    """``grid`` cut or padded with silence to ``steps``."""
    missing = ((0, max(0, steps - grid.steps)), (0, 0))
    pitch = np.pad(grid.pitch, missing, constant_values=REST)
    return VoiceGrid(pitch, np.pad(grid.onset, missing)).cut(steps)


def _nll(generator: Generator, excerpts: Sequence[Excerpt]) -> dict[str, float | None]:
    if not isinstance(generator, CellModel):
        return {}
    given, joint = likelihood(generator, excerpts), likelihood(generator, excerpts, joint=True)
    metrics: dict[str, float | None] = {}
    for name, value in (("", given), ("joint_", joint)):
        metrics[f"{name}nll_per_note"] = value.per_note if value else None
        metrics[f"{name}nll_per_frame"] = value.per_frame if value else None
    return metrics


class _Judge:
    """Measures takes of ``excerpts`` against the composer's ``real`` excerpts."""

    def __init__(
        self,
        excerpts: Sequence[Excerpt],
        real: Sequence[Excerpt],
        training: Sequence[Piece],
        plan: Plan,
    ) -> None:
        self.excerpts = excerpts
        self.plan = plan
        self.notes: list[str] = []
        self.complete = all(each.complete for each in excerpts)
        # With melodies of their own the composer's whole split is the reference.
        self.reference = list(excerpts) if self.complete else list(real)
        self.others = excerpts_of(list(training))
        self.testable = self._testable()
        self.linear = (
            LinearJudge(self.excerpts, self.others, plan.linear)
            if self.testable and plan.linear
            else None
        )
        self.classifier = self._classifier()
        known = [
            (grid_of(piece, slice(start % _BEAT, piece.steps)), int(piece.bar_length[start]))
            for piece in training
            for start in [first_downbeat(piece)]
        ]
        self.indices = {
            "bars_copied": BarIndex(known),
            "accompaniments_copied": BarIndex(known, first_voice=1),
        }

    def model(self, takes: Sequence[Takes]) -> tuple[dict[str, float | None], LinearTest | None]:
        """The metrics of a model's ``takes``, and the linear test that is among them."""
        metrics = self._metrics(
            [self._judged(take) for take in takes], [(e.grid, e.passage) for e in self.reference]
        )
        pairs = itertools.combinations(takes, 2)
        metrics["diversity"] = pooled(
            difference(a, b) for one, two in pairs for a, b in zip(one, two, strict=True)
        ).share
        metrics["melody_exact"] = pooled(
            melody_kept(take, each.grid)
            for column in takes
            for take, each in zip(column, self.excerpts, strict=True)
        ).share
        made = [list(zip(take, self.excerpts, strict=True)) for take in takes]
        linear = self.linear.test(takes) if self.linear else None
        return metrics | self._two_sample(made) | _linear_metrics(linear), linear

    def composer(self) -> dict[str, float | None]:
        """The composer's own; his distances are those to his training pieces' excerpts.

        So is the two-sample test by a network: as many of those at a time, in any order, stand for
        takes. The linear test is calibrated by all pieces of his. Like the floors both say more
        about the test than about a model, and are left out with them.
        """
        others = [(each.grid, each.passage) for each in self.others]
        metrics = self._metrics([[(each.grid, each.passage) for each in self.reference]], others)
        if self.plan.floors:
            metrics |= self._two_sample(self._strangers())
            metrics |= _linear_metrics(self.linear.calibration() if self.linear else None)
        return metrics

    def _strangers(self) -> list[list[_Made]]:
        """As many training excerpts as there are excerpts, and that several times if possible."""
        order = np.random.default_rng(_SEED_BASE).permutation(len(self.others))
        count = len(self.excerpts)
        rows = [order[start : start + count] for start in range(0, len(order) - count + 1, count)]
        return [[(self.others[i].grid, self.others[i]) for i in row] for row in rows]

    def _testable(self) -> bool:
        """Whether two-sample tests can be made; if not, and one is wanted, a sentence says why."""
        reason = None
        if not self.complete:
            reason = "there are no pieces of the composer with these melodies"
        elif len(self.excerpts) < _LEAST_PIECES:
            reason = f"they need {_LEAST_PIECES} pieces"
        if reason is not None and (self.plan.classifiers or self.plan.linear):
            self.notes.append(f"The two-sample tests were left out: {reason}.")
        return reason is None

    def _classifier(self) -> ModuleType | None:
        """The module with the test by a network, or None and a sentence why there is none."""
        if not self.plan.classifiers or not self.testable:
            return None
        if importlib.util.find_spec("torch") is None:
            self.notes.append(
                "The two-sample test by a network was left out: it needs the package torch: install"
                " Composer with its extra [train]."
            )
            return None
        # torch is slow to import: only when the test is really made.
        from composer_app.training import two_sample

        return two_sample

    def _two_sample(self, made: Sequence[Sequence[_Made]]) -> dict[str, float | None]:
        """How well sets of what was ``made`` are told from the excerpts."""
        if self.classifier is None or not made:
            return {}
        make = self.classifier.Sample

        def sample(grid: VoiceGrid, each: Excerpt) -> Any:
            return make(grid.pitch, grid.onset, each.position, each.passage.home.origin)

        real = [sample(each.grid, each) for each in self.excerpts]
        takes = [[sample(*piece) for piece in row] for row in made]
        result = self.classifier.two_sample_test(real, takes, self.plan.classifiers)
        return {"two_sample_auc": result.mean, "two_sample_spread": result.spread}

    def _judged(self, takes: Takes) -> list[Judged]:
        return [each.judged(take) for take, each in zip(takes, self.excerpts, strict=True)]

    def _metrics(
        self, takes: Sequence[list[Judged]], reference: list[Judged]
    ) -> dict[str, float | None]:
        pieces = list(itertools.chain.from_iterable(takes))
        metrics = measure(pieces) | measure_style(pieces)
        if reference:
            metrics |= distances(pieces, reference)
        for name, index in self.indices.items():
            metrics[name] = pooled(index.copied(*piece) for piece in pieces).share
        return metrics


def _linear_metrics(test: LinearTest | None) -> dict[str, float | None]:
    return {} if test is None else {"linear_auc": test.mean, "linear_spread": test.spread}
