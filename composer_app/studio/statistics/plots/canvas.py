"""Shows the statistics diagram: finished pixels, and over them what the mouse points at.

The mouse hovers over bars, clicks them, and drags over an interval of them; the arrow keys do the
same. What is painted here is little, so that pointing feels immediate.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from composer_app.late_numpy import np
from composer_app.studio.statistics.plots.colors import current_colors
from composer_app.studio.widgets.theme import RADIUS, with_alpha

if TYPE_CHECKING:
    from composer_app.reporting.plots.picture import Picture
    from composer_app.reporting.plots.rendered import RenderedPlot

# A press that moves less than so many pixels is a click.
_DRAG: Final = 4.0
_ADDING: Final = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier

_BY_KEY: Final = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)

# Indices of the first and the last bar.
Bars = tuple[int, int]


class StatisticsCanvas(QWidget):
    """Shows one rendered; bars are known by their index.

    ``hovered(index)`` is -1 when no bar is; ``clicked(first, last, adding)`` asks for the notes
    behind bars; ``intervalChanged(bars)`` has None when there is no interval any more.
    ``frameChanged`` says that a rendered of another size or colour is wanted.
    """

    hovered = Signal(int)
    clicked = Signal(int, int, bool)
    intervalChanged = Signal(object)
    frameChanged = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rendered: RenderedPlot | None = None
        self._image = QImage()
        self._hover = -1
        self._interval: Bars | None = None
        self._pressed: QPointF | None = None
        self._dragging = False
        # Only who came here with the keyboard needs to see where they are.
        self._ring = False
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(160, 72)
        self.setAccessibleName("Histogram")

    def sizeHint(self) -> QSize:
        """As high as the narrow panel would like it."""
        return QSize(296, 200)

    @property
    def rendered(self) -> RenderedPlot | None:
        """What is shown."""
        return self._rendered

    @property
    def picture(self) -> Picture | None:
        """What the rendered shows."""
        return self._rendered.picture if self._rendered else None

    @property
    def fits(self) -> bool:
        """Whether the rendered is as large as the canvas, and as fine as the screen.

        One that is not would have to be stretched; nothing is shown until the next is there.
        """
        if self._rendered is None:
            return False
        frame = self._rendered.frame
        wanted = self.width(), self.height(), self.devicePixelRatioF()
        return (frame.width, frame.height, frame.ratio) == wanted

    @property
    def image(self) -> QImage:
        """The rendered as an image, without what the mouse does to it."""
        return self._image

    @property
    def hover(self) -> int:
        """The bar that is pointed at, -1 for none."""
        return self._hover

    @property
    def interval(self) -> Bars | None:
        """The first and the last bar of the interval."""
        return self._interval

    def show_plot(self, rendered: RenderedPlot) -> None:
        """Show ``rendered`` from now on; what the mouse points at is looked up anew."""
        before = self.picture
        self._rendered = rendered
        height, width = rendered.pixels.shape[:2]
        kind = QImage.Format.Format_RGBA8888
        # QImage does not keep the bytes alive; the rendered does.
        self._image = QImage(rendered.pixels.data, width, height, 4 * width, kind)
        self._image.setDevicePixelRatio(rendered.ratio)
        if before is not None and not np.array_equal(before.edges, rendered.picture.edges):
            self._follow(before)
        if self._hover >= 0:
            self._set_hover(self._bar_at(QPointF(self.mapFromGlobal(self.cursor().pos()))))
        self.update()

    def set_interval(self, bars: Bars | None) -> None:
        """Mark bars as an interval, or none."""
        if bars != self._interval:
            self._interval = bars
            self.intervalChanged.emit(bars)
            self.update()

    def edges_of(self, bars: Bars) -> tuple[float, float]:
        """Where bars begin and end."""
        assert self.picture is not None
        edges = self.picture.edges
        return float(edges[bars[0]]), float(edges[bars[1] + 1])

    def bar_centre(self, index: int) -> QPointF:
        """Where the bar with ``index`` stands, half-way up the axes."""
        area = self._column((index, index))
        return area.center()

    # -- events ----------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A picture of that size is wanted; until it comes, there is none."""
        super().resizeEvent(event)
        self.frameChanged.emit()

    def event(self, event: QEvent) -> bool:
        """So it is on another screen."""
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self.frameChanged.emit()
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a click or an interval."""
        if event.button() == Qt.MouseButton.LeftButton and self.fits:
            self._pressed, self._dragging = event.position(), False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Point at a bar, or drag the interval."""
        place = event.position()
        if self._pressed is not None:
            moved = abs(place.x() - self._pressed.x())
            self._dragging = self._dragging or moved > _DRAG
            if self._dragging:
                ends = (self._nearest_bar(self._pressed), self._nearest_bar(place))
                self._set_hover(-1)
                self.set_interval((min(ends), max(ends)))
            return
        self._set_hover(self._bar_at(place))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click asks for the notes; a drag has done its work."""
        if event.button() != Qt.MouseButton.LeftButton or self._pressed is None:
            return
        self._pressed = None
        if not self._dragging:
            self._click(self._bar_at(event.position()), bool(event.modifiers() & _ADDING))

    def leaveEvent(self, event: QEvent) -> None:
        """Point at nothing."""
        super().leaveEvent(event)
        self._set_hover(-1)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show a ring if it came with the Tab key."""
        super().focusInEvent(event)
        self._ring = event.reason() in _BY_KEY
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """What the arrow keys point at is no longer lit."""
        super().focusOutEvent(event)
        self._set_hover(-1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and right point at bars, with Shift at an interval; Enter selects, Escape ends."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        picture = self.picture
        if picture is None:
            super().keyPressEvent(event)
        elif step:
            last = picture.heights.size - 1
            start = self._hover if self._hover >= 0 else (0 if step > 0 else last) - step
            to = min(max(start + step, 0), last)
            if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                ends = (*(self._interval or (start, start)), to) if start >= 0 else (to,)
                self.set_interval((min(ends), max(ends)))
            self._set_hover(to)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._click(self._hover, bool(event.modifiers() & _ADDING))
        elif event.key() == Qt.Key.Key_Escape and (self._interval or self._hover >= 0):
            self.set_interval(None)
            self._set_hover(-1)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Copy the rendered; tint what is pointed at."""
        painter = QPainter(self)
        if self._rendered is not None and self.fits:
            painter.drawImage(0, 0, self._image)
            colors = current_colors()
            drawn = self._rendered.frame.colors
            if (drawn.ground, drawn.text, drawn.accent) != (
                colors.ground,
                colors.text,
                colors.accent,
            ):
                # The theme has changed; this is when every widget hears of it for certain.
                self.frameChanged.emit()
            accent, text = QColor(colors.accent), QColor(colors.text)
            if self._interval is not None:
                self._paint_interval(painter, self._column(self._interval), accent)
            if self._hover >= 0:
                painter.fillRect(self._column((self._hover, self._hover)), with_alpha(text, 0.13))
        if self._ring and self.hasFocus():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(current_colors().accent), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), RADIUS, RADIUS)
        painter.end()

    # -- inside ----------------------------------------------------------------------------

    @staticmethod
    def _paint_interval(painter: QPainter, area: QRectF, accent: QColor) -> None:
        painter.fillRect(area, with_alpha(accent, 0.16))
        painter.setPen(QPen(accent, 1.5))
        for x in (area.left(), area.right()):
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))

    def _click(self, bar: int, adding: bool) -> None:
        inside = self._interval is not None and self._interval[0] <= bar <= self._interval[1]
        if bar < 0:
            self.set_interval(None)
        elif inside and self._interval is not None:
            self.clicked.emit(*self._interval, adding)
        else:
            self.set_interval(None)
            self.clicked.emit(bar, bar, adding)

    def _set_hover(self, index: int) -> None:
        if index != self._hover:
            self._hover = index
            self.setCursor(
                Qt.CursorShape.PointingHandCursor if index >= 0 else Qt.CursorShape.ArrowCursor
            )
            self.hovered.emit(index)
            self.update()

    def _follow(self, before: Picture) -> None:
        """Keep the interval where it was, as far as there are bars."""
        if self._interval is None or self.picture is None:
            return
        edges = self.picture.edges
        same = before.feature == self.picture.feature
        low, high = before.edges[self._interval[0]], before.edges[self._interval[1] + 1]
        first = int(np.searchsorted(edges, low + 1e-9, "right")) - 1
        last = int(np.searchsorted(edges, high - 1e-9, "left")) - 1
        there = same and 0 <= first <= last < edges.size - 1
        self.set_interval((first, last) if there else None)

    def _column(self, bars: Bars) -> QRectF:
        """The area of bars, from the ground to the top of the axes."""
        assert self._rendered is not None
        left, top, width, height = self._rendered.box
        low, high = self._rendered.x
        a, b = (left + (edge - low) / (high - low) * width for edge in self.edges_of(bars))
        return QRectF(a, top, b - a, height)

    def _value_at(self, place: QPointF) -> float:
        assert self._rendered is not None
        left, _, width, _ = self._rendered.box
        low, high = self._rendered.x
        return low + (place.x() - left) / width * (high - low)

    def _bar_at(self, place: QPointF) -> int:
        """The bar whose column is under ``place``, -1 beside the bars and below the axis."""
        picture = self.picture
        if picture is None or not self.fits or not self.rect().contains(place.toPoint()):
            return -1
        bar = int(np.searchsorted(picture.edges, self._value_at(place), "right")) - 1
        column = self._column((0, 0))
        inside = 0 <= bar < picture.heights.size and column.top() <= place.y() <= self.height()
        return bar if inside else -1

    def _nearest_bar(self, place: QPointF) -> int:
        assert self.picture is not None
        bar = int(np.searchsorted(self.picture.edges, self._value_at(place), "right")) - 1
        return min(max(bar, 0), self.picture.heights.size - 1)
