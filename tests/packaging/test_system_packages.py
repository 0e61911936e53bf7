"""What the set-up does about system libraries, on machines that lend it more or less."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
import system_packages
from system_packages import MissingLibrariesError, SystemPackage, provide

from composer_app import package_names

NEEDED = SystemPackage("libneeded.so.1", ("libneeded",), "needed", "needed-arch", "libneeded1")
USEFUL = SystemPackage("libuseful.so.1", ("libuseful",), required=False)


@dataclass
class Machine:
    """A machine whose libraries are names in a set, and whose apt-get can be told to fail."""

    libraries: set[str] = field(default_factory=set)
    known: set[str] = field(default_factory=lambda: {"libneeded", "libuseful"})
    update_works: bool = True
    brings: dict[str, str] = field(
        default_factory=lambda: {
            "libneeded": "libneeded.so.1",
            "libuseful": "libuseful.so.1",
        }
    )
    typed: list[str] = field(default_factory=list)

    def run(self, command: Sequence[str]) -> bool:
        """What apt-get does, as far as the set-up can tell."""
        self.typed.append(" ".join(command))
        if "update" in command:
            return self.update_works
        names = [word for word in command[command.index("install") :] if word.startswith("lib")]
        if not set(names) <= self.known:
            return False
        self.libraries.update(self.brings[name] for name in names)
        return True


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    """A Debian machine on which the set-up runs as root."""
    machine = Machine()
    monkeypatch.setattr(package_names, "can_load", machine.libraries.__contains__)
    monkeypatch.setattr(system_packages, "can_load", machine.libraries.__contains__)
    monkeypatch.setattr(system_packages, "system_family", lambda: "debian")
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.setattr(system_packages, "_succeeds", lambda command, quiet=False: False)
    return machine


def as_an_ordinary_person(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither root nor, as ``_succeeds`` says of everything, able to sudo."""
    monkeypatch.setattr("os.geteuid", lambda: 1000)


def test_nothing_is_run_when_nothing_is_missing(machine: Machine) -> None:
    machine.libraries.add("libneeded.so.1")
    provide([NEEDED], machine.run)
    assert machine.typed == []


def test_only_what_is_missing_is_installed(machine: Machine) -> None:
    machine.libraries.add("libneeded.so.1")
    provide([NEEDED, USEFUL], machine.run)
    update, install = machine.typed
    assert update.endswith("update -qq")
    assert install.endswith("libuseful")
    assert "libneeded" not in install
    assert "--no-install-recommends" in install
    assert install.startswith("env DEBIAN_FRONTEND=noninteractive apt-get")


def test_a_failing_update_does_not_end_the_set_up(machine: Machine) -> None:
    machine.update_works = False
    provide([NEEDED], machine.run)
    assert "libneeded.so.1" in machine.libraries


def test_one_unknown_package_does_not_keep_the_others_out(machine: Machine) -> None:
    machine.known.discard("libuseful")
    provide([NEEDED, USEFUL], machine.run)
    assert machine.libraries == {"libneeded.so.1"}


def test_without_the_right_the_exact_line_is_said(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_an_ordinary_person(monkeypatch)
    line = "sudo apt-get update && sudo apt-get install -y --no-install-recommends libneeded"
    with pytest.raises(MissingLibrariesError, match=line):
        provide([NEEDED], machine.run)
    assert machine.typed == []


def test_without_the_right_what_is_only_useful_does_not_stop_the_set_up(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    as_an_ordinary_person(monkeypatch)
    provide([USEFUL], machine.run)
    assert "install -y --no-install-recommends libuseful\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("family", "line"),
    [
        ("fedora", "dnf install needed"),
        ("arch", "pacman -S --needed needed-arch"),
        ("suse", "zypper install libneeded1"),
        ("macos", "brew install fluid-synth"),
        (None, "libneeded.so.1, libfluidsynth.so.3"),
    ],
)
@pytest.mark.parametrize("root", [True, False], ids=["root", "an ordinary person"])
def test_without_apt_the_line_of_the_system_is_said_and_the_set_up_goes_on(
    machine: Machine,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    family: str,
    line: str,
    root: bool,
) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
    monkeypatch.setattr(system_packages, "system_family", lambda: family)
    if not root:
        as_an_ordinary_person(monkeypatch)
    fluidsynth = package_names.FLUIDSYNTH
    provide([NEEDED] if family in ("fedora", "arch", "suse") else [NEEDED, fluidsynth], machine.run)
    said = capsys.readouterr().out.splitlines()[-1].strip()
    assert said.endswith(line)
    assert said.startswith("sudo ") is (not root and family in ("fedora", "arch", "suse"))
    assert machine.typed == []


def test_a_mac_is_asked_for_fluidsynth_only(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.platform", "darwin")
    missing = system_packages.for_this_platform(system_packages.STUDIO)
    assert [package.brings for package in missing] == ["libfluidsynth.so.3"]
    machine.libraries.add("/opt/homebrew/lib/libfluidsynth.3.dylib")
    assert system_packages.for_this_platform(system_packages.STUDIO) == []
