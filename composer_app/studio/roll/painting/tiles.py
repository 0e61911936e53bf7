"""The piano roll's picture as square tiles, painted once and kept until it changes."""

from collections.abc import Callable, Iterable
from typing import Final

from PySide6.QtCore import QPoint, QRect, QRectF
from PySide6.QtGui import QPainter, QPixmap

from composer_app.studio.roll.geometry import tiles

TILE: Final = 512
# More than a 4K screen needs; at 512 x 512 x 4 bytes about 100 MB at 200 %.
_MOST_TILES: Final = 96

# Paints the part of the roll that lies in a rectangle of content pixels.
PaintArea = Callable[[QPainter, QRectF], None]


class RollTiles:
    """Keeps tiles; those that are missing are painted by ``paint``."""

    def __init__(self, paint: PaintArea) -> None:
        self._paint = paint
        self._tiles: dict[tuple[int, int], QPixmap] = {}
        self._ratio = 0.0

    def __len__(self) -> int:
        return len(self._tiles)

    def forget(self) -> None:
        """What they show is out of date."""
        self._tiles.clear()

    def forget_under(self, rects: Iterable[QRectF]) -> None:
        """What they show in ``rects`` (content pixels) is out of date."""
        stale = {
            (column, row)
            for rect in rects
            for column in tiles(rect.left(), rect.right() + 1, TILE)
            for row in tiles(rect.top(), rect.bottom() + 1, TILE)
        }
        for place in stale:
            self._tiles.pop(place, None)

    def draw(self, painter: QPainter, exposed: QRect, corner: QPoint, ratio: float) -> None:
        """Copy what is ``exposed`` of a view that is scrolled to ``corner``.

        ``ratio`` is the device pixels to a pixel of the screen it is on.
        """
        if ratio != self._ratio:
            self._tiles.clear()
            self._ratio = ratio
        area = exposed.translated(corner)
        columns = tiles(area.left(), area.right() + 1, TILE)
        rows = tiles(area.top(), area.bottom() + 1, TILE)
        if len(self._tiles) > _MOST_TILES:
            self._tiles.clear()
        for column in columns:
            for row in rows:
                tile = self._tiles.get((column, row))
                if tile is None:
                    tile = self._tiles[column, row] = self._painted(column, row)
                painter.drawPixmap(column * TILE - corner.x(), row * TILE - corner.y(), tile)

    def _painted(self, column: int, row: int) -> QPixmap:
        side = round(TILE * self._ratio)
        tile = QPixmap(side, side)
        tile.setDevicePixelRatio(self._ratio)
        painter = QPainter(tile)
        painter.translate(-column * TILE, -row * TILE)
        self._paint(painter, QRectF(column * TILE, row * TILE, TILE, TILE))
        painter.end()
        return tile
