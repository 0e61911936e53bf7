"""Near-copies: the longest run that a piece shares with the music its model was trained on.

A run is a row of whole beats at which the voices have the same pitches, all of them moved by one
and the same interval, rests included; whether a pitch is struck again does not count (as in
:mod:`composer_app.analysis.likeness.bar_copies`, which asks the same of whole bars). Beats at which
nothing accompanies the melody add nothing to its length.

The index keeps for each beat of the corpus 32 bits of a checksum of its pitches above the first
that sounds in it, and that pitch itself. Two different beats have the same checksum once in four
thousand million times, so that a run of two beats is one beyond reasonable doubt. It stands
beside the models as ``STYLE.copies.npz``.
"""

import re
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from composer_app.analysis.likeness.profile_building import Reference
from composer_app.analysis.voice_grid import REST, VoiceGrid
from composer_app.errors import ProfileError
from composer_app.music.files.array_file import read_arrays
from composer_app.plain_text import one_line_name
from composer_app.resources import resource_folder
from composer_app.translation import _

# From so many beats on a run that the melody shares is remarked upon. Of the chorales and hymns
# that no model was trained on, none shares more than seven beats with those that one was.
# (Without the melody it says little.)
NEAR_COPY: Final = 8
_BEAT: Final = 4
_SUFFIX: Final = ".copies.npz"
# The pitch of a beat at which nothing sounds.
_SILENT: Final = 255
_ALL, _ACCOMPANIMENT = 0, 1
_ARRAYS: Final = ("name", "start", "bar", "code", "first", "sounds")


@dataclass(frozen=True, slots=True)
class SharedRun:
    """A run that a piece shares with one of the corpus.

    ``beats`` is its length; ``start`` the step of our piece where it begins, ``bar`` the bar of
    the other piece, ``piece``, counted from 1 with an upbeat as 0. Theirs moved by
    ``transposition`` semitones is ours. ``melody`` says whether the melody is
    shared too, or the rest alone.
    """

    style: str
    piece: str
    beats: int
    start: int
    bar: int
    transposition: int
    melody: bool

    @property
    def steps(self) -> range:
        """Where it is in our piece."""
        return range(self.start, self.start + _BEAT * self.beats)

    @property
    def near_copy(self) -> bool:
        """Whether the run is longer than pieces of one style share by chance."""
        return self.melody and self.beats >= NEAR_COPY

    @property
    def sentence(self) -> str:
        """What is shared with which piece, where, and how far it was moved."""
        what = "All voices" if self.melody else "The voices below the melody"
        many = "beat" if self.beats == 1 else "beats"
        moved = ""
        if self.transposition:
            unit = "semitone" if abs(self.transposition) == 1 else "semitones"
            side = "higher" if self.transposition > 0 else "lower"
            moved = f", {abs(self.transposition)} {unit} {side}"
        return (
            f"{what} have {self.beats} {many} in common with {self.piece}: from beat"
            f" {self.start // _BEAT + 1} on what stands there in bar {self.bar}{moved}."
        )


@dataclass(frozen=True, slots=True, eq=False)
class CopyIndex:
    """The beats, B in all, of the pieces ``names`` (P,), which begin at ``start`` (P,).

    ``code`` and ``first`` (2, B) are checksums and first pitches: of all voices, and without the
    melody. ``sounds`` (B,) is whether an accompanying voice does, ``bar`` (B,) the bar's number.
    ``problems`` are about corpora that could not be read, and so are not in it.
    """

    styles: tuple[str, ...]
    names: tuple[str, ...]
    start: NDArray[np.int64]
    bar: NDArray[np.int64]
    code: NDArray[np.uint32]
    first: NDArray[np.int64]
    sounds: NDArray[np.bool_]
    problems: tuple[ProfileError, ...] = ()

    @classmethod
    def build(cls, style: str, pieces: Iterable[Reference]) -> "CopyIndex":
        """The index of a corpus, of the whole beats of each piece."""
        names, starts, parts = [], [0], []
        for piece in pieces:
            # Beats are counted from the first downbeat, backwards too.
            skipped = int(np.argmax(piece.position == 0)) % _BEAT
            beats = _Beats.of(piece.grid.pitch[skipped:])
            downbeats = np.cumsum(piece.position[skipped:] == 0)[::_BEAT][: len(beats.sounds)]
            names.append(piece_title(style, piece.name))
            starts.append(starts[-1] + len(beats.sounds))
            parts.append((downbeats, beats))
        return cls(
            (style,) * len(names),
            tuple(names),
            np.array(starts[:-1], np.int64),
            np.concatenate([bars for bars, _ in parts]).astype(np.int64),
            np.concatenate([beats.code for _, beats in parts], axis=1),
            np.concatenate([beats.first for _, beats in parts], axis=1),
            np.concatenate([beats.sounds for _, beats in parts]),
        )

    @classmethod
    def joined(cls, indices: Sequence["CopyIndex"]) -> "CopyIndex":
        """Several corpora as one; at least one."""
        shifts = np.cumsum([0, *(len(each.bar) for each in indices)])[:-1]
        return cls(
            tuple(style for each in indices for style in each.styles),
            tuple(name for each in indices for name in each.names),
            np.concatenate(
                [each.start + shift for each, shift in zip(indices, shifts, strict=True)]
            ),
            np.concatenate([each.bar for each in indices]),
            np.concatenate([each.code for each in indices], axis=1),
            np.concatenate([each.first for each in indices], axis=1),
            np.concatenate([each.sounds for each in indices]),
        )

    def save(self, stream: BinaryIO) -> None:
        """Write it to a file; the same index makes the same bytes."""
        arrays: dict[str, NDArray[Any]] = {
            "name": np.array(self.names),
            "start": self.start.astype(np.uint32),
            "bar": self.bar.astype(np.uint16),
            "code": self.code,
            "first": self.first.astype(np.uint8),
            "sounds": self.sounds,
        }
        np.savez_compressed(stream, allow_pickle=False, **arrays)

    @classmethod
    def load(cls, path: Path, style: str) -> "CopyIndex":
        """Read what :meth:`save` wrote; :class:`ProfileError` if it is missing or damaged."""
        try:
            found = read_arrays(path, _ARRAYS)
            names = tuple(one_line_name(str(name)) for name in found["name"])
            index = cls(
                (style,) * len(names),
                names,
                found["start"].astype(np.int64),
                found["bar"].astype(np.int64),
                found["code"].astype(np.uint32),
                found["first"].astype(np.int64),
                found["sounds"].astype(np.bool_),
            )
            index._check()
        except (OSError, TypeError, ValueError):
            raise ProfileError(
                _("{file} is missing or damaged", file=path),
                _(
                    "install Composer again, or make it anew with '{command}'",
                    command="composer-app profile",
                ),
            ) from None
        return index

    def _check(self) -> None:
        """Raise :class:`ValueError` where the arrays do not belong together."""
        pieces, beats = len(self.names), self.sounds.size
        shapes = {"start": (pieces,), "bar": (beats,), "code": (2, beats), "first": (2, beats)}
        if not pieces or not beats or self.sounds.ndim != 1:
            raise ValueError("there are no pieces")
        if any(getattr(self, name).shape != shape for name, shape in shapes.items()):
            raise ValueError("the arrays differ in length")
        inside = self.start[0] == 0 and self.start[-1] < beats
        if not inside or (np.diff(self.start) <= 0).any():
            raise ValueError("the pieces do not follow each other")
        if ((self.first < 0) | (self.first > _SILENT)).any() or (self.bar < 0).any():
            raise ValueError("numbers that no score has")

    def longest(self, piece: VoiceGrid, *, melody: bool = True) -> SharedRun | None:
        """The longest run that ``piece``, from its first beat on, shares; None without any.

        Without ``melody`` the soprano may be another. Of equally long runs the first one.
        """
        layer = _ALL if melody else _ACCOMPANIMENT
        ours = _Beats.of(piece.pitch)
        codes, first = self.code[layer], self.first[layer]
        moves, our_moves = _moves(first), _moves(ours.first[layer])
        # A run does not lead from one piece to the next.
        inside = np.ones(codes.size, np.bool_)
        inside[self.start] = False
        beats = np.zeros(codes.size, np.int32)  # in the run that ends here, heard ones
        rows = np.zeros(codes.size, np.int32)  # all of them
        pitched = np.zeros(codes.size, np.bool_)  # whether anything has sounded in it
        best = (0, 0, 0, 0)
        for index, code in enumerate(ours.code[layer]):
            same = codes == code
            heard = int(ours.sounds[index])
            before = np.roll(rows, 1)
            # Where nothing has sounded yet there is no move that could differ.
            moved_alike = (moves == our_moves[index]) | ~np.roll(pitched, 1)
            goes_on = same & inside & (before > 0) & moved_alike
            beats = np.where(goes_on, np.roll(beats, 1), 0) + same * heard
            rows = np.where(goes_on, before, 0) + same
            pitched = same & (
                (goes_on & np.roll(pitched, 1)) | (ours.first[layer, index] != _SILENT)
            )
            place = int(np.argmax(beats))
            if beats[place] > best[0]:
                best = (int(beats[place]), int(rows[place]), index, place)
        if not best[0]:
            return None
        count, length, last, place = best
        begin, there = last - length + 1, place - length + 1
        which = int(np.searchsorted(self.start, place, side="right")) - 1
        heard_at = next(k for k in range(length) if ours.first[layer, begin + k] != _SILENT)
        moved = int(ours.first[layer, begin + heard_at] - first[there + heard_at])
        return SharedRun(
            self.styles[which],
            self.names[which],
            count,
            begin * _BEAT,
            int(self.bar[there]),
            moved,
            melody,
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Beats:
    """Of N beats: ``code`` and ``first`` (2, N), ``sounds`` (N,), as in :class:`CopyIndex`."""

    code: NDArray[np.uint32]
    first: NDArray[np.int64]
    sounds: NDArray[np.bool_]

    @classmethod
    def of(cls, pitch: NDArray[np.int16]) -> "_Beats":
        """Of (T, 4) pitches; what does not fill the last beat is left out."""
        count = len(pitch) // _BEAT
        cells = pitch[: count * _BEAT].reshape(count, _BEAT, pitch.shape[1])
        layers = [_coded(cells), _coded(cells[:, :, 1:])]
        return cls(
            np.stack([code for code, _ in layers]),
            np.stack([first for _, first in layers]),
            (cells[:, :, 1:] != REST).any(axis=(1, 2)),
        )


def _coded(cells: NDArray[np.int16]) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    flat = cells.reshape(len(cells), _BEAT * cells.shape[2]).astype(np.int64)
    where = np.argmax(flat != REST, axis=1)[:, None]
    first = np.take_along_axis(flat, where, axis=1)
    relative = np.where(flat == REST, -128, flat - first).astype(np.int8)
    codes = np.array([zlib.crc32(row.tobytes()) for row in relative], np.uint32)
    return codes, np.where(first[:, 0] == REST, _SILENT, first[:, 0])


def _moves(first: NDArray[np.int64]) -> NDArray[np.int64]:
    """How far each beat's first pitch lies from that of the last beat before that sounded."""
    index = np.where(first != _SILENT, np.arange(first.size), -1)
    last = np.maximum.accumulate(index)
    held = np.where(last >= 0, first[np.maximum(last, 0)], 0)
    return np.diff(held, prepend=held[:1])


def piece_title(style: str, name: str) -> str:
    """How people call the piece that the corpus of ``style`` calls ``name``."""
    stem = name.removesuffix(".mxl")
    if style == "bach":
        return re.sub(r"^bwv", "BWV ", stem)
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", stem.replace("_", " "))
    return spaced.replace("-", " – ") if style == "hymn" else spaced


def index_path(style: str, folder: Path | None = None) -> Path:
    """Where the index of ``style`` is, or would be."""
    return (folder or resource_folder("models")) / f"{style}{_SUFFIX}"


def load_copies(folder: Path | None = None) -> CopyIndex:
    """The index of every style, read once: a model may have heard them all.

    A file that is damaged is left out, and named among the index's ``problems``. Raises
    :class:`ProfileError` where there is none that can be read.
    """
    return _load(folder or resource_folder("models"))


@cache
def _load(folder: Path) -> CopyIndex:
    paths = sorted(folder.glob(f"*{_SUFFIX}"))
    if not paths:
        raise ProfileError(
            _("There is no index of known pieces in {folder}", folder=folder),
            _("install Composer again"),
        )
    indices, problems = [], []
    for path in paths:
        try:
            indices.append(CopyIndex.load(path, path.name.removesuffix(_SUFFIX)))
        except ProfileError as error:
            problems.append(error.afresh())
    if not indices:
        raise problems[0]
    return replace(CopyIndex.joined(indices), problems=tuple(problems))
