"""Gives every note of a file its own end, in its own track.

Most notes have one. Others end as a synthesizer ends them: by a note-off in another track of the
same channel, or because all notes of the channel are told to end (controllers 120 and 123 to 127,
MIDI 1.0). What would sound for ever ends where a player would have let it go: when the next note of
its track and channel begins.
"""

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass, field, replace
from operator import itemgetter
from typing import Final

from composer_app.music.files.cancelling import Wanted, always_wanted, check
from composer_app.music.midi.faults import Fault, Faults
from composer_app.music.midi.messages import (
    ControlChange,
    NoteOff,
    NoteOn,
    ParsedMidi,
    Port,
    Timed,
)

# All sound off; all notes off, and the changes of mode that mean it as well.
_ALL_OFF: Final = frozenset((120, 123, 124, 125, 126, 127))
# A last note that is never let go.
_MOST_BEATS: Final = 4

# The port and number of a channel; with a pitch, a key on it.
_Channel = tuple[int, int]
_Key = tuple[int, int, int]


@dataclass(slots=True)
class _Note:
    """A note by the indices of its messages in its track; ``off`` is None as long as unknown."""

    on: int
    off: int | None = None


@dataclass
class _Track:
    messages: list[Timed]
    end: int
    port: int
    # By indices: the notes of each key in their order, and note-offs that end none of them.
    notes: dict[_Key, list[_Note]] = field(default_factory=lambda: defaultdict(list))
    stray: dict[_Key, list[int]] = field(default_factory=lambda: defaultdict(list))
    # Messages that end everything on a channel.
    all_off: dict[_Channel, list[int]] = field(default_factory=lambda: defaultdict(list))

    def tick(self, index: int) -> int:
        return self.messages[index][0]


@dataclass(frozen=True)
class _Others:
    """What ends notes of any track: rising ticks by channel, and by key."""

    silences: dict[_Channel, list[int]]
    strays: dict[_Key, list[int]]
    beat: int

    def silence(self, track: _Track, channel: _Channel, on: int) -> int | None:
        """When all notes are told to end after the note at index ``on`` of ``track``, if ever.

        At its own tick only behind it in its own track: others may begin with such a command.
        """
        ticks = self.silences.get(channel)
        if ticks is None:
            return None
        own = track.all_off.get(channel, [])
        tick = track.tick(on)
        after = bisect_right(own, on)
        if after < len(own) and track.tick(own[after]) == tick:
            return tick
        return _after(ticks, tick)

    def let_go(self, key: _Key, tick: int) -> int | None:
        """When another track lets go of ``key`` after ``tick``, if ever."""
        ticks = self.strays.get(key)
        return None if ticks is None else _after(ticks, tick)


def with_ends(midi: ParsedMidi, faults: Faults, wanted: Wanted = always_wanted) -> ParsedMidi:
    """``midi`` with a note-off behind every note, oldest note first, and unended ones noted."""
    tracks = []
    for messages, end in zip(midi.tracks, midi.ends, strict=True):
        check(wanted)
        tracks.append(_paired(messages, end))
    silences: dict[_Channel, list[int]] = defaultdict(list)
    strays: dict[_Key, list[int]] = defaultdict(list)
    for track in tracks:
        for channel, indices in track.all_off.items():
            silences[channel] += map(track.tick, indices)
        for key, indices in track.stray.items():
            strays[key] += map(track.tick, indices)
    for ticks in (*silences.values(), *strays.values()):
        ticks.sort()
    others = _Others(silences, strays, midi.ticks_per_beat)
    ended = []
    for track in tracks:
        check(wanted)
        ended.append(_ended(track, others, faults))
    return replace(midi, tracks=ended)


def _paired(messages: list[Timed], end: int) -> _Track:
    """Which note-off of a track belongs to which note.

    A note whose key is struck again before it is let go is one of several that sound together if
    there are as many note-offs; then the oldest ends first. Otherwise it has no end.
    """
    port = next((message.port for _, message in messages if isinstance(message, Port)), 0)
    track = _Track(messages, end, port)
    sounding: dict[_Key, list[_Note]] = defaultdict(list)
    for index, (_tick, message) in enumerate(messages):
        if isinstance(message, NoteOn):
            note = _Note(index)
            key = port, message.channel, message.note
            track.notes[key].append(note)
            sounding[key].append(note)
        elif isinstance(message, NoteOff):
            key = port, message.channel, message.note
            if sounding[key]:
                sounding[key].pop().off = index
            else:
                track.stray[key].append(index)
        elif isinstance(message, ControlChange) and message.control in _ALL_OFF:
            track.all_off[port, message.channel].append(index)
    for notes in track.notes.values():
        _oldest_first([note for note in notes if note.off is not None])
    return track


def _oldest_first(notes: list[_Note]) -> None:
    offs = sorted(note.off for note in notes if note.off is not None)
    for note, off in zip(notes, offs, strict=True):
        note.off = off


def _ended(track: _Track, others: "_Others", faults: Faults) -> list[Timed]:
    """The messages of ``track``, with note-offs added and moved."""
    gone: set[int] = set()
    added: list[Timed] = []
    onsets: dict[int, list[int]] = {}
    for key, notes in track.notes.items():
        channel, off = key[:2], NoteOff(*key[1:])
        if channel not in others.silences and all(note.off is not None for note in notes):
            continue
        for place, note in enumerate(notes):
            on = track.tick(note.on)
            silence = others.silence(track, channel, note.on)
            if note.off is not None:
                if silence is not None and silence < track.tick(note.off):
                    gone.add(note.off)
                    added.append((max(silence, on + 1), off))
                continue
            again = track.tick(notes[place + 1].on) if place + 1 < len(notes) else None
            if again == on:
                # Struck twice at once, let go once.
                gone.add(note.on)
                continue
            end = _earlier(silence, others.let_go(key, on))
            if end is None:
                faults[Fault.UNENDED_NOTE] += 1
                onsets = onsets or _onsets(track)
                end = _plausible_end(on, onsets[channel[1]], track.end, others.beat)
            elif again is not None and again < end:
                end = again
            added.append((max(end, on + 1), off))
    if not gone and not added:
        return track.messages
    kept = [timed for index, timed in enumerate(track.messages) if index not in gone]
    # Before what else happens at that moment.
    return sorted(added + kept, key=itemgetter(0))


def _onsets(track: _Track) -> dict[int, list[int]]:
    """When notes of each channel begin in a track."""
    onsets: dict[int, list[int]] = defaultdict(list)
    for tick, message in track.messages:
        if isinstance(message, NoteOn):
            onsets[message.channel].append(tick)
    return onsets


def _plausible_end(on: int, onsets: list[int], end: int, beat: int) -> int:
    """Where a note from tick ``on`` is let go of which no message tells.

    With the next note at ``onsets``; after the last one with the track, if that ends within a bar.
    """
    after = bisect_right(onsets, on)
    if after < len(onsets):
        return onsets[after]
    return min(end, on + _MOST_BEATS * beat) if end > on else on + beat


def _earlier(one: int | None, other: int | None) -> int | None:
    if one is None or (other is not None and other < one):
        return other
    return one


def _after(ticks: list[int], tick: int) -> int | None:
    """The first of rising ``ticks`` after ``tick``."""
    after = bisect_right(ticks, tick)
    return ticks[after] if after < len(ticks) else None
