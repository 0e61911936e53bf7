"""The menu that says how what was played is seen: grid, strength, and what makes the melody."""

from dataclasses import replace
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from composer_app.music.performing.performance import Grid, Quantization, Reduction
from composer_app.studio.widgets.commands.menu_rows import PercentRow, add_heading, add_widget

_GRIDS: Final = {
    Grid.OFF: ("Off", "Notes stay where they were played"),
    Grid.QUARTER: ("Quarters", "Notes go to the nearest quarter"),
    Grid.EIGHTH: ("Eighths", "Notes go to the nearest eighth"),
    Grid.SIXTEENTH: ("Sixteenths", "Notes go to the nearest sixteenth"),
    Grid.QUARTER_TRIPLET: ("Quarter Triplets", "Notes go to the nearest of three in a half"),
    Grid.EIGHTH_TRIPLET: ("Eighth Triplets", "Notes go to the nearest of three in a quarter"),
}
_REDUCTIONS: Final = {
    Reduction.TOP: ("Top Note of Chords", "Of notes struck together, the highest one counts"),
    Reduction.LATEST: ("Latest Note Wins", "Every note counts, and cuts off the one before"),
    Reduction.ALL: ("All Notes", "Chords and overlaps stay; Generate takes the top line of them"),
}


class QuantizeMenu(QMenu):
    """Shows a :class:`Quantization` and reports another one that is chosen."""

    quantizationChosen = Signal(Quantization)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTitle("&Quantize")
        self.setToolTipsVisible(True)
        self._quantization = Quantization()
        self._subject = add_heading(self, "")
        self._grids = QActionGroup(self)
        self.grids = {grid: self._add_choice(self._grids, *texts) for grid, texts in _GRIDS.items()}
        self.addSeparator()
        self._row = PercentRow(
            "Strength",
            "Strength of quantizing in per cent",
            "How far notes are moved towards the grid",
        )
        self.strength = self._row.slider
        add_widget(self, self._row)
        self.addSeparator()
        self._reductions = QActionGroup(self)
        self.reductions = {
            reduction: self._add_choice(self._reductions, *texts)
            for reduction, texts in _REDUCTIONS.items()
        }
        self._grids.triggered.connect(self._choose_grid)
        self._reductions.triggered.connect(self._choose_reduction)
        self._row.percentChosen.connect(self._choose_strength)
        self.set_quantization(self._quantization, attached=False)

    def set_quantization(self, quantization: Quantization, *, attached: bool) -> None:
        """Show ``quantization`` without reporting it; ``attached`` if it is a recording's."""
        self._quantization = quantization
        self._subject.setText("THIS RECORDING" if attached else "THE NEXT RECORDING")
        self.grids[quantization.grid].setChecked(True)
        self.reductions[quantization.reduction].setChecked(True)
        self._row.set_percent(quantization.strength)
        self.strength.setEnabled(quantization.grid is not Grid.OFF)

    @property
    def subject(self) -> str:
        """What a choice is about, as shown."""
        return self._subject.text()

    @property
    def summary(self) -> str:
        """The grid in a word, for the button that opens this menu."""
        return "Off" if self._quantization.grid is Grid.OFF else self._quantization.grid.value

    def _choose_grid(self, action: QAction) -> None:
        grid = next(grid for grid, choice in self.grids.items() if choice is action)
        self._choose(replace(self._quantization, grid=grid))

    def _choose_reduction(self, action: QAction) -> None:
        chosen = next(key for key, choice in self.reductions.items() if choice is action)
        self._choose(replace(self._quantization, reduction=chosen))

    def _choose_strength(self, percent: int) -> None:
        self._choose(replace(self._quantization, strength=percent))

    def _choose(self, quantization: Quantization) -> None:
        if quantization != self._quantization:
            self._quantization = quantization
            self.strength.setEnabled(quantization.grid is not Grid.OFF)
            self.quantizationChosen.emit(quantization)

    def _add_choice(self, group: QActionGroup, text: str, tip: str) -> QAction:
        action = QAction(text, group)
        action.setCheckable(True)
        action.setToolTip(tip)
        self.addAction(action)
        return action
