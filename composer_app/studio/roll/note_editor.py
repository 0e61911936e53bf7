"""Deleting and moving the notes that are selected, undoable by gesture."""

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from composer_app.music.composition import Composition
from composer_app.music.editing.note_edits import (
    NoteKey,
    moved_note,
    possible_move,
    with_moved_notes,
    without_notes,
)
from composer_app.project.locks import Locks, cells_of
from composer_app.studio.document.current_selection import CurrentSelection
from composer_app.studio.document.document import Document
from composer_app.studio.document.selection import Selection
from composer_app.studio.roll.view import PianoRollView


@dataclass
class _Gesture:
    """Notes on their way: where they came from, how far they are, and what has become of them.

    Each step starts again from ``base``, so that notes which are passed over come back.
    """

    merge_id: int
    base: Composition
    locks: Locks
    notes: frozenset[NoteKey]
    steps: int = 0
    semitones: int = 0
    result: Composition | None = None
    arrived: frozenset[NoteKey] = frozenset()


class NoteEditor(QObject):
    """Edits the document's notes that are selected in the roll; locks go along with notes.

    ``transposed(notes)`` has the notes whose pitch has changed, as they now are.
    """

    transposed = Signal(frozenset)

    def __init__(
        self,
        document: Document,
        selection: CurrentSelection,
        roll: PianoRollView,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._selection = selection
        self._gesture: _Gesture | None = None
        roll.keyboard.nudged.connect(self.nudge)
        roll.mouse.dragBegan.connect(self._begin)
        roll.mouse.dragged.connect(self._drag)

    def delete(self) -> None:
        """Take the selected notes out; what follows does not move up."""
        notes = self._selection.value.notes
        if notes:
            self._document.replace(without_notes(self._document.composition, notes), "Delete")

    def nudge(self, steps: int, semitones: int) -> None:
        """Move the selected notes on, as far as there is room."""
        gesture = self._gesture
        current = (self._document.composition, self._selection.value.notes)
        if gesture is None or (gesture.result, gesture.arrived) != current:
            gesture = self._begin()
        self._move(gesture, gesture.steps + steps, gesture.semitones + semitones)

    def _begin(self) -> _Gesture:
        document = self._document
        self._gesture = _Gesture(
            document.new_merge_id(),
            document.composition,
            document.locks,
            self._selection.value.notes,
        )
        return self._gesture

    def _drag(self, steps: int, semitones: int) -> None:
        gesture = self._gesture
        if gesture is None:
            return
        left = gesture.base if gesture.result is None else gesture.result
        # Undone or overtaken by something else meanwhile, the drag has lost its notes.
        if self._document.composition == left:
            self._move(gesture, steps, semitones)

    def _move(self, gesture: _Gesture, steps: int, semitones: int) -> None:
        steps, fitting = possible_move(gesture.notes, steps, semitones)
        # What does not fit leaves the pitch where the gesture has brought it.
        semitones = fitting if fitting == semitones else gesture.semitones
        transposed = semitones != gesture.semitones
        result, arrived = with_moved_notes(gesture.base, gesture.notes, steps, semitones)
        gesture.steps, gesture.semitones = steps, semitones
        gesture.result, gesture.arrived = result, arrived
        locks = _moved_locks(gesture, result)
        text = "Transpose" if semitones and not steps else "Move Notes"
        self._document.replace(result, text, gesture.merge_id, locks)
        self._selection.set(Selection(arrived))
        if transposed:
            self.transposed.emit(arrived)


def _moved_locks(gesture: _Gesture, result: Composition) -> Locks:
    """The locks of ``gesture.base``; a note that was locked takes its lock along."""
    locks = gesture.locks
    if not locks:
        return locks
    locked = set(locks.notes(gesture.base)) & gesture.notes
    moved = [(track, moved_note(note, gesture.steps, gesture.semitones)) for track, note in locked]
    # On its way a note may have been cut short.
    places = {(track, note.start, note.pitch) for track, note in moved}
    there = [key for key in gesture.arrived if (key[0], key[1].start, key[1].pitch) in places]
    cells = cells_of(there, result.steps, len(result.tracks))
    return locks.surviving(gesture.base, result).plus(cells)
