"""Asking for a file's name."""

from pathlib import Path
from typing import Final

from PySide6.QtWidgets import QFileDialog, QWidget

_FILTER: Final = "MIDI files (*.mid *.midi *.MID *.MIDI);;All files (*)"


class FileDialogs:
    """The system's own dialogs; tests put something that answers by itself in their place."""

    def ask_open(self, parent: QWidget, folder: Path) -> Path | None:
        """A file to open, or None when the person thinks better of it."""
        name, _ = QFileDialog.getOpenFileName(parent, "Open MIDI File", str(folder), _FILTER)
        return Path(name) if name else None

    def ask_save(self, parent: QWidget, title: str, suggestion: Path) -> Path | None:
        """Where to write; ends in .mid. The dialog asks before it overwrites."""
        name, _ = QFileDialog.getSaveFileName(parent, title, str(suggestion), _FILTER)
        if not name:
            return None
        path = Path(name)
        return path if path.suffix.lower() in (".mid", ".midi") else Path(f"{name}.mid")
