"""A melody by beats, and where its stretches of beats occurred before.

Stretches of 2, 4, 8 ... beats are numbered so that equal ones have equal numbers (prefix doubling;
Karp, Miller and Rosenberg 1972): once as they are, and once as they are heard from their first
pitch, so that transposed ones are equal. The work grows with the length as n log n.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from composer_app.late_numpy import np
from composer_app.music.meter_map import MeterMap
from composer_app.music.note import NOTE_ORDER, Note
from composer_app.music.pitch import PITCH_COUNT
from composer_app.music.timing import STEPS_PER_BEAT, Meter

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Booleans = NDArray[np.bool_]
    Integers = NDArray[np.int64]

SILENT: Final = -1
_DOTTED_BEAT: Final = 6
# A silence shorter than a beat is a way to play the note before it.
_REST: Final = STEPS_PER_BEAT
# Stretches of so many beats are looked for, in so many of the nearest places before.
_SHORTEST: Final = 2
_LONGEST: Final = 64
_NEAREST: Final = 6
# Beats from one stretch to another that is close.
_CLOSE: Final = 8


class Beats(NamedTuple):
    """The B beats of a piece, each array (B,).

    A beat is a dotted quarter in compound metres, else a quarter, and shorter where the bar or the
    upbeat is no whole number of them. ``place`` is the same number where the same beat of like
    bars is, ``bar`` counts bars from 0, ``bar_steps`` is the length of a whole bar of the metre.
    """

    start: Integers
    length: Integers
    place: Integers
    bar: Integers
    bar_steps: Integers

    @classmethod
    def of(cls, meters: MeterMap, steps: int) -> Beats:
        """Those of ``steps`` steps; the last one may be cut off."""
        rows: list[tuple[int, int, int, int]] = []
        places: dict[tuple[Meter, int], int] = {}
        for number, bar in enumerate(meters.bars_of(steps)):
            first, after, whole = bar.first_step, bar.end_step, bar.meter.steps_per_bar
            # An upbeat is the end of a bar; a bar before a change of metre is the beginning of one.
            downbeat = min(first, after - whole) if bar.number == 0 else first
            beat = bar.meter.steps_per_beat
            for start in range(downbeat, min(after, steps), beat):
                if start + beat > first:
                    place = places.setdefault((bar.meter, start - downbeat), len(places))
                    rows.append((max(start, first), place, number, whole))
        start, place, bars, bar_steps = np.array(rows, np.int64).T
        return cls(start, np.diff(start, append=steps), place, bars, bar_steps)


class Line(NamedTuple):
    """A melody by beats: ``pitch`` and ``struck`` are (B, steps of the longest beat).

    Where nothing sounds, and past the end of a shorter beat, the pitch is -1. ``notes`` and
    ``moves``, (B + 1,), count the notes that begin before a beat, and those of them that have
    another pitch than the note before.
    """

    beats: Beats
    pitch: Integers
    struck: Booleans
    notes: Integers
    moves: Integers

    @classmethod
    def of(cls, melody: Sequence[Note], meters: MeterMap, steps: int) -> Line:
        """The top notes of ``melody`` that begin within ``steps`` steps."""
        top = {note.start: note for note in sorted(melody, key=NOTE_ORDER) if note.start < steps}
        line = [top[start] for start in sorted(top)]
        pitch, moved = np.full(steps, SILENT, np.int64), np.zeros(steps, np.int64)
        struck = np.zeros(steps, np.bool_)
        for index, note in enumerate(line):
            after = line[index + 1].start if index + 1 < len(line) else steps
            held = after if after - note.end < _REST else note.end
            pitch[note.start : held] = note.pitch
            struck[note.start] = True
            moved[note.start] = index > 0 and note.pitch != line[index - 1].pitch
        beats = Beats.of(meters, steps)
        column = np.arange(int(beats.length.max()))
        inside = column < beats.length[:, None]
        at = np.minimum(beats.start[:, None] + column, steps - 1)
        edges = np.append(beats.start, steps)
        counts = (np.append(0, np.cumsum(each))[edges] for each in (struck, moved))
        return cls(beats, np.where(inside, pitch[at], SILENT), inside & struck[at], *counts)

    def reference(self) -> Integers:
        """(B,): the first pitch that sounds in a beat, or in the last beat before it that does."""
        sounds = self.pitch != SILENT
        first = self.pitch[np.arange(len(sounds)), sounds.argmax(axis=1)]
        sounding = np.where(sounds.any(axis=1), np.arange(len(sounds)), 0)
        return np.asarray(np.maximum(first[np.maximum.accumulate(sounding)], 0))


class Seeds(NamedTuple):
    """S stretches of ``beats`` beats from ``late`` on that occurred ``distance`` beats earlier.

    All arrays are (S,); now they sound ``shift`` semitones higher.
    """

    late: Integers
    distance: Integers
    shift: Integers
    beats: Integers


def seeds_of(line: Line) -> Seeds:
    """Where ``line`` is like itself, exactly or transposed.

    A stretch of two beats alone is left out, for chance brings many of them: what repeats, even if
    a beat of each bar is another, has two of them close to each other or a longer one.
    """
    nothing = np.zeros(len(line.pitch), np.int64)
    found = [*_equal_stretches(line, nothing, _SHORTEST)]
    # A mere interval has been heard before, at some height.
    found += _equal_stretches(line, line.reference(), 2 * _SHORTEST)
    found.append(Seeds(nothing[:0], nothing[:0], nothing[:0], nothing[:0]))
    seeds = Seeds(*(np.concatenate(column) for column in zip(*found, strict=True)))
    kind = seeds.distance * 2 * PITCH_COUNT + seeds.shift + PITCH_COUNT
    order = np.lexsort((seeds.late, kind))
    late, kind = seeds.late[order], kind[order]
    follows = (kind[1:] == kind[:-1]) & (late[1:] - late[:-1] <= _CLOSE)
    company = np.append(follows, False)[: len(late)] | np.append(False, follows)[: len(late)]
    chosen = order[company | (seeds.beats[order] > _SHORTEST)]
    return Seeds(*(column[chosen] for column in seeds))


def _equal_stretches(line: Line, reference: Integers, least: int) -> Iterator[Seeds]:
    """Stretches that are equal, each as it is heard from the ``reference`` (B,) of its beat.

    They have ``least`` beats and more.
    """
    sounds = line.pitch != SILENT
    heard = np.where(sounds, line.pitch - reference[:, None], 2 * PITCH_COUNT)
    kinds = np.column_stack([heard, line.beats.place, line.beats.length])
    number = np.unique(kinds, axis=0, return_inverse=True)[1].ravel()
    beats = 1
    while 2 * beats <= min(_LONGEST, len(sounds)):
        pairs = number[:-beats] * (len(sounds) + 1) + number[beats:]
        rise = (reference[beats:] - reference[:-beats])[: len(pairs)]
        pairs = pairs * 2 * PITCH_COUNT + rise + PITCH_COUNT
        number = np.unique(pairs, return_inverse=True)[1].ravel()
        beats *= 2
        if beats < least:
            continue
        late, early = _earlier_occurrences(number)
        # Silence is like any other silence.
        heard_at_all = line.notes[late + beats] > line.notes[late]
        late, early = late[heard_at_all], early[heard_at_all]
        yield Seeds(
            late, late - early, reference[late] - reference[early], np.full(len(late), beats)
        )


def _earlier_occurrences(number: Integers) -> tuple[Integers, Integers]:
    """``(late, early)``: places of equal numbers, each with the nearest before it and the first."""
    order = np.argsort(number, kind="stable")
    ranked = number[order]
    opens = np.append(True, ranked[1:] != ranked[:-1])
    first = order[np.maximum.accumulate(np.where(opens, np.arange(len(order)), 0))]
    late, early = [order[~opens]], [first[~opens]]
    for back in range(1, min(_NEAREST, len(order) - 1) + 1):
        same = ranked[back:] == ranked[:-back]
        late.append(order[back:][same])
        early.append(order[:-back][same])
    return np.concatenate(late), np.concatenate(early)
