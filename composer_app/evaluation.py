"""How good a model is: its pieces for held-out chorales, next to Bach's own.

Every melody of the split is cut to its first 128 steps (from its first downbeat), harmonised
twice with different seeds, and measured as in :mod:`composer_app.analysis.quality`. Choose on
"valid"; "test" is for figures that are published, and never for tuning.
"""

import argparse
import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from composer_app.analysis.quality import VoiceGrid, difference, distances, measure
from composer_app.errors import CorpusError, SettingError
from composer_app.generation.catalog import DEFAULT_MODEL, load_generator
from composer_app.generation.generator import (
    MAX_TEMPERATURE,
    MIN_TEMPERATURE,
    GenerationSettings,
    Generator,
    compose,
)
from composer_app.music.melody import Melody
from composer_app.music.note import Note
from composer_app.music.timing import Meter
from composer_app.training.corpus import Piece, load_corpus

EXCERPT_STEPS: Final = 128
_SEED_BASE: Final = 1000


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Measures of the model's pieces and of Bach's own, by name."""

    model: str
    split: str
    pieces: int
    model_measures: dict[str, float]
    bach_measures: dict[str, float]
    median_seconds: float

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return asdict(self)


def evaluate(
    generator: Generator,
    corpus: Path,
    split: str = "valid",
    temperature: float = 1.0,
    limit: int | None = None,
    progress: Callable[[float], None] | None = None,
) -> Evaluation:
    """Harmonise each melody of ``split`` and compare; ``limit`` takes fewer pieces.

    Raises :class:`CorpusError` where the corpus has no such pieces.
    """
    excerpts = [cut for piece in load_corpus(corpus, split) if (cut := excerpt(piece))]
    excerpts = excerpts[:limit]
    if not excerpts:
        raise CorpusError(f"{corpus} has no pieces in the split {split!r}.")
    real, takes, others, seconds = [], [], [], []
    for index, (grid, meter) in enumerate(excerpts):
        melody = melody_of(grid, meter)
        began = time.perf_counter()
        takes.append(_take(generator, melody, grid, _SEED_BASE + 2 * index, temperature))
        seconds.append(time.perf_counter() - began)
        others.append(_take(generator, melody, grid, _SEED_BASE + 2 * index + 1, temperature))
        real.append(grid)
        if progress is not None:
            progress((index + 1) / len(excerpts))
    measures = measure(takes) | distances(takes, real)
    measures["diversity"] = float(
        np.mean([difference(a, b) for a, b in zip(takes, others, strict=True)])
    )
    measures["melody_exact"] = float(
        np.mean(
            [np.array_equal(t.pitch[:, 0], r.pitch[:, 0]) for t, r in zip(takes, real, strict=True)]
        )
    )
    # Bach's distance to himself: one half of his pieces against the other.
    bach = measure(real) | distances(real[::2], real[1::2])
    return Evaluation(generator.name, split, len(real), measures, bach, float(np.median(seconds)))


def excerpt(piece: Piece) -> tuple[VoiceGrid, Meter] | None:
    """The first 128 steps from a downbeat on, with the metre; None where the melody rests."""
    start = int(np.argmax(piece.position == 0))
    span = slice(start, min(start + EXCERPT_STEPS, piece.steps))
    pitch, onset = piece.pitch[span].copy(), piece.onset[span].copy()
    if len(pitch) < EXCERPT_STEPS // 2 or piece.bad[span].any() or (pitch[-1, 0] < 0):
        return None
    # What was struck before the excerpt begins is struck with it.
    onset[0] = pitch[0] >= 0
    meter = Meter(int(piece.bar_length[start]) // 4, 4)
    return VoiceGrid(pitch, onset), meter


def melody_of(grid: VoiceGrid, meter: Meter) -> Melody:
    """The soprano of ``grid``."""
    notes = tuple(Note(start, pitch, end - start) for start, end, pitch in grid.notes(0))
    return Melody(notes, meter=meter)


def _take(
    generator: Generator, melody: Melody, grid: VoiceGrid, seed: int, temperature: float
) -> VoiceGrid:
    settings = GenerationSettings(seed, temperature)
    return VoiceGrid.from_composition(compose(melody, generator, settings)).cut(grid.steps)


def add_evaluation_command(subparsers: Any) -> None:
    """Add ``evaluate`` to the command line's subparsers."""
    summary = "measure a model's pieces against Bach's own"
    parser = subparsers.add_parser(
        "evaluate",
        help=summary,
        description=summary[0].upper() + summary[1:] + ".",
        epilog="example: composer-app evaluate --model bach --split valid",
    )
    parser.add_argument("--model", default=DEFAULT_MODEL, help="an installed model, or a file")
    parser.add_argument("--corpus", type=Path, default=Path("build/bach.npz"))
    parser.add_argument("--split", choices=["valid", "test"], default="valid")
    parser.add_argument("--temperature", type=float, default=1.0)
    parser.add_argument("--pieces", type=int, metavar="N", help="the first N pieces alone")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> int:
    if args.pieces is not None and args.pieces < 1:
        raise SettingError(f"--pieces takes a number of 1 or more, not {args.pieces}.")
    if not MIN_TEMPERATURE <= args.temperature <= MAX_TEMPERATURE:
        raise SettingError(
            f"--temperature takes a number from {MIN_TEMPERATURE} to {MAX_TEMPERATURE},"
            f" not {args.temperature}."
        )
    generator = load_generator(args.model)
    result = evaluate(generator, args.corpus, args.split, args.temperature, args.pieces)
    print(json.dumps(result.to_dict(), indent=2) if args.json else report(result))
    return 0


def report(evaluation: Evaluation) -> str:
    """The figures as a table in plain text."""
    lines = [
        f"{evaluation.model} on {evaluation.pieces} pieces of '{evaluation.split}',"
        f" {evaluation.median_seconds:.3f} s a piece (median)",
        f"{'':24}{'model':>9}{'Bach':>9}",
    ]
    for name, value in evaluation.model_measures.items():
        real = evaluation.bach_measures.get(name)
        lines.append(f"{name:24}{value:9.3f}" + (f"{real:9.3f}" if real is not None else ""))
    return "\n".join(lines)
