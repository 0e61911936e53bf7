"""Four-part music as arrays, one row a sixteenth step: the training data.

``composer-app corpus bach`` reads the Bach chorales that the package music21 carries
(encodings by Margaret Greentree) and writes one .npz; nothing is fetched from anywhere.
"""

import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from composer_app.errors import CorpusError
from composer_app.file_arguments import input_name, read_input, write_output
from composer_app.music.files.array_file import MOST_ARRAY_FILE_BYTES, arrays_in
from composer_app.music.timing import Meter
from composer_app.plain_text import one_line_name
from composer_app.training.config import VOICES
from composer_app.training.corpora.annotated_corpora import ChordRows, read_chord_labels
from composer_app.training.corpora.chord_row import NO_CHORD
from composer_app.translation import _

REST: Final = -1
_SPLIT_FILE: Final = Path(__file__).with_name("bach_split.json")
_VOICE_NAMES: Final = ("soprano", "alto", "tenor", "bass")


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of T steps for four voices, top voice first."""

    name: str
    split: str  # "train", "valid", "test", or "extra" (train, but not part of the JSB set)
    pitch: NDArray[np.int16]  # (T, 4), MIDI pitch or REST; of a voice with piano (T, 6)
    onset: NDArray[np.bool_]  # (T, 4) or (T, 6), true where a note is struck
    position: NDArray[np.int16]  # (T,), step within the bar; an upbeat starts late in it
    bar_length: NDArray[np.int16]  # (T,), steps of the bar
    fermata: NDArray[np.bool_]  # (T,), true while a note under a fermata sounds
    bad: NDArray[np.bool_]  # (T,), true where the score leaves the grid
    beat: NDArray[np.int16]  # (T,), steps of the beat: 4, 6 in compound metres, 8 in 2/2
    chord: NDArray[np.int8]  # (T, 3): root, quality and bass of the beat's chord, or NO_CHORD
    style: str = "bach"

    @property
    def steps(self) -> int:
        """T."""
        return len(self.pitch)


_LABELS: Final = ("name", "split", "style")
_WIDTHS: Final = {"chord": 3}
# Arrays of as many columns as the corpus has lines.
_BY_LINE: Final = ("pitch", "onset")
_ARRAYS: Final = tuple(f.name for f in fields(Piece) if f.name not in _LABELS)


@dataclass(frozen=True, slots=True)
class SplitEntry:
    """Where a chorale belongs; ``melody_in_test`` is the share of its melody found there too."""

    name: str
    split: str
    group: str
    melody_in_test: float


def bach_split() -> tuple[SplitEntry, ...]:
    """Each music21 chorale's split, equal to that of the literature's JSB Chorales.

    Duplicated chorales stand in the same split (``group``).
    """
    rows = json.loads(_SPLIT_FILE.read_text())["pieces"]
    return tuple(SplitEntry(*row) for row in rows)


def read_bach(progress: Callable[[float], None] | None = None) -> Iterator[Piece]:
    """Read every chorale of the split out of music21."""
    try:
        from music21 import corpus
    except ImportError:
        raise CorpusError(
            _("Reading the chorales needs music21"), _("install Composer with its extra [train]")
        ) from None
    entries = bach_split()
    labels = read_chord_labels("bach")
    for index, entry in enumerate(entries):
        score = corpus.parse(f"bach/{entry.name}")
        piece = read_score(score, entry.name, entry.split)
        yield replace(piece, chord=chord_rows(labels[entry.name]))
        if progress is not None:
            progress((index + 1) / len(entries))


def read_score(score: Any, name: str, split: str) -> Piece:
    """A :class:`Piece` from a music21 score of at least four parts."""
    parts = _four_parts(score, name)
    steps = max(round(float(part.highestTime) * 4) for part in parts)
    pitch = np.full((steps, VOICES), REST, np.int16)
    onset = np.zeros((steps, VOICES), np.bool_)
    bad = np.zeros(steps, np.bool_)
    fermata = np.zeros(steps, np.bool_)
    for voice, part in enumerate(parts):
        for note in part.flatten().notes:
            begin, end = float(note.offset) * 4, float(note.offset + note.quarterLength) * 4
            span = slice(round(begin), max(round(end), round(begin) + 1))
            if note.quarterLength == 0:  # a grace note takes no time
                continue
            if abs(begin - round(begin)) > 1e-6 or abs(end - round(end)) > 1e-6:
                bad[span] = True
            # In the rare chord of a divided part the highest note speaks for the voice.
            pitch[span, voice] = max(each.midi for each in note.pitches)
            continues = note.tie is not None and note.tie.type in ("stop", "continue")
            onset[span, voice] = False
            onset[span.start, voice] = not continues
            if voice == 0 and any(type(e).__name__ == "Fermata" for e in note.expressions):
                fermata[span] = True
    onset[0] = True
    previous = np.vstack([np.full((1, VOICES), REST, np.int16), pitch[:-1]])
    onset |= pitch != previous
    onset &= pitch != REST
    position, bar_length, beat = _bars(parts[0], steps)
    chord = np.full((steps, 3), NO_CHORD, np.int8)
    return Piece(name, split, pitch, onset, position, bar_length, fermata, bad, beat, chord)


def _four_parts(score: Any, name: str) -> list[Any]:
    parts = list(score.parts)
    named = [
        next((p for p in parts if str(p.partName or p.id).lower().startswith(voice)), None)
        for voice in _VOICE_NAMES
    ]
    if all(part is not None for part in named):
        return named
    if len(parts) < VOICES:
        raise CorpusError(_("{file} has {parts} parts, not four", file=name, parts=len(parts)))
    # Instruments that double the choir stand above it.
    return parts[-VOICES:]


def _bars(part: Any, steps: int) -> tuple[NDArray[np.int16], NDArray[np.int16], NDArray[np.int16]]:
    """Step within the bar, the bar's length and the beat's, for each step."""
    position = np.zeros(steps, np.int16)
    length = np.full(steps, 16, np.int16)
    beat = np.full(steps, 4, np.int16)
    for measure in part.getElementsByClass("Measure"):
        begin = round(float(measure.offset) * 4)
        full = round(float(measure.barDuration.quarterLength) * 4)
        first = round(float(measure.paddingLeft) * 4)
        count = steps - begin
        if count > 0:
            position[begin:] = (first + np.arange(count)) % full
            length[begin:] = full
            meter = measure.getContextByClass("TimeSignature")
            if meter is not None:
                beat[begin:] = beat_steps(int(meter.numerator), int(meter.denominator))
    return position, length, beat


def beat_steps(numerator: int, denominator: int) -> int:
    """Steps of a beat of a metre, as networks are told: 6 in compound metres, 8 in 2/2, else 4."""
    meter = Meter(numerator, denominator)
    return 8 if meter == Meter(2, 2) else meter.steps_per_beat


def chord_rows(chords: ChordRows) -> NDArray[np.int8]:
    """(T, 3): root, quality and bass; a chord of which anything is missing is none at all."""
    rows = np.stack([chords.root, chords.quality, chords.bass], axis=1).astype(np.int8)
    rows[(rows < 0).any(axis=1)] = NO_CHORD
    return rows


def save_corpus(pieces: list[Piece], path: Path) -> None:
    """Write ``pieces`` to one .npz: arrays joined, with the start of each piece.

    Raises a :class:`ComposerError` where that is not possible.
    """
    starts = np.cumsum([0, *(piece.steps for piece in pieces)])
    joined: dict[str, NDArray[Any]] = {
        name: np.concatenate([getattr(p, name) for p in pieces]) for name in _ARRAYS
    }
    joined["start"] = starts
    for label in _LABELS:
        joined[label] = np.array([getattr(piece, label) for piece in pieces])
    # A stream cannot be written at several places.
    packed = io.BytesIO()
    np.savez_compressed(packed, allow_pickle=False, **joined)
    write_output(path, packed.getvalue(), make_folder=True)


def load_corpus(path: Path, *splits: str) -> list[Piece]:
    """The pieces of ``path`` in ``splits`` (all when none is named).

    Raises :class:`CorpusError` for a file that is missing or is not a corpus.
    """
    try:
        data = read_input(path, MOST_ARRAY_FILE_BYTES)
        arrays = arrays_in(data, (*_ARRAYS, *_LABELS, "start"))
        return list(_cut(arrays, splits))
    except FileNotFoundError:
        raise CorpusError(
            _("There is no corpus at {file}", file=path),
            _("make it with '{command}'", command=f"composer-app corpus bach -o {path}"),
        ) from None
    except (OSError, IndexError, TypeError, ValueError):
        raise CorpusError(
            _("{file} is not a corpus that Composer wrote", file=input_name(path))
        ) from None


def _cut(arrays: dict[str, NDArray[Any]], splits: tuple[str, ...]) -> Iterator[Piece]:
    """The pieces in ``splits``; some error or other where the arrays do not belong together."""
    start = arrays["start"].astype(np.int64)
    steps = int(start[-1])
    if start[0] != 0 or (np.diff(start) <= 0).any():
        raise ValueError("the pieces do not follow each other")
    for name in _ARRAYS:
        wanted: tuple[int, ...] = (steps,)
        if name in _WIDTHS:
            wanted = (steps, _WIDTHS[name])
        if name in _BY_LINE:
            wanted = (steps, arrays["pitch"].shape[1])
        if arrays[name].shape != wanted:
            raise ValueError(f"{name} has another shape")
    labels = zip(*(arrays[label] for label in _LABELS), strict=True)
    for begin, end, (name, split, style) in zip(start[:-1], start[1:], labels, strict=True):
        if not splits or split in splits:
            cut = {key: arrays[key][begin:end] for key in _ARRAYS}
            yield Piece(one_line_name(str(name)), str(split), style=str(style), **cut)
