"""The window measured from outside: starting, and from Generate to painted notes.

As a program (``python studio.py bare|studio|ready``) it opens one window and leaves: a bare one or
the studio when it has been painted, or the studio when it takes what a person does.
"""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, NoReturn

if TYPE_CHECKING:
    from composer_app.music.melody import Melody

STARTS: Final = ("bare", "studio", "ready")
_TIMEOUT_SECONDS: Final = 60.0
_POLL_MS: Final = 2


def _private_home() -> None:
    """Nobody's settings are read or written while measuring."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    home = tempfile.mkdtemp(prefix="composer-benchmark-")
    for variable in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        os.environ[variable] = home


def generate_to_painted(melody: "Melody", runs: int) -> list[float]:
    """Seconds from the click on Generate until the roll has painted the new notes."""
    _private_home()
    from PySide6.QtCore import QEvent, QObject
    from PySide6.QtWidgets import QApplication

    from composer_app.music.composition import Composition
    from composer_app.studio.runtime.settings import Settings
    from composer_app.studio.widgets.theme import apply_theme
    from composer_app.studio.window.main_window import open_main_window
    from composer_app.studio.window.services import build_services

    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    apply_theme(app)
    services = build_services(Settings())
    window = open_main_window(services)
    document = services.document

    class PaintWatch(QObject):
        """Notes when the roll is painted after the document has changed."""

        changed = False
        painted = False

        def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
            # The filter comes before the paint; both are over when processEvents returns.
            self.painted |= self.changed and event.type() == QEvent.Type.Paint
            return False

    watch = PaintWatch()
    window.roll.viewport().installEventFilter(watch)
    document.compositionChanged.connect(lambda: setattr(watch, "changed", True))
    window.show()
    document.replace(Composition.from_melody(melody), "Open")
    times = []
    for _ in range(runs + 1):
        _wait(lambda: window.generate_panel.model_name != "" and not services.worker.busy)
        window.generate_panel.roll_seed()
        app.processEvents()
        watch.changed = watch.painted = False
        began = time.perf_counter()
        window.generation.generate()
        _wait(lambda: watch.painted)
        times.append(time.perf_counter() - began)
    window.close()
    services.close()
    return times[1:]


def roll_paints(runs: int) -> dict[str, float]:
    """Median milliseconds of what the piano roll does, with 200 bars of four voices.

    Zoomed, the view is painted from nothing; scrolled, what is there is copied.
    """
    _private_home()
    from PySide6.QtWidgets import QApplication

    from composer_app.music.composition import Composition, Track
    from composer_app.music.note import Note
    from composer_app.studio.roll.view import PianoRollView
    from composer_app.studio.widgets.theme import apply_theme

    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    apply_theme(app)
    piece = Composition(
        tuple(
            Track(name, 0, tuple(Note(2 * i, pitch + i % 7, 2) for i in range(1600)))
            for name, pitch in (("Soprano", 72), ("Alto", 65), ("Tenor", 57), ("Bass", 45))
        )
    )
    view = PianoRollView()
    view.resize(1100, 640)
    view.show()
    view.set_composition(piece)
    figures: dict[str, float] = {}

    def measure(name: str, act: Callable[[int], object]) -> None:
        app.processEvents()
        times = []
        for run in range(runs):
            began = time.perf_counter()
            act(run)
            # Paints what the act has exposed, and no more.
            app.processEvents()
            times.append(time.perf_counter() - began)
        figures[name] = 1000 * statistics.median(times)

    def measure_all(state: str) -> None:
        measure(f"zoomed{state}", lambda run: view.set_zoom(8.0 if run % 2 else 9.0))
        view.set_zoom(4.0)
        bar = view.horizontalScrollBar()
        measure(f"scrolled{state}", lambda run: bar.setValue(100 + run % 2))
        measure(f"playhead moved{state}", lambda run: view.set_playhead(40.0 + run % 2))

    measure_all("")
    if hasattr(view, "set_selection"):
        from composer_app.project.locks import Locks
        from composer_app.studio.document.selection import Selection

        everything = Selection.everything(piece)
        view.set_selection(everything)
        measure_all(", all selected")
        view.set_selection(Selection())
        view.set_locks(Locks(everything.cells(piece)))
        measure_all(", all locked")
    view.close()
    return figures


def _wait(done: Callable[[], bool]) -> None:
    """Run Qt's own loop, which sleeps between events as in the real program, until ``done``."""
    from PySide6.QtCore import QEventLoop, QTimer

    loop, timer = QEventLoop(), QTimer()
    limit = time.perf_counter() + _TIMEOUT_SECONDS

    def look() -> None:
        if done():
            loop.quit()
        elif time.perf_counter() > limit:
            loop.exit(1)

    timer.timeout.connect(look)
    timer.start(_POLL_MS)
    if loop.exec() != 0:
        raise TimeoutError("the studio did not answer")


def open_and_leave(kind: str) -> None:
    """Open a bare window or the studio, and leave once it has been painted, or is ready."""
    _private_home()
    if kind == "bare":
        from PySide6.QtWidgets import QApplication, QMainWindow

        app = QApplication([])
        bare = QMainWindow()
        bare.resize(1440, 900)
        bare.show()
        # As the studio's is: by the event loop, when the system says that it is seen.
        app.processEvents()
        _leave()
    # What a person types, with all that is imported until the window is there.
    from composer_app.cli import main
    from composer_app.studio.runtime.preload import import_qt

    # As in the program, and before anybody else imports it.
    import_qt()
    from PySide6.QtWidgets import QApplication

    from composer_app.studio import app as studio

    if kind == "ready":
        QApplication.exec = staticmethod(_leave)  # type: ignore[method-assign]
    else:
        # What comes next when the window is seen.
        studio.make_services = _leave  # type: ignore[assignment]
    main([])


def _leave(*_given: object) -> NoReturn:
    # Without what begins once the window is seen, and without the teardown.
    os._exit(0)


if __name__ == "__main__":
    open_and_leave(sys.argv[1])
