"""What several tests of the training start from."""

from dataclasses import replace
from pathlib import Path

import pytest

from composer_app.training.corpora.corpus import save_corpus
from tests.training.pieces import chord_piece


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """A file with a piece to train on and one to validate with."""
    pieces = [chord_piece(), replace(chord_piece("v"), split="valid")]
    save_corpus(pieces, tmp_path / "corpus.npz")
    return tmp_path / "corpus.npz"
