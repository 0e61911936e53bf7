"""Holds the pure parts of Composer, by name, at a share of branches that their tests take.

Reads the .coverage file that ``make test`` leaves. What is pure has neither a window nor a
device nor a network file in it, so there is no excuse for a branch that no test takes.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[1]
LEAST: Final = 95.0  # per cent, of branches and of lines

# A folder is held as a whole, a module on its own.
HELD: Final = (
    "composer_app/music",
    "composer_app/distributions",
    "composer_app/analysis",
    "composer_app/evaluation",
    "composer_app/generation/noise.py",
    "composer_app/generation/generator.py",
    "composer_app/generation/refining/sampling.py",
    "composer_app/generation/settling.py",
    "composer_app/generation/bands/drum_network.py",
    "composer_app/generation/bands/written_drums.py",
    "composer_app/generation/placement.py",
    "composer_app/generation/support.py",
    "composer_app/generation/hearing/bar_phase.py",
    "composer_app/generation/batch.py",
    "composer_app/generation/models/catalog.py",
    "composer_app/generation/models/model_file.py",
    "composer_app/generation/composing.py",
    "composer_app/generation/recipe.py",
    "composer_app/generation/phrasing",
    "composer_app/project",
    "composer_app/live/recording/heard_notes.py",
    "composer_app/live/recording/recorder.py",
    "composer_app/live/recording/capture.py",
    "composer_app/live/recording/journal.py",
    "composer_app/live/recording/step_input.py",
    "composer_app/live/playback/metronome.py",
    "composer_app/live/playback/transport.py",
)


def main() -> int:
    """Print a line for each held part; returns 1 where one falls short, else 0."""
    files = measured_files()
    short = False
    for part in HELD:
        lines, branches = shares(part, files)
        enough = lines >= LEAST and branches >= LEAST
        short = short or not enough
        remark = "" if enough else f"   < {LEAST:.0f} %: make coverage shows what is missing"
        print(f"{part:<40} lines {lines:6.1f} %   branches {branches:6.1f} %{remark}")
    return 1 if short else 0


def measured_files() -> Mapping[str, Any]:
    """Coverage's own figures for each file, by its path in the repository."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "coverage.json"
        command = [sys.executable, "-m", "coverage", "json", "--quiet", "-o", str(report)]
        subprocess.run(command, cwd=ROOT, check=True)
        files: Mapping[str, Any] = json.loads(report.read_text(encoding="utf-8"))["files"]
        return files


def shares(part: str, files: Mapping[str, Any]) -> tuple[float, float]:
    """The per cent of lines and of branches that the tests took in ``part``.

    A part of which nothing was measured counts as 0: a renamed module must not slip away.
    """
    summaries = [
        figures["summary"]
        for path, figures in files.items()
        if path == part or path.startswith(f"{part}/")
    ]
    if not summaries:
        return 0.0, 0.0
    return (
        _share(summaries, "covered_lines", "num_statements"),
        _share(summaries, "covered_branches", "num_branches"),
    )


def _share(summaries: Sequence[Mapping[str, int]], covered: str, of: str) -> float:
    total = sum(summary[of] for summary in summaries)
    return 100.0 * sum(summary[covered] for summary in summaries) / total if total else 100.0


if __name__ == "__main__":
    sys.exit(main())
