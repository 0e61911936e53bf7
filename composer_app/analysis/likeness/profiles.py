"""Reference profiles: what the music of a style measures, piece by piece.

A profile stands beside the models as ``STYLE.profile.json``; ``composer-app profile STYLE``
makes it from the training pieces (:mod:`composer_app.analysis.likeness.profile_building`). It holds
the histogram of every feature in the whole corpus, voice by voice, and how far each metric varies
from passage to passage, for passages of several lengths: a short piece strays farther from the mean
than a long one. All pieces weigh the same in that, however long they are.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from composer_app.analysis.histograms import Histogram
from composer_app.errors import ProfileError
from composer_app.music.files.regular_file import read_regular
from composer_app.plain_text import one_line, one_line_name
from composer_app.resources import resource_folder
from composer_app.translation import _

FORMAT: Final = 1
# Of each metric: its minimum, the 99 percentiles, its maximum.
QUANTILES: Final = 101
# All voices together, in Profile.histograms.
ALL_VOICES: Final = "all"
_SUFFIX: Final = ".profile.json"
# Ten times the largest of ours.
_MOST_BYTES: Final = 1_000_000
# No value of a feature, and no length in bars, is larger.
_LARGEST: Final = 10**6


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
    """How metrics vary over ``passages`` of ``bars`` bars: (101,) percentiles of each, by id."""

    bars: int
    passages: int
    quantiles: Mapping[str, NDArray[np.float64]]

    def percentile(self, metric: str, value: float) -> float:
        """Where ``value`` stands among the passages, 0 to 100.

        Where many passages measure the same, the middle of their places.
        """
        table = self.quantiles[metric]
        value = rounded(value)
        first, last = (int(np.searchsorted(table, value, side)) for side in ("left", "right"))
        if first < last:
            return (first + last - 1) / 2
        if first in (0, table.size):
            return 0.0 if first == 0 else 100.0
        low, high = table[first - 1], table[first]
        return float(first - 1 + (value - low) / (high - low))


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """The reference of one style.

    ``title`` is how the style is called in a sentence ("in Bach 3 %"), ``source`` where its music
    comes from. ``histograms`` are those of :data:`~composer_app.analysis.features.FEATURES` by id,
    then by voice ("Soprano" ... "Bass", "all"); velocities are missing, for the scores have none.
    ``references`` are the histograms that distances are measured to; ``spreads`` rise in bars.
    """

    style: str
    title: str
    source: str
    pieces: int
    bars: int
    histograms: Mapping[str, Mapping[str, Histogram]]
    references: Mapping[str, Histogram]
    spreads: tuple[Spread, ...]

    def spread(self, bars: int) -> Spread:
        """That of the passages whose length is nearest to ``bars``, as a ratio."""
        return min(self.spreads, key=lambda each: abs(np.log(each.bars / max(bars, 1))))

    def histogram(self, feature: str, voice: str = ALL_VOICES) -> Histogram | None:
        """The corpus's histogram of ``feature``, None where it has none.

        A voice that the corpus does not know, such as a track that somebody named, is all voices.
        """
        voices = self.histograms.get(feature)
        if voices is None:
            return None
        return voices.get(voice) or voices.get(ALL_VOICES)

    def to_json(self) -> str:
        """The text of a profile file."""
        data = {
            "format": FORMAT,
            "style": self.style,
            "title": self.title,
            "source": self.source,
            "pieces": self.pieces,
            "bars": self.bars,
            "histograms": {
                feature: {voice: _plain(histogram) for voice, histogram in voices.items()}
                for feature, voices in self.histograms.items()
            },
            "references": {name: _plain(histogram) for name, histogram in self.references.items()},
            "spreads": [
                {
                    "bars": spread.bars,
                    "passages": spread.passages,
                    "quantiles": {
                        name: [_short(number) for number in table]
                        for name, table in spread.quantiles.items()
                    },
                }
                for spread in self.spreads
            ],
        }
        return json.dumps(data, separators=(",", ":"), ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> "Profile":
        """The inverse of :meth:`to_json`; some error or other for anything else."""
        data = json.loads(text)
        if data["format"] != FORMAT:
            raise ValueError(f"profiles of format {data['format']} cannot be read")
        spreads = tuple(_spread(row) for row in data["spreads"])
        if not spreads:
            raise ValueError("there is nothing to compare with")
        return cls(
            one_line_name(data["style"]),
            one_line_name(data["title"]),
            one_line(data["source"]),
            int(data["pieces"]),
            int(data["bars"]),
            {
                feature: {voice: _histogram(rows) for voice, rows in voices.items()}
                for feature, voices in data["histograms"].items()
            },
            {name: _histogram(rows) for name, rows in data["references"].items()},
            spreads,
        )


def profile_path(style: str, folder: Path | None = None) -> Path:
    """Where the profile of ``style`` is, or would be."""
    return (folder or resource_folder("models")) / f"{style}{_SUFFIX}"


def profile_styles(folder: Path | None = None) -> tuple[str, ...]:
    """The styles that have a profile, by name."""
    files = (folder or resource_folder("models")).glob(f"*{_SUFFIX}")
    return tuple(sorted(path.name.removesuffix(_SUFFIX) for path in files))


def load_profile(style: str, folder: Path | None = None) -> Profile:
    """The profile of ``style``, read once.

    Raises :class:`ProfileError` for a style without a profile, and for a damaged file.
    """
    return _load(profile_path(style, folder))


@cache
def _load(path: Path) -> Profile:
    try:
        profile = Profile.from_json(read_regular(path, _MOST_BYTES).decode("utf-8"))
    except FileNotFoundError:
        style = path.name.removesuffix(_SUFFIX)
        known = ", ".join(profile_styles(path.parent)) or "none"
        raise ProfileError(
            _("There is no profile of the style {style} to compare with", style=style),
            _("choose one of those that are installed ({known})", known=known),
        ) from None
    except Exception:
        # Anybody may have made the file, and nobody can foresee what all it may hold.
        raise ProfileError(
            _("{file} is not a profile that this Composer can read", file=path),
            _(
                "install Composer again, or make the profile anew with '{command}'",
                command="composer-app profile",
            ),
        ) from None
    return profile


def rounded(value: float) -> float:
    """To the four digits that profiles keep."""
    return float(f"{value:.4g}")


def _plain(histogram: Histogram) -> list[list[int]]:
    return [histogram.values.tolist(), histogram.counts.tolist()]


def _histogram(rows: Any) -> Histogram:
    values, counts = (np.array(row, np.int64) for row in rows)
    if values.shape != counts.shape or (np.diff(values) <= 0).any() or (counts <= 0).any():
        raise ValueError("not a histogram")
    if (np.abs(values) > _LARGEST).any() or (counts > _LARGEST**2).any():
        raise ValueError("numbers that nothing has")
    return Histogram(values, counts)


def _spread(row: Any) -> Spread:
    tables = {name: np.array(table, np.float64) for name, table in row["quantiles"].items()}
    for table in tables.values():
        rises = table.shape == (QUANTILES,) and (np.diff(table) >= 0).all()
        if not rises or not (np.abs(table) <= _LARGEST).all():
            raise ValueError("not percentiles")
    bars, passages = int(row["bars"]), int(row["passages"])
    if not 1 <= bars <= _LARGEST or not 1 <= passages <= _LARGEST:
        raise ValueError("lengths and numbers are positive")
    return Spread(bars, passages, tables)


def _short(number: float) -> float | int:
    value = rounded(number)
    return int(value) if value == int(value) else value
