"""The models side by side in one run: two melodies, loading, memory, size of the file.

As a program (``python -m benchmarks.models NAME``) it composes with one model and prints, as JSON,
how much memory that took: a process of its own for each model, because memory that has been
taken is not given back.
"""

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from benchmarks.memory import own_peak
from composer_app.generation.composing import compose
from composer_app.generation.generator import GenerationSettings, Generator
from composer_app.generation.models.catalog import DEFAULT_MODEL, installed_models, load_generator
from composer_app.generation.models.model_info import ModelInfo
from composer_app.music.files.sample_melodies import load_sample
from composer_app.music.melody import Melody

# The published design, ours in one pass, and what Generate does when nothing else is chosen.
COMPARED: Final = ("bach-gan-classic", "bach-gan", DEFAULT_MODEL)
SHORT_BARS: Final = 8
LONG_BARS: Final = 200
_SHORT_RUNS: Final = 15
_LONG_RUNS: Final = 3
_LOADS: Final = 7
_MEGA: Final = 1e6


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one model: seconds (medians), bytes; ``memory`` is None where it cannot be measured."""

    name: str
    short: float
    long: float
    load: float
    memory: int | None
    size: int

    def row(self, base: "Figures") -> str:
        """A line of the table, with the times of ``base`` as the measure."""
        memory = "-" if self.memory is None else f"{self.memory / _MEGA:.0f} MB"
        return (
            f"{self.name:<18} {_milliseconds(self.short)} {self.short / base.short:>5.2f}x"
            f" {_milliseconds(self.long)} {self.long / base.long:>5.2f}x"
            f" {_milliseconds(self.load)} {memory:>9} {self.size / _MEGA:>6.1f} MB"
        )


HEAD: Final = (
    f"{'model':<18} {f'{SHORT_BARS} bars':>10} {'ratio':>6} {f'{LONG_BARS} bars':>10} {'ratio':>6}"
    f" {'loading':>10} {'memory':>9} {'file':>9}"
)


def _milliseconds(seconds: float) -> str:
    return f"{1000 * seconds:>7.1f} ms"


def bars_of(bars: int) -> Melody:
    """The Ode to Joy, again and again until it has ``bars`` bars."""
    ode = load_sample("ode_to_joy")
    limit, whole = bars * ode.meter.steps_per_bar, ode.bars * ode.meter.steps_per_bar
    notes = [
        replace(note, start=note.start + turn * whole)
        for turn in range(-(-limit // whole))
        for note in ode.notes
    ]
    return replace(ode, notes=tuple(note for note in notes if note.end <= limit))


def compared(models: Sequence[ModelInfo]) -> list[ModelInfo]:
    """Those of :data:`COMPARED` that are installed and work, in that order."""
    usable = {model.name: model for model in models if model.problem is None}
    return [usable[name] for name in COMPARED if name in usable]


def in_turns(
    actions: dict[str, Callable[[int], object]], runs: int, clock: Callable[[], float]
) -> dict[str, float]:
    """Median seconds of each of ``actions(run)``, after one run of each that does not count.

    In turns, so that whatever else the machine does falls on all alike.
    """
    times: dict[str, list[float]] = {name: [] for name in actions}
    for run in range(runs + 1):
        for name, action in actions.items():
            began = clock()
            action(run)
            if run:
                times[name].append(clock() - began)
    return {name: statistics.median(values) for name, values in times.items()}


def measure(
    models: Sequence[ModelInfo],
    load: Callable[[str], Generator] = load_generator,
    memory: Callable[[str], int | None] | None = None,
    clock: Callable[[], float] = time.perf_counter,
) -> list[Figures]:
    """The figures of each of ``models``, measured in turns; arguments stand in, for tests."""
    names = [model.name for model in models]

    def loader(name: str) -> Callable[[int], object]:
        return lambda run: load(name)

    def composer(name: str, melody: Melody) -> Callable[[int], object]:
        generator = load(name)
        return lambda run: compose(melody, generator, GenerationSettings(seed=run))

    loads = in_turns({name: loader(name) for name in names}, _LOADS, clock)
    short, long = bars_of(SHORT_BARS), bars_of(LONG_BARS)
    shorts = in_turns({name: composer(name, short) for name in names}, _SHORT_RUNS, clock)
    longs = in_turns({name: composer(name, long) for name in names}, _LONG_RUNS, clock)
    return [
        Figures(
            model.name,
            shorts[model.name],
            longs[model.name],
            loads[model.name],
            (memory or peak_memory)(model.name),
            model.path.stat().st_size,
        )
        for model in models
    ]


def table(figures: Sequence[Figures]) -> list[str]:
    """Lines for a terminal; ratios are to the default model, or to the last where it is missing."""
    if not figures:
        return ["no model to measure is installed"]
    base = next((each for each in figures if each.name == DEFAULT_MODEL), figures[-1])
    return [HEAD, *(each.row(base) for each in figures), f"ratio: to {base.name}"]


def peak_memory(name: str) -> int | None:
    """Bytes that a process takes at most that composes the long melody with ``name``."""
    command = [sys.executable, "-m", "benchmarks.models", name]
    folder = Path(__file__).resolve().parents[1]
    answer = subprocess.run(command, check=True, cwd=folder, capture_output=True, text=True)
    peak = json.loads(answer.stdout)["peak_bytes"]
    return None if peak is None else int(peak)


def main() -> None:
    """Print the figures of the models that are installed."""
    print("\n".join(table(measure(compared(installed_models())))))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        compose(bars_of(LONG_BARS), load_generator(sys.argv[1]), GenerationSettings())
        print(json.dumps({"peak_bytes": own_peak()}))
    else:
        main()
