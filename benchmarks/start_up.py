"""How long a window takes from the start of its process to its first paint."""

import subprocess
import sys
import tempfile
import time
from typing import Final

from benchmarks.user import environment

_BARE: Final = """
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow
app = QApplication([])
class Window(QMainWindow):
    def paintEvent(self, event):
        print(flush=True)
        QTimer.singleShot(0, app.quit)
window = Window()
window.show()
app.exec()
"""

_STUDIO: Final = """
from composer_app.studio.app import run
from composer_app.studio.main_window import MainWindow
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
def painted(self, event):
    print(flush=True)
    QTimer.singleShot(0, QApplication.quit)
MainWindow.paintEvent = painted
run([])
"""


def seconds(rounds: int) -> tuple[list[float], list[float]]:
    """Times of ``rounds`` bare windows and as many studios, taken in turn."""
    bare, studio = [], []
    # The first of each only warms the file cache.
    for turn in range(rounds + 1):
        times = (_time_to_first_line(_BARE), _time_to_first_line(_STUDIO))
        if turn:
            bare.append(times[0])
            studio.append(times[1])
    return bare, studio


def _time_to_first_line(code: str) -> float:
    with tempfile.TemporaryDirectory() as home:
        begun = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-c", code], stdout=subprocess.PIPE, env=environment(home)
        )
        assert process.stdout is not None
        process.stdout.readline()
        taken = time.perf_counter() - begun
        process.communicate()
        if process.returncode != 0:
            raise RuntimeError("a window did not open")
        return taken
