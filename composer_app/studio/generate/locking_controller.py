"""Locking what is selected against generating, and generating what is selected anew."""

from PySide6.QtCore import QObject

from composer_app.project.locks import Cells, Locks
from composer_app.studio.document.current_selection import CurrentSelection
from composer_app.studio.document.document import Document
from composer_app.studio.document.selection import Selection
from composer_app.studio.generate.choices import GenerationChoices
from composer_app.studio.generate.generation_controller import GenerationController
from composer_app.studio.roll.view import PianoRollView
from composer_app.studio.widgets.commands.actions import Actions


class LockingController(QObject):
    """Binds the commands that lock and generate the selection to the document and to Generate.

    The roll and the Generate panel show what is locked.
    """

    def __init__(
        self,
        actions: Actions,
        document: Document,
        selection: CurrentSelection,
        roll: PianoRollView,
        generation: GenerationController,
        choices: GenerationChoices,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._actions = actions
        self._document = document
        self._selection = selection
        self._roll = roll
        self._generation = generation
        self._choices = choices
        for action, command in (
            (actions.lock, self._toggle),
            (actions.lock_rest, self._lock_rest),
            (actions.unlock_all, self._unlock_everything),
            (actions.generate_selection, self._generate),
        ):
            action.triggered.connect(command)
        selection.changed.connect(self._refresh)
        roll.compositionShown.connect(self._count)
        document.locksChanged.connect(self._show_locks)
        actions.generate.changed.connect(self._refresh)
        generation.writtenInto.connect(self._select_written)
        self._refresh()

    def _cells(self) -> Cells:
        return self._selection.value.cells(self._document.composition)

    def _toggle(self) -> None:
        document, cells = self._document, self._cells()
        if document.locks.covers(cells):
            document.set_locks(document.locks.minus(cells), "Unlock")
        else:
            document.set_locks(document.locks.plus(cells), "Lock")
        self._refresh()

    def _lock_rest(self) -> None:
        self._document.set_locks(Locks(~self._cells()), "Lock the Rest")

    def _unlock_everything(self) -> None:
        self._document.set_locks(Locks.none(), "Unlock Everything")

    def _generate(self) -> None:
        self._generation.generate_only(self._cells())

    def _select_written(self, cells: Cells) -> None:
        if self._selection.value.span is None:
            self._selection.set(Selection.inside(self._document.composition, cells))

    def _show_locks(self) -> None:
        self._roll.set_locks(self._document.locks)
        self._count()

    def _count(self) -> None:
        locks = self._document.locks
        count = len(locks.notes(self._document.composition)) if locks else 0
        self._choices.set_locked_notes(count, bool(locks))
        self._refresh()

    def _refresh(self) -> None:
        actions, selection = self._actions, self._selection.value
        composition, locks = self._document.composition, self._document.locks
        # While recording, the roll shows something else.
        chosen = bool(selection) and self._roll.composition is composition
        actions.lock.setChecked(chosen and locks.covers(selection.cells(composition)))
        for action in (actions.lock, actions.lock_rest):
            action.setEnabled(chosen)
        actions.generate_selection.setEnabled(chosen and self._generation.ready)
        actions.unlock_all.setEnabled(bool(locks))
