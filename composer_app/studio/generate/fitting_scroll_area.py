"""The place of the Generate panel's settings, which scrolls where the panel is low."""

from typing import Final

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtWidgets import QLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from composer_app.studio.widgets.own_viewport import give_viewport

# A scroll bar's width in the style sheet.
SCROLL_BAR: Final = 12
_LEAST_HEIGHT: Final = 72


class FittingScrollArea(QScrollArea):
    """As high as what is in it, if there is room; else it scrolls."""

    def __init__(self, width: int, parent: QWidget) -> None:
        """:attr:`rows` are laid out ``width`` pixels wide, to the left of a scroll bar's place."""
        super().__init__(parent)
        content = QWidget(give_viewport(self))
        self.rows = QVBoxLayout(content)
        self.rows.setContentsMargins(0, 0, 0, 0)
        self.rows.setSpacing(8)
        self._content_width = width
        self.verticalScrollBar().rangeChanged.connect(self._make_room)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.setWidget(content)
        content.setAutoFillBackground(False)
        self._make_room()

    def bring_up(self, part: QWidget) -> None:
        """Scroll until ``part`` is at the top, or as near as it goes."""
        # What has just appeared is laid out with the next event.
        QTimer.singleShot(0, self, lambda: self.verticalScrollBar().setValue(part.y()))

    @property
    def wanted_height(self) -> int:
        """Pixels that the whole content takes."""
        return height_for(self.rows, self._content_width + SCROLL_BAR)

    def _make_room(self) -> None:
        """What the scroll bar takes when it is there is left free when it is not."""
        scrolls = self.verticalScrollBar().maximum() > 0
        self.rows.setContentsMargins(0, 0, 0 if scrolls else SCROLL_BAR, 0)

    def sizeHint(self) -> QSize:
        return QSize(self._content_width + SCROLL_BAR, self.wanted_height)

    def minimumSizeHint(self) -> QSize:
        return QSize(self._content_width, min(_LEAST_HEIGHT, self.wanted_height))


def height_for(layout: QLayout, width: int) -> int:
    """Pixels that ``layout`` takes when it is ``width`` pixels wide."""
    if layout.hasHeightForWidth():
        return layout.totalHeightForWidth(width)
    # Without wrapped text there is nothing that the width could change.
    return layout.totalSizeHint().height()
