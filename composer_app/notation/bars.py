"""The bars of a composition, and the metre of one that is made of bars.

The one place where notation meets the metre of a piece.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from composer_app.music.composition import Composition
from composer_app.music.timing import TICKS_PER_BEAT, TICKS_PER_STEP, Meter, TempoChange, TempoMap


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


def bar_ticks(meter: Meter) -> int:
    """Length of a whole bar in ticks."""
    return meter.numerator * 4 * TICKS_PER_BEAT // meter.denominator


def pulse_ticks(meter: Meter) -> int:
    """Length in ticks of what is counted: a dotted quarter in 6/8, 9/8, 12/8."""
    return meter.steps_per_pulse * TICKS_PER_STEP


def bars_of(composition: Composition) -> list[Bar]:
    """All bars of ``composition``, the last one whole; at least one."""
    length = bar_ticks(composition.meter)
    last = composition.steps * TICKS_PER_STEP
    count = max(1, -(-last // length))
    return [Bar(index * length, length, composition.meter) for index in range(count)]


def meter_of(bars: Sequence[Bar]) -> Meter:
    """The metre of a piece that consists of ``bars``."""
    return bars[0].meter if bars else Meter()


def tempo_map(tempos: dict[int, float]) -> TempoMap:
    """The tempo map of quarters a minute by tick; there is one at tick 0."""
    by_step = {tick // TICKS_PER_STEP: bpm for tick, bpm in sorted(tempos.items())}
    return TempoMap(tuple(TempoChange(step, bpm) for step, bpm in by_step.items()))


def tempo_changes(composition: Composition) -> list[tuple[int, float]]:
    """``(tick, quarters a minute)`` of each change of tempo, the first at tick 0."""
    return [(change.step * TICKS_PER_STEP, change.bpm) for change in composition.tempo.changes]
