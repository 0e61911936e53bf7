"""What is installed, what is wrong with it, and how it is found."""

import json
from pathlib import Path

import pytest

from composer_app.errors import ModelError
from composer_app.generation.generator import GenerationSettings
from composer_app.generation.models import catalog
from composer_app.generation.models.catalog import (
    describe,
    find_model,
    installed_models,
    load_generator,
)
from composer_app.generation.models.model_info import ModelInfo
from composer_app.generation.support import NETWORK_SETTINGS, without_effect
from composer_app.generation.unet_generator import UNetGenerator
from composer_app.music.instrumentation.styles import Tempo, style_named
from tests.generation.model_files import GRAPH, metadata
from tests.generation.one_pass_models import VOICES, VOICES_METADATA, write_model

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
        *(
            (GOOD + metadata("styles", '["bach", "hymn"]') + metadata("entries", odd), "another")
            for odd in (
                "[",
                "7",
                '["hymn"]',
                '[{"name": "hymn"}]',
                '[{"name": "polka", "style": "polka"}]',
                '[{"name": "", "style": "hymn"}]',
                '[{"name": 3, "style": "hymn"}]',
                '[{"name": "h", "style": "hymn", "title": 5}]',
                '[{"name": "h", "style": "hymn", "programs": [1, 2, 3]}]',
                '[{"name": "h", "style": "hymn", "programs": [1, 2, 3, 128]}]',
                '[{"name": "h", "style": "hymn", "programs": "abcd"}]',
                '[{"name": "h", "style": "hymn", "programs": 19}]',
                '[{"name": "h", "style": "hymn", "tempo": [90, 60, 120]}]',
                '[{"name": "h", "style": "hymn", "tempo": [60, 90]}]',
                '[{"name": "h", "style": "hymn", "tempo": ["60", "90", "120"]}]',
            )
        ),
        (GOOD + metadata("styles", "[]"), "another version"),
        (GOOD + metadata("styles", "bach"), "another version"),
    ],
)
def test_a_model_that_cannot_be_used_says_why(folder: Path, content: bytes, problem: str) -> None:
    path = folder / "odd.onnx"
    path.write_bytes(content)
    info = describe(path)
    assert info.problem is not None
    assert problem in str(info.problem)
    with pytest.raises(ModelError, match=problem):
        load_generator("odd")
    with pytest.raises(ModelError, match=problem):
        load_generator(str(path))


STYLES = metadata("styles", '["bach", "hymn", "ragtime", "jazz"]')
ENTRIES = metadata(
    "entries",
    json.dumps(
        [
            {"name": "ragtime", "style": "ragtime"},
            {"name": "swinging", "style": "jazz"},
            {"name": "bach", "style": "bach", "title": "Chorale", "description": "As in 1730."},
            {
                "name": "quick-hymn",
                "style": "hymn",
                "programs": [52, 52, 19, 19],
                "tempo": [120, 130.5, 140],
            },
        ]
    ),
)


def test_a_file_of_several_styles_is_several_models(folder: Path) -> None:
    (folder / "bach.onnx").write_bytes(GOOD + STYLES + ENTRIES)
    (folder / "alpha.onnx").write_bytes(GOOD + metadata("technique", "gan"))
    models = {model.name: model for model in installed_models()}
    assert list(models) == ["bach", "quick-hymn", "swinging", "alpha"]
    assert models["bach"] == ModelInfo(
        "bach", folder / "bach.onnx", "Chorale", "As in 1730.", "refining"
    )
    hymn = models["quick-hymn"]
    assert (hymn.path, hymn.style, hymn.title) == (folder / "bach.onnx", "hymn", "Hymn")
    assert (hymn.programs, hymn.tempo) == ((52, 52, 19, 19), Tempo(120, 130.5, 140))
    usual = style_named("jazz")
    jazz = models["swinging"]
    assert (jazz.programs, jazz.tempo) == (usual.programs, usual.tempo)
    assert (jazz.title, jazz.description) == (usual.title, usual.description)
    assert [model.manner for model in models.values()] == [*["refining"] * 3, "one pass"]
    assert describe(folder / "bach.onnx").name == "swinging"


def test_a_style_that_is_not_offered_is_not_listed(folder: Path) -> None:
    path = folder / "bach.onnx"
    path.write_bytes(GOOD + STYLES + ENTRIES)
    assert "ragtime" not in [model.name for model in installed_models()]
    with pytest.raises(ModelError, match="no model named 'ragtime': installed are bach"):
        load_generator("ragtime")
    with pytest.raises(ModelError, match="holds no model named 'ragtime': it holds swinging"):
        load_generator(f"{path}:ragtime")
    alone = folder / "rags.onnx"
    alone.write_bytes(GOOD + metadata("styles", '["ragtime"]'))
    assert describe(alone).name == "rags"
    for name in ("rags", str(alone)):
        with pytest.raises(ModelError, match=r"rags\.onnx writes ragtime, which Composer does not"):
            load_generator(name)


def test_a_file_of_its_own_comes_before_an_entry_of_that_name(folder: Path) -> None:
    (folder / "bach.onnx").write_bytes(GOOD + STYLES + ENTRIES)
    (folder / "swinging.onnx").write_bytes(GOOD + metadata("styles", '["jazz"]'))
    jazz = find_model("swinging")
    assert jazz.path == folder / "swinging.onnx"
    assert (jazz.style, jazz.title) == ("jazz", "Good one")


def test_an_entry_of_a_file_that_is_not_installed(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "new.onnx"
    path.write_bytes(GOOD + STYLES + ENTRIES)
    assert (find_model(str(path)).name, find_model(str(path)).style) == ("new", "jazz")
    hymn = find_model(f"{path}:quick-hymn")
    assert (hymn.name, hymn.path, hymn.style) == ("new:quick-hymn", path, "hymn")
    with pytest.raises(ModelError, match="no model named 'waltz': it holds swinging, bach, quick"):
        find_model(f"{path}:waltz")
    with pytest.raises(ModelError, match="There is no model file at"):
        load_generator(f"{tmp_path / 'none.onnx'}:hymn")
    # Not the name of a file.
    with pytest.raises(ModelError, match="No model is installed"):
        find_model("a.onnxes")


def test_the_technique_says_who_loads_it(folder: Path) -> None:
    pytest.importorskip("onnxruntime")
    write_model(folder / "pass.onnx", VOICES, VOICES_METADATA)
    generator = load_generator("pass", 1)
    assert isinstance(generator, UNetGenerator)
    assert (generator.name, generator.style) == ("pass", "bach")
    rows = [{"name": name, "style": name} for name in ("bach", "hymn")]
    several = {"styles": '["bach", "hymn"]', "entries": json.dumps(rows)}
    write_model(folder / "many.onnx", VOICES, {**VOICES_METADATA, **several})
    generator = load_generator("hymn")
    assert (generator.name, generator.style) == ("hymn", "hymn")


@pytest.mark.parametrize(
    ("technique", "layout", "supports"),
    [
        ("refining", None, NETWORK_SETTINGS),
        ("gan", "voices", ("temperature",)),
        ("gan", "roll", ()),
        ("gan", None, ()),
        ("gan", "planned", ("temperature", "repeats", "chords")),
    ],
)
def test_a_model_says_which_settings_it_takes_notice_of(
    folder: Path, technique: str, layout: str | None, supports: tuple[str, ...]
) -> None:
    content = GOOD + metadata("technique", technique)
    if layout == "planned":
        content, layout = content + metadata("qualities", "[]"), "voices"
    (folder / "a.onnx").write_bytes(content + (metadata("layout", layout) if layout else b""))
    assert find_model("a").supports == supports


def test_settings_that_are_not_asked_for_are_not_missed() -> None:
    assert without_effect(GenerationSettings(7, upbeat=4), ()) == ()
    asked = GenerationSettings(temperature=0.5, improve=True, max_added=0, vary_melody=0.5)
    assert without_effect(asked, ("improve",)) == ("temperature", "max_added", "vary_melody")
    assert without_effect(asked, NETWORK_SETTINGS) == ()
    assert without_effect(GenerationSettings(iterations=9, max_removed=0), ()) == (
        "iterations",
        "max_removed",
    )


@pytest.mark.parametrize(("bpm", "said"), [(65.9, True), (66, False), (126, False), (140, True)])
def test_a_tempo_outside_the_style_is_spoken_of(bpm: float, said: bool) -> None:
    style = style_named("hymn")
    model = ModelInfo("r", Path("r.onnx"), style=style.name, tempo=style.tempo)
    assert bool(model.tempo_advice(bpm)) == said
    if said:
        advice = f"Hymn usually goes at 66-126 BPM, and this piece at {bpm:g}."
        assert model.tempo_advice(bpm) == advice


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
