"""Rhythms as lines of letters, one letter a sixteenth, and how they are laid over bars.

A line stands for one or more bars; spaces and bar lines (``|``) in it are for the eye. ``-`` holds
what was struck before and ``.`` is silence; the other letters are those of the part that plays the
line (:data:`SIGNS`). A style writes its lines for 4/4, 3/4 and 6/8. What it leaves out, and every
other metre, is put together from pieces of these (:func:`pieces`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from composer_app.music.timing import Meter

HOLD: Final = "-"
SILENCE: Final = "."
# The name of a second line of the chords: what the other hand holds.
HELD: Final = "held"
# What may stand in a line, by the part that plays it. Chords: struck loudly, struck, softly, the
# chord that comes next (a push), and single tones from the bottom. Bass: root, the root softly,
# third, fifth, sixth, octave, a walking note, an approach to the next root, and that root early.
# Drums: an accent, a stroke, a soft one, and a ghost note.
SIGNS: Final = {
    "chords": "Xxop12345",
    "bass": "Rr3568wap",
    "drums": "Xxog",
}
COMMON, TRIPLE, COMPOUND = Meter(4, 4), Meter(3, 4), Meter(6, 8)
_BAR: Final = {COMMON: 16, TRIPLE: 12, COMPOUND: 12}
_BEAT: Final = 4
_DOTTED: Final = 6

# A line for each instrument of a part: of all but the drums there is one, named "", and chords may
# have another one of what is held.
Lines = Mapping[str, str]


class Level(IntEnum):
    """How much a part plays."""

    SIMPLE = 0
    MEDIUM = 1
    BUSY = 2


@dataclass(frozen=True, slots=True)
class Pattern:
    """Lines of one part in one of the three written metres, all as long: whole bars."""

    meter: Meter
    level: Level
    lines: Lines

    @property
    def bars(self) -> int:
        """How many bars it goes on before it begins again."""
        return len(next(iter(self.lines.values()))) // _BAR[self.meter]

    def bar(self, index: int) -> Lines:
        """The lines of its bar ``index``, which may be any number from 0 on."""
        length = _BAR[self.meter]
        start = index % self.bars * length
        return {name: line[start : start + length] for name, line in self.lines.items()}


def letters(text: str, part: str) -> str:
    """``text`` without what is for the eye. Raises :class:`ValueError` for a foreign letter."""
    line = "".join(text.replace("|", " ").split())
    foreign = sorted(set(line) - set(SIGNS[part]) - {HOLD, SILENCE})
    if foreign:
        raise ValueError(f"“{foreign[0]}” in “{text}” is none of {SIGNS[part]}-.")
    return line


def parse_line(text: str, part: str, meter: Meter) -> str:
    """The :func:`letters` of ``text``. Raises :class:`ValueError` for what is no line."""
    line = letters(text, part)
    if meter not in _BAR:
        raise ValueError(f"{meter} is none of 4/4, 3/4 and 6/8")
    if not line or len(line) % _BAR[meter]:
        raise ValueError(f"“{text}” has {len(line)} sixteenths, no whole bars of {meter}")
    return line


def pieces(meter: Meter, steps: int) -> list[tuple[Meter, int, int]]:
    """Of which written metres, from which step to before which, a bar of ``steps`` is made."""
    if meter.steps_per_beat == _DOTTED:
        groups = [_half(COMPOUND, number % 2) for number in range(steps // _DOTTED)]
        return _joined(groups, COMPOUND) + _rest(steps % _DOTTED)
    dotted = steps % _BEAT == 2 and steps > _DOTTED
    quarters, rest = divmod(steps - (_DOTTED if dotted else 0), _BEAT)
    found: list[tuple[Meter, int, int]] = []
    while quarters:
        if quarters in (3, 6) or quarters == 5:
            found.append((TRIPLE, 0, 12))
            quarters -= 3
        elif quarters >= 4:
            found.append((COMMON, 0, 16))
            quarters -= 4
        else:
            # What is left after a longer piece is an end, alone it is a beginning.
            first = 16 - quarters * _BEAT if found else 0
            found.append((COMMON, first, first + quarters * _BEAT))
            quarters = 0
    if dotted:
        found.append((COMPOUND, _DOTTED, 2 * _DOTTED))
    return found + _rest(rest)


def _half(meter: Meter, which: int) -> tuple[Meter, int, int]:
    return meter, which * _DOTTED, (which + 1) * _DOTTED


def _joined(groups: Sequence[tuple[Meter, int, int]], meter: Meter) -> list[tuple[Meter, int, int]]:
    """``groups`` with each two halves as one bar."""
    whole = [(meter, 0, 12)] * (len(groups) // 2)
    return [*whole, *groups[len(whole) * 2 :]]


def _rest(steps: int) -> list[tuple[Meter, int, int]]:
    return [(COMMON, 0, steps)] if steps else []


# What each written metre is made of where a style has none for it.
_INSTEAD: Final = {
    COMMON: (
        (TRIPLE, ((0, 12), (8, 12))),
        (COMPOUND, ((0, 4), (2, 6), (6, 10), (8, 12))),
    ),
    TRIPLE: ((COMMON, ((0, 8), (12, 16))), (COMPOUND, ((0, 12),))),
    COMPOUND: ((COMMON, ((0, 6), (8, 14))), (TRIPLE, ((0, 12),))),
}


def in_every_meter(patterns: Sequence[Pattern]) -> dict[Meter, tuple[Pattern, ...]]:
    """``patterns`` by metre; for a metre that has none those of another, cut to it."""
    found: dict[Meter, tuple[Pattern, ...]] = {}
    for meter in _BAR:
        own = tuple(pattern for pattern in patterns if pattern.meter == meter)
        for other, spans in () if own else _INSTEAD[meter]:
            own = own or tuple(
                _cut(pattern, meter, spans) for pattern in patterns if pattern.meter == other
            )
        found[meter] = own
    return found


def _cut(pattern: Pattern, meter: Meter, spans: Sequence[tuple[int, int]]) -> Pattern:
    bars = [pattern.bar(index) for index in range(pattern.bars)]
    lines = {
        name: "".join(bar[name][start:end] for bar in bars for start, end in spans)
        for name in pattern.lines
    }
    return Pattern(meter, pattern.level, lines)


@dataclass(frozen=True, slots=True)
class Stroke:
    """What is played from step ``start`` on for ``length`` steps, as its letter says it."""

    start: int
    length: int
    sign: str

    @property
    def end(self) -> int:
        """The first step after it."""
        return self.start + self.length


def strokes(line: str, first: int = 0) -> list[Stroke]:
    """The strokes of ``line``, whose first letter is step ``first``."""
    found: list[Stroke] = []
    sounding = False
    for step, sign in enumerate(line, first):
        if sign == HOLD and sounding:
            last = found.pop()
            found.append(Stroke(last.start, last.length + 1, last.sign))
        elif sign in (HOLD, SILENCE):
            sounding = False
        else:
            found.append(Stroke(step, 1, sign))
            sounding = True
    return found
