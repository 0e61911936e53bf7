"""Where the bars of a piece begin: its metres over time, and its upbeat.

Places are in ticks, 240 a step, because a bar of 7/32 is no whole number of sixteenths. Bars are
numbered from 1; a short bar before the first downbeat, the upbeat, is bar 0.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import Final

from composer_app.music.timing import (
    MAX_NUMERATOR,
    TICKS_PER_BEAT,
    TICKS_PER_STEP,
    Meter,
    nearest_step,
)

_MOST_MAPS_KEPT: Final = 16


@dataclass(frozen=True, slots=True)
class MeterChange:
    """From ``tick`` on, where a bar begins, bars are those of ``meter``."""

    tick: int
    meter: Meter

    def __post_init__(self) -> None:
        if self.tick < 0:
            raise ValueError(f"a metre cannot change before the start (tick {self.tick})")


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its number and its first tick, the tick after it, and its metre.

    It is shorter than its metre says where it is an upbeat, or where the metre changes.
    """

    number: int
    start: int
    end: int
    meter: Meter

    @property
    def first_step(self) -> int:
        """The step nearest to where it begins."""
        return nearest_step(self.start)

    @property
    def end_step(self) -> int:
        """The step nearest to where it ends, as the first step of the next bar is."""
        return nearest_step(self.end)


@dataclass(frozen=True, slots=True)
class _Section:
    """Bars of one metre, one after another, from tick ``start`` on."""

    start: int
    number: int  # of the first bar
    meter: Meter

    def bar(self, tick: int, end: int | None) -> Bar:
        """The bar at ``tick``; the section ends before the tick ``end``, if anywhere."""
        length = self.meter.ticks_per_bar
        index = (tick - self.start) // length
        start = self.start + index * length
        after = start + length
        return Bar(
            self.number + index, start, after if end is None else min(after, end), self.meter
        )


@dataclass(frozen=True, slots=True)
class MeterMap:
    """Metres over time: changes at rising ticks, the first at tick 0, and the upbeat.

    ``upbeat`` is the length in ticks of the short bar before the first downbeat, 0 where there is
    none, and None where nobody has said or heard it: then bars are counted from the start. It is
    shorter than a bar, and ends before the metre changes. A change begins a bar, so that the one
    before it may be short.
    """

    changes: tuple[MeterChange, ...] = (MeterChange(0, Meter()),)
    upbeat: int | None = None

    def __post_init__(self) -> None:
        ticks = [change.tick for change in self.changes]
        if not ticks or ticks[0] != 0 or any(a >= b for a, b in pairwise(ticks)):
            raise ValueError("metre changes start at tick 0 and rise")
        if self.upbeat is None:
            return
        if not 0 <= self.upbeat < self.initial.ticks_per_bar:
            raise ValueError(f"an upbeat of {self.upbeat} ticks is no part of a bar")
        if len(ticks) > 1 and self.upbeat >= ticks[1]:
            raise ValueError(f"an upbeat of {self.upbeat} ticks lasts beyond a change of metre")

    @classmethod
    def constant(cls, meter: Meter, upbeat: int | None = None) -> "MeterMap":
        """One metre throughout, after ``upbeat`` ticks."""
        return cls((MeterChange(0, meter),), upbeat)

    @property
    def initial(self) -> Meter:
        """The metre at the start."""
        return self.changes[0].meter

    @property
    def is_constant(self) -> bool:
        """Whether the metre never changes."""
        return len(self.changes) == 1

    @property
    def upbeat_steps(self) -> int:
        """The step nearest to the first downbeat."""
        return nearest_step(self.upbeat or 0)

    def __str__(self) -> str:
        """The metres in the order in which they first occur, as "3/4, 2/4"."""
        return ", ".join(dict.fromkeys(str(change.meter) for change in self.changes))

    def with_upbeat(self, upbeat: int | None) -> "MeterMap":
        """The same metres after ``upbeat`` ticks, less whole bars; none where it would not fit."""
        if upbeat is not None:
            upbeat %= self.initial.ticks_per_bar
            if not self.is_constant and upbeat >= self.changes[1].tick:
                upbeat = 0
        return replace(self, upbeat=upbeat)

    def merged(self) -> "MeterMap":
        """The same bars without changes that change nothing."""
        kept = [self.changes[0]]
        for change in self.changes[1:]:
            last = kept[-1]
            first_barline = last.tick or self.upbeat or 0
            early = (change.tick - first_barline) % last.meter.ticks_per_bar
            if change.meter != last.meter or early:
                kept.append(change)
        return MeterMap(tuple(kept), self.upbeat)

    def bar_at(self, tick: float) -> Bar:
        """The bar that ``tick``, which is not before the start, falls into."""
        sections = _sections(self)
        index = max(bisect_right(sections, tick, key=lambda section: section.start) - 1, 0)
        after = sections[index + 1].start if index + 1 < len(sections) else None
        return sections[index].bar(int(tick), after)

    def bar_at_step(self, step: float) -> Bar:
        """The bar of ``step``, which may be a fraction.

        A step belongs to the bar whose first step it is, where a barline stands between two.
        """
        bar = self.bar_at(max(step, 0) * TICKS_PER_STEP)
        while step >= bar.end_step:
            bar = self.bar_at(bar.end)
        return bar

    def bar_numbered(self, number: int) -> Bar | None:
        """Bar ``number``; None if there is none, as for 0 without an upbeat."""
        sections = _sections(self)
        index = bisect_right(sections, number, key=lambda section: section.number) - 1
        if index < 0:
            return None
        section = sections[index]
        after = sections[index + 1].start if index + 1 < len(sections) else None
        return section.bar(
            section.start + (number - section.number) * section.meter.ticks_per_bar, after
        )

    def bars_between(self, start: int, end: int) -> Iterator[Bar]:
        """The bars that sound from tick ``start`` until before tick ``end``, in order."""
        tick = max(start, 0)
        while tick < end:
            bar = self.bar_at(tick)
            yield bar
            tick = bar.end

    def bars_of(self, steps: int) -> list[Bar]:
        """The bars that ``steps`` steps begin, an upbeat included; the last one whole."""
        return list(self.bars_between(0, steps * TICKS_PER_STEP))

    def bars(self, steps: int) -> int:
        """Number of bars that ``steps`` steps begin, an upbeat included."""
        if steps <= 0:
            return 0
        first = _sections(self)[0].number
        return self.bar_at(steps * TICKS_PER_STEP - 1).number - first + 1

    def whole_bars(self, steps: int) -> int:
        """The first step after all bars that ``steps`` steps begin."""
        return self.bar_at(steps * TICKS_PER_STEP - 1).end_step if steps > 0 else 0

    def position(self, step: int) -> tuple[int, int, int]:
        """``(bar, pulse, step within the pulse)`` of ``step``; the last two count from 1.

        In an upbeat pulses are counted as in the bar that it is the end of.
        """
        bar = self.bar_at_step(step)
        within = step * TICKS_PER_STEP - bar.start + self._missing(bar)
        pulse, rest = divmod(max(within, 0), bar.meter.ticks_per_pulse)
        return bar.number, pulse + 1, rest // TICKS_PER_STEP + 1

    def pulses_between(self, start: int, end: int) -> Iterator[tuple[int, bool]]:
        """``(tick, whether a bar begins there)`` of what a metronome counts in this span."""
        for bar in self.bars_between(start, end):
            length = bar.meter.ticks_per_pulse
            # An upbeat of one and a half pulses begins with the half.
            first = bar.start + (bar.end - bar.start) % length if bar.number == 0 else bar.start
            for tick in range(first, bar.end, length):
                if start <= tick < end:
                    yield tick, tick == bar.start and bar.number > 0

    def is_pulse(self, step: int) -> bool:
        """Whether ``step`` is the one nearest to something that a metronome counts."""
        bar = self.bar_at_step(step)
        pulse = bar.meter.ticks_per_pulse
        origin = bar.end if bar.number == 0 else bar.start
        count = round((step * TICKS_PER_STEP - origin) / pulse)
        return nearest_step(origin + count * pulse) == step

    def _missing(self, bar: Bar) -> int:
        """Ticks by which an upbeat is shorter than a bar; 0 for other bars."""
        return bar.meter.ticks_per_bar - (bar.end - bar.start) if bar.number == 0 else 0


def meter_of_ticks(ticks: int) -> Meter | None:
    """The metre whose bar lasts ``ticks``, in the longest notes that can say it; None if none."""
    for denominator in (4, 8, 16, 32):
        numerator, rest = divmod(ticks * denominator, 4 * TICKS_PER_BEAT)
        if not rest and 1 <= numerator <= MAX_NUMERATOR:
            return Meter(numerator, denominator)
    return None


@lru_cache(_MOST_MAPS_KEPT)
def _sections(meters: MeterMap) -> tuple[_Section, ...]:
    """The runs of whole bars, an upbeat as one of its own; the last bar of each may be short."""
    first = meters.changes[0]
    sections = [_Section(0, 1, first.meter)]
    if meters.upbeat:
        sections = [_Section(0, 0, first.meter), _Section(meters.upbeat, 1, first.meter)]
    for change in meters.changes[1:]:
        last = sections[-1]
        bars = -(-(change.tick - last.start) // last.meter.ticks_per_bar)
        sections.append(_Section(change.tick, last.number + bars, change.meter))
    return tuple(sections)
