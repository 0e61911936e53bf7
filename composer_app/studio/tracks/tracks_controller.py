"""Which tracks the piece has, and which of them is the melody: commands that change that."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QWidget

from composer_app.music.composition import Composition
from composer_app.music.editing.edits import with_melody_line, with_melody_track
from composer_app.music.editing.other_tracks import other_tracks
from composer_app.music.mix import order_with_first
from composer_app.music.performing.melody_line import Line
from composer_app.music.voices import MELODY
from composer_app.studio.document.document import Document
from composer_app.studio.document.other_tracks import leave_out_others
from composer_app.studio.document.undo_offer import undo_offer
from composer_app.studio.messages.bar import MessageBar, Tone
from composer_app.studio.runtime.jobs import Jobs
from composer_app.studio.sound.preview import Preview
from composer_app.studio.widgets.commands.actions import Actions

if TYPE_CHECKING:
    from composer_app.music.melody_evidence.candidates import MelodyTrack
    from composer_app.studio.tracks.melody_dialog import MelodyDialog

_log = logging.getLogger(__name__)
_PARTS: Final = {
    Line.SKYLINE: "The highest notes of {name} are the melody now",
    Line.LOWER: "The lower part of {name} is the melody now",
}


class TracksController(QObject):
    """Carries out Choose Melody and Leave Out Other Tracks."""

    def __init__(
        self,
        actions: Actions,
        document: Document,
        jobs: Jobs,
        preview: Preview,
        bar: MessageBar,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._actions = actions
        self._document = document
        self._jobs = jobs
        self._preview = preview
        self._bar = bar
        self._window = parent
        self.dialog: MelodyDialog | None = None
        actions.choose_melody.triggered.connect(self.choose_melody)
        actions.leave_out_others.triggered.connect(self.leave_out_others)
        document.compositionChanged.connect(self._take_composition)
        self._take_composition()

    def choose_melody(self) -> None:
        """Ask which track is the melody, and which of its parts; a recording ends."""
        self._document.settle()
        composition = self._document.composition
        if not _has_pitches(composition) or self.dialog is not None:
            return

        def found(tracks: Sequence[MelodyTrack]) -> None:
            if composition is self._document.composition and self.dialog is None:
                self._open(tracks)

        def look() -> Sequence[MelodyTrack]:
            # What looks at notes takes longer to import than a window may take to open.
            from composer_app.music.melody_evidence.candidates import melody_tracks

            return melody_tracks(composition)

        self._jobs.run(self, look, found, _log_failure)

    def leave_out_others(self) -> None:
        """Take away what is neither the melody nor one of Composer's voices."""
        others = len(other_tracks(self._document.composition))
        leave_out_others(self._document)
        if others:
            sentence = "1 other track is" if others == 1 else f"{others} other tracks are"
            self._bar.tell(f"{sentence} left out.", Tone.SUCCESS, undo_offer(self._document))

    def _open(self, tracks: Sequence[MelodyTrack]) -> None:
        from composer_app.studio.tracks.melody_dialog import MelodyDialog

        composition = self._document.composition
        dialog = MelodyDialog(composition, tracks, self._jobs, self._preview, self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.melodyChosen.connect(self._take)
        dialog.finished.connect(self._forget)
        self.dialog = dialog
        dialog.open()

    def _forget(self) -> None:
        self.dialog = None

    def _take(self, track: int, line: Line) -> None:
        before = self._document.composition
        name = before.tracks[track].name
        changed = with_melody_track(before, track)
        order = order_with_first(track, len(before.tracks))
        # Of a track that is left whole the upper part is the melody.
        divided = changed if line is Line.UPPER else with_melody_line(changed, line)
        if divided == before:
            return
        self._document.replace(divided, "Choose Melody", order=order)
        called = f"“{name}”" if name else f"track {track + 1}"
        if divided is changed:
            sentence = f"{called[0].upper()}{called[1:]} is the melody now."
        else:
            sentence = _PARTS[line].format(name=called)
            sentence += "; what else its track had is in one of its own."
        offer = undo_offer(self._document)
        self._bar.tell(sentence, Tone.SUCCESS, offer, names=[name], goes_on=True)

    def _take_composition(self) -> None:
        composition = self._document.composition
        self._actions.choose_melody.setEnabled(_has_pitches(composition))
        others = any(index != MELODY for index in other_tracks(composition))
        self._actions.leave_out_others.setEnabled(others)
        if self.dialog is not None:
            # It shows a piece that is not there any more.
            self.dialog.reject()


def _has_pitches(composition: Composition) -> bool:
    """Whether there is anything but drums."""
    return any(composition.tracks[index].notes for index in composition.pitched_tracks)


def _log_failure(error: Exception) -> None:
    _log.error("The tracks could not be looked at.", exc_info=error)
