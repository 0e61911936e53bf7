"""Systems of a score as pixels, as long as they are likely to be seen again."""

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPixmap

from composer_app.studio.score.engraved_score import EngravedScore
from composer_app.studio.score.painter import SystemPainter

# Systems that are kept: those of a large screen, and some beyond.
_MOST_KEPT: Final = 16


class SystemPictures:
    """Paints systems, and keeps the ones that were used last.

    Each has ``margin`` pixels beside it, since brackets and braces stand to the left of where a
    system begins.
    """

    def __init__(self, margin: int) -> None:
        self._margin = margin
        self._painters: dict[int, SystemPainter] = {}
        self._pixmaps: dict[int, QPixmap] = {}

    def __len__(self) -> int:
        """How many are kept."""
        return len(self._pixmaps)

    def forget(self) -> None:
        """Paint all of them anew."""
        self._pixmaps.clear()
        self._painters.clear()

    def painter(self, score: EngravedScore, index: int) -> SystemPainter:
        """What paints the system ``index``."""
        if index not in self._painters:
            self._painters[index] = SystemPainter(score.systems[index], score.outlines)
        return self._painters[index]

    def pixmap(self, score: EngravedScore, index: int, scale: float, ratio: float) -> QPixmap:
        """The system ``index``, ``scale`` pixels to a staff space, for a screen of ``ratio``."""
        known = self._pixmaps.pop(index, None)
        if known is None or known.devicePixelRatio() != ratio:
            width = round(score.width * scale) + 2 * self._margin
            height = round(score.height_of(index) * scale)
            known = QPixmap(round(width * ratio), max(1, round(height * ratio)))
            known.setDevicePixelRatio(ratio)
            known.fill(Qt.GlobalColor.transparent)
            painter = QPainter(known)
            painter.translate(self._margin, 0)
            self.painter(score, index).paint(painter, scale)
            painter.end()
        # The one that was used last goes last.
        self._pixmaps[index] = known
        while len(self._pixmaps) > _MOST_KEPT:
            oldest = next(iter(self._pixmaps))
            del self._pixmaps[oldest]
            self._painters.pop(oldest, None)
        return known
