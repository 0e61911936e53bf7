"""What is selected in the piano roll: notes, or bars. A value without Qt."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from composer_app.late_numpy import np
from composer_app.music.composition import Composition
from composer_app.music.editing.note_edits import NoteKey
from composer_app.music.note import Note
from composer_app.project.locks import Cells

_NOTHING: Final[frozenset[NoteKey]] = frozenset()


@dataclass(frozen=True, slots=True)
class Selection:
    """Some notes; with ``span`` (first step, step after the last) all that is between two bars.

    The notes of a span are those that begin in it. What sounds into it from before belongs to the
    bar it began in.
    """

    notes: frozenset[NoteKey] = _NOTHING
    span: tuple[int, int] | None = None

    def __bool__(self) -> bool:
        return bool(self.notes) or self.span is not None

    @classmethod
    def everything(cls, composition: Composition) -> Selection:
        """All notes."""
        return cls(frozenset(_keys(composition)))

    @classmethod
    def of_track(cls, composition: Composition, track: int) -> Selection:
        """All notes of one track."""
        return cls(frozenset((track, note) for note in composition.tracks[track].notes))

    @classmethod
    def of_span(cls, composition: Composition, first: int, end: int) -> Selection:
        """Everything from step ``first`` up to ``end``."""
        inside = (key for key in _keys(composition) if first <= key[1].start < end)
        return cls(frozenset(inside), (first, end))

    @classmethod
    def of_bars(cls, composition: Composition, here: float, there: float) -> Selection:
        """The whole bars from the one of step ``here`` to the one of ``there``, in any order."""
        last_step = max(composition.steps - 1, 0)
        steps = sorted(min(max(int(step), 0), last_step) for step in (here, there))
        first, last = (composition.meters.bar_at_step(step) for step in steps)
        return cls.of_span(composition, first.first_step, last.end_step)

    @classmethod
    def inside(cls, composition: Composition, cells: Cells) -> Selection:
        """The notes that lie in ``cells`` (T, tracks) from beginning to end."""
        steps, tracks = cells.shape
        return cls(
            frozenset(
                (track, note)
                for track, note in _keys(composition)
                if track < tracks
                and note.end <= steps
                and cells[note.start : note.end, track].all()
            )
        )

    @property
    def reach(self) -> tuple[int, int] | None:
        """First step, and the step after the last; None where nothing is selected."""
        if self.span is not None or not self.notes:
            return self.span
        return min(n.start for _, n in self.notes), max(n.end for _, n in self.notes)

    def _tracks(self, count: int) -> set[int]:
        """Which of ``count`` tracks have selected notes."""
        return {track for track, _ in self.notes if track < count}

    def plus(self, notes: Collection[NoteKey]) -> Selection:
        """With ``notes`` as well; no longer a span."""
        return Selection(self.notes | frozenset(notes))

    def toggled(self, notes: Collection[NoteKey]) -> Selection:
        """With those of ``notes`` that were not selected, without those that were."""
        return Selection(self.notes ^ frozenset(notes))

    def kept_in(self, composition: Composition) -> Selection:
        """What of it there is in ``composition``, which has taken the place of another."""
        if not self:
            return self
        if self.span is not None:
            first, end = self.span
            meters = composition.meters
            begins = meters.bar_at_step(first).first_step == first
            fits = begins and meters.bar_at_step(end).first_step == end
            fits = fits and first < composition.steps
            return Selection.of_span(composition, first, end) if fits else Selection()
        tracks = composition.tracks
        there = {track: frozenset(tracks[track].notes) for track in self._tracks(len(tracks))}
        notes = frozenset(key for key in self.notes if key[1] in there.get(key[0], ()))
        return self if len(notes) == len(self.notes) else Selection(notes)

    def cells(self, composition: Composition) -> Cells:
        """(T, tracks), T the steps of ``composition``: what belongs to it.

        Those are the cells of the notes and, of a span, the rests in it too.
        """
        cells = np.zeros((composition.steps, len(composition.tracks)), np.bool_)
        if self.span is not None:
            cells[slice(*self.span)] = True
            # What sounds into the span is not part of it.
            for track, note in _keys(composition):
                if note.start < self.span[0] < note.end:
                    cells[note.start : note.end, track] = False
        for track, note in self.notes:
            cells[note.start : note.end, track] = True
        return cells

    def describe(self, composition: Composition) -> str:
        """ "bars 3-4", "1 note of the alto", "12 notes"; empty where nothing is selected."""
        if self.span is not None:
            meters = composition.meters
            first = meters.bar_at_step(self.span[0]).number
            last = meters.bar_at_step(self.span[1] - 1).number
            if last == 0:
                return "the upbeat"
            return f"bar {first}" if first == last else f"bars {first}–{last}"
        if not self.notes:
            return ""
        count = "1 note" if len(self.notes) == 1 else f"{len(self.notes)} notes"
        tracks = {track for track, _ in self.notes}
        if len(tracks) > 1 or len(composition.tracks) == 1:
            return count
        name = composition.tracks[next(iter(tracks))].name
        return f"{count} of the {name.lower()}" if name else count


def next_note(
    composition: Composition, selection: Selection, direction: int, near: float = 0.0
) -> NoteKey | None:
    """The note after (``direction`` 1) or before (-1) the selected ones, in the same track.

    Where nothing is selected, the first note of the first track that ends after step ``near``.
    None where there is no such note.
    """
    if not selection.notes:
        track = next((i for i, track in enumerate(composition.tracks) if track.notes), None)
        if track is None:
            return None
        notes = composition.tracks[track].notes
        return track, next((note for note in notes if note.end > near), notes[-1])
    track, note = _outermost(selection, direction)
    notes = composition.tracks[track].notes
    index = notes.index(note) + direction
    return (track, notes[index]) if 0 <= index < len(notes) else None


def note_beside(composition: Composition, selection: Selection, direction: int) -> NoteKey | None:
    """The note that sounds with the first selected one in the next track down (1) or up (-1).

    Where that track rests, the note nearest in time. None beyond the outermost tracks.
    """
    if not selection.notes:
        return None
    track, note = _outermost(selection, -1)
    track += direction
    while 0 <= track < len(composition.tracks):
        notes = composition.tracks[track].notes
        if notes:
            return track, min(notes, key=lambda other: _distance(other, note.start))
        track += direction
    return None


def _outermost(selection: Selection, direction: int) -> NoteKey:
    def place(key: NoteKey) -> tuple[int, int]:
        return key[1].onset_ticks, -key[0]

    return max(selection.notes, key=place) if direction > 0 else min(selection.notes, key=place)


def _distance(note: Note, step: int) -> int:
    return max(note.start - step, step - (note.end - 1), 0)


def _keys(composition: Composition) -> list[NoteKey]:
    return [(index, note) for index, track in enumerate(composition.tracks) for note in track.notes]
