"""What each channel plays in each track: notes on our grid, an instrument, a volume and a pan."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from composer_app.late_numpy import np
from composer_app.music.many import notes_at_ticks, struck_apart
from composer_app.music.midi.events.channel_events import CHANNELS, CONTROL_CHANGE, PROGRAM_CHANGE
from composer_app.music.mix import CENTRE, DEFAULT_VOLUME, PAN_CONTROLLER, VOLUME_CONTROLLER
from composer_app.music.note import Note
from composer_app.music.pitch import PITCH_COUNT

if TYPE_CHECKING:
    from composer_app.music.midi.events.channel_events import ChannelEvents, Column
    from composer_app.music.midi.events.note_ends import EndedNotes
    from composer_app.music.midi.file_time import Grid

# Volume and pan, each with what a synthesizer begins with.
MIXED: Final = {VOLUME_CONTROLLER: DEFAULT_VOLUME, PAN_CONTROLLER: CENTRE}


@dataclass
class Channel:
    """What one channel plays within one track."""

    # What is chosen before the first note: later instruments would need tracks of their own.
    program: int | None = None
    # Volume and pan by their controllers, as far as they are said.
    controls: dict[int, int] = field(default_factory=dict)
    # In order, none of which sounds when its pitch is struck again.
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """A file by its lines: what one channel does in one track."""

    events: ChannelEvents
    notes: EndedNotes
    # By line, the row of the first note; the number of rows where there is none: (tracks * 16,).
    first_struck: Column

    @classmethod
    def of(cls, events: ChannelEvents, notes: EndedNotes, tracks: int) -> Lines:
        """Of a file of so many tracks."""
        first = np.full(tracks * CHANNELS, len(events))
        np.minimum.at(first, notes.line, notes.row)
        return cls(events, notes, first)

    def channels(self, grid: Grid) -> dict[int, dict[int, Channel]]:
        """The channels of each track that play or choose an instrument."""
        found: dict[int, Channel] = {}
        programs = self._programs()
        for line, played in _played(self.notes, grid).items():
            found[line] = Channel(notes=played)
        for line, program in programs.items():
            found.setdefault(line, Channel()).program = program
        for line, controls in self._levels().items():
            if line in found:
                found[line].controls = controls
        tracks: dict[int, dict[int, Channel]] = {}
        for line in sorted(found):
            tracks.setdefault(line // CHANNELS, {})[line % CHANNELS] = found[line]
        return tracks

    def first_programs(self) -> dict[int, int]:
        """Each channel's first instrument; some files choose them all in a track without notes."""
        events = self.events
        rows = np.flatnonzero(events.kind == PROGRAM_CHANGE)
        # What is put in last counts: the earliest.
        rows = rows[np.argsort(events.tick[rows], kind="stable")][::-1]
        return dict(zip(events.channel[rows].tolist(), events.first[rows].tolist(), strict=True))

    def first_levels(self) -> dict[tuple[int, int], int]:
        """The first volume and pan, by channel and controller, that are set up for other tracks.

        A track that plays on a channel speaks for itself alone, since tracks may share a channel.
        """
        events = self.events
        rows = self._level_rows()
        rows = rows[self.first_struck[events.line[rows]] == len(events)][::-1]
        columns = (events.channel, events.first, events.second)
        channel, number, value = (column[rows].tolist() for column in columns)
        return dict(zip(zip(channel, number, strict=True), value, strict=True))

    def _programs(self) -> dict[int, int]:
        """By line, the last instrument that is chosen before its first note."""
        events, line = self.events, self.events.line
        rows = np.flatnonzero(events.kind == PROGRAM_CHANGE)
        rows = rows[rows < self.first_struck[line[rows]]]
        return dict(zip(line[rows].tolist(), events.first[rows].tolist(), strict=True))

    def _levels(self) -> dict[int, dict[int, int]]:
        """By line, volume and pan when its first note is struck.

        A track that fades in begins in silence, but is not meant to stay there.
        """
        events, rows = self.events, self._level_rows()
        line = events.line[rows]
        early = rows < self.first_struck[line]
        columns = (line, early, events.first[rows], events.second[rows])
        levels: dict[int, dict[int, int]] = {}
        for at, before, number, value in zip(*(each.tolist() for each in columns), strict=True):
            said = levels.setdefault(at, {})
            if before or said.get(number) == 0:
                said[number] = value
        return levels

    def _level_rows(self) -> Column:
        events = self.events
        return np.flatnonzero((events.kind == CONTROL_CHANGE) & np.isin(events.first, (*MIXED,)))


def _played(notes: EndedNotes, grid: Grid) -> dict[int, tuple[Note, ...]]:
    """The notes of each line, none of which sounds when its pitch is struck again."""
    onset = grid.all_ticks(notes.on)
    release = np.maximum(grid.all_ticks(notes.off), onset + 1)
    key = notes.line * PITCH_COUNT + notes.pitch
    rows, release = struck_apart(onset, release, key, notes.velocity)
    order = np.lexsort((notes.pitch[rows], onset[rows], notes.line[rows]))
    rows = rows[order]
    made = notes_at_ticks(onset[rows], release[order], notes.pitch[rows], notes.velocity[rows])
    line = notes.line[rows]
    lines, starts = np.unique(line, return_index=True)
    stops = [*starts[1:].tolist(), len(made)]
    return {
        number: tuple(made[start:stop])
        for number, start, stop in zip(lines.tolist(), starts.tolist(), stops, strict=bool(made))
    }
