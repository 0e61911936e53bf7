"""What a model file says about itself, read without loading it.

A model is one ONNX file. Its metadata (``ModelProto.metadata_props``) stands outside the graph,
so it is found by skipping over the weights: listing models costs a few kilobytes of reading.
The wire format is that of Protocol Buffers (developers.google.com/protocol-buffers, "Encoding").
"""

from pathlib import Path
from typing import BinaryIO, Final

from composer_app.errors import ModelError

_METADATA_FIELD: Final = 14  # ModelProto.metadata_props in onnx.proto
_GRAPH_FIELD: Final = 7  # ModelProto.graph
_VARINT, _FIXED64, _LENGTH, _FIXED32 = 0, 1, 2, 5
_MAX_ENTRY_BYTES: Final = 1 << 20


def read_metadata(path: Path) -> dict[str, str]:
    """The metadata of the ONNX file at ``path``.

    Raises :class:`ModelError` for a file that is missing, cannot be read or is not ONNX.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            return _read_model(file, size)
    except FileNotFoundError:
        raise ModelError(f"There is no model file at {path}.") from None
    except OSError as error:
        raise ModelError(f"The model file {path} cannot be read: {error.strerror}.") from None
    except (ValueError, EOFError):
        raise ModelError(
            f"{path.name} is not an ONNX model, or it is damaged: install Composer again, or"
            " choose another model."
        ) from None


def _read_model(file: BinaryIO, size: int) -> dict[str, str]:
    metadata: dict[str, str] = {}
    has_graph = False
    while file.tell() < size:
        field, wire = _tag(file)
        if wire == _LENGTH:
            length = _varint(file)
            end = file.tell() + length
            if end > size:
                raise ValueError("a field reaches past the end of the file")
            has_graph |= field == _GRAPH_FIELD
            if field == _METADATA_FIELD:
                if length > _MAX_ENTRY_BYTES:
                    raise ValueError("a metadata entry is too long")
                key, value = _entry(file, end)
                metadata[key] = value
            file.seek(end)
        else:
            _skip(file, wire)
    if not has_graph:
        raise ValueError("no graph")
    return metadata


def _entry(file: BinaryIO, end: int) -> tuple[str, str]:
    """A StringStringEntryProto: key is field 1, value field 2."""
    texts = {1: "", 2: ""}
    while file.tell() < end:
        field, wire = _tag(file)
        if wire != _LENGTH:
            raise ValueError("a metadata entry is not text")
        length = _varint(file)
        if file.tell() + length > end:
            raise ValueError("a text reaches past its entry")
        texts[field] = file.read(length).decode("utf-8")
    return texts[1], texts[2]


def _tag(file: BinaryIO) -> tuple[int, int]:
    tag = _varint(file)
    if tag >> 3 == 0:
        raise ValueError("field number 0")
    return tag >> 3, tag & 7


def _varint(file: BinaryIO) -> int:
    value = 0
    for shift in range(0, 70, 7):
        byte = file.read(1)
        if not byte:
            raise EOFError
        value |= (byte[0] & 0x7F) << shift
        if byte[0] < 0x80:
            return value
    raise ValueError("a number has more than 64 bits")


def _skip(file: BinaryIO, wire: int) -> None:
    if wire == _VARINT:
        _varint(file)
    elif wire == _FIXED64:
        file.seek(8, 1)
    elif wire == _FIXED32:
        file.seek(4, 1)
    else:
        raise ValueError(f"unknown wire type {wire}")
