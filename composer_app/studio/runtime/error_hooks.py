"""Unexpected exceptions become a line in the log and a sentence; they end nothing."""

import logging
import sys
import threading
from types import TracebackType
from typing import Final

from PySide6.QtCore import (
    QMessageLogContext,
    QObject,
    Qt,
    QtMsgType,
    Signal,
    qInstallMessageHandler,
)

_log = logging.getLogger(__name__)
_LEVELS: Final = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


class ErrorHooks(QObject):
    """Takes the place of the interpreter's and Qt's own reporting while it is installed."""

    # A sentence for the message bar; emitted on the GUI thread whatever thread failed.
    unexpected = Signal(str)
    _raised = Signal(str)

    def __init__(self, log_file: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._log_file = log_file
        self._raised.connect(self._announce, Qt.ConnectionType.QueuedConnection)

    def install(self) -> None:
        """Begin taking errors."""
        sys.excepthook = self._take
        threading.excepthook = self._take_from_thread
        qInstallMessageHandler(_log_qt_message)

    def remove(self) -> None:
        """Give errors back to the interpreter and to Qt."""
        sys.excepthook = sys.__excepthook__
        threading.excepthook = threading.__excepthook__
        qInstallMessageHandler(None)

    def _take(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            return
        _log.error("Unexpected error.", exc_info=(kind, error, trace))
        self._raised.emit(kind.__name__)

    def _take_from_thread(self, arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value is not None:
            self._take(arguments.exc_type, arguments.exc_value, arguments.exc_traceback)

    def _announce(self, kind: str) -> None:
        self.unexpected.emit(
            f"Something unexpected went wrong ({kind}); your piece is safe. Details are in"
            f" {self._log_file}."
        )


def _log_qt_message(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
    logging.getLogger("qt").log(_LEVELS.get(kind, logging.WARNING), text)
