"""Asking for a file's name."""

import re
from pathlib import Path
from typing import Final

from PySide6.QtWidgets import QFileDialog, QWidget

from composer_app.live.audio_file import FORMATS

_FILTER: Final = "MIDI files (*.mid *.midi *.MID *.MIDI);;All files (*)"
_SOUNDFONT_FILTER: Final = "SoundFonts (*.sf2 *.sf3 *.SF2 *.SF3);;All files (*)"
_AUDIO_FILTERS: Final = {f"{each.title} (*{each.suffix})": each.suffix for each in FORMATS}


def plain_name(title: str) -> str:
    """``title`` as a file's name without ending, free of what file systems do not take."""
    return re.sub(r'[\s\\/:*?"<>|\x00-\x1f]+', " ", title).strip(" .") or "Untitled"


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

    def ask_soundfont(self, parent: QWidget, folder: Path) -> Path | None:
        """A file of instruments, or None when the person thinks better of it."""
        name, _ = QFileDialog.getOpenFileName(
            parent, "Choose SoundFont", str(folder), _SOUNDFONT_FILTER
        )
        return Path(name) if name else None

    def ask_save_as(
        self, parent: QWidget, title: str, suggestion: Path, kinds: dict[str, str]
    ) -> Path | None:
        """Where to write one of ``kinds``, such as {".png": "PNG picture"}; ends as one of them.

        The dialog asks before it overwrites.
        """
        filters = {f"{name} (*{suffix})": suffix for suffix, name in kinds.items()}
        chosen = next((each for each in filters if filters[each] == suggestion.suffix), "")
        name, choice = QFileDialog.getSaveFileName(
            parent, title, str(suggestion), ";;".join(filters), chosen
        )
        if not name:
            return None
        path = Path(name)
        if path.suffix.lower() in kinds:
            return path
        return Path(f"{name}{filters.get(choice, suggestion.suffix)}")

    def ask_save_audio(self, parent: QWidget, suggestion: Path) -> Path | None:
        """Where to write sound; ends as one of the audio formats. Asks before it overwrites."""
        suffixes = {suffix: choice for choice, suffix in _AUDIO_FILTERS.items()}
        name, choice = QFileDialog.getSaveFileName(
            parent,
            "Export Audio",
            str(suggestion),
            ";;".join(_AUDIO_FILTERS),
            suffixes.get(suggestion.suffix, ""),
        )
        if not name:
            return None
        path = Path(name)
        if path.suffix.lower() in suffixes:
            return path
        return Path(f"{name}{_AUDIO_FILTERS.get(choice, suggestion.suffix)}")
