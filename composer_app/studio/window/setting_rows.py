"""What the pages of the settings are made of: rows with a name, and boxes of choices."""

from collections.abc import Callable, Iterable
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from composer_app.plain_text import one_line
from composer_app.studio.widgets.elided import ElidedBox
from composer_app.studio.widgets.shown_text import tip_text
from composer_app.studio.widgets.theme import set_role

_NAME_WIDTH: Final = 128
_NOTE_GAP: Final = 2
_MARGIN: Final = 24


class ChoiceBox(ElidedBox):
    """Values with their texts; reports what a person chooses, not what it is shown."""

    def __init__(self, name: str, choose: Callable[..., None]) -> None:
        super().__init__(name)
        self._choose = choose
        self._entries: list[tuple[object, str]] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumContentsLength(12)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        # Scrolling past a box must not change anything.
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.activated.connect(self._report)

    @property
    def value(self) -> object:
        """The value shown."""
        return self._entries[self.currentIndex()][0] if self.currentIndex() >= 0 else None

    def show_choices(self, entries: Iterable[tuple[object, str]], current: object) -> None:
        """Offer (value, text) and show ``current``; does not touch an open list in vain."""
        listed = list(entries)
        if listed != self._entries:
            self._entries = listed
            self.clear()
            for index, (_, text) in enumerate(listed):
                self.addItem(one_line(text))
                self.setItemData(index, tip_text(text), Qt.ItemDataRole.ToolTipRole)
        values = [value for value, _ in listed]
        self.setCurrentIndex(values.index(current) if current in values else -1)
        self.setToolTip(self.currentText())

    def _report(self, index: int) -> None:
        self.setToolTip(self.currentText())
        self._choose(self._entries[index][0])


class Rows(QWidget):
    """A page: named rows from top to bottom, each perhaps with a note below it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(8)
        self._grid.setColumnMinimumWidth(0, _NAME_WIDTH)
        self._grid.setColumnStretch(1, 1)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, 16)
        self._column.setSpacing(16)
        self._column.addLayout(self._grid)
        self._column.addStretch(1)

    def add_heading(self, text: str) -> None:
        """A heading over the rows that follow."""
        row = self._grid.rowCount()
        if row > 1:
            self._grid.setRowMinimumHeight(row, 8)
            row += 1
        label = QLabel(text.upper())
        set_role(label, "heading")
        self._grid.addWidget(label, row, 0, 1, 2)

    def add_row(self, name: str, *widgets: QWidget, note: QWidget | None = None) -> None:
        """``widgets`` beside ``name``, which leads the keyboard to the first of them."""
        label = QLabel(name)
        label.setBuddy(widgets[0])
        beside = QHBoxLayout()
        beside.setSpacing(8)
        for widget in widgets:
            beside.addWidget(widget)
        column = QVBoxLayout()
        column.setSpacing(_NOTE_GAP)
        column.addLayout(beside)
        if note is not None:
            column.addWidget(note)
        row = self._grid.rowCount()
        self._grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
        label.setMinimumHeight(28)
        self._grid.addLayout(column, row, 1)

    def add_below(self, widget: QWidget) -> None:
        """Something at the foot of the page, below all rows."""
        self._column.addWidget(widget)


def note_label(text: str = "") -> QLabel:
    """A small muted text that explains, over several lines where it must."""
    label = QLabel(text)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    set_role(label, "small")
    return label
