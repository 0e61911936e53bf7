"""The order in which bars are played: repeats, endings, da capo and dal segno.

As players do it: a repeated section is played as often as it says, each time with the ending of
that number. After a jump repeats are not taken again, and of several endings the last is played.
"""

from collections.abc import Sequence
from typing import Final

from composer_app.notation.reading.written import RepeatMarks

# A page of repeats within repeats would be played for years.
MAX_PLAYED_BARS: Final = 40_000


def play_order(marks: Sequence[RepeatMarks]) -> list[int]:
    """Indices of the bars, whose marks these are, in the order in which they are played.

    It ends after :data:`MAX_PLAYED_BARS`.
    """
    return _Player(marks).play()


class _Player:
    """Somebody who plays from the first bar on."""

    def __init__(self, marks: Sequence[RepeatMarks]) -> None:
        self._marks = marks
        self._section = 0
        self._turn = 1
        self._jumped = False
        self._last_endings = _last_endings(marks)

    def play(self) -> list[int]:
        order: list[int] = []
        index, skipped = 0, 0
        while index < len(self._marks) and len(order) + skipped < MAX_PLAYED_BARS:
            marks = self._marks[index]
            if marks.begins and index != self._section:
                self._section, self._turn = index, 1
            if marks.endings and self._ending_of(index) not in marks.endings:
                index, skipped = index + 1, skipped + 1
                continue
            order.append(index)
            if self._jumped and marks.fine:
                break
            index = self._next(index)
        return order

    def _ending_of(self, index: int) -> int:
        return self._last_endings[index] if self._jumped else self._turn

    def _next(self, index: int) -> int:
        """The bar after bar ``index`` has been played."""
        marks = self._marks[index]
        if self._jumped:
            coda = next((i for i, each in enumerate(self._marks) if each.coda and i > index), None)
            return coda if marks.to_coda and coda is not None else index + 1
        if marks.times and self._turn < max(marks.times, self._last_endings[index]):
            self._turn += 1
            return self._section
        after = self._marks[index + 1] if index + 1 < len(self._marks) else RepeatMarks()
        if marks.times or (marks.endings and not after.endings):
            self._section, self._turn = index + 1, 1
        if marks.da_capo or marks.dal_segno:
            self._jumped = True
            segno = next((i for i, each in enumerate(self._marks) if each.segno), 0)
            return segno if marks.dal_segno else 0
        return index + 1


def _last_endings(marks: Sequence[RepeatMarks]) -> list[int]:
    """For each bar the highest number among the endings that stand side by side there, else 0."""
    result = [0] * len(marks)
    index = 0
    while index < len(marks):
        end = index
        while end < len(marks) and marks[end].endings:
            end += 1
        if end > index:
            highest = max(max(each.endings) for each in marks[index:end])
            result[index:end] = [highest] * (end - index)
        index = max(end, index + 1)
    return result
