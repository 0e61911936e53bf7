"""What is to be typed on which system, for which made-up os-release files stand in."""

import sys
from pathlib import Path

import pytest

from composer_app import package_names
from composer_app.package_names import (
    ALSA,
    FLUIDSYNTH,
    MIDI_BUILD,
    MIDI_BUILT_FROM,
    STUDIO,
    TESTS,
    WINDOW,
    Family,
    SystemPackage,
    install_advice,
    install_line,
    midi_line,
    pip_line,
    system_family,
)

BUILD_TOOLS = {
    "debian": (
        f"sudo apt-get install g++ python3.{sys.version_info.minor}-dev libasound2-dev"
        " libjack-jackd2-dev pkg-config"
    ),
    "fedora": (
        "sudo dnf install gcc-c++ python3-devel alsa-lib-devel"
        " pipewire-jack-audio-connection-kit-devel pkgconf-pkg-config"
    ),
    "arch": "sudo pacman -S --needed gcc python alsa-lib pipewire-jack pkgconf",
    "suse": (
        f"sudo zypper install gcc-c++ python3{sys.version_info.minor}-devel alsa-devel"
        " libjack-devel pkg-config"
    ),
}
LIBRARIES = {
    "debian": (
        "sudo apt-get install libgl1 libegl1 libglib2.0-0 libxkbcommon0 libfontconfig1 libdbus-1-3"
        " libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0 libxcb-xkb1"
        " libxkbcommon-x11-0 libasound2 libfluidsynth3"
    ),
    "fedora": (
        "sudo dnf install libglvnd-glx libglvnd-egl glib2 libxkbcommon fontconfig dbus-libs"
        " xcb-util-cursor xcb-util-wm xcb-util-keysyms libxcb libxkbcommon-x11 alsa-lib"
        " fluidsynth-libs"
    ),
    "arch": (
        "sudo pacman -S --needed libglvnd glib2 libxkbcommon fontconfig dbus xcb-util-cursor"
        " xcb-util-wm xcb-util-keysyms libxcb libxkbcommon-x11 alsa-lib fluidsynth"
    ),
    "suse": (
        "sudo zypper install Mesa-libGL1 Mesa-libEGL1 libglib-2_0-0 libxkbcommon0 libfontconfig1"
        " libdbus-1-3 libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0 libxcb-xkb1"
        " libxkbcommon-x11-0 libasound2 libfluidsynth3"
    ),
    "macos": "brew install fluid-synth",
}


@pytest.fixture
def no_apt(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine whose apt knows the older names only."""
    monkeypatch.setattr(package_names, "_known_to_apt", lambda names: names[-1])


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that lacks everything."""
    monkeypatch.setattr(SystemPackage, "missing", True)


def on(monkeypatch: pytest.MonkeyPatch, family: Family | None) -> None:
    monkeypatch.setattr(package_names, "system_family", lambda: family)


@pytest.mark.parametrize(
    ("os_release", "family"),
    [
        ('PRETTY_NAME="Debian GNU/Linux 13 (trixie)"\nID=debian\n', "debian"),
        ("ID=ubuntu\nID_LIKE=debian\n", "debian"),
        ('ID=linuxmint\nID_LIKE="ubuntu debian"\n', "debian"),
        ("ID=raspbian\nID_LIKE=debian\n", "debian"),
        ('NAME="Fedora Linux"\nID=fedora\nVERSION_ID=43\n', "fedora"),
        ('ID="rocky"\nID_LIKE="rhel centos fedora"\n', "fedora"),
        ("ID=nobara\nID_LIKE=fedora\n", "fedora"),
        ("ID=arch\n", "arch"),
        ("ID=manjaro\nID_LIKE=arch\n", "arch"),
        ('ID="opensuse-tumbleweed"\nID_LIKE="opensuse suse"\n', "suse"),
        ('ID="opensuse-leap"\nID_LIKE="suse opensuse"\n', "suse"),
        ("ID='sles'\nID_LIKE='suse'\n", "suse"),
        ("ID=nixos\n", None),
        ("# nothing\n\nID\n", None),
    ],
)
def test_a_system_is_known_by_its_os_release(
    os_release: str, family: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
    file = tmp_path / "os-release"
    file.write_text(os_release)
    assert system_family("linux", (tmp_path / "not there", file)) == family


def test_a_mac_needs_no_os_release_and_windows_is_not_known() -> None:
    assert system_family("darwin", ()) == "macos"
    assert system_family("win32", ()) is None


@pytest.mark.parametrize(
    ("command", "family"),
    [("apt-get", "debian"), ("dnf", "fedora"), ("pacman", "arch"), ("zypper", "suse")],
)
def test_an_unknown_system_is_known_by_its_installer(
    command: str, family: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.which", lambda name: name if name == command else None)
    assert system_family("linux", ()) == family


@pytest.mark.parametrize(("family", "line"), BUILD_TOOLS.items())
def test_the_line_for_what_rtmidi_is_built_from(family: Family, line: str) -> None:
    assert install_line(MIDI_BUILD, family) == line


@pytest.mark.parametrize(("family", "line"), LIBRARIES.items())
def test_the_line_for_the_libraries_of_the_studio(family: Family, line: str, no_apt: None) -> None:
    libraries = [package for package in STUDIO if package.brings != "ensurepip"]
    assert install_line(libraries, family) == line


@pytest.mark.parametrize("package", [*STUDIO, *MIDI_BUILD, *TESTS], ids=lambda each: each.brings)
@pytest.mark.parametrize("family", ["debian", "fedora", "arch", "suse"])
def test_every_package_has_a_name_everywhere(package: SystemPackage, family: Family) -> None:
    assert package.name(family)


def test_nothing_is_asked_for_twice() -> None:
    brings = [package.brings for package in (*STUDIO, *MIDI_BUILD, *TESTS)]
    assert len(set(brings)) == len(brings)


@pytest.mark.parametrize(
    ("brings", "missing"),
    [
        ("libc.so.6", False),
        ("libno-such-library.so.9", True),
        ("ensurepip", False),
        ("no/such/header.h", True),
        ("sh", False),
        ("no-such-command", True),
    ],
)
def test_what_is_there_is_really_looked_for(brings: str, missing: bool) -> None:
    assert SystemPackage(brings, ("name",)).missing is missing


def test_a_header_is_looked_for_where_python_has_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sysconfig.get_path", lambda name: str(tmp_path))
    header = SystemPackage("Composer.h", ("name",))
    assert header.missing
    (tmp_path / "Composer.h").touch()
    assert not header.missing


def test_the_name_of_this_release_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = SystemPackage("libname.so.2", ("libnamet64", "libname"))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert package.name("debian") == "libname"
    apt_cache = tmp_path / "apt-cache"
    apt_cache.write_text("#!/bin/sh\nfor name; do :; done\n[ $name = libnamet64 ]\n")
    apt_cache.chmod(0o755)
    assert package.name("debian") == "libnamet64"
    apt_cache.write_text("#!/bin/sh\nexit 100\n")
    assert package.name("debian") == "libname"


def test_advice_ends_a_sentence_on_every_system(
    no_apt: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    on(monkeypatch, "debian")
    assert str(install_advice(FLUIDSYNTH)) == "type: sudo apt-get install libfluidsynth3"
    on(monkeypatch, "macos")
    assert str(install_advice(FLUIDSYNTH)) == "type: brew install fluid-synth"
    # A Mac has no ALSA to install.
    assert str(install_advice(ALSA)).startswith("install what brings libasound.so.2 from")
    on(monkeypatch, None)
    both = str(install_advice(*WINDOW[:2]))
    assert both.startswith("install what brings libGL.so.1 and libEGL.so.1")


def test_pip_installs_where_this_program_sees_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert pip_line("soundfile") == f"{sys.executable} -m pip install soundfile"
    monkeypatch.setattr("sys.executable", "/my files/python")
    assert pip_line("soundfile") == '"/my files/python" -m pip install soundfile'


@pytest.mark.parametrize(
    ("version", "family", "tools"),
    [
        ((3, 12), "debian", ""),
        ((3, 13), "debian", BUILD_TOOLS["debian"]),
        ((3, 14), "fedora", BUILD_TOOLS["fedora"]),
        ((3, 13), "macos", "xcode-select --install"),
        ((3, 13), None, ""),
    ],
)
def test_rtmidi_comes_with_what_it_is_built_from_where_it_must_be(
    bare: None,
    monkeypatch: pytest.MonkeyPatch,
    version: tuple[int, int],
    family: Family | None,
    tools: str,
) -> None:
    on(monkeypatch, family)
    monkeypatch.setattr("sys.version_info", version)
    pip = pip_line("python-rtmidi")
    assert midi_line() == (f"{tools} && {pip}" if tools else pip)


def test_tools_that_are_there_are_not_named(monkeypatch: pytest.MonkeyPatch) -> None:
    on(monkeypatch, "debian")
    monkeypatch.setattr("sys.version_info", MIDI_BUILT_FROM)
    monkeypatch.setattr(SystemPackage, "missing", False)
    assert midi_line() == pip_line("python-rtmidi")
