"""The menu behind the metronome's button: when it clicks, how loudly, and the count-in."""

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QSlider, QWidget, QWidgetAction

from composer_app.studio.actions import Actions
from composer_app.studio.theme import numeral_font, set_role

_COUNT_IN_TEXTS: Final = ("No Count-in", "One Bar", "Two Bars")
_VOLUME_STEP: Final = 5
# Under the texts of the choices.
_MARGINS: Final = (40, 4, 16, 4)


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
        self.volume, self._percent = self._add_volume()
        self.addSeparator()
        self._add_heading("BEFORE A RECORDING")
        group = QActionGroup(self)
        self.count_in = [self._add_count_in(group, bars) for bars in range(len(_COUNT_IN_TEXTS))]
        self.volume.valueChanged.connect(self._report_volume)

    def set_count_in(self, bars: int) -> None:
        """Show a count-in of 0, 1 or 2 bars without reporting it."""
        self.count_in[bars].setChecked(True)

    def set_count_in_enabled(self, enabled: bool) -> None:
        """Whether the count-in can be changed."""
        for action in self.count_in:
            action.setEnabled(enabled)

    def set_volume(self, volume: float) -> None:
        """Show a volume of 0 to 1 without reporting it."""
        self.volume.blockSignals(True)
        self.volume.setValue(round(100 * volume))
        self.volume.blockSignals(False)
        self._percent.setText(f"{self.volume.value()} %")

    def _report_volume(self, percent: int) -> None:
        self._percent.setText(f"{percent} %")
        self.volumeChosen.emit(percent / 100)

    def _add_count_in(self, group: QActionGroup, bars: int) -> QAction:
        action = QAction(_COUNT_IN_TEXTS[bars], group)
        action.setCheckable(True)
        action.triggered.connect(lambda: self.countInChosen.emit(bars))
        self.addAction(action)
        return action

    def _add_volume(self) -> tuple[QSlider, QLabel]:
        slider = QSlider(Qt.Orientation.Horizontal)
        slider.setRange(0, 100)
        slider.setSingleStep(_VOLUME_STEP)
        slider.setPageStep(2 * _VOLUME_STEP)
        slider.setAccessibleName("Volume of the metronome in per cent")
        slider.setToolTip("How loud the clicks are")
        percent = QLabel()
        percent.setFont(numeral_font())
        percent.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        percent.setMinimumWidth(percent.fontMetrics().horizontalAdvance("100 %"))
        row = QWidget()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(*_MARGINS)
        layout.setSpacing(8)
        layout.addWidget(QLabel("Volume"))
        layout.addWidget(slider, 1)
        layout.addWidget(percent)
        self._add_widget(row)
        return slider, percent

    def _add_heading(self, text: str) -> None:
        label = QLabel(text)
        set_role(label, "heading")
        label.setContentsMargins(*_MARGINS)
        self._add_widget(label)

    def _add_widget(self, widget: QWidget) -> None:
        action = QWidgetAction(self)
        action.setDefaultWidget(widget)
        self.addAction(action)
