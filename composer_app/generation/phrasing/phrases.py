"""Into which phrases a melody falls, of whatever kind it is.

Where :mod:`~composer_app.generation.hearing.phrase_ends` is sure it is believed. Elsewhere the
melody is divided after the preference rules of D. Temperley, The Cognition of Basic Musical
Structures (2001), chapter 3: a phrase begins after a gap, is neither short nor long, and begins
where in the bar the others do. The best division as a whole is found by dynamic programming.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from composer_app.generation.hearing.phrase_ends import hear_phrase_ends, top_notes
from composer_app.music.meter_map import MeterMap
from composer_app.music.note import Note
from composer_app.music.timing import TICKS_PER_STEP, TempoMap, nearest_step

# A phrase has two or four bars, whichever is nearer to so many seconds.
_BARS: Final = (2, 4)
_USUAL_SECONDS: Final = 6.5
# None is longer than so many usual ones.
_LONGEST: Final = 3
# What a phrase loses by being half or twice as long as usual, and by beginning elsewhere in the
# bar than the melody; a gap of the usual length is worth 1.
_LENGTH_COST: Final = 1.2
_PLACE_COST: Final = 1.2
_MOST_GAP: Final = 4.0
# And what another phrase costs.
_PHRASE_COST: Final = 1.0
# Where the peak of a phrase is, as a share of it, and where its highest note may draw it.
_PEAK: Final = 0.6
_EARLIEST, _LATEST = 0.35, 0.8


@dataclass(frozen=True, slots=True)
class Phrase:
    """From step ``start`` to before step ``end``, with its loudest moment at step ``peak``."""

    start: int
    end: int
    peak: float

    def place(self, step: float) -> float:
        """Where ``step`` is in the phrase, 0 at its start and 1 at its end."""
        return min(1.0, max(0.0, (step - self.start) / (self.end - self.start)))


def phrases_of(melody: Sequence[Note], meters: MeterMap, tempo: TempoMap) -> tuple[Phrase, ...]:
    """The phrases of ``melody``, in order; each ends where the next one begins.

    The first one begins with the piece, and the last one ends with the melody. There is none
    without notes.
    """
    notes = top_notes([note.on_grid for note in melody])
    if not notes:
        return ()
    ends = hear_phrase_ends(notes, meters)
    if ends is None:
        begins = _divided(notes, meters, tempo)
    else:
        last = {note.start for note in ends}
        begins = [0, *(i for i, (a, _) in enumerate(pairwise(notes), 1) if a.start in last)]
    edges = [notes[begin].start for begin in begins]
    spans = pairwise([*edges, notes[-1].end])
    bounds = pairwise([*begins, len(notes)])
    return tuple(
        Phrase(0 if not start else first, end, _peak(notes[start:after], first, end))
        for (start, after), (first, end) in zip(bounds, spans, strict=True)
    )


def _peak(notes: Sequence[Note], start: int, end: int) -> float:
    """The last of the highest notes, where it is neither early nor late, else the usual place."""
    highest = max(notes, key=lambda note: (note.pitch, note.start))
    place = (highest.start - start) / (end - start)
    if not _EARLIEST <= place <= _LATEST:
        place = _PEAK
    return start + place * (end - start)


def _divided(notes: Sequence[Note], meters: MeterMap, tempo: TempoMap) -> list[int]:
    """Which of ``notes`` begin a phrase, the first one among them."""
    usual = _usual_steps(meters, tempo, notes[0].start)
    gaps = _gaps(notes)
    places = [_place_in_bar(note.start, meters) for note in notes]
    # A phrase begins after a gap, or where in the bar the melody does.
    may_begin = [i for i, gap in enumerate(gaps) if not i or gap > 1 or places[i] == places[0]]
    starts = [*(notes[begin].start for begin in may_begin), notes[-1].end]
    worth = [gaps[i] - _PLACE_COST * (places[i] != places[0]) - _PHRASE_COST for i in may_begin]
    worth[0] = 0.0
    best, origin = [0.0], [0]
    for end in range(1, len(starts)):
        options: list[tuple[float, int]] = []
        for begin in range(end - 1, -1, -1):
            length = starts[end] - starts[begin]
            if length > _LONGEST * usual and options:
                break
            cost = _LENGTH_COST * abs(math.log2(length / usual))
            options.append((best[begin] + worth[begin] - cost, begin))
        value, begin = max(options)
        best.append(value)
        origin.append(begin)
    begins: list[int] = []
    end = len(may_begin)
    while end:
        end = origin[end]
        begins.append(may_begin[end])
    return begins[::-1]


def _usual_steps(meters: MeterMap, tempo: TempoMap, step: int) -> float:
    bar = meters.bar_at_step(step).meter.ticks_per_bar / TICKS_PER_STEP
    second = tempo.step_at(tempo.seconds_at(step) + 1.0) - step
    return min(
        (bar * bars for bars in _BARS),
        key=lambda steps: abs(math.log(steps / (_USUAL_SECONDS * second))),
    )


def _gaps(notes: Sequence[Note]) -> list[float]:
    """Before each note: from the one before to it, and the silence, in mean distances of notes."""
    between = [after.start - before.start for before, after in pairwise(notes)]
    mean = sum(between) / len(between) if between else 1.0
    rests = [max(0, after.start - before.end) for before, after in pairwise(notes)]
    return [0.0, *(min(_MOST_GAP, (x + y) / mean) for x, y in zip(between, rests, strict=True))]


def _place_in_bar(step: int, meters: MeterMap) -> int:
    """Steps from ``step`` to the next bar, 0 where a bar begins."""
    bar = meters.bar_at_step(step)
    return 0 if step == bar.first_step and bar.number else nearest_step(bar.end) - step
