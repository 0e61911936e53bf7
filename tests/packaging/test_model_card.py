"""A model and its card travel together."""

import hashlib
import json
from pathlib import Path

import pytest

from composer_app.generation.models.catalog import describe_all
from composer_app.generation.models.model_file import read_metadata
from composer_app.music.instrumentation.styles import STYLES

MODELS = sorted((Path(__file__).resolve().parents[2] / "models").glob("*.onnx"))


def test_a_model_is_shipped() -> None:
    assert "bach.onnx" in [path.name for path in MODELS]


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_the_card_describes_this_very_file(path: Path) -> None:
    card = path.with_suffix(".md").read_text()
    assert hashlib.sha256(path.read_bytes()).hexdigest() in card
    metadata = read_metadata(path)
    assert f"{int(metadata['iterations']):,} iterations" in card
    assert path.stat().st_size < 15_000_000


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_a_model_says_all_that_is_to_be_known_of_it(path: Path) -> None:
    metadata = read_metadata(path)
    always = ("composer_version", "title", "description", "iterations", "training_seconds")
    assert all(metadata[key].strip() for key in (*always, "format", "technique"))
    assert int(metadata["iterations"]) > 0
    assert float(metadata["training_seconds"]) > 0
    assert isinstance(json.loads(metadata["config"]), dict)
    styles = json.loads(metadata.get("styles", "[]"))
    if metadata["technique"] == "gan":
        assert metadata["layout"] in ("voices", "roll")
    elif metadata["technique"] == "drums":
        assert int(metadata["most_place"]) > 0
    else:
        assert int(metadata["steps_multiple"]) > 0
    if metadata["technique"] == "melody":
        assert int(metadata["lowest_degree"]) <= 0
        assert styles
    elif metadata["technique"] == "drums":
        assert len(json.loads(metadata["drums"])) == 11
        assert styles
    elif metadata.get("layout") != "roll":
        assert 0 <= int(metadata["lowest_pitch"]) < int(metadata["highest_pitch"]) <= 127
        assert styles
    models = describe_all(path)
    assert all(model.problem is None for model in models)
    assert all(model.title and model.description and model.manner for model in models)
    if len(models) > 1:
        # The other styles teach harmony: no voices are offered in them.
        offered = set(styles) & set(STYLES)
        assert sorted(model.style for model in models) == sorted(offered)
