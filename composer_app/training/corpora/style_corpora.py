"""The corpora of the other styles, which travel with Composer in assets/.

``hymn.npz``: 280 four-part hymns of the Open Hymnal Project, each placed in the public domain.
``ragtime.npz``: 17 piano rags in Mutopia's public-domain editions, as four voices: the right hand's
top line, two chord voices and the bass; the chord voices rest where the bass strikes.
``lieder.npz``: 1,016 songs of the OpenScore Lieder Corpus, the piano reduced to three lines.
``quartets.npz``: 338 movements of the OpenScore String Quartets.
``leadsheets.npz``: 191 songs of OpenEWLD, a melody with chord symbols.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from composer_app.errors import CorpusError
from composer_app.music.files.array_file import read_arrays
from composer_app.plain_text import one_line_name
from composer_app.resources import resource_folder
from composer_app.training.config import STYLES, VOICES
from composer_app.training.corpora.annotated_corpora import (
    LABELLED_STYLES,
    ChordRows,
    held_out,
    read_chord_labels,
)
from composer_app.training.corpora.chord_row import NO_CHORD
from composer_app.training.corpora.corpus import REST, Piece, beat_steps, chord_rows
from composer_app.training.corpora.piano_lines import piano_lines
from composer_app.translation import _

# The file of each style.
_FILES: Final = {
    "hymn": "hymn",
    "ragtime": "ragtime",
    "song": "lieder",
    "quartet": "quartets",
    "leadsheet": "leadsheets",
}
STYLE_CORPORA: Final = tuple(_FILES)
_SPLIT_FILE: Final = Path(__file__).with_name("style_splits.json")
# Long bars are read as two shorter ones, as the network knows bars (see bar_positions).
_LONG_BARS: Final = {24: 12, 32: 16}
# Bars of 2/4, and of 3/8.
_SHORT_BARS: Final = (8, 6)
_ARRAYS: Final = ("pitch", "onset", "bad", "pos", "barlen", "num", "den", "bar", "start", "name")
_PIANO: Final = ("pn_index", "pn_start", "pn_dur", "pn_pitch", "pn_staff", "pn_off")
_CHORDS: Final = ("chord_root", "chord_qual", "chord_bass")
# What the files hold beyond that.
_MORE: Final = {
    "song": _CHORDS,
    "quartet": _CHORDS,
    "leadsheet": (*_CHORDS, "shared_tune"),
}


def style_split(style: str) -> dict[str, str]:
    """The split of each piece of ``style`` that is not for training, by name.

    "valid" and "test" keep settings of the same tune together. "left out" are hymns whose melody
    shares more than a quarter of its eight-beat passages with chorales on which the Bach model is
    measured: nobody trains on them.
    """
    splits = json.loads(_SPLIT_FILE.read_text())[style]
    return {name: split for split, names in splits.items() for name in names}


def read_songs_with_piano(folder: Path | None = None) -> Iterator[Piece]:
    """The songs with all that the pianist plays; :class:`CorpusError` if the file is damaged.

    Each has six lines: the voice, and those of :mod:`~composer_app.training.corpora.piano_lines`.
    """
    path = (folder or resource_folder("assets") / "corpora") / f"{_FILES['song']}.npz"
    try:
        arrays = read_arrays(path, (*_PIANO, "bad_voice"))
        index = arrays["pn_index"].astype(np.int64)
        notes = {key: arrays[key].astype(np.int64) for key in _PIANO[1:]}
    except (OSError, KeyError, TypeError, ValueError):
        raise CorpusError(_("{file} is damaged", file=path), _("install Composer again")) from None
    row = 0
    for song, piece in enumerate(read_style("song", folder)):
        span = slice(int(index[song]), int(index[song + 1]))
        start, duration, pitch, staff, off = (notes[key][span] for key in _PIANO[1:])
        hands, struck = piano_lines(start, duration, pitch, staff, piece.steps)
        bad = arrays["bad_voice"][row : row + piece.steps].copy()
        for begin, length in zip(start[off > 0], duration[off > 0], strict=True):
            bad[begin : begin + max(1, length)] = True
        row += piece.steps
        yield replace(
            piece,
            pitch=np.concatenate([piece.pitch[:, :1], hands], axis=1),
            onset=np.concatenate([piece.onset[:, :1], struck], axis=1),
            bad=bad,
        )


def read_style(style: str, folder: Path | None = None) -> Iterator[Piece]:
    """Every piece of ``style`` with its split; :class:`CorpusError` if the file is damaged."""
    folder = folder or resource_folder("assets") / "corpora"
    path = folder / f"{_FILES[style]}.npz"
    try:
        arrays = read_arrays(path, (*_ARRAYS, *_MORE.get(style, ())))
        split = _splits(style, arrays)
        labels = read_chord_labels(style) if style in LABELLED_STYLES else {}
        bounds = zip(arrays["start"][:-1], arrays["start"][1:], strict=True)
        for index, (begin, end) in enumerate(bounds):
            name = _short(str(arrays["name"][index]))
            span = slice(int(begin), int(end))
            yield Piece(
                name,
                split[index],
                **_notes(arrays, span),
                **_bars(arrays, span),
                chord=chord_rows(labels[name] if labels else _chords(arrays, span)),
                style=style,
            )
    except FileNotFoundError:
        raise CorpusError(
            _("There is no corpus at {file}", file=path), _("install Composer again")
        ) from None
    except (OSError, IndexError, KeyError, TypeError, ValueError):
        raise CorpusError(_("{file} is damaged", file=path), _("install Composer again")) from None


def _short(name: str) -> str:
    return Path(one_line_name(name)).stem


def _splits(style: str, arrays: Mapping[str, NDArray[Any]]) -> list[str]:
    names = [str(name) for name in arrays["name"]]
    if style in STYLES:
        listed = style_split(style)
        return [listed.get(_short(name), "train") for name in names]
    shared = arrays.get("shared_tune", np.zeros(len(names), np.bool_))
    return [
        held_out(name, shared_tune=tune) for name, tune in zip(names, shared.tolist(), strict=True)
    ]


def _notes(arrays: Mapping[str, NDArray[Any]], span: slice) -> dict[str, NDArray[Any]]:
    """Pitches and onsets (T, 4): of a melody alone the other voices rest."""
    pitch, onset = arrays["pitch"][span], arrays["onset"][span]
    if pitch.ndim == 1:
        missing = ((0, 0), (0, VOICES - 1))
        pitch = np.pad(pitch[:, None], missing, constant_values=REST)
        onset = np.pad(onset[:, None], missing)
    return {
        "pitch": pitch,
        "onset": onset,
        "bad": arrays["bad"][span],
        "fermata": _ending(onset),
    }


def _chords(arrays: Mapping[str, NDArray[Any]], span: slice) -> ChordRows:
    nothing = np.full(span.stop - span.start, NO_CHORD, np.int8)
    return ChordRows(*(arrays[key][span] if key in arrays else nothing for key in _CHORDS))


def _bars(arrays: Mapping[str, NDArray[Any]], span: slice) -> dict[str, NDArray[Any]]:
    """Positions, lengths and beats: long bars are halved, those of 2/4 and 3/8 joined in pairs."""
    position, length = arrays["pos"][span].copy(), arrays["barlen"][span].copy()
    bar = arrays["bar"][span]
    beat = np.full(len(position), 4, np.int16)
    metres = arrays["num"][span], arrays["den"][span]
    for numerator, denominator in set(zip(*(each.tolist() for each in metres), strict=True)):
        here = (metres[0] == numerator) & (metres[1] == denominator)
        beat[here] = beat_steps(numerator, denominator)
    for long, half in _LONG_BARS.items():
        position[length == long] %= half
        length[length == long] = half
    for short in _SHORT_BARS:
        here = length == short
        position[here] += (short * (bar[here] % 2)).astype(np.int16)
        length[here] = 2 * short
    return {"position": position, "bar_length": length, "beat": beat}


def _ending(onset: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """(T,): the melody's last note, the one phrase end these sources are sure of."""
    ending = np.zeros(len(onset), np.bool_)
    struck = np.flatnonzero(onset[:, 0])
    if struck.size:
        ending[struck[-1] :] = True
    return ending
