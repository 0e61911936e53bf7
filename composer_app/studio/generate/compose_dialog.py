"""Compose a New Piece: from chords, or from nothing but the seed."""

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from composer_app.errors import ChordError
from composer_app.generation.melodies.pieces import MAX_NEW_BARS, USUAL_NEW_BARS, NewPiece
from composer_app.music.chord_text.progression import parse_progression
from composer_app.music.pitch import Key
from composer_app.music.timing import Meter
from composer_app.studio.generate.continue_dialog import add_row, ending_box, explanation
from composer_app.studio.widgets.number_field import NumberField
from composer_app.studio.widgets.theme import GRID, set_role
from composer_app.studio.widgets.window_placement import WindowPlacement

_WIDTH: Final = 440
_METERS: Final = (Meter(4, 4), Meter(3, 4), Meter(2, 4), Meter(6, 8))
_SHARPS: Final = range(-6, 6)


class ComposeDialog(QDialog):
    """Asks for a :class:`NewPiece` in a style; ``asked`` follows its button."""

    asked = Signal(NewPiece)

    def __init__(self, style: str, meter: Meter, tempo: float, parent: QWidget) -> None:
        """``style`` is what the chosen one is called; ``meter`` and ``tempo`` are its own."""
        super().__init__(parent)
        self.setWindowTitle("Compose a New Piece – Composer")
        self.chords = QLineEdit()
        self.chords.setPlaceholderText("such as  C  Am  F  G,  or nothing")
        self.chords.setAccessibleName("Chords")
        self._problem = explanation("")
        self.chords.textChanged.connect(self._problem.hide)
        set_role(self._problem, "words")
        self._problem.hide()
        self.bars = NumberField("The number of bars", 1, MAX_NEW_BARS)
        self.bars.setValue(USUAL_NEW_BARS)
        self.bars.setAccessibleName("Bars")
        self.key = _key_box()
        self.meter = QComboBox()
        self.meter.setAccessibleName("Metre")
        for each in _METERS:
            self.meter.addItem(str(each), each)
        self.meter.setCurrentIndex(_METERS.index(meter) if meter in _METERS else 0)
        self.tempo = NumberField("The tempo", 20, 300, suffix=" BPM")
        self.tempo.setValue(tempo)
        self.tempo.setAccessibleName("Tempo")
        self.ending = ending_box()
        form = QFormLayout()
        form.setSpacing(GRID)
        add_row(form, "C&hords", self.chords)
        for caption, field in (
            ("&Bars", self.bars),
            ("&Key", self.key),
            ("&Metre", self.meter),
            ("&Tempo", self.tempo),
            ("&Ending", self.ending),
        ):
            add_row(form, caption, field)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        layout.setSpacing(2 * GRID)
        layout.addWidget(
            explanation(
                f"A melody is written and accompanied in the chosen style, {style}. The seed"
                " decides everything that is left open. Chords are played over and over."
            )
        )
        layout.addLayout(form)
        layout.addWidget(self._problem)
        layout.addWidget(self._make_buttons())
        self.setFixedWidth(_WIDTH)
        WindowPlacement(self)

    @property
    def problem(self) -> str:
        """What is wrong with the chords that are typed, as it is shown."""
        return self._problem.text() if self._problem.isVisibleTo(self) else ""

    def _make_buttons(self) -> QDialogButtonBox:
        buttons = QDialogButtonBox()
        self.button = QPushButton("Compose")
        set_role(self.button, "primary")
        self.button.setDefault(True)
        buttons.addButton(self.button, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self._ask)
        buttons.rejected.connect(self.reject)
        return buttons

    def _ask(self) -> None:
        text = self.chords.text().strip()
        try:
            chords = parse_progression(text) if text else None
        except ChordError as error:
            self._problem.setText(str(error))
            self._problem.show()
            self.adjustSize()
            self.chords.setFocus()
            return
        self.bars.interpretText()
        self.tempo.interpretText()
        key, meter = self.key.currentData(), self.meter.currentData()
        assert isinstance(meter, Meter)
        self.accept()
        self.asked.emit(
            NewPiece(
                self.bars.number,
                meter,
                key if isinstance(key, Key) else None,
                self.tempo.value(),
                closed=bool(self.ending.currentData()),
                chords=chords,
            )
        )


def _key_box() -> QComboBox:
    box = QComboBox()
    box.setAccessibleName("Key")
    box.addItem("Left to the chords or the seed", None)
    for minor in (False, True):
        keys = sorted((Key.of_signature(s, minor=minor) for s in _SHARPS), key=lambda k: k.tonic)
        for key in keys:
            box.addItem(key.name, key)
    return box
