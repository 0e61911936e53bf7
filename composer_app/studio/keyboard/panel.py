"""The strip below: octave, letters on or off, and the painted keyboard."""

from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from composer_app.studio.keyboard.widget import KeyboardWidget
from composer_app.studio.widgets.commands.actions import Actions
from composer_app.studio.widgets.theme import numeral_font, set_role

# The keys at their best, and as low as they can be played.
HEIGHT: Final = 144
LEAST_HEIGHT: Final = 88
# From this height on there is room for a heading.
_ROOM_FOR_HEADING: Final = 128
# Two rows of buttons and what is between them.
_SWITCHES: Final = 72
# As wide as the Generate panel above it, so that their edges make one line.
_SIDE_WIDTH: Final = 264


class KeyboardPanel(QFrame):
    """The keyboard with its switches."""

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "panel")
        self.keyboard = KeyboardWidget()
        self._range = QLabel()
        self._range.setFont(numeral_font())
        self._range.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._range.setMinimumWidth(80)
        self._octave_up, self._octave_down = actions.octave_up, actions.octave_down
        self._octave_up.triggered.connect(self.keyboard.octave_up)
        self._octave_down.triggered.connect(self.keyboard.octave_down)
        self.keyboard.octaveShiftChanged.connect(self._show_range)
        actions.computer_keys.toggled.connect(self.keyboard.set_letters_enabled)
        self._lay_out(actions)
        self.set_height(HEIGHT)
        self._show_range()

    @property
    def range_text(self) -> str:
        """The range as shown, such as ``F2 – C5``."""
        return self._range.text()

    def set_height(self, height: int) -> None:
        """Be ``height`` pixels high, from :data:`LEAST_HEIGHT` on."""
        self.setFixedHeight(height)
        roomy = height >= _ROOM_FOR_HEADING
        self._heading.setVisible(roomy)
        edge = 16 if roomy else max((height - _SWITCHES) // 2, 4)
        self._side.setContentsMargins(16, edge, 16, edge)

    def _show_range(self) -> None:
        shift = self.keyboard.octave_shift
        self._range.setText(self.keyboard.range_text)
        self._range.setToolTip(
            "The keyboard's range" if shift == 0 else f"Shifted by {shift:+d} semitones"
        )
        self._octave_up.setEnabled(shift < 24)
        self._octave_down.setEnabled(shift > -24)

    def _lay_out(self, actions: Actions) -> None:
        heading = self._heading = QLabel("KEYBOARD")
        set_role(heading, "heading")
        octave = QHBoxLayout()
        octave.setSpacing(8)
        octave.addWidget(_button(actions.octave_down))
        octave.addWidget(self._range)
        octave.addWidget(_button(actions.octave_up))
        octave.addStretch(1)
        letters = _button(actions.computer_keys)
        letters.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        side = self._side = QVBoxLayout()
        side.setSpacing(8)
        side.addWidget(heading)
        side.addLayout(octave)
        side.addWidget(letters, 0, Qt.AlignmentFlag.AlignLeft)
        side.addStretch(1)
        side_box = QWidget()
        side_box.setFixedWidth(_SIDE_WIDTH)
        side_box.setLayout(side)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(side_box)
        layout.addWidget(self.keyboard, 1)


def _button(action: QAction) -> QToolButton:
    button = QToolButton()
    button.setDefaultAction(action)
    button.setIconSize(QSize(16, 16))
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setAccessibleName(action.text().replace("&", ""))
    set_role(button, "framed")
    return button
