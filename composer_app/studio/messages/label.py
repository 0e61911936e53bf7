"""The sentence in the message bar: two lines, in which names give way and advice does not."""

import unicodedata
from typing import Final

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from composer_app.studio.messages.messages import Tone, parts
from composer_app.studio.widgets.shown_text import tip_text
from composer_app.studio.widgets.theme import COLORS, text_font

LINES: Final = 2
TONE_ICONS: Final = {
    Tone.IDLE: ("", ""),
    Tone.INFO: ("info", COLORS.accent),
    Tone.SUCCESS: ("success", COLORS.success),
    Tone.WARNING: ("warning", COLORS.warning),
    Tone.ERROR: ("error", COLORS.record),
    Tone.RECORD: ("record", COLORS.record),
}
# Widths of a name, in letters of the usual width: as wide as it may be, and as narrow.
_WIDEST_NAME: Final = 48
_NARROWEST_NAME: Final = 10
_ELLIPSIS: Final = "…"
_RIGHT_TO_LEFT: Final = ("R", "AL", "AN", "RLE", "RLO")
# A name of the other direction stands in its place, and turns nothing else about.
_ISOLATE, _END_ISOLATE = "\u2068", "\u2069"


class MessageLabel(QLabel):
    """Lays out the text itself: a :class:`QLabel` cuts what does not fit.

    Names wider than the bar can show are elided in their middle, where the least is said. Only
    where even that is not enough the sentence is, so that its end, the advice, stays. ``text()``
    and the accessible name have all of it.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        # A long sentence must not make the window wider.
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._names: tuple[str, ...] = ()
        self._muted = True
        self._lines: tuple[str, ...] = ()
        self._whole = True

    @property
    def lines(self) -> tuple[str, ...]:
        """What is seen."""
        return self._lines

    @property
    def whole(self) -> bool:
        """Whether nothing had to give way."""
        return self._whole

    def show_sentence(self, text: str, names: tuple[str, ...], *, muted: bool) -> None:
        """Show ``text``, of which ``names`` may be shortened."""
        self._names, self._muted = names, muted
        self.setText(text)
        self.setAccessibleName(f"Message: {text}")
        self._fit()

    def height_needed(self) -> int:
        """Of all lines there may be, in pixels."""
        return round(LINES * QFontMetricsF(text_font()).lineSpacing() + 0.5)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """There may be room for more, or less."""
        super().resizeEvent(event)
        self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The lines, in the middle of the height."""
        painter = QPainter(self)
        painter.setPen(QColor(COLORS.muted if self._muted else COLORS.text))
        font = text_font()
        step = QFontMetricsF(font).lineSpacing()
        top = (self.height() - step * len(self._lines)) / 2
        for index, line in enumerate(self._lines):
            layout = _laid_out(line, font, 1e6)
            layout.draw(painter, QPointF(0, round(top + index * step)))
        painter.end()

    def _fit(self) -> None:
        text = self.text()
        self._lines = fitted(text, self._names, text_font(), self.width())
        self._whole = _letters("".join(self._lines)) == _letters(text)
        self.setToolTip("" if self._whole else tip_text(text))
        self.update()


def fitted(text: str, names: tuple[str, ...], font: QFont, width: float) -> tuple[str, ...]:
    """``text`` in at most :data:`LINES` lines, each no wider than ``width`` pixels.

    In one line if it can stand there with its names as wide as names may be.
    """
    if not text or width <= 0:
        return ()
    metrics = QFontMetricsF(font)
    pieces = parts(text, names)
    letter = metrics.averageCharWidth()
    wide, narrow = _WIDEST_NAME * letter, _NARROWEST_NAME * letter
    lines = _lines(_with_names(pieces, metrics, wide), font, width)
    if len(lines) > LINES:
        # The widest names for which it fits.
        fits = _lines(_with_names(pieces, metrics, narrow), font, width)
        if len(fits) > LINES:
            return _cut(_with_names(pieces, metrics, narrow), font, width)
        while wide - narrow > 1:
            middle = (wide + narrow) / 2
            lines = _lines(_with_names(pieces, metrics, middle), font, width)
            if len(lines) > LINES:
                wide = middle
            else:
                narrow, fits = middle, lines
        lines = fits
    return lines


def _with_names(pieces: list[tuple[str, bool]], metrics: QFontMetricsF, widest: float) -> str:
    shown = []
    for piece, is_name in pieces:
        if is_name:
            name = metrics.elidedText(piece, Qt.TextElideMode.ElideMiddle, widest)
            turned = any(unicodedata.bidirectional(letter) in _RIGHT_TO_LEFT for letter in name)
            shown.append(f"{_ISOLATE}{name}{_END_ISOLATE}" if turned else name)
        else:
            shown.append(piece)
    return "".join(shown)


def _lines(text: str, font: QFont, width: float) -> tuple[str, ...]:
    layout = _laid_out(text, font, width)
    lines = (layout.lineAt(index) for index in range(layout.lineCount()))
    data = text.encode("utf-16-le", "surrogatepass")
    spans = ((line.textStart(), line.textStart() + line.textLength()) for line in lines)
    return tuple(data[2 * a : 2 * b].decode("utf-16-le", "replace").strip() for a, b in spans)


def _laid_out(text: str, font: QFont, width: float) -> QTextLayout:
    layout = QTextLayout(text, font)
    option = QTextOption(Qt.AlignmentFlag.AlignLeft)
    option.setTextDirection(Qt.LayoutDirection.LeftToRight)
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    layout.beginLayout()
    while (line := layout.createLine()).isValid():
        line.setLineWidth(width)
    layout.endLayout()
    return layout


def _cut(text: str, font: QFont, width: float) -> tuple[str, ...]:
    """``text`` without as much of its middle as does not fit."""
    left, right = 0, len(text)
    lines: tuple[str, ...] = (_ELLIPSIS,)
    while left <= right:
        kept = (left + right) // 2
        head, tail = kept // 2, kept - kept // 2
        tried = _lines(f"{text[:head].rstrip()}{_ELLIPSIS}{text[len(text) - tail :]}", font, width)
        if len(tried) > LINES:
            right = kept - 1
        else:
            left, lines = kept + 1, tried
    return lines


def _letters(text: str) -> str:
    """What of ``text`` is not a matter of lines."""
    return "".join(text.replace(_ISOLATE, "").replace(_END_ISOLATE, "").split())
