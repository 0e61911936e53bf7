"""Where the bars of a melody begin: how many steps come before its first downbeat.

A note of a certain length, reached by a certain kind of interval, begins at some places of a bar
more often than at others: long notes and leaps fall on strong beats (durational and melodic
accents; Lerdahl and Jackendoff 1983, preference rules 5 and 6). How often was counted in the
sopranos of the training chorales and hymns. The phase under which the whole melody is most
probable wins, against a handicap for upbeats, so that an unsure answer is 0.

In 6/8 and its like only the dotted quarter is heard, as counted in nine hymns, too few for whole
bars: an upbeat of half a bar and more has to be told.

On the validation chorales, melodies in 4/4 with an upbeat: 47 of 48 right (of their first eight
bars alone, 47), without one 17 of 17, and 64 of 65 when all are cut to begin on a downbeat; in
3/4 all 7; on the validation hymns all 22. On German folk songs and ballads, of which nothing was
counted (the Essen collection, in music21), with an upbeat, and cut to begin on a downbeat: 142 of
165 and 239 of 253 in 2/4, 176 of 194 and 213 of 242 in 3/4, 141 of 159 and all 179 in 6/8.
The sample melodies all get 0. scripts/measure_bar_phase.py counts and measures anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Final

from composer_app.generation.bar_phase_tables import TABLES
from composer_app.late_numpy import np
from composer_app.music.note import Note
from composer_app.music.timing import Meter

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Lengths from these steps on are told apart.
LENGTHS: Final = (1, 2, 3, 4, 6, 8, 12)
INTERVALS: Final = 4
# Steps of a dotted quarter, the beat of 6/8.
COMPOUND: Final = 6
_KNOWN_BARS: Final = {16: 16, 8: 16, 12: 12, 6: COMPOUND}
# In the tables, a letter is so many times this natural logarithm of a probability below 1.
LETTER_NATS: Final = 0.2
_CANDIDATE_STRIDE: Final = 2
# Natural logarithms: what an upbeat must be better by. Half a bar or more is rare, and the halves
# of a bar are hard to tell apart.
_SHORT_HANDICAP: Final = 2.0
_LONG_HANDICAP: Final = 8.0
# Who wrote a rest before the first note has counted the bars.
_REST_HANDICAP: Final = 6.0


def detect_upbeat(melody: Sequence[Note], meter: Meter) -> int:
    """Steps before the first downbeat of ``melody``, an even number less than a bar.

    0 where that is unsure, and in metres other than 4/4, 2/2, 2/4, 3/4, 3/8, 6/8, 9/8 and 12/8.
    """
    bar = meter.steps_per_bar
    # Two bars of 2/4 make one of 4/4; 6/8 is as long as 3/4 and has other beats.
    known = COMPOUND if meter.steps_per_pulse == COMPOUND else _KNOWN_BARS.get(bar)
    if known is None or len(melody) < 2:
        return 0
    scores = phase_scores(melody, known)
    scores = scores.reshape(-1, min(bar, known) // _CANDIDATE_STRIDE).max(axis=0)
    upbeats = np.arange(len(scores)) * _CANDIDATE_STRIDE
    handicap = np.where(upbeats < bar // 2, _SHORT_HANDICAP, _LONG_HANDICAP)
    if melody[0].start > 0:
        handicap = handicap + _REST_HANDICAP
    return int(upbeats[(scores - np.where(upbeats > 0, handicap, 0.0)).argmax()])


def phase_scores(melody: Sequence[Note], bar: int) -> NDArray[np.float64]:
    """Log-probability of where the notes begin, for upbeats of 0, 2, 4 ... steps of a bar.

    ``bar`` is 16 or 12 steps, or 6 for a dotted quarter of any compound metre.
    """
    start = np.array([note.start for note in melody[1:]])
    place = (start[:, None] - np.arange(0, bar, _CANDIDATE_STRIDE)) % bar
    row = np.array(note_kinds(melody))
    return np.asarray(_table(bar)[row[:, None], place].sum(axis=0))


def note_kinds(melody: Sequence[Note]) -> list[int]:
    """Row of the table for each note but the first: its length and the interval to it."""
    lengths = np.searchsorted(LENGTHS, [note.duration for note in melody[1:]], side="right") - 1
    steps = np.diff([note.pitch for note in melody])
    # Repeated, by step, leaping up, leaping down.
    kinds = np.select([steps == 0, np.abs(steps) <= 2, steps > 0], [0, 1, 2], 3)
    return [int(row) for row in lengths * INTERVALS + kinds]


@cache
def _table(bar: int) -> NDArray[np.float64]:
    letters = np.array([[ord(letter) for letter in row] for row in TABLES[bar]])
    return (ord("A") - letters) * LETTER_NATS
