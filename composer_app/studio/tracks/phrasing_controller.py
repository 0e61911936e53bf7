"""Phrase Voices: how tracks of the piece are played, chosen and carried out."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QWidget

from composer_app.music.composition import Composition
from composer_app.studio.document.document import Document
from composer_app.studio.document.undo_offer import undo_offer
from composer_app.studio.messages.bar import MessageAction, MessageBar, Tone
from composer_app.studio.runtime.jobs import Jobs
from composer_app.studio.widgets.commands.actions import Actions

if TYPE_CHECKING:
    from composer_app.studio.tracks.phrasing_dialog import PhrasingDialog

_log = logging.getLogger(__name__)
_ALIKE: Final = "They are played so already: choose another phrasing, or other voices."


class PhrasingController(QObject):
    """Carries out Phrase Voices."""

    def __init__(
        self,
        actions: Actions,
        document: Document,
        jobs: Jobs,
        bar: MessageBar,
        play: Callable[[], None],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._action = actions.phrase
        self._document = document
        self._jobs = jobs
        self._bar = bar
        self._play = play
        self._window = parent
        self.dialog: PhrasingDialog | None = None
        actions.phrase.triggered.connect(self.ask)
        document.compositionChanged.connect(self._take_composition)
        self._take_composition()

    def ask(self) -> None:
        """Ask which tracks are phrased, and how; a recording ends."""
        self._document.settle()
        if not self._has_pitches or self.dialog is not None:
            return
        from composer_app.studio.tracks.phrasing_dialog import PhrasingDialog

        dialog = PhrasingDialog(self._document.composition, self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.phrasingChosen.connect(self._phrase)
        dialog.finished.connect(self._forget)
        self.dialog = dialog
        dialog.open()

    def _forget(self) -> None:
        self.dialog = None

    def _phrase(self, tracks: Collection[int], depth: float, swing: float) -> None:
        before, locks = self._document.composition, self._document.locks
        seed = before.origin.seed if before.origin else 0

        def play() -> Composition:
            from dataclasses import replace

            from composer_app.analysis.heard_chords import with_heard_chords
            from composer_app.generation.phrasing.piece import phrase_piece

            heard = with_heard_chords(before)
            played = phrase_piece(heard, tracks, depth, swing=swing, seed=seed, locked=locks.cells)
            return replace(before, tracks=played.tracks)

        def done(played: Composition) -> None:
            if self._document.composition is before:
                self._show(played, len(tracks))

        self._jobs.run(self, play, done, _log_failure)

    def _show(self, played: Composition, count: int) -> None:
        if played == self._document.composition:
            self._bar.tell(_ALIKE, about=self._document.moment)
            return
        self._document.replace(played, "Phrase Voices")
        sentence = "1 voice is" if count == 1 else f"{count} voices are"
        self._bar.tell(
            f"{sentence} phrased; the notes are where they were.",
            Tone.SUCCESS,
            MessageAction("Play", self._play),
            undo_offer(self._document),
            about=self._document.moment,
        )

    @property
    def _has_pitches(self) -> bool:
        """Whether there is anything to phrase."""
        composition = self._document.composition
        return any(composition.tracks[index].notes for index in composition.pitched_tracks)

    def _take_composition(self) -> None:
        self._action.setEnabled(self._has_pitches)
        if self.dialog is not None:
            # It shows a piece that is not there any more.
            self.dialog.reject()


def _log_failure(error: Exception) -> None:
    _log.error("The voices could not be phrased.", exc_info=error)
