"""The strip for step input: which length the next key enters, rest, tie and back."""

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QLabel, QToolButton, QWidget

from composer_app.live.step_input import StepLength
from composer_app.studio.actions import Actions
from composer_app.studio.elided import ElidedLabel
from composer_app.studio.theme import numeral_font, set_role

_HEIGHT: Final = 44
_LENGTHS: Final = (
    (StepLength.WHOLE, "1/1", "Whole notes"),
    (StepLength.HALF, "1/2", "Half notes"),
    (StepLength.QUARTER, "1/4", "Quarters"),
    (StepLength.EIGHTH, "1/8", "Eighths"),
    (StepLength.SIXTEENTH, "1/16", "Sixteenths"),
)
_DOT_KEY: Final = "Ctrl+6"


class StepInputBar(QFrame):
    """Hidden until step input is on."""

    lengthChanged = Signal()

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "panel")
        self.setFixedHeight(_HEIGHT)
        heading = QLabel("STEP INPUT")
        set_role(heading, "heading")
        self._position = ElidedLabel()
        self._position.setFont(numeral_font())
        set_role(self._position, "muted")
        self._group = QButtonGroup(self)
        self.lengths = {
            length: self._length_button(length, text, tip, number)
            for number, (length, text, tip) in enumerate(_LENGTHS, 1)
        }
        self.lengths[StepLength.QUARTER].setChecked(True)
        self.dotted = _framed("Dotted", f"Half as long again ({_DOT_KEY})")
        self.dotted.setCheckable(True)
        self.dotted.toggled.connect(self.lengthChanged)
        self._shortcut(_DOT_KEY, self.dotted)
        self._group.idClicked.connect(self._choose)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 8, 16, 8)
        layout.setSpacing(8)
        layout.addWidget(heading)
        layout.addSpacing(8)
        for button in self.lengths.values():
            layout.addWidget(button)
        layout.addWidget(self.dotted)
        layout.addSpacing(16)
        for action in (actions.step_rest, actions.step_tie, actions.step_back):
            button = _framed("", "")
            button.setDefaultAction(action)
            layout.addWidget(button)
        layout.addSpacing(16)
        layout.addWidget(self._position, 1)
        done = _framed("Done", "End step input")
        done.clicked.connect(lambda: actions.step_input.setChecked(False))
        layout.addWidget(done)
        self.hide()

    @property
    def length(self) -> StepLength:
        """The note value chosen."""
        return StepLength(self._group.checkedId())

    @property
    def steps(self) -> int:
        """Length of what the next key enters, in sixteenths."""
        return self.length.steps(dotted=self.dotted.isChecked())

    def set_position(self, text: str) -> None:
        """Say where the next note goes."""
        self._position.setText(text)

    def _choose(self) -> None:
        self.dotted.setEnabled(self.length.can_be_dotted)
        self.lengthChanged.emit()

    def _length_button(self, length: StepLength, text: str, tip: str, number: int) -> QToolButton:
        keys = f"Ctrl+{number}"
        button = _framed(text, f"{tip} ({keys})")
        button.setAccessibleName(tip)
        button.setCheckable(True)
        button.setFont(numeral_font())
        self._group.addButton(button, int(length))
        self._shortcut(keys, button)
        return button

    def _shortcut(self, keys: str, button: QToolButton) -> None:
        # A shortcut of a hidden widget is asleep, so these work during step input only.
        QShortcut(QKeySequence(keys), self, button.click)


def _framed(text: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setToolTip(tip)
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    set_role(button, "framed")
    return button
