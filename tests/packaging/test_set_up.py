"""The set-up's stamps: done once, done again when something changed, never half done."""

import fcntl
import shutil
import threading
from pathlib import Path
from typing import IO

import environment
import pytest
import set_up
from environment import Environment, SetUpError

TORCH = "torch==2.13.0"
RUN = ("--no-build-isolation", "--editable", ".[sound]")
TEST = ("--no-build-isolation", "--editable", ".[sound,train,dev]")


@pytest.fixture
def venv(tmp_path: Path) -> Path:
    """A folder that looks like an environment with a Python in it."""
    venv = tmp_path / "venv"
    (venv / "bin").mkdir(parents=True)
    (venv / "pyvenv.cfg").touch()
    python = venv / "bin" / "python"
    python.write_text("#!/bin/sh\nexit 0\n")
    python.chmod(0o755)
    return venv


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """What pip was asked to install, without constraints; no system package is touched."""
    asked: list[tuple[str, ...]] = []

    def pip(self: Environment, *what: str, build: bool = False) -> None:
        assert what[0] == "--constraint"
        asked.append(what[2:])

    monkeypatch.setattr(Environment, "pip", pip)
    monkeypatch.setattr("system_packages.provide", lambda packages: None)
    return asked


def run(venv: Path, purpose: str, *more: str) -> int:
    return set_up.main([purpose, "--venv", str(venv), "--torch", TORCH, *more])


def test_the_second_time_installs_nothing(venv: Path, installed: list[tuple[str, ...]]) -> None:
    assert run(venv, "run") == 0
    assert installed == [("hatchling",), RUN]
    assert run(venv, "run") == 0
    assert len(installed) == 2


def test_composer_is_compiled_before_its_first_start(
    venv: Path, installed: list[tuple[str, ...]], tmp_path: Path
) -> None:
    asked = tmp_path / "asked"
    (venv / "bin" / "python").write_text(f'#!/bin/sh\necho "$@" >> "{asked}"\n')
    assert run(venv, "run") == 0
    package = environment.ROOT / "composer_app"
    assert f"-m compileall -q {package}" in asked.read_text().splitlines()


def test_the_tests_get_exactly_the_torch_that_is_named_and_get_it_first(
    venv: Path, installed: list[tuple[str, ...]]
) -> None:
    run(venv, "test")
    assert installed == [(TORCH,), ("hatchling",), TEST]


def test_what_suits_the_tests_suits_the_studio_but_not_the_other_way(
    venv: Path, installed: list[tuple[str, ...]]
) -> None:
    run(venv, "test")
    installed.clear()
    run(venv, "run")
    assert installed == []
    run(venv, "run", "--again")
    run(venv, "test")
    assert installed[-1] == TEST


@pytest.mark.parametrize("name", ["pyproject.toml", "constraints.txt", "scripts/set_up.py"])
def test_changed_requirements_are_installed(
    venv: Path,
    installed: list[tuple[str, ...]],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    name: str,
) -> None:
    checkout = tmp_path / "checkout"
    for each in set_up._FILES:
        (checkout / each).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(environment.ROOT / each, checkout / each)
    monkeypatch.setattr(set_up, "ROOT", checkout)
    run(venv, "run")
    run(venv, "run")
    assert len(installed) == 2
    with (checkout / name).open("a") as file:
        file.write("# changed\n")
    run(venv, "run")
    assert len(installed) == 4


def test_an_environment_whose_python_is_gone_is_not_trusted(
    venv: Path, installed: list[tuple[str, ...]]
) -> None:
    run(venv, "run")
    (venv / "bin" / "python").unlink()
    assert not set_up.is_set_up(venv, "run", TORCH)


@pytest.mark.parametrize(
    ("failure", "status", "words"),
    [
        (SetUpError("No network."), 1, "No network."),
        (OSError(28, "No space left on device"), 1, "The disk is full"),
        (PermissionError(13, "Permission denied"), 1, "Permission denied"),
        (KeyboardInterrupt(), 130, "interrupted"),
    ],
)
def test_a_set_up_that_fails_or_is_interrupted_is_done_again(
    venv: Path,
    installed: list[tuple[str, ...]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    failure: BaseException,
    status: int,
    words: str,
) -> None:
    run(venv, "test")

    def fail(self: Environment, *what: str, build: bool = False) -> None:
        raise failure

    monkeypatch.setattr(Environment, "pip", fail)
    assert run(venv, "test", "--again") == status
    assert words in capsys.readouterr().err
    assert not set_up.is_set_up(venv, "test", TORCH)
    assert not set_up.is_set_up(venv, "run", TORCH)


def test_who_comes_while_it_is_being_set_up_waits_and_finds_it_done(
    venv: Path,
    installed: list[tuple[str, ...]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    under_way, go_on, waits = threading.Event(), threading.Event(), threading.Event()
    pip, flock = Environment.pip, fcntl.flock

    def slowly(self: Environment, *what: str, build: bool = False) -> None:
        under_way.set()
        assert go_on.wait(60)
        pip(self, *what)

    def lock(file: IO[str], operation: int) -> None:
        if operation == fcntl.LOCK_EX:
            waits.set()
        flock(file, operation)

    monkeypatch.setattr(Environment, "pip", slowly)
    monkeypatch.setattr("fcntl.flock", lock)
    threads = [threading.Thread(target=run, args=(venv, "run")) for _ in range(2)]
    threads[0].start()
    assert under_way.wait(60)
    threads[1].start()
    assert waits.wait(60)
    go_on.set()
    for thread in threads:
        thread.join()
    assert f"Waiting for another set-up of {venv} to end." in capsys.readouterr().out
    assert installed == [("hatchling",), RUN]
    assert set_up.is_set_up(venv, "run", TORCH)


def test_a_folder_of_somebody_else_is_left_alone(
    tmp_path: Path, installed: list[tuple[str, ...]], capsys: pytest.CaptureFixture[str]
) -> None:
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "thesis.txt").write_text("years of work")
    assert run(precious, "run") == 1
    assert "move it elsewhere" in capsys.readouterr().err
    assert (precious / "thesis.txt").read_text() == "years of work"


def test_another_torch_brings_its_own_versions(tmp_path: Path) -> None:
    usual = environment.CONSTRAINTS.read_text(encoding="utf-8")
    assert environment.constraints(TORCH, tmp_path) == environment.CONSTRAINTS
    other = environment.constraints("torch==2.6.0", tmp_path).read_text(encoding="utf-8")
    assert usual.startswith(other)
    assert "networkx==" in usual
    assert "networkx==" not in other
