"""What a model file says about itself, read without loading it.

A model is one ONNX file. Its metadata (``ModelProto.metadata_props``) stands outside the graph,
so it is found by skipping over the weights: listing models costs a few kilobytes of reading.
The wire format is that of Protocol Buffers (developers.google.com/protocol-buffers, "Encoding").

Anybody may have made the file, or put something else in its place: whatever it claims, some
thousand short reads at most are made of it.
"""

import os
from pathlib import Path
from typing import BinaryIO, Final

from composer_app.errors import ModelError
from composer_app.music.files.regular_file import open_regular
from composer_app.music.files.safe_file import failure_reason
from composer_app.translation import _

_METADATA_FIELD: Final = 14  # ModelProto.metadata_props in onnx.proto
_GRAPH_FIELD: Final = 7  # ModelProto.graph
_VARINT, _FIXED64, _LENGTH, _FIXED32 = 0, 1, 2, 5
_CHUNK_BYTES: Final = 1 << 20
_MAX_METADATA_BYTES: Final = 1 << 20
# Those of our own models have some thirty.
_MAX_FIELDS: Final = 4096


def read_metadata(path: Path) -> dict[str, str]:
    """The metadata of the ONNX file at ``path``.

    Raises :class:`ModelError` for a file that is missing, cannot be read or is not ONNX.
    """
    try:
        with open_regular(path) as file:
            return _Reader(file).model()
    except FileNotFoundError:
        raise ModelError(_("There is no model file at {file}", file=path)) from None
    except OSError as error:
        raise ModelError(
            _(
                "The model file {file} cannot be read: {reason}",
                file=path,
                reason=failure_reason(error),
            )
        ) from None
    except (ValueError, EOFError):
        raise ModelError(
            _("{file} is not an ONNX model, or it is damaged", file=path.name),
            _("install Composer again, or choose another model"),
        ) from None


def file_sha256(path: Path) -> str:
    """The SHA-256 of the file at ``path`` in hexadecimal digits.

    Raises :class:`ModelError` for a file that is missing or cannot be read.
    """
    import hashlib

    try:
        digest = hashlib.sha256()
        with open_regular(path) as file:
            while chunk := file.read(_CHUNK_BYTES):
                digest.update(chunk)
        return digest.hexdigest()
    except OSError as error:
        raise ModelError(
            _(
                "The model file {file} cannot be read: {reason}",
                file=path,
                reason=failure_reason(error),
            )
        ) from error


class _Reader:
    """Reads an ONNX file's fields, so many at most; :class:`ValueError` where it is none."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._size = os.fstat(file.fileno()).st_size
        self._fields_left = _MAX_FIELDS
        self._bytes_left = _MAX_METADATA_BYTES

    def model(self) -> dict[str, str]:
        """The metadata of a ModelProto; everything else is skipped."""
        file = self._file
        metadata: dict[str, str] = {}
        has_graph = False
        while file.tell() < self._size:
            field, wire = self._tag()
            if wire == _LENGTH:
                length = _varint(file)
                end = file.tell() + length
                if end > self._size:
                    raise ValueError("a field reaches past the end of the file")
                has_graph |= field == _GRAPH_FIELD
                if field == _METADATA_FIELD:
                    self._bytes_left -= length
                    if self._bytes_left < 0:
                        raise ValueError("the metadata are too long")
                    key, value = self._entry(end)
                    metadata[key] = value
                file.seek(end)
            else:
                _skip(file, wire)
        if not has_graph:
            raise ValueError("no graph")
        return metadata

    def _entry(self, end: int) -> tuple[str, str]:
        """A StringStringEntryProto: key is field 1, value field 2."""
        file = self._file
        texts = {1: "", 2: ""}
        while file.tell() < end:
            field, wire = self._tag()
            if wire != _LENGTH:
                raise ValueError("a metadata entry is not text")
            length = _varint(file)
            if file.tell() + length > end:
                raise ValueError("a text reaches past its entry")
            texts[field] = file.read(length).decode("utf-8")
        return texts[1], texts[2]

    def _tag(self) -> tuple[int, int]:
        self._fields_left -= 1
        if self._fields_left < 0:
            raise ValueError("there are too many fields")
        tag = _varint(self._file)
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
