"""The chord symbols of a piece bar by bar, as they are printed, and typed again."""

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from composer_app.music.chord_text.naming import plain_name, symbol_name
from composer_app.music.chord_text.numerals import roman_numeral
from composer_app.music.chord_text.progression import shares
from composer_app.music.composition import Composition
from composer_app.music.harmony.chords import ChordSymbol, symbol_at
from composer_app.music.meter_map import Bar
from composer_app.music.pitch import Key

_GOES_ON: Final = "."
# Finer than this a bar is not divided; its chords then follow each other.
_MOST_SHARES: Final = 16

Named = Callable[[ChordSymbol], str]


@dataclass(frozen=True, slots=True)
class ChordBar:
    """A bar, and the symbols in force in it, the first perhaps from before it, with their keys."""

    bar: Bar
    symbols: tuple[tuple[ChordSymbol, Key], ...]

    @property
    def names(self) -> str:
        """The chords as a row of chords has them, such as ``Am . . G7/B``; empty for none."""
        keys = dict(self.symbols)
        return self._row(lambda symbol: plain_name(symbol, keys[symbol]))

    @property
    def shown(self) -> str:
        """The same with the signs that music has."""
        keys = dict(self.symbols)
        return self._row(lambda symbol: symbol_name(symbol, keys[symbol]))

    @property
    def numerals(self) -> str:
        """The chords by their Roman numerals."""
        keys = dict(self.symbols)
        return self._row(lambda symbol: roman_numeral(symbol.chord, keys[symbol]))

    def _row(self, name: Named) -> str:
        symbols = [symbol for symbol, _key in self.symbols]
        starts = [max(symbol.tick, self.bar.start) for symbol in symbols]
        begins = bool(starts) and starts[0] == self.bar.start
        words = dict(zip(starts, map(name, symbols), strict=True))
        for count in range(max(1, len(starts)), _MOST_SHARES + 1):
            places = shares(self.bar, count)
            even = len({end - start for start, end in places}) == 1
            if begins and even and set(starts) <= {start for start, _end in places}:
                return " ".join(words.get(start, _GOES_ON) for start, _end in places)
        free = [] if begins or not starts else ["?"]
        return " ".join([*free, *words.values()])


def chord_bars(composition: Composition) -> list[ChordBar]:
    """Every bar of ``composition`` with the chord symbols in force in it."""
    keyed = composition.chords_in_keys()
    keys = dict(keyed)
    ticks = [symbol.tick for symbol in composition.chords]
    bars: list[ChordBar] = []
    for bar in composition.meters.bars_of(composition.steps):
        inside = keyed[bisect_left(ticks, bar.start) : bisect_left(ticks, bar.end)]
        before = symbol_at(composition.chords, bar.start)
        if before is not None and before.tick < bar.start:
            inside = [(before, keys[before]), *inside]
        bars.append(ChordBar(bar, tuple(inside)))
    return bars


def row_of_chords(composition: Composition) -> str:
    """The chords from the first whole bar on in one line, as ``generate --chords`` reads them."""
    whole = [bar for bar in chord_bars(composition) if bar.bar.number > 0]
    return " | ".join(bar.names or "?" for bar in whole)


def chord_list(composition: Composition) -> list[dict[str, Any]]:
    """The chord symbols as JSON has them, each with its place.

    ``bar`` is the number of its bar, ``beat`` counts the beats of the metre from 1, with a fraction
    beside them. ``root`` and ``bass`` are pitch classes, null of N.C. like ``quality``.
    """
    rows: list[dict[str, Any]] = []
    for symbol, key in composition.chords_in_keys():
        bar, chord = composition.meters.bar_at(symbol.tick), symbol.chord
        missing = bar.meter.ticks_per_bar - (bar.end - bar.start) if bar.number == 0 else 0
        beat = 1 + (symbol.tick - bar.start + missing) / bar.meter.ticks_per_pulse
        rows.append(
            {
                "bar": bar.number,
                "beat": round(beat, 4),
                "name": plain_name(symbol, key),
                "numeral": roman_numeral(chord, key),
                "root": chord.root if chord else None,
                "quality": chord.quality.name if chord else None,
                "bass": chord.bass if chord else None,
                "extensions": list(symbol.extensions),
                "given": symbol.given,
            }
        )
    return rows
