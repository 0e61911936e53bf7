"""Notes of a long piece seen from far away, where many of them share a pixel.

What painting takes then depends on the pixels, and hardly on the number of notes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, TypeAlias

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from composer_app.late_numpy import np
from composer_app.studio.roll.geometry import RollGeometry
from composer_app.studio.roll.notes import TrackNotes
from composer_app.studio.roll.painting.marks import MarkedNotes, paint_locked

if TYPE_CHECKING:
    from numpy.typing import NDArray

# From this many pixels to a step on, every note is painted for itself.
NEAR: Final = 0.75
# Marks of notes that are no further apart than this (pixels) become one.
_MARK_GAP: Final = 4

Numbers: TypeAlias = "NDArray[np.float64]"


def is_far(geometry: RollGeometry) -> bool:
    """Whether the scale is so small that notes share pixels."""
    return geometry.pixels_per_step < NEAR


def paint_far(
    painter: QPainter,
    geometry: RollGeometry,
    track: TrackNotes,
    bodies: Sequence[QColor],
    area: QRectF,
) -> None:
    """Paint ``track`` in ``area``; ``bodies`` are its colours from the softest to the loudest."""
    pixel = 1 / geometry.pixels_per_step
    lowest, highest = geometry.pitch(area.bottom()), geometry.pitch(area.top())
    first, last = geometry.step(area.left()) - pixel, geometry.step(area.right()) + pixel
    rows = track.within(first, last, lowest, highest)
    if not len(rows):
        return
    start, end, pitch, velocity, locked = rows.T
    levels = 1 + (velocity.astype(np.int64) - 1) * len(bodies) // 127
    # A column for each pixel of the screen, of which there may be more.
    ratio = painter.device().devicePixelRatioF()
    columns = round(area.width() * ratio)
    cells = cells_of(
        (geometry.x(0) + start * geometry.pixels_per_step - area.left()) * ratio,
        (geometry.x(0) + end * geometry.pixels_per_step - area.left()) * ratio,
        highest - pitch.astype(np.int64),
        np.minimum(levels, len(bodies)).astype(np.int16),
        (highest - lowest + 1, columns),
    )
    inks = np.array([0, *(body.rgba() for body in bodies)], np.uint32)
    pixels = np.repeat(inks[cells], geometry.row_height, axis=0)
    if geometry.row_height >= 6:
        # As between notes that are painted one by one.
        pixels[:: geometry.row_height] = 0
    height = len(pixels)
    image = QImage(pixels.tobytes(), columns, height, 4 * columns, QImage.Format.Format_ARGB32)
    painter.drawImage(QRectF(area.left(), geometry.y(highest), area.width(), height), image)
    hatched = locked > 0
    for rect in runs(geometry, start[hatched], end[hatched], pitch[hatched]):
        paint_locked(painter, rect)


def cells_of(
    left: Numbers,
    right: Numbers,
    row: NDArray[np.int64],
    level: NDArray[np.int16],
    shape: tuple[int, int],
) -> NDArray[np.int16]:
    """The highest ``level`` in each cell of ``shape`` (rows, columns); 0 where there is no note.

    ``left`` and ``right`` are columns, with fractions; a note takes one column at least.
    """
    rows, columns = shape
    cells = np.zeros((rows, columns), np.int16)
    first = np.rint(left).astype(np.int64)
    last = np.maximum(np.rint(right).astype(np.int64), first + 1)
    first, last = np.maximum(first, 0), np.minimum(last, columns)
    # Once for each of the columns that the longest note takes: at this scale there are few.
    while (on := first < last).any():
        first, last, row, level = first[on], last[on], row[on], level[on]
        np.maximum.at(cells, (row, first), level)
        first = first + 1
    return cells


def runs(geometry: RollGeometry, start: Numbers, end: Numbers, pitch: Numbers) -> list[QRectF]:
    """Rectangles (content pixels) of notes, neighbours of one pitch made one.

    ``start`` and ``end`` are steps; all arrays have shape (notes,).
    """
    if not len(start):
        return []
    left = np.rint(geometry.x(0) + start * geometry.pixels_per_step).astype(np.int64)
    right = np.rint(geometry.x(0) + end * geometry.pixels_per_step).astype(np.int64)
    right = np.maximum(right, left + 1)
    # All rows one after the other, as one long line on which none reaches the next.
    row = pitch.astype(np.int64)
    line = int(right.max()) + _MARK_GAP + 2
    order = np.argsort(row * line + left, kind="stable")
    left, right, row = left[order], right[order], row[order]
    reached = np.maximum.accumulate(row * line + right)
    begins = np.append(True, (row * line + left)[1:] > reached[:-1] + _MARK_GAP)
    first = np.flatnonzero(begins)
    last = np.append(first[1:], len(row)) - 1
    ends = reached[last] - row[last] * line
    gap = 1 if geometry.row_height >= 6 else 0
    return [
        QRectF(x, geometry.y(key) + gap, right_end - x, geometry.row_height - gap)
        for x, right_end, key in zip(
            left[first].tolist(), ends.tolist(), row[first].tolist(), strict=True
        )
    ]


def marked_rects(marked: MarkedNotes, geometry: RollGeometry, area: QRectF) -> list[QRectF]:
    """Rectangles of the ``marked`` notes whose marks may reach into ``area`` (content pixels)."""
    if not marked:
        return []
    if not is_far(geometry):
        return marked.rects(geometry, area)
    start, end, pitch = marked.within(geometry, area).T
    return runs(geometry, start, end, pitch)
