"""Fits how much each measure of a track's notes speaks for the melody, and measures the choice.

Run with ``.venv/bin/python scripts/fit_melody_weights.py FOLDER`` it writes
composer_app/music/melody_evidence/weights.py; with ``--measure valid`` or ``--measure held`` it
prints how often the right track is found. FOLDER has hymn.npz, quartets.npz and lieder.npz: pitch
(N, 4) at each sixteenth, -1 for a rest, and onset, the melody in column 0, with start and name of
each piece; lieder.npz also every note of the piano. Six tenths of the pieces are fitted, two are to
choose by, two are held out; the movements of one quartet stay together.

The tracks are shuffled and have no names, so what is fitted is what the notes say. The model is a
conditional logit (McFadden 1974): the probability of a track is proportional to e to the power of
its score. Songs are there as four lines, as a voice with a piano, and as a voice with two hands;
each of the five kinds of piece weighs the same.
"""

import hashlib
import sys
from collections.abc import Iterator
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from composer_app.music.composition import Composition, Track
from composer_app.music.melody_evidence.notes import NoteEvidence, note_evidence
from composer_app.music.note import Note
from composer_app.music.voices import find_melody

WEIGHTS: Final = (
    Path(__file__).resolve().parents[1] / "composer_app/music/melody_evidence/weights.py"
)
KINDS: Final = (
    ("hymn", "lines"),
    ("quartets", "lines"),
    ("lieder", "lines"),
    ("lieder", "piano"),
    ("lieder", "hands"),
)
# How often a part plays says something else in songs, where the voice pauses, than elsewhere.
_BY_HAND: Final = "seldom"
_MEASURES: Final = tuple(each.name for each in fields(NoteEvidence) if each.name != _BY_HAND)
_RIDGE: Final = 0.003
_TURNS: Final = 60
_MOST_TRACKS: Final = 4
_HEADING: Final = '''"""How much each measure of notes.py counts, in nats for each unit of it.

Written by scripts/fit_melody_weights.py from songs with piano, string quartets and hymns.
"""

from typing import Final

WEIGHTS: Final = {
'''


@dataclass(frozen=True)
class Example:
    """A piece whose tracks are shuffled: which of them has the melody, and where it is used."""

    split: str
    piece: Composition
    melody: int


def examples(folder: Path, corpus: str, kind: str) -> Iterator[Example]:
    """The pieces of ``corpus``, as files of one kind."""
    with np.load(folder / f"{corpus}.npz", allow_pickle=False) as archive:
        # Each look into an archive unpacks a whole array.
        data = {name: archive[name] for name in archive.files}
    random = np.random.default_rng(1)
    for index, name in enumerate(data["name"].tolist()):
        steps = slice(data["start"][index], data["start"][index + 1])
        pitch, onset = data["pitch"][steps], data["onset"][steps]
        voices = [line(pitch[:, voice], onset[:, voice]) for voice in range(4)]
        if kind != "lines":
            voices = [voices[0], *piano(data, index, hands=kind == "hands")]
        if not voices[0]:
            continue
        order = random.permutation(len(voices)).tolist()
        tracks = tuple(Track(f"Track {at + 1}", 0, voices[of]) for at, of in enumerate(order))
        yield Example(split_of(name.split("#")[0]), Composition(tracks), order.index(0))


def split_of(name: str) -> str:
    """By the digits of a hash, so that another corpus does not move a piece."""
    tenth = int(hashlib.sha256(name.encode()).hexdigest()[:8], 16) % 10
    return "fit" if tenth < 6 else "valid" if tenth < 8 else "held"


def line(pitch: NDArray[np.int16], onset: NDArray[np.bool_]) -> tuple[Note, ...]:
    """The notes of one voice; a change of pitch begins one as well."""
    begins = onset | (np.diff(pitch, prepend=-1) != 0)
    starts = np.flatnonzero(begins & (pitch >= 0))
    ends = np.append(np.flatnonzero(begins | (pitch < 0)), len(pitch))
    following = ends[np.searchsorted(ends, starts, side="right")]
    return tuple(
        Note(int(start), int(pitch[start]), int(end - start))
        for start, end in zip(starts, following, strict=True)
    )


def piano(data: Any, song: int, *, hands: bool) -> list[tuple[Note, ...]]:
    """The notes of the piano in one part, or in one for each of two ``hands``."""
    span = slice(data["pn_index"][song], data["pn_index"][song + 1])
    columns = (data[f"pn_{name}"][span].tolist() for name in ("start", "dur", "pitch", "staff"))
    rows = [
        (Note(start, pitch, max(1, length)), staff == 1)
        for start, length, pitch, staff in zip(*columns, strict=True)
    ]
    if not hands:
        return [tuple(note for note, _ in rows)]
    return [tuple(note for note, right in rows if right is which) for which in (True, False)]


def fit(folder: Path) -> dict[str, float]:
    """The weights of the greatest likelihood, held small, by Newton's method."""
    rows, chosen, weights = [], [], []
    for corpus, kind in KINDS:
        found = [each for each in examples(folder, corpus, kind) if each.split == "fit"]
        for each in found:
            sounding = [index for index, track in enumerate(each.piece.tracks) if track.notes]
            evidence = note_evidence([each.piece.tracks[index] for index in sounding])
            rows.append(np.array([astuple(one)[: len(_MEASURES)] for one in evidence]))
            chosen.append(sounding.index(each.melody))
            weights.append(1 / len(found) / len(KINDS))
    spread = np.concatenate(rows).std(axis=0)
    there = np.zeros((len(rows), _MOST_TRACKS), np.bool_)
    values = np.zeros((len(rows), _MOST_TRACKS, len(_MEASURES)))
    for index, row in enumerate(rows):
        there[index, : len(row)], values[index, : len(row)] = True, row / spread
    share, right = np.array(weights), values[np.arange(len(rows)), chosen]
    result = np.zeros(len(_MEASURES))
    for _ in range(_TURNS):
        scores = np.where(there, values @ result, -np.inf)
        likely = np.exp(scores - scores.max(axis=1, keepdims=True))
        likely /= likely.sum(axis=1, keepdims=True)
        expected = np.einsum("nt,ntf->nf", likely, values)
        slope = share @ (expected - right) + _RIDGE * result
        bend = np.einsum("n,nt,ntf,ntg->fg", share, likely, values, values)
        bend -= np.einsum("n,nf,ng->fg", share, expected, expected)
        bend += _RIDGE * np.eye(len(_MEASURES))
        result -= np.linalg.solve(bend, slope)
    return dict(zip(_MEASURES, (result / spread).tolist(), strict=True))


def measure(folder: Path, split: str) -> None:
    """Print how often the right track is found in the pieces of ``split``."""
    for corpus, kind in KINDS:
        found = [each for each in examples(folder, corpus, kind) if each.split == split]
        right = sum(find_melody(each.piece) == each.melody for each in found)
        print(f"{corpus:<9} {kind:<6} {right:>4} of {len(found):>4}, {right / len(found):6.1%}")


def main(arguments: list[str]) -> int:
    """Fit, or measure where that is asked for."""
    folder = Path(arguments[0])
    if "--measure" in arguments:
        measure(folder, arguments[arguments.index("--measure") + 1])
        return 0
    rows = [f'    "{name}": {weight:.2f},\n' for name, weight in fit(folder).items()]
    WEIGHTS.write_text(f"{_HEADING}{''.join(rows)}}}\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
