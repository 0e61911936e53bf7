"""Giving the piece to other programs: dragged out of the window, or copied, as a MIDI file."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from PySide6.QtCore import QMimeData, QObject, Qt, QUrl
from PySide6.QtGui import QDrag, QGuiApplication
from PySide6.QtWidgets import QWidget

from composer_app.errors import MidiFileError
from composer_app.music.composition import Composition
from composer_app.music.editing.other_tracks import mix_for_file
from composer_app.music.files.safe_file import failure_reason
from composer_app.music.harmony.key_changes import KeyChange
from composer_app.music.midi.file import write_midi
from composer_app.music.mix import PieceMix
from composer_app.studio.document.document import Document
from composer_app.studio.messages.bar import MessageBar, Tone
from composer_app.studio.widgets.file_dialogs import plain_name
from composer_app.studio.widgets.icons import pixmap
from composer_app.studio.widgets.theme import COLORS

# As the shared MIME database has it; most programs want the file.
MIDI_TYPE: Final = "audio/midi"
_ICON: Final = 32
# Of a title and of a track's name; file systems take 255 bytes, and letters may have four.
_LONGEST: Final = 28


def _run(drag: QDrag) -> None:
    drag.exec(Qt.DropAction.CopyAction)


class HandOut(QObject):
    """Makes MIDI files for whoever takes them, in a folder that goes with :meth:`close`.

    They stay until then, for another program may look at its file at any time. ``run`` carries a
    drag out.
    """

    def __init__(
        self,
        document: Document,
        bar: MessageBar,
        window: QWidget,
        run: Callable[[QDrag], None] = _run,
    ) -> None:
        super().__init__(window)
        self._document = document
        self._bar = bar
        self._window = window
        self._run = run
        self._folder: TemporaryDirectory[str] | None = None
        self._made = 0

    def drag_piece(self) -> None:
        """Let the mouse take the whole piece along."""
        self._drag(None)

    def drag_track(self, track: int) -> None:
        """Let the mouse take one track along."""
        self._drag(track)

    def copy(self) -> None:
        """Put the piece on the clipboard."""
        data = self._data(None)
        if data is not None:
            QGuiApplication.clipboard().setMimeData(data)
            self._bar.tell(
                "Copied the piece as a MIDI file: paste it into another program or a folder.",
                Tone.SUCCESS,
            )

    def close(self) -> None:
        """Remove the files. May be called twice."""
        folder, self._folder = self._folder, None
        if folder is not None:
            folder.cleanup()

    def _drag(self, track: int | None) -> None:
        data = self._data(track)
        if data is None:
            return
        drag = QDrag(self._window)
        drag.setMimeData(data)
        drag.setPixmap(pixmap("midi", _ICON, COLORS.text, self._window.devicePixelRatioF()))
        self._run(drag)

    def _data(self, track: int | None) -> QMimeData | None:
        """The piece, or a track, as a file and as bytes; None, and a sentence, where it cannot be.

        A recording ends, and is in it.
        """
        self._document.settle()
        composition, mix = self._document.composition, self._document.mix
        if not composition.note_count:
            self._bar.tell("There is nothing to copy yet: play something, or open a melody.")
            return None
        name = plain_name(
            Path(self._document.name).stem if self._document.path else composition.title
        )
        if track is not None:
            name = plain_name(f"{name} - {composition.tracks[track].name or track + 1}")
            composition, mix = one_track(composition, track), PieceMix((mix.track(track),)).balance
        else:
            mix = mix_for_file(composition, mix)
        try:
            made = self._place(f"{plain_name(name[: 2 * _LONGEST])}.mid")
            write_midi(composition, made, mix)
            written = made.read_bytes()
        except MidiFileError as error:
            self._bar.tell(str(error), Tone.ERROR)
            return None
        except OSError as error:
            reason = failure_reason(error)
            self._bar.tell(f"No file could be made to be handed out: {reason}.", Tone.ERROR)
            return None
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(made))])
        data.setData(MIDI_TYPE, written)
        return data

    def _place(self, name: str) -> Path:
        """Where a file of that name can be, whatever others are called."""
        if self._folder is None:
            self._folder = TemporaryDirectory(prefix="composer-", ignore_cleanup_errors=True)
        self._made += 1
        folder = Path(self._folder.name) / str(self._made)
        folder.mkdir()
        return folder / name


def one_track(composition: Composition, track: int) -> Composition:
    """The piece with ``tracks[track]`` alone, in the same key, metre and tempo."""
    return replace(
        composition,
        tracks=(composition.tracks[track],),
        origin=None,
        performance=None,
        keys=composition.keys or (KeyChange(0, composition.key()),),
    )
