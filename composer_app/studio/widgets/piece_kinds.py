"""The kinds of files that hold a piece, by their endings."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from composer_app.notation.file_kinds import KINDS
from composer_app.project.project_file import ENDING

PIECE_KINDS: Final = {
    ENDING: "Composer project",
    **{ending: kind.title for kind in KINDS if kind.readable for ending in kind.endings},
}


def pattern(ending: str) -> str:
    """What matches names with ``ending``, in whatever case its letters are.

    Windows and macOS do not tell capitals from small letters, and take no brackets.
    """
    if sys.platform in ("win32", "darwin"):
        return f"*{ending}"
    letters = (f"[{each}{each.upper()}]" if each.isalpha() else each for each in ending)
    return f"*{''.join(letters)}"


def open_filter() -> str:
    """What a dialog for opening offers."""
    return f"Pieces ({' '.join(map(pattern, PIECE_KINDS))});;All files (*)"


def described(path: Path) -> str:
    """What ``path`` is and when it was written, such as ``MIDI file, 3 May 2026``."""
    kind = PIECE_KINDS.get(path.suffix.lower(), "file")
    try:
        written = datetime.fromtimestamp(path.stat().st_mtime, UTC).astimezone()
    except (OSError, ValueError, OverflowError):
        return kind
    return f"{kind}, {written.day} {written:%b %Y}"
