"""New, open, save, export, samples and what was left over: everything about files.

Reading and writing happen in a thread; the music goes on meanwhile.
"""

import logging
import re
from dataclasses import replace
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from composer_app.errors import ComposerError
from composer_app.music.composition import Composition
from composer_app.music.edits import melody_first
from composer_app.music.midi_file import read_midi, write_midi
from composer_app.music.sample_melodies import load_sample
from composer_app.studio.document import Document
from composer_app.studio.file_dialogs import FileDialogs
from composer_app.studio.jobs import Jobs
from composer_app.studio.message_bar import MessageAction, MessageBar, Tone
from composer_app.studio.recovery import Recovery
from composer_app.studio.settings import Settings

_log = logging.getLogger(__name__)
_SLOW_MS: Final = 300
_LEFT_OVER: Final = "left-over"
_UNEXPECTED: Final = (
    "Something unexpected went wrong with the file, and what you have here is untouched: try"
    " another file or place."
)


class FileController(QObject):
    """Carries out the commands of the File menu."""

    def __init__(
        self,
        document: Document,
        settings: Settings,
        jobs: Jobs,
        recovery: Recovery,
        dialogs: FileDialogs,
        bar: MessageBar,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._settings = settings
        self._jobs = jobs
        self._recovery = recovery
        self._dialogs = dialogs
        self._bar = bar
        self._window = parent

    def new(self) -> None:
        """Begin an empty piece in the same tempo and metre."""
        current = self._document.composition
        if current.note_count:
            empty = Composition(tempo=current.tempo, meter=current.meter)
            self._document.begin(empty, "New")
            undo = MessageAction("Undo", self._document.undo_stack.undo)
            self._bar.tell("A new piece: play something, or open a melody.", Tone.INFO, undo)

    def ask_open(self) -> None:
        """Ask for a MIDI file and open it."""
        path = self._dialogs.ask_open(self._window, self._settings.music_folder)
        if path is not None:
            self.open(path)

    def open(self, path: Path) -> None:
        """Open ``path``; the piece that was open can be had back with undo."""
        opening = True

        def opened(composition: Composition) -> None:
            nonlocal opening
            opening = False
            self._settings.remember_file(path)
            titled = replace(composition, title=composition.title or path.stem)
            self._document.begin(melody_first(titled), f"Open {path.name}", path)
            self._bar.tell(_opened_sentence(path, titled), Tone.SUCCESS)

        def failed(error: Exception) -> None:
            nonlocal opening
            opening = False
            self._report(error)

        def say_if_slow() -> None:
            if opening:
                self._bar.tell(f"Opening {path.name}…")

        self._jobs.run(self, lambda: read_midi(path), opened, failed)
        QTimer.singleShot(_SLOW_MS, self, say_if_slow)

    def open_sample(self, sample_id: str) -> None:
        """Begin a piece with one of the sample melodies."""
        try:
            melody = load_sample(sample_id)
        except ComposerError as error:
            self._report(error)
            return
        self._document.begin(Composition.from_melody(melody), f"Open {melody.title}")
        self._bar.tell(f"{melody.title}: press Generate to hear it in four voices.")

    def save(self) -> None:
        """Save where Composer saved before, or ask."""
        path = self._document.save_path
        if path is None:
            self.save_as()
        else:
            self._write(path, keep=True)

    def save_as(self) -> None:
        """Ask where, and save."""
        self._ask_and_write("Save as MIDI File", keep=True)

    def export(self) -> None:
        """Ask where, and write a copy; the piece stays with its own file."""
        self._ask_and_write("Export MIDI", keep=False)

    def offer_left_over(self) -> None:
        """Offer the newest piece or recording that a session before this one left unsaved."""
        left = self._recovery.left_over()
        if not left:
            return
        newest = left[0]
        what = "A piece was not saved when Composer was last closed"
        if self._recovery.is_recording(newest):
            what = "A recording was cut short when Composer last ended"
        more = f" ({len(left) - 1} more after it)" if len(left) > 1 else ""
        self._bar.stand(
            _LEFT_OVER,
            f"{what}{more}: shall it come back?",
            Tone.INFO,
            MessageAction("Bring Back", lambda: self._restore(newest)),
            MessageAction("Discard", lambda: self._discard(newest)),
        )

    def _restore(self, path: Path) -> None:
        def restored(composition: Composition) -> None:
            self._document.begin(composition, "Bring Back", saved=False)
            # Its own recovery file must exist before the old one goes.
            self._recovery.write()
            if self._recovery.finish() is None:
                self._recovery.discard(path)
            self.offer_left_over()

        self._jobs.run(self, lambda: self._recovery.read(path), restored, self._report)

    def _discard(self, path: Path) -> None:
        self._recovery.discard(path)
        self.offer_left_over()

    def _ask_and_write(self, title: str, *, keep: bool) -> None:
        if not self._document.composition.note_count:
            self._bar.tell("There is nothing to save yet: play something, or open a melody.")
            return
        suggestion = self._settings.music_folder / self._suggested_name()
        path = self._dialogs.ask_save(self._window, title, suggestion)
        if path is not None:
            self._write(path, keep=keep)

    def _suggested_name(self) -> str:
        path = self._document.path
        if path is None:
            title = re.sub(r'[\s\\/:*?"<>|\x00-\x1f]+', " ", self._document.name).strip(" .")
            return f"{title or 'Untitled'}.mid"
        if self._document.save_path is None:
            # Not the name of the file that was only opened: saving would replace it.
            return f"{path.stem} (Composer).mid"
        return path.name

    def _write(self, path: Path, *, keep: bool) -> None:
        composition = self._document.composition
        piece = self._document.piece_number

        def written(_: None) -> None:
            self._settings.remember_file(path)
            if keep and self._document.piece_number == piece:
                self._document.mark_saved(path, composition)
            verb = "Saved" if keep else "Exported"
            self._bar.tell(f"{verb} {path.name} in {path.absolute().parent}.", Tone.SUCCESS)

        self._jobs.run(self, lambda: write_midi(composition, path), written, self._report)

    def _report(self, error: Exception) -> None:
        if isinstance(error, ComposerError):
            self._bar.tell(str(error), Tone.ERROR)
        else:
            _log.error("A file could not be read or written.", exc_info=error)
            self._bar.tell(_UNEXPECTED, Tone.ERROR)


def _opened_sentence(path: Path, composition: Composition) -> str:
    count = sum(1 for track in composition.tracks if track.notes)
    if count == 1:
        return f"Opened {path.name}: press Generate to hear it in four voices."
    name = next((track.name for track in composition.tracks if track.notes), "")
    which = f", {name}," if name else ""
    return f"Opened {path.name} with {count} tracks: the first{which} is the melody."
