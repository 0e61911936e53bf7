"""The line beneath Generate: how far it is, and the way to cancel it."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QSizePolicy, QToolButton, QWidget

from composer_app.studio.widgets.theme import set_role


class ProgressLine(QWidget):
    """Its place is kept while it is hidden and may come, so that nothing jumps."""

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
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.bar, 1)
        layout.addWidget(self.cancel)
        policy = self.sizePolicy()
        policy.setVerticalPolicy(QSizePolicy.Policy.Fixed)
        self.setSizePolicy(policy)
        self.keep_place(True)
        self.hide()

    def keep_place(self, kept: bool) -> None:
        """Whether its place stays free while it is hidden; not where it cannot come soon."""
        policy = self.sizePolicy()
        if policy.retainSizeWhenHidden() != kept:
            policy.setRetainSizeWhenHidden(kept)
            self.setSizePolicy(policy)

    def set_share(self, done: float) -> None:
        """Show the share done, 0 to 1."""
        self.bar.setValue(round(done * self.bar.maximum()))

    def set_shown(self, shown: bool) -> None:
        """Appear or vanish."""
        if not shown and self.cancel.hasFocus():
            # The focus would wander on to whatever comes next.
            self.cancel.clearFocus()
        self.setVisible(shown)
