"""The line above Generate that says how much of the piece is kept, with the way out of it."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from composer_app.studio.widgets.icons import pixmap
from composer_app.studio.widgets.theme import COLORS, set_role

_ICON = 16


class KeptRow(QWidget):
    """Hidden while nothing is kept; its button triggers ``let_go``."""

    def __init__(self, let_go: QAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        padlock = QLabel()
        padlock.setPixmap(pixmap("lock", _ICON, COLORS.accent, self.devicePixelRatioF()))
        padlock.setFixedSize(QSize(_ICON, _ICON))
        self._text = QLabel()
        self.button = QToolButton()
        self.button.setText(let_go.iconText())
        self.button.setToolTip(let_go.toolTip())
        self.button.setAccessibleName(let_go.toolTip())
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.button.clicked.connect(let_go.trigger)
        set_role(self.button, "framed")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(padlock)
        layout.addWidget(self._text, 1)
        layout.addWidget(self.button)
        self.hide()

    @property
    def text(self) -> str:
        """What is kept, as it stands there."""
        return self._text.text()

    def set_kept(self, notes: int, anything: bool) -> None:
        """Say that ``notes`` are kept; where there are none, ``anything`` else may be."""
        count = "1 note kept" if notes == 1 else f"{notes} notes kept"
        self._text.setText(count if notes else "Rests kept")
        self.setVisible(anything)
