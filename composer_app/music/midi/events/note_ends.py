"""Gives every note of a file its own end, in its own track.

Most notes have one. Others end as a synthesizer ends them: by a note-off in another track of the
same channel, or because all notes of the channel are told to end (controllers 120 and 123 to 127,
MIDI 1.0). What would sound for ever ends where a player would have let it go: when the next note of
its track and channel begins.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from composer_app.late_numpy import np
from composer_app.music.files.cancelling import Wanted, always_wanted, check
from composer_app.music.midi.events.channel_events import (
    CHANNELS,
    CONTROL_CHANGE,
    NOTE_OFF,
    ChannelEvents,
)
from composer_app.music.midi.events.faults import Fault, Faults
from composer_app.music.midi.events.messages import ParsedMidi, Port
from composer_app.music.pitch import PITCH_COUNT

if TYPE_CHECKING:
    from composer_app.music.midi.events.channel_events import Column, Mask

# All sound off; all notes off, and the changes of mode that mean it as well.
_ALL_OFF: Final = (120, 123, 124, 125, 126, 127)
# A last note that is never let go.
_MOST_BEATS: Final = 4


@dataclass(frozen=True, slots=True, eq=False)
class EndedNotes:
    """Notes as a table: columns (N,), the notes of a key of a track in the order of their onsets.

    ``row`` is that of the note-on among the file's messages; ``on`` and ``off`` are ticks.
    """

    row: Column
    track: Column
    channel: Column
    pitch: Column
    velocity: Column
    on: Column
    off: Column

    @property
    def line(self) -> Column:
        """A number for each channel of each track, rising with both."""
        return self.track * CHANNELS + self.channel

    def at(self, on: Column, off: Column) -> EndedNotes:
        """The same notes at other ticks."""
        return replace(self, on=on, off=off)


@dataclass(frozen=True, slots=True, eq=False)
class _Table:
    """The messages of a file with what their ends are found by: columns (N,)."""

    events: ChannelEvents
    # The place of each tick among all of them: small numbers in the same order.
    rank: Column
    # The port and channel; and with a pitch, a key of it.
    channel: Column
    key: Column
    all_off: Mask
    beat: int


def with_ends(midi: ParsedMidi, faults: Faults, wanted: Wanted = always_wanted) -> EndedNotes:
    """The notes of ``midi``, each with its end, the oldest first, and unended ones noted."""
    table = _table(midi)
    check(wanted)
    rows, ons, offs, strays = _paired(table.events)
    check(wanted)
    return _ended(table, rows, ons, offs, strays, np.array(midi.ends, np.int64), faults)


def _table(midi: ParsedMidi) -> _Table:
    events = midi.events
    ports = [
        next((said.port for _tick, said in track if isinstance(said, Port)), 0)
        for track in midi.tracks
    ]
    channel = np.array(ports, np.int64)[events.track] * CHANNELS + events.channel
    _ticks, rank = np.unique(events.tick, return_inverse=True)
    silent = (events.kind == CONTROL_CHANGE) & np.isin(events.first, _ALL_OFF)
    key = channel * PITCH_COUNT + events.first
    return _Table(events, rank, channel, key, silent, midi.ticks_per_beat)


def _paired(events: ChannelEvents) -> tuple[Column, Column, Column, Column]:
    """Which note-off belongs to which note: rows of note-ons, of these those that have one, the
    note-offs of those, and rows of note-offs that end none.

    A note whose key is struck again before it is let go is one of several that sound together if
    there are as many note-offs; then the oldest ends first. Otherwise it has no end. So note-ons
    and note-offs are brackets: what opens last is what a bracket closes.
    """
    rows = np.flatnonzero(events.struck | (events.kind == NOTE_OFF))
    group = (events.line * PITCH_COUNT + events.first)[rows]
    order = np.argsort(group, kind="stable")
    rows, group = rows[order], group[order]
    on = events.struck[rows]
    begins = np.concatenate(([True], group[1:] != group[:-1]))[: len(rows)]
    number = np.cumsum(begins) - 1
    # How many sound at each moment; where less than none would, a note-off is a stray.
    total = np.cumsum(np.where(on, 1, -1))
    total -= (total - np.where(on, 1, -1))[begins][number]
    apart = (number[-1:].sum() - number) * (len(rows) + 1)
    lowest = np.minimum.accumulate(np.minimum(total, 0) + apart) - apart
    before = np.where(begins, 0, np.concatenate(([0], lowest[:-1]))[: len(rows)])
    stray = ~on & (total < before)
    level = total - lowest + ~on
    # Of one level, what opens is closed by what follows.
    bracket = np.argsort(number * (len(rows) + 2) + np.where(stray, 0, level), kind="stable")
    opens, closes = bracket[:-1], bracket[1:]
    pairs = on[opens] & ~on[closes] & ~stray[closes]
    pairs &= (number[opens] == number[closes]) & (level[opens] == level[closes])
    return rows[on], rows[np.sort(opens[pairs])], rows[np.sort(closes[pairs])], rows[stray]


def _ended(
    table: _Table,
    ons: Column,
    ended: Column,
    offs: Column,
    strays: Column,
    ends: Column,
    faults: Faults,
) -> EndedNotes:
    """All notes at rows ``ons``, of which ``ended`` have the note-offs ``offs``."""
    events = table.events
    off = np.full(len(events), -1)
    off[ended] = events.tick[offs]
    tick, own = events.tick[ons], off[ons]
    silenced = _silences(table, ons)
    # What has an end of its own ends sooner where all notes are told to.
    release = np.where(
        (own >= 0) & (silenced >= 0) & (silenced < own), _at_least(silenced, tick), own
    )
    again = _again(events, ons)
    double = (own < 0) & (again == tick)
    open_ = np.flatnonzero((own < 0) & ~double)
    if len(open_):
        release[open_] = _closed(
            table, ons[open_], silenced[open_], again[open_], strays, ends, faults
        )
    # Struck twice at once, let go once.
    kept = ~double
    rows, release = ons[kept], release[kept]
    # The oldest ends first.
    group = (events.line * PITCH_COUNT + events.first)[rows]
    release = release[np.lexsort((release, group))]
    return EndedNotes(
        rows,
        events.track[rows],
        events.channel[rows],
        events.first[rows],
        events.second[rows],
        events.tick[rows],
        release,
    )


def _silences(table: _Table, ons: Column) -> Column:
    """When all notes of a channel are told to end after each of the notes ``ons``; -1 for never.

    At its own tick only behind it in its own track: others may begin with such a command.
    """
    silent = np.flatnonzero(table.all_off)
    if not len(silent):
        return np.full(len(ons), -1)
    events, line = table.events, table.events.line
    after = _first_after(
        table.channel[silent], table.rank[silent], table.channel[ons], table.rank[ons]
    )
    own = _first_after(line[silent], silent, line[ons], ons)
    tick = np.where(after >= 0, events.tick[silent[after]], -1)
    at_once = (own >= 0) & (events.tick[silent[own]] == events.tick[ons])
    return np.where(at_once, events.tick[ons], tick)


def _again(events: ChannelEvents, ons: Column) -> Column:
    """When the key of each of the notes ``ons`` is struck again in its track; -1 for never."""
    group = (events.line * PITCH_COUNT + events.first)[ons]
    tick = events.tick[ons]
    again = np.full(len(ons), -1)
    again[:-1] = np.where(group[1:] == group[:-1], tick[1:], -1)
    return again


def _closed(
    table: _Table,
    ons: Column,
    silenced: Column,
    again: Column,
    strays: Column,
    ends: Column,
    faults: Faults,
) -> Column:
    """Where the notes ``ons`` end that have no note-off of their own.

    With one of another track, with all others, or when their key is struck ``again``. Where no
    message tells, with the next note of the channel; after the last one with the track, if that
    ends within a bar.
    """
    events, line = table.events, table.events.line
    tick = events.tick[ons]
    let_go = _first_after(table.key[strays], table.rank[strays], table.key[ons], table.rank[ons])
    end = np.where(let_go >= 0, _of(events.tick[strays], let_go), -1)
    end = np.where((end < 0) | ((silenced >= 0) & (silenced < end)), silenced, end)
    untold = end < 0
    faults[Fault.UNENDED_NOTE] += int(untold.sum())
    struck = np.flatnonzero(events.struck)
    after = _first_after(line[struck], table.rank[struck], line[ons], table.rank[ons])
    track_end = ends[events.track[ons]]
    last = np.where(
        track_end > tick, np.minimum(track_end, tick + _MOST_BEATS * table.beat), tick + table.beat
    )
    plausible = np.where(after >= 0, _of(events.tick[struck], after), last)
    told = np.where((again >= 0) & (again < end), again, end)
    return _at_least(np.where(untold, plausible, told), tick)


def _at_least(end: Column, on: Column) -> Column:
    """``end``, but a tick after ``on``."""
    return np.maximum(end, on + 1)


def _of(column: Column, rows: Column) -> Column:
    """``column`` at ``rows``; anything where it is empty."""
    return column[rows] if len(column) else rows


def _first_after(group: Column, value: Column, of: Column, than: Column) -> Column:
    """Of rows (M,) with a ``value`` in a ``group``, the index of the first one of group ``of``
    whose value is greater ``than`` a number, for each of these (N,); -1 where there is none.
    """
    if not len(group):
        return np.full(len(of), -1)
    width = int(max(value.max(), than.max(initial=0))) + 1
    order = np.argsort(group * width + value, kind="stable")
    places = np.searchsorted((group * width + value)[order], of * width + than, "right")
    found = order[np.minimum(places, len(order) - 1)]
    inside = (places < len(order)) & (group[found] == of)
    return np.where(inside, found, -1)
