"""Arrays in the .npz files of numpy, read with limits: anybody may have made the file."""

import io
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from composer_app.music.files.regular_file import read_regular

# A hundred times the largest of ours.
MOST_ARRAY_FILE_BYTES: Final = 64_000_000
_MOST_UNPACKED_BYTES: Final = 1_000_000_000


def read_arrays(path: Path, names: Iterable[str]) -> dict[str, NDArray[Any]]:
    """The arrays ``names`` of the file ``path``.

    Raises :class:`OSError` for a file that cannot be read or is too large, :class:`ValueError` for
    one that is none or lacks an array.
    """
    return arrays_in(read_regular(path, MOST_ARRAY_FILE_BYTES), names)


def arrays_in(data: bytes, names: Iterable[str]) -> dict[str, NDArray[Any]]:
    """The arrays ``names`` of a file whose bytes are ``data``; :class:`ValueError` as above."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(member.file_size for member in packed.infolist()) > _MOST_UNPACKED_BYTES:
                raise ValueError("it unpacks to too much")
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            return {name: arrays[name] for name in names}
    except Exception as error:
        # zipfile, zlib and numpy answer damage with whatever went wrong inside, among it
        # MemoryError for sizes that are made up.
        raise ValueError("it is not a file of arrays, or it is damaged") from error
