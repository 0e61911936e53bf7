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
    repository: Path, folder: Path, python: str = ""
) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PATH": str(folder), "PYTHON": python}
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


def test_without_any_python_it_says_what_to_install(repository: Path, tmp_path: Path) -> None:
    done = find_python(repository, tmp_path)
    assert done.returncode == 1
    assert "apt-get install python3" in done.stderr
