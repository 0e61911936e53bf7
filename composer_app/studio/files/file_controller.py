"""New, open, save, export and samples: everything about files.

Reading and writing happen in threads; the music goes on meanwhile.
"""

import logging
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from composer_app.errors import ComposerError, FileChangedError
from composer_app.music.composition import Composition
from composer_app.music.edits import melody_first
from composer_app.music.midi.file import write_midi
from composer_app.music.mix import order_with_first
from composer_app.music.safe_file import FileState
from composer_app.music.sample_melodies import load_sample
from composer_app.music.voices import find_melody
from composer_app.notation.piece_file import read_piece_file
from composer_app.project.piece import Piece
from composer_app.project.project_file import ENDING, read_project, write_project
from composer_app.studio.document.document import Document
from composer_app.studio.document.undo_offer import in_place_of, settle, undo_offer
from composer_app.studio.messages.bar import MessageAction, MessageBar, Tone
from composer_app.studio.runtime.file_writer import FileWriter
from composer_app.studio.runtime.jobs import Jobs
from composer_app.studio.runtime.settings import Settings
from composer_app.studio.widgets.file_dialogs import FileDialogs

_log = logging.getLogger(__name__)
_SLOW_MS: Final = 300
_FILE_ERROR: Final = "file"
_CHANGED: Final = "changed"
_UNEXPECTED: Final = (
    "Something unexpected went wrong with the file, and what you have here is untouched: try"
    " another file or place."
)


@dataclass(frozen=True)
class _Written:
    """A state of the piece with this number, as it is written."""

    number: int
    piece: Piece


class FileController(QObject):
    """Carries out the commands of the File menu."""

    def __init__(
        self,
        document: Document,
        settings: Settings,
        jobs: Jobs,
        writer: FileWriter,
        dialogs: FileDialogs,
        bar: MessageBar,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._settings = settings
        self._jobs = jobs
        self._writer = writer
        self._dialogs = dialogs
        self._bar = bar
        self._window = parent
        # What each piece has last written where. Each is used by one thread at a time.
        self._written: dict[tuple[int, Path], FileState] = {}

    def new(self) -> None:
        """Begin an empty piece in the same tempo and metre."""
        recorded = settle(self._document)
        current = self._document.composition
        if current.note_count or not self._document.as_saved:
            empty = Composition(tempo=current.tempo, meter=current.meter)
            self._document.begin(empty, "New")
            instead, undo = in_place_of(current, self._document, recorded=recorded)
            self._bar.tell(f"A new piece{instead}.", Tone.INFO, *undo, goes_on=True)

    def ask_open(self) -> None:
        """Ask for a project, a MIDI file or a score and open it."""
        path = self._dialogs.ask_open(self._window, self._settings.music_folder)
        if path is not None:
            self.open(path)

    def open(self, path: Path) -> None:
        """Open ``path``; the piece that was open can be had back with undo."""
        opening = True
        key = f"opening {path}"

        def opened(piece: Piece) -> None:
            end()
            self._settings.remember_file(path)
            titled = replace(piece.composition, title=piece.composition.title or path.stem)
            recorded, before = settle(self._document), self._document.composition
            if _is_project(path):
                piece = replace(piece, composition=titled)
                self._document.begin_project(piece, f"Open {path.name}", path)
            else:
                order = order_with_first(find_melody(titled), len(titled.tracks))
                self._document.begin(
                    melody_first(titled), f"Open {path.name}", path, mix=piece.mix.reordered(order)
                )
            instead, undo = in_place_of(before, self._document, recorded=recorded)
            sentence, names = _opened_sentence(path, titled, instead)
            self._bar.tell(sentence, Tone.SUCCESS, *undo, names=names, goes_on=True)

        def failed(error: Exception) -> None:
            end()
            self._report(error, path)

        def end() -> None:
            nonlocal opening
            opening = False
            self._bar.clear(key)

        def say_if_slow() -> None:
            if opening:
                self._bar.show_persistent(
                    key, f"Opening {path.name}…", Tone.INFO, names=[path.name]
                )

        self._jobs.run(self, lambda: _read(path), opened, failed)
        QTimer.singleShot(_SLOW_MS, self, say_if_slow)

    def open_sample(self, sample_id: str) -> None:
        """Begin a piece with one of the sample melodies."""
        try:
            melody = load_sample(sample_id)
        except ComposerError as error:
            self._report(error)
            return
        recorded, before = settle(self._document), self._document.composition
        self._document.begin(Composition.from_melody(melody), f"Open {melody.title}")
        instead, undo = in_place_of(before, self._document, recorded=recorded)
        sentence = f"Opened the sample melody {melody.title}{instead}."
        self._bar.tell(sentence, Tone.SUCCESS, *undo, names=[melody.title], goes_on=True)

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

        def write() -> None:
            last = None if asked else self._written.get((number, path))
            if _is_project(path):
                self._written[number, path] = write_project(piece, path, only_over=last)
            else:
                self._written[number, path] = write_midi(
                    piece.composition, path, piece.mix, only_over=last
                )

        def written(_: None) -> None:
            self._settings.remember_file(path)
            current = document.piece_number == number
            if keep and current:
                document.mark_saved(path, piece, whole=_is_project(path))
            self._bar.clear(_FILE_ERROR)
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
            if isinstance(error, FileChangedError):
                self._ask_to_replace(path, error, state)
            elif keep:
                self._report(error, path, MessageAction("Save As…", self.save_as))
            else:
                self._report(error, path)

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

    def _report(self, error: Exception, path: Path | None = None, *actions: MessageAction) -> None:
        """Say what is wrong with a file, until another piece is there or one has been written."""
        names = [str(path), path.name] if path else []
        sentence = str(error)
        if not isinstance(error, ComposerError):
            _log.error("A file could not be read or written.", exc_info=error)
            sentence = _UNEXPECTED
        document = self._document
        self._bar.show_persistent(
            _FILE_ERROR,
            sentence,
            Tone.ERROR,
            *actions,
            about=lambda: document.piece_number,
            names=names,
        )


def _is_project(path: Path) -> bool:
    return path.suffix.lower() == ENDING


def _read(path: Path) -> Piece:
    if _is_project(path):
        return read_project(path)
    read = read_piece_file(path)
    return Piece(read.composition, mix=read.mix)


def _opened_sentence(path: Path, composition: Composition, instead: str) -> tuple[str, list[str]]:
    """What was opened, and which part of it is the melody; with the names in it."""
    if sum(1 for track in composition.tracks if track.notes) == 1:
        return f"Opened {path.name}{instead}.", [path.name]
    index = find_melody(composition)
    name = composition.tracks[index].name
    called = (
        f" of {len(composition.tracks)}, “{name}”," if name else f" of {len(composition.tracks)}"
    )
    sentence = f"Opened {path.name}{instead}: track {index + 1}{called} is the melody."
    return sentence, [path.name, name]
