"""Save, save as and export MIDI: the piece into a file.

Writing happens in threads; the music goes on meanwhile.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from composer_app.errors import FileChangedError
from composer_app.music.editing.other_tracks import mix_for_file
from composer_app.music.files.cancelling import FileCancelledError, Wanted, always_wanted
from composer_app.music.files.safe_file import FileState
from composer_app.music.midi.file import write_midi
from composer_app.project.piece import Piece
from composer_app.project.project_file import ENDING, write_project
from composer_app.studio.document.document import Document
from composer_app.studio.document.undo_offer import undo_offer
from composer_app.studio.files.file_errors import FileErrors
from composer_app.studio.files.read_piece import is_project
from composer_app.studio.files.under_way import UnderWay
from composer_app.studio.messages.bar import MessageAction, MessageBar, Tone
from composer_app.studio.runtime.file_writer import FileWriter
from composer_app.studio.runtime.settings import Settings
from composer_app.studio.widgets.file_dialogs import FileDialogs

_CHANGED: Final = "changed"


@dataclass(frozen=True)
class _Written:
    """A state of the piece with this number, as it is written."""

    number: int
    piece: Piece


class SavingController(QObject):
    """Carries out the commands of the File menu that write projects and MIDI files."""

    def __init__(
        self,
        document: Document,
        settings: Settings,
        writer: FileWriter,
        dialogs: FileDialogs,
        errors: FileErrors,
        under_way: UnderWay,
        bar: MessageBar,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._settings = settings
        self._writer = writer
        self._dialogs = dialogs
        self._errors = errors
        self._under_way = under_way
        self._bar = bar
        self._window = parent
        # What each piece has last written where. Each is used by one thread at a time.
        self._written: dict[tuple[int, Path], FileState] = {}

    def save(self) -> None:
        """Save where Composer saved before, or ask; a recording ends, and is saved with it."""
        self._document.settle()
        path = self._document.save_path
        if path is None or not self._document.composition.note_count:
            self.save_as()
        else:
            self._write(path, keep=True, asked=False)

    def save_as(self) -> None:
        """Ask where, and save: as a project, which keeps everything, or as a MIDI file."""
        self._ask_and_write(keep=True)

    def export(self) -> None:
        """Ask where, and write a copy; the piece stays with its own file."""
        self._ask_and_write(keep=False)

    def _ask_and_write(self, *, keep: bool) -> None:
        self._document.settle()
        if not self._document.composition.note_count:
            self._say_empty()
            return
        folder = self._settings.music_folder
        if keep:
            suggestion = folder / self._suggested_name(ENDING)
            path = self._dialogs.ask_save_piece(self._window, suggestion)
        else:
            suggestion = folder / self._suggested_name(".mid")
            path = self._dialogs.ask_save(self._window, "Export MIDI", suggestion)
        if path is not None:
            self._write(path, keep=keep, asked=True)

    def _say_empty(self) -> None:
        path = self._document.path
        if path is None or self._document.as_saved:
            self._bar.tell("There is nothing to save yet: play something, or open a melody.")
            return
        # Composer opens no file without notes, so it makes none.
        self._bar.tell(
            f"All notes are deleted, so {path.name} stays as it is.",
            Tone.INFO,
            undo_offer(self._document),
            names=[path.name],
        )

    def _suggested_name(self, ending: str) -> str:
        """What to call the file; what Composer has written itself is suggested as it is."""
        path = self._document.path
        if path is None:
            title = re.sub(r'[\s\\/:*?"<>|\x00-\x1f]+', " ", self._document.name).strip(" .")
            return f"{title or 'Untitled'}{ending}"
        if ending == ENDING and self._document.save_path is not None:
            return path.name
        if path.suffix.lower() == ending and self._document.save_path is None:
            # Not the name of the file that was only opened: saving would replace it.
            return f"{path.stem} (Composer){ending}"
        return f"{path.stem}{ending}"

    def _write(
        self,
        path: Path,
        *,
        keep: bool,
        asked: bool,
        left: _Written | None = None,
    ) -> None:
        """Write the current piece, or one that was ``left``; ``asked`` to replace ``path``."""
        document = self._document
        state = left or _Written(document.piece_number, document.piece)
        number, piece = state.number, state.piece
        # What is saved is not to be cancelled: it would be nowhere.
        work = None if keep else self._under_way.begin("Exporting", path)
        wanted = always_wanted if work is None else work.wanted

        def write() -> None:
            last = None if asked else self._written.get((number, path))
            self._written[number, path] = _written_to(path, piece, last, wanted)

        def written(_: None) -> None:
            end()
            self._settings.remember_file(path)
            current = document.piece_number == number
            if keep and current:
                document.mark_saved(path, piece, whole=is_project(path))
            self._errors.clear()
            self._bar.clear(_CHANGED)
            verb = "Saved" if keep else "Exported"
            folder = str(path.absolute().parent)
            # What has been done in the meantime is not in the file.
            same = document.piece.holds_as_much_as(piece)
            late = current and not same
            but = "; what you have changed since is not in it" if late else ""
            sentence = f"{verb} {path.name} in {folder}{but}."
            self._bar.tell(sentence, Tone.SUCCESS, names=[path.name, folder])

        def failed(error: Exception) -> None:
            end()
            if isinstance(error, FileCancelledError):
                self._bar.tell(f"{path.name} was not made.", names=[path.name])
            elif isinstance(error, FileChangedError):
                self._ask_to_replace(path, error, state)
            elif keep:
                self._errors.report(error, path, MessageAction("Save As…", self.save_as))
            else:
                self._errors.report(error, path)

        def end() -> None:
            if work is not None:
                self._under_way.end(work)

        subject = (number, asked) if keep else None
        self._writer.run(self, path, write, written, failed, subject)

    def _ask_to_replace(self, path: Path, error: FileChangedError, state: _Written) -> None:
        """Somebody else's work is not replaced unasked."""

        def replace_it() -> None:
            if self._document.piece_number == state.number:
                self._write(path, keep=True, asked=True)
            else:
                self._write(path, keep=True, asked=True, left=state)

        question = "save it there again?" if error.gone else "replace it?"
        document = self._document
        self._bar.show_persistent(
            _CHANGED,
            f"{error.what}: {question}",
            Tone.ERROR,
            MessageAction("Save Again" if error.gone else "Replace", replace_it),
            MessageAction("Save As…", self.save_as),
            about=lambda: document.piece_number,
            names=[path.name, str(path.parent)],
        )


def _written_to(path: Path, piece: Piece, last: FileState | None, wanted: Wanted) -> FileState:
    """In a thread: write ``piece`` as the ending of ``path`` says."""
    if is_project(path):
        return write_project(piece, path, only_over=last)
    mix = mix_for_file(piece.composition, piece.mix)
    return write_midi(piece.composition, path, mix, only_over=last, wanted=wanted)
