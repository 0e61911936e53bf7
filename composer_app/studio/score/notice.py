"""What stands in the place of a score: why there is none, and what to do."""

from typing import Final

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from composer_app.studio.widgets.icons import icon
from composer_app.studio.widgets.theme import GRID, set_role

_WIDTH: Final = 440


class Notice(QWidget):
    """A title and a hint in the middle of the parent; hidden until it has something to say.

    Where it invites to open a melody, ``requested`` says that somebody wants to.
    """

    requested = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        # The space is air between icon and text, which style sheets cannot give.
        self.button = QPushButton(icon("open"), " Open a melody")
        self.button.setAccessibleName("Open a melody")
        self.button.clicked.connect(self.requested)
        self._title, self._hint = _centred("title"), _centred("muted")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addWidget(self._title)
        layout.addWidget(self._hint)
        layout.addSpacing(GRID)
        layout.addWidget(self.button, alignment=Qt.AlignmentFlag.AlignHCenter)
        self.hide()

    @property
    def text(self) -> str:
        """What it says."""
        return " ".join(filter(None, (self._title.text(), self._hint.text())))

    def say(self, title: str, hint: str = "", *, inviting: bool = False) -> None:
        """Show ``title`` and below it ``hint``, which others may have written."""
        self.button.setVisible(inviting)
        self._title.setText(title)
        self._hint.setText(hint)
        self._hint.setVisible(bool(hint))
        self.show()
        self.centre()

    def centre(self) -> None:
        """Stand in the middle of the parent; in a narrow one the words are in several lines."""
        parent, layout = self.parentWidget(), self.layout()
        if parent is not None and layout is not None:
            width = min(_WIDTH, parent.width() - 2 * GRID)
            self.resize(width, layout.totalHeightForWidth(width))
            left = (parent.width() - self.width()) // 2
            top = (parent.height() - self.height()) // 2
            self.move(QPoint(max(left, 0), max(top, 0)))


def _centred(role: str) -> QLabel:
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
    set_role(label, role)
    return label
