"""Learn and measure how the tempo is heard of music without beats.

Pieces of the corpora that travel with Composer are played at a random tempo from 60 to 160 BPM,
after a random silence, in milliseconds, as sequencers count film frames. The beat is the quarter;
in compound metres the dotted quarter is right as well. Usage:

    python -m scripts.measure_tempo_by_ear learn
    python -m scripts.measure_tempo_by_ear measure [valid|test]
"""

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice

import numpy as np
from numpy.typing import NDArray

from composer_app.music.midi.events import tempo_by_ear as ear
from composer_app.training.corpora.annotated_corpora import held_out, read_annotated
from composer_app.training.corpora.style_corpora import read_style

LOWEST, HIGHEST = 60.0, 160.0
STEPS = 4
NEAR = 0.01
# In beats.
NEAR_BEAT = 0.06
LEAST_NOTES = 16
# Of the pieces that are learned from, one in so many, played exactly and as people do, in seconds.
EACH = 5
JITTERS = (0.0, 0.02)


@dataclass(frozen=True)
class Played:
    """Notes in seconds, and the tempo and place of a beat that are right.

    The place is None where it is not known; beats may be ``dotted``.
    """

    corpus: str
    onsets: list[float]
    lengths: list[float]
    strengths: list[float]
    bpm: float
    beat: float | None
    dotted: bool

    def right(self, bpm: float) -> bool:
        """Whether ``bpm`` is the tempo."""
        rates = (self.bpm, self.bpm / 1.5) if self.dotted else (self.bpm,)
        return any(abs(bpm / rate - 1) < NEAR for rate in rates)


def notes_of(pitch: NDArray[np.int16], onset: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """(start, steps) of each note of each voice of a grid (T, voices)."""
    for voice in range(pitch.shape[1]):
        starts = np.flatnonzero(onset[:, voice] & (pitch[:, voice] >= 0))
        ends = np.flatnonzero(np.append(onset[:, voice] | (pitch[:, voice] < 0), True))
        for start in starts.tolist():
            yield start, int(ends[np.searchsorted(ends, start, side="right")]) - start


def played(split: str, jitter: float = 0.0) -> Iterator[Played]:
    """The pieces of ``split`` as somebody plays them who misses by ``jitter`` seconds."""
    chance = np.random.default_rng(5)
    for piece in read_style("hymn"):
        if held_out(piece.name) == split:
            yield from _played("hymn", piece.pitch, piece.onset, None, False, chance, jitter)
    for corpus in ("leadsheets", "lieder"):
        for song in read_annotated(corpus):
            if song.split != split:
                continue
            beats = np.flatnonzero(song.position % STEPS == 0)
            compound = int(song.denominator[0]) == 8 and int(song.numerator[0]) % 3 == 0
            beat = None if compound or not len(beats) else int(beats[0])
            yield from _played(corpus, song.pitch, song.onset, beat, compound, chance, jitter)
            if corpus == "lieder":
                alone = song.pitch[:, :1], song.onset[:, :1]
                yield from _played("lieder, voice alone", *alone, beat, compound, chance, jitter)


def _played(
    corpus: str,
    pitch: NDArray[np.int16],
    onset: NDArray[np.bool_],
    beat: int | None,
    dotted: bool,
    chance: np.random.Generator,
    jitter: float,
) -> Iterator[Played]:
    found = np.array(list(notes_of(pitch, onset)), np.float64).reshape(-1, 2)
    bpm = float(np.round(np.exp(chance.uniform(np.log(LOWEST), np.log(HIGHEST))), 1))
    silence = float(chance.uniform(0, 2))
    if len(found) < LEAST_NOTES:
        return
    step, first = 60 / bpm / STEPS, found[:, 0].min()
    onsets = silence + step * (found[:, 0] - first) + chance.normal(0, jitter, len(found))
    yield Played(
        corpus,
        np.round(onsets, 3).tolist(),
        np.round(step * found[:, 1], 3).tolist(),
        chance.uniform(60, 100, len(found)).tolist(),
        bpm,
        None if beat is None else float(silence + step * (beat - first)),
        dotted,
    )


def learn() -> None:
    """Print weights."""
    rows = []
    seen = missing = 0
    for piece in chain(*(islice(played("train", each), 0, None, EACH) for each in JITTERS)):
        times, weights = ear.comb_of(piece.onsets, piece.lengths, piece.strengths)
        candidates = ear.candidates_of(times, weights)
        right = [piece.right(60 * each.hertz) for each in candidates]
        seen += 1
        if not any(right):
            missing += 1
            continue
        rows.append((np.array([each.evidence for each in candidates]), np.array(right)))
    print(f"{seen} pieces, the tempo is no candidate in {missing}")
    most = max(len(right) for _evidence, right in rows)
    evidence = np.zeros((len(rows), most, rows[0][0].shape[1]))
    there, wanted = np.zeros((2, len(rows), most))
    for row, (each, is_right) in enumerate(rows):
        count = len(is_right)
        evidence[row, :count], there[row, :count], wanted[row, :count] = each, 1.0, is_right
    weights = np.zeros(evidence.shape[-1])
    memory = np.zeros_like(weights)
    for _turn in range(1500):
        scores = evidence @ weights
        chances = np.exp(scores - scores.max(axis=1, keepdims=True)) * there
        chances /= chances.sum(axis=1, keepdims=True)
        hits = chances * wanted
        hits /= np.maximum(hits.sum(axis=1, keepdims=True), 1e-12)
        gradient = np.einsum("pc,pcf->f", hits - chances, evidence) / len(rows) - 0.001 * weights
        memory = 0.9 * memory + gradient
        weights += 0.1 * memory
    best = (evidence @ weights - 1e9 * (1 - there)).argmax(axis=1)
    print(f"right in {wanted[np.arange(len(rows)), best].mean():.3f} of those")
    print("WEIGHTS: Final = (" + ", ".join(f"{each:.2f}" for each in weights) + ")")


def measure(split: str) -> None:
    """Print how often what is heard is right."""
    for jitter in (0.0, 0.015, 0.03):
        told: dict[str, Counter[str]] = {}
        for piece in played(split, jitter):
            count = told.setdefault(piece.corpus, Counter())
            count["pieces"] += 1
            heard = ear.tempo_by_ear(piece.onsets, piece.lengths, piece.strengths)
            if heard is None:
                count["none"] += 1
                continue
            ratio = heard.bpm / piece.bpm
            if piece.right(heard.bpm):
                count["right"] += 1
                count["exact"] += abs(ratio - 1) < 1e-4
                period = 60 / heard.bpm
                if piece.beat is not None:
                    off = (heard.offset - piece.beat) / period
                    count["beats known"] += 1
                    count["on the beat"] += abs(off - round(off)) < NEAR_BEAT
            elif any(abs(ratio * each - 1) < NEAR for each in (0.5, 2)):
                count["twice or half"] += 1
            elif any(abs(ratio * each - 1) < NEAR for each in (1 / 3, 3, 2 / 3, 1.5, 4 / 3, 3 / 4)):
                count["thirds"] += 1
            else:
                count["wrong"] += 1
        for corpus, count in told.items():
            print(f"{1000 * jitter:3.0f} ms", corpus, dict(count))
    chance = np.random.default_rng(1)
    heard_in = 0
    for _ in range(200):
        onsets = np.cumsum(chance.exponential(0.3, 150)).tolist()
        heard_in += ear.tempo_by_ear(onsets, [0.3] * 150, [80.0] * 150) is not None
    print(f"onsets by chance: a tempo is heard in {heard_in} of 200")


if __name__ == "__main__":
    if sys.argv[1] == "learn":
        learn()
    else:
        measure(sys.argv[2] if len(sys.argv) > 2 else "valid")
