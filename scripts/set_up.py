"""Makes the virtual environment: ``python scripts/set_up.py run|test [--again]``.

``run`` installs what the studio needs, ``test`` what the tests and the training need as well,
all of it in the versions of constraints.txt. Only the standard library is used: this runs before
anything is installed.

A stamp in the environment remembers what was installed from which files. It is removed before
anything changes and written last, so an interrupted set-up is simply done again.
"""

import argparse
import contextlib
import hashlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import midi_package
import system_packages
from environment import ROOT, Environment, SetUpError, constraints, reason, succeeds

EXTRAS: Final = {"run": "sound", "test": "sound,train,dev"}
# What is installed for the value is enough for the key.
ALSO_ENOUGH: Final = {"run": ("run", "test"), "test": ("test",)}
# The installation depends on these.
_FILES: Final = (
    "pyproject.toml",
    "constraints.txt",
    "composer_app/package_names.py",
    "scripts/environment.py",
    "scripts/midi_package.py",
    "scripts/set_up.py",
    "scripts/system_packages.py",
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Set up what is asked for, unless it has been; returns the exit status."""
    parser = argparse.ArgumentParser(description="Make the virtual environment of Composer.")
    parser.add_argument("purpose", choices=sorted(EXTRAS))
    parser.add_argument("--venv", type=Path, default=ROOT / ".venv", help="where to make it")
    parser.add_argument("--torch", default="torch", help="the torch to install for the tests")
    parser.add_argument("--again", action="store_true", help="even if it has been made")
    options = parser.parse_args(arguments)
    venv, torch = options.venv.expanduser().absolute(), options.torch
    try:
        again = options.again
        if again or not is_set_up(venv, options.purpose, torch):
            with Environment(venv) as environment:
                # Somebody else may have set it up while we waited.
                if again or not is_set_up(venv, options.purpose, torch):
                    set_up(environment, options.purpose, torch)
        elif midi_package.worth_another_try(Environment(venv)):
            with Environment(venv) as environment:
                midi_package.add(environment)
    except (SetUpError, system_packages.MissingLibrariesError) as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        sentence = f"The set-up failed ({error}): mend that and run the same command again."
        print(reason(str(error)) or sentence, file=sys.stderr)
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


def set_up(environment: Environment, purpose: str, torch: str) -> None:
    """Make it fit for ``purpose``. Raises :class:`SetUpError` where that fails."""
    venv = environment.venv
    for each in EXTRAS:
        _stamp(venv, each).unlink(missing_ok=True)
    packages = list(system_packages.STUDIO)
    if purpose == "test":
        packages.extend(system_packages.TESTS)
    system_packages.provide(system_packages.for_this_platform(packages))
    environment.make()
    environment.begin()
    pinned = ("--constraint", str(constraints(torch, venv)))
    if purpose == "test":
        # On its own and first, so that the exact release asked for settles the extra's range.
        print(f"Installing {torch}: a large package, which may bring CUDA's libraries", flush=True)
        environment.pip(*pinned, torch)
    print(f"Installing Composer [{EXTRAS[purpose]}]", flush=True)
    # What builds Composer is pinned as well, being one of the packages.
    environment.pip(*pinned, "hatchling")
    environment.pip(*pinned, "--no-build-isolation", "--editable", f".[{EXTRAS[purpose]}]")
    midi_package.add(environment)
    compile_composer(environment)
    _write(_stamp(venv, purpose), fingerprint(purpose, torch))
    environment.end()


def compile_composer(environment: Environment) -> None:
    """Let the first start be as fast as the others; pip compiles what it copies, but not these."""
    command = [environment.python, "-m", "compileall", "-q", str(ROOT / "composer_app")]
    # Where it cannot be done, Python does it at the first start.
    succeeds(command)


def fingerprint(purpose: str, torch: str) -> str:
    """What the installation depends on, as one short text."""
    digest = hashlib.sha256()
    for name in _FILES:
        digest.update((ROOT / name).read_bytes())
    # An environment keeps the absolute path of the checkout it was made for.
    digest.update(f"{ROOT}\n{purpose}\n{torch if purpose == 'test' else ''}".encode())
    return digest.hexdigest()


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


if __name__ == "__main__":
    sys.exit(main())
