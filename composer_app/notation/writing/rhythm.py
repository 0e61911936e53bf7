"""How the notes of a track are written: voices, note values, ties and tuplets.

Notes stand on the grid of sixteenths or, where their micro-timing says so, on triplets, sextuplets
or thirty-seconds of a beat. What is written is where a musician would read them; by how much they
sound beside that is kept with each sign (:class:`Chord`). All times are in ticks, 960 a quarter.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from composer_app.music.note import Note
from composer_app.music.timing import TICKS_PER_BEAT, TICKS_PER_STEP, Meter
from composer_app.notation.bars import Bar
from composer_app.notation.writing.beams import beamed
from composer_app.notation.writing.sign import Chord, Sign, Tuplet

# Sixteenths, eighths and sixteenths of triplets, thirty-seconds: the first that fits is taken.
_UNITS: Final = (TICKS_PER_STEP, TICKS_PER_BEAT // 3, TICKS_PER_BEAT // 6, TICKS_PER_BEAT // 8)
_TRIPLETS: Final = (TICKS_PER_BEAT // 3, TICKS_PER_BEAT // 6)
# What a note may stand beside a line of a grid and still be meant on it: 10 ms at 120 BPM.
_TOLERANCE: Final = 20
_NAMES: Final = ("whole", "half", "quarter", "eighth", "16th", "32nd", "64th")
_WHOLE: Final = 4 * TICKS_PER_BEAT
_NEVER: Final = 1 << 62
# (ticks, name, dots) of what one sign can say, from long to short.
_VALUES: Final = tuple(
    sorted(
        (
            ((_WHOLE >> power) * (3 if dots else 2) // 2, name, dots)
            for power, name in enumerate(_NAMES)
            for dots in (0, 1)
        ),
        reverse=True,
    )
)
_VALUE_OF: Final = {ticks: (name, dots) for ticks, name, dots in _VALUES}


@dataclass(frozen=True, slots=True)
class _Window:
    """A beat, or what is left of one, and the unit of what begins and ends in it."""

    start: int
    ticks: int
    unit: int

    def nearest(self, tick: int) -> int:
        """The line of the unit that is nearest to ``tick``; halves go up."""
        line = (tick - self.start + self.unit // 2) // self.unit
        return self.start + min(line, self.most) * self.unit

    @property
    def most(self) -> int:
        """How many units there are."""
        return self.ticks // self.unit


class Rhythm:
    """The written rhythm of one track in ``bars``, which reach to its end."""

    def __init__(self, notes: Sequence[Note], bars: Sequence[Bar], *, drums: bool = False) -> None:
        """Drums are written up to the next stroke or beat: how long they last says nothing."""
        self._bars = bars
        self._windows = _windows(notes, bars, drums=drums)
        self._starts = [window.start for window in self._windows]
        written = self._strokes(notes) if drums else [self._written(note) for note in notes]
        self.voices = _voices(sorted(written))

    def _strokes(self, notes: Sequence[Note]) -> list[tuple[int, int, Note]]:
        starts = [self._window(note.onset_ticks).nearest(note.onset_ticks) for note in notes]
        ends: dict[int, int] = {}
        following = _NEVER
        for start in sorted(set(starts), reverse=True):
            window = self._window(start)
            ends[start] = min(window.start + window.ticks, following)
            following = start
        return [(start, ends[start], note) for start, note in zip(starts, notes, strict=True)]

    def signs(self, voice: Sequence[Chord]) -> list[list[Sign]]:
        """What is written of a voice, bar by bar, rests among them."""
        result: list[list[Sign]] = []
        index = 0
        for bar in self._bars:
            while index < len(voice) and voice[index].end <= bar.start:
                index += 1
            inside = []
            for chord in voice[index:]:
                if chord.start >= bar.end:
                    break
                inside.append(chord)
            result.append(beamed(list(self._bar_signs(bar, inside)), bar))
        return result

    def _written(self, note: Note) -> tuple[int, int, Note]:
        onset, release = note.onset_ticks, note.release_ticks
        start = self._window(onset).nearest(onset)
        end = self._window(release).nearest(release)
        if end <= start:
            window = self._window(start)
            end = start + min(window.unit, window.start + window.ticks - start)
        return start, end, note

    def _window(self, tick: int) -> _Window:
        return self._windows[max(0, bisect_right(self._starts, tick) - 1)]

    def _bar_signs(self, bar: Bar, chords: Sequence[Chord]) -> Iterator[Sign]:
        if not chords:
            yield Sign(bar.start, bar.ticks, whole_bar=True)
            return
        now = bar.start
        for chord in chords:
            if chord.start > now:
                yield from self._pieces(bar, now, chord.start, None)
            now = min(chord.end, bar.end)
            yield from self._pieces(bar, max(chord.start, bar.start), now, chord)
        if now < bar.end:
            yield from self._pieces(bar, now, bar.end, None)

    def _pieces(self, bar: Bar, start: int, end: int, chord: Chord | None) -> Iterator[Sign]:
        """From ``start`` to ``end``, which lie in ``bar``, as signs."""
        notes = chord.notes if chord else ()
        for begin, finish in pairwise([start, *self._cuts(start, end), end]):
            window = self._window(begin)
            whole = begin == window.start and finish >= window.start + window.ticks
            for at, ticks, value, dots, tuplet in (
                _tuplet_values(window, begin, finish)
                if window.unit in _TRIPLETS and not whole
                else _plain_values(bar, begin, finish, rest=chord is None)
            ):
                yield Sign(
                    at,
                    ticks,
                    notes,
                    value,
                    dots,
                    tuplet,
                    chord is not None and at > chord.start,
                    chord is not None and at + ticks < chord.end,
                    chord,
                )

    def _cuts(self, start: int, end: int) -> list[int]:
        """Where what goes from ``start`` to ``end`` is cut: at the edges of tuplets."""
        first, last = self._window(start), self._window(end - 1)
        cuts = []
        if first.unit in _TRIPLETS and start > first.start:
            cuts.append(first.start + first.ticks)
        if last.unit in _TRIPLETS and end < last.start + last.ticks:
            cuts.append(last.start)
        return sorted({cut for cut in cuts if start < cut < end})


def _windows(notes: Sequence[Note], bars: Sequence[Bar], *, drums: bool) -> list[_Window]:
    """The beats of ``bars``, each with the coarsest unit that its notes stand on.

    Of ``drums`` where they end does not count.
    """
    edges = [edge for bar in bars for edge in _edges(bar)]
    starts = [start for start, _ in edges]
    onsets: list[list[int]] = [[] for _ in edges]
    releases: list[list[int]] = [[] for _ in edges]
    for note in notes:
        ends = [] if drums else [(note.release_ticks, releases)]
        for tick, lists in [(note.onset_ticks, onsets), *ends]:
            index = max(0, bisect_right(starts, tick) - 1)
            lists[index].append(tick - starts[index])
    return [
        _Window(start, ticks, _unit(ticks, onsets[index], releases[index]))
        for index, (start, ticks) in enumerate(edges)
    ]


def _edges(bar: Bar) -> Iterator[tuple[int, int]]:
    """``(start, ticks)`` of the beats of a bar; an upbeat has its odd one in front."""
    start = bar.start
    odd = bar.ticks % TICKS_PER_BEAT
    if bar.upbeat and odd:
        yield start, odd
        start += odd
    while start < bar.end:
        ticks = min(TICKS_PER_BEAT, bar.end - start)
        yield start, ticks
        start += ticks


def _unit(ticks: int, onsets: Sequence[int], releases: Sequence[int]) -> int:
    """The unit of a beat of ``ticks`` ticks in which this happens, from its start on."""
    for unit in _UNITS:
        if ticks % unit == 0 and _fit(onsets, unit):
            if unit == TICKS_PER_STEP and not _fit(releases, unit):
                # A long and a short note of a triplet, of which the short one is a rest.
                both = [*onsets, *releases]
                triplets = (each for each in _TRIPLETS if ticks % each == 0 and _fit(both, each))
                return next(triplets, unit)
            return unit
    # The nearest sixteenth; thirty-seconds where the bar has half of one.
    return TICKS_PER_STEP if ticks % TICKS_PER_STEP == 0 else _UNITS[-1]


def _fit(ticks: Sequence[int], unit: int) -> bool:
    return all(min(tick % unit, -tick % unit) <= _TOLERANCE for tick in ticks)


def _voices(written: Sequence[tuple[int, int, Note]]) -> list[list[Chord]]:
    """Chords in as many voices as it takes that none overlap; at least one voice."""
    chords: dict[tuple[int, int], list[Note]] = {}
    for start, end, note in written:
        chords.setdefault((start, end), []).append(note)
    voices: list[list[Chord]] = [[]]
    for (start, end), notes in sorted(chords.items(), key=lambda item: (item[0][0], -item[0][1])):
        chord = Chord(start, end, tuple(sorted(notes, key=lambda note: note.pitch)))
        for voice in voices:
            if not voice or voice[-1].end <= start:
                voice.append(chord)
                break
        else:
            voices.append([chord])
    return voices


_Piece = tuple[int, int, str | None, int, Tuplet | None]


def _tuplet_values(window: _Window, start: int, end: int) -> Iterator[_Piece]:
    """Signs of the tuplet that fills ``window``."""
    groups = window.most
    # Three in the time of two, six of four.
    normal = groups * 2 // 3
    last = window.start + window.ticks
    while start < end:
        # A unit is written as half as long again as it sounds.
        units = next(n for n in (4, 3, 2, 1) if n * window.unit <= end - start)
        ticks = units * window.unit
        name, dots = _VALUE_OF[ticks * 3 // 2]
        yield (
            start,
            ticks,
            name,
            dots,
            Tuplet(groups, normal, start == window.start, start + ticks == last),
        )
        start += ticks


def _plain_values(bar: Bar, start: int, end: int, *, rest: bool) -> Iterator[_Piece]:
    """Signs that show where the beats are."""
    # The bar that an upbeat is the end of.
    missing = bar.meter.ticks_per_bar - bar.ticks if bar.upbeat else 0
    while start < end:
        offset = start - bar.start + missing
        ticks, name, dots = next(
            (
                value
                for value in _VALUES
                if value[0] <= end - start and _readable(offset, value, bar.meter, rest=rest)
            ),
            (end - start, None, 0),
        )
        yield start, ticks, name, dots, None
        start += ticks


def _readable(offset: int, value: tuple[int, str, int], meter: Meter, *, rest: bool) -> bool:
    """Whether a sign of this value may stand ``offset`` ticks into a bar without hiding a beat."""
    ticks, _name, dots = value
    pulse = meter.ticks_per_pulse
    within, half = offset % pulse, meter.ticks_per_bar // 2
    if within + ticks <= pulse:
        return True
    crosses = meter.numerator == 4 and offset < half < offset + ticks and offset > 0
    if pulse == 3 * TICKS_PER_BEAT // 2:
        return within == 0 and ticks % pulse == 0
    if rest and dots:
        return False
    if within == 0:
        # A half note on the second beat of four is read without trouble.
        return not crosses or (ticks == 2 * pulse and not rest)
    off_beat = within == pulse // 2 and ticks == pulse
    return off_beat and not crosses and not rest
