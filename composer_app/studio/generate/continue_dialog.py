"""Continue: how many bars more, and how they end."""

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from composer_app.generation.melodies.pieces import MAX_NEW_BARS, USUAL_BARS, Continuation
from composer_app.studio.widgets.number_field import NumberField
from composer_app.studio.widgets.theme import GRID, set_role
from composer_app.studio.widgets.window_placement import WindowPlacement

_WIDTH: Final = 380
_CAPTION: Final = 80
ENDINGS: Final = {True: "Closed, on the tonic", False: "Open, so that more can follow"}


class ContinueDialog(QDialog):
    """Asks for a :class:`Continuation`; ``asked`` follows its button."""

    asked = Signal(Continuation)

    def __init__(self, who: str, parent: QWidget) -> None:
        """``who`` says who will play in what is new."""
        super().__init__(parent)
        self.setWindowTitle("Continue – Composer")
        self.bars = NumberField("The number of bars", 1, MAX_NEW_BARS)
        self.bars.setValue(USUAL_BARS)
        self.bars.setAccessibleName("Bars")
        self.ending = ending_box()
        buttons = QDialogButtonBox()
        self.button = QPushButton("Continue")
        set_role(self.button, "primary")
        self.button.setDefault(True)
        buttons.addButton(self.button, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self._ask)
        buttons.rejected.connect(self.reject)
        form = QFormLayout()
        form.setSpacing(GRID)
        add_row(form, "&Bars more", self.bars)
        add_row(form, "&Ending", self.ending)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        layout.setSpacing(2 * GRID)
        layout.addWidget(explanation(f"What is there stays as it is. {who}"))
        layout.addLayout(form)
        layout.addWidget(buttons)
        self.setFixedWidth(_WIDTH)
        WindowPlacement(self)

    def _ask(self) -> None:
        self.bars.interpretText()
        self.accept()
        self.asked.emit(Continuation(self.bars.number, bool(self.ending.currentData())))


def add_row(form: QFormLayout, caption: str, field: QWidget) -> None:
    """Add ``field``, with room for its caption in the theme's letters, which come later."""
    form.addRow(caption, field)
    form.labelForField(field).setMinimumWidth(_CAPTION)


def ending_box() -> QComboBox:
    """Whether what is written closes."""
    box = QComboBox()
    box.setAccessibleName("Ending")
    for closed, words in ENDINGS.items():
        box.addItem(words, closed)
    return box


def explanation(text: str) -> QLabel:
    """A sentence or two above the fields of a dialog."""
    label = QLabel(text)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    set_role(label, "muted")
    return label
