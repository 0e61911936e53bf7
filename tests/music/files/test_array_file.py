"""Files of arrays, good, damaged and made up."""

import io
import random
import zipfile
from pathlib import Path

import numpy as np
import pytest

from composer_app.music.files import array_file
from composer_app.music.files.array_file import arrays_in, read_arrays
from tests.irregular import IRREGULAR, put_irregular


def packed() -> bytes:
    stream = io.BytesIO()
    np.savez_compressed(stream, a=np.arange(100), b=np.array(["x", "y"]))
    return stream.getvalue()


def one_member(header: bytes, body: bytes = b"") -> bytes:
    """An .npz whose array "a" has a header as it comes."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        length = len(header).to_bytes(2, "little")
        file.writestr("a.npy", b"\x93NUMPY\x01\x00" + length + header + body)
    return stream.getvalue()


def test_arrays_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    path.write_bytes(packed())
    found = read_arrays(path, ("a", "b"))
    assert found["a"].tolist() == list(range(100))
    assert found["b"].tolist() == ["x", "y"]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"PK\x03\x04broken", id="broken"),
        pytest.param(packed()[:-30], id="cut"),
        pytest.param(one_member(b"{'descr': '<i8', 'fortran_order': False, 'shape': (9,)}\n"),
                     id="too short"),
        pytest.param(one_member(b"{'descr': '<i8', 'fortran_order': False, 'shape': (%d,)}\n"
                                % 10**17), id="a size made up"),
        pytest.param(one_member(b"{'descr': '<i8', 'fortran_order': False, 'shape': (%d,)}\n"
                                % 10**30), id="a size beyond numbers"),
        pytest.param(one_member(b"{'descr': '|O', 'fortran_order': False, 'shape': (1,)}\n", b"x"),
                     id="pickled"),
        pytest.param(one_member(b"[" * 60_000), id="nested"),
        pytest.param(one_member(b"\xff\xfe"), id="no text"),
    ],
)  # fmt: skip
def test_what_is_no_file_of_arrays_is_a_value_error(data: bytes) -> None:
    with pytest.raises(ValueError, match="not a file of arrays"):
        arrays_in(data, ["a"])


def test_an_array_that_is_not_there_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="not a file of arrays"):
        arrays_in(packed(), ["a", "c"])


def test_what_unpacks_to_too_much_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.BytesIO()
    np.savez_compressed(stream, a=np.zeros(1_000_000, np.int8))
    assert len(stream.getvalue()) < 2_000
    monkeypatch.setattr(array_file, "_MOST_UNPACKED_BYTES", 1_000_000)
    with pytest.raises(ValueError, match="not a file of arrays") as caught:
        arrays_in(stream.getvalue(), ["a"])
    assert str(caught.value.__cause__) == "it unpacks to too much"


def test_mutations_are_arrays_or_value_errors() -> None:
    sound, chance = packed(), random.Random(3)
    for _ in range(300):
        data = bytearray(sound)
        for _ in range(chance.choice((1, 2, 6))):
            data[chance.randrange(len(data))] = chance.randrange(256)
        try:
            assert set(arrays_in(bytes(data), ("a", "b"))) == {"a", "b"}
        except ValueError:
            continue


@pytest.mark.parametrize("kind", IRREGULAR)
def test_what_is_no_file_is_an_os_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.chdir(tmp_path)
    put_irregular(tmp_path / "a.npz", kind)
    with pytest.raises(OSError, match=r"."):
        read_arrays(tmp_path / "a.npz", ["a"])
