"""The set-up's stamps: done once, done again when something changed, never half done."""

from pathlib import Path

import pytest
import set_up

TORCH = "torch==2.13.0"


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
    """What pip was asked to install; nothing is, and no system library either."""
    asked: list[tuple[str, ...]] = []
    monkeypatch.setattr(set_up, "_pip", lambda venv, *what: asked.append(what))
    monkeypatch.setattr("system_packages.provide", lambda packages: None)
    return asked


def run(venv: Path, purpose: str, *more: str) -> int:
    return set_up.main([purpose, "--venv", str(venv), "--torch", TORCH, *more])


def test_the_second_time_installs_nothing(venv: Path, installed: list[tuple[str, ...]]) -> None:
    assert run(venv, "run") == 0
    assert installed == [("--editable", ".[sound]")]
    assert run(venv, "run") == 0
    assert len(installed) == 1


def test_the_tests_get_exactly_the_torch_that_is_named_and_get_it_first(
    venv: Path, installed: list[tuple[str, ...]]
) -> None:
    run(venv, "test")
    assert installed == [(TORCH,), ("--editable", ".[sound,train,dev]")]


def test_what_suits_the_tests_suits_the_studio_but_not_the_other_way(
    venv: Path, installed: list[tuple[str, ...]]
) -> None:
    run(venv, "test")
    installed.clear()
    run(venv, "run")
    assert installed == []
    run(venv, "run", "--again")
    run(venv, "test")
    assert installed[-1] == ("--editable", ".[sound,train,dev]")


def test_changed_requirements_are_installed(
    venv: Path,
    installed: list[tuple[str, ...]],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    run(venv, "run")
    changed = tmp_path / "checkout"
    (changed / "scripts").mkdir(parents=True)
    for name in ("pyproject.toml", "scripts/set_up.py", "scripts/system_packages.py"):
        (changed / name).write_text("changed")
    monkeypatch.setattr(set_up, "ROOT", changed)
    run(venv, "run")
    assert len(installed) == 2


def test_an_environment_whose_python_is_gone_is_not_trusted(
    venv: Path, installed: list[tuple[str, ...]]
) -> None:
    run(venv, "run")
    (venv / "bin" / "python").unlink()
    assert not set_up.is_set_up(venv, "run", TORCH)


@pytest.mark.parametrize(
    ("failure", "status", "words"),
    [
        (set_up.SetUpError("No network."), 1, "No network."),
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

    def fail(venv: Path, *what: str) -> None:
        raise failure

    monkeypatch.setattr(set_up, "_pip", fail)
    assert run(venv, "test", "--again") == status
    assert words in capsys.readouterr().err
    assert not set_up.is_set_up(venv, "test", TORCH)
    assert not set_up.is_set_up(venv, "run", TORCH)


def test_a_folder_of_somebody_else_is_left_alone(
    tmp_path: Path, installed: list[tuple[str, ...]], capsys: pytest.CaptureFixture[str]
) -> None:
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "thesis.txt").write_text("years of work")
    assert run(precious, "run") == 1
    assert "move it elsewhere" in capsys.readouterr().err
    assert (precious / "thesis.txt").read_text() == "years of work"
