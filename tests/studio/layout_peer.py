"""Takes the window through its states and sizes, and prints what of it is cut off.

Usage: python -m tests.studio.layout_peer FOLDER [WIDTHxHEIGHT ...]; sizes are those of the window
with its frame. Without one it keeps the size that it opens with. Prints a line of JSON for each
state and size: its name, the size, and a list of faults.
"""

import json
import sys
from pathlib import Path

from PySide6.QtCore import QElapsedTimer, QSize
from PySide6.QtWidgets import QApplication, QWidget

from composer_app.studio.widgets.theme import apply_theme
from composer_app.studio.widgets.window_placement import frame_of
from composer_app.studio.window.main_window import MainWindow
from tests.studio.clipping import faults, off_the_screen, seen_whole
from tests.studio.stages import staged, stages

_PATIENCE_MS = 2_000


def main() -> None:
    """Go through all of them."""
    app = QApplication([])
    apply_theme(app)
    folder = Path(sys.argv[1])
    sizes: list[tuple[int, ...] | None] = [
        tuple(map(int, each.split("x"))) for each in sys.argv[2:]
    ]
    with staged(folder) as (studio, gate):
        main_window = studio.window
        # What is looked at is where things are: what they paint would take as long again.
        for painted in (main_window.roll.viewport(), main_window.keyboard):
            painted.setUpdatesEnabled(False)
        for name, window in stages(studio, gate):
            for size in sizes or [None]:
                if size is not None:
                    width, height = size
                    main_window.resize(QSize(width, height) - frame_of(main_window))
                found = problems(main_window, window, size)
                # What gives way does so one after the other.
                patience = QElapsedTimer()
                patience.start()
                while found and patience.elapsed() < _PATIENCE_MS:
                    app.processEvents()
                    found = problems(main_window, window, size)
                frame = main_window.frameGeometry().size()
                line = json.dumps([name, f"{frame.width()}x{frame.height()}", found])
                sys.stdout.write(f"{line}\n")


def problems(main_window: MainWindow, window: QWidget, size: tuple[int, ...] | None) -> list[str]:
    """What is wrong while ``window`` is looked at and ``main_window`` is to have ``size``."""
    QApplication.processEvents()
    found = [*faults(window), *off_the_screen(window)]
    if not seen_whole(main_window.message_bar):
        found.append("the message bar is not seen whole")
    frame = main_window.frameGeometry().size()
    if size is not None and (frame.width(), frame.height()) != size:
        found.append(f"the window cannot be {size[0]}x{size[1]}")
    return found


if __name__ == "__main__":
    main()
