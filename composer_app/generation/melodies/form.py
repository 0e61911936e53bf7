"""The form of what is written: its phrases, which bars come again, and where it closes.

A bar is one as the network counts them, see :func:`composer_app.generation.placement.bar_places`:
two bars of 2/4 are one.
"""

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from composer_app.generation.placement import bar_places
from composer_app.music.meter_map import MeterMap

PHRASE: Final = 4
# A rest of a phrase shorter than this belongs to the one before.
_LEAST_PHRASE: Final = 3
# Which phrases are alike, by how many there are; one of each is drawn. A later letter may take over
# the rhythm of an earlier one. Songs come back to their phrases more often than chorales and hymns.
_SONGS: Final[dict[int, tuple[str, ...]]] = {
    1: ("A",),
    2: ("AA", "AB"),
    3: ("AAB", "ABA"),
    4: ("AABA", "AABA", "ABAB", "ABAC", "AABB"),
}
_HYMNS: Final[dict[int, tuple[str, ...]]] = {
    1: ("A",),
    2: ("AB", "AB", "AA"),
    3: ("ABC", "AAB", "ABA"),
    4: ("ABCD", "AABC", "ABAC", "ABCB", "AABA"),
}
_SECTION: Final = 4
# The bars that lead to a close.
_CLOSING_BARS: Final = 2
# Sections of four phrases, in a piece of more.
_SECTIONS: Final = (0, 1, 0, 2)
# How often a new phrase takes its rhythm from the first, its second bar from its first, and its
# third bar its rhythm, its pitches a step or two away, or everything; a close that of another.
_PHRASE_RHYTHM: Final = 0.5
_SECOND_BAR: Final = 0.25
_THIRD_RHYTHM, _THIRD_SEQUENCE, _THIRD_EXACT = 0.3, 0.2, 0.1
_CLOSE_RHYTHM: Final = 0.6
# How often what is continued brings back how the piece began, in its last new phrase.
_RETURN: Final = 0.6


@dataclass(frozen=True, slots=True)
class Unit:
    """A bar: its first step and the first step after, and its number; an upbeat is -1."""

    number: int
    first: int
    end: int

    @property
    def length(self) -> int:
        """In steps."""
        return self.end - self.first


def is_halved(unit: Unit, meters: MeterMap) -> bool:
    """Whether a chord may change in the middle of the bar: not in 3/4."""
    meter = meters.bar_at_step(unit.first).meter
    beats = unit.length // meter.steps_per_beat
    return unit.length % 2 == 0 and beats % 2 == 0 and beats > 0


@dataclass(frozen=True, slots=True)
class Tie:
    """A bar that is like an earlier one: in rhythm, and perhaps so many scale steps higher.

    ``source`` is an index of a bar; ``pitches`` says whether the pitches come again, too.
    """

    source: int
    pitches: bool = False
    steps: int = 0


@dataclass(frozen=True, slots=True)
class FormBar:
    """A bar that is written: the phrase that it belongs to, its place in it, and what it is like.

    ``last`` says that its phrase ends with it, ``closed`` that this is a full close.
    """

    unit: Unit
    phrase: int
    place: int
    last: bool
    closed: bool = False
    tie: Tie | None = None


def units_of(steps: int, meters: MeterMap) -> list[Unit]:
    """The bars of ``steps`` steps as the network counts them."""
    places = bar_places(steps, meters)
    starts = np.flatnonzero(places == 0).tolist()
    first = -1 if starts and starts[0] > 0 else 0
    edges = ([0] if first == -1 or not starts else []) + [*starts, steps]
    return [Unit(first + index, a, b) for index, (a, b) in enumerate(pairwise(edges))]


def phrase_lengths(bars: int) -> list[int]:
    """Phrases of four bars; what is over belongs to the last one, or is a short one."""
    whole, rest = divmod(bars, PHRASE)
    if not whole:
        return [bars] if bars else []
    if rest >= _LEAST_PHRASE:
        return [*[PHRASE] * whole, rest]
    return [*[PHRASE] * (whole - 1), PHRASE + rest]


def letters(count: int, uniform: NDArray[np.float64], *, songs: bool) -> list[str]:
    """A name for each of ``count`` phrases; those of one name are alike. ``uniform`` decides."""
    kinds = _SONGS if songs else _HYMNS
    found: list[str] = []
    sections = -(-count // _SECTION)
    for section in range(sections):
        kind = _SECTIONS[section % len(_SECTIONS)] if sections > 1 else 0
        size = min(_SECTION, count - len(found))
        patterns = kinds[size if sections == 1 else _SECTION]
        pattern = patterns[min(int(uniform[kind] * len(patterns)), len(patterns) - 1)]
        found += [f"{letter}{kind}" for letter in pattern[:size]]
    return found


def plan_form(
    bars: list[Unit],
    before: list[Unit],
    uniform: NDArray[np.float64],
    *,
    closed: bool,
    songs: bool = True,
) -> list[FormBar]:
    """The form of ``bars`` (with indices as in the piece), after those that stand ``before``.

    ``uniform`` (at least 8 a phrase) decides. Ties name bars by their numbers. ``songs`` is false
    for what is no song but a chorale or a hymn.
    """
    lengths = phrase_lengths(len(bars))
    names = letters(len(lengths), uniform[:8], songs=songs)
    models: dict[str, list[FormBar]] = {}
    found: list[FormBar] = []
    at = 0
    for phrase, (length, name) in enumerate(zip(lengths, names, strict=True)):
        chance = uniform[8 * (phrase + 1) :]
        mine = bars[at : at + length]
        at += length
        final = phrase == len(lengths) - 1
        full = closed if final else phrase % 2 == 1
        row = [
            FormBar(unit, phrase, place, place == length - 1, full and place == length - 1)
            for place, unit in enumerate(mine)
        ]
        model = models.get(name)
        if model is not None:
            row = _again(row, model)
        elif before and (phrase > 0 or len(lengths) == 1) and final and chance[0] < _RETURN:
            row = _again(row, _as_form(before[:PHRASE]))
        else:
            models_before = _as_form(before[:PHRASE]) if before else models.get("A0", [])
            rhythm = models_before if chance[0] < _PHRASE_RHYTHM else []
            row = _new(row, rhythm, chance)
        models.setdefault(name, row)
        found += row
    return [_fitting(bar, {u.number: u for u in (*before, *bars)}) for bar in found]


def _again(row: list[FormBar], model: list[FormBar]) -> list[FormBar]:
    """The phrase ``row`` as another one was; where it closes otherwise it goes there by itself."""
    result = []
    same_close = row[-1].closed == model[-1].closed and len(row) == len(model)
    for bar in row:
        if bar.place >= len(model):
            result.append(bar)
            continue
        kept = same_close or bar.place < len(row) - _CLOSING_BARS
        result.append(replace(bar, tie=Tie(model[bar.place].unit.number, pitches=kept)))
    return result


def _new(row: list[FormBar], rhythm: list[FormBar], chance: NDArray[np.float64]) -> list[FormBar]:
    """A phrase of its own, with the rhythm of another perhaps, and its bars like each other."""
    result = []
    for bar in row:
        tie: Tie | None = None
        if bar.place < len(rhythm):
            tie = Tie(rhythm[bar.place].unit.number)
        elif bar.last and bar.place and rhythm and chance[5] < _CLOSE_RHYTHM:
            tie = Tie(rhythm[-1].unit.number)
        elif not bar.last and bar.place == 1 and chance[1] < _SECOND_BAR:
            tie = Tie(row[0].unit.number)
        if not bar.last and bar.place == 2:
            draw, home = chance[2], row[0].unit.number
            if draw < _THIRD_EXACT:
                tie = Tie(home, pitches=True)
            elif draw < _THIRD_EXACT + _THIRD_SEQUENCE:
                tie = Tie(home, pitches=True, steps=(-2, -1, 1, 2)[int(chance[3] * 4)])
            elif draw < _THIRD_EXACT + _THIRD_SEQUENCE + _THIRD_RHYTHM:
                tie = Tie(home)
        result.append(replace(bar, tie=tie))
    return result


def _as_form(units: list[Unit]) -> list[FormBar]:
    """Bars that stand already, as a phrase."""
    return [FormBar(unit, -1, place, place == len(units) - 1) for place, unit in enumerate(units)]


def _fitting(bar: FormBar, units: dict[int, Unit]) -> FormBar:
    """``bar`` without a tie to a bar of another length."""
    if bar.tie is None:
        return bar
    source = units.get(bar.tie.source)
    if source is None or source.length != bar.unit.length or bar.tie.source == bar.unit.number:
        return replace(bar, tie=None)
    return bar
