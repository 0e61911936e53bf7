"""Export Audio: asks where, renders in a thread, shows how far it is, and can be cancelled."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from composer_app.errors import ComposerError
from composer_app.music.files.cancelling import FileCancelledError
from composer_app.music.mix import FULL
from composer_app.studio.document.document import Document
from composer_app.studio.files.under_way import FileWork, UnderWay
from composer_app.studio.messages.bar import MessageAction, MessageBar, Tone
from composer_app.studio.runtime.file_writer import FileWriter
from composer_app.studio.runtime.settings import Settings
from composer_app.studio.sound.playback_controller import PlaybackController
from composer_app.studio.widgets.file_dialogs import FileDialogs, plain_name

if TYPE_CHECKING:
    from composer_app.live.rendering.audio_file import AudioWritten

_log = logging.getLogger(__name__)
_ERROR: Final = "audio-export-error"
# What is offered until another kind of file has been chosen.
_FIRST_ENDING: Final = ".wav"


class AudioExport(QObject):
    """Carries out File › Export Audio; one at a time."""

    def __init__(
        self,
        document: Document,
        settings: Settings,
        writer: FileWriter,
        dialogs: FileDialogs,
        under_way: UnderWay,
        bar: MessageBar,
        playback: PlaybackController,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._settings = settings
        self._writer = writer
        self._dialogs = dialogs
        self._under_way = under_way
        self._bar = bar
        self._playback = playback
        self._window = parent
        self._work: FileWork | None = None
        self._composition = document.composition
        self._suffix = _FIRST_ENDING

    @property
    def running(self) -> bool:
        """Whether a file is being made."""
        return self._work is not None

    def ask(self) -> None:
        """Ask for a name and begin; a recording ends, and belongs to the piece."""
        self._document.settle()
        if not self._document.composition.note_count:
            self._bar.tell("There is nothing to export yet: play something, or open a melody.")
        elif self._work is not None:
            name = self._work.path.name
            # The button of the message that this one stands before.
            self._bar.tell(
                f"{name} is still being made: wait for it, or cancel it.",
                Tone.INFO,
                MessageAction("Cancel", self._cancel),
                about=lambda: self._work,
                names=[name],
            )
        else:
            opened = self._document.path
            name = opened.stem if opened else plain_name(self._document.name)
            suggestion = self._settings.music_folder / f"{name}{self._suffix}"
            path = self._dialogs.ask_save_audio(self._window, suggestion)
            if path is not None:
                self._begin(path)

    def _cancel(self) -> None:
        if self._work is not None:
            self._under_way.cancel(self._work)

    def _begin(self, path: Path) -> None:
        self._suffix = path.suffix.lower()
        work = self._work = self._under_way.begin("Exporting", path)
        composition = self._composition = self._document.composition
        # As loud as can be, whatever the master volume of the moment.
        mix = replace(self._playback.mix, master=FULL)
        soundfont = self._settings.sound.soundfont

        def write() -> AudioWritten:
            # In the thread: it brings what computes sound along.
            from composer_app.live.rendering import audio_file

            settings = audio_file.AudioSettings()
            return audio_file.write_audio(
                composition, path, soundfont, settings, work.progress, mix
            )

        self._bar.clear(_ERROR)
        self._writer.run(self, path, write, self._finish, self._fail)

    def _finish(self, written: AudioWritten) -> None:
        path = self._end()
        folder = str(path.absolute().parent)
        late = self._document.composition != self._composition
        but = "; what you have changed since is not in it" if late else ""
        sentence = f"Exported {path.name} in {folder}{but}."
        self._bar.tell(sentence, Tone.SUCCESS, names=[path.name, folder])

    def _fail(self, error: Exception) -> None:
        path = self._end()
        if isinstance(error, FileCancelledError):
            self._bar.tell(
                f"{path.name} was not made.", about=lambda: self._work, names=[path.name]
            )
            return
        sentence = str(error)
        if not isinstance(error, ComposerError):
            _log.error("An audio file could not be made.", exc_info=error)
            sentence = f"Something unexpected went wrong, and {path.name} was not made."
            sentence += " Try another place or format."
        # Over with the next try, and with another piece.
        document = self._document
        self._bar.show_persistent(
            _ERROR,
            sentence,
            Tone.ERROR,
            about=lambda: document.piece_number,
            names=[str(path), path.name],
        )

    def _end(self) -> Path:
        work, self._work = self._work, None
        assert work is not None
        self._under_way.end(work)
        return work.path
