"""The selection of the piano roll: choosing it, editing it, and the bar that floats beside it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QKeyCombination, QObject, QPoint, QRect, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QMenu

from composer_app.late_numpy import np
from composer_app.studio.document.current_selection import CurrentSelection
from composer_app.studio.document.document import Document
from composer_app.studio.document.selection import Selection
from composer_app.studio.roll.geometry import note_rect
from composer_app.studio.roll.note_editor import NoteEditor
from composer_app.studio.roll.selection_bar import SelectionBar
from composer_app.studio.roll.view import PianoRollView
from composer_app.studio.widgets.commands.actions import Actions
from composer_app.studio.widgets.elided import menu_text
from composer_app.studio.widgets.single_press import SinglePress

_ESCAPE: Final = QKeyCombination(Qt.Key.Key_Escape)


class SelectionController(QObject):
    """Binds the commands on the selection to the roll and the document.

    ``runs`` says whether something plays, is recorded or generated, which Escape stops first.
    """

    def __init__(
        self,
        actions: Actions,
        document: Document,
        selection: CurrentSelection,
        roll: PianoRollView,
        runs: Callable[[], bool],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._actions = actions
        self._document = document
        self._selection = selection
        self._roll = roll
        self._runs = runs
        self._gesturing = False
        self.editor = NoteEditor(document, selection, roll, self)
        self.bar = SelectionBar(
            (actions.lock, actions.lock_rest, actions.generate_selection),
            actions.select_none,
            roll.viewport(),
        )
        SinglePress(self.bar.buttons[-1])
        self.voices = QMenu("Select &Voice")
        self.voices.aboutToShow.connect(self._fill_voices)
        self._connect()
        self._refresh()

    def menu(self) -> QMenu:
        """A new menu of everything there is to do with the selection."""
        actions, menu = self._actions, QMenu(self._roll)
        menu.addActions([actions.lock, actions.lock_rest, actions.unlock_all])
        menu.addSeparator()
        menu.addAction(actions.generate_selection)
        menu.addSeparator()
        menu.addActions([actions.select_all, actions.select_bars])
        menu.addMenu(self.voices)
        menu.addAction(actions.select_none)
        menu.addSeparator()
        menu.addAction(actions.delete)
        return menu

    def escape(self) -> bool:
        """Let go of the selection, if there is one; whether there was."""
        there = bool(self._selection.value)
        self._roll.mouse.cancel()
        self._selection.set(Selection())
        return there

    def _connect(self) -> None:
        actions, roll = self._actions, self._roll
        for action, command in (
            (actions.select_all, self._select_all),
            (actions.select_none, self.escape),
            (actions.select_bars, self._select_bars),
            (actions.delete, self.editor.delete),
        ):
            action.triggered.connect(command)
        self._selection.changed.connect(self._refresh)
        roll.compositionShown.connect(self._refresh)
        roll.zoomChanged.connect(self._place_bar)
        for scroll in (roll.horizontalScrollBar(), roll.verticalScrollBar()):
            scroll.valueChanged.connect(self._place_bar)
        roll.mouse.busyChanged.connect(self._set_gesturing)
        roll.menuRequested.connect(self._open_menu)
        roll.viewport().installEventFilter(self)
        roll.installEventFilter(self)

    # -- choosing --------------------------------------------------------------------------

    def _select(self, selection: Selection) -> None:
        self._selection.set(selection)
        # The arrow keys go on from there.
        self._roll.setFocus(Qt.FocusReason.OtherFocusReason)

    def _select_all(self) -> None:
        self._select(Selection.everything(self._roll.composition))

    def _select_track(self, track: int) -> None:
        self._select(Selection.of_track(self._roll.composition, track))

    def _select_bars(self) -> None:
        """The bars of the selection, or the one the playhead is in."""
        roll = self._roll
        here = int(roll.playhead or 0)
        first, end = self._selection.value.reach or (here, here + 1)
        if roll.composition.note_count:
            self._select(Selection.of_bars(roll.composition, first, end - 1))

    def _fill_voices(self) -> None:
        self.voices.clear()
        for index, track in enumerate(self._roll.composition.tracks):
            if not track.notes:
                continue
            name = track.name or f"Track {index + 1}"
            action = self.voices.addAction(menu_text(name))
            action.triggered.connect(lambda _=False, chosen=index: self._select_track(chosen))
        if not self.voices.actions():
            self.voices.addAction("There are no voices yet").setEnabled(False)

    # -- showing ---------------------------------------------------------------------------

    def _refresh(self) -> None:
        actions, selection = self._actions, self._selection.value
        composition = self._document.composition
        actions.select_none.setEnabled(bool(selection) and self._roll.composition is composition)
        actions.delete.setEnabled(bool(selection.notes))
        for action in (actions.select_all, actions.select_bars):
            action.setEnabled(composition.note_count > 0)
        self._show_bar()

    def _show_bar(self) -> None:
        selection = self._selection.value
        chosen = bool(selection) and not self._gesturing
        if chosen:
            self.bar.say(_capitalised(selection.describe(self._roll.composition)))
            self._place_bar()
        self.bar.setVisible(chosen)

    def _place_bar(self) -> None:
        if not self._selection.value:
            return
        self.bar.place(self._selected_rect())

    def _selected_rect(self) -> QRect:
        """Where the selected notes are in the viewport."""
        notes = self._selection.value.notes
        if not notes:
            return QRect()
        scale = self._roll.roll_geometry
        rects = np.array([note_rect(scale, n.onset, n.release, n.pitch) for _, n in notes])
        left, top = rects[:, :2].min(axis=0).tolist()
        right, bottom = (rects[:, :2] + rects[:, 2:]).max(axis=0).tolist()
        return QRect(left, top, right - left, bottom - top).translated(-self._roll.corner)

    def _set_gesturing(self, gesturing: bool) -> None:
        self._gesturing = gesturing
        self._show_bar()

    def _open_menu(self, place: QPoint) -> None:
        menu = self.menu()
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(place)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The bar keeps its place when the viewport changes its size, and Escape lets go.

        While something plays, is recorded or generated, Escape stops that first.
        """
        if event.type() == QEvent.Type.Resize:
            self._place_bar()
        elif isinstance(event, QKeyEvent) and event.keyCombination() == _ESCAPE:
            overrides = event.type() == QEvent.Type.ShortcutOverride
            if overrides and self._selection.value and not self._runs():
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress:
                return self.escape()
        return False


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]
