"""What Composer needs from the system, how each system calls it, and what to type to get it.

Only the standard library is used, as by what is imported: the set-up reads this before anything
is installed.
"""

import ctypes
import importlib
import importlib.util
import shutil
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from composer_app.translation import Message, _

Family = Literal["debian", "fedora", "arch", "suse", "macos"]

OS_RELEASE: Final = (Path("/etc/os-release"), Path("/usr/lib/os-release"))
# The first Python for which python-rtmidi has no ready-made wheels and has to be built; the same
# number stands in pyproject.toml.
MIDI_BUILT_FROM: Final = (3, 13)


@dataclass(frozen=True, slots=True)
class SystemPackage:
    """Something Composer needs from the system, and the names of the package that has it.

    ``brings`` is what can be tested for: a shared library ("libGL.so.1"), a header ("Python.h"),
    a Python module ("ensurepip") or a command ("Xvfb"). An empty name: that system always has
    it, or does without. ``debian`` has the names of Debian and Ubuntu, newest release first.
    Without what is ``required``, Composer cannot start.
    """

    brings: str
    debian: tuple[str, ...]
    fedora: str = ""
    arch: str = ""
    suse: str = ""
    macos: str = ""
    required: bool = True

    @property
    def missing(self) -> bool:
        """Whether this machine lacks what the package brings."""
        if ".so" in self.brings:
            return not can_load(self.brings)
        if self.brings.endswith(".h"):
            import sysconfig

            folders = (sysconfig.get_path("include"), "/usr/include", "/usr/local/include")
            return not any((Path(folder) / self.brings).exists() for folder in folders)
        if self.brings == "ensurepip":
            importlib.invalidate_caches()
            return importlib.util.find_spec("ensurepip") is None
        return shutil.which(self.brings) is None

    def name(self, family: Family) -> str:
        """The name that this system, being of ``family``, knows it by; may be empty."""
        if family == "debian":
            return _known_to_apt(self.debian)
        others = {
            "fedora": self.fedora,
            "arch": self.arch,
            "suse": self.suse,
            "macos": self.macos,
        }
        return others[family]


_MINOR: Final = sys.version_info.minor

FLUIDSYNTH: Final = SystemPackage(
    "libfluidsynth.so.3",
    ("libfluidsynth3",),
    "fluidsynth-libs",
    "fluidsynth",
    "libfluidsynth3",
    "fluid-synth",
    required=False,
)
ALSA: Final = SystemPackage(
    "libasound.so.2", ("libasound2t64", "libasound2"), "alsa-lib", "alsa-lib", "libasound2"
)
SNDFILE: Final = SystemPackage(
    "libsndfile.so.1",
    ("libsndfile1",),
    "libsndfile",
    "libsndfile",
    "libsndfile1",
    "libsndfile",
    required=False,
)

# What a window needs on a bare machine: to paint, and to be opened under X11 or Wayland.
WINDOW: Final = (
    SystemPackage("libGL.so.1", ("libgl1",), "libglvnd-glx", "libglvnd", "Mesa-libGL1"),
    SystemPackage("libEGL.so.1", ("libegl1",), "libglvnd-egl", "libglvnd", "Mesa-libEGL1"),
    SystemPackage(
        "libglib-2.0.so.0",
        ("libglib2.0-0t64", "libglib2.0-0"),
        "glib2",
        "glib2",
        "libglib-2_0-0",
    ),
    SystemPackage(
        "libxkbcommon.so.0", ("libxkbcommon0",), "libxkbcommon", "libxkbcommon", "libxkbcommon0"
    ),
    SystemPackage(
        "libfontconfig.so.1", ("libfontconfig1",), "fontconfig", "fontconfig", "libfontconfig1"
    ),
    SystemPackage("libdbus-1.so.3", ("libdbus-1-3",), "dbus-libs", "dbus", "libdbus-1-3"),
    SystemPackage(
        "libxcb-cursor.so.0",
        ("libxcb-cursor0",),
        "xcb-util-cursor",
        "xcb-util-cursor",
        "libxcb-cursor0",
    ),
    SystemPackage(
        "libxcb-icccm.so.4", ("libxcb-icccm4",), "xcb-util-wm", "xcb-util-wm", "libxcb-icccm4"
    ),
    SystemPackage(
        "libxcb-keysyms.so.1",
        ("libxcb-keysyms1",),
        "xcb-util-keysyms",
        "xcb-util-keysyms",
        "libxcb-keysyms1",
    ),
    SystemPackage("libxcb-shape.so.0", ("libxcb-shape0",), "libxcb", "libxcb", "libxcb-shape0"),
    SystemPackage("libxcb-xkb.so.1", ("libxcb-xkb1",), "libxcb", "libxcb", "libxcb-xkb1"),
    SystemPackage(
        "libxkbcommon-x11.so.0",
        ("libxkbcommon-x11-0",),
        "libxkbcommon-x11",
        "libxkbcommon-x11",
        "libxkbcommon-x11-0",
    ),
)

# What the studio needs: an environment, a window, a MIDI keyboard, sound.
STUDIO: Final = (
    SystemPackage("ensurepip", (f"python3.{_MINOR}-venv",), "python3", "python", "python3"),
    *WINDOW,
    ALSA,
    FLUIDSYNTH,
)

# What python-rtmidi is built from, where there is no wheel of it.
MIDI_BUILD: Final = (
    SystemPackage("c++", ("g++",), "gcc-c++", "gcc", "gcc-c++", required=False),
    SystemPackage(
        "Python.h",
        (f"python3.{_MINOR}-dev",),
        "python3-devel",
        "python",
        f"python3{_MINOR}-devel",
        required=False,
    ),
    SystemPackage(
        "alsa/asoundlib.h",
        ("libasound2-dev",),
        "alsa-lib-devel",
        "alsa-lib",
        "alsa-devel",
        required=False,
    ),
    SystemPackage(
        "jack/jack.h",
        ("libjack-jackd2-dev",),
        "pipewire-jack-audio-connection-kit-devel",
        "pipewire-jack",
        "libjack-devel",
        required=False,
    ),
    SystemPackage(
        "pkg-config", ("pkg-config",), "pkgconf-pkg-config", "pkgconf", "pkg-config", required=False
    ),
)

# What the tests need on top, to play into a sound server, a MIDI cable and a screen of their own.
# Tests that lack one of these are skipped and say so.
TESTS: Final = (
    SystemPackage(
        "pulseaudio", ("pulseaudio",), "pulseaudio", "pulseaudio", "pulseaudio", required=False
    ),
    SystemPackage(
        "parec",
        ("pulseaudio-utils",),
        "pulseaudio-utils",
        "libpulse",
        "pulseaudio-utils",
        required=False,
    ),
    SystemPackage(
        "jackd", ("jackd2",), "jack-audio-connection-kit", "jack2", "jack", required=False
    ),
    SystemPackage(
        "Xvfb",
        ("xvfb",),
        "xorg-x11-server-Xvfb",
        "xorg-server-xvfb",
        "xorg-x11-server-Xvfb",
        required=False,
    ),
)

_INSTALL: Final[dict[Family, str]] = {
    "debian": "sudo apt-get install",
    "fedora": "sudo dnf install",
    "arch": "sudo pacman -S --needed",
    "suse": "sudo zypper install",
    "macos": "brew install",
}
# By the ID or the ID_LIKE of os-release.
_FAMILIES: Final[dict[str, Family]] = {
    "debian": "debian",
    "ubuntu": "debian",
    "fedora": "fedora",
    "arch": "arch",
    "suse": "suse",
    "opensuse": "suse",
}
_BY_COMMAND: Final[dict[str, Family]] = {
    "apt-get": "debian",
    "dnf": "fedora",
    "pacman": "arch",
    "zypper": "suse",
}
# A compiler on macOS, where brew has none.
_MAC_COMPILER: Final = "xcode-select --install"


def system_family(
    platform: str | None = None, os_release: Iterable[Path] = OS_RELEASE
) -> Family | None:
    """The kind of system this is, or one with ``platform`` and these os-release files.

    None where Composer does not know how anything is installed.
    """
    platform = platform or sys.platform
    if platform == "darwin":
        return "macos"
    if not platform.startswith("linux"):
        return None
    for name in _ids(os_release):
        if name in _FAMILIES:
            return _FAMILIES[name]
    return next((family for command, family in _BY_COMMAND.items() if shutil.which(command)), None)


def install_line(packages: Iterable[SystemPackage], family: Family) -> str:
    """The line that installs ``packages`` on a system of ``family``; empty if none is needed."""
    names = package_names(packages, family)
    return f"{_INSTALL[family]} {' '.join(names)}" if names else ""


def package_names(packages: Iterable[SystemPackage], family: Family) -> list[str]:
    """The names of ``packages`` on this system, being of ``family``, each of them once."""
    names = (package.name(family) for package in packages)
    return list(dict.fromkeys(name for name in names if name))


def install_advice(*packages: SystemPackage) -> Message:
    """What to do to have ``packages``, as the remedy of an error."""
    family = system_family()
    line = install_line(packages, family) if family else ""
    if line:
        return _("type: {command}", command=line)
    return _(
        "install what brings {libraries} from the packages of your system",
        libraries=" and ".join(package.brings for package in packages),
    )


def pip_line(package: str) -> str:
    """The line that installs a Python package where this program sees it."""
    python = f'"{sys.executable}"' if " " in sys.executable else sys.executable
    return f"{python} -m pip install {package}"


def midi_line() -> str:
    """The line that installs python-rtmidi here, with what it is built from where it must be."""
    pip = pip_line("python-rtmidi")
    family = system_family()
    if sys.version_info < MIDI_BUILT_FROM or family is None:
        return pip
    if family == "macos":
        return f"{_MAC_COMPILER} && {pip}"
    tools = install_line([package for package in MIDI_BUILD if package.missing], family)
    return f"{tools} && {pip}" if tools else pip


def can_load(library: str) -> bool:
    """Whether the system finds the shared library of this name."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _known_to_apt(names: tuple[str, ...]) -> str:
    """The one of the names that this release of the distribution knows."""
    import subprocess

    for name in names[:-1]:
        command = ("apt-cache", "show", "--no-all-versions", name)
        try:
            done = subprocess.run(
                command, stdin=subprocess.DEVNULL, capture_output=True, check=False
            )
        except OSError:
            break
        if done.returncode == 0:
            return name
    return names[-1]


def _ids(os_release: Iterable[Path]) -> list[str]:
    """The ID and then the ID_LIKE of the first of the files that is there."""
    for path in os_release:
        try:
            text = path.read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        fields = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
        values = (fields.get(key, "").strip().strip("\"'") for key in ("ID", "ID_LIKE"))
        return " ".join(values).lower().split()
    return []
