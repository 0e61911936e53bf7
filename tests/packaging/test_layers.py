"""The import contracts of pyproject.toml hold, and each of them notices when it is broken."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

# (the contract, the module that goes astray, what it imports). The line is put into a function,
# because that is how somebody in a hurry would hide it.
VIOLATIONS = [
    ("Imports go downward only", "music/pitch.py", "composer_app.analysis.features"),
    ("Imports go downward only", "distributions/__init__.py", "composer_app.generation.noise"),
    ("Imports go downward only", "generation/noise.py", "composer_app.live.recording.recorder"),
    (
        "Imports go downward only",
        "live/recording/recorder.py",
        "composer_app.studio.runtime.settings",
    ),
    ("Imports go downward only", "studio/runtime/settings.py", "composer_app.cli"),
    ("Imports go downward only", "analysis/likeness.py", "composer_app.reporting.report"),
    ("Imports go downward only", "errors.py", "composer_app.music.note"),
    ("Imports go downward only", "music/note.py", "composer_app.file_arguments"),
    ("Imports go downward only", "terminal.py", "composer_app.music.note"),
    ("Imports go downward only", "plain_text.py", "composer_app.errors"),
    ("Imports go downward only", "translation.py", "composer_app.errors"),
    ("Imports go downward only", "palette.py", "composer_app.resources"),
    ("Qt is the studio's alone", "live/playback/transport.py", "PySide6.QtCore"),
    ("Qt is the studio's alone", "palette.py", "PySide6.QtGui"),
    ("Qt is the studio's alone", "reporting/plots/plot.py", "PySide6.QtGui"),
    ("The window draws no statistic itself", "studio/statistics/panel.py", "matplotlib.figure"),
    ("The command line itself knows no Qt", "cli.py", "PySide6.QtWidgets"),
    ("The command line itself knows no Qt", "doctor.py", "PySide6.QtGui"),
    ("What learns is the training's alone", "generation/noise.py", "torch"),
    ("What learns is the training's alone", "analysis/features.py", "music21"),
    (
        "What learns is the training's alone",
        "studio/runtime/settings.py",
        "composer_app.training.trainer",
    ),
    ("The command line itself knows no torch", "cli.py", "torch"),
    ("The training's protocol and settings need no torch", "training/protocol.py", "torch"),
    ("Music and distributions need numpy and mido only", "music/note.py", "scipy.stats"),
]


@pytest.fixture
def copy(repository: Path, tmp_path: Path) -> Path:
    """A copy of the package and its contracts, to be damaged."""
    shutil.copytree(
        repository / "composer_app",
        tmp_path / "composer_app",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    shutil.copy(repository / "pyproject.toml", tmp_path)
    return tmp_path


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    """Check the contracts on the package in ``folder`` (the current folder is found first)."""
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_every_contract_holds(copy: Path) -> None:
    done = lint_imports(copy)
    assert done.returncode == 0, done.stdout
    assert " 0 broken" in done.stdout


@pytest.mark.parametrize(("contract", "module", "stranger"), VIOLATIONS)
def test_a_planted_import_breaks_its_contract(
    copy: Path, contract: str, module: str, stranger: str
) -> None:
    path = copy / "composer_app" / module
    planted = f"\n\ndef _hidden() -> None:\n    import {stranger}\n"
    path.write_text(path.read_text(encoding="utf-8") + planted, encoding="utf-8")
    done = lint_imports(copy)
    assert done.returncode == 1, done.stdout
    assert f"{contract} BROKEN" in done.stdout


def test_a_module_outside_the_layers_is_noticed(copy: Path) -> None:
    """A new part of the package has to find its place in the contract."""
    (copy / "composer_app" / "helpers.py").write_text('"""Anything."""\n', encoding="utf-8")
    assert lint_imports(copy).returncode == 1


def test_every_contract_is_broken_once(repository: Path) -> None:
    """A new contract needs a violation of its own in the list above."""
    lines = (repository / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    section = lines[lines.index("[tool.importlinter]") :]
    names = {line.split('"')[1] for line in section if line.startswith("name = ")}
    assert {contract for contract, _, _ in VIOLATIONS} == names
