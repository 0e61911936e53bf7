"""The menu behind the metronome's button: when it clicks, how loudly, and the count-in."""

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from composer_app.studio.widgets.commands.actions import Actions
from composer_app.studio.widgets.commands.menu_rows import PercentRow, add_heading, add_widget

_COUNT_IN_TEXTS: Final = ("No Count-in", "One Bar", "Two Bars")


class MetronomeMenu(QMenu):
    """Reports the count-in and the volume that are chosen; the switches are actions."""

    # Bars, 0 to 2.
    countInChosen = Signal(int)
    # 0 to 1.
    volumeChosen = Signal(float)

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTitle("&Metronome")
        self.addActions([actions.metronome, actions.metronome_always])
        self._row = PercentRow(
            "Volume", "Volume of the metronome in per cent", "How loud the clicks are"
        )
        self.volume = self._row.slider
        add_widget(self, self._row)
        self.addSeparator()
        add_heading(self, "BEFORE A RECORDING")
        group = QActionGroup(self)
        self.count_in = [self._add_count_in(group, bars) for bars in range(len(_COUNT_IN_TEXTS))]
        self._row.percentChosen.connect(lambda percent: self.volumeChosen.emit(percent / 100))

    def set_count_in(self, bars: int) -> None:
        """Show a count-in of 0, 1 or 2 bars without reporting it."""
        self.count_in[bars].setChecked(True)

    def set_count_in_enabled(self, enabled: bool) -> None:
        """Whether the count-in can be changed."""
        for action in self.count_in:
            action.setEnabled(enabled)

    def set_volume(self, volume: float) -> None:
        """Show a volume of 0 to 1 without reporting it."""
        self._row.set_percent(round(100 * volume))

    def _add_count_in(self, group: QActionGroup, bars: int) -> QAction:
        action = QAction(_COUNT_IN_TEXTS[bars], group)
        action.setCheckable(True)
        action.triggered.connect(lambda: self.countInChosen.emit(bars))
        self.addAction(action)
        return action
