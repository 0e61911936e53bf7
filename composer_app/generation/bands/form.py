"""The form of a piece as a band sees it: where it begins, its bars, phrases, and its ending."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from composer_app.generation.bands.chance import Chance, Row
from composer_app.generation.hearing.phrase_ends import hear_phrase_ends
from composer_app.generation.hearing.repeats import find_repeats, tied
from composer_app.generation.repeating import Repeats
from composer_app.music.meter_map import Bar, MeterMap
from composer_app.music.note import Note
from composer_app.music.pitch import Key, estimate_key

# Where nothing is heard a phrase has four bars.
_USUAL_PHRASE: Final = 4
_LEAST_PHRASE: Final = 3
# A band holds its last chord so many bars at most; before that it plays on.
_LONGEST_END: Final = 2
# How busy a part is at the beginning, how much more at the end, and more at a repeat, of 0 to 2.
_BEGINNING, _GROWTH, _REPEATED = 0.6, 0.5, 0.4
_CHANCE: Final = 0.3
_BUSY: Final = 1.2


@dataclass(frozen=True, slots=True)
class Phrase:
    """Bars ``first`` to before ``end``, by their index; ``source`` is the phrase it repeats.

    That is its own index where it repeats none. ``times`` counts how often it was there before.
    """

    index: int
    first: int
    end: int
    source: int
    times: int


@dataclass(frozen=True, slots=True)
class Form:
    """A piece of ``steps`` steps, in which a band plays from step ``first`` to before ``end``.

    From step ``last`` on it holds its final chord; the melody ends at step ``sung``. ``source``
    has for each bar the first step of the bar that it repeats, its own where it repeats none.
    """

    bars: tuple[Bar, ...]
    phrases: tuple[Phrase, ...]
    first: int
    last: int
    sung: int
    end: int
    source: tuple[int, ...]
    key: Key

    def level(self, phrase: Phrase, chance: Chance, row: Row, busy: float, *, grows: bool) -> int:
        """0 to 2: how busy a part is in ``phrase``; ``grows`` says that repeats are built up."""
        return max(0, min(2, round(self.amount(phrase, chance, row, busy, grows=grows))))

    def amount(
        self, phrase: Phrase, chance: Chance, row: Row, busy: float, *, grows: bool
    ) -> float:
        """As :meth:`level`, between the levels and beyond them: 1 is medium."""
        home = self.phrases[phrase.source]
        value = _BEGINNING + _BUSY * busy
        value += chance.around(row, self.bars[home.first].first_step, _CHANCE, 1)
        if grows:
            value += _GROWTH * phrase.index / max(1, len(self.phrases) - 1)
            value += _REPEATED * min(phrase.times, 1)
        else:
            value += _GROWTH * home.index / max(1, len(self.phrases) - 1)
        return value

    @property
    def others(self) -> tuple[Phrase, ...]:
        """The section that stands against the one that comes again.

        They are the phrases that are no return of the one that comes most often, nor stand before
        its first return, as an answer to a question does; none if all phrases come once.
        """
        counts = Counter(phrase.source for phrase in self.phrases)
        source, most = counts.most_common(1)[0]
        if most == 1:
            return ()
        again = next(p.index for p in self.phrases if p.source == source and p.times)
        asked = {phrase.source for phrase in self.phrases[:again]}
        return tuple(phrase for phrase in self.phrases if phrase.source not in asked)

    def home(self, phrase: Phrase) -> int:
        """The step whose chance decides for ``phrase``."""
        return self.bars[self.phrases[phrase.source].first].first_step


def form_of(
    melody: Sequence[Note], meters: MeterMap, repeats: Repeats, *, introduction: bool
) -> Form:
    """The form of ``melody`` (on the grid), with its upbeat known."""
    steps = melody[-1].end
    end = meters.whole_bars(steps)
    bars = tuple(meters.bars_of(end))
    first = 0 if introduction else _entrance(melody, meters)
    last = _ending(melody, bars, first, end)
    source = _sources(melody, meters, bars, steps, repeats)
    key = estimate_key((n.pitch for n in melody), (n.duration for n in melody))
    starts = _phrase_starts(melody, meters, bars)
    phrases: list[Phrase] = []
    by_start = {bars[start].first_step: index for index, start in enumerate(starts)}
    for index, (start, after) in enumerate(zip(starts, [*starts[1:], len(bars)], strict=True)):
        home = by_start.get(source[start], index)
        home = phrases[home].source if home < index else index
        times = sum(phrase.source == home for phrase in phrases)
        phrases.append(Phrase(index, start, after, home, times))
    return Form(bars, tuple(phrases), first, last, steps, end, source, key)


def _entrance(melody: Sequence[Note], meters: MeterMap) -> int:
    """Where a band enters: at a downbeat, and where the melody begins within a bar at its beat."""
    start = melody[0].start
    bar = meters.bar_at_step(start)
    within, length = start - bar.first_step, bar.end_step - bar.first_step
    if not within and bar.number > 0:
        return start
    late = bar.number == 0 or within * 2 >= length
    beat = bar.meter.steps_per_beat
    entrance = bar.end_step if late else bar.first_step + -(-within // beat) * beat
    return entrance if entrance < melody[-1].end else start


def _ending(melody: Sequence[Note], bars: Sequence[Bar], first: int, end: int) -> int:
    """Where the last chord is struck: with the last note, or in the last bar of a long one."""
    last = max(melody[-1].start, first)
    begun = next(i for i, bar in enumerate(bars) if bar.first_step <= last < bar.end_step)
    if len(bars) - begun <= _LONGEST_END:
        return last
    return max(first, bars[-1].first_step) if end > first else first


def _sources(
    melody: Sequence[Note], meters: MeterMap, bars: Sequence[Bar], steps: int, repeats: Repeats
) -> tuple[int, ...]:
    if repeats is not Repeats.REPEAT:
        return tuple(bar.first_step for bar in bars)
    source, shift = tied(steps, find_repeats(melody, meters, steps))
    begins = {bar.first_step for bar in bars}
    found = []
    for bar in bars:
        start = bar.first_step
        inside = start < steps and int(shift[start]) == 0 and int(source[start]) in begins
        found.append(int(source[start]) if inside else start)
    return tuple(found)


def _phrase_starts(melody: Sequence[Note], meters: MeterMap, bars: Sequence[Bar]) -> list[int]:
    """The bars that begin a phrase: those after a phrase that is heard, else each fourth."""
    whole = [index for index, bar in enumerate(bars) if bar.number > 0]
    starts = [whole[0] if whole else 0]
    number = {bar.number: index for index, bar in enumerate(bars)}
    for note in hear_phrase_ends(melody, meters) or ():
        after = number[meters.bar_at_step(note.start).number] + 1
        if after - starts[-1] >= _LEAST_PHRASE:
            starts.append(after)
    starts = [start for start in starts if start < len(bars)]
    found: list[int] = []
    for start, after in zip(starts, [*starts[1:], len(bars)], strict=True):
        place = start
        while place < after:
            found.append(place)
            place += _USUAL_PHRASE
            if after - place < _LEAST_PHRASE:
                place = max(place, after)
    return sorted({0, *found}) if found[0] == 0 else found
