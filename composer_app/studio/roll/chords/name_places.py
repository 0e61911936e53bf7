"""Which names of chords are shown where there is no room for all of them. No Qt.

A name that fits into its own chord stands there. Of the others those at downbeats come first, then
those of long chords: they reach over the chords behind them, whose names are left out.
"""

from bisect import bisect_left, insort
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum


class Size(IntEnum):
    """How large a name is written."""

    USUAL = 0
    SMALL = 1


@dataclass(frozen=True, slots=True)
class ChordCell:
    """A chord's name and the pixels it takes up; ``downbeat`` says that it begins a bar."""

    left: float
    right: float
    name: str
    downbeat: bool


@dataclass(frozen=True, slots=True)
class NamePlace:
    """How a name is written, and how many pixels it has; ``whole`` is false where it is cut."""

    size: Size
    room: float
    whole: bool = True


def name_places(
    cells: Sequence[ChordCell], width: Callable[[str, Size], float], air: float, least: float
) -> tuple[list[NamePlace | None], list[bool]]:
    """``(places, covered)`` of ``cells``, which are in order and do not overlap.

    ``width`` is that of a name in a size, in pixels. A name begins ``air`` pixels after its chord,
    and one is cut short only where it has ``least`` pixels and nothing reaches into its cell.
    ``covered`` are the chords at whose beginning another one's name is being read.
    """
    row = _Row(cells, width, air)
    for index in range(len(cells)):
        row.put_into_its_cell(index)
    rest = [index for index, place in enumerate(row.places) if place is None]
    rest.sort(key=lambda i: (not cells[i].downbeat, cells[i].left - cells[i].right, i))
    for index in rest:
        row.put_over_others(index)
    for index in rest:
        row.cut_short(index, least)
    return row.places, [row.is_read_at(cell.left) for cell in cells]


class _Row:
    """What stands in the row so far."""

    def __init__(
        self, cells: Sequence[ChordCell], width: Callable[[str, Size], float], air: float
    ) -> None:
        self.places: list[NamePlace | None] = [None] * len(cells)
        self._cells, self._width, self._air = cells, width, air
        # Where names stand, from and to a pixel, in order.
        self._taken: list[tuple[float, float]] = []

    def put_into_its_cell(self, index: int) -> None:
        cell = self._cells[index]
        for size in Size:
            needed = self._air + self._width(cell.name, size)
            if needed <= cell.right - cell.left:
                self._put(index, size, needed)
                return

    def put_over_others(self, index: int) -> None:
        cell = self._cells[index]
        needed = 2 * self._air + self._width(cell.name, Size.SMALL)
        if self._is_free(cell.left, cell.left + needed):
            self._put(index, Size.SMALL, needed)

    def cut_short(self, index: int, least: float) -> None:
        cell = self._cells[index]
        room = cell.right - cell.left - self._air
        if self.places[index] is None and room >= least and self._is_free(cell.left, cell.right):
            self.places[index] = NamePlace(Size.SMALL, room, whole=False)

    def is_read_at(self, pixel: float) -> bool:
        """Whether a name that begins before ``pixel`` ends after it."""
        before = bisect_left(self._taken, (pixel, pixel)) - 1
        return before >= 0 and self._taken[before][1] > pixel

    def _put(self, index: int, size: Size, needed: float) -> None:
        begin = self._cells[index].left
        insort(self._taken, (begin, begin + needed))
        self.places[index] = NamePlace(size, needed - self._air)

    def _is_free(self, begin: float, end: float) -> bool:
        after = bisect_left(self._taken, (begin, begin))
        follows = after < len(self._taken) and self._taken[after][0] < end
        return not follows and (after == 0 or self._taken[after - 1][1] <= begin)
