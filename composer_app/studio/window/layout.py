"""Where the panels of the window are, and what gives way when it is small."""

from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from composer_app.studio.keyboard.panel import HEIGHT, LEAST_HEIGHT, KeyboardPanel
from composer_app.studio.widgets.theme import set_role

# The column on the right takes this share of a window, within limits.
_RIGHT_SHARE: Final = 0.235
_RIGHT_WIDTHS: Final = (328, 416)
# Four strips without scrolling.
_MIXER_HEIGHT: Final = 288
_STATISTICS_HEIGHT: Final = 500
# The statistics have room for their figures, unless the mixer would lose its last strip.
_ROOM_FOR_FIGURES: Final = 206
_LOWEST_MIXER: Final = 104
# Between these heights of what is below the menu bar the keyboard grows to its best.
_LOW, _HIGH = 540, 680


class Arrangement(QWidget):
    """The whole inside of the window, the parent of all that is in it.

    The panels are made as its children, or as those of :attr:`right`, before they are arranged:
    whoever gets another parent is dressed anew, with all that is in it.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.right = QSplitter(Qt.Orientation.Vertical, self)

    def arrange(
        self,
        *,
        toolbar: QWidget,
        left: QWidget,
        piece: QWidget,
        mixer: QWidget,
        statistics: QWidget,
        step_bar: QWidget,
        keyboard: KeyboardPanel,
        messages: QWidget,
    ) -> None:
        """Put everything in its place."""
        self._right = mixer, statistics
        self._statistics = statistics
        self._keyboard = keyboard
        self._fill_right()
        middle = QHBoxLayout()
        middle.setContentsMargins(0, 0, 0, 0)
        middle.setSpacing(0)
        middle.addWidget(left)
        middle.addWidget(_line(vertical=True))
        middle.addWidget(piece, 1)
        middle.addWidget(_line(vertical=True))
        middle.addWidget(self.right)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(toolbar)
        column.addLayout(middle, 1)
        column.addWidget(_line())
        column.addWidget(step_bar)
        column.addWidget(keyboard)
        column.addWidget(_line())
        column.addWidget(messages)
        self._share(self.width(), self.height())
        self.right.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The column on the right may become lower though the window does not."""
        if event.type() == QEvent.Type.Resize:
            roomy = self.right.height() > _ROOM_FOR_FIGURES + _LOWEST_MIXER
            self._statistics.setMinimumHeight(_ROOM_FOR_FIGURES if roomy else 0)
        return False

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A large window has room to spare on the right, a low one none for high keys."""
        super().resizeEvent(event)
        self._share(event.size().width(), event.size().height())

    def _fill_right(self) -> None:
        self.right.setChildrenCollapsible(False)
        for panel in self._right:
            self.right.addWidget(panel)
        self.right.setSizes([_MIXER_HEIGHT, _STATISTICS_HEIGHT])
        self.right.setStretchFactor(0, 0)
        self.right.setStretchFactor(1, 1)

    def _share(self, width: int, height: int) -> None:
        least, most = _RIGHT_WIDTHS
        for panel in self._right:
            # On the panels, since a splitter takes its own limits from theirs.
            panel.setFixedWidth(min(max(round(width * _RIGHT_SHARE), least), most))
        share = min(max((height - _LOW) / (_HIGH - _LOW), 0.0), 1.0)
        self._keyboard.set_height(round(LEAST_HEIGHT + share * (HEIGHT - LEAST_HEIGHT)))


def _line(*, vertical: bool = False) -> QFrame:
    line = QFrame()
    set_role(line, "rule-vertical" if vertical else "rule")
    return line
