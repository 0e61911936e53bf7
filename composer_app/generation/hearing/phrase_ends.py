"""Where the phrases of a melody end, as far as that can be heard.

A segmentation by dynamic programming: a phrase is as probable as its length (two bars of 4/4 as a
rule), and its last note is the more probable the more it looks like one: long, on a strong beat,
before an upbeat, where the line comes to rest (grouping preference rules 2 and 5, Lerdahl and
Jackendoff 1983). How often each occurs was counted in the sopranos of the training chorales, whose
phrases end at fermatas. The most probable segmentation wins, but only if it is probably right:
otherwise, and for melodies unlike a chorale's, nothing is said.

On the validation chorales, the last note aside: in 4/4 heard with F1 0.87 (precision 0.86, recall
0.88; where it is sure, in 58 of 62, 0.90), in 3/4 0.73 (0.80 and 0.67 of only 36 ends); of the
excerpts that models are judged by 0.87 (65 of 67 sure) and 0.89.
scripts/measure_phrase_ends.py counts and measures anew.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from composer_app.generation.hearing.phrase_ends_tables import BEATS, LINES, PHRASES, RESTS, RHYTHMS
from composer_app.generation.placement import FERMATA_UNKNOWN, bar_places
from composer_app.music.meter_map import MeterMap
from composer_app.music.note import Note
from composer_app.music.timing import Meter

# Lengths from these steps on are told apart.
LENGTHS: Final = (1, 2, 3, 4, 6, 8, 12, 16)
# The tables are in tenths of a natural logarithm.
TENTHS: Final = 10
BEAT: Final = 4
# Phrases of so many beats and longer ones are alike; none but a single note is longer than the
# second number.
MOST_BEATS: Final = 24
_LONGEST_STEPS: Final = 160
# Natural logarithms: a phrase of no whole number of beats; a beat more than are told apart.
_OFF_BEAT: Final = -2.0
_BEAT_MORE: Final = -0.2
# Of training data only the chorales mark where phrases end.
_STYLE_WITH_ENDS: Final = "bach"
# The sopranos move in quarters, on the beat: a melody with shorter or longer notes than these on
# average, in steps, or with such a share of notes off the beat does not. In less than so many
# steps there is nothing to divide.
_FASTEST: Final = 2.5
_SLOWEST: Final = 8.0
_SYNCOPATED: Final = 0.5
_LEAST_STEPS: Final = 40
# What the expected F1 measure must reach for anything to be said.
_SURE: Final = 0.7

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Features:
    """What each of N notes looks like: rows of the tables, and where the notes begin.

    ``edges`` (N + 1,) are the steps at which they begin and the last one ends.
    """

    edges: Integers
    beat: Integers  # length and place in the bar
    line: Integers  # the interval to the note and the one from it
    rhythm: Integers  # whether its neighbours are shorter, as long, or longer
    rest: Integers  # whether a beat or more of silence follows


def phrase_marks(melody: Sequence[Note], steps: int, meters: MeterMap, style: str) -> Integers:
    """(steps,): 1 while the last note of a phrase sounds, 0 elsewhere, 2 where nobody knows.

    The piece ends where ``melody`` does: its last note is held as under a fermata.
    """
    marks = np.full(steps, FERMATA_UNKNOWN, np.int64)
    if not melody:
        return marks
    ends = hear_phrase_ends(melody, meters) if style == _STYLE_WITH_ENDS else None
    if ends is not None:
        marks[:] = 0
        for note in ends:
            marks[note.start : note.end] = 1
    marks[max(note.start for note in melody) :] = 1
    return marks


def hear_phrase_ends(melody: Sequence[Note], meters: MeterMap) -> list[Note] | None:
    """The last notes of the phrases, the melody's last one included; None where that is unsure.

    And None where the melody is mostly in metres other than 4/4, 2/2, 2/4 and 3/4.
    """
    notes = top_notes(melody)
    bar = _counted_bar(_usual_meter(notes, meters)) if notes else None
    places = bar_places(notes[-1].end, meters) if notes else np.zeros(0, np.int64)
    length = notes[-1].end - notes[0].start if notes else 0
    usual = _FASTEST * len(notes) <= length <= _SLOWEST * len(notes)
    off_beat = sum(places[note.start] % BEAT > 0 for note in notes)
    if bar is None or length < _LEAST_STEPS or not usual or off_beat > _SYNCOPATED * len(notes):
        return None
    chosen, probable = segment(features(notes, bar, places), bar)
    if expected_f1(chosen, probable) < _SURE:
        return None
    return [note for note, end in zip(notes, chosen.tolist(), strict=True) if end]


def _usual_meter(notes: Sequence[Note], meters: MeterMap) -> Meter:
    """The metre in which most of ``notes`` begin."""
    counts = Counter(meters.bar_at_step(note.start).meter for note in notes)
    return counts.most_common(1)[0][0]


def _counted_bar(meter: Meter) -> int | None:
    """Steps of the bar whose tables are right for ``meter``: 6/8 has not the beats of 3/4."""
    bar = meter.steps_per_bar
    if bar == 12 and meter.denominator != 4:
        return None
    return {16: 16, 8: 16, 12: 12}.get(bar)


def top_notes(melody: Sequence[Note]) -> list[Note]:
    """``melody`` as one line: the top of each chord, cut off where the next note begins."""
    top = {note.start: note for note in sorted(melody)}
    line = [top[start] for start in sorted(top)]
    cut = [
        replace(note, duration=min(note.duration, after.start - note.start))
        for note, after in pairwise(line)
    ]
    return cut + line[-1:]


def features(notes: Sequence[Note], bar: int, places: Integers) -> Features:
    """What ``notes``, one line, look like in bars of ``bar`` steps.

    ``places``, one for each step of the piece, are the steps' places in their bars. A short
    silence after a note is part of it: who plays detached means no rests.
    """
    edges = np.array([*(note.start for note in notes), notes[-1].end])
    length = np.diff(edges)
    place = places[edges[:-1]] % bar
    beats = bar // BEAT
    on_beat = np.where(place % BEAT == 0, place // BEAT, beats)
    kind = np.searchsorted(LENGTHS, length, side="right") - 1
    interval = np.diff([note.pitch for note in notes])
    # Repeated, a step up, a step down, a leap up, a leap down.
    moves = [interval == 0, (interval > 0) & (interval <= 2), (interval < 0) & (interval >= -2)]
    move = np.select([*moves, interval > 0], [0, 1, 2, 3], 4)
    before, after = np.append(BEAT, length[:-1]), np.append(length[1:], BEAT)
    silence = edges[1:] - np.array([note.end for note in notes])
    return Features(
        edges,
        kind * (beats + 1) + on_beat,
        np.append(0, move) * 5 + np.append(move, 0),
        (np.sign(before - length) + 1) * 3 + np.sign(after - length) + 1,
        (silence >= BEAT).astype(np.int64),
    )


def segment(heard: Features, bar: int) -> tuple[NDArray[np.bool_], Floats]:
    """``(chosen, probable)``, each (N,): the best segmentation's ends, and each note's chance.

    Viterbi's algorithm, and the forward-backward algorithm, over phrases as segments.
    """
    score = _end_scores(heard, bar)
    count = len(score)
    best, forward, backward = (np.full(count + 1, -np.inf) for _ in range(3))
    best[0] = forward[0] = backward[count] = 0.0
    origin = np.zeros(count + 1, np.int64)
    first = np.searchsorted(heard.edges, heard.edges - _LONGEST_STEPS)
    phrases: list[tuple[slice, Floats]] = [(slice(0), np.zeros(0))]
    lengths = _log_length(np.arange(heard.edges[-1] - heard.edges[0] + BEAT + 1), bar)
    for end in range(1, count + 1):
        begins = slice(min(int(first[end]), end - 1), end)
        weight = _length_scores(lengths, heard.edges, begins, end) + score[end - 1]
        phrases.append((begins, weight))
        ways = best[begins] + weight
        origin[end] = begins.start + ways.argmax()
        best[end] = ways.max()
        forward[end] = np.logaddexp.reduce(forward[begins] + weight)
    for end in range(count, 0, -1):
        begins, weight = phrases[end]
        backward[begins] = np.logaddexp(backward[begins], backward[end] + weight)
    chosen = np.zeros(count, np.bool_)
    end = count
    while end > 0:
        chosen[end - 1] = True
        end = int(origin[end])
    return chosen, np.exp(forward + backward - forward[count])[1:]


def expected_f1(chosen: NDArray[np.bool_], probable: Floats) -> float:
    """About what the F1 measure of ``chosen`` (N,) is, the last note aside; 0 for no end."""
    inner = chosen[:-1]
    total = inner.sum() + probable[:-1].sum()
    return float(2 * probable[:-1][inner].sum() / total) if inner.any() else 0.0


def _end_scores(heard: Features, bar: int) -> Floats:
    """(N,): log-odds that a note is a phrase's last one; 0 for the last, which is one anyway."""
    tables = ((BEATS[bar], heard.beat), (LINES, heard.line), (RHYTHMS, heard.rhythm))
    score = sum((np.array(table)[rows] for table, rows in tables), np.array(RESTS)[heard.rest])
    score = score / TENTHS
    score[-1] = 0.0
    return np.asarray(score, np.float64)


def _length_scores(lengths: Floats, edges: Integers, begins: slice, end: int) -> Floats:
    """Log-probabilities of phrases from notes ``begins`` to before note ``end``.

    ``lengths`` are those of phrases of 0, 1, 2 ... steps. Who plays a tune from a downbeat on may
    have left its upbeat out, a quarter as a rule.
    """
    steps = edges[end] - edges[begins]
    weight: Floats = lengths[steps]
    if begins.start == 0:
        whole = lengths[steps[:1] + BEAT]
        weight[:1] = np.logaddexp(weight[:1], whole) - np.log(2)
    return weight


def _log_length(steps: Integers, bar: int) -> Floats:
    beats = np.minimum((steps + BEAT // 2) // BEAT, MOST_BEATS)
    weight = np.array(PHRASES[bar])[beats] / TENTHS
    weight += np.where(steps % BEAT, _OFF_BEAT, 0.0)
    more = np.maximum(steps / BEAT - MOST_BEATS, 0)
    return np.asarray(weight + _BEAT_MORE * more)
