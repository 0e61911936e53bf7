"""A combo box of General MIDI's instruments, grouped by family, or of drum kits."""

from functools import lru_cache
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QStandardItem, QStandardItemModel

from composer_app.music.instrumentation.instruments import (
    DRUM_KITS,
    INSTRUMENT_FAMILIES,
    INSTRUMENT_NAMES,
)
from composer_app.studio.widgets.elided import ElidedBox
from composer_app.studio.widgets.theme import COLORS

# The box may be narrower than its names; the list is not.
_LIST_WIDTH: Final = 208


class InstrumentBox(ElidedBox):
    """Shows and chooses a program, 0-127."""

    programChosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setModel(_instruments())
        self.setMaxVisibleItems(18)
        # Scrolling past the box must not change the sound.
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.activated.connect(lambda: self.programChosen.emit(self.program))

    @property
    def program(self) -> int:
        """The program shown."""
        value = self.currentData()
        return value if isinstance(value, int) else 0

    def set_program(self, program: int, *, drums: bool = False) -> None:
        """Show ``program`` without reporting it; of ``drums`` it is a kit."""
        model = _kits() if drums else _instruments()
        if self.model() is not model:
            self.setModel(model)
        self.setCurrentIndex(self.findData(program))
        if drums:
            # What a synthesizer does not have, it plays with its standard kit.
            self.setCurrentIndex(max(0, self.currentIndex()))
            self.setToolTip(f"Drum kit: {self.currentText()}")
        else:
            self.setToolTip(f"Instrument: {INSTRUMENT_NAMES[program]}")

    def _list_width(self) -> int:
        """One width suits every name there is."""
        return _LIST_WIDTH


@lru_cache(maxsize=1)
def _kits() -> QStandardItemModel:
    model = QStandardItemModel()
    for program, name in DRUM_KITS.items():
        item = QStandardItem(name)
        item.setData(program, Qt.ItemDataRole.UserRole)
        model.appendRow(item)
    return model


@lru_cache(maxsize=1)
def _instruments() -> QStandardItemModel:
    """One model for all boxes: a line for each family, which cannot be chosen, and its eight."""
    model = QStandardItemModel()
    program = 0
    for family, names in INSTRUMENT_FAMILIES:
        heading = QStandardItem(family)
        heading.setFlags(Qt.ItemFlag.NoItemFlags)
        heading.setForeground(QColor(COLORS.muted))
        model.appendRow(heading)
        for name in names:
            item = QStandardItem(name)
            item.setData(program, Qt.ItemDataRole.UserRole)
            model.appendRow(item)
            program += 1
    return model
