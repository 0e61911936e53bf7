"""Puts a model to every trial of :mod:`composer_app.evaluation.behavior.cases`."""

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from composer_app.analysis.metrics.voice_metrics import Count, pooled
from composer_app.analysis.voice_grid import VoiceGrid
from composer_app.evaluation.behavior.cases import REGISTERS, Case, Trial, cases_of
from composer_app.evaluation.behavior.measures import lowest, measure_behavior
from composer_app.evaluation.evaluating import DEFAULT_TAKES, fitted, take_seed
from composer_app.evaluation.harmony.tunes import held_out_tunes
from composer_app.evaluation.table import TableLine
from composer_app.generation.composing import compose
from composer_app.generation.generator import GenerationSettings, Generator
from composer_app.music.pitch import pitch_name

DEFAULT_TUNES: Final = 8
_SHARES: Final = {
    "below_e2": "the bass below E2",
    "close_below_c3": "a third or less below C3",
    "above_melody": "voices above the melody",
}
# Where the definition of each stands: measures.py.
BEHAVIOR_METRICS: Final = (
    TableLine("downbeat_rest_silent", "one-beat rest on a downbeat: all voices silent", 2),
    TableLine("downbeat_rest_gap", "one-beat rest on a downbeat: all silent for a while", 2),
    TableLine("downbeat_rest_notes", "one-beat rest on a downbeat: notes per beat and voice", 2),
    *(
        TableLine(f"{trial}_{name}", f"{which} before an upbeat: {title}", 2)
        for trial, which in (("upbeat_rest", "short rest"), ("long_rest", "rest of a bar and more"))
        for name, title in (
            ("silent", "all voices silent"),
            ("gap", "all silent for a while"),
            ("moving", "voices move in it"),
            ("notes", "notes per beat and voice"),
        )
    ),
    TableLine("silence_before", "two bars before the melody: voices sound", 2),
    TableLine("introduction", "two bars before the melody, asked for: voices sound", 2),
    *(
        TableLine(f"{name}_{register}", f"melody moved to {register}: {title}", 3)
        for register in REGISTERS
        for name, title in _SHARES.items()
    ),
)


@dataclass(frozen=True, slots=True)
class BehaviorPlan:
    """What is to be measured: every trial with each of the first ``tunes`` lead sheets."""

    split: str = "valid"
    temperature: float = 1.0
    takes: int = DEFAULT_TAKES
    tunes: int = DEFAULT_TUNES


@dataclass(frozen=True, slots=True)
class BehaviorEvaluation:
    """Shares of cases, or of steps, by the names of :data:`BEHAVIOR_METRICS`.

    ``spread`` is the standard deviation over the takes, None of a single one. ``cases`` counts the
    cases of each trial, ``lowest`` is the accompaniment's lowest MIDI pitch in each register.
    """

    model: str
    style: str
    split: str
    takes: int
    temperature: float
    cases: Mapping[str, int]
    values: Mapping[str, float | None]
    spread: Mapping[str, float | None]
    lowest: Mapping[str, int | None]

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON; ``measures`` gives the title of each metric."""
        return {
            "model": self.model,
            "style": self.style,
            "split": self.split,
            "takes": self.takes,
            "temperature": self.temperature,
            "measures": {each.name: each.title for each in BEHAVIOR_METRICS},
            "cases": dict(self.cases),
            "values": dict(self.values),
            "spread": dict(self.spread),
            "lowest": dict(self.lowest),
        }

    def sections(self) -> list[tuple[str, tuple[list[str], list[list[str]]]]]:
        """A line of heading, and the table."""
        heading = (
            f"Behaviour: {self.model} ({self.style}) on {sum(self.cases.values())} cases made of"
            f" '{self.split}', takes: {self.takes}, temperature {self.temperature:g}"
        )
        lines = []
        for each in BEHAVIOR_METRICS:
            numbers = (self.values[each.name], self.spread[each.name])
            shown = ["–" if v is None else f"{v:.{each.digits}f}" for v in numbers]
            lines.append([each.title, *shown])
        for name, pitch in self.lowest.items():
            note = "–" if pitch is None else pitch_name(pitch)
            lines.append([f"melody moved to {name}: lowest note", note, ""])
        return [(heading, (["", "model", "spread"], lines))]


def evaluate_behavior(
    generator: Generator,
    plan: BehaviorPlan,
    progress: Callable[[float], None] | None = None,
) -> BehaviorEvaluation:
    """Harmonise every case of ``plan``, with different seeds, and measure."""
    cases = list(cases_of(held_out_tunes("leadsheets", plan.split)[: plan.tunes]))
    takes: list[list[VoiceGrid]] = [[] for _ in range(plan.takes)]
    for index, case in enumerate(cases):
        for number, column in enumerate(takes):
            settings = GenerationSettings(
                take_seed(plan.takes, index, number),
                plan.temperature,
                introduction=case.trial is Trial.INTRODUCTION,
            )
            piece = compose(case.melody, generator, settings)
            column.append(fitted(VoiceGrid.from_composition(piece), case.melody.steps))
        if progress is not None:
            progress((index + 1) / len(cases))
    return judge_behavior(generator, plan, cases, takes)


def judge_behavior(
    generator: Generator,
    plan: BehaviorPlan,
    cases: Sequence[Case],
    takes: Sequence[Sequence[VoiceGrid]],
) -> BehaviorEvaluation:
    """The figures of ``takes``: take t of case i is ``takes[t][i]``."""
    counts = [
        [measure_behavior(take, case) for take, case in zip(row, cases, strict=True)]
        for row in takes
    ]
    each_take = [_shares(row) for row in counts]
    spread: dict[str, float | None] = {}
    for metric in BEHAVIOR_METRICS:
        known = [value for row in each_take if (value := row[metric.name]) is not None]
        spread[metric.name] = statistics.stdev(known) if len(known) > 1 else None
    return BehaviorEvaluation(
        generator.name,
        generator.style,
        plan.split,
        plan.takes,
        plan.temperature,
        {each.value: sum(case.trial is each for case in cases) for each in Trial},
        _shares([count for row in counts for count in row]),
        spread,
        {name: _lowest(name, cases, takes) for name in REGISTERS},
    )


def _lowest(
    register: str, cases: Sequence[Case], takes: Sequence[Sequence[VoiceGrid]]
) -> int | None:
    found = [
        pitch
        for row in takes
        for take, case in zip(row, cases, strict=True)
        if case.register == register and (pitch := lowest(take)) is not None
    ]
    return min(found, default=None)


def _shares(counts: Sequence[Mapping[str, Count]]) -> dict[str, float | None]:
    return {
        each.name: pooled(row[each.name] for row in counts if each.name in row).share
        for each in BEHAVIOR_METRICS
    }
