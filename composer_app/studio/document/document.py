"""The document: the one composition being worked on, and the only way to change it."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from composer_app.music.composition import Composition
from composer_app.studio.document.locks import Locks
from composer_app.studio.widgets.shown_text import shown_name, without_mnemonic

_UNDO_LIMIT: Final = 500
_NEVER_MERGED: Final = -1


@dataclass(eq=False)
class _Piece:
    """Where a composition lives: its file, and what that file holds as far as we know.

    All states of one piece in the undo history share this object, so that saving is known to
    all of them. ``ours`` is true once Composer itself has written ``path``.
    """

    number: int
    path: Path | None
    saved: Composition
    ours: bool = False


@dataclass(frozen=True)
class _State:
    composition: Composition
    piece: _Piece
    locks: Locks


class Document(QObject):
    """Holds a :class:`Composition`; every change is an undoable replacement of the whole.

    Opening another piece is such a change too, so that nothing is lost by it. What is locked
    against generating goes with each state, so that undoing brings the locks back as well.
    """

    compositionChanged = Signal()
    locksChanged = Signal()
    # The path, the name or the modified mark has changed.
    stateChanged = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        empty = Composition()
        self._numbers = itertools.count()
        self._merge_ids_given = 0
        self._state = _State(empty, _Piece(next(self._numbers), None, empty), Locks.none())
        self._undo_stack = QUndoStack(self)
        self._undo_stack.setUndoLimit(_UNDO_LIMIT)
        self._moment = 0
        self._finish: Callable[[], bool] = _nothing_under_way

    def moment(self) -> int:
        """Another number after every edit, undo, redo, lock and begun piece.

        What was said of an earlier moment tells of the past.
        """
        return self._moment

    @property
    def composition(self) -> Composition:
        """What is being worked on."""
        return self._state.composition

    @property
    def locks(self) -> Locks:
        """What of the composition is to be kept by whoever generates."""
        return self._state.locks

    @property
    def undo_stack(self) -> QUndoStack:
        """To be looked at; push through :meth:`replace`, and go back by :meth:`undo`."""
        return self._undo_stack

    @property
    def piece_number(self) -> int:
        """Tells the pieces of this session apart."""
        return self._state.piece.number

    @property
    def path(self) -> Path | None:
        """The file of the piece, None when it has none yet."""
        return self._state.piece.path

    @property
    def save_path(self) -> Path | None:
        """Where saving may write without asking: a file that Composer itself has written.

        A file that was only opened may hold what Composer does not keep.
        """
        piece = self._state.piece
        return piece.path if piece.ours else None

    @property
    def modified(self) -> bool:
        """Whether there is music that no file holds."""
        return self.composition.note_count > 0 and not self.as_saved

    @property
    def as_saved(self) -> bool:
        """Whether the piece is what its file holds; without notes and a file, it is as well.

        A saved piece whose notes have all been deleted is not, though no music would be lost.
        """
        composition, saved = self._state.composition, self._state.piece.saved
        return composition.note_count == saved.note_count == 0 or composition == saved

    @property
    def name(self) -> str:
        """What to call the piece."""
        name = self.path.name if self.path else self.composition.title
        return shown_name(name) or "Untitled"

    def new_merge_id(self) -> int:
        """A number for a series of edits that undo as one; nobody else ever gets it.

        Take one for each kind of edit (a tempo that is being turned) or for each gesture (a drag).
        """
        self._merge_ids_given += 1
        return self._merge_ids_given - 1

    def replace(
        self,
        composition: Composition,
        text: str,
        merge_id: int | None = None,
        locks: Locks | None = None,
    ) -> None:
        """Make ``composition`` the current one, undoable as ``text``.

        Consecutive replacements with the same ``merge_id``, one of :meth:`new_merge_id`, undo as
        one. Raises ValueError for a number that was not given out. Where ``locks`` are not
        given, those stay that are on what stays.
        """
        if merge_id is not None and not 0 <= merge_id < self._merge_ids_given:
            raise ValueError(f"{merge_id} is no number of new_merge_id")
        if composition != self.composition:
            if locks is None:
                locks = self.locks.surviving(self.composition, composition)
            self._push(_State(composition, self._state.piece, locks), text, merge_id)

    def set_locks(self, locks: Locks, text: str) -> None:
        """Lock just ``locks``, undoable as ``text``."""
        if locks != self.locks:
            self._push(_State(self.composition, self._state.piece, locks), text, None)

    def begin(
        self, composition: Composition, text: str, path: Path | None = None, *, saved: bool = True
    ) -> None:
        """Begin another piece, undoable as ``text``; ``saved`` says that it can be had again.

        What is under way becomes part of the piece that is left, so that undo brings it back.
        """
        self.settle()
        piece = _Piece(next(self._numbers), path, composition if saved else Composition())
        self._push(_State(composition, piece, Locks.none()), text, None)

    def settle_with(self, finish: Callable[[], bool]) -> None:
        """Let ``finish`` end what is under way, such as a recording, and add its music here.

        It returns whether anything was under way.
        """
        self._finish = finish

    def settle(self) -> bool:
        """Take in the music of what is under way, which ends by it; whether there was such."""
        return self._finish()

    def undo(self) -> None:
        """Take the last change back. What is under way ends, and is what is taken back."""
        before = self._state
        if not self.settle() or self._state is not before:
            self._undo_stack.undo()

    def redo(self) -> None:
        """Bring back what was taken back last. What is under way only ends."""
        if not self.settle():
            self._undo_stack.redo()

    def mark_saved(self, path: Path, composition: Composition) -> None:
        """Note that Composer has written ``composition``, of the current piece, to ``path``."""
        piece = self._state.piece
        piece.path, piece.saved, piece.ours = path, composition, True
        self.stateChanged.emit()

    def _push(self, after: _State, text: str, merge_id: int | None) -> None:
        merge = _NEVER_MERGED if merge_id is None else merge_id
        self._undo_stack.push(_Replace(self, self._state, after, text, merge))

    def _enter(self, state: _State) -> None:
        before, self._state = self._state, state
        self._moment += 1
        if state.composition is not before.composition or state.piece is not before.piece:
            self.compositionChanged.emit()
            self.stateChanged.emit()
        if state.locks != before.locks:
            self.locksChanged.emit()


def _nothing_under_way() -> bool:
    return False


class _Replace(QUndoCommand):
    def __init__(
        self, document: Document, before: _State, after: _State, text: str, merge_id: int
    ) -> None:
        super().__init__(without_mnemonic(text))
        self._document = document
        self._before = before
        self._after = after
        self._merge_id = merge_id

    def id(self) -> int:
        return self._merge_id

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, _Replace) or other._after.piece is not self._after.piece:
            return False
        self._after = other._after
        # What has come back to where it began leaves nothing to be undone.
        self.setObsolete(self._after == self._before)
        return True

    def redo(self) -> None:
        self._document._enter(self._after)

    def undo(self) -> None:
        self._document._enter(self._before)
