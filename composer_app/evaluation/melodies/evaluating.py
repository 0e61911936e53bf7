"""Melodies from nothing and continuations, beside held-out melodies and beside floors."""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from composer_app.errors import CorpusError
from composer_app.evaluation.melodies.floors import markov, retrieved
from composer_app.evaluation.melodies.measures import (
    DISTANCES,
    VALUES,
    Copies,
    distances,
    shared_motifs,
    values,
)
from composer_app.evaluation.melodies.tunes import Tune, tunes_of
from composer_app.evaluation.section import Section
from composer_app.generation.melodies.melody_task import MelodyTask
from composer_app.generation.melodies.melody_writer import write_melody
from composer_app.generation.melodies.network import MelodyNetwork
from composer_app.generation.noise import NoiseVector
from composer_app.music.harmony.chords import symbol_at
from composer_app.music.timing import TICKS_PER_STEP
from composer_app.training.corpora.corpus import load_corpus
from composer_app.translation import _

MELODY_STYLES: Final = ("bach", "hymn", "leadsheet", "song")
# Whose melodies stand in a column.
COLUMNS: Final = ("held out", "composed", "Markov", "retrieved")
CONTINUED: Final = ("true", "continued", "another's")
_RANGE: Final = (57, 81)
_Progress = Callable[[float], None] | None


@dataclass(frozen=True, slots=True)
class MelodyTrial:
    """Of which ``split``, how many ``takes`` of each tune, and how many tunes at most."""

    split: str = "valid"
    takes: int = 1
    limit: int | None = None
    folder: Path = Path("build")


@dataclass(frozen=True, slots=True)
class MelodyEvaluation:
    """``rows`` by style and column, ``continued`` by style: motifs shared with what came before."""

    split: str
    takes: int
    tunes: dict[str, int]
    rows: dict[str, dict[str, dict[str, float | None]]]
    continued: dict[str, dict[str, dict[str, float | None]]]

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "split": self.split,
            "takes": self.takes,
            "tunes": self.tunes,
            "styles": self.rows,
            "continued": self.continued,
        }

    def sections(self) -> list[Section]:
        """A table for each style, and one of continuations."""
        found: list[Section] = []
        names = {**DISTANCES, **VALUES}
        for style, row in self.rows.items():
            heading = f"Melodies like {style}: {self.tunes[style]} tunes of '{self.split}'"
            lines = [
                [words, *(_figure(row[column].get(name)) for column in COLUMNS)]
                for name, words in names.items()
            ]
            found.append((heading, (["", *COLUMNS], lines)))
        lines = [
            [f"{style}, {what}", *(_figure(row[column][what]) for column in CONTINUED)]
            for style, row in self.continued.items()
            for what in ("rhythm", "intervals")
        ]
        heading = "Motifs of a continuation that stand in what came before"
        return [*found, (heading, (["", *CONTINUED], lines))]

    def markdown(self) -> list[str]:
        """The tables as docs/composing.md has them."""
        lines: list[str] = []
        for heading, (head, rows) in self.sections():
            rule = ["---", *["---:"] * (len(head) - 1)]
            lines += [heading, "", *(f"| {' | '.join(row)} |" for row in (head, rule, *rows)), ""]
        return lines


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}" if value < 1 else f"{value:.2f}"


def evaluate_melodies(
    network: MelodyNetwork,
    styles: Sequence[str],
    trial: MelodyTrial,
    progress: _Progress = None,
) -> MelodyEvaluation:
    """Let ``network`` write melodies of ``styles``, and go on with half of each held-out tune.

    Raises :class:`CorpusError` where a corpus is missing or has no such tunes.
    """
    counts, rows, continued = {}, {}, {}
    for index, style in enumerate(styles):
        path = trial.folder / f"{style}.npz"
        held_out = tunes_of(load_corpus(path, trial.split))[: trial.limit]
        training = tunes_of(load_corpus(path, "train", "extra"))
        if not held_out or not training:
            raise CorpusError(_("{file} holds no tunes to judge melodies by", file=path))
        begun = index / len(styles)

        def tell(share: float, begun: float = begun) -> None:
            if progress is not None:
                progress(begun + share / len(styles))

        counts[style] = len(held_out)
        sets = {
            "held out": held_out,
            "composed": _composed(network, style, held_out, trial.takes, tell),
            "Markov": markov(held_out, training),
            "retrieved": retrieved(held_out, training),
        }
        copies = Copies(training)
        rows[style] = {
            column: {
                **(distances(tunes, held_out) if column != "held out" else _to(held_out, training)),
                **values(tunes, [copies.longest(tune) for tune in tunes]),
            }
            for column, tunes in sets.items()
        }
        continued[style] = _continued(network, style, held_out, trial.takes, tell)
    return MelodyEvaluation(trial.split, trial.takes, counts, rows, continued)


def _to(held_out: Sequence[Tune], training: Sequence[Tune]) -> dict[str, float]:
    """How far what is held out is from the training tunes: what one cannot come below."""
    return distances(held_out, training)


def _composed(
    network: MelodyNetwork,
    style: str,
    wanted: Sequence[Tune],
    takes: int,
    tell: Callable[[float], None],
) -> list[Tune]:
    """A new tune for each of ``wanted``, as long, in its metre and key, over chords of its own."""
    found = []
    for number, tune in enumerate(wanted):
        for take in range(takes):
            free = np.ones(tune.steps, np.bool_)
            task = MelodyTask(tune.steps, tune.meters, tune.key, style, _RANGE, free)
            found.append(_written(network, task, tune, 1 + number * takes + take))
        tell(0.5 * (number + 1) / len(wanted))
    return found


def _written(network: MelodyNetwork, task: MelodyTask, tune: Tune, seed: int) -> Tune:
    made = write_melody(network, task, NoiseVector.from_seed(seed, tune.steps))
    symbols = [symbol_at(made.chords, step * TICKS_PER_STEP) for step in range(tune.steps)]
    chords = tuple(None if symbol is None else symbol.chord for symbol in symbols)
    notes = tuple(sorted((*task.notes, *made.notes)))
    return Tune(notes, tune.bars, tune.meter, tune.key, chords)


def _continued(
    network: MelodyNetwork,
    style: str,
    tunes: Sequence[Tune],
    takes: int,
    tell: Callable[[float], None],
) -> dict[str, dict[str, float | None]]:
    """Motifs shared with the first half: by the true second one, ours, and that of another tune."""
    shares: dict[str, list[dict[str, float | None]]] = {name: [] for name in CONTINUED}
    halves = [
        (tune.part(0, tune.bars // 2), tune.part(tune.bars // 2, tune.bars)) for tune in tunes
    ]
    for number, (tune, (before, after)) in enumerate(zip(tunes, halves, strict=True)):
        if not before.notes:
            continue
        shares["true"].append(shared_motifs(after, before))
        other = halves[(number + 1) % len(halves)][1]
        shares["another's"].append(shared_motifs(other, before))
        for take in range(takes):
            free = np.arange(tune.steps) >= before.steps
            pitches = [note.pitch for note in before.notes]
            span = min(pitches) - 2, max(max(pitches) + 2, min(pitches) + 12)
            task = MelodyTask(tune.steps, tune.meters, tune.key, style, span, free, before.notes)
            made = _written(network, task, tune, 1 + number * takes + take)
            ours = made.part(tune.bars // 2, tune.bars)
            shares["continued"].append(shared_motifs(ours, before))
        tell(0.5 + 0.5 * (number + 1) / len(tunes))
    return {
        column: {
            what: _mean([row[what] for row in rows if row[what] is not None])
            for what in ("rhythm", "intervals")
        }
        for column, rows in shares.items()
    }


def _mean(row: Sequence[float | None]) -> float | None:
    known = [each for each in row if each is not None]
    return statistics.fmean(known) if known else None
