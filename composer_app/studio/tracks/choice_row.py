"""One of several parts that a person may choose: what it is, how it looks, how it sounds."""

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QRadioButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from composer_app.studio.tracks.mini_roll import MiniRoll
from composer_app.studio.widgets.elided import ElidedLabel
from composer_app.studio.widgets.icons import icon
from composer_app.studio.widgets.shown_text import tip_text
from composer_app.studio.widgets.theme import COLORS, set_role, text_font

_WORDS_WIDTH: Final = 280
_BUTTON: Final = 28


class ChoiceRow(QFrame):
    """A card with a radio button, a title, lines of details, a small picture and a play button.

    ``chosen`` follows the radio button; a click anywhere on the card presses it. ``playToggled``
    asks for the part to be heard, or to be silent again.
    """

    chosen = Signal()
    playToggled = Signal(bool)

    def __init__(
        self, title: str, details: tuple[str, ...], picture: MiniRoll, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        set_role(self, "card")
        self.title = title
        self.details = details
        self.picture = picture
        self.radio = QRadioButton()
        # The rows are no siblings of each other to Qt: who holds them sees that one is chosen.
        self.radio.setAutoExclusive(False)
        self.radio.setAccessibleName(title)
        self.radio.setAccessibleDescription("; ".join(details))
        self.radio.clicked.connect(self._press)
        self.play = QToolButton()
        self.play.setCheckable(True)
        self.play.setFixedSize(_BUTTON, _BUTTON)
        self.play.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.play.clicked.connect(self.playToggled)
        self._lay_out()
        self.show_playing(None)

    @property
    def is_chosen(self) -> bool:
        """Whether it is the one."""
        return self.radio.isChecked()

    def set_chosen(self, chosen: bool) -> None:
        """Show whether it is the one."""
        self.radio.setChecked(chosen)

    def show_playing(self, step: float | None) -> None:
        """Show that it is heard, at ``step``; None: that it is not."""
        playing = step is not None
        self.play.setChecked(playing)
        self.play.setIcon(icon("stop" if playing else "play", COLORS.text))
        what = "Stop" if playing else f"Hear {self.title} alone"
        self.play.setToolTip(tip_text(what))
        self.play.setAccessibleName(what)
        self.picture.set_playhead(step)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose it."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.radio.setFocus()
            self._press()

    def _press(self) -> None:
        # What is chosen stays so when it is pressed once more.
        self.radio.setChecked(True)
        self.chosen.emit()

    def _lay_out(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addStretch(1)
        name = ElidedLabel(self.title)
        name.setFont(text_font(bold=True))
        words.addWidget(name)
        for line in self.details:
            label = QLabel(line)
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            set_role(label, "muted")
            words.addWidget(label)
        words.addStretch(1)
        held = QWidget()
        held.setLayout(words)
        held.setFixedWidth(_WORDS_WIDTH)
        words.setContentsMargins(0, 0, 0, 0)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 6, 8, 6)
        layout.setSpacing(8)
        layout.addWidget(self.radio)
        layout.addWidget(held)
        layout.addWidget(self.picture, 1)
        layout.addWidget(self.play)
