"""The environment is one set-up's at a time, and what a killed one has left is not trusted."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import environment
import pytest
from environment import Environment, SetUpError, reason

from tests.streams import next_line

# Environments without pip, which takes seconds to be put into one, and installs nothing here.
BARE = """
import sys
from pathlib import Path
from environment import Environment

class Bare(Environment):
    def _run(self, command, *more):
        return super()._run([*command, *["--without-pip"] * ("venv" in command)], *more)
"""
# A set-up that says when pip runs, and whose pip never ends; its number is said as well.
HANGING = f"""{BARE}
with Bare(Path(sys.argv[1])) as environment:
    environment.make()
    environment.begin()
    environment._run(["sh", "-c", "echo $$; exec sleep 600"])
"""


@pytest.fixture
def venv(tmp_path: Path) -> Path:
    return tmp_path / "venv"


def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Environments are made quickly, and noted."""
    folders: list[str] = []

    def run(self: Environment, command: list[str], *_: object) -> tuple[int, str]:
        folders.append(command[-1])
        return 0, ""

    monkeypatch.setattr(Environment, "_run", run)
    return folders


@pytest.mark.slow
def test_a_killed_set_up_is_waited_for_as_long_as_pip_runs_and_begun_afresh(
    venv: Path, repository: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    scripts = {**os.environ, "PYTHONPATH": str(repository / "scripts")}
    killed = subprocess.Popen(
        [sys.executable, "-c", HANGING, str(venv)],
        env=scripts,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    assert killed.stdout is not None
    line = next_line(killed)
    assert line.startswith("Making a virtual environment")
    pip = int(next_line(killed))
    half = venv / "lib" / "half-installed"
    half.touch()
    killed.kill()
    killed.wait()
    second = f"{BARE}\nwith Bare(Path(sys.argv[1])) as environment: environment.make()"
    waiting = subprocess.Popen(
        [sys.executable, "-c", second, str(venv)],
        env=scripts,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    assert waiting.stdout is not None
    assert next_line(waiting).startswith("Waiting for another set-up")
    assert half.exists()
    os.kill(pip, signal.SIGKILL)
    killed.stdout.close()
    assert waiting.stdout.read().startswith("Making a virtual environment")
    assert waiting.wait() == 0
    waiting.stdout.close()
    assert not half.exists()
    assert (venv / "bin" / "python").exists()


def test_an_environment_that_works_is_kept_and_one_that_was_not_finished_is_not(
    venv: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders = made(monkeypatch)
    monkeypatch.setattr(environment, "succeeds", lambda command: True)
    with Environment(venv) as first:
        first.make()
        first.begin()
        first.end()
    assert folders == []
    with Environment(venv) as second:
        second.begin()
    with Environment(venv) as third:
        third.make()
    assert folders == [str(venv)]


@pytest.mark.parametrize(
    ("names", "unfinished", "taken"),
    [
        (("bin", "lib"), True, True),
        (("bin", "lib"), False, False),
        (("bin", "thesis.txt"), True, False),
        (("bin", "thesis.txt", "pyvenv.cfg"), True, True),
        ((), False, True),
    ],
)
def test_only_what_a_set_up_has_made_is_cleared(
    venv: Path,
    monkeypatch: pytest.MonkeyPatch,
    names: tuple[str, ...],
    unfinished: bool,
    taken: bool,
) -> None:
    folders = made(monkeypatch)
    venv.mkdir()
    for name in names:
        (venv / name).touch()
    with Environment(venv) as earlier:
        if unfinished:
            earlier.begin()
    with Environment(venv) as later:
        if taken:
            later.make()
        else:
            with pytest.raises(SetUpError, match="move it elsewhere"):
                later.make()
    assert bool(folders) is taken


def test_a_place_that_may_not_be_written_is_said(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(SetUpError, match="name a place of your own"):
        Environment(file / "venv").__enter__()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("ERROR: Could not install: [Errno 28] No space left on device", "The disk is full"),
        ("OSError: [Errno 122] Disk quota exceeded", "The disk is full"),
        ("NewConnectionError('...'): Failed to establish a new connection", "network"),
        ("ERROR: No matching distribution found for numpy", ""),
    ],
)
def test_what_pip_says_is_said_plainly(words: str, sentence: str) -> None:
    said = reason(words)
    assert sentence in said
    assert bool(said) is bool(sentence)


@pytest.mark.parametrize("install", [Environment.pip, Environment.can_pip])
def test_pip_that_fails_ends_the_set_up_or_not(
    venv: Path,
    capfd: pytest.CaptureFixture[str],
    install: Callable[..., bool | None],
) -> None:
    (venv / "bin").mkdir(parents=True)
    python = venv / "bin" / "python"
    python.write_text("#!/bin/sh\necho \"$@\" >&2; echo 'No space left on device' >&2; exit 1\n")
    python.chmod(0o755)
    with Environment(venv) as failing:
        if install is Environment.pip:
            with pytest.raises(SetUpError, match="The disk is full"):
                install(failing, "numpy")
        else:
            assert install(failing, "numpy") is False
    assert "pip install --no-input --quiet numpy\nNo space left" in capfd.readouterr().err


def test_build_tools_are_constrained_whatever_pip_calls_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_CONSTRAINT", "mine.txt")
    variables = environment.building()
    assert variables["PIP_CONSTRAINT"] == "mine.txt constraints.txt"
    assert variables["PIP_BUILD_CONSTRAINT"] == "constraints.txt"
