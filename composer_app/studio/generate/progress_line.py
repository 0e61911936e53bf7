"""The line beneath Generate: how far it is, and the way to cancel it."""

from typing import Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QSizePolicy, QToolButton, QWidget

from composer_app.studio.widgets.theme import set_role

_DELAY_MS: Final = 200


class ProgressLine(QWidget):
    """Appears only if the work takes a while; its place is kept, so that nothing jumps."""

    def __init__(self, cancel: QAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bar = QProgressBar()
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("Progress of the generation")
        self.cancel = QToolButton()
        self.cancel.setDefaultAction(cancel)
        self.cancel.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.cancel.setAccessibleName(cancel.toolTip())
        self.cancel.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        set_role(self.cancel, "little")
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_DELAY_MS)
        self._timer.timeout.connect(self.show)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.bar, 1)
        layout.addWidget(self.cancel)
        policy = self.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        policy.setVerticalPolicy(QSizePolicy.Policy.Fixed)
        self.setSizePolicy(policy)
        self.hide()

    def begin(self) -> None:
        """Appear in a while, at nothing done."""
        self.bar.setValue(0)
        self._timer.start()

    def set_share(self, done: float) -> None:
        """Show the share done, 0 to 1."""
        self.bar.setValue(round(done * self.bar.maximum()))

    def end(self) -> None:
        """Vanish, or do not even appear."""
        self._timer.stop()
        if self.cancel.hasFocus():
            # The focus would wander on to whatever comes next.
            self.cancel.clearFocus()
        self.hide()
