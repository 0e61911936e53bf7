"""What stands below the statistics diagram: what is pointed at, figures and sentences."""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QLabel,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from composer_app.studio.statistics.plots.colors import current_colors
from composer_app.studio.widgets.shown_text import tip_text
from composer_app.studio.widgets.theme import GRID, MEDIUM_SIZE, numeral_font, set_role

if TYPE_CHECKING:
    from composer_app.reporting.plots.picture import Picture
    from composer_app.reporting.plots.words import Reading

_SMALL: Final = 11
# Two lines, which is what most of them take in a narrow panel.
_SENTENCE_HEIGHT: Final = 36
_ELLIPSIS: Final = " …"
_BETWEEN_SENTENCES: Final = 3
_NO_FIGURES: Final = (("notes", "0"), ("mean", "–"), ("std. dev.", "–"), ("distance", "–"))
_NO_BREAK: Final = "\N{NO-BREAK SPACE}"
_TOGETHER: Final = re.compile(r"p [<=] [\d.]+|\(?p [\d.]+|std\. dev\. [\d.]+|mean [\d.−]+|[\d.]+ %")


class Readout(QLabel):
    """One line about what is pointed at; elided where it does not fit, and whole as a tooltip."""

    def __init__(self, hint: str) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self._hint = hint
        self._reading: Reading | None = None
        self.setFixedHeight(18)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.show_reading(None)

    @property
    def reading(self) -> Reading | None:
        """What is said, None for the hint."""
        return self._reading

    def show_reading(self, reading: Reading | None) -> None:
        """Say ``reading``, or the hint."""
        self._reading = reading
        self.setText(reading.sentence if reading else self._hint)
        self.setToolTip(tip_text(reading.sentence) if reading else "")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The text in one line."""
        painter = QPainter(self)
        colors = current_colors()
        # The style sheet would have its own size.
        painter.setFont(numeral_font(_SMALL))
        painter.setPen(QColor(colors.text if self._reading else colors.muted))
        side = Qt.TextElideMode.ElideRight
        text = painter.fontMetrics().elidedText(self.text(), side, self.width())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter, text)
        painter.end()


class Figures(QWidget):
    """Number of values, mean, standard deviation and distance: large, or small in one line."""

    def __init__(self) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(GRID)
        grid.setVerticalSpacing(0)
        self._values = [QLabel("–") for _ in range(4)]
        self._names = [QLabel() for _ in range(4)]
        for label in self._names:
            label.setTextFormat(Qt.TextFormat.PlainText)
        for column, (value, name) in enumerate(zip(self._values, self._names, strict=True)):
            set_role(name, "small")
            grid.addWidget(value, 0, column)
            grid.addWidget(name, 1, column)
            grid.setColumnStretch(column, 1)
        self.set_large(True)
        self.show_picture(None)

    @property
    def shown(self) -> dict[str, str]:
        """Texts by name."""
        return {
            name.text(): value.text() for name, value in zip(self._names, self._values, strict=True)
        }

    def set_large(self, large: bool) -> None:
        """Large type, or that of the other words."""
        for value in self._values:
            set_role(value, "figure" if large else "")
            value.setFont(numeral_font(MEDIUM_SIZE if large else _SMALL, bold=True))

    def show_picture(self, picture: Picture | None) -> None:
        """The figures of ``picture``."""
        texts = _figures(picture) if picture is not None else _NO_FIGURES
        for (name, text), name_label, value in zip(texts, self._names, self._values, strict=True):
            name_label.setText(name)
            value.setText(text)


def _figures(picture: Picture) -> tuple[tuple[str, str], ...]:
    from composer_app.reporting.plots.words import figures

    return figures(picture)


class Words(QWidget):
    """Sentences, as many of them as there is room for."""

    def __init__(self) -> None:
        super().__init__()
        self._labels = [QLabel() for _ in range(4)]
        self._texts: list[str] = []
        self._room = len(self._labels)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 2, 0, 0)
        layout.setSpacing(_BETWEEN_SENTENCES)
        for label in self._labels:
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            set_role(label, "words")
            layout.addWidget(label)
        layout.addStretch(1)

    @property
    def text(self) -> str:
        """Everything that is said, seen or not."""
        return " ".join(self._texts).replace(_NO_BREAK, " ")

    def show_sentences(self, sentences: list[str]) -> None:
        """Say ``sentences``, the most important one first."""
        self._texts = [_unbroken(text) for text in sentences[: len(self._labels)]]
        self._show()

    def set_room(self, count: int) -> None:
        """Give room to so many of them, said or not, so that the diagram keeps its height."""
        self._room = count
        self.setFixedHeight(count * _SENTENCE_HEIGHT)
        self.setVisible(count > 0)
        self._show()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lines break elsewhere."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._show()

    def _show(self) -> None:
        """As many as fit, whole; the first one in any case, as far as there is room for it."""
        left = self._room * _SENTENCE_HEIGHT
        texts = [*self._texts, *[""] * len(self._labels)]
        for label, text in zip(self._labels, texts, strict=False):
            label.setText(text)
            if label is self._labels[0] and left:
                label.setText(self._shortened(label, text, left))
            height = label.heightForWidth(self.width()) + _BETWEEN_SENTENCES
            fits = bool(text) and height <= left
            label.setVisible(fits)
            left = left - height if fits else 0

    def _shortened(self, label: QLabel, text: str, room: int) -> str:
        """``text``, or so many of its words that they are no higher than ``room`` pixels."""

        def is_high(count: int) -> bool:
            label.setText(" ".join(words[:count]) + _ELLIPSIS)
            return label.heightForWidth(self.width()) + _BETWEEN_SENTENCES > room

        if label.heightForWidth(self.width()) + _BETWEEN_SENTENCES <= room:
            return text
        words = text.split(" ")
        most = bisect_left(range(1, len(words)), True, key=is_high)
        return " ".join(words[:most]) + _ELLIPSIS


def _unbroken(text: str) -> str:
    """``text`` whose numbers stay with what they are: "p < 0.001" is never on two lines."""
    return _TOGETHER.sub(lambda found: found[0].replace(" ", _NO_BREAK), text)


def centred(text: str) -> QLabel:
    """Muted words in the middle of an empty place."""
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    label.setMinimumSize(QSize(160, 72))
    set_role(label, "muted")
    return label
