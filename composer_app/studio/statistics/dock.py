"""The statistics panel's place in the window, and the larger window it can move to."""

from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from composer_app.studio.statistics.distribution_parts import centred
from composer_app.studio.statistics.panel import StatisticsPanel
from composer_app.studio.widgets.theme import set_role
from composer_app.studio.widgets.window_placement import WindowPlacement, size_for

_SIZE: Final = QSize(980, 660)
_SMALLEST: Final = QSize(420, 420)


class StatisticsDock(QWidget):
    """Holds the panel, or says where it is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "panel")
        self._window: _Window | None = None

    def hold(self, panel: StatisticsPanel) -> None:
        """Take ``panel`` in; to be called once."""
        self._panel = panel
        self._note = centred("The statistics are in a window of their own.")
        self._back = QPushButton("Put them back")
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.addWidget(panel, 1)
        self._layout.addStretch(0)
        self._layout.addWidget(self._note)
        self._layout.addWidget(self._back, 0, Qt.AlignmentFlag.AlignHCenter)
        self._layout.addStretch(0)
        self._back.clicked.connect(self.toggle)
        panel.enlargeRequested.connect(self.toggle)
        self._show_note(False)

    @property
    def enlarged(self) -> bool:
        """Whether the panel is in a window of its own."""
        return self._window is not None

    def toggle(self) -> None:
        """Move the panel into a window of its own, or back."""
        if self._window is None:
            self._window = _Window(self._panel, self.window())
            # One listens and undoes there as well.
            self._window.addActions(self.window().actions())
            self._window.closed.connect(self._put_back)
            self._show_note(True)
            self._window.show()
        else:
            self._window.close()

    def _put_back(self) -> None:
        window, self._window = self._window, None
        self._show_note(False)
        self._layout.insertWidget(0, self._panel, 1)
        self._panel.show()
        if window is not None:
            window.deleteLater()

    def _show_note(self, there: bool) -> None:
        self._note.setVisible(there)
        self._back.setVisible(there)
        self._panel.set_enlarged(there)
        for index in (1, 4):
            self._layout.setStretch(index, int(there))


class _Window(QWidget):
    """A window of the main one's, gone with it."""

    closed = Signal()

    def __init__(self, panel: StatisticsPanel, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        set_role(self, "panel")
        self.setWindowTitle("Statistics – Composer")
        WindowPlacement(self, _SMALLEST)
        self.resize(size_for(self, _SIZE))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(panel)
        panel.show()
        # Nobody came here with the keyboard: no button has a ring.
        self.setFocus()

    def closeEvent(self, event: QCloseEvent) -> None:
        """The panel goes back."""
        super().closeEvent(event)
        self.closed.emit()
