"""Composing is private: the runtime leaves nothing behind and has nothing to send."""

import os
import subprocess
import sys
from pathlib import Path

COMPOSE = """
from composer_app.generation.catalog import load_generator
from composer_app.generation.generator import GenerationSettings, compose
from composer_app.music.sample_melodies import load_sample
compose(load_sample("frere_jacques"), load_generator(), GenerationSettings())
"""


def test_the_runtime_keeps_no_account_of_its_use(repository: Path, tmp_path: Path) -> None:
    # Where it believes to run in a test or in CI it is silent anyway: show it a person's machine.
    suspicious = ("CI", "PYTEST", "ORT_", "GITHUB", "XDG_")
    plain = {k: v for k, v in os.environ.items() if not k.startswith(suspicious)}
    subprocess.run(
        [sys.executable, "-c", COMPOSE],
        check=True,
        cwd=repository,
        env=plain | {"HOME": str(tmp_path), "USERPROFILE": str(tmp_path)},
    )
    assert [str(path) for path in tmp_path.rglob("*") if path.is_file()] == []
