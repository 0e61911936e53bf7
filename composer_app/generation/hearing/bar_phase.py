"""Where the bars of a melody begin: how many steps come before its first downbeat.

A note of a certain length, reached by a certain kind of interval, begins at some places of a bar
more often than at others: long notes and leaps fall on strong beats (durational and melodic
accents; Lerdahl and Jackendoff 1983, preference rules 5 and 6), and so do turns of the line and
the tonic. Each note speaks for its place in four ways: by length and interval, by contour, by
rhythm and by degree of the scale. How much, in nats, are the weights of a conditional logit
(McFadden 1974) over the upbeats that a bar allows. They were learned from folk tunes and dances
with bar lines (the books of Essen, O'Neill, Ryan and Aird, in music21), training chorales and
hymns; scripts/measure_bar_phase.py learns and measures anew. The upbeat with the highest sum
wins, against a handicap, so that an unsure answer is 0.

In 6/8 and its like only the dotted quarter is heard: an upbeat of half a bar and more has to be
told, or heard from an accompaniment, whose bass moves on downbeats.

On tunes of which nothing was learned, held out and looked at once (in the same order from Essen,
O'Neill, Ryan and Aird, chorales and hymns): upbeats heard 850 of 938, 310 of 321, 168 of 180,
145 of 152, 51 of 51 and 8 of 10; an upbeat heard on a downbeat in 13 of 415, 0 of 88, 1 of 62,
1 of 86, 0 of 24 and 0 of 12, and in 1 of 1,651 where rests fill the first bar. In 3/4, 236 of 270
and 2 of 75. With one whole book left out of the learning, in 4/4 and 2/2: of the dances 95 to 96
in a hundred heard and 2 to 3 wrong, of the Essen songs 81 and 7: music of another kind is heard
less well. On the validation chorales in 4/4, 48 of 48 and 17 of 17, of their first eight bars 46
and 17. Upbeats of half a bar are rare, and in 4/4 mostly have to be told. On 158 lead sheets that
begin on a downbeat, 6 were wrong with their chords (14 without), and 27 of 27 upbeats were heard
(24); those chose how much a bass says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Final

from composer_app.generation.hearing.bar_phase_tables import EDGES, PRIORS, TABLES
from composer_app.late_numpy import np
from composer_app.music.composition import Composition
from composer_app.music.melody import on_steps
from composer_app.music.note import Note
from composer_app.music.performing.melody_line import Line
from composer_app.music.pitch import OCTAVE, estimate_key
from composer_app.music.timing import TICKS_PER_STEP, Meter

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Integers = NDArray[np.int64]
    Floats = NDArray[np.float64]

# Lengths, in steps from one note to the next, from these on are told apart.
LENGTHS: Final = (1, 2, 3, 4, 6, 8, 12)
# Steps of a dotted quarter, the beat of 6/8.
COMPOUND: Final = 6
# In the tables, a letter is so many nats away from the one in the middle, which is 0.
LETTER_NATS: Final = 0.02
ZERO: Final = "]"
# An eighth or less: what runs.
_RUNNING: Final = 2
# Rows of the table: lengths by intervals, contours of running and of other notes, rhythms, and
# degrees of either.
_INTERVALS, _CONTOURS, _RHYTHMS = 4, 25, 9
_AFTER_LENGTHS: Final = len(LENGTHS) * _INTERVALS
_AFTER_CONTOURS: Final = _AFTER_LENGTHS + 2 * _CONTOURS
_AFTER_RHYTHMS: Final = _AFTER_CONTOURS + _RHYTHMS
ROWS: Final = _AFTER_RHYTHMS + 2 * OCTAVE
# Natural logarithms: what an upbeat must be better by, and what more where the melody begins with
# a rest, or where the upbeat is longer than what is heard of the melody.
_HANDICAP: Final = 1.0
_REST_HANDICAP: Final = 8.0
_LONG_HANDICAP: Final = 2.0
# Of each bar, up to so many, whose downbeat brings a new bass; chosen on songs with piano and on
# lead sheets.
_BASS_NATS: Final = 1.2
_MOST_BASS_BARS: Final = 16
# A lowest note is a bass if it lies at most a fifth above the lowest quarter of them.
_BASS_SHARE, _BASS_SEMITONES = 0.25, 7


def with_heard_upbeat(
    composition: Composition, melody: int, line: Line = Line.UPPER
) -> Composition:
    """``composition`` with the upbeat of its melody, which is the ``line`` of track ``melody``.

    As it is where an upbeat is known, or the metre changes: then somebody has counted the bars.
    """
    meters = composition.meters
    if meters.upbeat is not None or not meters.is_constant:
        return composition
    others = [index for index in composition.pitched_tracks if index != melody]
    accompaniment = [note for index in others for note in composition.tracks[index].notes]
    tune = on_steps(composition.melody(melody, line).notes)
    upbeat = detect_upbeat(tune, meters.initial, accompaniment)
    return replace(composition, meters=meters.with_upbeat(upbeat * TICKS_PER_STEP))


def detect_upbeat(melody: Sequence[Note], meter: Meter, accompaniment: Sequence[Note] = ()) -> int:
    """Steps before the first downbeat of ``melody``, less than a bar of ``meter``.

    0 where that is unsure, and in metres other than 4/4, 2/2, 2/4, 3/4, 3/8, 6/8, 9/8 and 12/8.
    ``accompaniment`` are the notes of all other parts, in any order.
    """
    unit = heard_unit(meter)
    notes = _one_a_step(melody)
    if unit is None or len(notes) < 2:
        return 0
    # Who wrote a rest before the first note has counted the bars.
    handicap = _HANDICAP if notes[0].start == 0 else _HANDICAP + _REST_HANDICAP
    bar = meter.steps_per_bar
    upbeats = np.concatenate([heard_upbeats(unit) + start for start in range(0, bar, unit)])
    scores = np.tile(phase_scores(notes, unit), bar // unit)
    scores += _bass_scores(accompaniment, upbeats, bar)
    scores -= np.where(upbeats > 0, handicap, 0.0) + np.where(upbeats < unit, 0.0, _LONG_HANDICAP)
    return int(upbeats[scores.argmax()])


def heard_unit(meter: Meter) -> int | None:
    """Steps of what is heard in ``meter``: its bar, or the dotted quarter; None if nothing is."""
    if meter.denominator == 8 and meter.numerator in (3, 6, 9, 12):
        return COMPOUND
    return meter.steps_per_bar if str(meter) in ("4/4", "2/2", "2/4", "3/4") else None


def heard_upbeats(unit: int) -> Integers:
    """The upbeats that are told apart, in steps; of single sixteenths in 2/4 alone."""
    return np.arange(0, unit, 1 if unit == 8 else 2)


def phase_scores(melody: Sequence[Note], unit: int) -> Floats:
    """How much speaks for each of :func:`heard_upbeats`, in nats; only differences mean anything.

    ``unit`` is 16, 12 or 8 steps of a bar, or 6 for a dotted quarter. ``melody`` has notes in at
    least two steps.
    """
    melody = _one_a_step(melody)
    upbeats = heard_upbeats(unit)
    rows, starts = note_kinds(melody)
    weights = _table(unit)[rows[:, None], (starts[:, None] - upbeats) % unit].sum(axis=0)
    return np.asarray(weights + PRIORS[unit] + edges(melody, unit) @ EDGES[unit])


def note_kinds(melody: Sequence[Note]) -> tuple[Integers, Integers]:
    """Rows of the table that speak for places in the bar, and the steps where their notes begin.

    Both have shape (K,), up to four for each note. Each note is later than the one before.
    """
    start = np.array([note.start for note in melody])
    pitch = np.array([note.pitch for note in melody])
    length = np.append(np.diff(start), melody[-1].duration)
    running = (length <= _RUNNING).astype(np.int64)
    by = np.diff(pitch)
    # Repeated, by step, leaping up, leaping down.
    interval = np.select([by == 0, np.abs(by) <= 2, by > 0], [0, 1, 2], 3)
    lengths = np.searchsorted(LENGTHS, length, side="right") - 1
    # Leaping down, stepping down, repeated, stepping up, leaping up: to a note and from it.
    motion = np.select([by == 0, by < -2, by < 0, by > 2], [2, 0, 1, 4], 3)
    contour = motion[:-1] * 5 + motion[1:] + _CONTOURS * running[1:-1]
    # Shorter than the note before, as long, or longer; and so with the note after.
    change = np.sign(np.diff(length))
    rhythm = (change + 1) * 3 + 1 - np.append(change[1:], 0)
    tonic = estimate_key(pitch.tolist(), length.tolist()).tonic
    degree = (pitch - tonic) % OCTAVE + OCTAVE * running
    rows = (
        lengths[1:] * _INTERVALS + interval,
        contour + _AFTER_LENGTHS,
        rhythm + _AFTER_CONTOURS,
        degree + _AFTER_RHYTHMS,
    )
    starts = (start[1:], start[1:-1], start[1:], start)
    return np.concatenate(rows), np.concatenate(starts)


def edges(melody: Sequence[Note], unit: int) -> Floats:
    """What beginning and end say for each of :func:`heard_upbeats`, (U, 3), each 0 or 1.

    Whether a note begins on the first downbeat, and of an upbeat, whether the melody ends where
    it has filled up the last bar, or with a bar line.
    """
    upbeats, end = heard_upbeats(unit), melody[-1].end
    begins = np.isin(upbeats, [note.start for note in melody])
    fills = (upbeats > 0) & (end % unit == 0)
    ends = (upbeats > 0) & ((end - upbeats) % unit == 0)
    return np.stack([begins, fills, ends], axis=1).astype(np.float64)


def _bass_scores(accompaniment: Sequence[Note], upbeats: Integers, bar: int) -> Floats:
    """What the bass of ``accompaniment`` says for each of ``upbeats``, in nats."""
    lowest: dict[int, int] = {}
    for note in accompaniment:
        lowest[note.start] = min(note.pitch, lowest.get(note.start, note.pitch))
    if not lowest:
        return np.zeros(len(upbeats))
    highest = np.quantile(list(lowest.values()), _BASS_SHARE) + _BASS_SEMITONES
    basses = [(start, pitch) for start, pitch in sorted(lowest.items()) if pitch <= highest]
    start, pitch = np.array(basses).T
    moves = start[np.append(True, np.diff(pitch) % OCTAVE != 0)]
    bars = max(int(start[-1]) / bar, 1.0)
    on_downbeats = ((moves[:, None] - upbeats) % bar == 0).sum(axis=0)
    return np.asarray(_BASS_NATS * on_downbeats * min(1.0, _MOST_BASS_BARS / bars))


def _one_a_step(melody: Sequence[Note]) -> list[Note]:
    """The last of the notes that begin at each step: grace notes stand before theirs."""
    return list({note.start: note for note in melody}.values())


@cache
def _table(unit: int) -> Floats:
    letters = np.array([[ord(letter) for letter in row] for row in TABLES[unit]])
    return (letters - ord(ZERO)) * LETTER_NATS
