"""Starting the studio. Free of Qt until it is known that a window can be opened."""

import logging
import sys
from collections.abc import Sequence
from contextlib import suppress
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from composer_app.plain_text import one_line
from composer_app.studio.runtime.display import display_problem, library_problem
from composer_app.studio.runtime.preload import import_qt
from composer_app.terminal import warn

if TYPE_CHECKING:
    from composer_app.studio.runtime.jobs import Jobs
    from composer_app.studio.runtime.settings import Settings
    from composer_app.studio.window.main_window import MainWindow
    from composer_app.studio.window.services import Services

_LOG_BYTES: Final = 1_000_000
_FIRST_PAINT_MS: Final = 500


def run(argv: Sequence[str]) -> int:
    """Open the studio and stay until it is closed; ``argv`` may name files to
    open, the first one in this window.

    Returns 0, or 2 after a sentence on stderr where no window can be opened.
    """
    problem = display_problem()
    if problem is None:
        try:
            return _run_window(argv)
        except ImportError as error:
            if not (error.name or "").startswith("PySide6") and ".so" not in str(error):
                raise
            problem = library_problem(error)
    warn(str(problem))
    return 2


def _run_window(argv: Sequence[str]) -> int:
    import_qt()
    from PySide6.QtWidgets import QApplication

    from composer_app.studio.runtime.error_hooks import ErrorHooks
    from composer_app.studio.runtime.garbage import GarbageCollection
    from composer_app.studio.runtime.interrupt import InterruptHandler, close_from_outside
    from composer_app.studio.runtime.jobs import Jobs
    from composer_app.studio.runtime.settings import Settings
    from composer_app.studio.widgets.icons import app_icon
    from composer_app.studio.widgets.theme import apply_theme
    from composer_app.studio.window.main_window import MainWindow

    app = QApplication([sys.argv[0]])
    app.setApplicationName("Composer")
    app.setDesktopFileName("composer")
    settings = Settings()
    log_handler = _log_to(settings.log_file)
    hooks = ErrorHooks(str(settings.log_file))
    hooks.install()
    apply_theme(app)
    jobs = Jobs(later=True)
    window = MainWindow(settings, jobs)
    interrupt = InterruptHandler(partial(close_from_outside, window.close))
    hooks.unexpected.connect(window.report)
    window.show()
    _wait_until_seen(window)
    app.setWindowIcon(app_icon())
    # None has been looked for until now: see import_qt.
    garbage = GarbageCollection()
    services = make_services(settings, jobs)
    window.begin(services)
    jobs.begin()
    if argv:
        window.files.open_all([Path(name) for name in argv])
    try:
        return int(app.exec())
    finally:
        services.close()
        interrupt.remove()
        hooks.remove()
        logging.getLogger().removeHandler(log_handler)
        garbage.end()


def _wait_until_seen(window: "MainWindow") -> None:
    """Let the window be painted; what a person does meanwhile waits until it can be done."""
    from PySide6.QtCore import QEventLoop, QTimer

    loop = QEventLoop()
    window.firstPainted.connect(loop.quit)
    # Nobody may see it, behind others or on another desktop.
    QTimer.singleShot(_FIRST_PAINT_MS, loop.quit)
    loop.exec(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
    window.firstPainted.disconnect(loop.quit)


def make_services(settings: "Settings", jobs: "Jobs") -> "Services":
    """What the window works with; imported when it is seen."""
    from composer_app.studio.window.services import build_services

    return build_services(settings, jobs=jobs)


class _LogFile(logging.Handler):
    """A file of warnings and worse; what writes it is imported with the first of them."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    @cached_property
    def _file(self) -> logging.Handler:
        from logging.handlers import RotatingFileHandler

        file = RotatingFileHandler(
            self._path, maxBytes=_LOG_BYTES, backupCount=1, encoding="utf-8", delay=True
        )
        file.setFormatter(self.formatter)
        return file

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line."""
        self._file.emit(record)


class _LogFormatter(logging.Formatter):
    """Lines that can be shown in a terminal, and written: a name may hold half a surrogate pair."""

    def format(self, record: logging.LogRecord) -> str:
        return "\n".join(one_line(line) for line in super().format(record).split("\n"))


def _log_to(path: Path) -> logging.Handler:
    """Send warnings and worse to ``path``, or nowhere if that cannot be written."""
    handler: logging.Handler = logging.NullHandler()
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = _LogFile(path)
    handler.setLevel(logging.WARNING)
    handler.setFormatter(_LogFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.getLogger().addHandler(handler)
    return handler
