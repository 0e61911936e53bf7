"""Undo and redo as commands, which name what they would take back or bring back."""

from PySide6.QtCore import QObject

from composer_app.studio.document.document import Document
from composer_app.studio.recording.recording_controller import RecordingController
from composer_app.studio.widgets.commands.actions import Actions
from composer_app.studio.widgets.commands.command_table import COMMANDS
from composer_app.studio.widgets.elided import menu_text


class HistoryController(QObject):
    """While a melody is recorded, Undo gives that up, and Redo rests."""

    def __init__(
        self,
        actions: Actions,
        document: Document,
        recording: RecordingController,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._actions = actions
        self._recording = recording
        stack = document.undo_stack
        # Told, not asked: the stack says that it is empty even while it is being deleted.
        self._undone, self._redone = stack.undoText(), stack.redoText()
        self._can_undo, self._can_redo = stack.canUndo(), stack.canRedo()
        actions.undo.triggered.connect(document.undo)
        actions.redo.triggered.connect(document.redo)
        stack.undoTextChanged.connect(self._take_undo)
        stack.redoTextChanged.connect(self._take_redo)
        stack.canUndoChanged.connect(self._take_can_undo)
        stack.canRedoChanged.connect(self._take_can_redo)
        recording.stateChanged.connect(self._show)
        self._show()

    def _take_undo(self, text: str) -> None:
        self._undone = text
        self._show()

    def _take_redo(self, text: str) -> None:
        self._redone = text
        self._show()

    def _take_can_undo(self, can: bool) -> None:
        self._can_undo = can
        self._show()

    def _take_can_redo(self, can: bool) -> None:
        self._can_redo = can
        self._show()

    def _show(self) -> None:
        active = self._recording.active
        self._actions.undo.setEnabled(active or self._can_undo)
        self._actions.redo.setEnabled(self._can_redo and not active)
        self._actions.undo.setText(_text("undo", "Recording" if active else self._undone))
        self._actions.redo.setText(_text("redo", self._redone))


def _text(name: str, what: str) -> str:
    # What it is about may be the name of a file.
    return f"{COMMANDS[name].text} {menu_text(what)}".strip()
