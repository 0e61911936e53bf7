"""The import contracts of pyproject.toml hold, and each of them notices when it is broken."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

FLOORS_OF_THE_STUDIO = "The studio's rooms import downward only"

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
    ("Imports go downward only", "analysis/likeness/likeness.py", "composer_app.reporting.report"),
    ("Imports go downward only", "errors.py", "composer_app.music.note"),
    ("Imports go downward only", "music/note.py", "composer_app.file_arguments"),
    ("Imports go downward only", "terminal.py", "composer_app.music.note"),
    ("Imports go downward only", "plain_text.py", "composer_app.errors"),
    *(
        (FLOORS_OF_THE_STUDIO, f"studio/{module}.py", f"composer_app.studio.{to}")
        for module, to in (
            ("window/layout", "app"),
            ("transport/tap_tempo", "window.services"),
            ("recording/quantize_menu", "transport.transport_bar"),
            ("generate/progress_line", "mixer.panel"),
            ("statistics/comparison", "recording.recording_controller"),
            ("roll/geometry", "generate.generate_panel"),
            ("sound/audition", "roll.view"),
            ("document/selection", "sound.sound"),
            ("messages/messages", "document.document"),
            ("widgets/icons", "messages.bar"),
            ("runtime/jobs", "widgets.theme"),
        )
    ),
    *(
        ("What is live imports downward only", f"live/{module}.py", f"composer_app.live.{to}")
        for module, to in (
            ("doctor", "commands"),
            ("rendering/true_peak", "commands"),
            ("synth/soundfonts", "rendering.rendering"),
            ("playback/scheduler", "midi.clock"),
            ("note_sink", "playback.player"),
            ("system/quiet", "note_sink"),
        )
    ),
    *(
        ("The training's rooms import downward only", f"training/{module}.py", to)
        for module, to in (
            ("trainers/losses", "composer_app.training.export"),
            ("base_model", "composer_app.training.trainers.losses"),
            ("checkpoint", "composer_app.training.base_model"),
            ("networks/blocks", "composer_app.training.checkpoint"),
            ("corpora/chord_row", "composer_app.training.networks.blocks"),
            ("config", "composer_app.training.corpora.chord_row"),
        )
    ),
    ("Imports go downward only", "translation.py", "composer_app.errors"),
    ("Imports go downward only", "palette.py", "composer_app.resources"),
    ("Qt is the studio's alone", "live/playback/transport.py", "PySide6.QtCore"),
    ("Only the training imports what learns", "generation/noise.py", "torch"),
    ("Only the training imports what learns", "analysis/features.py", "music21"),
    ("Qt is the studio's alone", "palette.py", "PySide6.QtGui"),
    ("Qt is the studio's alone", "reporting/plots/plot.py", "PySide6.QtGui"),
    ("The window draws no statistic itself", "studio/statistics/panel.py", "matplotlib.figure"),
    (
        "What plays and composes reaches nothing that learns",
        "studio/runtime/settings.py",
        "composer_app.training.trainers.trainer",
    ),
    ("Verovio draws scores and reads nothing", "notation/reading/abc_reading.py", "verovio"),
    ("Imports go downward only", "notation/reading/written.py", "composer_app.file_arguments"),
    ("The training's protocol and settings need no torch", "training/protocol.py", "torch"),
    ("Music and distributions need numpy, mido and chardet only", "music/note.py", "scipy.stats"),
]

# Libraries that belong to one part of the package: (what is imported, whose it is).
OWNED = [
    ("PySide6", "studio"),
    ("shiboken6", "studio"),
    ("torch", "training"),
    ("music21", "training"),
    ("onnx", "training"),
    ("onnxscript", "training"),
]
# The parts that may reach what learns by way of the training: commands, and what they are made of.
THROUGH_THE_TRAINING = {
    "training",
    "evaluation",
    "reporting",
    "doctor",
    "commands",
    "cli",
    "__main__",
}


@pytest.fixture
def copy(repository: Path, tmp_path: Path) -> Path:
    """A copy of the package and its contracts, to be damaged."""
    return copy_to(tmp_path, repository)


def copy_to(folder: Path, repository: Path) -> Path:
    shutil.copytree(
        repository / "composer_app",
        folder / "composer_app",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    shutil.copy(repository / "pyproject.toml", folder)
    return folder


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    """Check the contracts on the package in ``folder`` (the current folder is found first)."""
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    return subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "COLUMNS": "500"},
        capture_output=True,
        text=True,
        check=False,
    )


def plant(path: Path, *strangers: str) -> None:
    """Let the module at ``path`` import ``strangers`` in a function."""
    lines = "".join(f"    import {stranger}\n" for stranger in strangers)
    planted = f"\n\ndef _hidden() -> None:\n{lines}"
    path.write_text(path.read_text(encoding="utf-8") + planted, encoding="utf-8")


def part_of(module: str) -> str:
    """The package or module at the top of ``composer_app`` that ``module`` is or is in."""
    return f"{module}.".split(".")[1]


def test_every_contract_holds(copy: Path) -> None:
    done = lint_imports(copy)
    assert done.returncode == 0, done.stdout
    assert " 0 broken" in done.stdout


@pytest.fixture(scope="module")
def report_on_planted(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """What is said of a copy in which every violation has been planted: a look takes seconds."""
    folder = copy_to(tmp_path_factory.mktemp("planted"), repository)
    for _, module, stranger in VIOLATIONS:
        plant(folder / "composer_app" / module, stranger)
    done = lint_imports(folder)
    assert done.returncode == 1, done.stdout
    return done.stdout


@pytest.mark.parametrize("contract", sorted({contract for contract, _, _ in VIOLATIONS}))
def test_planted_imports_break_their_contract(report_on_planted: str, contract: str) -> None:
    assert f"{contract} BROKEN" in report_on_planted
    # Each of them on its own, in the contract's part of the report.
    _, _, part = report_on_planted.partition(f"\n{contract}\n{'-' * len(contract)}\n")
    part, _, _ = part.partition("\n---")
    planted = [(module, stranger) for name, module, stranger in VIOLATIONS if name == contract]
    for module, stranger in planted:
        name = f"composer_app/{module}".removesuffix(".py").removesuffix("/__init__")
        library = stranger if stranger.startswith("composer_app") else stranger.partition(".")[0]
        assert f" {name.replace('/', '.')} -> {library} (l." in part, module


def test_a_library_is_refused_in_every_module_but_its_owners(copy: Path) -> None:
    """All modules go astray at once, so that no part of the package is left out."""
    paths = sorted((copy / "composer_app").rglob("*.py"))
    for path in paths:
        plant(path, *(library for library, _ in OWNED))
    names = (".".join(path.relative_to(copy).with_suffix("").parts) for path in paths)
    modules = {name.removesuffix(".__init__") for name in names}
    report = lint_imports(copy).stdout
    for library, owner in OWNED:
        refused = set(re.findall(rf"^- +(\S+) -> {library} \(l\.", report, re.MULTILINE))
        # The owner's own __init__ stays empty, so it is refused as well.
        owners = f"composer_app.{owner}."
        expected = {module for module in modules if not module.startswith(owners)}
        assert expected - refused == set(), library
        assert len({part_of(module) for module in refused}) > 15


def test_what_learns_cannot_be_reached_by_way_of_the_training(copy: Path) -> None:
    paths = sorted((copy / "composer_app").rglob("*.py"))
    parts = {part_of(".".join(path.relative_to(copy).with_suffix("").parts)) for path in paths}
    for path in paths:
        if not path.is_relative_to(copy / "composer_app" / "training"):
            plant(path, "composer_app.training.networks.refining_unet")
    report = lint_imports(copy).stdout
    refusal = re.compile(r"^composer_app\.(\w+) is not allowed to import torch", re.MULTILINE)
    refused = set(refusal.findall(report))
    assert refused == parts - THROUGH_THE_TRAINING - {"__init__"}


def test_a_module_outside_the_layers_is_noticed(copy: Path) -> None:
    """A new part of the package, or of one with floors of its own, has to find its floor."""
    places = ("composer_app", *(f"composer_app.{room}" for room in ("studio", "live", "training")))
    for place in places:
        path = copy.joinpath(*place.split(".")) / "helpers.py"
        path.write_text('"""Anything."""\n', encoding="utf-8")
    report = lint_imports(copy).stdout
    assert re.findall(r"^- (\S+)$", report, re.MULTILINE) == [f"{each}.helpers" for each in places]


def test_every_contract_is_broken_once(repository: Path) -> None:
    """A new contract needs a violation of its own in the list above."""
    lines = (repository / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    section = lines[lines.index("[tool.importlinter]") :]
    names = {line.split('"')[1] for line in section if line.startswith("name = ")}
    assert {contract for contract, _, _ in VIOLATIONS} == names
