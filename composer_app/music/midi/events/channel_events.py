"""What a synthesizer hears of a file, as a table: a row for each message, in the file's order.

A file may hold some hundred thousand of them. As columns of numbers they are understood together;
an object for each would take most of the time that reading takes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING, Final

from composer_app.late_numpy import np
from composer_app.music.midi.events.faults import Fault, Faults

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Column = NDArray[np.int64]
    Mask = NDArray[np.bool_]

# Kinds of messages: the first byte without its channel.
NOTE_OFF: Final = 0x80
NOTE_ON: Final = 0x90
KEY_PRESSURE: Final = 0xA0
CONTROL_CHANGE: Final = 0xB0
PROGRAM_CHANGE: Final = 0xC0
CHANNEL_PRESSURE: Final = 0xD0
PITCH_BEND: Final = 0xE0
CHANNELS: Final = 16


@dataclass(frozen=True, slots=True, eq=False)
class ChannelEvents:
    """Messages by track and tick: columns (N,) of whole numbers.

    ``tick`` counts from the start. ``kind`` is one of those above; a note that is struck with no
    velocity is a note-off. ``first`` is the pitch, the controller, the program or the pressure,
    ``second`` the velocity or the value; of a bend ``second`` is where the wheel stands, -8192 to
    8191, and ``first`` is 0.
    """

    track: Column
    tick: Column
    kind: Column
    channel: Column
    first: Column
    second: Column

    def __len__(self) -> int:
        return len(self.tick)

    @property
    def line(self) -> Column:
        """A number for each channel of each track, rising with both."""
        return self.track * CHANNELS + self.channel

    @property
    def struck(self) -> Mask:
        """Whether a note begins."""
        struck: Mask = self.kind == NOTE_ON
        return struck

    def where(self, rows: Mask) -> ChannelEvents:
        """Those of ``rows``."""
        return ChannelEvents(
            *(
                column[rows]
                for column in (
                    self.track,
                    self.tick,
                    self.kind,
                    self.channel,
                    self.first,
                    self.second,
                )
            )
        )

    def at(self, tick: Column) -> ChannelEvents:
        """The same messages at other ticks."""
        return replace(self, tick=tick)


def channel_events(
    data: bytes, tracks: Sequence[tuple[list[int], list[int]]], faults: Faults
) -> ChannelEvents:
    """The messages whose data bytes begin at places of ``data``: for each track ticks and places.

    What has no status byte in front of it has that of the message before. Values above 127 are
    taken for 127, notes and instruments above 127 are left out, both noted in ``faults``.
    """
    counts = [len(ticks) for ticks, _places in tracks]
    count = sum(counts)
    track = np.repeat(np.arange(len(tracks)), counts)
    tick = np.fromiter(chain.from_iterable(ticks for ticks, _ in tracks), np.int64, count)
    place = np.fromiter(chain.from_iterable(places for _, places in tracks), np.int64, count)
    raw = np.frombuffer(data, np.uint8)
    # A delta time ends with a byte below 128.
    before = raw[place - 1]
    said = np.maximum.accumulate(np.where(before >= 0x80, np.arange(count), 0))
    status = before[said].astype(np.int64)
    kind, channel = status & 0xF0, status & 0x0F
    first = raw[place].astype(np.int64)
    alone = (kind == PROGRAM_CHANGE) | (kind == CHANNEL_PRESSURE)
    second = np.where(alone, 0, raw[np.minimum(place + 1, len(raw) - 1)]).astype(np.int64)
    impossible = (first > 127) & (kind != CHANNEL_PRESSURE) & (kind != PITCH_BEND)
    high = ((first > 127) | (second > 127)) & ~impossible
    for fault, found in ((Fault.NO_SUCH_NOTE, impossible), (Fault.HIGH_BYTE, high)):
        if found.any():
            faults[fault] += int(found.sum())
    first, second = np.minimum(first, 127), np.minimum(second, 127)
    bends = kind == PITCH_BEND
    second = np.where(bends, (second << 7 | first) - 8192, second)
    first = np.where(bends, 0, first)
    kind = np.where((kind == NOTE_ON) & (second == 0), NOTE_OFF, kind)
    events = ChannelEvents(track, tick, kind, channel, first, second)
    return events.where(~impossible) if impossible.any() else events
