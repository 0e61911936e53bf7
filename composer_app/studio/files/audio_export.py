"""Export Audio: asks where, renders in a thread, shows how far it is, and can be cancelled."""

from __future__ import annotations

import logging
import time
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QWidget

from composer_app.errors import ComposerError
from composer_app.music.mix import FULL
from composer_app.studio.document.document import Document
from composer_app.studio.messages.bar import MessageAction, MessageBar, Tone
from composer_app.studio.runtime.file_writer import FileWriter
from composer_app.studio.runtime.settings import Settings
from composer_app.studio.sound.playback_controller import PlaybackController
from composer_app.studio.widgets.file_dialogs import FileDialogs, plain_name

if TYPE_CHECKING:
    from composer_app.live.rendering.audio_file import AudioWritten

_log = logging.getLogger(__name__)
_EXPORT: Final = "audio-export"
_ERROR: Final = "audio-export-error"
_SHOWN_SECONDS: Final = 0.1
# What is offered until another kind of file has been chosen.
_FIRST_ENDING: Final = ".wav"


class AudioExport(QObject):
    """Carries out File › Export Audio; one at a time."""

    # From the thread that renders: how far it is, in percent.
    _advanced = Signal(int)

    def __init__(
        self,
        document: Document,
        settings: Settings,
        writer: FileWriter,
        dialogs: FileDialogs,
        bar: MessageBar,
        playback: PlaybackController,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._settings = settings
        self._writer = writer
        self._dialogs = dialogs
        self._bar = bar
        self._playback = playback
        self._window = parent
        self._path: Path | None = None
        self._composition = document.composition
        self._cancelled = Event()
        self._suffix = _FIRST_ENDING
        self._advanced.connect(self._show, Qt.ConnectionType.QueuedConnection)

    @property
    def running(self) -> bool:
        """Whether a file is being made."""
        return self._path is not None

    def ask(self) -> None:
        """Ask for a name and begin; a recording ends, and belongs to the piece."""
        self._document.settle()
        if not self._document.composition.note_count:
            self._bar.tell("There is nothing to export yet: play something, or open a melody.")
        elif self._path is not None:
            # The button of the message that this one stands before.
            self._bar.tell(
                f"{self._path.name} is still being made: wait for it, or cancel it.",
                Tone.INFO,
                MessageAction("Cancel", self.cancel),
                about=lambda: self._path,
                names=[self._path.name],
            )
        else:
            opened = self._document.path
            name = opened.stem if opened else plain_name(self._document.name)
            suggestion = self._settings.music_folder / f"{name}{self._suffix}"
            path = self._dialogs.ask_save_audio(self._window, suggestion)
            if path is not None:
                self._begin(path)

    def cancel(self) -> None:
        """Make no file after all; nothing of it stays."""
        self._cancelled.set()

    def _begin(self, path: Path) -> None:
        self._path, self._suffix = path, path.suffix.lower()
        cancelled = self._cancelled = Event()
        composition = self._composition = self._document.composition
        # As loud as can be, whatever the master volume of the moment.
        mix = replace(self._playback.mix, master=FULL)
        soundfont = self._settings.sound.soundfont
        shown = time.monotonic()

        def progress(share: float) -> bool:
            nonlocal shown
            if time.monotonic() - shown > _SHOWN_SECONDS:
                shown = time.monotonic()
                self._advanced.emit(int(100 * share))
            return not cancelled.is_set()

        def write() -> AudioWritten:
            # In the thread: it brings what computes sound along.
            from composer_app.live.rendering import audio_file

            settings = audio_file.AudioSettings()
            return audio_file.write_audio(composition, path, soundfont, settings, progress, mix)

        text, cancel = _sentence(path, 0), MessageAction("Cancel", self.cancel)
        self._bar.clear(_ERROR)
        self._bar.show_persistent(_EXPORT, text, Tone.INFO, cancel, names=[path.name])
        self._writer.run(self, path, write, self._finish, self._fail)

    def _show(self, percent: int) -> None:
        if self._path is not None and not self._cancelled.is_set():
            self._bar.amend(_EXPORT, _sentence(self._path, percent))

    def _finish(self, written: AudioWritten) -> None:
        path = self._end()
        folder = str(path.absolute().parent)
        late = self._document.composition != self._composition
        but = "; what you have changed since is not in it" if late else ""
        sentence = f"Exported {path.name} in {folder}{but}."
        self._bar.tell(sentence, Tone.SUCCESS, names=[path.name, folder])

    def _fail(self, error: Exception) -> None:
        from composer_app.live.rendering.audio_file import RenderingStoppedError

        path = self._end()
        if isinstance(error, RenderingStoppedError):
            self._bar.tell(
                f"{path.name} was not made.", about=lambda: self._path, names=[path.name]
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
        path, self._path = self._path, None
        assert path is not None
        self._bar.clear(_EXPORT)
        return path


def _sentence(path: Path, percent: int) -> str:
    return f"Exporting {path.name}: {percent} %"
