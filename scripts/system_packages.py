"""The system libraries that Composer needs, which of them are missing, and how they are got.

Only the standard library is used: this runs before anything is installed.
"""

import ctypes
import importlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class SystemPackage:
    """One Debian/Ubuntu package and the test for what it brings.

    ``names``: the package's names, newest release of the distribution first. ``brings``: a shared
    library ("libGL.so.1"), a Python module ("ensurepip") or a command ("Xvfb"). ``required``:
    whether Composer cannot start without it.
    """

    names: tuple[str, ...]
    brings: str
    required: bool = True

    @property
    def missing(self) -> bool:
        """Whether this machine lacks what the package brings."""
        if ".so" in self.brings:
            return not _can_load(self.brings)
        if self.brings == "ensurepip":
            importlib.invalidate_caches()
            return importlib.util.find_spec("ensurepip") is None
        return shutil.which(self.brings) is None


_PYTHON: Final = f"python{sys.version_info.major}.{sys.version_info.minor}"

# What the studio needs on a bare machine: to make the environment, to paint, to open a window,
# to hear a MIDI keyboard, to sound.
STUDIO: Final = (
    SystemPackage((f"{_PYTHON}-venv",), "ensurepip"),
    SystemPackage(("libgl1",), "libGL.so.1"),
    SystemPackage(("libegl1",), "libEGL.so.1"),
    SystemPackage(("libglib2.0-0t64", "libglib2.0-0"), "libglib-2.0.so.0"),
    SystemPackage(("libxkbcommon0",), "libxkbcommon.so.0"),
    SystemPackage(("libfontconfig1",), "libfontconfig.so.1"),
    SystemPackage(("libdbus-1-3",), "libdbus-1.so.3"),
    SystemPackage(("libxcb-cursor0",), "libxcb-cursor.so.0"),
    SystemPackage(("libxcb-icccm4",), "libxcb-icccm.so.4"),
    SystemPackage(("libxcb-keysyms1",), "libxcb-keysyms.so.1"),
    SystemPackage(("libxcb-shape0",), "libxcb-shape.so.0"),
    SystemPackage(("libxcb-xkb1",), "libxcb-xkb.so.1"),
    SystemPackage(("libxkbcommon-x11-0",), "libxkbcommon-x11.so.0"),
    SystemPackage(("libasound2t64", "libasound2"), "libasound.so.2"),
    SystemPackage(("libfluidsynth3",), "libfluidsynth.so.3", required=False),
)

# What the tests need on top, to play into a sound server, a MIDI cable and a screen of their own.
# Tests that lack one of these are skipped and say so.
TESTS: Final = (
    SystemPackage(("pulseaudio",), "pulseaudio", required=False),
    SystemPackage(("pulseaudio-utils",), "parec", required=False),
    SystemPackage(("jackd2",), "jackd", required=False),
    SystemPackage(("xvfb",), "Xvfb", required=False),
)

_APT_OPTIONS: Final = (
    *("-o", "DPkg::Lock::Timeout=120"),
    *("-o", "Acquire::Retries=3"),
    *("-o", "Dpkg::Use-Pty=0"),
)
_INSTALL: Final = ("install", "-y", "--no-install-recommends")

Run = Callable[[Sequence[str]], bool]


class MissingLibrariesError(Exception):
    """Something Composer cannot start without is missing; the text says what to type."""


def provide(packages: Iterable[SystemPackage], run: Run | None = None) -> None:
    """Install what is missing of ``packages``, or say how to.

    Raises :class:`MissingLibrariesError` where something required stays missing on a machine
    with apt. Elsewhere what is missing is named and the set-up goes on, because the test for it
    knows Debian's file names only.
    """
    missing = [package for package in packages if package.missing]
    if not missing:
        return
    if shutil.which("apt-get") is None:
        print(_advice_without_apt(missing), flush=True)
        return
    _install(missing, _administrator(), run or _succeeds)
    left = [package for package in missing if package.missing]
    if not left:
        return
    advice = f"Some system libraries are missing. To install them, type:\n    {apt_line(left)}"
    if any(package.required for package in left):
        raise MissingLibrariesError(f"{advice}\nand then run the same command again.")
    print(f"{advice}\nComposer works without them, in part: going on.", flush=True)


def apt_line(packages: Iterable[SystemPackage]) -> str:
    """The line a person types to install ``packages``."""
    sudo = "" if os.geteuid() == 0 else "sudo "
    names = " ".join(_package_name(package) for package in packages)
    return f"{sudo}apt-get update && {sudo}apt-get {' '.join(_INSTALL)} {names}"


def _install(
    missing: Sequence[SystemPackage], administrator: tuple[str, ...] | None, run: Run
) -> None:
    """Install ``missing`` if we may: ``administrator`` begins the command line, None forbids."""
    if administrator is None:
        return
    apt = (*administrator, "apt-get", *_APT_OPTIONS)
    # Without a network the lists of an earlier day may still do.
    if not run((*apt, "update", "-qq")):
        print("apt-get update failed; trying with the package lists that are here.", flush=True)
    names = [_package_name(package) for package in missing]
    print(f"Installing system libraries: {' '.join(names)}", flush=True)
    if run((*apt, *_INSTALL, "-qq", *names)):
        return
    # One unknown name makes apt refuse all of them, so give each a chance of its own.
    for name in names:
        run((*apt, *_INSTALL, "-qq", name))


def _administrator() -> tuple[str, ...] | None:
    """How a command is run as root without asking anyone anything; None where it cannot be."""
    quietly = ("env", "DEBIAN_FRONTEND=noninteractive")
    if os.geteuid() == 0:
        return quietly
    if shutil.which("sudo") is not None and _succeeds(("sudo", "-n", "true"), quiet=True):
        return ("sudo", "-n", *quietly)
    return None


def _package_name(package: SystemPackage) -> str:
    """The one of the package's names that this release of the distribution knows."""
    for name in package.names[:-1]:
        if _succeeds(("apt-cache", "show", "--no-all-versions", name), quiet=True):
            return name
    return package.names[-1]


def _advice_without_apt(missing: Sequence[SystemPackage]) -> str:
    if sys.platform == "darwin":
        return "Composer is silent until FluidSynth is there. Type:\n    brew install fluid-synth"
    names = ", ".join(package.brings for package in missing)
    return f"Composer may need these, from your distribution's packages: {names}"


def for_this_platform(packages: Iterable[SystemPackage]) -> list[SystemPackage]:
    """Those of ``packages`` that can be tested for here: on macOS only FluidSynth."""
    if sys.platform.startswith("linux"):
        return list(packages)
    if sys.platform == "darwin" and not _can_load_any(_MAC_FLUIDSYNTH):
        return [package for package in packages if "fluidsynth" in package.brings]
    return []


_MAC_FLUIDSYNTH: Final = (
    "libfluidsynth.3.dylib",
    "/opt/homebrew/lib/libfluidsynth.3.dylib",
    "/usr/local/lib/libfluidsynth.3.dylib",
)


def _can_load_any(libraries: Iterable[str]) -> bool:
    return any(_can_load(library) for library in libraries)


def _can_load(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


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
