"""What all distributions share: a mean, a standard deviation and the data behind them."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from composer_app.errors import ComposerError
from composer_app.music.files.regular_file import read_regular
from composer_app.music.files.safe_file import failure_reason
from composer_app.translation import _

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# An array of real numbers, whole or not.
Numbers = NDArray[np.floating[Any]] | NDArray[np.integer[Any]]

# The square of a larger number may be more than a computer's numbers hold.
_LARGEST: Final = 1e150
# Some million numbers.
MOST_DATA_BYTES: Final = 64_000_000


class DataFileError(ComposerError):
    """A file of numbers cannot be read, or a line of it is not a number."""


class Distribution:
    """A distribution with mean ``mu`` and standard deviation ``sigma`` (0 or more).

    ``data`` are the samples it was or will be fitted to, shape (N,); setting it takes any
    sequence of finite numbers (of 1e150 at most). Neither reading nor setting data changes ``mean``
    and ``stdev``: the ``calculate_...`` methods do.
    """

    def __init__(self, mu: float = 0.0, sigma: float = 1.0) -> None:
        if not (math.isfinite(mu) and math.isfinite(sigma) and sigma >= 0):
            raise ValueError(f"mean {mu} and standard deviation {sigma} (0 or more) must be finite")
        self.mean = float(mu)
        self.stdev = float(sigma)
        self._data: NDArray[np.float64] = np.empty(0)

    @property
    def data(self) -> NDArray[np.float64]:
        """The samples, shape (N,)."""
        return self._data

    @data.setter
    def data(self, values: Sequence[float] | NDArray[np.float64]) -> None:
        why = f"data must be finite numbers, of {_LARGEST:g} at most"
        try:
            samples = np.array(values, np.float64).ravel()
        except (TypeError, ValueError):
            raise ValueError(why) from None
        if not (np.abs(samples) <= _LARGEST).all():
            raise ValueError(why)
        self._data = samples

    def read_data_file(self, path: Path | str) -> None:
        """Read ``data`` from a text file, as :meth:`read_data` has it.

        Raises :class:`DataFileError` also if the file cannot be read.
        """
        try:
            data = read_regular(Path(path), MOST_DATA_BYTES)
        except OSError as error:
            reason = failure_reason(error)
            raise DataFileError(
                _("{file} cannot be read as a text file: {reason}", file=path, reason=reason)
            ) from None
        except ValueError:
            raise DataFileError(_("{file} cannot be read as a text file", file=path)) from None
        self.read_data(data, str(path))

    def read_data(self, data: bytes, name: str) -> None:
        """Read ``data`` from a text with one number per line, decimals with a point.

        Blank lines and what follows a ``#`` are skipped; lines may end as on Windows. ``name`` is
        what sentences call it. Raises :class:`DataFileError`, which names the line, if one is not
        a finite number, and if there is no number at all or it is no text.
        """
        try:
            text = io.TextIOWrapper(io.BytesIO(data), encoding="utf-8-sig").read()
        except UnicodeDecodeError:
            raise DataFileError(_("{file} cannot be read as a text file", file=name)) from None
        numbers = []
        # Reading has made every line end a "\n". splitlines() would also split at form feeds and
        # such, and name another line than an editor does.
        for count, line in enumerate(text.split("\n"), start=1):
            entry = line.partition("#")[0].strip()
            if entry:
                numbers.append(_number(entry, count, name))
        if not numbers:
            raise DataFileError(
                _("{file} holds no numbers", file=name), _("write one on each line")
            )
        self.data = numbers

    def __repr__(self) -> str:
        return f"mean {self.mean:g}, standard deviation {self.stdev:g}"

    def _samples(self) -> NDArray[np.float64]:
        if self._data.size == 0:
            raise ValueError("there are no data to calculate from")
        return self._data


def _number(entry: str, line: int, name: str) -> float:
    try:
        # Python reads "1_5" as fifteen; nobody who writes data means that.
        number = math.nan if "_" in entry else float(entry)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise DataFileError(
            _(
                "Line {line} of {file} is not a number: {entry!r:.60}",
                line=line,
                file=name,
                entry=entry,
            )
        )
    if abs(number) > _LARGEST:
        raise DataFileError(
            _(
                "Line {line} of {file} is too large a number: {entry!r:.60} (at most {most:g})",
                line=line,
                file=name,
                entry=entry,
                most=_LARGEST,
            )
        )
    return number


def like_argument(x: ArrayLike, result: NDArray[np.float64]) -> float | NDArray[np.float64]:
    """``result`` as a float where the argument ``x`` was a scalar."""
    return float(result) if np.ndim(x) == 0 else result


def current_axes(axes: Axes | None) -> Axes:
    """``axes``, or those of pyplot's current figure for somebody who works without a window."""
    if axes is not None:
        return axes
    from matplotlib import pyplot

    return pyplot.gca()
