"""Closing the window: not before everything is safe, or somebody says that it need not be."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, QTimer

from composer_app.studio.document.document import Document
from composer_app.studio.document.recovery import Recovery
from composer_app.studio.files.saving_controller import SavingController
from composer_app.studio.messages.bar import MessageAction, MessageBar, Tone
from composer_app.studio.runtime.file_writer import FileWriter

_CLOSING: Final = "closing"
# What is written sooner is not worth a message.
_PATIENCE_SECONDS: Final = 0.3


class Closing(QObject):
    """Says whether the window may close; where it has to wait, it is closed by ``close`` later.

    It waits for files that are being written. Where one of them fails it stays open, once; where
    unsaved work cannot be kept for the next start, until that is said not to matter.
    """

    def __init__(
        self,
        writer: FileWriter,
        recovery: Recovery,
        document: Document,
        saving: SavingController,
        bar: MessageBar,
        stop_waiting: Callable[[], None],
        close: Callable[[], object],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._writer = writer
        self._recovery = recovery
        self._document = document
        self._saving = saving
        self._bar = bar
        self._stop_waiting = stop_waiting
        self._close = close
        self._waiting = False
        self._failures = 0
        self._writing_is_over = False
        self._lost_is_fine = False
        writer.finished.connect(self._go_on)

    def may_close(self) -> bool:
        """Whether nothing is lost by closing now; else the message bar says what is the matter."""
        return self._everything_is_written() and self._unsaved_work_is_kept()

    def close_without_loss(self) -> None:
        """Close though unsaved work cannot be kept."""
        self._lost_is_fine = True
        self._close()

    # -- inside ----------------------------------------------------------------------------

    def _everything_is_written(self) -> bool:
        if self._writing_is_over:
            return True
        if not self._waiting:
            self._failures = self._writer.failures
        self._waiting = False
        if not self._writer.finish(_PATIENCE_SECONDS):
            self._waiting = True
            names = [path.name for path in self._writer.paths]
            self._bar.show_persistent(
                _CLOSING,
                f"Composer closes as soon as {' and '.join(names)} is written.",
                Tone.INFO,
                MessageAction("Close Now", self._close_at_once),
                MessageAction("Stay Open", self._stay_open),
                names=names,
            )
            return False
        self._bar.clear(_CLOSING)
        # What failed has been said; the next time it may close.
        return self._writer.failures == self._failures

    def _unsaved_work_is_kept(self) -> bool:
        problem = self._recovery.finish()
        if problem is None or self._lost_is_fine:
            return True
        self._bar.tell(
            problem,
            Tone.ERROR,
            MessageAction("Save As…", self._saving.save_as),
            MessageAction("Close Anyway", self.close_without_loss),
            about=lambda: self._document.modified,
        )
        return False

    def _go_on(self) -> None:
        if self._waiting:
            # Not within whatever has just been told that its file is written.
            QTimer.singleShot(0, self, self._close)

    def _stay_open(self) -> None:
        self._waiting = False

    def _close_at_once(self) -> None:
        self._writing_is_over = True
        self._stop_waiting()
        self._writer.give_up()
        self._close()
