"""A pianist's notes as lines of one note at a time, as networks write them.

A hand may play several notes at once, and hold one while others move. Each hand is given a few
lines, the highest first: two notes that sound together stand on different lines in the order of
their pitches, and a note keeps its line until it ends.
"""

from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import NDArray

# Of the right hand, and of the left.
HAND_LINES: Final = (3, 2)
PIANO_LINES: Final = sum(HAND_LINES)
_REST: Final = -1
_LEFT_STAFF: Final = 2


def piano_lines(
    start: NDArray[np.int64],
    duration: NDArray[np.int64],
    pitch: NDArray[np.int64],
    staff: NDArray[np.int64],
    steps: int,
) -> tuple[NDArray[np.int16], NDArray[np.bool_]]:
    """``(pitch, onset)``, each (``steps``, 5): the notes on the lines of the right and left hand.

    The N notes begin at ``start``, in steps, and are on the lower ``staff`` where that is 2. Of
    chords with more notes than a hand has lines, the outer ones are kept and the highest of the
    others. A single note is on the right hand's highest line, or on the left hand's lowest.
    """
    pitches = np.full((steps, PIANO_LINES), _REST, np.int16)
    onsets = np.zeros((steps, PIANO_LINES), np.bool_)
    left = staff == _LEFT_STAFF
    first = 0
    for hand, lines in zip((~left, left), HAND_LINES, strict=True):
        columns = slice(first, first + lines)
        notes = np.stack([start[hand], start[hand] + duration[hand], pitch[hand]], axis=1)
        _write(notes, pitches[:, columns], onsets[:, columns], lowest_first=first > 0)
        first += lines
    return pitches, onsets


def _write(
    notes: NDArray[np.int64],
    pitches: NDArray[np.int16],
    onsets: NDArray[np.bool_],
    *,
    lowest_first: bool,
) -> None:
    """Write the ``notes`` (N, 3), begin, end and pitch, of one hand to its lines (T, K)."""
    lines = pitches.shape[1]
    ends, sounding = [0] * lines, [0] * lines
    order = np.lexsort((-notes[:, 2], notes[:, 0]))
    groups = np.split(notes[order], np.flatnonzero(np.diff(notes[order, 0])) + 1)
    for group in groups:
        if not len(group) or group[0, 0] >= len(pitches):
            continue
        begin = int(group[0, 0])
        chord = _outer({int(p): int(end) for _, end, p in group}, lines)
        held = {line: sounding[line] for line in range(lines) if ends[line] > begin}
        for line, (note, end) in zip(
            _lines_for(list(chord), held, lines, lowest_first=lowest_first),
            chord.items(),
            strict=True,
        ):
            stop = min(max(end, begin + 1), len(pitches))
            # What a note on this line had left is cut off; nothing is left of it after this one.
            pitches[begin : max(stop, ends[line]), line] = _REST
            onsets[begin : max(stop, ends[line]), line] = False
            pitches[begin:stop, line] = note
            onsets[begin, line] = True
            ends[line], sounding[line] = stop, note


def _outer(chord: dict[int, int], lines: int) -> dict[int, int]:
    """The ends by pitch of at most ``lines`` notes, the highest first."""
    high = sorted(chord, reverse=True)
    kept = high if len(high) <= lines else [*high[: lines - 1], high[-1]]
    return {pitch: chord[pitch] for pitch in kept}


def _lines_for(
    chord: list[int], held: dict[int, int], lines: int, *, lowest_first: bool
) -> tuple[int, ...]:
    """A line for each pitch of ``chord``, highest first, beside the pitches ``held`` by line.

    In the order of the pitches where that can be, with as few held notes cut off as can be.
    """

    outer = lines - 1 if lowest_first else 0

    def cost(choice: tuple[int, ...]) -> tuple[int, int, int]:
        # The outer line, a melody or a bass, is the last to be cut off.
        cut = sum((line in held) * (1 + (line == outer)) for line in choice)
        crossed = sum(
            (line < other) != (pitch > there)
            for pitch, line in zip(chord, choice, strict=True)
            for other, there in held.items()
            if other not in choice
        )
        far = sum(abs(line - outer) for line in choice)
        return crossed, cut, far

    return min(combinations(range(lines), len(chord)), key=cost)
