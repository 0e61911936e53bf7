"""What is installed, what is wrong with it, and how it is found."""

from pathlib import Path

import pytest

from composer_app.errors import ModelError
from composer_app.generation import catalog
from composer_app.generation.catalog import describe, installed_models, load_generator
from tests.generation.models import GRAPH, metadata

GOOD = (
    GRAPH
    + metadata("format", "1")
    + metadata("technique", "refining")
    + metadata("title", "Good one")
    + metadata("description", "It sings.")
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder in place of models/."""
    monkeypatch.setattr(catalog, "resource_folder", lambda name: tmp_path / name)
    monkeypatch.delenv(catalog.MODELS_VARIABLE, raising=False)
    (tmp_path / "models").mkdir()
    return tmp_path / "models"


def test_models_are_listed_with_the_default_first(folder: Path) -> None:
    (folder / "alpha.onnx").write_bytes(GOOD)
    (folder / "bach.onnx").write_bytes(GOOD)
    (folder / "notes.txt").write_text("not a model")
    models = installed_models()
    assert [model.name for model in models] == ["bach", "alpha"]
    assert models[0].title == "Good one"
    assert models[0].description == "It sings."
    assert models[0].technique == "refining"
    assert models[0].problem is None


def test_a_folder_of_the_users_comes_first(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "bach.onnx").write_bytes(b"old")
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "bach.onnx").write_bytes(GOOD)
    monkeypatch.setenv(catalog.MODELS_VARIABLE, str(mine))
    (model,) = installed_models()
    assert model.path == mine / "bach.onnx"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"rubbish", "not an ONNX model"),
        (GRAPH, "not a model made for Composer"),
        (GRAPH + metadata("format", "9") + metadata("technique", "refining"), "another version"),
        (GRAPH + metadata("format", "1") + metadata("technique", "magic"), "another version"),
    ],
)
def test_a_model_that_cannot_be_used_says_why(folder: Path, content: bytes, problem: str) -> None:
    path = folder / "odd.onnx"
    path.write_bytes(content)
    info = describe(path)
    assert info.problem is not None
    assert problem in info.problem
    with pytest.raises(ModelError, match=problem):
        load_generator("odd")
    with pytest.raises(ModelError, match=problem):
        load_generator(str(path))


def test_an_unknown_model_names_those_there_are(folder: Path) -> None:
    with pytest.raises(ModelError, match="No model is installed"):
        load_generator("bach")
    (folder / "alpha.onnx").write_bytes(GOOD)
    with pytest.raises(ModelError, match="installed are alpha"):
        load_generator("bach")


def test_a_damaged_model_is_a_sentence_when_it_is_loaded(folder: Path) -> None:
    (folder / "bach.onnx").write_bytes(GOOD)
    with pytest.raises(ModelError, match="damaged"):
        load_generator("bach")
