"""Strikes and releases of a composition in the order in which they are sent."""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator
from itertools import chain, groupby
from typing import NamedTuple

from composer_app.live.playback.channels import channels_of
from composer_app.music.composition import Composition
from composer_app.music.note import Note

# Channel and pitch: what a synthesizer tells notes apart by.
Key = tuple[int, int]


class NoteEvent(NamedTuple):
    """Compares in the order of sending: at the same step, releases come before strikes."""

    step: float
    strikes: bool
    channel: int
    note: Note

    @property
    def key(self) -> Key:
        """What the synthesizer tells it apart by."""
        return self.channel, self.note.pitch


class NoteEvents:
    """What is struck and released in the ``tracks`` (indices) of a composition.

    Each plays on its channel (:func:`channels_of`). No pitch of a channel overlaps itself:
    a note is cut where the next one of its pitch begins.
    """

    def __init__(self, composition: Composition, tracks: Collection[int]) -> None:
        self._events = sorted(_note_events(composition, tracks))

    def between(self, start: float, end: float) -> list[NoteEvent]:
        """Strokes at steps with ``start <= step < end``."""
        first = bisect_left(self._events, start, key=lambda stroke: stroke.step)
        last = bisect_left(self._events, end, key=lambda stroke: stroke.step)
        return self._events[first:last]

    def sounding_before(self, step: float) -> dict[Key, Note]:
        """Notes struck before ``step`` that last beyond it."""
        end = bisect_left(self._events, step, key=lambda stroke: stroke.step)
        return {
            stroke.key: stroke.note
            for stroke in self._events[:end]
            if stroke.strikes and stroke.note.release > step
        }


def _note_events(composition: Composition, tracks: Collection[int]) -> Iterator[NoteEvent]:
    channels: dict[int, list[Note]] = {}
    for index, channel in enumerate(channels_of(composition)):
        if index in tracks:
            channels.setdefault(channel, []).extend(composition.tracks[index].notes)
    for channel, notes in channels.items():
        by_pitch = sorted(notes, key=lambda note: (note.pitch, note))
        lines = (_without_overlap(line) for _, line in groupby(by_pitch, lambda n: n.pitch))
        for note in chain.from_iterable(lines):
            yield NoteEvent(note.onset, True, channel, note)
            yield NoteEvent(note.release, False, channel, note)


def _without_overlap(line: Iterable[Note]) -> list[Note]:
    """Notes of one pitch, each cut where the next one is struck; the longest of a unison."""
    result: list[Note] = []
    for note in line:
        if result and result[-1].onset_ticks == note.onset_ticks:
            result.pop()
        if result:
            result[-1] = result[-1].cut_at(note.onset_ticks)
        result.append(note)
    return result
