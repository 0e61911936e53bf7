"""The keys that a piece is written in: what a file says, or a person."""

from collections.abc import Iterable
from dataclasses import dataclass

from composer_app.music.pitch import Key


@dataclass(frozen=True, slots=True)
class KeyChange:
    """From ``tick`` on (960 to a beat, from the beginning) the music is written in ``key``."""

    tick: int
    key: Key

    def __post_init__(self) -> None:
        if self.tick < 0:
            raise ValueError(f"a key cannot begin before the start (tick {self.tick})")


def in_order(changes: Iterable[KeyChange]) -> tuple[KeyChange, ...]:
    """``changes`` by their ticks; of several at one tick the last counts, and only what changes."""
    by_tick = {change.tick: change for change in changes}
    result: list[KeyChange] = []
    for _, change in sorted(by_tick.items()):
        if not result or result[-1].key != change.key:
            result.append(change)
    return tuple(result)
