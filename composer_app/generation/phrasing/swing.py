"""Swing for what stands straight on the grid, as far as notes keep their places there.

The second eighth of a beat comes late, by two fifths of a sixteenth at most: that is 3 to 2.
Soloists swing less than drummers do (A. Friberg and A. Sundström, "Swing ratios and ensemble
timing in jazz performance", Music Perception 19, 2002), and what is later would stand on another
sixteenth.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from composer_app.music.meter_map import MeterMap
from composer_app.music.note import Note
from composer_app.music.timing import STEPS_PER_BEAT, TICKS_PER_BEAT, TICKS_PER_STEP

STRAIGHT: Final = 0.5
MOST_SWING: Final = 0.6
# What stands farther beside the grid, in ticks, has been played so.
ON_THE_GRID: Final = 20
_SECOND_EIGHTH: Final = STEPS_PER_BEAT // 2


def is_straight(notes: Sequence[Note]) -> bool:
    """Whether all ``notes`` stand on the grid, as what is typed or quantized does."""
    return not any(note.onset_shift or note.end_shift for note in notes)


def swung(notes: Sequence[Note], meters: MeterMap, share: float) -> tuple[Note, ...]:
    """``notes``, in order, with the second eighth of each quarter at ``share`` of it, from 0.5.

    More than :data:`MOST_SWING` counts as that. Sixteenths come late by half as much. Beats of
    compound metres stay straight, and so does what stands beside the grid.
    """
    late = round((min(share, MOST_SWING) - STRAIGHT) * TICKS_PER_BEAT)
    if not late:
        return tuple(notes)
    result: list[Note] = []
    for note in notes:
        if abs(note.onset_shift) > ON_THE_GRID:
            result.append(note)
            continue
        begins, ends = (_late(step, meters, late) for step in (note.start, note.end))
        # What is let go early goes on being so.
        gap = min(0, note.end_shift)
        end = max(-(TICKS_PER_STEP // 2), ends + gap) if ends else note.end_shift
        shift = begins or note.onset_shift
        # A note of one sixteenth may have been let go before it begins now.
        end = max(end, shift + 1 - note.duration * TICKS_PER_STEP)
        result.append(replace(note, onset_shift=shift, end_shift=end))
    return tuple(result)


def straightened(notes: Sequence[Note], meters: MeterMap) -> tuple[Note, ...]:
    """``notes`` of a track without the swing that :func:`swung` has given them, if it has."""
    seconds = {n.onset_shift for n in notes if place_in_beat(n.start, meters) == _SECOND_EIGHTH}
    late = seconds.pop() if len(seconds) == 1 else 0
    if not ON_THE_GRID < late <= round((MOST_SWING - STRAIGHT) * TICKS_PER_BEAT):
        return tuple(notes)
    result: list[Note] = []
    for note in notes:
        begins, ends = (_late(step, meters, late) for step in (note.start, note.end))
        end = note.end_shift - ends if note.onset_shift == begins or not begins else note.end_shift
        shift = 0 if begins and note.onset_shift == begins else note.onset_shift
        least = -(TICKS_PER_STEP // 2) if note.duration > 1 else shift + 1 - TICKS_PER_STEP
        result.append(replace(note, onset_shift=shift, end_shift=max(end, least)))
    return tuple(result)


def place_in_beat(step: int, meters: MeterMap) -> int:
    """Which sixteenth of a quarter ``step`` is, 0 to 3; 0 where beats are not quarters."""
    bar = meters.bar_at_step(step)
    if bar.meter.steps_per_beat != STEPS_PER_BEAT or bar.start % TICKS_PER_STEP:
        return 0
    # An upbeat has whole beats before its end.
    origin = bar.end_step if bar.number == 0 else bar.first_step
    return (step - origin) % STEPS_PER_BEAT


def _late(step: int, meters: MeterMap, late: int) -> int:
    """By how many ticks what happens at ``step`` is late."""
    return (0, late // 2, late, late // 2)[place_in_beat(step, meters)]
