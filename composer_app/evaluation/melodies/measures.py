"""What is measured of melodies: distributions, closes, what comes again, and what was copied."""

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from composer_app.analysis.metrics.metric_distances import js_distance
from composer_app.evaluation.melodies.tunes import Tune
from composer_app.music.pitch import OCTAVE

# Intervals, note values and phrases beyond these count as the last ones.
_WIDEST: Final = 12
_LONGEST: Final = 24
_LONGEST_PHRASE: Final = 8
# A phrase ends with a note that lasts for half a bar, counted to the next one.
_PHRASE_END: Final = 0.5
# A motif has so many notes, and so many of another hand are looked for at most.
MOTIF: Final = 4
_LONGEST_RUN: Final = 40
DISTANCES: Final = {
    "interval": "interval JS",
    "duration": "duration JS",
    "place": "place in the bar JS",
    "degree": "degree JS",
    "phrase": "phrase length JS",
}
VALUES: Final = {
    "notes": "notes a beat",
    "range": "range, semitones",
    "steps": "steps and repeated notes",
    "leaps": "leaps beyond a fifth",
    "chordal": "chord tones on beats",
    "tonic": "ends on the tonic",
    "rhythms": "bars whose rhythm came before",
    "bars": "bars that came before",
    "copied": "longest run of a training melody, notes",
}

Histogram = NDArray[np.float64]


def histograms(tunes: Sequence[Tune]) -> dict[str, Histogram]:
    """One for each of :data:`DISTANCES`, pooled over ``tunes``."""
    interval, duration = np.zeros(2 * _WIDEST + 1), np.zeros(_LONGEST + 1)
    place, degree, phrase = np.zeros(2 * 24), np.zeros(OCTAVE), np.zeros(_LONGEST_PHRASE + 1)
    for tune in tunes:
        for each in tune.intervals:
            interval[min(max(each, -_WIDEST), _WIDEST) + _WIDEST] += 1
        for note in tune.notes:
            duration[min(note.duration, _LONGEST)] += 1
            # Bars of three quarters and of six eighths are told apart.
            place[note.start % tune.meter.steps_per_bar + 24 * (tune.beat == 6)] += 1
            degree[(note.pitch - tune.key.tonic) % OCTAVE] += note.duration
        for bars in phrase_bars(tune):
            phrase[min(bars, _LONGEST_PHRASE)] += 1
    found = (interval, duration, place, degree, phrase)
    return dict(zip(DISTANCES, found, strict=True))


def phrase_bars(tune: Tune) -> list[int]:
    """How many bars lie between the ends of its phrases."""
    bar = tune.meter.steps_per_bar
    ends = [
        note.start // bar
        for note, length in zip(tune.notes, tune.lengths, strict=True)
        if length >= _PHRASE_END * bar
    ]
    found, last = [], -1
    for end in sorted(set(ends)):
        found.append(end - last)
        last = end
    return found


def values(tunes: Sequence[Tune], copies: Sequence[int]) -> dict[str, float | None]:
    """The means of :data:`VALUES`; ``copies`` are the longest runs of each tune."""
    intervals = [abs(each) for tune in tunes for each in tune.intervals]
    closing = [tune for tune in tunes if tune.ends and tune.notes]
    return {
        "notes": _mean([len(t.notes) * t.beat / t.steps for t in tunes]),
        "range": _mean([_range(t) for t in tunes if t.notes]),
        "steps": _mean([float(each <= 2) for each in intervals]),
        "leaps": _mean([float(each > 7) for each in intervals]),
        "chordal": _mean([float(each) for t in tunes for each in _chordal(t)]),
        "tonic": _mean([float(t.notes[-1].pitch % OCTAVE == t.key.tonic) for t in closing]),
        "rhythms": _mean([each for t in tunes for each in _again(t, _rhythm)]),
        "bars": _mean([each for t in tunes for each in _again(t, _whole)]),
        "copied": _mean([float(each) for each in copies]),
    }


def _mean(row: list[float]) -> float | None:
    return float(np.mean(row)) if row else None


def distances(tunes: Sequence[Tune], reference: Sequence[Tune]) -> dict[str, float]:
    """How far ``tunes`` are from ``reference``, in bits, by :data:`DISTANCES`."""
    ours, theirs = histograms(tunes), histograms(reference)
    return {name: js_distance(ours[name], theirs[name]) for name in DISTANCES}


def _range(tune: Tune) -> float:
    pitches = [note.pitch for note in tune.notes]
    return float(max(pitches) - min(pitches))


def _chordal(tune: Tune) -> list[bool]:
    """Of each note that begins on a beat over a known chord: whether it belongs to that."""
    found = []
    for note in tune.notes:
        chord = tune.chords[note.start] if note.start < len(tune.chords) else None
        if chord is not None and note.start % tune.beat == 0:
            found.append(note.pitch % OCTAVE in chord.chord_tones)
    return found


def _rhythm(tune: Tune, bar: int) -> Hashable:
    first, length = bar * tune.meter.steps_per_bar, tune.meter.steps_per_bar
    inside = [n for n in tune.notes if first <= n.start < first + length]
    return tuple(note.start - first for note in inside)


def _whole(tune: Tune, bar: int) -> Hashable:
    first, length = bar * tune.meter.steps_per_bar, tune.meter.steps_per_bar
    inside = [n for n in tune.notes if first <= n.start < first + length]
    return tuple((note.start - first, note.pitch) for note in inside)


def _again(tune: Tune, what: Callable[[Tune, int], Hashable]) -> list[float]:
    """Of each bar but the first: whether one before was the same."""
    bars = [what(tune, bar) for bar in range(tune.bars)]
    return [float(each in bars[:index]) for index, each in enumerate(bars) if index]


# motifs and copies ----------------------------------------------------------------------------


def motifs(tune: Tune) -> dict[str, Counter[Hashable]]:
    """The runs of :data:`MOTIF` notes, by their lengths and by their intervals."""
    lengths, intervals = tune.lengths, tune.intervals
    return {
        "rhythm": Counter(tuple(lengths[i : i + MOTIF]) for i in range(len(lengths) - MOTIF + 1)),
        "intervals": Counter(
            tuple(intervals[i : i + MOTIF - 1]) for i in range(len(intervals) - MOTIF + 2)
        ),
    }


def shared_motifs(after: Tune, before: Tune) -> dict[str, float | None]:
    """The share of the motifs of ``after`` that ``before`` has, too; None where there are none."""
    ours, theirs = motifs(after), motifs(before)
    return {
        name: sum(n for each, n in row.items() if each in theirs[name]) / row.total()
        if row.total()
        else None
        for name, row in ours.items()
    }


class Copies:
    """The runs of notes of training melodies, up to :data:`_LONGEST_RUN` of them."""

    def __init__(self, training: Sequence[Tune]) -> None:
        self._rows = [_signs(tune) for tune in training]
        self._runs: dict[int, set[tuple[tuple[int, int], ...]]] = {}

    def _of(self, length: int) -> set[tuple[tuple[int, int], ...]]:
        if length not in self._runs:
            self._runs[length] = {
                tuple(row[i : i + length])
                for row in self._rows
                for i in range(len(row) - length + 1)
            }
        return self._runs[length]

    def longest(self, tune: Tune) -> int:
        """How many notes in a row ``tune`` shares with one of them: intervals and lengths."""
        row, best = _signs(tune), 0
        for start in range(len(row)):
            while best < _LONGEST_RUN and start + best < len(row):
                if tuple(row[start : start + best + 1]) not in self._of(best + 1):
                    break
                best += 1
        return best + 1 if best else 0


def _signs(tune: Tune) -> list[tuple[int, int]]:
    return list(zip(tune.intervals, tune.lengths, strict=False))
