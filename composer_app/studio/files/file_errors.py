"""Saying what is wrong with a file that was to be opened or saved."""

import logging
from pathlib import Path
from typing import Final

from composer_app.errors import ComposerError
from composer_app.studio.document.document import Document
from composer_app.studio.messages.bar import MessageAction, MessageBar, Tone

_log = logging.getLogger(__name__)
_FILE_ERROR: Final = "file"
_UNEXPECTED: Final = (
    "Something unexpected went wrong with the file, and what you have here is untouched: try"
    " another file or place."
)


class FileErrors:
    """Says one thing at a time, until another piece is there or :meth:`clear` is called."""

    def __init__(self, document: Document, bar: MessageBar) -> None:
        self._document = document
        self._bar = bar

    def report(self, error: Exception, path: Path | None = None, *actions: MessageAction) -> None:
        """Say ``error``, which is about ``path``, and offer ``actions``."""
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

    def clear(self) -> None:
        """A file has been written: what was wrong is over."""
        self._bar.clear(_FILE_ERROR)
