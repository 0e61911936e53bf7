"""The row of the Generate panel that says how much is locked."""

from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from composer_app.studio.widgets.icons import pixmap
from composer_app.studio.widgets.theme import COLORS, set_role

# Pixels across.
_PADLOCK: Final = 16


class LockedRow(QWidget):
    """Says above Generate how much of the piece is locked, and is hidden while nothing is.

    Its button triggers ``unlock``.
    """

    def __init__(self, unlock: QAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        padlock = QLabel()
        padlock.setPixmap(pixmap("lock", _PADLOCK, COLORS.accent, self.devicePixelRatioF()))
        padlock.setFixedSize(QSize(_PADLOCK, _PADLOCK))
        self._text = QLabel()
        self.button = QToolButton()
        self.button.setText(unlock.iconText())
        self.button.setToolTip(unlock.toolTip())
        self.button.setAccessibleName(unlock.toolTip())
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.button.clicked.connect(unlock.trigger)
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
        """What is locked, as it stands there."""
        return self._text.text()

    def set_locked_notes(self, notes: int, anything: bool) -> None:
        """Say that ``notes`` are locked; where there are none, ``anything`` else may be."""
        count = "1 note locked" if notes == 1 else f"{notes} notes locked"
        self._text.setText(count if notes else "Rests locked")
        self.setVisible(anything)
