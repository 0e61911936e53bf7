"""What each channel of each track says besides notes: controls, before and after its first note."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final

from composer_app.late_numpy import np
from composer_app.music.controls import (
    CONTROL_KINDS,
    FIRST_CHANNEL_MODE,
    RESET_CONTROLLERS,
    Control,
    Subject,
)
from composer_app.music.many import values_of
from composer_app.music.midi.events.channel_events import (
    CHANNEL_PRESSURE,
    CHANNELS,
    CONTROL_CHANGE,
    KEY_PRESSURE,
    NOTE_OFF,
    NOTE_ON,
    PITCH_BEND,
    PROGRAM_CHANGE,
)

if TYPE_CHECKING:
    from composer_app.music.midi.file_time import Grid
    from composer_app.music.midi.reading.channels import Lines

_PEDALS: Final = frozenset({64, 66, 67})
# What CC 121 brings to rest (MMA, RP-015): modulation, expression, pedals; and bends and pressure.
_RESET: Final = frozenset({1, 11, *range(64, 70)})
_KINDS: Final = {
    CONTROL_CHANGE: CONTROL_KINDS.index("controller"),
    PITCH_BEND: CONTROL_KINDS.index("bend"),
    CHANNEL_PRESSURE: CONTROL_KINDS.index("pressure"),
    KEY_PRESSURE: CONTROL_KINDS.index("key pressure"),
    PROGRAM_CHANGE: CONTROL_KINDS.index("program"),
}
_CONTROLLER, _PROGRAM = _KINDS[CONTROL_CHANGE], _KINDS[PROGRAM_CHANGE]

# Whether it comes before the first note; then its tick, kind (by its place), number and value.
_Row = tuple[bool, int, int, int, int]


@dataclass
class Said:
    """What a track says on a channel: the controls before its first note, and those after it."""

    before: list[Control] = field(default_factory=list)
    after: list[Control] = field(default_factory=list)
    struck: bool = False

    @cached_property
    def pedals(self) -> list[Control]:
        """Where pedals go down and come up."""
        return [control for control in (*self.before, *self.after) if _is_pedal(control)]

    @cached_property
    def program(self) -> int | None:
        """The instrument that is chosen for its first note; None where none is."""
        chosen = [control.value for control in self.before if control.kind == "program"]
        return chosen[-1] if chosen else None


def said_by_channel(lines: Lines, grid: Grid) -> list[dict[int, Said]]:
    """For each track by channel, what is said there, and whether notes are struck there."""
    events = lines.events
    notes = (events.kind == NOTE_OFF) | (events.kind == NOTE_ON)
    commands = (events.kind == CONTROL_CHANGE) & (events.first >= FIRST_CHANNEL_MODE)
    resets = commands & (events.first == RESET_CONTROLLERS)
    rows = np.flatnonzero(~notes & (~commands | resets))
    rows = rows[np.argsort(events.line[rows], kind="stable")]
    line, kind = events.line[rows], events.kind[rows]
    first, second = events.first[rows], events.second[rows]
    single = (kind == PROGRAM_CHANGE) | (kind == CHANNEL_PRESSURE)
    codes = np.zeros(256, np.int64)
    codes[list(_KINDS)] = list(_KINDS.values())
    columns = [
        (rows < lines.first_struck[line]).tolist(),
        grid.all_ticks(events.tick[rows]).tolist(),
        codes[kind].tolist(),
        np.where(single, 0, first).tolist(),
        np.where(single, first, second).tolist(),
    ]
    starts = np.flatnonzero(np.diff(line, prepend=-1))
    stops = [*starts[1:].tolist(), len(line)]
    found: list[dict[int, Said]] = [{} for _track in range(len(lines.first_struck) // CHANNELS)]
    for start, stop in zip(starts.tolist(), stops, strict=bool(len(line))):
        part = [column[start:stop] for column in columns]
        if resets[rows[start:stop]].any():
            said = list(_at_rest(zip(*part, strict=True)))
            part = [[row[index] for row in said] for index in range(len(part))]
        track, channel = divmod(int(line[start]), CHANNELS)
        found[track][channel] = _said(*part)
    for at in np.flatnonzero(lines.first_struck < len(events)).tolist():
        found[at // CHANNELS].setdefault(at % CHANNELS, Said()).struck = True
    return found


def _said(
    early: list[bool], tick: list[int], kind: list[int], number: list[int], value: list[int]
) -> Said:
    kinds = [CONTROL_KINDS[each] for each in kind]
    columns: dict[str, Sequence[object]] = {"tick": tick, "kind": kinds}
    controls = values_of(Control, len(tick), {**columns, "number": number, "value": value})
    before = sum(early)
    return Said(controls[:before], controls[before:])


def _at_rest(rows: Iterable[_Row]) -> Iterator[_Row]:
    """``rows`` of a channel, with what "reset all controllers" means there in so many words."""
    # What is elsewhere than it rests, and where that is.
    moved: dict[tuple[int, int], int] = {}
    for row in rows:
        early, tick, kind, number, value = row
        if kind == _CONTROLLER and number == RESET_CONTROLLERS:
            for (of, which), rest in moved.items():
                yield early, tick, of, which, rest
            moved.clear()
            continue
        if kind != _PROGRAM and (kind != _CONTROLLER or number in _RESET):
            rest = Subject(CONTROL_KINDS[kind], number).at_rest
            if value == rest:
                moved.pop((kind, number), None)
            else:
                moved[kind, number] = rest
        yield row


def _is_pedal(control: Control) -> bool:
    return control.kind == "controller" and control.number in _PEDALS
