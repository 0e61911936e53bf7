"""Installing the system packages that Composer needs, or saying how to.

Only the standard library is used: this runs before anything is installed. What is needed, and
what each system calls it, is in composer_app/package_names.py.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from composer_app.package_names import (  # noqa: E402
    FLUIDSYNTH,
    MIDI_BUILD,
    STUDIO,
    TESTS,
    SystemPackage,
    can_load,
    install_line,
    package_names,
    system_family,
)

# The others of these scripts find the package through this module, which knows where it is.
__all__ = [
    "MIDI_BUILD",
    "STUDIO",
    "TESTS",
    "MissingLibrariesError",
    "SystemPackage",
    "for_this_platform",
    "install",
    "line_to_type",
    "provide",
]

_APT_OPTIONS: Final = (
    *("-o", "DPkg::Lock::Timeout=120"),
    *("-o", "Acquire::Retries=3"),
    *("-o", "Dpkg::Use-Pty=0"),
)
_INSTALL: Final = ("install", "-y", "--no-install-recommends")
_MAC_FLUIDSYNTH: Final = (
    "libfluidsynth.3.dylib",
    "/opt/homebrew/lib/libfluidsynth.3.dylib",
    "/usr/local/lib/libfluidsynth.3.dylib",
)

Run = Callable[[Sequence[str]], bool]


class MissingLibrariesError(Exception):
    """Something Composer cannot start without is missing; the text says what to type."""


def provide(packages: Iterable[SystemPackage], run: Run | None = None) -> None:
    """Install what is missing of ``packages``, or say how to.

    Raises :class:`MissingLibrariesError` where something required stays missing on a machine
    with apt. Elsewhere what is missing is named, with the line to type where it is known, and the
    set-up goes on: what is not where Debian has it may be somewhere else.
    """
    missing = [package for package in packages if package.missing]
    if not missing:
        return
    if shutil.which("apt-get") is None:
        print(_advice_without_apt(missing), flush=True)
        return
    left = install(missing, run)
    if not left:
        return
    advice = f"Some system libraries are missing. To install them, type:\n    {apt_line(left)}"
    if any(package.required for package in left):
        raise MissingLibrariesError(f"{advice}\nand then run the same command again.")
    print(f"{advice}\nComposer works without them, in part: going on.", flush=True)


def install(missing: Sequence[SystemPackage], run: Run | None = None) -> list[SystemPackage]:
    """Install ``missing`` with apt, where we may without asking; returns what is missing still."""
    administrator = _administrator()
    if shutil.which("apt-get") is None or administrator is None:
        return list(missing)
    run = run or _succeeds
    apt = (*administrator, "apt-get", *_APT_OPTIONS)
    # Without a network the lists of an earlier day may still do.
    if not run((*apt, "update", "-qq")):
        print("apt-get update failed; trying with the package lists that are here.", flush=True)
    names = package_names(missing, "debian")
    print(f"Installing system packages: {' '.join(names)}", flush=True)
    if not run((*apt, *_INSTALL, "-qq", *names)):
        # One unknown name makes apt refuse all of them, so give each a chance of its own.
        for name in names:
            run((*apt, *_INSTALL, "-qq", name))
    return [package for package in missing if package.missing]


def apt_line(packages: Iterable[SystemPackage]) -> str:
    """The line a person types to install ``packages``, on Debian and Ubuntu."""
    sudo = "" if os.geteuid() == 0 else "sudo "
    names = " ".join(package_names(packages, "debian"))
    return f"{sudo}apt-get update && {sudo}apt-get {' '.join(_INSTALL)} {names}"


def line_to_type(packages: Iterable[SystemPackage]) -> str:
    """The line that installs ``packages`` here; empty where Composer does not know it."""
    family = system_family()
    if family is None:
        return ""
    if family == "debian":
        return apt_line(packages)
    line = install_line(packages, family)
    return line.removeprefix("sudo ") if os.geteuid() == 0 else line


def for_this_platform(packages: Iterable[SystemPackage]) -> list[SystemPackage]:
    """Those of ``packages`` that can be tested for here: on macOS only FluidSynth."""
    if sys.platform.startswith("linux"):
        return list(packages)
    if sys.platform == "darwin" and not any(can_load(library) for library in _MAC_FLUIDSYNTH):
        return [package for package in packages if package == FLUIDSYNTH]
    return []


def _administrator() -> tuple[str, ...] | None:
    """How a command is run as root without asking anyone anything; None where it cannot be."""
    quietly = ("env", "DEBIAN_FRONTEND=noninteractive")
    if os.geteuid() == 0:
        return quietly
    if shutil.which("sudo") is not None and _succeeds(("sudo", "-n", "true"), quiet=True):
        return ("sudo", "-n", *quietly)
    return None


def _advice_without_apt(missing: Sequence[SystemPackage]) -> str:
    line = line_to_type(missing)
    if line:
        return f"Something that Composer uses is missing. To install it, type:\n    {line}"
    names = ", ".join(package.brings for package in missing)
    return f"Composer may need these, from your distribution's packages: {names}"


def _succeeds(command: Sequence[str], quiet: bool = False) -> bool:
    """Run ``command`` without input; whether it ran and ended well."""
    output = subprocess.DEVNULL if quiet else None
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, check=False
        )
    except OSError:
        return False
    return done.returncode == 0
