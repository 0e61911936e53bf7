"""A small picture of some bars of a part, to be compared with others at a glance."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from composer_app.music.melody_evidence.candidates import Excerpt
from composer_app.music.meter_map import MeterMap
from composer_app.music.note import Note
from composer_app.music.pitch import OCTAVE
from composer_app.music.timing import TICKS_PER_STEP
from composer_app.studio.widgets.theme import COLORS, RADIUS, mix, voice_color

_SIZE: Final = QSize(240, 56)
_EDGE: Final = 6
# A tune within a few notes is drawn as high as one of this many semitones.
_LEAST_SPAN: Final = OCTAVE
_THICKEST: Final = 6.0
_BESIDE: Final = 0.34


class MiniRoll(QWidget):
    """The ``notes`` within ``excerpt`` bright, those ``beside`` them dim, and the barlines.

    All have the height that the notes of both take. Nobody plays here; who hears the part moves
    the playhead.
    """

    def __init__(
        self,
        notes: Sequence[Note],
        beside: Sequence[Note],
        excerpt: Excerpt,
        meters: MeterMap,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        within = [_within(each, excerpt) for each in (notes, beside)]
        self._notes, self._beside = within
        self._excerpt = excerpt
        ticks = excerpt.first * TICKS_PER_STEP, excerpt.end * TICKS_PER_STEP
        self._barlines = [bar.first_step for bar in meters.bars_between(*ticks)][1:]
        pitches = [note.pitch for each in within for note in each] or [60]
        middle = (min(pitches) + max(pitches)) / 2
        half = max(max(pitches) - min(pitches), _LEAST_SPAN) / 2
        self._lowest, self._highest = middle - half, middle + half
        self._playhead: float | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(_SIZE.width() // 2)

    def sizeHint(self) -> QSize:
        """Wide enough for eight bars of quarters."""
        return _SIZE

    def set_playhead(self, step: float | None) -> None:
        """Show which step is heard; None: none."""
        if step != self._playhead:
            self._playhead = step
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint all of it; there are a few dozen notes."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(COLORS.row))
        painter.drawRoundedRect(QRectF(self.rect()), RADIUS, RADIUS)
        line = QColor(COLORS.line_bar)
        for step in self._barlines:
            painter.fillRect(QRectF(round(self._x(step)), 1, 1, self.height() - 2), line)
        bright = voice_color(0)
        painter.setBrush(mix(COLORS.row, bright, _BESIDE))
        for note in self._beside:
            self._paint_note(painter, note)
        painter.setBrush(bright)
        for note in self._notes:
            self._paint_note(painter, note)
        if self._playhead is not None:
            place = QRectF(round(self._x(self._playhead)) - 1, 0, 2, self.height())
            painter.fillRect(place, QColor(COLORS.playhead))
        painter.end()

    def _paint_note(self, painter: QPainter, note: Note) -> None:
        left, right = self._x(note.onset), self._x(min(note.release, self._excerpt.end))
        room = self.height() - 2 * _EDGE
        rows = self._highest - self._lowest + 1
        thick = min(max(room / rows, 2.0), _THICKEST)
        y = _EDGE + (self._highest - note.pitch) / (rows - 1) * (room - thick)
        painter.drawRoundedRect(QRectF(left, y, max(right - left - 1, 1.5), thick), 1, 1)

    def _x(self, step: float) -> float:
        excerpt = self._excerpt
        share = (step - excerpt.first) / max(excerpt.end - excerpt.first, 1)
        return _EDGE + share * (self.width() - 2 * _EDGE)


def _within(notes: Sequence[Note], excerpt: Excerpt) -> list[Note]:
    return [note for note in notes if excerpt.first <= note.start < excerpt.end]
