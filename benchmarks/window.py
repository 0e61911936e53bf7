"""Drives the window: ``python -m benchmarks.window ROUNDS`` prints times as a JSON list."""

import json
import sys
import time
from collections.abc import Callable

from PySide6.QtWidgets import QApplication

from benchmarks.generation import eight_bars
from composer_app.music.composition import Composition
from composer_app.studio.main_window import MainWindow
from composer_app.studio.services import build_services
from composer_app.studio.settings import Settings
from composer_app.studio.theme import apply_theme

_PATIENCE_SECONDS = 120.0


def main(rounds: int) -> None:
    """Open the studio, generate ``rounds`` takes and print how long each took to be seen."""
    app = QApplication([])
    apply_theme(app)
    services = build_services(Settings())
    window = MainWindow(services)
    window.show()
    services.document.replace(Composition.from_melody(eight_bars()), "Open")
    _wait(lambda: window.commands.generate.isEnabled() and bool(window.generate_panel.model_name))
    _generate(window)  # The first waits for the model, which the studio loads ahead.
    print(json.dumps([_generate(window) for _ in range(rounds)]))
    window.close()
    services.close()


def _generate(window: MainWindow) -> float:
    """Roll the dice, generate, and wait until the notes have been painted."""
    window.commands.roll.trigger()
    before = window.roll.composition
    begun = time.perf_counter()
    window.commands.generate.trigger()
    _wait(lambda: window.roll.composition != before)
    # Not update(), which would come with the next round of events.
    window.roll.viewport().repaint()
    return time.perf_counter() - begun


def _wait(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + _PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > end:
            raise RuntimeError("the window did not get there")
        QApplication.processEvents()
        time.sleep(0.0005)


if __name__ == "__main__":
    main(int(sys.argv[1]))
