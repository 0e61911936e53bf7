"""What can be done with the selection, in a small bar that floats over the piano roll."""

from typing import Final

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QWidget

from composer_app.studio.widgets.shown_text import tip_text
from composer_app.studio.widgets.theme import set_role

_ICON: Final = 16
_MARGIN: Final = 12


class SelectionBar(QFrame):
    """Says what is selected and offers ``actions``; stands where it hides none of it."""

    def __init__(self, actions: tuple[QAction, ...], close: QAction, parent: QWidget) -> None:
        """``close`` is what its last, small button does."""
        super().__init__(parent)
        set_role(self, "float")
        self._label = QLabel()
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 4, 4, 4)
        layout.setSpacing(4)
        # Part of the label, so that it goes with it.
        self._label.setContentsMargins(0, 0, 8, 0)
        layout.addWidget(self._label)
        self.buttons = tuple(_button(action) for action in actions)
        for button in self.buttons:
            layout.addWidget(button)
        self.close_button = _button(close)
        self.close_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        layout.addWidget(self.close_button)
        self.hide()

    @property
    def text(self) -> str:
        """What is selected, as it stands there."""
        return self._label.text()

    def say(self, text: str) -> None:
        """Show ``text`` as what is selected."""
        self._label.setText(text)
        self.setToolTip(tip_text(text))

    def _fit(self, width: int) -> None:
        """Where it is narrow, what can be done goes before what is seen anyway."""
        self._label.show()
        for button in self.buttons:
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        if self.sizeHint().width() <= width:
            return
        self._label.hide()
        for button in self.buttons:
            # A button with an icon can do without its words; its tooltip has them.
            if self.sizeHint().width() > width and not button.icon().isNull():
                button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)

    def place(self, selected: QRect) -> None:
        """Stand at the bottom of the parent, or at the top where ``selected`` is below."""
        parent = self.parentWidget()
        assert parent is not None
        room = parent.rect()
        self._fit(room.width() - 2 * _MARGIN)
        size = self.sizeHint().boundedTo(QSize(room.width() - 2 * _MARGIN, room.height()))
        left = (room.width() - size.width()) // 2
        below = QRect(left, room.height() - size.height() - _MARGIN, size.width(), size.height())
        above = QRect(left, _MARGIN, size.width(), size.height())
        covered = below.adjusted(-_MARGIN, -_MARGIN, _MARGIN, _MARGIN).intersects(selected)
        free_above = not above.intersects(selected)
        self.setGeometry(above if covered and free_above else below)


def _button(action: QAction) -> QToolButton:
    button = QToolButton()
    button.setDefaultAction(action)
    button.setIconSize(QSize(_ICON, _ICON))
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setAccessibleName(action.toolTip())
    return button
