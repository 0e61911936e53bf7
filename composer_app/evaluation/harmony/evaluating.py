"""Lets a model harmonise tunes whose chords are known, and measures how far it agrees.

Beside the model stand the level of chance (its own takes against the tune's chords moved by some
bars), three chords chosen bar by bar, the annotated chords themselves and, of songs, what the
composer wrote.
"""

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from composer_app.analysis.metrics.voice_metrics import Count, pooled
from composer_app.analysis.voice_grid import REST, VoiceGrid
from composer_app.evaluation.attack_tables import Struck, attack_tables
from composer_app.evaluation.evaluating import DEFAULT_TAKES, generate_takes
from composer_app.evaluation.harmony.baselines import in_blocks, three_chords
from composer_app.evaluation.harmony.measures import (
    Counts,
    chance,
    key_right,
    measure_harmony,
    root_changes,
)
from composer_app.evaluation.harmony.table import (
    ALL,
    HARMONY_METRICS,
    CorpusHarmony,
    HarmonyEvaluation,
)
from composer_app.evaluation.harmony.tunes import METERS, Tune, held_out_tunes
from composer_app.evaluation.table import MetricValues
from composer_app.generation.generator import Generator
from composer_app.music.melody import Melody
from composer_app.music.pitch import Key, estimate_key
from composer_app.training.corpora.annotated_corpora import ANNOTATED_CORPORA

# A take's notes are a VoiceGrid; takes[t][i] is take t of tune i.
Takes = Sequence[Sequence[VoiceGrid]]
EstimateKey = Callable[[Melody], Key]
_FEWEST_FOR_A_SPREAD: Final = 2


@dataclass(frozen=True, slots=True)
class HarmonyPlan:
    """What is to be measured: ``limit`` takes the first tunes of each corpus alone."""

    split: str = "valid"
    temperature: float = 1.0
    takes: int = DEFAULT_TAKES
    limit: int | None = None
    corpora: tuple[str, ...] = ANNOTATED_CORPORA


def evaluate_harmony(
    generator: Generator,
    plan: HarmonyPlan,
    progress: Callable[[float], None] | None = None,
    estimate: EstimateKey = Melody.key,
) -> HarmonyEvaluation:
    """Harmonise the tunes of ``plan``, with different seeds, and measure.

    ``estimate`` is how the generator hears the key of a melody.
    """
    chosen = {corpus: held_out_tunes(corpus, plan.split)[: plan.limit] for corpus in plan.corpora}
    total = sum(map(len, chosen.values()))
    measured, times, done = [], [], 0
    for corpus, tunes in chosen.items():

        def show(share: float, begun: int = done, count: int = len(tunes)) -> None:
            if progress is not None:
                progress((begun + share * count) / total)

        takes, seconds = generate_takes(generator, tunes, plan.takes, plan.temperature, show)
        measured.append(judge_takes(corpus, tunes, takes, estimate))
        times.append(seconds)
        done += len(tunes)
    return HarmonyEvaluation(
        generator.name,
        generator.style,
        plan.split,
        plan.takes,
        plan.temperature,
        statistics.median(times),
        measured,
    )


def judge_takes(
    corpus: str, tunes: Sequence[Tune], takes: Takes, estimate: EstimateKey = Melody.key
) -> CorpusHarmony:
    """The tables of ``takes`` (take t of tune i is ``takes[t][i]``), all together and by metre."""
    measured = [
        [_measured(take, tune) for take, tune in zip(row, tunes, strict=True)] for row in takes
    ]
    by_chance = [
        [chance(take, tune) for take, tune in zip(row, tunes, strict=True)] for row in takes
    ]
    keys = [estimate(tune.melody) for tune in tunes]
    blocks = [
        _measured(in_blocks(tune, three_chords(tune, key)), tune)
        for tune, key in zip(tunes, keys, strict=True)
    ]
    known = [_annotated(tune) for tune in tunes]
    written = [_measured(tune.grid, tune) for tune in tunes]
    complete = bool(tunes) and all((tune.grid.pitch[:, 1:] != REST).any() for tune in tunes)
    heard = [{"key_of_melody": key_right(key, t)} for key, t in zip(keys, tunes, strict=True)]
    groups = {ALL: list(range(len(tunes)))} | {
        str(meter): [i for i, tune in enumerate(tunes) if tune.meter == meter] for meter in METERS
    }
    rows = {}
    for group, members in groups.items():
        model = [[row[i] for i in members] for row in measured]
        rows[group] = {
            "model": _shares([c for row in model for c in row] + [heard[i] for i in members]),
            "spread": _spread([_shares(row) for row in model]),
            "chance": _shares([row[i] for row in by_chance for i in members]),
            "three_chords": _shares([blocks[i] for i in members]),
            "annotated": _shares([known[i] for i in members]),
        }
        if complete:
            rows[group]["composer"] = _shares([written[i] for i in members])
    sizes = {group: len(members) for group, members in groups.items() if members}
    attacks = attack_tables(
        [Struck(tune.meter, tune.position, made) for tune, *made in zip(tunes, *takes, strict=True)]
    )
    return CorpusHarmony(corpus, sizes, {group: rows[group] for group in sizes}, attacks)


def _measured(take: VoiceGrid, tune: Tune) -> Counts:
    cells = take.pitch[take.pitch != REST].tolist()
    return measure_harmony(take, tune) | {"key_of_take": key_right(estimate_key(cells), tune)}


def _annotated(tune: Tune) -> Counts:
    """The annotated chords in blocks; the changes of the root are those of the annotation."""
    counts = _measured(in_blocks(tune, tune.chords), tune)
    return counts | {"root_changes": root_changes(tune.chords.root[tune.beats], tune)}


def _shares(counts: Sequence[Mapping[str, Count]]) -> MetricValues:
    return {
        each.name: pooled(row[each.name] for row in counts if each.name in row).share
        for each in HARMONY_METRICS
    }


def _spread(takes: Sequence[MetricValues]) -> MetricValues:
    """The standard deviation of each metric over the takes; None of a single one."""
    spread: dict[str, float | None] = {}
    for each in HARMONY_METRICS:
        values = [value for take in takes if (value := take[each.name]) is not None]
        enough = len(values) >= _FEWEST_FOR_A_SPREAD
        spread[each.name] = statistics.stdev(values) if enough else None
    return spread
