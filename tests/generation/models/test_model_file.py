"""Metadata is found behind any weights, and rubbish is recognised as such."""

import hashlib
from pathlib import Path

import pytest

from composer_app.errors import ModelError
from composer_app.generation.models.model_file import file_sha256, read_metadata
from tests.generation.model_files import GRAPH, VERSION, metadata, text, varint


def test_metadata_is_read_wherever_it_stands(tmp_path: Path) -> None:
    path = tmp_path / "m.onnx"
    fixed = varint(99 << 3 | 1) + bytes(8) + varint(98 << 3 | 5) + bytes(4)
    path.write_bytes(VERSION + metadata("title", "Bäche") + GRAPH + fixed + metadata("format", "1"))
    assert read_metadata(path) == {"title": "Bäche", "format": "1"}


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"hello, world: this is text", id="text"),
        pytest.param(VERSION, id="no graph"),
        pytest.param(text(7, b"x" * 50)[:-10], id="truncated graph"),
        pytest.param(GRAPH + b"\x08", id="truncated number"),
        pytest.param(GRAPH + b"\x08" + b"\xff" * 11, id="endless number"),
        pytest.param(GRAPH + b"\x00", id="field zero"),
        pytest.param(GRAPH + varint(3 << 3 | 3), id="unknown wire type"),
        pytest.param(GRAPH + text(14, varint(1 << 3) + b"\x01"), id="entry is a number"),
        pytest.param(GRAPH + text(14, varint(1 << 3 | 2) + varint(90)), id="entry too short"),
        pytest.param(GRAPH + text(14, text(1, b"\xff\xfe")), id="not UTF-8"),
        pytest.param(GRAPH + text(14, text(1, b"x" * (1 << 20))), id="huge entry"),
    ],
)
def test_what_is_not_onnx_is_a_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "m.onnx"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=r"m\.onnx is not an ONNX model"):
        read_metadata(path)


def test_a_missing_file_or_a_folder_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no model file"):
        read_metadata(tmp_path / "none.onnx")
    with pytest.raises(ModelError, match="cannot be read"):
        read_metadata(tmp_path)


def test_a_model_is_known_by_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(bytes(range(256)) * 9000)
    assert file_sha256(path) == hashlib.sha256(path.read_bytes()).hexdigest()
    with pytest.raises(ModelError, match="cannot be read: there is no such file"):
        file_sha256(tmp_path / "none.onnx")
