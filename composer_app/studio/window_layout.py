"""Where the panels of the window are."""

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from composer_app.studio.theme import set_role

_RIGHT_WIDTH: Final = 328
# Four strips without scrolling.
_MIXER_HEIGHT: Final = 288
_STATISTICS_HEIGHT: Final = 500


def arrange(
    *,
    toolbar: QWidget,
    left: QWidget,
    roll: QWidget,
    mixer: QWidget,
    statistics: QWidget,
    below: tuple[QWidget, ...],
    messages: QWidget,
) -> QWidget:
    """The whole inside of the window, which becomes the parent of all that is given.

    ``below`` stands between the middle and the messages, from top to bottom.
    """
    middle = QHBoxLayout()
    middle.setContentsMargins(0, 0, 0, 0)
    middle.setSpacing(0)
    middle.addWidget(left)
    middle.addWidget(_line(vertical=True))
    middle.addWidget(roll, 1)
    middle.addWidget(_line(vertical=True))
    middle.addWidget(_right(mixer, statistics))
    column = QVBoxLayout()
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addWidget(toolbar)
    column.addLayout(middle, 1)
    column.addWidget(_line())
    for widget in below:
        column.addWidget(widget)
    column.addWidget(_line())
    column.addWidget(messages)
    centre = QWidget()
    centre.setLayout(column)
    return centre


def _right(mixer: QWidget, statistics: QWidget) -> QSplitter:
    right = QSplitter(Qt.Orientation.Vertical)
    right.setChildrenCollapsible(False)
    right.addWidget(mixer)
    right.addWidget(statistics)
    right.setSizes([_MIXER_HEIGHT, _STATISTICS_HEIGHT])
    right.setStretchFactor(0, 0)
    right.setStretchFactor(1, 1)
    # On the panels, since a splitter takes its own limits from theirs.
    mixer.setFixedWidth(_RIGHT_WIDTH)
    statistics.setFixedWidth(_RIGHT_WIDTH)
    return right


def _line(*, vertical: bool = False) -> QFrame:
    line = QFrame()
    set_role(line, "rule-vertical" if vertical else "rule")
    return line
