"""Asking for a file's name."""

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtWidgets import QWidget

from composer_app.studio.widgets.piece_kinds import open_filter

_FILTER: Final = "MIDI files (*.mid *.midi *.MID *.MIDI);;All files (*)"
_PIECES: Final = {".composer": "Composer project", ".mid": "MIDI file", ".midi": "MIDI file"}
# A score for four singers, or for one at the organ.
_SCORES: Final = {
    "MusicXML, a staff for each part (*.musicxml)": (".musicxml", False),
    "MusicXML, two staves (*.musicxml)": (".musicxml", True),
    "Compressed MusicXML, a staff for each part (*.mxl)": (".mxl", False),
    "Compressed MusicXML, two staves (*.mxl)": (".mxl", True),
}
_SCORE_PICTURES: Final = {
    "PDF, a staff for each part (*.pdf)": (".pdf", False),
    "PDF, two staves (*.pdf)": (".pdf", True),
    "SVG picture, a staff for each part (*.svg)": (".svg", False),
    "SVG picture, two staves (*.svg)": (".svg", True),
}
_SOUNDFONT_FILTER: Final = "SoundFonts (*.sf2 *.sf3 *.SF2 *.SF3);;All files (*)"


def plain_name(title: str) -> str:
    """``title`` as a file's name without ending, free of what file systems do not take."""
    return re.sub(r'[\s\\/:*?"<>|\x00-\x1f]+', " ", title).strip(" .") or "Untitled"


class FileDialogs:
    """The system's own dialogs; tests put something that answers by itself in their place."""

    def ask_open(self, parent: QWidget, folder: Path) -> list[Path]:
        """Files to open; none when the person thinks better of it."""
        from PySide6.QtWidgets import QFileDialog

        names, _ = QFileDialog.getOpenFileNames(
            parent,
            "Open",
            str(folder),
            open_filter(),
            # Nobody reads patterns.
            options=QFileDialog.Option.HideNameFilterDetails,
        )
        return [Path(name) for name in names]

    def ask_save(self, parent: QWidget, title: str, suggestion: Path) -> Path | None:
        """Where to write; ends in .mid. Asks before a file is replaced."""

        def completed(name: str, _: str) -> Path:
            path = Path(name)
            return path if path.suffix.lower() in (".mid", ".midi") else Path(f"{name}.mid")

        return self._ask_where(parent, title, suggestion, _FILTER, "", completed)

    def ask_save_piece(self, parent: QWidget, suggestion: Path) -> Path | None:
        """Where to write a piece; ends as a project or a MIDI file. Asks before it replaces."""
        return self.ask_save_as(parent, "Save As", suggestion, _PIECES)

    def ask_soundfont(self, parent: QWidget, folder: Path) -> Path | None:
        """A file of instruments, or None when the person thinks better of it."""
        from PySide6.QtWidgets import QFileDialog

        name, _ = QFileDialog.getOpenFileName(
            parent, "Choose SoundFont", str(folder), _SOUNDFONT_FILTER
        )
        return Path(name) if name else None

    def ask_save_as(
        self, parent: QWidget, title: str, suggestion: Path, kinds: dict[str, str]
    ) -> Path | None:
        """Where to write one of ``kinds``, such as {".png": "PNG picture"}; ends as one of them.

        Asks before a file is replaced.
        """
        filters = {f"{name} (*{suffix})": suffix for suffix, name in kinds.items()}
        chosen = next((each for each in filters if filters[each] == suggestion.suffix), "")

        def completed(name: str, choice: str) -> Path:
            path = Path(name)
            if path.suffix.lower() in kinds:
                return path
            return Path(f"{name}{filters.get(choice, suggestion.suffix)}")

        return self._ask_where(parent, title, suggestion, ";;".join(filters), chosen, completed)

    def ask_save_score(
        self, parent: QWidget, suggestion: Path, *, picture: bool
    ) -> tuple[Path, bool] | None:
        """Where to write a score or its ``picture``, and whether four voices share two staves.

        Asks before a file is replaced.
        """
        kinds = _SCORE_PICTURES if picture else _SCORES
        endings = {ending for ending, _ in kinds.values()}
        closed = False

        def completed(name: str, choice: str) -> Path:
            nonlocal closed
            ending, closed = kinds.get(choice, (suggestion.suffix, False))
            path = Path(name)
            return path if path.suffix.lower() in endings else Path(f"{name}{ending}")

        title = "Export Score" if picture else "Export MusicXML"
        path = self._ask_where(parent, title, suggestion, ";;".join(kinds), "", completed)
        return None if path is None else (path, closed)

    def ask_save_audio(self, parent: QWidget, suggestion: Path) -> Path | None:
        """Where to write sound; ends as an audio format. Asks before a file is replaced."""
        from composer_app.live.rendering.audio_file import FORMATS

        kinds = {each.suffix: each.title for each in FORMATS}
        return self.ask_save_as(parent, "Export Audio", suggestion, kinds)

    def _ask_where(
        self,
        parent: QWidget,
        title: str,
        suggestion: Path,
        filters: str,
        chosen: str,
        completed: Callable[[str, str], Path],
    ) -> Path | None:
        """A place to write to, whose name and chosen filter ``completed`` gives an ending.

        The dialog asks before it replaces what was typed; of another ending it knows nothing.
        """
        from PySide6.QtWidgets import QFileDialog, QMessageBox

        while True:
            name, choice = QFileDialog.getSaveFileName(
                parent, title, str(suggestion), filters, chosen
            )
            if not name:
                return None
            path = completed(name, choice)
            if path == Path(name) or not os.path.lexists(path):
                return path
            question = f"There is a {path.name} already. Shall it be replaced?"
            if QMessageBox.question(parent, title, question) == QMessageBox.StandardButton.Yes:
                return path
            suggestion = path
