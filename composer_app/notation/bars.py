"""The bars of a composition, and the metres of one that is made of bars.

The one place where notation meets the metre of a piece.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from composer_app.music.composition import Composition
from composer_app.music.meter_map import MeterChange, MeterMap
from composer_app.music.timing import Meter, TempoChange, TempoMap


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of ``ticks`` ticks (960 a quarter) from tick ``start`` on, in ``meter``.

    ``upbeat`` marks a first bar that is shorter than its metre says.
    """

    start: int
    ticks: int
    meter: Meter
    upbeat: bool = False

    @property
    def end(self) -> int:
        """First tick after the bar."""
        return self.start + self.ticks


def bars_of(composition: Composition) -> list[Bar]:
    """All bars of ``composition``, the last one whole; at least one."""
    found = composition.meters.bars_of(max(1, composition.steps))
    return [Bar(bar.start, bar.end - bar.start, bar.meter, bar.number == 0) for bar in found]


def meters_of(bars: Sequence[Bar]) -> MeterMap:
    """The metres of a piece that consists of ``bars``, and its upbeat.

    Where a bar stands in two parts, as at a repeat sign in its middle, it is one.
    """
    if not bars:
        return MeterMap()
    first = bars[0]
    upbeat = first.ticks if first.upbeat else 0
    changes = [MeterChange(0, first.meter)]
    # Where the metre puts the next barline.
    due = upbeat
    for bar in bars[1:] if upbeat else bars:
        whole = bar.meter.ticks_per_bar
        second_part = bar.start < due == bar.end and bar.meter == changes[-1].meter
        if second_part:
            continue
        if bar.start != due or bar.meter != changes[-1].meter:
            changes = [change for change in changes if change.tick < bar.start or not change.tick]
            if bar.start:
                changes.append(MeterChange(bar.start, bar.meter))
        due = bar.start + whole
    return MeterMap(tuple(changes), upbeat).merged()


def tempo_map(tempos: dict[int, float]) -> TempoMap:
    """The tempo map of quarters a minute by tick; there is one at tick 0."""
    return TempoMap(tuple(TempoChange.at_ticks(tick, bpm) for tick, bpm in sorted(tempos.items())))


def tempo_changes(composition: Composition) -> list[tuple[int, float]]:
    """``(tick, quarters a minute)`` of each change of tempo, the first at tick 0."""
    return [(change.ticks, change.bpm) for change in composition.tempo.changes]
