"""A model and its card travel together."""

import hashlib
from pathlib import Path

import pytest

from composer_app.generation.model_file import read_metadata

MODELS = sorted((Path(__file__).resolve().parents[2] / "models").glob("*.onnx"))


def test_a_model_is_shipped() -> None:
    assert "bach.onnx" in [path.name for path in MODELS]


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_the_card_describes_this_very_file(path: Path) -> None:
    card = path.with_suffix(".md").read_text()
    assert hashlib.sha256(path.read_bytes()).hexdigest() in card
    metadata = read_metadata(path)
    assert f"{int(metadata['iterations']):,} iterations" in card
    assert path.stat().st_size < 20_000_000
