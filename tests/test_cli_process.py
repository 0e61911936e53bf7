"""The command line as a process of its own: what only shows outside of this one."""

import os
import subprocess
import sys
from pathlib import Path

COMMAND = (sys.executable, "-m", "composer_app")


def test_a_reader_that_leaves_early_is_left_in_peace() -> None:
    read_end, write_end = os.pipe()
    os.close(read_end)
    try:
        done = subprocess.run(
            [*COMMAND, "sample", "--list"], stdout=write_end, stderr=subprocess.PIPE, check=False
        )
    finally:
        os.close(write_end)
    assert (done.returncode, done.stderr) == (141, b"")


def test_names_that_the_terminal_cannot_show(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    path = tmp_path / "Dvořák ♪.mid"
    for arguments in (["sample", "new_world_largo", "-o", str(path)], ["stats", str(path)]):
        done = subprocess.run(
            [*COMMAND, *arguments], capture_output=True, env=environment, check=False
        )
        assert (done.returncode, done.stderr) == (0, b"")
        assert rb"Dvo\u0159\xe1k \u266a.mid" in done.stdout
