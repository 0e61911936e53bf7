"""Which spans of a melody repeat earlier ones: exactly, varied, or transposed.

Seed and extend, as programs that compare genomes do it (Altschul et al. 1990). Stretches that
occurred before (:mod:`~composer_app.generation.hearing.repeat_seeds`) say that the melody may be
like itself at such a distance, so many semitones higher. There, bars are compared step by step,
and runs of bars that agree are candidates. The longest is taken first, and no step repeats two
others; but what is repeated may be a repeat itself, so that the third verse goes back to the first.

Another ending needs no rule of its own: what is before it repeats, and it does not.

On the lead sheets, songs and hymns that are held out: of what lead sheets write once and play again
0.967 is found. Elsewhere the chord has the same root as the one under the first occurrence in
0.929, 0.911 and 1.000 of the steps of exact repeats (by chance 0.337, 0.273 and 0.358), in 0.983,
0.904 and 0.781 of varied ones (0.364, 0.217 and 0.285), and of transposed ones in 0.858 in songs
(0.180) and 0.412 in lead sheets (0.257, but these are 136 steps). The melodies repeat for 0.456,
0.230 and 0.239 of their time, with their bars shuffled for 0.066, 0.012 and 0.018. The rules were
chosen on the other pieces, but for the least length, for which all were looked at;
scripts/measure_repeats.py measures anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING, Final, NamedTuple

from composer_app.generation.hearing.repeat_seeds import SILENT, Line, Seeds, seeds_of
from composer_app.late_numpy import np
from composer_app.music.meter_map import MeterMap
from composer_app.music.note import Note
from composer_app.music.pitch import PITCH_COUNT

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Booleans = NDArray[np.bool_]
    Integers = NDArray[np.int64]

# A bar repeats another if, of the steps that sound in either, such a share has the same pitch.
AGREEMENT: Final = 0.85
LEAST_BARS: Final = 2
# What is best comes first: minus the likeness, the first beat, the distance, and the run.
_Entry = tuple[float, int, int, int, int]
# Two bars of 3/8 are no more than one of another metre.
_LEAST_STEPS: Final = 16
# What is repeated has so many notes, and so many of another pitch than the note before.
_LEAST_NOTES: Final = 4
_LEAST_MOVES: Final = 2
# The same of what is transposed: a held note or a scale is like many others.
_LEAST_MOVES_TRANSPOSED: Final = 5
# Of two repeats of a step the longer one counts; so much does length count of what is transposed.
_TRANSPOSED: Final = 0.5


@dataclass(frozen=True, slots=True)
class Repeat:
    """The ``length`` steps from step ``again`` on repeat those from step ``first`` on.

    They sound ``shift`` semitones higher. Both begin at the same place in the bar and last whole
    beats, and the first ones end before the others begin. ``exact`` says that all notes are the
    same, however long they are held; else most of them are.
    """

    first: int
    again: int
    length: int
    shift: int = 0
    exact: bool = True

    def __post_init__(self) -> None:
        if self.first < 0 or self.length < 1 or self.first + self.length > self.again:
            raise ValueError(f"{self} overlaps what it repeats, or there is nothing of it")


def find_repeats(
    melody: Sequence[Note],
    meters: MeterMap,
    steps: int,
    least_bars: int = LEAST_BARS,
    agreement: float = AGREEMENT,
) -> tuple[Repeat, ...]:
    """What of the first ``steps`` steps of ``melody`` repeats something earlier, in order.

    What counts of the notes, which may stand in any order, is the grid; of a chord its top note.
    A repeat lasts at least ``least_bars`` bars of its metre and 16 steps, and each of its bars
    agrees with the bar that it repeats in a share ``agreement``, above 0, of what sounds: 1 is for
    the same pitches throughout. No step belongs to two repeats.
    """
    if steps < 1:
        return ()
    line = Line.of(melody, meters, steps)
    likeness = _Likeness.at(seeds_of(line), line)
    search = _Search(likeness, likeness.agreeing(agreement), least_bars)
    repeats = [likeness.repeat(run) for run in search.longest_first()]
    return tuple(sorted(repeats, key=lambda repeat: repeat.again))


def tied(steps: int, repeats: Sequence[Repeat]) -> tuple[Integers, Integers]:
    """``(source, shift)``, each (steps,): the step that each one repeats, and how much higher.

    ``shift`` is in semitones. A source repeats nothing itself: it is the first occurrence, however
    many came in between. Where nothing is repeated it is the step itself.
    """
    source, shift = np.arange(steps), np.zeros(steps, np.int64)
    for repeat in sorted(repeats, key=lambda repeat: repeat.again):
        length = max(0, min(repeat.length, steps - repeat.again))
        here = slice(repeat.again, repeat.again + length)
        there = slice(repeat.first, repeat.first + length)
        source[here] = source[there]
        shift[here] = shift[there] + repeat.shift
    return source, shift


class _Likeness(NamedTuple):
    """N beats beside those that they may repeat; the arrays are (N,).

    ``beat`` is compared with the one ``distance`` beats earlier, ``shift`` semitones lower. Where
    ``stretch`` stays the same number, beats follow each other at one distance and shift. Of the
    steps in which either sounds, ``sounding``, ``alike`` have the same pitch. A beat at another
    place in the bar is not ``aligned``, and is not alike.
    """

    line: Line
    stretch: Integers
    beat: Integers
    distance: Integers
    shift: Integers
    aligned: Booleans
    sounding: Integers
    alike: Integers
    exact: Booleans

    @classmethod
    def at(cls, seeds: Seeds, line: Line) -> _Likeness:
        """At the distances and shifts of ``seeds``, where they are and a bar around them."""
        stretch, beat, kind = _around(seeds, line)
        distance, shift = kind // (2 * PITCH_COUNT), kind % (2 * PITCH_COUNT) - PITCH_COUNT
        before = beat - distance
        beats = line.beats
        aligned = beats.place[beat] == beats.place[before]
        aligned &= beats.length[beat] == beats.length[before]
        now, then = line.pitch[beat], line.pitch[before]
        then = np.where(then == SILENT, SILENT, then + shift[:, None])
        same = now == then
        sounds = (now != SILENT) | (then != SILENT)
        struck = (line.struck[beat] == line.struck[before]).all(axis=1)
        alike = (same & sounds).sum(axis=1) * aligned
        return cls(
            line,
            stretch,
            beat,
            distance,
            shift,
            aligned,
            sounds.sum(axis=1),
            alike,
            aligned & struck & same.all(axis=1),
        )

    def agreeing(self, agreement: float) -> Booleans:
        """(N,): beats that agree by themselves, and all beats of bars that do."""
        bar = self.line.beats.bar[self.beat]
        opens = _changes(self.stretch) | _changes(bar)
        number = np.cumsum(opens) - 1
        alike, sounding, aligned = (
            np.bincount(number, weights=each) for each in (self.alike, self.sounding, self.aligned)
        )
        whole = aligned == np.bincount(self.line.beats.bar)[bar[opens]]
        of_bars = whole & (alike >= agreement * sounding)
        by_themselves = self.aligned & (self.alike >= agreement * self.sounding)
        return np.asarray(by_themselves | of_bars[number])

    def repeat(self, run: slice) -> Repeat:
        """Beats ``run``, in a row, as what they repeat."""
        beats, again = self.line.beats, self.beat[run]
        first = beats.start[again[0] - self.distance[run.start]]
        length = beats.start[again[-1]] + beats.length[again[-1]] - beats.start[again[0]]
        return Repeat(
            int(first),
            int(beats.start[again[0]]),
            int(length),
            int(self.shift[run.start]),
            bool(self.exact[run].all()),
        )


class _Search:
    """Chooses among runs of beats that agree; a run is a slice of the rows of a likeness."""

    def __init__(self, likeness: _Likeness, agreeing: Booleans, least_bars: int) -> None:
        self._rows = likeness
        self._least_bars = least_bars
        self._alike = np.append(0, np.cumsum(likeness.alike))
        self._sounding = np.flatnonzero(likeness.sounding)
        self._runs = self._long_enough(_slices(agreeing, likeness.stretch))

    def longest_first(self) -> Iterator[slice]:
        """Runs that are long enough, none of which has a beat in common with another."""
        taken = np.zeros(len(self._rows.line.pitch), np.bool_)
        heap = [entry for run in self._runs for entry in self._entries(slice(*run))]
        heapify(heap)
        while heap:
            first, after = heappop(heap)[-2:]
            beats = slice(self._rows.beat[first], self._rows.beat[first] + after - first)
            free = ~taken[beats]
            if free.all():
                taken[beats] = True
                yield slice(first, after)
            elif free.any():
                parts = first + _slices(free, np.zeros(len(free), np.int64))
                for part in self._long_enough(parts):
                    for entry in self._entries(slice(*part)):
                        heappush(heap, entry)

    def _long_enough(self, runs: Integers) -> list[list[int]]:
        """Those of ``runs``, (R, 2), that last long enough, though perhaps in silence."""
        beats = self._rows.line.beats
        begin, last = self._rows.beat[runs[:, 0]], self._rows.beat[runs[:, 1] - 1]
        steps = beats.start[last] + beats.length[last] - beats.start[begin]
        least = np.maximum(self._least_bars * beats.bar_steps[begin], _LEAST_STEPS)
        chosen: list[list[int]] = runs[steps >= least].tolist()
        return chosen

    def _entries(self, run: slice) -> Iterator[_Entry]:
        """The parts of ``run`` that may be repeats, the best the smallest."""
        run = self._trimmed(run)
        distance, shift = int(self._rows.distance[run.start]), int(self._rows.shift[run.start])
        # Where what repeats goes on into its own repeat, there are several.
        for first in range(run.start, run.stop, distance):
            after = min(first + distance, run.stop)
            if self._is_long_enough(first, after):
                alike = float(self._alike[after] - self._alike[first])
                alike *= _TRANSPOSED if shift else 1.0
                yield -alike, int(self._rows.beat[first]), distance, first, after

    def _trimmed(self, run: slice) -> slice:
        """``run`` without silence before the bar of its first note and after that of its last."""
        low, high = np.searchsorted(self._sounding, [run.start, run.stop])
        if low == high:
            return slice(run.start, run.start)
        bar = self._rows.line.beats.bar[self._rows.beat[run]]
        opens, closes = bar[self._sounding[[low, high - 1]] - run.start]
        begin, end = np.searchsorted(bar, opens), np.searchsorted(bar, closes, side="right")
        return slice(run.start + int(begin), run.start + int(end))

    def _is_long_enough(self, first: int, after: int) -> bool:
        line, begin = self._rows.line, int(self._rows.beat[first])
        end = begin + after - first
        steps = line.beats.start[end - 1] + line.beats.length[end - 1] - line.beats.start[begin]
        moves = _LEAST_MOVES_TRANSPOSED if self._rows.shift[first] else _LEAST_MOVES
        return bool(
            steps >= max(self._least_bars * line.beats.bar_steps[begin], _LEAST_STEPS)
            and line.notes[end] - line.notes[begin] >= _LEAST_NOTES
            and line.moves[end] - line.moves[begin] >= moves
        )


def _around(seeds: Seeds, line: Line) -> tuple[Integers, Integers, Integers]:
    """``(stretch, beat, kind)``, each (N,): the beats of ``seeds`` and those of a bar around them.

    ``kind`` numbers distances and shifts, and ``stretch`` the beats that follow each other at one.
    """
    count, bar = len(line.pitch), int(np.bincount(line.beats.bar).max())
    kind = seeds.distance * 2 * PITCH_COUNT + seeds.shift + PITCH_COUNT
    begin = kind * count + np.maximum(seeds.late - bar, seeds.distance)
    end = kind * count + np.minimum(seeds.late + seeds.beats + bar, count)
    order = np.argsort(begin)
    begin, end = begin[order], np.maximum.accumulate(end[order])
    opens = np.append(True, begin[1:] > end[:-1])[: len(begin)]
    begin, end = begin[opens], end[np.append(opens[1:], True)[: len(end)]]
    length = end - begin
    stretch = np.repeat(np.arange(len(length)), length)
    at = np.arange(len(stretch)) - np.repeat(np.cumsum(length) - length, length) + begin[stretch]
    return stretch, at % count, at // count


def _changes(values: NDArray[np.generic]) -> Booleans:
    """(N,): where ``values`` are not as just before; true of the first."""
    return np.append(True, values[1:] != values[:-1])[: len(values)]


def _slices(where: Booleans, stretch: Integers) -> Integers:
    """(R, 2): the longest runs of ``where`` in one ``stretch``, first place and the one after."""
    edges = np.flatnonzero(_changes(stretch) | _changes(where))
    inside = where[edges]
    return np.stack([edges, np.append(edges[1:], len(where))[: len(edges)]], axis=1)[inside]
