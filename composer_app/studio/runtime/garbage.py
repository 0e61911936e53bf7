"""Collecting Python's garbage on the GUI thread, and nowhere else.

Python's collector runs in whatever thread happens to trigger it, such as one that draws the
statistics. Where a closed dialog is part of the garbage, its Qt objects are destroyed there, and
Qt objects may not be destroyed in another thread than their own: the program crashes, now and
then. So the collector's own clock is stopped, and a timer of the GUI thread takes its place.
"""

import gc
from typing import Final

from PySide6.QtCore import QObject, QTimer

_EVERY_MS: Final = 500


class GarbageCollection(QObject):
    """From its making until :meth:`end`, the thread it was made in is the one that collects."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.collect_due)
        self._timer.start(_EVERY_MS)

    def collect_due(self) -> None:
        """Do what Python would have done by itself: collect the oldest generation that is due."""
        due = [
            generation
            for generation, (count, threshold) in enumerate(
                zip(gc.get_count(), gc.get_threshold(), strict=True)
            )
            if 0 < threshold < count
        ]
        if due:
            gc.collect(due[-1])

    def end(self) -> None:
        """Collect once more, and let Python do it again from now on."""
        self._timer.stop()
        gc.collect()
        gc.enable()
