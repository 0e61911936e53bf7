"""How the beats of a piece are divided: straight, or in three as triplets and swing are.

A network knows sixteenths only, of which it sees the nearest ones, and so the voices that it writes
are straight. Where the melody is not, :func:`in_feel` moves what they have off the beat to the
thirds of the beat, where the melody has it. Beats are quarters; what is compound, such as 6/8, has
its thirds on the grid already.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from composer_app.late_numpy import np
from composer_app.music.note import Note
from composer_app.music.timing import STEPS_PER_BEAT, TICKS_PER_BEAT, TICKS_PER_STEP

if TYPE_CHECKING:
    from numpy.typing import NDArray

_THIRDS: Final = (TICKS_PER_BEAT // 3, 2 * TICKS_PER_BEAT // 3)
_SIXTEENTHS: Final = tuple(TICKS_PER_STEP * place for place in (1, 2, 3))
# Half of what lies between a third and a sixteenth; what is farther from both is neither.
_REACH: Final = 80
_MAINLY: Final = 0.6
_LEAST: Final = 4


class Feel(StrEnum):
    """How a beat is divided."""

    STRAIGHT = "straight"
    SWING = "swing"
    """In three, as triplets are."""


def hear_feel(melody: Sequence[Note], upbeat: int) -> Feel:
    """The feel of ``melody``, whose first downbeat is step ``upbeat``.

    It is swing where, of the notes that begin off the beat, at least four and at least 60 % are
    nearer to a third of the beat than to a sixteenth. What is near to neither is not counted.
    """
    thirds = sixteenths = 0
    for note in melody:
        place = (note.onset_ticks - upbeat * TICKS_PER_STEP) % TICKS_PER_BEAT
        to_third = min(abs(place - line) for line in _THIRDS)
        to_sixteenth = min(abs(place - line) for line in _SIXTEENTHS)
        if min(to_third, to_sixteenth) < _REACH:
            thirds += to_third < to_sixteenth
            sixteenths += to_sixteenth <= to_third
    mainly = thirds >= _MAINLY * (thirds + sixteenths)
    return Feel.SWING if thirds >= _LEAST and mainly else Feel.STRAIGHT


def in_feel(
    notes: Sequence[Note], feel: Feel, upbeat: int, locked: NDArray[np.bool_] | None = None
) -> tuple[Note, ...]:
    """``notes`` of a voice in ``feel``; the first downbeat is step ``upbeat``.

    In swing, what begins or ends on the second sixteenth of a beat does so at its first third, and
    what does on the fourth at its second third. What does on the third sixteenth, the second
    eighth, does so at the second third, too, but stays where something else has that place. Notes
    with micro-timing, and those of steps that are ``locked`` (T,), are not touched.
    """
    if feel is Feel.STRAIGHT:
        return tuple(notes)
    places: dict[int, set[int]] = defaultdict(set)
    for note in notes:
        for step in (note.start, note.end):
            beat, place = divmod(step - upbeat, STEPS_PER_BEAT)
            places[beat].add(place)

    def sounding(step: int) -> int:
        beat, place = divmod(step - upbeat, STEPS_PER_BEAT)
        first, second = _THIRDS
        shifts = (0, first, 2 * TICKS_PER_STEP if 3 in places[beat] else second, second)
        # An upbeat of a sixteenth may have no room for a third.
        return max(0, (upbeat + STEPS_PER_BEAT * beat) * TICKS_PER_STEP + shifts[place])

    result: list[Note] = []
    for before, note in zip([None, *notes], notes, strict=False):
        moves = note == note.on_grid and (locked is None or not locked[note.start])
        onset = sounding(note.start) if moves else note.onset_ticks
        release = sounding(note.end) if moves else note.release_ticks
        # What is given may have chords, whose notes overlap.
        follows = before is not None and before.end <= note.start
        if follows and result[-1].release_ticks > onset:
            if moves:
                onset = result[-1].release_ticks
            else:
                result[-1] = result[-1].cut_at(onset)
        result.append(Note.at_ticks(onset, release, note.pitch, note.velocity))
    return tuple(result)
