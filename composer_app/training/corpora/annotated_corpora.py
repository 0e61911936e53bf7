"""The corpora whose chords are known, which travel with Composer in assets/corpora.

``leadsheets.npz``: 191 melodies with the chord symbols that people wrote above them (OpenEWLD).
``lieder.npz``: 1016 songs, voice and piano reduced to four lines, with chords labelled by the rule
of :mod:`composer_app.analysis.chord_labels`, from the whole piano part (OpenScore).
``chords_bach.npz`` and ``chords_hymn.npz``: labels, by the same rule, of the chorales and hymns
that :mod:`composer_app.training.corpora.corpus` and
:mod:`composer_app.training.corpora.style_corpora` read. The README beside them says
where all of it is from.
"""

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from composer_app.errors import CorpusError
from composer_app.music.files.array_file import read_arrays
from composer_app.music.harmony.chord_qualities import QUALITIES
from composer_app.plain_text import one_line_name
from composer_app.resources import resource_folder
from composer_app.translation import _

ANNOTATED_CORPORA: Final = ("leadsheets", "lieder")
LABELLED_STYLES: Final = ("bach", "hymn")
_CHORDS: Final = ("chord_root", "chord_qual", "chord_bass")
_ROWS: Final = {
    "pitch": "pitch",
    "onset": "onset",
    "bad": "bad",
    "position": "pos",
    "bar_length": "barlen",
    "numerator": "num",
    "denominator": "den",
    "bar": "bar",
    "fifths": "fifths",
    "irregular": "irregular",
}
_TENTHS: Final = 10


@dataclass(frozen=True, slots=True, eq=False)
class ChordRows:
    """The chord that sounds at each step, each array (T,).

    ``root`` and ``bass`` are pitch classes (C = 0), ``quality`` an index into
    :data:`~composer_app.music.harmony.chord_qualities.QUALITIES`; -1 where there is none.
    """

    root: NDArray[np.int8]
    quality: NDArray[np.int8]
    bass: NDArray[np.int8]


@dataclass(frozen=True, slots=True, eq=False)
class AnnotatedPiece:
    """A piece of T steps with its chords.

    ``pitch`` and ``onset`` are (T, 4), top voice first, MIDI or -1; a lead sheet has its melody
    alone: (T, 1). The other arrays are (T,). ``bad`` is true where a note was rounded to the grid,
    ``position`` the step within the bar (an upbeat starts late in its bar), ``bar_length`` in
    steps, ``numerator`` and ``denominator`` the metre, ``bar`` the bar's number from 0, ``fifths``
    the key signature as written, sharps positive, ``irregular`` true in bars whose length is not
    the metre's. ``shared_tune`` says that the melody opens a hymn or a chorale too.
    """

    name: str
    corpus: str
    split: str
    pitch: NDArray[np.int16]
    onset: NDArray[np.bool_]
    bad: NDArray[np.bool_]
    position: NDArray[np.int16]
    bar_length: NDArray[np.int16]
    numerator: NDArray[np.int8]
    denominator: NDArray[np.int8]
    bar: NDArray[np.int16]
    fifths: NDArray[np.int8]
    irregular: NDArray[np.bool_]
    chords: ChordRows
    shared_tune: bool = False

    @property
    def steps(self) -> int:
        """T."""
        return len(self.pitch)

    @property
    def melody(self) -> NDArray[np.int16]:
        """(T,): the pitch of the top voice, or -1."""
        return self.pitch[:, 0]

    @property
    def melody_onset(self) -> NDArray[np.bool_]:
        """(T,): where the top voice is struck."""
        return self.onset[:, 0]


def held_out(name: str, *, shared_tune: bool = False) -> str:
    """The split of the piece ``name``: a tenth is for testing, a tenth for validation.

    The CRC-32 of the name decides, so that it stays what it is when pieces are added. A tune that
    hymns or chorales share is never trained on: half of those go to either side.
    """
    tenth = zlib.crc32(name.encode()) % _TENTHS
    if tenth > 1 and not shared_tune:
        return "train"
    return "valid" if tenth % 2 else "test"


def read_annotated(corpus: str, folder: Path | None = None) -> Iterator[AnnotatedPiece]:
    """Every piece of ``corpus`` with its split; :class:`CorpusError` if the file is damaged."""
    path = (folder or resource_folder("assets") / "corpora") / f"{corpus}.npz"
    shared = ("shared_tune",) if corpus == "leadsheets" else ()
    arrays = _arrays(path, [*_ROWS.values(), *_CHORDS, *shared, "start", "name"])
    melody_alone = arrays["pitch"].ndim == 1
    for key in ("pitch", "onset"):
        arrays[key] = arrays[key][:, None] if melody_alone else arrays[key]
    for index, (name, span) in enumerate(_spans(arrays)):
        tune = bool(arrays["shared_tune"][index]) if shared else False
        yield AnnotatedPiece(
            one_line_name(name),
            corpus,
            held_out(name, shared_tune=tune),
            chords=_chords(arrays, span),
            shared_tune=tune,
            **{field: arrays[key][span] for field, key in _ROWS.items()},
        )


def read_chord_labels(style: str, folder: Path | None = None) -> dict[str, ChordRows]:
    """The chords of each piece of ``style`` ("bach" or "hymn"), by the piece's name.

    They have as many steps as the piece has in
    :func:`~composer_app.training.corpora.corpus.read_bach` or
    :func:`~composer_app.training.corpora.style_corpora.read_style`. Raises :class:`CorpusError`.
    """
    path = (folder or resource_folder("assets") / "corpora") / f"chords_{style}.npz"
    arrays = _arrays(path, [*_CHORDS, "start", "name"])
    # read_style drops the folders and the ending of a hymn's name.
    names = str if style == "bach" else (lambda name: Path(one_line_name(name)).stem)
    return {names(name): _chords(arrays, span) for name, span in _spans(arrays)}


def _chords(arrays: dict[str, NDArray[Any]], span: slice) -> ChordRows:
    return ChordRows(*(arrays[key][span] for key in _CHORDS))


def _spans(arrays: dict[str, NDArray[Any]]) -> Iterator[tuple[str, slice]]:
    bounds = zip(arrays["start"][:-1].tolist(), arrays["start"][1:].tolist(), strict=True)
    for name, (begin, end) in zip(arrays["name"].tolist(), bounds, strict=True):
        yield name, slice(begin, end)


def _arrays(path: Path, names: Iterable[str]) -> dict[str, NDArray[Any]]:
    """The arrays of ``path``; :class:`CorpusError` where they do not belong together."""
    try:
        arrays = read_arrays(path, [*names, "qual_names"])
        rows = len(arrays["chord_root"])
        start = arrays["start"]
        if start[0] != 0 or start[-1] != rows or (np.diff(start) <= 0).any():
            raise ValueError("the pieces do not follow each other")
        if len(arrays["name"]) != len(start) - 1:
            raise ValueError("not every piece has a name")
        if tuple(arrays["qual_names"].tolist()) != QUALITIES:
            raise ValueError("the qualities have other numbers")
        if any(len(arrays[key]) != rows for key in (*_ROWS.values(), *_CHORDS) if key in arrays):
            raise ValueError("an array has another length")
    except FileNotFoundError:
        raise CorpusError(
            _("There is no corpus at {file}", file=path), _("install Composer again")
        ) from None
    except (OSError, IndexError, TypeError, ValueError):
        raise CorpusError(_("{file} is damaged", file=path), _("install Composer again")) from None
    return arrays
