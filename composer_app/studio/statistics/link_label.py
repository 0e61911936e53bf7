"""A sentence with a stripe before it, that may lead somewhere."""

from math import ceil
from typing import Final

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from composer_app.studio.statistics.plots.colors import current_colors
from composer_app.studio.widgets.shown_text import tip_text
from composer_app.studio.widgets.theme import text_font

_BODY: Final = 12
_WRAP: Final = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft


class LinkLabel(QWidget):
    """A line that wraps, and that a click or Enter on asks about: ``pressed``."""

    pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        self._warns = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def text(self) -> str:
        """What it says."""
        return self._text

    def set_text(self, text: str, *, warns: bool = False, tip: str = "") -> None:
        """Say ``text``, in the colour of warnings if it ``warns``; with a ``tip`` it is a link."""
        self._text, self._warns = text, warns
        self.setToolTip(tip_text(tip))
        self.setAccessibleName(text)
        self.setCursor(Qt.CursorShape.PointingHandCursor if tip else Qt.CursorShape.ArrowCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus if tip else Qt.FocusPolicy.NoFocus)
        self._fit()
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The words wrap elsewhere."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        metrics = QFontMetricsF(text_font(_BODY))
        width = max(self.width() - 14, 40)
        area = metrics.boundingRect(QRectF(0, 0, width, 999), _WRAP, self._text)
        self.setFixedHeight(ceil(area.height()) + 8 if self._text else 0)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Ask."""
        if self.toolTip() and event.button() == Qt.MouseButton.LeftButton:
            self.pressed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ask with the keyboard."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.pressed.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A stripe, and the words."""
        if not self._text:
            return
        colors = current_colors()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colors.warning if self._warns else colors.axis))
        painter.drawRoundedRect(QRectF(0, 3, 3, self.height() - 6), 1.5, 1.5)
        painter.setFont(text_font(_BODY))
        painter.setPen(QColor(colors.text if self._warns else colors.muted))
        painter.drawText(QRectF(12, 4, self.width() - 14, self.height()), _WRAP, self._text)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(colors.accent), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 4, 4)
        painter.end()
