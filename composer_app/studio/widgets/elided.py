"""Names that may be longer than their place: an ellipsis there, and the whole as a tooltip."""

import re
from typing import Final

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QHelpEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import (
    QComboBox,
    QLabel,
    QSizePolicy,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QToolTip,
    QWidget,
)

from composer_app.plain_text import one_line
from composer_app.studio.widgets.shown_text import tip_text, without_mnemonic
from composer_app.studio.widgets.theme import GRID

# So much of a name says something at least: "Sop…".
_LEAST: Final = 32
# The list of a box is no wider than this, whatever somebody has called a track.
_WIDEST_LIST: Final = 420
_LONGEST_IN_MENU: Final = 56


def elided(text: str, metrics: QFontMetrics, width: int) -> str:
    """``text`` as far as ``width`` pixels go.

    Names that are told apart by a number at their end ("Track 12") lose their middle.
    """
    numbered = re.search(r"\d", text[len(text) // 2 :]) is not None
    side = Qt.TextElideMode.ElideMiddle if numbered else Qt.TextElideMode.ElideRight
    return metrics.elidedText(text, side, width)


def menu_text(text: str) -> str:
    """``text`` as the entry of a menu, which would else be as wide as a file's name is long."""
    text = one_line(text)
    if len(text) > _LONGEST_IN_MENU:
        half = _LONGEST_IN_MENU // 2
        text = f"{text[:half].rstrip()}…{text[-half + 1 :].lstrip()}"
    return without_mnemonic(text)


class ElidedLabel(QLabel):
    """One line; :meth:`text` stays whole."""

    def __init__(self, text: str = "") -> None:
        super().__init__(text)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)

    @property
    def wanted_width(self) -> int:
        """Pixels with which nothing is cut."""
        return self.fontMetrics().horizontalAdvance(self.text()) + 1

    @property
    def tip(self) -> str:
        """The tooltip: the whole text where it is cut, unless there is something else to say."""
        return self.toolTip() or ("" if self.shown == self.text() else self.text())

    @property
    def shown(self) -> str:
        """What of the text is seen."""
        return elided(self.text(), self.fontMetrics(), self.contentsRect().width())

    def sizeHint(self) -> QSize:
        return QSize(self.wanted_width, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(min(self.wanted_width, _LEAST), super().minimumSizeHint().height())

    def event(self, event: QEvent) -> bool:
        """Say the whole."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), tip_text(self.tip), self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """As much of the text as there is room for."""
        painter = QPainter(self)
        self.style().drawItemText(
            painter, self.contentsRect(), self.alignment(), self.palette(), self.isEnabled(),
            self.shown, self.foregroundRole(),
        )  # fmt: skip
        painter.end()


class ElidedBox(QComboBox):
    """A box of choices that may be narrower than its texts."""

    def __init__(self, name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setMaxVisibleItems(16)

    @property
    def wanted_width(self) -> int:
        """Pixels with which the text that is shown is not cut."""
        frame = self.width() - self._room().width()
        return self.fontMetrics().horizontalAdvance(self.currentText()) + frame + 1

    @property
    def tip(self) -> str:
        """The tooltip, with the whole text before it where that is cut."""
        cut = self.shown != self.currentText() and self.currentText() not in self.toolTip()
        said = (self.currentText() if cut else "", self.toolTip())
        return "\n".join(text for text in said if text)

    @property
    def shown(self) -> str:
        """What of the text is seen."""
        return elided(self.currentText(), self.fontMetrics(), self._room().width())

    def showPopup(self) -> None:
        """The list, which is as wide as its longest text.

        It is made when it is first opened: a window of lists that nobody opens is slow to make.
        """
        self.view().setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.view().setMinimumWidth(self._list_width())
        super().showPopup()

    def event(self, event: QEvent) -> bool:
        """Say the whole."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), tip_text(self.tip), self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The frame, and as much of the text as there is room for."""
        painter = QStylePainter(self)
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawItemText(
            self._room(), Qt.AlignmentFlag.AlignVCenter, self.palette(), self.isEnabled(),
            self.shown, QPalette.ColorRole.ButtonText,
        )  # fmt: skip
        painter.end()

    def _room(self) -> QRect:
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        style, kind = self.style(), QStyle.ComplexControl.CC_ComboBox
        field, arrow = (
            style.subControlRect(kind, option, part, self)
            for part in (QStyle.SubControl.SC_ComboBoxEditField, QStyle.SubControl.SC_ComboBoxArrow)
        )
        # The style would leave more room beside the arrow than there is to spare, and cut letters.
        return QRect(field.left(), 0, arrow.left() - field.left(), self.height())

    def _list_width(self) -> int:
        metrics = self.view().fontMetrics()
        texts = (self.itemText(index) for index in range(self.count()))
        widest = max((metrics.horizontalAdvance(text) for text in texts), default=0) + 4 * GRID
        return min(widest, _WIDEST_LIST)
