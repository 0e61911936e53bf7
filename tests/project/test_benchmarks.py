"""The benchmarks run, and measure what they say."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.slow
def test_every_figure_is_measured_and_written_down(repository: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--rounds", "1"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(repository)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    report = json.loads((tmp_path / "build" / "benchmark.json").read_text(encoding="utf-8"))
    assert all(name in done.stdout for name in report["seconds"])
    assert all(seconds > 0 for seconds in report["seconds"].values())
    bare, studio, *_ = report["seconds"].values()
    assert report["start_up_ratio"] == studio / bare
