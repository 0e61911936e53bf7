"""What the set-up does about system libraries, on machines that lend it more or less."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
import system_packages
from system_packages import MissingLibrariesError, SystemPackage, provide

NEEDED = SystemPackage(("libneeded",), "libneeded.so.1")
USEFUL = SystemPackage(("libuseful",), "libuseful.so.1", required=False)
RENAMED = SystemPackage(("libnamet64", "libname"), "libname.so.2")


@dataclass
class Machine:
    """A machine whose libraries are names in a set, and whose apt-get can be told to fail."""

    libraries: set[str] = field(default_factory=set)
    known: set[str] = field(default_factory=lambda: {"libneeded", "libuseful", "libname"})
    update_works: bool = True
    brings: dict[str, str] = field(
        default_factory=lambda: {
            "libneeded": "libneeded.so.1",
            "libuseful": "libuseful.so.1",
            "libname": "libname.so.2",
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
    monkeypatch.setattr(system_packages, "_can_load", machine.libraries.__contains__)
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.setattr(
        system_packages,
        "_succeeds",
        lambda command, quiet=False: command[0] == "apt-cache" and command[-1] in machine.known,
    )
    return machine


def as_an_ordinary_person(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither root nor, as ``_succeeds`` says of everything but apt-cache, able to sudo."""
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


def test_the_name_of_this_release_is_taken(machine: Machine) -> None:
    provide([RENAMED], machine.run)
    assert machine.typed[-1].endswith(" libname")
    machine.libraries.clear()
    machine.known.add("libnamet64")
    machine.brings["libnamet64"] = "libname.so.2"
    provide([RENAMED], machine.run)
    assert machine.typed[-1].endswith(" libnamet64")


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
    ("platform", "sentence"),
    [("linux", "libneeded.so.1"), ("darwin", "brew install fluid-synth")],
)
def test_without_apt_what_is_missing_is_named(
    machine: Machine,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    platform: str,
    sentence: str,
) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
    monkeypatch.setattr("sys.platform", platform)
    provide([NEEDED], machine.run)
    assert sentence in capsys.readouterr().out
    assert machine.typed == []


def test_a_mac_is_asked_for_fluidsynth_only(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.platform", "darwin")
    missing = system_packages.for_this_platform(system_packages.STUDIO)
    assert [package.brings for package in missing] == ["libfluidsynth.so.3"]
    machine.libraries.add("/opt/homebrew/lib/libfluidsynth.3.dylib")
    assert system_packages.for_this_platform(system_packages.STUDIO) == []


@pytest.mark.parametrize(
    ("brings", "missing"),
    [
        ("libc.so.6", False),
        ("libno-such-library.so.9", True),
        ("ensurepip", False),
        ("sh", False),
        ("no-such-command", True),
    ],
)
def test_what_is_there_is_really_looked_for(brings: str, missing: bool) -> None:
    assert SystemPackage(("name",), brings).missing is missing


def test_nothing_is_asked_for_twice() -> None:
    brings = [package.brings for package in (*system_packages.STUDIO, *system_packages.TESTS)]
    assert len(set(brings)) == len(brings)
