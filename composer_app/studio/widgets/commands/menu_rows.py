"""Rows of a menu that are no choices: headings, and a slider with its value beside it."""

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QSlider, QWidget, QWidgetAction

from composer_app.studio.widgets.theme import numeral_font, set_role

_STEP: Final = 5
# Under the texts of the choices.
_MARGINS: Final = (40, 4, 16, 4)


class PercentRow(QWidget):
    """A name, a slider from 0 to 100, and its value as "60 %"."""

    # 0 to 100; not for values that are set.
    percentChosen = Signal(int)

    def __init__(self, name: str, spoken: str, tip: str, parent: QWidget | None = None) -> None:
        """``spoken`` is what the slider is called to people who do not see it."""
        super().__init__(parent)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, 100)
        self.slider.setSingleStep(_STEP)
        self.slider.setPageStep(2 * _STEP)
        self.slider.setAccessibleName(spoken)
        self.slider.setToolTip(tip)
        self._value = QLabel()
        self._value.setFont(numeral_font())
        self._value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._value.setMinimumWidth(self._value.fontMetrics().horizontalAdvance("100 %"))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(*_MARGINS)
        layout.setSpacing(8)
        layout.addWidget(QLabel(name))
        layout.addWidget(self.slider, 1)
        layout.addWidget(self._value)
        self._show(0)
        self.slider.valueChanged.connect(self._show)
        self.slider.valueChanged.connect(self.percentChosen)

    def set_percent(self, percent: int) -> None:
        """Show ``percent`` without reporting it."""
        self.slider.blockSignals(True)
        self.slider.setValue(percent)
        self.slider.blockSignals(False)
        self._show(percent)

    def _show(self, percent: int) -> None:
        self._value.setText(f"{percent} %")


def add_heading(menu: QMenu, text: str) -> QLabel:
    """Add a heading to ``menu``."""
    label = QLabel(text)
    set_role(label, "heading")
    label.setContentsMargins(*_MARGINS)
    add_widget(menu, label)
    return label


def add_widget(menu: QMenu, widget: QWidget) -> None:
    """Add ``widget`` to ``menu``."""
    action = QWidgetAction(menu)
    action.setDefaultWidget(widget)
    menu.addAction(action)
