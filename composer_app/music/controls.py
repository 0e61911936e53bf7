"""What a track says besides its notes: controllers, pitch bend, pressure, other instruments.

They are MIDI's channel messages, each at its tick. Volume and pan are the mix's
(:mod:`composer_app.music.mix`); a track whose volume or pan changes in its course has every value
of it here, the one at the beginning too, and the mix then moves all of them together.
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from operator import attrgetter
from typing import Final, Literal, NamedTuple, get_args

ControlKind = Literal["controller", "bend", "pressure", "key pressure", "program"]

BANK: Final = 0
BANK_FINE: Final = 32
SUSTAIN: Final = 64
# From here on controllers are commands to the channel: all sound off, all notes off ...
FIRST_CHANNEL_MODE: Final = 120
RESET_CONTROLLERS: Final = 121
# What says a registered or other parameter, such as the range of the bend, and its value: they mean
# something only in their order.
PARAMETER_CONTROLLERS: Final = frozenset({6, 38, 96, 97, 98, 99, 100, 101})

CONTROL_KINDS: Final[tuple[ControlKind, ...]] = get_args(ControlKind)
_LOWEST_BEND: Final = -8192
_HIGHEST_BEND: Final = 8191
_BY_TICK: Final = attrgetter("tick")
# Pedals that are half down or more hold what sounds.
_PEDAL_DOWN: Final = 64
# Where nothing has been said: 7 volume, 8 balance, 10 pan, 11 expression, 70-79 sound controllers.
_AT_REST: Final = {7: 100, 8: 64, 10: 64, 11: 127, **dict.fromkeys(range(70, 80), 64)}


class Subject(NamedTuple):
    """What a control sets: its kind, and which controller or which key."""

    kind: ControlKind
    number: int

    @property
    def at_rest(self) -> int:
        """The value where nothing has been said. A program has none; 0 stands for it."""
        return _AT_REST.get(self.number, 0) if self.kind == "controller" else 0


@dataclass(frozen=True, slots=True)
class Control:
    """From ``tick`` on (960 to a beat, from the beginning) something has the ``value``.

    ``number`` is the controller (0-119) or the key (0-127) of a key pressure, else 0. Values are
    0-127, those of a bend -8192 to 8191. Raises ValueError for anything outside these ranges.
    """

    tick: int
    kind: ControlKind
    number: int
    value: int

    def __post_init__(self) -> None:
        if self.tick < 0:
            raise ValueError(f"a control cannot stand before the start (tick {self.tick})")
        if self.kind not in CONTROL_KINDS:
            raise ValueError(f"there is no kind of control {self.kind!r}")
        numbers = {"controller": FIRST_CHANNEL_MODE, "key pressure": 128}.get(self.kind, 1)
        if not 0 <= self.number < numbers:
            raise ValueError(f"a {self.kind} has no number {self.number}")
        bends = self.kind == "bend"
        lowest, highest = (_LOWEST_BEND, _HIGHEST_BEND) if bends else (0, 127)
        if not lowest <= self.value <= highest:
            raise ValueError(f"a {self.kind} of {self.value} is outside {lowest} to {highest}")

    @property
    def subject(self) -> Subject:
        """What it sets."""
        return Subject(self.kind, self.number)

    @property
    def chooses_sound(self) -> bool:
        """Whether it chooses another instrument, or the bank of one."""
        return self.kind == "program" or self.is_bank

    @property
    def is_bank(self) -> bool:
        """Whether it chooses the bank of the instruments that are chosen after it."""
        return self.kind == "controller" and self.number in (BANK, BANK_FINE)


def in_order(controls: Iterable[Control]) -> tuple[Control, ...]:
    """``controls`` by their ticks; those at one tick stay as they stand, for that has a meaning.

    But at the very beginning banks come first, since that is where a track's instrument is chosen.
    """
    ordered = sorted(controls, key=_BY_TICK)
    if ordered and not ordered[0].tick:
        start = bisect_right(ordered, 0, key=_BY_TICK)
        ordered[:start] = sorted(ordered[:start], key=lambda each: not each.is_bank)
    return tuple(ordered)


def without_other_sounds(controls: Iterable[Control]) -> tuple[Control, ...]:
    """``controls`` but those that choose instruments: one instrument then plays throughout."""
    return tuple(control for control in controls if not control.chooses_sound)


def pedal_up_after(controls: Iterable[Control], tick: int) -> int:
    """When the sustain pedal comes up that is down at ``tick``; ``tick`` where it is not or stays.

    ``controls`` are in order.
    """
    down = False
    for control in controls:
        if control.number != SUSTAIN or control.kind != "controller":
            continue
        if control.tick > tick:
            if not down:
                return tick
            if control.value < _PEDAL_DOWN:
                return control.tick
        else:
            down = control.value >= _PEDAL_DOWN
    return tick
