"""Where in the bar a model strikes notes, metre by metre, beside the composer or the melody."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from composer_app.analysis.metrics.attack_rates import ATTACK_COLUMNS, attack_rates
from composer_app.analysis.voice_grid import VoiceGrid
from composer_app.evaluation.section import Section
from composer_app.music.timing import Meter

_EIGHTH: Final = 2
_TITLES: Final = {
    "alto": "alto",
    "tenor": "tenor",
    "bass": "bass",
    "any_lower": "any lower voice",
}


@dataclass(frozen=True, slots=True, eq=False)
class Struck:
    """A passage in one metre: its ``takes``, and what the composer wrote, if that is known.

    ``position`` (T,) is the step within the bar. Voice 0 is the melody everywhere.
    """

    meter: Meter
    position: NDArray[np.int16]
    takes: Sequence[VoiceGrid]
    composer: VoiceGrid | None = None


@dataclass(frozen=True, slots=True, eq=False)
class MeterAttacks:
    """The attack rates of ``passages`` passages in one metre.

    ``rates`` has (steps of the bar, 5) for "model" and, where the composer's voices are known,
    "composer"; the columns are those of
    :data:`~composer_app.analysis.metrics.attack_rates.ATTACK_COLUMNS`.
    """

    meter: Meter
    passages: int
    rates: Mapping[str, NDArray[np.float64]]

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON: for each step of the bar, None where nothing has it."""
        return {
            "metre": str(self.meter),
            "passages": self.passages,
            "rates": {
                who: {
                    name: [None if np.isnan(rate) else float(rate) for rate in column]
                    for name, column in zip(ATTACK_COLUMNS, rates.T, strict=True)
                }
                for who, rates in self.rates.items()
            },
        }

    def section(self, where: str) -> Section:
        """The rates on each eighth, and the mean of the sixteenths between, of ``where``."""
        head = ["", *places(self.meter), "16ths"]
        lines = [["melody", *_cells(self.rates["model"][:, 0])]]
        for column, name in enumerate(ATTACK_COLUMNS[1:], start=1):
            for who, rates in self.rates.items():
                lines.append([f"{_TITLES[name]}: {who}", *_cells(rates[:, column])])
        heading = (
            f"Attacks by place in the bar, {where}, {self.meter} ({self.passages} passages): share"
            " of these places at which a note is struck"
        )
        return heading, (head, lines)


def attack_tables(passages: Sequence[Struck]) -> list[MeterAttacks]:
    """The attack rates of each metre that ``passages`` have, the commonest first."""
    found: dict[Meter, list[Struck]] = {}
    for each in passages:
        found.setdefault(each.meter, []).append(each)
    return [
        _of_meter(meter, rows)
        for meter, rows in sorted(found.items(), key=lambda item: -len(item[1]))
    ]


def places(meter: Meter) -> list[str]:
    """What the eighths of a bar are called: 1 1+ 2 2+ in quarters, 1 2 3 in dotted quarters."""
    eighths = range(0, meter.steps_per_bar, _EIGHTH)
    beat = meter.steps_per_beat
    if beat % 4:
        return [str(1 + step // _EIGHTH) for step in eighths]
    return [f"{1 + step // beat}{'+' if step % beat else ''}" for step in eighths]


def _of_meter(meter: Meter, passages: Sequence[Struck]) -> MeterAttacks:
    takes = [(take, each.position) for each in passages for take in each.takes]
    own = [(each.composer, each.position) for each in passages if each.composer is not None]
    rates = {"model": attack_rates(takes, meter.steps_per_bar)}
    if own:
        rates["composer"] = attack_rates(own, meter.steps_per_bar)
    return MeterAttacks(meter, len(passages), rates)


def _cells(rates: NDArray[np.float64]) -> list[str]:
    between = rates[1::_EIGHTH]
    shown = [*rates[::_EIGHTH].tolist(), float(np.mean(between)) if between.size else np.nan]
    return ["–" if np.isnan(rate) else f"{rate:.2f}" for rate in shown]
