"""Export MusicXML and Export Score: ask where, and write a copy in a thread."""

import logging
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from composer_app.errors import ComposerError
from composer_app.music.editing.other_tracks import mix_for_file
from composer_app.music.files.cancelling import FileCancelledError
from composer_app.notation.file_kinds import READABLE_ENDINGS
from composer_app.studio.document.document import Document
from composer_app.studio.files.under_way import UnderWay
from composer_app.studio.messages.bar import MessageBar, Tone
from composer_app.studio.runtime.file_writer import FileWriter
from composer_app.studio.runtime.settings import Settings
from composer_app.studio.widgets.file_dialogs import FileDialogs, plain_name

_log = logging.getLogger(__name__)
_ERROR: Final = "score-export-error"


class ScoreExport(QObject):
    """Carries out File › Export MusicXML and Export Score."""

    def __init__(
        self,
        document: Document,
        settings: Settings,
        writer: FileWriter,
        dialogs: FileDialogs,
        under_way: UnderWay,
        bar: MessageBar,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._settings = settings
        self._writer = writer
        self._dialogs = dialogs
        self._under_way = under_way
        self._bar = bar
        self._window = parent

    def ask_musicxml(self) -> None:
        """Ask for a name and write the piece for notation programs."""
        self._ask(".musicxml", picture=False)

    def ask_picture(self) -> None:
        """Ask for a name and write the engraved score."""
        self._ask(".pdf", picture=True)

    def _ask(self, ending: str, *, picture: bool) -> None:
        """A recording ends, and belongs to the piece."""
        self._document.settle()
        if not self._document.composition.note_count:
            self._bar.tell("There is nothing to export yet: play something, or open a melody.")
            return
        opened = self._document.path
        name = opened.stem if opened else plain_name(self._document.name)
        suggestion = self._settings.music_folder / f"{name}{ending}"
        answer = self._dialogs.ask_save_score(self._window, suggestion, picture=picture)
        if answer is not None:
            self._write(*answer)

    def _write(self, path: Path, closed: bool) -> None:
        composition = self._document.composition
        mix = mix_for_file(composition, self._document.mix)
        work = self._under_way.begin("Exporting", path)

        def written(_: object) -> None:
            self._under_way.end(work)
            self._bar.clear(_ERROR)
            if path.suffix.lower() in READABLE_ENDINGS:
                self._settings.remember_file(path)
            folder = str(path.absolute().parent)
            late = self._document.composition != composition
            but = "; what you have changed since is not in it" if late else ""
            sentence = f"Exported {path.name} in {folder}{but}."
            self._bar.tell(sentence, Tone.SUCCESS, names=[path.name, folder])

        def failed(error: Exception) -> None:
            self._under_way.end(work)
            if isinstance(error, FileCancelledError):
                self._bar.tell(f"{path.name} was not made.", names=[path.name])
                return
            sentence = str(error)
            if not isinstance(error, ComposerError):
                _log.error("A score could not be written.", exc_info=error)
                sentence = f"Something unexpected went wrong, and {path.name} was not made."
                sentence += " Try another place or format."
            document = self._document
            self._bar.show_persistent(
                _ERROR,
                sentence,
                Tone.ERROR,
                about=lambda: document.piece_number,
                names=[str(path), path.name],
            )

        def write() -> None:
            # What writes scores takes longer to import than a window may take to open.
            from composer_app.notation.piece_file import write_piece_file

            write_piece_file(composition, path, mix, closed=closed, wanted=work.wanted)

        self._writer.run(self, path, write, written, failed)
