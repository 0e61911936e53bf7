"""How like a style a piece is: a strip of percentiles for each metric, the strangest first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QHelpEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QScrollArea, QSizePolicy, QToolTip, QWidget

from composer_app.analysis.explanations import METRIC_HELP
from composer_app.reporting.plots.colors import PlotColors
from composer_app.studio.statistics.comparison import StyleComparison
from composer_app.studio.statistics.plots.colors import current_colors
from composer_app.studio.widgets.shown_text import tip_text
from composer_app.studio.widgets.theme import GRID, mix, numeral_font, text_font

if TYPE_CHECKING:
    from composer_app.analysis.likeness.likeness import Place

HEADER: Final = 28
_ROW: Final = 26
_STRIP: Final = 8
_DOT: Final = 5.0
_BODY: Final = 12
_SMALL: Final = 11
_VALUE_WIDTH: Final = 48
_TYPICAL_WIDTH: Final = 64
# Beyond this width names need not be broken, and the sentences stand in one line.
_WIDE: Final = 420
_WRAP: Final = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft


@dataclass(frozen=True, slots=True)
class _Row:
    """Where a metric stands, in pixels."""

    place: Place
    top: float
    height: float
    # Height of the part with the strip; the sentence stands below it.
    head: float


class LikenessView(QWidget):
    """Paints a comparison; as high as its rows need.

    Its uppermost :data:`HEADER` pixels are left to a :class:`LikenessHead`.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._comparison: StyleComparison | None = None
        self._rows: list[_Row] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Percentiles")

    @property
    def colors(self) -> PlotColors:
        """The colours of the widget's theme."""
        return current_colors()

    def set_comparison(self, comparison: StyleComparison | None) -> None:
        """Show ``comparison``; nothing for None."""
        self._comparison = comparison
        places = comparison.likeness.places if comparison else ()
        self.setAccessibleDescription(" ".join(place.sentence for place in places))
        self._measure()

    def sizeHint(self) -> QSize:
        """All rows."""
        bottom = self._rows[-1].top + self._rows[-1].height if self._rows else 0.0
        return QSize(296, round(bottom) + GRID)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Words wrap elsewhere."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._measure()

    def event(self, event: QEvent) -> bool:
        """Tooltips: what is measured, and where it lies."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            row = self._row_at(event.pos().y())
            tip = tip_text(self._tip(row.place)) if row else ""
            QToolTip.showText(event.globalPos(), tip, self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The rows that are exposed."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_rows(painter, QRectF(event.rect()))
        painter.end()

    def paint(self, painter: QPainter, area: QRectF) -> None:
        """Paint the headings and what lies in ``area``, into a file."""
        self.paint_head(painter)
        self._paint_rows(painter, area)

    @property
    def headings(self) -> dict[str, QRectF]:
        """The words above the columns, and where they stand."""
        left, right = self._span()
        places = {
            "percentile": QRectF(0, 0, left - 20, HEADER - 6),
            "here": QRectF(right + 10, 0, _VALUE_WIDTH, HEADER - 6),
        }
        if self._wide and self._comparison is not None:
            there = QRectF(places["here"].right(), 0, _TYPICAL_WIDTH, HEADER - 6)
            places[self._comparison.likeness.title] = there
        return places

    def paint_head(self, painter: QPainter) -> None:
        """Paint the headings and the scale."""
        if self._comparison is None:
            return
        left, right = self._span()
        painter.setFont(numeral_font(_SMALL))
        painter.setPen(QColor(self.colors.muted))
        for share, number in ((0.0, "0"), (0.5, "50"), (1.0, "100")):
            x = left + share * (right - left)
            area = QRectF(x - 24, 0, 48, HEADER - 6)
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, number)
        for index, (words, area) in enumerate(self.headings.items()):
            side = Qt.AlignmentFlag.AlignRight if index else Qt.AlignmentFlag.AlignLeft
            painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | side, words)

    # -- inside ----------------------------------------------------------------------------

    def _span(self) -> tuple[float, float]:
        """Left and right end of the strips."""
        title = 216.0 if self._wide else 0.42 * self.width()
        return title, max(title + 40.0, self.width() - self._figures - 10.0)

    @property
    def _wide(self) -> bool:
        return self.width() >= _WIDE

    @property
    def _figures(self) -> float:
        """Width of the numbers on the right: the value, and the usual one where there is room."""
        return _VALUE_WIDTH + (_TYPICAL_WIDTH if self._wide else 0)

    def _measure(self) -> None:
        """Work out where each row stands."""
        self._rows.clear()
        left, _ = self._span()
        plain, bold = (QFontMetricsF(text_font(_BODY, bold=each)) for each in (False, True))
        small = QFontMetricsF(text_font(_SMALL))
        top = float(HEADER)
        for place in self._comparison.likeness.places if self._comparison else ():
            body = bold if place.outlying else plain
            name = body.boundingRect(QRectF(0, 0, left - GRID, 999), _WRAP, place.metric.title)
            head = max(float(_ROW), name.height() + 8)
            height = head
            if place.outlying:
                words = small.boundingRect(QRectF(0, 0, self.width(), 999), _WRAP, place.sentence)
                height += words.height() + 8
            self._rows.append(_Row(place, top, height, head))
            top += height
        self.setFixedHeight(self.sizeHint().height())
        self.update()

    def _row_at(self, y: float) -> _Row | None:
        return next((row for row in self._rows if row.top <= y < row.top + row.height), None)

    def _paint_rows(self, painter: QPainter, area: QRectF) -> None:
        colors = self.colors
        for row in self._rows:
            if row.top <= area.bottom() and row.top + row.height >= area.top():
                self._paint_row(painter, row, colors)

    def _paint_row(self, painter: QPainter, row: _Row, colors: PlotColors) -> None:
        place, left_right = row.place, self._span()
        left, right = left_right
        middle = row.top + row.head / 2
        color = colors.warning if place.outlying else colors.accent
        painter.setFont(text_font(_BODY, bold=place.outlying))
        painter.setPen(QColor(colors.text))
        name = QRectF(0, row.top, left - GRID, row.head)
        painter.drawText(name, Qt.AlignmentFlag.AlignVCenter | _WRAP, place.metric.title)
        self._paint_strip(painter, QRectF(left, middle - _STRIP / 2, right - left, _STRIP), colors)
        painter.setPen(QPen(QColor(colors.ground), 2))
        painter.setBrush(QColor(color))
        x = left + (right - left) * place.percentile / 100
        painter.drawEllipse(QPointF(x, middle), _DOT + 1, _DOT + 1)
        painter.setFont(_numerals(bold=place.outlying))
        painter.setPen(QColor(color if place.outlying else colors.text))
        side = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        value = QRectF(right + 10, row.top, _VALUE_WIDTH, row.head)
        painter.drawText(value, side, place.metric.text(place.value))
        if self._wide:
            painter.setPen(QColor(colors.muted))
            painter.setFont(_numerals(bold=False))
            usual = QRectF(value.right(), row.top, _TYPICAL_WIDTH, row.head)
            painter.drawText(usual, side, place.metric.text(place.typical))
        if place.outlying:
            painter.setFont(text_font(_SMALL))
            painter.setPen(QColor(colors.muted))
            words = QRectF(0, row.top + row.head - 2, self.width(), row.height - row.head)
            painter.drawText(words, _WRAP, place.sentence)

    @staticmethod
    def _paint_strip(painter: QPainter, area: QRectF, colors: PlotColors) -> None:
        """All passages; among them the middle 95 %, the middle half, and the median."""
        from composer_app.analysis.likeness.likeness import OUTLYING

        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(mix(colors.ground, colors.text, 0.1))
        painter.drawRoundedRect(area, _STRIP / 2, _STRIP / 2)
        margin = area.width() * OUTLYING / 100
        painter.setBrush(mix(colors.ground, colors.accent, 0.26))
        painter.drawRect(area.adjusted(margin, 0, -margin, 0))
        painter.setBrush(mix(colors.ground, colors.accent, 0.44))
        quarter = area.width() / 4
        painter.drawRect(area.adjusted(quarter, 0, -quarter, 0))
        painter.setBrush(QColor(colors.ground))
        painter.drawRect(QRectF(area.center().x() - 0.5, area.top(), 1, area.height()))

    def _tip(self, place: Place) -> str:
        assert self._comparison is not None
        title = self._comparison.likeness.title
        low, high = place.metric.text(place.low), place.metric.text(place.high)
        return (
            f"{place.metric.title}: {METRIC_HELP[place.metric.id]}\n\n{place.sentence}\n"
            f"95 % of the passages in {title} lie between {low} and {high};"
            f" {place.percentile:.0f} of 100 lie lower."
        )


class LikenessHead(QWidget):
    """The headings of a :class:`LikenessView`, which stay in sight while its rows scroll."""

    def __init__(self, view: LikenessView, area: QScrollArea) -> None:
        super().__init__(area.viewport())
        self._view = view
        self._area = area
        area.verticalScrollBar().valueChanged.connect(self.place)
        view.installEventFilter(self)
        area.viewport().installEventFilter(self)
        self.place()

    def place(self) -> None:
        """Stand above the rows, but never outside what is seen."""
        viewport = self._area.viewport()
        corner = self._view.mapTo(viewport, QPoint(0, 0))
        lowest = max(0, viewport.height() - HEADER)
        top = min(max(corner.y(), 0), lowest)
        self.setGeometry(corner.x(), top, self._view.width(), HEADER)
        self.raise_()
        self.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The view or what is seen of it has another size or place, or other headings."""
        if event.type() in (
            QEvent.Type.Resize,
            QEvent.Type.Move,
            QEvent.Type.Show,
            QEvent.Type.LayoutRequest,
        ):
            self.place()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        """On the panel's ground, for rows pass beneath."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), QColor(self._view.colors.ground))
        self._view.paint_head(painter)
        painter.end()


def _numerals(*, bold: bool) -> QFont:
    return numeral_font(_BODY, bold=bold)
