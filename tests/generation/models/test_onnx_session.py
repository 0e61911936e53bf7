"""Composing is private, and over when it is over: the runtime leaves nothing behind."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from composer_app.generation.composing import compose
from composer_app.generation.generator import GenerationSettings
from composer_app.generation.models.onnx_session import open_session
from composer_app.music.files.sample_melodies import load_sample

COMPOSE = """
from composer_app.generation.models.catalog import load_generator
from composer_app.generation.generator import GenerationSettings
from composer_app.generation.composing import compose
from composer_app.music.files.sample_melodies import load_sample
compose(load_sample("frere_jacques"), load_generator(), GenerationSettings())
"""


# The doctor asks for the library itself, also where there is no model to be loaded first.
ASK = "from composer_app.doctor import _onnx\nassert _onnx().ok"
EXAMINE = "from composer_app.cli import main\nmain(['doctor'])"


@pytest.mark.parametrize("code", [COMPOSE, ASK, EXAMINE], ids=["compose", "ask", "examine"])
def test_the_runtime_keeps_no_account_of_its_use(
    repository: Path, tmp_path: Path, code: str
) -> None:
    # Where it believes to run in a test or in CI it is silent anyway: show it a person's machine.
    suspicious = ("CI", "PYTEST", "ORT_", "GITHUB", "XDG_")
    plain = {k: v for k, v in os.environ.items() if not k.startswith(suspicious)}
    subprocess.run(
        [sys.executable, "-c", code],
        check=True,
        cwd=repository,
        stdout=subprocess.DEVNULL,
        env=plain | {"HOME": str(tmp_path), "USERPROFILE": str(tmp_path)},
    )
    left = [path for path in tmp_path.rglob("*") if path.is_file()]
    # What a sound server's library leaves there is another matter.
    assert [path for path in left if "pulse" not in path.parts] == []


def test_it_is_imported_in_one_place(repository: Path) -> None:
    folders = ("composer_app", "benchmarks", "scripts", "docs")
    sources = [path for folder in folders for path in (repository / folder).rglob("*.py")]
    importing = re.compile(
        r"^\s*(import|from) onnxruntime\b|import_module\(.onnxruntime", re.MULTILINE
    )
    found = [path.name for path in sources if importing.search(path.read_text(encoding="utf-8"))]
    assert found == ["onnx_session.py"]


@pytest.mark.parametrize("name", ["bach", "bach-gan"])
def test_a_model_that_has_answered_leaves_the_processor_to_others(
    repository: Path, name: str
) -> None:
    pytest.importorskip("onnxruntime")
    from composer_app.generation.refining.refining_generator import RefiningGenerator
    from composer_app.generation.unet_generator import UNetGenerator

    technique = UNetGenerator if name == "bach-gan" else RefiningGenerator
    generator = technique(repository / "models" / f"{name}.onnx", 2)
    compose(load_sample("frere_jacques"), generator, GenerationSettings())
    began, taken = time.perf_counter(), time.process_time()
    time.sleep(0.1)
    waited, taken = time.perf_counter() - began, time.process_time() - taken
    assert taken < 0.1 * waited, "its threads look out for more"


@pytest.mark.parametrize(
    ("wanted", "threads", "taken"),
    [
        ("1", None, 1),
        (" 3 ", None, 3),
        ("1", 2, 2),
        ("", None, 0),
        ("all", None, 0),
        ("-2", None, 0),
        ("9" * 30, None, 256),
    ],
)
def test_whoever_limits_what_computes_limits_the_models_too(
    repository: Path,
    monkeypatch: pytest.MonkeyPatch,
    wanted: str,
    threads: int | None,
    taken: int,
) -> None:
    pytest.importorskip("onnxruntime")
    monkeypatch.setenv("OMP_NUM_THREADS", wanted)
    session = open_session(repository / "models" / "bach-gan.onnx", threads)
    assert session.get_session_options().intra_op_num_threads == taken
