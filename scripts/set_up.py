"""Makes the virtual environment: ``python scripts/set_up.py run|test [--again]``.

``run`` installs what the studio needs, ``test`` what the tests and the training need as well.
Only the standard library is used: this runs before anything is installed.

A stamp in the environment remembers what was installed from which pyproject.toml. It is removed
before anything changes and written last, so an interrupted set-up is simply done again.
"""

import argparse
import contextlib
import hashlib
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import system_packages

ROOT: Final = Path(__file__).resolve().parents[1]
EXTRAS: Final = {"run": "sound", "test": "sound,train,dev"}
# What is installed for the value is enough for the key.
ALSO_ENOUGH: Final = {"run": ("run", "test"), "test": ("test",)}


class SetUpError(Exception):
    """The environment cannot be made; the text says what to do."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Set up what is asked for, unless it has been; returns the exit status."""
    parser = argparse.ArgumentParser(description="Make the virtual environment of Composer.")
    parser.add_argument("purpose", choices=sorted(EXTRAS))
    parser.add_argument("--venv", type=Path, default=ROOT / ".venv", help="where to make it")
    parser.add_argument("--torch", default="torch", help="the torch to install for the tests")
    parser.add_argument("--again", action="store_true", help="even if it has been made")
    options = parser.parse_args(arguments)
    try:
        venv = options.venv.absolute()
        if options.again or not is_set_up(venv, options.purpose, options.torch):
            set_up(venv, options.purpose, options.torch)
    except (SetUpError, system_packages.MissingLibrariesError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nThe set-up was interrupted; the next one starts afresh.", file=sys.stderr)
        return 130
    return 0


def is_set_up(venv: Path, purpose: str, torch: str) -> bool:
    """Whether ``venv`` runs and was made for ``purpose`` from the files as they are now."""
    if not os.access(venv / "bin" / "python", os.X_OK):
        return False
    return any(
        _read(_stamp(venv, enough)) == fingerprint(enough, torch) for enough in ALSO_ENOUGH[purpose]
    )


def set_up(venv: Path, purpose: str, torch: str) -> None:
    """Make ``venv`` fit for ``purpose``. Raises :class:`SetUpError` where that fails."""
    for each in EXTRAS:
        _stamp(venv, each).unlink(missing_ok=True)
    packages = list(system_packages.STUDIO)
    if purpose == "test":
        packages.extend(system_packages.TESTS)
    system_packages.provide(system_packages.for_this_platform(packages))
    make_environment(venv)
    if purpose == "test":
        # On its own and first, so that the exact release asked for settles the extra's range.
        _pip(venv, torch)
    _pip(venv, "--editable", f".[{EXTRAS[purpose]}]")
    _write(_stamp(venv, purpose), fingerprint(purpose, torch))


def make_environment(venv: Path) -> None:
    """Make an empty environment at ``venv``, unless one that works is there."""
    python = str(venv / "bin" / "python")
    if _succeeds([python, "-m", "pip", "--version"]):
        return
    if venv.exists() and any(venv.iterdir()) and not (venv / "pyvenv.cfg").exists():
        raise SetUpError(f"{venv} is in the way and is no virtual environment: move it elsewhere.")
    print(f"Making a virtual environment in {venv} with {sys.executable}", flush=True)
    made = subprocess.run([sys.executable, "-m", "venv", "--clear", str(venv)], check=False)
    if made.returncode != 0:
        raise SetUpError("Python could not make a virtual environment; its own words are above.")


def fingerprint(purpose: str, torch: str) -> str:
    """What the installation depends on, as one short text."""
    digest = hashlib.sha256()
    for name in ("pyproject.toml", "scripts/set_up.py", "scripts/system_packages.py"):
        digest.update((ROOT / name).read_bytes())
    # An environment keeps the absolute path of the checkout it was made for.
    digest.update(f"{ROOT}\n{purpose}\n{torch if purpose == 'test' else ''}".encode())
    return digest.hexdigest()


def _pip(venv: Path, *what: str) -> None:
    print(f"Installing {what[-1].replace('.[', 'Composer [')}", flush=True)
    quiet = [] if sys.stdout.isatty() else ["--quiet"]
    command = [str(venv / "bin" / "python"), "-m", "pip", "install", "--no-input", *quiet, *what]
    if subprocess.run(command, stdin=subprocess.DEVNULL, cwd=ROOT, check=False).returncode != 0:
        raise SetUpError(
            "pip could not install what Composer needs; its own words are above."
            " When the cause is gone, run the same command again."
        )


def _stamp(venv: Path, purpose: str) -> Path:
    return venv / f"composer-set-up-{purpose}"


def _read(path: Path) -> str:
    with contextlib.suppress(OSError):
        return path.read_text(encoding="utf-8").strip()
    return ""


def _write(path: Path, text: str) -> None:
    """Write ``text`` so that a stamp is either whole or not there."""
    temporary = path.with_suffix(".new")
    temporary.write_text(f"{text}\n", encoding="utf-8")
    temporary.replace(path)


def _succeeds(command: Sequence[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(main())
