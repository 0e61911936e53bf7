"""Runs every benchmark and prints medians and ratios, best read side by side in one run."""

import gc
import statistics
import subprocess
import sys
import time
from pathlib import Path

from benchmarks import (
    figures,
    keyboard,
    models,
    opening,
    playing,
    rendering,
    score_view,
    statistics_panel,
)
from benchmarks.studio import STARTS, generate_to_painted, roll_paints
from composer_app.music.files.sample_melodies import load_sample

_RUNS = 15
_START_RUNS = 7
_PAINT_RUNS = 60


def start_seconds(kind: str) -> float:
    """From starting a Python process to its window's first paint."""
    program = Path(__file__).with_name("studio.py")
    began = time.perf_counter()
    subprocess.run([sys.executable, str(program), kind], check=True)
    return time.perf_counter() - began


def main() -> None:
    """Print the figures."""
    # As in the studio: closed windows are not to be collected by a thread of the next one.
    gc.disable()
    models.main()
    rendering.main()
    figures.main()
    playing.main()
    opening.main()
    keyboard.main()
    gc.collect()
    statistics_panel.main()
    gc.collect()
    score_view.main()
    gc.collect()
    melody = load_sample("ode_to_joy")
    painted = statistics.median(generate_to_painted(melody, _RUNS))
    print(f"Generate to painted notes      {painted:7.3f} s ({melody.bars} bars)")
    for name, milliseconds in roll_paints(_PAINT_RUNS).items():
        print(f"piano roll {name:27} {milliseconds:7.2f} ms")
    times: dict[str, list[float]] = {kind: [] for kind in STARTS}
    for _ in range(_START_RUNS):
        # In turns, so that whatever else the machine does falls on all alike.
        for kind in STARTS:
            times[kind].append(start_seconds(kind))
    bare, studio, ready = (statistics.median(times[kind]) for kind in STARTS)
    print(f"a bare Qt window, first paint  {bare:7.3f} s")
    print(f"the studio, first paint        {studio:7.3f} s")
    print(f"the studio, ready for a click  {ready:7.3f} s")
    print(f"the studio / a bare window     {studio / bare:7.2f}")


if __name__ == "__main__":
    main()
