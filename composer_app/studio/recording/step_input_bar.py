"""The strip for step input: which length the next key enters, rest, tie and back."""

from functools import partial
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QWidget

from composer_app.live.recording.step_input import StepLength
from composer_app.studio.widgets.commands.actions import Actions
from composer_app.studio.widgets.elided import ElidedLabel
from composer_app.studio.widgets.theme import numeral_font, set_role

_HEIGHT: Final = 44


class StepInputBar(QFrame):
    """Hidden, and its commands asleep, until step input is on.

    ``chosen(StepLength, dotted)`` says what the next key is to enter.
    """

    chosen = Signal(StepLength, bool)

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "panel")
        self.setFixedHeight(_HEIGHT)
        heading = QLabel("STEP INPUT")
        set_role(heading, "heading")
        self._position = ElidedLabel()
        self._position.setFont(numeral_font())
        set_role(self._position, "muted")
        self._on = False
        self._length = StepLength.QUARTER
        self._choices = dict(zip(StepLength, actions.lengths, strict=True))
        group = QActionGroup(self)
        for length, choice in self._choices.items():
            group.addAction(choice)
            choice.toggled.connect(partial(self._choose, length))
        self.lengths = {length: _button(choice) for length, choice in self._choices.items()}
        for button in self.lengths.values():
            button.setFont(numeral_font())
        self._dot = actions.dotted
        self._dot.toggled.connect(self._tell)
        self.dotted = _button(self._dot)
        self._others = (actions.step_rest, actions.step_tie, actions.step_back)
        self._choices[self._length].setChecked(True)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 8, 16, 8)
        layout.setSpacing(8)
        layout.addWidget(heading)
        layout.addSpacing(8)
        for button in self.lengths.values():
            layout.addWidget(button)
        layout.addWidget(self.dotted)
        layout.addSpacing(16)
        for action in self._others:
            layout.addWidget(_button(action))
        layout.addSpacing(16)
        layout.addWidget(self._position, 1)
        done = QToolButton()
        done.setText("Done")
        done.setToolTip("End step input")
        _dress(done)
        done.clicked.connect(lambda: actions.step_input.setChecked(False))
        layout.addWidget(done)
        self.set_on(False)

    def set_on(self, on: bool) -> None:
        """Be there, or not; the keys of its commands work only while it is."""
        self._on = on
        self.setVisible(on)
        for action in (*self._choices.values(), *self._others):
            action.setEnabled(on)
        self._dot.setEnabled(on and self._length.can_be_dotted)

    def set_position(self, text: str) -> None:
        """Say where the next note goes."""
        self._position.setText(text)

    def _choose(self, length: StepLength, on: bool) -> None:
        if on:
            self._length = length
            self._dot.setEnabled(self._on and length.can_be_dotted)
            self._tell()

    def _tell(self) -> None:
        self.chosen.emit(self._length, self._dot.isChecked())


def _button(action: QAction) -> QToolButton:
    button = QToolButton()
    button.setDefaultAction(action)
    button.setAccessibleName(action.text())
    _dress(button)
    return button


def _dress(button: QToolButton) -> None:
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    set_role(button, "framed")
