"""Keeps the row of chords true: what the piece says of its chords, or what is heard in it."""

from __future__ import annotations

import logging

from PySide6.QtCore import QObject

from composer_app.music.composition import Composition
from composer_app.studio.document.document import Document
from composer_app.studio.roll.chords.chord_row import ShownChord
from composer_app.studio.roll.view import PianoRollView
from composer_app.studio.runtime.jobs import Jobs
from composer_app.studio.runtime.latest import Latest
from composer_app.studio.runtime.settings import Settings
from composer_app.studio.widgets.commands.actions import Actions

_log = logging.getLogger(__name__)


class ChordRowController(QObject):
    """Shows and hides the row, and has its chords worked out in a thread while it is shown."""

    def __init__(
        self,
        actions: Actions,
        document: Document,
        roll: PianoRollView,
        jobs: Jobs,
        settings: Settings,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._roll = roll
        self._settings = settings
        self._asked: Composition | None = None
        self._work: Latest[list[ShownChord]] = Latest(jobs, self, drops_stale=True)
        self._rows, self._numerals = actions.chords, actions.numerals
        self._rows.setChecked(settings.chord_row)
        self._numerals.setChecked(settings.chord_numerals)
        self._rows.toggled.connect(self._show_row)
        self._numerals.toggled.connect(self._show_numerals)
        document.compositionChanged.connect(self._refresh)
        roll.set_chord_row_visible(settings.chord_row)
        roll.set_numerals(settings.chord_numerals)
        self._refresh()

    def _show_row(self, shown: bool) -> None:
        self._settings.chord_row = shown
        self._roll.set_chord_row_visible(shown)
        self._refresh()

    def _show_numerals(self, numerals: bool) -> None:
        self._settings.chord_numerals = numerals
        self._roll.set_numerals(numerals)
        if numerals:
            # Whoever asks for numerals wants to see them.
            self._rows.setChecked(True)

    def _refresh(self) -> None:
        composition = self._document.composition
        if not self._settings.chord_row or composition is self._asked:
            return
        self._asked = composition
        if not composition.note_count:
            self._work.forget()
            self._roll.set_chords(())
            return
        self._work.ask(lambda: _shown_chords(composition), self._roll.set_chords, self._complain)

    def _complain(self, error: Exception) -> None:
        _log.error("The chords of the piece could not be worked out.", exc_info=error)
        self._roll.set_chords(())


def _shown_chords(composition: Composition) -> list[ShownChord]:
    # What looks at notes takes longer to import than a window may take to open.
    from composer_app.analysis.heard_chords import with_heard_chords
    from composer_app.studio.roll.chords.chord_words import shown_chords

    return shown_chords(with_heard_chords(composition))
