"""Runs every benchmark and prints medians and ratios, best read side by side in one run."""

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.studio import STARTS, generate_to_painted
from composer_app.generation.catalog import load_generator
from composer_app.generation.generator import GenerationSettings, compose
from composer_app.music.sample_melodies import load_sample

_RUNS = 15
_START_RUNS = 7


def median_seconds(action: Callable[[int], object], runs: int = _RUNS) -> float:
    """Median time of ``action(run)``, after one run that does not count."""
    action(0)
    times = []
    for run in range(1, runs + 1):
        began = time.perf_counter()
        action(run)
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def start_seconds(kind: str) -> float:
    """From starting a Python process to its window's first paint."""
    program = Path(__file__).with_name("studio.py")
    began = time.perf_counter()
    subprocess.run([sys.executable, str(program), kind], check=True)
    return time.perf_counter() - began


def main() -> None:
    """Print the figures."""
    melody = load_sample("ode_to_joy")
    began = time.perf_counter()
    generator = load_generator()
    print(f"load the model                 {time.perf_counter() - began:7.3f} s (once)")

    def take(run: int) -> object:
        return compose(melody, generator, GenerationSettings(seed=run))

    print(f"compose {melody.bars} bars                 {median_seconds(take):7.3f} s")
    painted = statistics.median(generate_to_painted(melody, _RUNS))
    print(f"Generate to painted notes      {painted:7.3f} s ({melody.bars} bars)")
    times: dict[str, list[float]] = {kind: [] for kind in STARTS}
    for _ in range(_START_RUNS):
        # In turns, so that whatever else the machine does falls on all alike.
        for kind in STARTS:
            times[kind].append(start_seconds(kind))
    bare, studio = (statistics.median(times[kind]) for kind in STARTS)
    print(f"a bare Qt window, first paint  {bare:7.3f} s")
    print(f"the studio, first paint        {studio:7.3f} s")
    print(f"the studio / a bare window     {studio / bare:7.2f}")


if __name__ == "__main__":
    main()
