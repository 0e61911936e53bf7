"""The synthesizer as the studio sees it: silent at first, real once it has been opened."""

import logging
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from composer_app.live.note_sink import SilentSynthesizer, Synthesizer
from composer_app.studio.jobs import Jobs

_log = logging.getLogger(__name__)

OpenSynthesizer = Callable[[], tuple[Synthesizer, str | None]]


class Sound(QObject):
    """Holds the synthesizer in use; opening one takes seconds and happens in a thread."""

    # The synthesizer has been replaced; use it from now on.
    opened = Signal()
    # A sentence that says what is missing.
    problemFound = Signal(str)

    def __init__(self, open_synthesizer: OpenSynthesizer, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._open_synthesizer = open_synthesizer
        self._synthesizer: Synthesizer = SilentSynthesizer()
        self._closed = False

    @property
    def synthesizer(self) -> Synthesizer:
        """What to play into now; any thread may ask."""
        return self._synthesizer

    def open(self, jobs: Jobs) -> None:
        """Begin opening the synthesizer; ``opened`` and perhaps ``problemFound`` follow."""
        jobs.run(self._open_synthesizer, self._take, self._fail)

    def close(self) -> None:
        """Fall silent for good."""
        self._closed = True
        self._synthesizer.all_notes_off()
        self._synthesizer.close()

    def _take(self, answer: tuple[Synthesizer, str | None]) -> None:
        synthesizer, problem = answer
        if self._closed:
            synthesizer.close()
            return
        before, self._synthesizer = self._synthesizer, synthesizer
        self.opened.emit()
        before.close()
        if problem:
            self.problemFound.emit(problem)

    def _fail(self, error: Exception) -> None:
        _log.error("The synthesizer could not be opened.", exc_info=error)
        self.problemFound.emit(
            "The sound could not be started, so nothing can be heard: everything else works."
        )
