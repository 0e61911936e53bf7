"""The menu that says how what was played is seen: grid, strength, and what makes the melody."""

from dataclasses import replace
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QSlider, QWidget, QWidgetAction

from composer_app.music.performance import Grid, Quantization, Reduction
from composer_app.studio.theme import numeral_font, set_role

_GRIDS: Final = {
    Grid.OFF: ("Off", "Notes stay at the sixteenth nearest to where they were played"),
    Grid.QUARTER: ("Quarters", "Notes go to the nearest quarter"),
    Grid.EIGHTH: ("Eighths", "Notes go to the nearest eighth"),
    Grid.SIXTEENTH: ("Sixteenths", "Notes go to the nearest sixteenth, the finest there is"),
    Grid.QUARTER_TRIPLET: ("Quarter Triplets", "Three in a half, at the nearest sixteenths"),
    Grid.EIGHTH_TRIPLET: ("Eighth Triplets", "Three in a quarter, at the nearest sixteenths"),
}
_REDUCTIONS: Final = {
    Reduction.TOP: ("Top Note of Chords", "Of notes struck together, the highest one counts"),
    Reduction.LATEST: ("Latest Note Wins", "Every note counts, and cuts off the one before"),
}
_STRENGTH_STEP: Final = 5
# Under the texts of the choices.
_MENU_MARGINS: Final = (40, 4, 16, 4)


class QuantizeMenu(QMenu):
    """Shows a :class:`Quantization` and reports another one that is chosen."""

    viewChosen = Signal(Quantization)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTitle("&Quantize")
        self.setToolTipsVisible(True)
        self._view = Quantization()
        self._subject = self._add_heading("")
        self._grids = QActionGroup(self)
        self.grids = {grid: self._add_choice(self._grids, *texts) for grid, texts in _GRIDS.items()}
        self.addSeparator()
        self.strength, self._percent = self._add_strength()
        self.addSeparator()
        self._reductions = QActionGroup(self)
        self.reductions = {
            reduction: self._add_choice(self._reductions, *texts)
            for reduction, texts in _REDUCTIONS.items()
        }
        self._grids.triggered.connect(self._choose_grid)
        self._reductions.triggered.connect(self._choose_reduction)
        self.strength.valueChanged.connect(self._choose_strength)
        self.set_view(self._view, attached=False)

    def set_view(self, view: Quantization, *, attached: bool) -> None:
        """Show ``view`` without reporting it; ``attached`` if a recording is seen through it."""
        self._view = view
        self._subject.setText("THIS RECORDING" if attached else "THE NEXT RECORDING")
        self.grids[view.grid].setChecked(True)
        self.reductions[view.reduction].setChecked(True)
        self.strength.blockSignals(True)
        self.strength.setValue(view.strength)
        self.strength.blockSignals(False)
        self._percent.setText(f"{view.strength} %")
        self.strength.setEnabled(view.grid is not Grid.OFF)

    @property
    def subject(self) -> str:
        """What a choice is about, as shown."""
        return self._subject.text()

    @property
    def summary(self) -> str:
        """The grid in a word, for the button that opens this menu."""
        return "Off" if self._view.grid is Grid.OFF else self._view.grid.value

    def _choose_grid(self, action: QAction) -> None:
        grid = next(grid for grid, choice in self.grids.items() if choice is action)
        self._choose(replace(self._view, grid=grid))

    def _choose_reduction(self, action: QAction) -> None:
        chosen = next(key for key, choice in self.reductions.items() if choice is action)
        self._choose(replace(self._view, reduction=chosen))

    def _choose_strength(self, percent: int) -> None:
        self._choose(replace(self._view, strength=percent))

    def _choose(self, view: Quantization) -> None:
        if view != self._view:
            self._view = view
            self._percent.setText(f"{view.strength} %")
            self.strength.setEnabled(view.grid is not Grid.OFF)
            self.viewChosen.emit(view)

    def _add_choice(self, group: QActionGroup, text: str, tip: str) -> QAction:
        action = QAction(text, group)
        action.setCheckable(True)
        action.setToolTip(tip)
        self.addAction(action)
        return action

    def _add_heading(self, text: str) -> QLabel:
        label = QLabel(text)
        set_role(label, "heading")
        label.setContentsMargins(*_MENU_MARGINS)
        self._add_widget(label)
        return label

    def _add_strength(self) -> tuple[QSlider, QLabel]:
        slider = QSlider(Qt.Orientation.Horizontal)
        slider.setRange(0, 100)
        slider.setSingleStep(_STRENGTH_STEP)
        slider.setPageStep(2 * _STRENGTH_STEP)
        slider.setAccessibleName("Strength of quantizing in per cent")
        slider.setToolTip("How far notes are moved towards the grid")
        percent = QLabel()
        percent.setFont(numeral_font())
        percent.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        percent.setMinimumWidth(percent.fontMetrics().horizontalAdvance("100 %"))
        row = QWidget()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(*_MENU_MARGINS)
        layout.setSpacing(8)
        layout.addWidget(QLabel("Strength"))
        layout.addWidget(slider, 1)
        layout.addWidget(percent)
        self._add_widget(row)
        return slider, percent

    def _add_widget(self, widget: QWidget) -> None:
        action = QWidgetAction(self)
        action.setDefaultWidget(widget)
        self.addAction(action)
