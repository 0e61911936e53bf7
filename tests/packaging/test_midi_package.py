"""python-rtmidi: from a wheel, built, or left out, with a word on what to type."""

from pathlib import Path

import midi_package
import pytest
import system_packages
from environment import Environment
from system_packages import MIDI_BUILD, SystemPackage

COMPILER = MIDI_BUILD[0]


class Machine(Environment):
    """An environment on a machine where things can be had or not."""

    def __init__(self, venv: Path, *, installed: bool, wheel: bool, builds: bool) -> None:
        super().__init__(venv)
        self.installed = installed
        self._can = {"wheel": wheel, "build": builds}
        self.asked: list[str] = []

    def can_pip(self, *what: str, build: bool = False, silent: bool = False) -> bool:
        """What pip would do."""
        assert ("--only-binary" in what) is silent is not build
        self.asked.append("build" if build else "wheel")
        self.installed = self._can[self.asked[-1]]
        return self.installed


@pytest.fixture
def lacking(monkeypatch: pytest.MonkeyPatch) -> list[SystemPackage]:
    """What the machine lacks of the tools to build with."""
    lacking: list[SystemPackage] = []
    monkeypatch.setattr(midi_package, "missing_tools", lambda: list(lacking))
    return lacking


def add(
    monkeypatch: pytest.MonkeyPatch, folder: Path, installed: bool, wheel: bool, builds: bool
) -> Machine:
    machine = Machine(folder, installed=installed, wheel=wheel, builds=builds)
    monkeypatch.setattr(midi_package, "succeeds", lambda command: machine.installed)
    midi_package.add(machine)
    return machine


@pytest.mark.parametrize(
    ("installed", "wheel", "builds", "asked"),
    [
        (True, False, False, []),
        (False, True, False, ["wheel"]),
        (False, False, True, ["wheel", "build"]),
    ],
    ids=["there already", "a wheel", "built"],
)
def test_what_can_be_had_is_had(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    lacking: list[SystemPackage],
    installed: bool,
    wheel: bool,
    builds: bool,
    asked: list[str],
) -> None:
    machine = add(monkeypatch, tmp_path, installed, wheel, builds)
    assert machine.asked == asked
    assert not midi_package.worth_another_try(machine)


def test_tools_are_installed_where_no_wheel_fits_and_only_there(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, lacking: list[SystemPackage]
) -> None:
    typed: list[list[str]] = []

    def install(missing: list[SystemPackage]) -> list[SystemPackage]:
        typed.append([package.brings for package in missing])
        return []

    monkeypatch.setattr(system_packages, "install", install)
    lacking.append(COMPILER)
    add(monkeypatch, tmp_path, installed=False, wheel=True, builds=True)
    assert typed == []
    machine = add(monkeypatch, tmp_path, installed=False, wheel=False, builds=True)
    assert typed == [["c++"]]
    assert machine.asked == ["wheel", "build"]


@pytest.mark.parametrize("line", ["sudo dnf install gcc-c++", ""])
def test_without_tools_the_line_is_said_and_the_next_set_up_tries_once_more(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    lacking: list[SystemPackage],
    line: str,
) -> None:
    monkeypatch.setattr(system_packages, "install", lambda missing: missing)
    monkeypatch.setattr(system_packages, "line_to_type", lambda missing: line)
    lacking.append(COMPILER)
    machine = add(monkeypatch, tmp_path, installed=False, wheel=False, builds=True)
    assert machine.asked == ["wheel"]
    said = capsys.readouterr().out
    assert f"    {line or '(install what brings c++)'}\n" in said
    assert "Composer works without it: going on." in said
    assert not midi_package.worth_another_try(machine)
    lacking.clear()
    assert midi_package.worth_another_try(machine)
    midi_package.add(machine)
    assert machine.installed
    assert not midi_package.worth_another_try(machine)


def test_what_cannot_be_built_is_not_tried_at_every_start(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    lacking: list[SystemPackage],
) -> None:
    machine = add(monkeypatch, tmp_path, installed=False, wheel=False, builds=False)
    assert machine.asked == ["wheel", "build"]
    assert "-m pip install python-rtmidi" in capsys.readouterr().out
    assert not midi_package.worth_another_try(machine)


def test_a_mac_has_its_compiler_from_xcode(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.platform", "darwin")
    monkeypatch.setattr(system_packages, "install", lambda missing: missing)
    add(monkeypatch, tmp_path, installed=False, wheel=False, builds=True)
    assert "    xcode-select --install\n" in capsys.readouterr().out
    monkeypatch.setattr(midi_package, "succeeds", lambda command: command[0] == "xcode-select")
    assert midi_package.missing_tools() == []


def test_what_is_missing_on_linux_is_what_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr(SystemPackage, "missing", True)
    assert midi_package.missing_tools() == list(MIDI_BUILD)
    monkeypatch.setattr(SystemPackage, "missing", False)
    assert midi_package.missing_tools() == []
