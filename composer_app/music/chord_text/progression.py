"""Rows of chords as people type them: ``C | G7/B | Am F | C``.

Bars stand between ``|``; ends of lines part bars, too. The chords of a bar share its beats evenly,
the first ones having more where it does not come out even, and ``.``, ``-`` and ``/`` are beats on
which the chord before goes on. ``%`` is the bar before once more, an empty bar has what sounded
last. ``?`` leaves a bar, or its share of one, to whoever writes the music; N.C. is no chord.
``|: C | G :|`` is played twice. Without any bar line each chord lasts a bar, and dashes or commas
only part them. A line in square brackets names a part of the song, and is no chord.

The first bar of a row is the first whole one of a piece; an upbeat is left free.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from typing import Final

from composer_app.errors import ChordError
from composer_app.music.chord_text.parsing import find_chord, names_german_b, parse_chord
from composer_app.music.harmony.chords import ChordSpan, ChordSymbol
from composer_app.music.meter_map import Bar, MeterMap
from composer_app.music.timing import TICKS_PER_BEAT, TICKS_PER_STEP, Meter
from composer_app.translation import _

# As long as the longest piece; far more than anybody types.
MAX_BARS: Final = 4_000
MAX_LETTERS: Final = 100_000
_MOST_IN_BAR: Final = 32
_DASHES: Final = frozenset({"-", "–"})
_GOES_ON: Final = _DASHES | {".", "/"}
_FREE: Final = "?"
_AGAIN: Final = "%"
_PART_NAME: Final = re.compile(r"^\s*\[[^\]\n]*\]\s*$", re.MULTILINE)
_ENDS: Final = re.compile(r"\n+")
# Within brackets a comma belongs to a chord, and no blank follows it.
_COMMA: Final = re.compile(r",(?=\s)")
# Bar lines of one place are one, whatever they are drawn of; those of repeats say so.
_BAR_LINE: Final = re.compile(r"\s*(:?\s?\|[|:\]]*)\s*")
_PLAIN_B: Final = re.compile(r"(?:^|/)B(?![b♭#♯])")


@dataclass(frozen=True, slots=True)
class Slot:
    """A share of a bar: a symbol (its tick is 0), or None where the harmony is left free."""

    symbol: ChordSymbol | None


@dataclass(frozen=True, slots=True)
class Progression:
    """Bars of slots, which share the bar between them."""

    bars: tuple[tuple[Slot, ...], ...]

    @property
    def first(self) -> ChordSymbol | None:
        """The first chord that it says, if there is one."""
        found = (slot.symbol for bar in self.bars for slot in bar)
        return next((symbol for symbol in found if symbol is not None and symbol.chord), None)


def parse_progression(text: str) -> Progression:
    """The bars that ``text`` writes.

    Raises :class:`ChordError`, which names the bar, for what is no chord, for more than
    :data:`MAX_BARS` bars, and where nothing is there.
    """
    if len(text) > MAX_LETTERS:
        raise ChordError(_("A row of chords has at most {most:,} letters", most=MAX_LETTERS))
    bars: list[tuple[Slot, ...]] = []
    repeated_from = 0
    for content, line in _bars(_PART_NAME.sub("", text)):
        if content is not None:
            bars.append(_bar(content, bars))
        if line.startswith(":"):
            bars += bars[repeated_from:]
        if ":" in line:
            repeated_from = len(bars)
        if len(bars) > MAX_BARS:
            raise ChordError(_("A row of chords has at most {most:,} bars", most=MAX_BARS))
    if not any(slot.symbol for bar in bars for slot in bar):
        raise ChordError(
            _("No chords are given"), _("write them bar by bar, as in C | G7/B | Am F | C")
        )
    _refuse_both_names(text)
    return Progression(tuple(bars))


def laid_out(progression: Progression, meters: MeterMap, steps: int) -> tuple[ChordSpan, ...]:
    """Where the chords stand in a piece of ``steps`` steps: from its first whole bar on.

    Each ends where the next one or what is left free begins, with the row, or with the piece. What
    the piece has no bars for is left out.
    """
    end = steps * TICKS_PER_STEP
    begin = meters.upbeat or 0
    spans: list[ChordSpan] = []
    bars = meters.bars_between(begin, end)
    for slots, bar in zip(progression.bars, bars, strict=False):
        for slot, (start, after) in zip(slots, shares(bar, len(slots)), strict=True):
            if slot.symbol is None or start >= end:
                continue
            symbol = replace(slot.symbol, tick=start)
            last = spans[-1] if spans else None
            if last is not None and last.end == start and last.symbol.same_harmony(symbol):
                symbol = spans.pop().symbol
            spans.append(ChordSpan(symbol, min(after, end)))
    return tuple(spans)


def _bars(text: str) -> Iterator[tuple[str | None, str]]:
    """What stands in each bar, None for nothing at the edge of a line, and the line after it."""
    text = _COMMA.sub(" ", text.replace("\r", "\n"))
    rows = [row.strip() for row in _ENDS.split(text) if row.strip()]
    if not any("|" in row for row in rows):
        for row in rows:
            yield from ((word, "") for word in row.split() if word not in _DASHES)
        return
    for row in rows:
        # Contents and the bar lines after them, in turn.
        parts = _BAR_LINE.split(row)
        contents, lines = parts[::2], [*parts[1::2], ""]
        for index, (content, line) in enumerate(zip(contents, lines, strict=True)):
            at_edge = index in (0, len(contents) - 1) and not content
            yield None if at_edge else content, line.replace(" ", "")


def _bar(content: str, before: list[tuple[Slot, ...]]) -> tuple[Slot, ...]:
    number = len(before) + 1
    words = content.split()
    last = before[-1][-1] if before else Slot(None)
    if not words:
        return (last,)
    if len(words) > _MOST_IN_BAR:
        raise ChordError(
            _(
                "Bar {bar} has more than {most} chords",
                bar=number,
                most=_MOST_IN_BAR,
            ),
            _("put | between the bars"),
        )
    if words == [_AGAIN]:
        if not before:
            raise _nothing_before(_AGAIN, number)
        return before[-1]
    slots: list[Slot] = []
    for word in words:
        if word in _GOES_ON or word == _AGAIN:
            if not slots and not before:
                raise _nothing_before(word, number)
            slots.append(slots[-1] if slots else last)
        elif word == _FREE:
            slots.append(Slot(None))
        else:
            slots.append(Slot(_chord(word, number)))
    return tuple(slots)


def _nothing_before(word: str, bar: int) -> ChordError:
    return ChordError(
        _("“{word}” in bar {bar} of the chords repeats nothing", word=word, bar=bar),
        _("begin with a chord"),
    )


def _chord(word: str, bar: int) -> ChordSymbol:
    if find_chord(word) is None:
        try:
            parse_chord(word)
        except ChordError as error:
            raise ChordError(
                _("“{word}” in bar {bar} of the chords is no chord", word=word, bar=bar),
                error.remedy,
            ) from None
    return parse_chord(word)


def _refuse_both_names(text: str) -> None:
    """Where H is written, B may be B flat; nobody can tell."""
    words = re.split(r"[\s|:]+", text)
    has_plain_b = any(_PLAIN_B.search(word) and find_chord(word) for word in words)
    if has_plain_b and any(names_german_b(word) for word in words):
        raise ChordError(
            _("With H beside it, B may be meant as B flat or as B"),
            _("write Bb and B, or Bb and H"),
        )


def shares(bar: Bar, count: int) -> list[tuple[int, int]]:
    """First tick and tick after of each of ``count`` shares of ``bar``, in whole beats.

    Where there are more shares than beats, beats are parted; the first shares have what is over.
    """
    ticks = bar.end - bar.start
    for unit in _units(bar.meter):
        units, rest = divmod(ticks, unit)
        if units >= count and not rest:
            each, over = divmod(units, count)
            lengths = [unit * (each + (place < over)) for place in range(count)]
            break
    else:
        lengths = [ticks * (place + 1) // count - ticks * place // count for place in range(count)]
    edges = [bar.start, *accumulate(lengths, initial=bar.start)][1:]
    return list(pairwise(edges))


def _units(meter: Meter) -> Iterator[int]:
    """A beat and what it is parted into, in ticks, down to sixteenths or what is shorter."""
    unit = meter.ticks_per_pulse
    yield unit
    if unit * meter.denominator == 3 * 4 * TICKS_PER_BEAT:
        unit //= 3
        yield unit
    while unit > TICKS_PER_STEP:
        unit //= 2
        yield unit
