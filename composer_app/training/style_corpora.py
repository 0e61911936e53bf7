"""The corpora of the other styles: hymns and ragtime, which travel with Composer in assets/.

``hymn.npz``: 280 four-part hymns of the Open Hymnal Project, each placed in the public domain.
``ragtime.npz``: 17 piano rags in Mutopia's public-domain editions, as four voices: the right hand's
top line, two chord voices and the bass; the chord voices rest where the bass strikes.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from composer_app.errors import CorpusError
from composer_app.music.files.array_file import read_arrays
from composer_app.plain_text import one_line_name
from composer_app.resources import resource_folder
from composer_app.training.corpus import Piece
from composer_app.translation import _

STYLE_CORPORA: Final = ("hymn", "ragtime")
_SPLIT_FILE: Final = Path(__file__).with_name("style_splits.json")
# Long bars are read as two shorter ones, as the network knows bars (see bar_positions).
_LONG_BARS: Final = {24: 12, 32: 16}
_SHORT_BAR: Final = 8
_ARRAYS: Final = ("pitch", "onset", "bad", "pos", "barlen", "bar", "start", "name")


def style_split(style: str) -> dict[str, str]:
    """The split of each piece of ``style`` that is not for training, by name.

    "valid" and "test" keep settings of the same tune together. "left out" are hymns whose melody
    shares more than a quarter of its eight-beat passages with chorales on which the Bach model is
    measured: nobody trains on them.
    """
    splits = json.loads(_SPLIT_FILE.read_text())[style]
    return {name: split for split, names in splits.items() for name in names}


def read_style(style: str, folder: Path | None = None) -> Iterator[Piece]:
    """Every piece of ``style`` with its split; :class:`CorpusError` if the file is damaged."""
    path = (folder or resource_folder("assets") / "corpora") / f"{style}.npz"
    try:
        arrays = read_arrays(path, _ARRAYS)
        split = style_split(style)
        bounds = zip(arrays["start"][:-1], arrays["start"][1:], strict=True)
        for name, (begin, end) in zip(arrays["name"], bounds, strict=True):
            span = slice(int(begin), int(end))
            position, length = _bars(*(arrays[key][span] for key in ("pos", "barlen", "bar")))
            stem = Path(one_line_name(str(name))).stem
            yield Piece(
                stem,
                split.get(stem, "train"),
                arrays["pitch"][span],
                arrays["onset"][span],
                position,
                length,
                _ending(arrays["onset"][span]),
                arrays["bad"][span],
                style,
            )
    except FileNotFoundError:
        raise CorpusError(
            _("There is no corpus at {file}", file=path), _("install Composer again")
        ) from None
    except (OSError, IndexError, TypeError, ValueError):
        raise CorpusError(_("{file} is damaged", file=path), _("install Composer again")) from None


def _bars(
    position: NDArray[np.int16], length: NDArray[np.int16], bar: NDArray[np.int16]
) -> tuple[NDArray[np.int16], NDArray[np.int16]]:
    """Positions and lengths with long bars halved and 2/4 bars joined in pairs."""
    position, length = position.copy(), length.copy()
    for long, short in _LONG_BARS.items():
        position[length == long] %= short
        length[length == long] = short
    two_four = length == _SHORT_BAR
    position[two_four] += (_SHORT_BAR * (bar[two_four] % 2)).astype(np.int16)
    length[two_four] = 2 * _SHORT_BAR
    return position, length


def _ending(onset: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """(T,): the melody's last note, the one phrase end these sources are sure of."""
    ending = np.zeros(len(onset), np.bool_)
    struck = np.flatnonzero(onset[:, 0])
    if struck.size:
        ending[struck[-1] :] = True
    return ending
