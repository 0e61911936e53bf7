"""Opens the studio in a process with a screen of its own, and says where things are on it.

Usage: python -m tests.studio.placement_peer FOLDER [WIDTH HEIGHT]; the window is as FOLDER's
settings have it, or is made that large. Prints a line of JSON, and another one for each line that
it reads; the end of input closes the window.
"""

import json
import sys
from pathlib import Path

from PySide6.QtCore import QElapsedTimer, QEventLoop, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from composer_app.studio.widgets.theme import apply_theme
from tests.studio.clipping import off_the_screen, seen_whole
from tests.studio.stages import settle
from tests.studio.support import Studio, open_studio

_SETTLED_MS = 400
# A window manager may be slow to begin.
_PATIENCE_MS = 20_000


def main() -> None:
    """Open, look, close."""
    app = QApplication([])
    apply_theme(app)
    folder, size = Path(sys.argv[1]), [int(word) for word in sys.argv[2:]]
    with open_studio(folder) as studio:
        window = studio.window
        window.show()
        live(studio)
        patience = QElapsedTimer()
        patience.start()
        while window.frameGeometry() == window.geometry() and patience.elapsed() < _PATIENCE_MS:
            live(studio)
        if size:
            window.resize(*size)
            live(studio)
        window.settings_dialog.open_sound()
        window.statistics_dock.toggle()
        live(studio)
        say(studio)
        for _ in sys.stdin:
            patience.restart()
            live(studio)
            while off_the_screen(window) and patience.elapsed() < _PATIENCE_MS:
                live(studio)
            live(studio)
            say(studio)


def say(studio: Studio) -> None:
    """Where the windows are."""
    window = studio.window
    others: list[QWidget] = [window.settings_dialog, window.statistics.window()]
    frame, free = window.frameGeometry(), window.screen().availableGeometry()
    said = {
        "screen": [free.width(), free.height()],
        "size": [window.width(), window.height()],
        "frame": [frame.x(), frame.y(), frame.width(), frame.height()],
        "outside": [line for each in (window, *others) for line in off_the_screen(each)],
        "messages seen": seen_whole(window.message_bar),
    }
    sys.stdout.write(f"{json.dumps(said)}\n")
    sys.stdout.flush()


def live(studio: Studio) -> None:
    """Let windows find their place; where a window manager helps, nobody says when it has."""
    if QApplication.platformName() == "offscreen":
        settle(studio)
        return
    loop = QEventLoop()
    QTimer.singleShot(_SETTLED_MS, loop.quit)
    loop.exec()


if __name__ == "__main__":
    main()
