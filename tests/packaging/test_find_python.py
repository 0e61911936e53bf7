"""The search for a Python to build the environment with."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

TOO_OLD = "#!/bin/sh\nexit 1\n"
SHIM = "#!/bin/sh\necho 'python3.11: command not found' >&2\nexit 127\n"


@pytest.fixture
def bin_folder(tmp_path: Path) -> Path:
    """A path of its own with nothing but a real Python 3.12 by name, and what sh needs."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "python3.12").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    (folder / "python3.12").chmod(0o755)
    return folder


def find_python(
    repository: Path, folder: Path, python: str = "", venv: str = ""
) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PATH": str(folder), "PYTHON": python, "VENV": venv}
    return subprocess.run(
        ["/bin/sh", str(repository / "scripts" / "find_python.sh")],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("useless", [SHIM, TOO_OLD], ids=["a shim", "too old"])
def test_a_command_that_does_not_serve_is_passed_over(
    repository: Path, bin_folder: Path, useless: str
) -> None:
    (bin_folder / "python3.11").write_text(useless)
    (bin_folder / "python3.11").chmod(0o755)
    done = find_python(repository, bin_folder)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == sys.executable


def test_the_named_one_is_taken_even_with_a_space_in_its_path(
    repository: Path, bin_folder: Path
) -> None:
    named = bin_folder / "my python"
    (bin_folder / "python3.12").rename(named)
    assert find_python(repository, bin_folder, str(named)).stdout.strip() == sys.executable


def test_a_named_one_that_does_not_run_is_not_replaced_by_another(
    repository: Path, bin_folder: Path
) -> None:
    done = find_python(repository, bin_folder, "/no/such/python")
    assert done.returncode == 1
    assert "PYTHON=/no/such/python does not run" in done.stderr


def put(folder: Path, name: str, version: str) -> str:
    """A Python of this version, as far as the search can tell."""
    python = folder / name
    python.parent.mkdir(parents=True, exist_ok=True)
    code = f"import sys; sys.version_info = ({version}, 0); sys.executable = {str(python)!r};"
    code += f"sys._base_executable = {str(python)!r};"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" -c "{code} $2"\n')
    python.chmod(0o755)
    return str(python)


@pytest.mark.parametrize(
    ("names", "chosen"),
    [
        ({"python3.12": "3, 12", "python3.14": "3, 14", "python3": "3, 14"}, "python3.12"),
        ({"python3.14": "3, 14", "python3.13": "3, 13", "python3": "3, 14"}, "python3.13"),
        ({"python3": "3, 13"}, "python3"),
        ({"python3": "3, 10", "python": "3, 12"}, "python"),
        ({"python3": "3, 15"}, None),
    ],
)
def test_the_oldest_that_is_new_enough_comes_first(
    repository: Path, tmp_path: Path, names: dict[str, str], chosen: str | None
) -> None:
    for name, version in names.items():
        put(tmp_path, name, version)
    done = find_python(repository, tmp_path)
    if chosen is None:
        assert "Composer needs Python 3.11, 3.12, 3.13 or 3.14" in done.stderr
    else:
        assert done.stdout.strip() == str(tmp_path / chosen)


def test_one_that_nobody_has_tried_may_be_named(repository: Path, tmp_path: Path) -> None:
    named = put(tmp_path, "python3", "3, 15")
    assert find_python(repository, tmp_path, named).stdout.strip() == named


def test_an_environment_keeps_the_python_it_was_made_with(repository: Path, tmp_path: Path) -> None:
    put(tmp_path, "python3.11", "3, 11")
    made_with = put(tmp_path / "venv" / "bin", "python", "3, 13")
    venv = str(tmp_path / "venv")
    assert find_python(repository, tmp_path, venv=venv).stdout.strip() == made_with
    named = put(tmp_path, "mine", "3, 12")
    assert find_python(repository, tmp_path, named, venv).stdout.strip() == named
    (tmp_path / "venv" / "bin" / "python").unlink()
    found = find_python(repository, tmp_path, venv=venv).stdout.strip()
    assert found == str(tmp_path / "python3.11")


def test_without_any_python_it_says_what_to_install(repository: Path, tmp_path: Path) -> None:
    done = find_python(repository, tmp_path)
    assert done.returncode == 1
    assert "apt-get install python3" in done.stderr
