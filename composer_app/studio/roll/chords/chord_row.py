"""The row of chords between the ruler and the piano roll.

Chords that are given are bold, those that are heard or planned are plain. A chord that began before
what is seen has its name at the left edge. Where there is little room names are small; then those
at downbeats reach over the chords behind them, of which only a mark is left (see
:mod:`composer_app.studio.roll.chords.name_places`).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import inf
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QToolTip, QWidget

from composer_app.studio.roll.geometry import RollGeometry
from composer_app.studio.roll.painting.painter import KEYS_WIDTH
from composer_app.studio.widgets.shown_text import tip_text
from composer_app.studio.widgets.theme import COLORS, text_font

if TYPE_CHECKING:
    from composer_app.studio.roll.chords.name_places import NamePlace

CHORDS_HEIGHT: Final = 22
# The usual size of type and the small one, by the numbers of name_places.Size.
_SIZES: Final = (12, 10)
# Air at both ends of a name, and the least room in which any of it can be read.
_AIR: Final = 5
_RIGHT_AIR: Final = 3
# What is left of the line at the beginning of a chord where another one's name is read.
_MARK: Final = 3
# No name is wider.
_WIDEST: Final = 160
_ELLIPSIS: Final = "…"
_LEAST_ROOM: Final = 12
# Nearer to each other than this, lines would be a grey field.
_LEAST_GAP: Final = 3
_MOST_DESCRIBED: Final = 200


@dataclass(frozen=True, slots=True)
class ShownChord:
    """A chord from one step to another, by its name and its numeral; ``tip`` says it in words."""

    start: float
    end: float
    name: str
    numeral: str
    given: bool
    tip: str = ""


@lru_cache
def _type(size: int, *, bold: bool) -> tuple[QFont, QFontMetricsF]:
    font = text_font(size, bold=bold)
    return font, QFontMetricsF(font)


class ChordRow(QWidget):
    """Shows chords over the roll, by name or by Roman numeral; nothing in it can be changed."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._geometry = RollGeometry()
        self._offset = 0
        self._chords: tuple[ShownChord, ...] = ()
        self._starts: list[float] = []
        self._numerals = False
        self._places: tuple[list[NamePlace | None], list[bool]] | None = None
        self.setFixedHeight(CHORDS_HEIGHT)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("Chords")
        self._describe()

    @property
    def chords(self) -> tuple[ShownChord, ...]:
        """What is shown, in the order of their steps."""
        return self._chords

    def set_chords(self, chords: Sequence[ShownChord]) -> None:
        """Show ``chords``, which are in the order of their steps."""
        if tuple(chords) != self._chords:
            self._chords = tuple(chords)
            self._starts = [chord.start for chord in chords]
            self._describe()
            self.update()

    def set_numerals(self, numerals: bool) -> None:
        """Whether chords are called by their Roman numerals."""
        self._numerals = numerals
        self._describe()
        self.update()

    def show_part(self, geometry: RollGeometry, offset: int) -> None:
        """Show the row of ``geometry`` scrolled by ``offset`` pixels."""
        if geometry != self._geometry:
            self._places = None
        self._geometry, self._offset = geometry, offset
        self.update()

    def chord_at(self, x: float) -> ShownChord | None:
        """The chord at a pixel of the row."""
        step = self._geometry.step(x + self._offset)
        index = bisect_right(self._starts, step) - 1
        if index < 0 or step >= self._chords[index].end:
            return None
        return self._chords[index]

    def event(self, event: QEvent) -> bool:
        """Say in words what the chord under the mouse is."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            chord = self.chord_at(event.pos().x())
            if chord is None:
                QToolTip.hideText()
            else:
                QToolTip.showText(event.globalPos(), tip_text(chord.tip), self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the chords that are exposed."""
        painter = QPainter(self)
        area = QRectF(event.rect())
        painter.fillRect(area, QColor(COLORS.surface))
        painter.fillRect(
            QRectF(area.left(), CHORDS_HEIGHT - 1, area.width(), 1), QColor(COLORS.line)
        )
        first, last = (self._geometry.step(x + self._offset) for x in (area.left(), area.right()))
        # A name that begins further left may reach into what is exposed.
        first -= _WIDEST / self._geometry.pixels_per_step
        if not self._chords:
            painter.end()
            return
        places, covered = self._laid_out()
        begin = max(bisect_right(self._starts, first) - 1, 0)
        before = -inf
        for index in range(begin, bisect_right(self._starts, last)):
            left = self._geometry.x(self._chords[index].start) - self._offset
            if left - before >= _LEAST_GAP:
                bottom = CHORDS_HEIGHT - 5
                top = bottom - _MARK if covered[index] else 4
                line = QRectF(round(left), top, 1, bottom - top)
                painter.fillRect(line, QColor(COLORS.line_strong))
                before = left
            self._paint_name(painter, self._chords[index], left, places[index])
        painter.end()

    def _laid_out(self) -> tuple[list[NamePlace | None], list[bool]]:
        """As :func:`name_places`, for all chords, so that names stay while one scrolls."""
        if self._places is None:
            # A window opens without chords, and may open before they can be laid out.
            from composer_app.studio.roll.chords.name_places import ChordCell, Size, name_places

            geometry = self._geometry
            cells = [
                ChordCell(
                    geometry.x(chord.start),
                    geometry.x(chord.end) - _RIGHT_AIR,
                    self._text(chord),
                    geometry.meters.bar_at_step(chord.start).first_step == chord.start,
                )
                for chord in self._chords
            ]
            bold = {self._text(chord): chord.given for chord in self._chords}

            def width(name: str, size: Size) -> float:
                return _type(_SIZES[size], bold=bold[name])[1].horizontalAdvance(name)

            self._places = name_places(cells, width, _AIR, _LEAST_ROOM)
        return self._places

    def _paint_name(
        self, painter: QPainter, chord: ShownChord, left: float, place: NamePlace | None
    ) -> None:
        right = self._geometry.x(chord.end) - self._offset - _RIGHT_AIR
        size, room = len(_SIZES) - 1, right - _AIR
        if left < 0 < right:
            # What has begun further left is still to be read.
            left = 0.0
        elif place is None:
            return
        else:
            size, room = place.size, place.room
        if room < _LEAST_ROOM and (place is None or not place.whole):
            return
        font, metrics = _type(_SIZES[size], bold=chord.given)
        text = self._text(chord)
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room + 1)
        if shown == _ELLIPSIS:
            return
        painter.setFont(font)
        painter.setPen(QColor(COLORS.text))
        where = QRectF(left + _AIR, 0, room + 1, CHORDS_HEIGHT - 1)
        painter.drawText(where, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)

    def _text(self, chord: ShownChord) -> str:
        return chord.numeral if self._numerals else chord.name

    def _describe(self) -> None:
        self._places = None
        texts = [self._text(chord) for chord in self._chords]
        more = " and more" if len(texts) > _MOST_DESCRIBED else ""
        row = ", ".join(texts[:_MOST_DESCRIBED]) + more
        self.setAccessibleDescription(row or "No chords are given, and none are heard")


class ChordsCorner(QWidget):
    """What the row is called, where it meets the column of keys."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFixedSize(KEYS_WIDTH, CHORDS_HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The word, and the two lines of its neighbours continued."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(COLORS.surface))
        painter.fillRect(0, CHORDS_HEIGHT - 1, KEYS_WIDTH, 1, QColor(COLORS.line))
        painter.fillRect(KEYS_WIDTH - 1, 0, 1, CHORDS_HEIGHT, QColor(COLORS.line))
        painter.setFont(text_font(10))
        painter.setPen(QColor(COLORS.muted))
        room = QRectF(0, 0, KEYS_WIDTH - 5, CHORDS_HEIGHT - 1)
        painter.drawText(
            room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, "Chords"
        )
        painter.end()
