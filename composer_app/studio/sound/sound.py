"""The synthesizer as the studio sees it: silent at first, real once it has been opened."""

import logging
from collections.abc import Callable
from contextlib import suppress
from threading import Thread
from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from composer_app.errors import DeviceError
from composer_app.live.note_sink import SilentSynthesizer, Synthesizer

_log = logging.getLogger(__name__)

# A synthesizer, and a sentence if something is missing.
_Answer = tuple[Synthesizer, DeviceError | None]
OpenSynthesizer = Callable[[], _Answer]

_WATCH_MS: Final = 250
_RETRY_MS: Final = 2000
_CLOSING_SECONDS: Final = 2.0
_VANISHED: Final = (
    "The sound device has vanished: Composer goes on silently, and takes the device up again when"
    " it returns."
)


class Sound(QObject):
    """Holds the synthesizer in use, and another one as soon as its device has vanished.

    Opening and closing may take seconds, or for ever where a sound server hangs, and happens in
    threads of its own. While no device can be had, a silent synthesizer stands in, and a real
    one is tried again every other second.
    """

    # The synthesizer has been replaced; use it from now on.
    opened = Signal()
    # A sentence that says what is missing.
    problemFound = Signal(str)
    # What was missing is there again: a sentence that says so.
    restored = Signal(str)
    # From the thread: number of the attempt; its result, or the exception.
    _answered = Signal(int, object)

    def __init__(self, open_synthesizer: OpenSynthesizer, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._open_synthesizer = open_synthesizer
        self._synthesizer: Synthesizer = SilentSynthesizer()
        self._closed = False
        self._attempt = 0
        self._thread: Thread | None = None
        self._closing: Thread | None = None
        self._problem: str | None = None
        self._answered.connect(self._hear, Qt.ConnectionType.QueuedConnection)
        self._watch = QTimer(self)
        self._watch.setInterval(_WATCH_MS)
        self._watch.timeout.connect(self.check)
        self._retry = QTimer(self)
        self._retry.setSingleShot(True)
        self._retry.setInterval(_RETRY_MS)
        self._retry.timeout.connect(self.open)

    @property
    def synthesizer(self) -> Synthesizer:
        """What to play into now; any thread may ask."""
        return self._synthesizer

    def open(self) -> None:
        """Begin opening Composer's own synthesizer; ``opened`` and perhaps a problem follow.

        Until then what is in use stays in use.
        """
        self._retry.stop()
        if self._closed:
            return
        self._attempt += 1
        self._thread = Thread(
            target=self._work,
            args=(self._attempt, self._open_synthesizer, self._closing),
            name="composer-sound",
            daemon=True,
        )
        self._thread.start()
        self._watch.start()

    def use(self, synthesizer: Synthesizer) -> None:
        """Play through another synthesizer from now on; the one in use is closed."""
        self._retry.stop()
        # What is being opened is not wanted any more.
        self._attempt += 1
        self._replace(synthesizer)
        self._tell_restored("There is sound")
        self._watch.start()

    def reopen(self, open_synthesizer: OpenSynthesizer) -> None:
        """Open Composer's own synthesizer in another way, as after a change of settings.

        ``open_synthesizer`` is called in a thread, again whenever the device has vanished. The
        device in use is let go of first, since some can be opened but once.
        """
        self._open_synthesizer = open_synthesizer
        self._replace(SilentSynthesizer())
        self.open()

    def check(self) -> None:
        """See whether the device is still there; the timer calls it four times a second."""
        if self._closed or self._synthesizer.alive:
            return
        self._replace(SilentSynthesizer(waiting=True))
        self._tell(_VANISHED)
        self._retry.start()

    def close(self) -> None:
        """Fall silent for good."""
        self._closed = True
        self._watch.stop()
        self._retry.stop()
        self._replace(SilentSynthesizer())
        for thread in (self._closing, self._thread):
            if thread is not None:
                thread.join(_CLOSING_SECONDS)

    def _work(
        self, attempt: int, open_synthesizer: OpenSynthesizer, closing: Thread | None
    ) -> None:
        answer: _Answer | Exception
        try:
            # Some devices can be opened but once.
            if closing is not None:
                closing.join(_CLOSING_SECONDS)
            answer = open_synthesizer()
        except Exception as error:
            answer = error
        # This object may have been deleted meanwhile.
        with suppress(RuntimeError):
            self._answered.emit(attempt, answer)

    def _hear(self, attempt: int, answer: _Answer | Exception) -> None:
        if isinstance(answer, Exception):
            self._fail(answer)
        elif attempt == self._attempt and not self._closed:
            self._take(answer)
        else:
            # Something else has been asked for meanwhile.
            _close_later(answer[0])

    def _take(self, answer: _Answer) -> None:
        synthesizer, error = answer
        problem = str(error or "")
        if isinstance(synthesizer, SilentSynthesizer):
            if synthesizer.waiting:
                self._retry.start()
            said = self._problem and self._problem in (problem, _VANISHED)
            if said and isinstance(self._synthesizer, SilentSynthesizer):
                # Nothing has changed, and it has been said.
                return
        self._replace(synthesizer)
        if problem:
            self._tell(problem)
        else:
            self._tell_restored("The sound is back")

    def _replace(self, synthesizer: Synthesizer) -> None:
        before, self._synthesizer = self._synthesizer, synthesizer
        before.all_notes_off()
        self.opened.emit()
        self._closing = _close_later(before)

    def _tell_restored(self, what: str) -> None:
        if self._problem:
            self._problem = None
            self.restored.emit(f"{what}: {self._synthesizer.description}.")

    def _tell(self, problem: str) -> None:
        self._problem = problem
        self.problemFound.emit(problem)

    def _fail(self, error: Exception) -> None:
        _log.error("The synthesizer could not be opened.", exc_info=error)
        self._tell(
            "The sound could not be started, so nothing can be heard: everything else works."
        )


def _close_later(synthesizer: Synthesizer) -> Thread:
    """Close it in a thread: where the sound server hangs, closing does too."""
    thread = Thread(target=synthesizer.close, name="composer-sound-closing", daemon=True)
    thread.start()
    return thread
