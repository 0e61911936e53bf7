"""The wheel, installed alone into an empty environment, works from any folder.

Empty means: Python, the wheel, and the libraries that the wheel itself asks for, without its
extras. To save downloading them once more, those libraries are linked from the environment that
runs the tests, one by one; nothing else of it can be seen from the new one. So a library that is
used but not declared, a model that is not packed or a path into the checkout ends in a failure.
"""

import json
import os
import re
import subprocess
import sys
import sysconfig
import venv
import zipfile
from importlib.metadata import Distribution, distribution
from pathlib import Path

import mido
import pytest
from packaging.requirements import Requirement

from tests.acceptance.command_line import PATIENCE, composer, write_melody

pytestmark = pytest.mark.slow


# Opens the real window, and prints what its message bar says of MIDI.
_OPENS_THE_STUDIO = """
from pathlib import Path
from time import monotonic
from PySide6.QtWidgets import QApplication
app = QApplication([])
from composer_app.studio.window.main_window import open_main_window
from composer_app.studio.window.services import build_services
from composer_app.studio.runtime.settings import Settings
services = build_services(Settings(Path("data")))
window = open_main_window(services)
window.show()
late = monotonic() + 120
while "MIDI" not in window.message_bar.text and monotonic() < late:
    app.processEvents()
    # Where there is no sound, the bar says that on top.
    if window.message_bar.stands("midi"):
        window.message_bar.clear("sound")
# Not on standard output: what sound libraries say there while they are loaded is caught.
Path("said.txt").write_text(window.message_bar.text)
window.close()
services.close()
"""


@pytest.fixture(scope="module")
def wheel(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the source archive, as ``make wheel`` does."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder)]
    done = subprocess.run(
        [*command, str(repository)], capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def empty_environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel and what it requires; returns its folder of commands."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, symlinks=True)
    python = folder / "bin" / "python"
    install = ["install", "--quiet", "--no-deps", "--no-index", str(wheel)]
    subprocess.run([sys.executable, "-m", "pip", "--python", python, *install], check=True)
    (site_packages,) = folder.glob("lib/python*/site-packages")
    link_requirements(site_packages)
    return python.parent


def link_requirements(site_packages: Path) -> None:
    """Link what the wheel in ``site_packages`` requires, and what that requires, into it."""
    here = Path(sysconfig.get_paths()["platlib"])
    (installed,) = Distribution.discover(name="composer-app", path=[str(site_packages)])
    waiting, seen = required(installed), set[str]()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        found = distribution(name)
        waiting |= required(found)
        # A file outside the folder, such as a command, begins with "..".
        tops = {file.parts[0] for file in found.files or []} - {"..", "__pycache__"}
        for top in tops:
            if not (site_packages / top).exists():
                (site_packages / top).symlink_to(here / top)


def required(installed: Distribution) -> set[str]:
    """Names of what ``installed`` requires on this machine, without its extras."""
    requirements = map(Requirement, installed.requires or [])
    return {
        re.sub(r"[-_.]+", "-", requirement.name).lower()
        for requirement in requirements
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""})
    }


def test_the_wheel_carries_the_models_the_assets_and_the_licence(
    wheel: Path, repository: Path
) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder in ("models", "assets"):
        files = [path for path in (repository / folder).rglob("*") if path.is_file()]
        assert files
        assert {f"composer_app/{path.relative_to(repository)}" for path in files} <= names
    assert any(name.endswith("licenses/LICENSE") for name in names)
    tops = {name.split("/")[0] for name in names if ".dist-info/" not in name}
    assert tops == {"composer_app"}


def test_the_environment_is_empty_but_for_the_wheel(
    empty_environment: Path, repository: Path, tmp_path: Path
) -> None:
    """Otherwise the tests below would prove nothing."""
    code = "import composer_app, importlib.util as u; print(composer_app.__file__);"
    code += "print([m for m in ('torch', 'pytest', 'music21', 'hypothesis') if u.find_spec(m)])"
    output = subprocess.run(
        [empty_environment / "python", "-c", code],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    assert Path(output[0]).is_relative_to(empty_environment.parent)
    assert output[1] == "[]"


def test_the_installed_model_composes(empty_environment: Path, tmp_path: Path) -> None:
    melody = write_melody(tmp_path / "melody.mid")
    command = empty_environment / "composer-app"
    listed = subprocess.run(
        [command, "models", "--json"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert listed.returncode == 0, listed.stderr
    assert "bach" in json.dumps(json.loads(listed.stdout))

    done = composer(
        "generate",
        melody,
        "-o",
        "out.mid",
        python=str(empty_environment / "python"),
        folder=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    tracks = mido.MidiFile(tmp_path / "out.mid").tracks
    assert sum(any(message.type == "note_on" for message in track) for track in tracks) == 4


def test_without_rtmidi_all_but_midi_works_and_it_is_said_what_to_type(
    empty_environment: Path, tmp_path: Path
) -> None:
    (site_packages,) = empty_environment.parent.glob("lib/python*/site-packages")
    python = str(empty_environment / "python")
    links = [*site_packages.glob("rtmidi"), *site_packages.glob("python_rtmidi*")]
    targets = {link: link.readlink() for link in links}
    for link in links:
        link.unlink()
    try:
        doctor = composer("doctor", "--json", python=python, folder=tmp_path)
        studio = subprocess.run(
            [python, "-c", _OPENS_THE_STUDIO],
            cwd=tmp_path,
            env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "HOME": str(tmp_path)},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
    finally:
        for link, target in targets.items():
            link.symlink_to(target)
    report = json.loads(doctor.stdout)
    facts = {fact["name"]: fact for fact in report["facts"]}
    assert report["works"]
    for name in ("MIDI inputs", "MIDI outputs", "python-rtmidi"):
        assert facts[name]["remedy"].endswith(" -m pip install python-rtmidi")
    assert studio.returncode == 0, studio.stderr
    assert "python-rtmidi is missing: type: " in (tmp_path / "said.txt").read_text()


def test_the_installed_samples_are_found(empty_environment: Path, tmp_path: Path) -> None:
    python = str(empty_environment / "python")
    done = composer("sample", "twinkle", "-o", "twinkle.mid", python=python, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "twinkle.mid").exists()


def test_the_installed_profiles_are_found(empty_environment: Path, tmp_path: Path) -> None:
    melody = write_melody(tmp_path / "melody.mid")
    done = composer(
        "stats",
        melody,
        "--compare",
        "hymn",
        "--json",
        python=str(empty_environment / "python"),
        folder=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["likeness"]["measures"]


def test_the_installed_modules_are_compiled(empty_environment: Path) -> None:
    (package,) = empty_environment.parent.glob("lib/python*/site-packages/composer_app")
    modules = {path.stem for path in package.glob("studio/window/*.py")}
    compiled = {path.name.partition(".")[0] for path in package.glob("studio/window/*/*.pyc")}
    assert modules == compiled
    assert "main_window" in modules


def test_the_installed_studio_can_be_imported(empty_environment: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [empty_environment / "python", "-c", "import composer_app.studio.app"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
