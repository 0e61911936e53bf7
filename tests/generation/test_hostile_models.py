"""One bad file among the models hides no other, whatever it is and whatever is in it."""

import json
import os
import random
import struct
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from composer_app.errors import ModelError
from composer_app.generation.models import catalog
from composer_app.generation.models.catalog import (
    installed_models,
    load_generator,
    models_folder_problem,
)
from composer_app.generation.models.model_file import read_metadata
from composer_app.generation.models.model_info import ModelInfo
from composer_app.resources import resource_folder
from tests.generation.model_files import GRAPH, metadata, text, varint
from tests.irregular import IRREGULAR, put_irregular
from tests.odd_json import ODD_TEXTS, places, with_text_at

# Generous: a busy machine takes a hundred times as long as ours does.
LIMIT_SECONDS = 2.0
GOOD = GRAPH + metadata("format", "1") + metadata("technique", "refining")
SEVERAL = {
    "styles": ["bach", "hymn"],
    "entries": [
        {
            "name": "one",
            "style": "hymn",
            "title": "Hymn",
            "description": "Plain.",
            "programs": [1, 2, 3, 4],
            "tempo": [60, 80, 100],
        },
        {"name": "two", "style": "bach"},
    ],
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in place of models/, with two good models in it."""
    monkeypatch.setattr(catalog, "resource_folder", lambda name: tmp_path / name)
    monkeypatch.delenv(catalog.MODELS_VARIABLE, raising=False)
    monkeypatch.chdir(tmp_path)
    models = tmp_path / "models"
    models.mkdir()
    for name in ("bach", "zebra"):
        (models / f"{name}.onnx").write_bytes(GOOD)
    return models


def the_bad_one(name: str = "odd") -> ModelInfo:
    """The model ``name``, once the good ones have been found beside it."""
    began = time.monotonic()
    models = {model.name: model for model in installed_models()}
    assert time.monotonic() - began < LIMIT_SECONDS
    assert {"bach", "zebra"} < set(models)
    for good in ("bach", "zebra"):
        assert models[good].problem is None
    return models[name]


def assert_a_sentence(model: ModelInfo) -> None:
    assert model.problem is not None
    assert str(model.problem).endswith(".")
    assert str(model.problem).isprintable()
    with pytest.raises(ModelError) as caught:
        load_generator(model.name)
    assert caught.value == model.problem


@pytest.mark.parametrize("kind", IRREGULAR)
def test_what_is_no_file_is_refused_at_once(folder: Path, kind: str) -> None:
    reason = put_irregular(folder / "odd.onnx", kind)
    model = the_bad_one()
    assert_a_sentence(model)
    missing = reason == "there is no such file or folder"
    assert ("no model file" if missing else reason) in str(model.problem)


def endless_fields(folder: Path) -> bytes:
    return GOOD + b"\x08\x01" * 2_000_000


def an_entry_of_nothing(folder: Path) -> bytes:
    return GOOD + text(14, b"\x1a\x00" * 500_000)


def endless_entries(folder: Path) -> bytes:
    return GOOD + metadata("a", "b" * 100_000) * 200


def many_models(folder: Path) -> bytes:
    rows = [{"name": f"n{number}", "style": "bach"} for number in range(5_000)]
    return GOOD + metadata("entries", json.dumps(rows))


def a_huge_length(folder: Path) -> bytes:
    return GRAPH + varint(14 << 3 | 2) + varint(2**63 - 1) + b"x" * 100


def a_length_of_many_bits(folder: Path) -> bytes:
    return GRAPH + varint(14 << 3 | 2) + b"\xff" * 9 + b"\x7f"


def a_huge_text(folder: Path) -> bytes:
    return GRAPH + varint(14 << 3 | 2) + varint(1 << 19) + varint(1 << 3 | 2) + varint(2**62)


def nothing(folder: Path) -> bytes:
    return b""


@pytest.mark.parametrize(
    "make",
    [
        endless_fields,
        an_entry_of_nothing,
        endless_entries,
        many_models,
        a_huge_length,
        a_length_of_many_bits,
        a_huge_text,
        nothing,
    ],
    ids=lambda make: make.__name__,
)
def test_what_claims_too_much_is_refused_at_once(folder: Path, make: Any) -> None:
    path = folder / "odd.onnx"
    path.write_bytes(make(folder))
    assert_a_sentence(the_bad_one())


def test_three_gigabytes_of_nothing_are_refused_at_once(folder: Path) -> None:
    with (folder / "odd.onnx").open("wb") as file:
        file.truncate(3_000_000_000)
    assert_a_sentence(the_bad_one())


def test_a_large_graph_before_the_metadata_costs_nothing(folder: Path) -> None:
    size = 3_000_000_000
    with (folder / "odd.onnx").open("wb") as file:
        file.write(varint(7 << 3 | 2) + varint(size))
        file.truncate(file.tell() + size)
        file.seek(0, 2)
        file.write(metadata("format", "1") + metadata("technique", "refining"))
    assert the_bad_one().problem is None


def test_a_file_that_grows_is_read_as_it_was_found(folder: Path) -> None:
    done = threading.Event()

    def grow() -> None:
        with (folder / "odd.onnx").open("ab", buffering=0) as file:
            file.write(GRAPH)
            for _ in range(20_000):
                file.write(b"\x08\x01" * 1000)
                if done.is_set():
                    return

    grower = threading.Thread(target=grow)
    grower.start()
    try:
        while not (folder / "odd.onnx").exists():
            time.sleep(0.001)
        for _ in range(20):
            assert the_bad_one().problem
    finally:
        done.set()
        grower.join()


@pytest.mark.parametrize(
    "error",
    [
        TypeError("x"),
        RecursionError(),
        OverflowError(),
        MemoryError(),
        UnicodeDecodeError("utf-8", b"\xff", 0, 1, "x"),
        KeyError("format"),
        AttributeError(),
        IndexError(),
        struct.error(),
        OSError(5, "Input/output error\x1b[2J"),
        ZeroDivisionError(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_whatever_goes_wrong_with_one_is_its_own_problem(
    folder: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    (folder / "odd.onnx").write_bytes(GOOD)

    def read(path: Path) -> dict[str, str]:
        if path.stem == "odd":
            raise error
        return read_metadata(path)

    monkeypatch.setattr(catalog, "read_metadata", read)
    model = the_bad_one()
    assert model.problem is not None
    assert str(model.problem).startswith("odd.onnx")


PLACES = [(key, path) for key, value in SEVERAL.items() for path in places(value)]


@pytest.mark.parametrize(("key", "path"), PLACES, ids=str)
def test_values_of_another_type_are_a_problem_of_that_model_alone(
    folder: Path, key: str, path: tuple[Any, ...]
) -> None:
    for odd in ODD_TEXTS:
        texts = {name: json.dumps(value) for name, value in SEVERAL.items()}
        texts[key] = with_text_at(SEVERAL[key], path, odd)
        extra = b"".join(metadata(name, value) for name, value in texts.items())
        (folder / "odd.onnx").write_bytes(GOOD + extra)
        models = installed_models()
        assert {"bach", "zebra"} <= {m.name for m in models if m.problem is None}
        for model in models:
            assert_well_formed(model)


def assert_well_formed(model: ModelInfo) -> None:
    """What is offered without a problem is what the rest of the program may rely on."""
    texts = (model.name, model.title, model.description, model.style, model.technique)
    assert all(type(each) is str for each in texts)
    assert all(each.isprintable() for each in texts)
    assert model.name
    assert len(model.programs) == 4
    assert all(type(program) is int and 0 <= program <= 127 for program in model.programs)
    assert 0 < model.tempo.lowest <= model.tempo.usual <= model.tempo.highest < 1000
    assert all(type(name) is str for name in model.supports)
    assert model.tempo_advice(5).endswith(".")
    json.dumps([model.name, model.programs, model.tempo.lowest], allow_nan=False)


@pytest.mark.parametrize("shipped", ["bach", "bach-gan", "bach-gan-classic"])
def test_mutations_of_a_shipped_model_are_models_or_sentences(folder: Path, shipped: str) -> None:
    texts = read_metadata(resource_folder("models") / f"{shipped}.onnx")
    sound = GRAPH + b"".join(metadata(key, value) for key, value in texts.items())
    chance = random.Random(20)
    problems = 0
    for _ in range(300):
        content = bytearray(sound)
        for _ in range(chance.choice((1, 1, 2, 8))):
            at = chance.randrange(len(GRAPH), len(content))
            kind = chance.randrange(4)
            if kind == 0:
                content[at] = chance.randrange(256)
            elif kind == 1:
                content[at] ^= 1 << chance.randrange(8)
            elif kind == 2:
                del content[at : at + chance.randrange(1, 40)]
            else:
                content[at:at] = chance.randbytes(chance.randrange(1, 9))
            if len(content) <= len(GRAPH) + 1:
                break
        (folder / "odd.onnx").write_bytes(content)
        models = installed_models()
        assert {"bach", "zebra"} <= {m.name for m in models if m.problem is None}
        for model in models:
            assert_well_formed(model)
        problems += any(model.problem for model in models)
    # Most damages are noticed; those of a description are not.
    assert 30 < problems < 300


# the folder that a person names -------------------------------------------------------------


@pytest.mark.parametrize(
    ("nonsense", "reason"),
    [
        ("missing", "there is no such file or folder"),
        ("file", "it is not a folder"),
        ("pipe", "it is not a folder"),
        ("file/inside", "it is not a folder"),
        ("a\0b", "its name is not a valid file name"),
        ("evil\x1b[2J", "there is no such file or folder"),
    ],
)
def test_a_folder_that_cannot_be_read_is_a_sentence(
    folder: Path, monkeypatch: pytest.MonkeyPatch, nonsense: str, reason: str
) -> None:
    (folder.parent / "file").touch()
    put_irregular(folder.parent / "pipe", "pipe")
    # An environment takes no zero byte, but a test can pretend.
    environment = {catalog.MODELS_VARIABLE: str(folder.parent / nonsense)}
    monkeypatch.setattr(os, "environ", environment)
    problem = str(models_folder_problem())
    assert "COMPOSER_MODELS" in problem
    assert problem.endswith(f"cannot be read: {reason}.")
    assert problem.isprintable()
    assert [model.name for model in installed_models()] == ["bach", "zebra"]
    with pytest.raises(ModelError, match="no model named 'mine': installed are bach, zebra") as e:
        load_generator("mine")
    assert str(e.value).endswith(problem)


def test_a_folder_that_permits_nothing_is_a_sentence(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setenv(catalog.MODELS_VARIABLE, str(folder))
    assert models_folder_problem() is None
    # Root may read everything.
    monkeypatch.setattr(Path, "iterdir", refuse)
    assert str(models_folder_problem()).endswith("cannot be read: permission is denied.")
    assert installed_models() == ()


def test_without_a_folder_of_ones_own_nothing_is_said(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert models_folder_problem() is None
    monkeypatch.setenv(catalog.MODELS_VARIABLE, "")
    assert models_folder_problem() is None
