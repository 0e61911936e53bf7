"""Where a melody lies for a network, in pitch and in the bar, and how voices become notes."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from composer_app.music.meter_map import MeterMap
from composer_app.music.note import Note
from composer_app.music.piano_roll import PianoRoll
from composer_app.music.pitch import OCTAVE, PITCH_COUNT, fold_into_range
from composer_app.music.timing import TICKS_PER_STEP, Meter, nearest_step

# Where the sopranos of the training data lie; a melody outside is moved by octaves.
_MELODY_LOW, _MELODY_HIGH = 60, 81
_MELODY_MIDDLE: Final = 70
_CROWDED: Final = 57
# By so much the voices may stand lower than where a network writes them.
_DEEPER: Final = 5
# The lowest pitch of a bass that is moved (E2), and the lowest where close intervals sound clear.
BASS_ZONE: Final = 40
CLEAR: Final = 48
# A double bass's lowest note: what lies below is not heard as a pitch among others.
BASS_FLOOR: Final = 28
# The last step of a bar that a network knows, and that the first networks knew.
MAX_POSITION: Final = 23
FIRST_MAX_POSITION: Final = 15
# What beats a network knows, in steps.
_QUARTER, _DOTTED_QUARTER, _HALF = 4, 6, 8
# What a network reads where nobody knows whether a phrase ends; 0 is no, 1 is yes.
FERMATA_UNKNOWN: Final = 2


def octave_shift(melody: Sequence[Note]) -> int:
    """Semitones, a multiple of 12, that bring most of ``melody`` to where sopranos sing.

    0 for a melody that lies there already; the smallest shift among equals.
    """

    def outside(shift: int) -> tuple[int, int]:
        steps = sum(
            note.duration
            for note in melody
            if not _MELODY_LOW <= note.pitch + shift <= _MELODY_HIGH
        )
        return steps, abs(shift)

    return min(range(-5 * OCTAVE, 6 * OCTAVE, OCTAVE), key=outside)


def singing_shift(melody: Sequence[Note]) -> int:
    """Semitones that bring ``melody`` to where sopranos sing.

    As :func:`octave_shift`, but a low melody is moved by any interval, so that half of it lies
    above A#4 (70), the middle of Bach's sopranos: networks that were trained in all keys write
    better there than at the soprano's lower end.
    """
    shift = octave_shift(melody)
    if shift <= 0:
        return shift
    pitches = np.repeat([n.pitch for n in melody], [n.duration for n in melody])
    return _MELODY_MIDDLE - int(np.median(pitches))


def accompaniment_shift(shift: int) -> int:
    """Semitones by which the voices under a melody, moved by ``shift``, are moved with it.

    Whole octaves less than the melody, so that a bass stays between about E2 and D4 whatever the
    melody's octave is. Under a low melody the voices come to stand around and above it.
    """
    return shift - OCTAVE * -(-(shift - _DEEPER) // OCTAVE)


def crowding_shift(melody: Sequence[Note]) -> int:
    """Semitones that bring ``melody`` to where a network writes voices close beneath it.

    As :func:`octave_shift`, but a low melody is moved no farther than until its lowest note is A3
    (57) or its highest where sopranos end: who cannot tell a network to keep out of the depth
    leaves it little of it. Over seventeen low melodies the basses below E1 fall from 16 % of the
    steps to 6 %.
    """
    shift = octave_shift(melody)
    if shift <= 0:
        return shift
    lowest, highest = (pick(note.pitch for note in melody) for pick in (min, max))
    return max(0, min(_CROWDED - lowest, _MELODY_HIGH - highest))


def bar_places(steps: int, meters: MeterMap) -> NDArray[np.int64]:
    """(steps,): the step within the bar, as the network knows bars: of 16 or 12 steps.

    Two bars of 2/4 look like one of 4/4, two of 3/8 like one of 3/4; a bar of 6/4 or 12/8 like two
    of 3/4. Where a bar begins between two steps, the nearest one counts as its first.
    """
    places = np.arange(steps)
    changes = meters.changes
    # The metre may change after the last step.
    ends = [*(min(nearest_step(change.tick), steps) for change in changes[1:]), steps]
    for change, end in zip(changes, ends, strict=True):
        meter = change.meter
        if meter.ticks_per_bar % TICKS_PER_STEP:
            for bar in meters.bars_between(change.tick, end * TICKS_PER_STEP):
                first, last = bar.first_step, min(bar.end_step, end)
                downbeat = bar.end_step - meter.steps_per_bar if bar.number == 0 else first
                places[first:last] = np.arange(first, last) - downbeat
            continue
        start = min(nearest_step(change.tick), steps)
        downbeat = meters.upbeat_steps if change.tick == 0 else start
        places[start:end] = (np.arange(start, end) - downbeat) % known_bar(meter)
    return places


def bar_positions(steps: int, meters: MeterMap, highest: int = MAX_POSITION) -> NDArray[np.int64]:
    """(steps,): :func:`bar_places` as a network counts them that knows ``highest``.

    Longer bars are cut off there.
    """
    return np.minimum(bar_places(steps, meters), highest)


def beat_lengths(steps: int, meters: MeterMap) -> NDArray[np.int64]:
    """(steps,): how many steps the beat of each step's metre has: 6 in compound metres, 8 in 2/2.

    It is a quarter in all others.
    """
    lengths = np.full(steps, _QUARTER)
    changes = meters.changes
    starts = [nearest_step(change.tick) for change in changes]
    for change, start, end in zip(changes, starts, [*starts[1:], steps], strict=True):
        lengths[start:end] = _beat_steps(change.meter)
    return lengths


def _beat_steps(meter: Meter) -> int:
    return _HALF if (meter.numerator, meter.denominator) == (2, 2) else meter.steps_per_beat


def beat_places(steps: int, meters: MeterMap) -> NDArray[np.int64]:
    """(steps,): the steps since the beat began: a quarter, in compound metres a dotted one.

    Bars of 5/8 and 7/8 end with a dotted quarter.
    """
    places = bar_places(steps, meters)
    unit = np.where(beat_lengths(steps, meters) == _DOTTED_QUARTER, _DOTTED_QUARTER, _QUARTER)
    result = places % unit
    changes = meters.changes
    starts = [nearest_step(change.tick) for change in changes]
    for change, start, end in zip(changes, starts, [*starts[1:], steps], strict=True):
        if start >= steps:
            break
        bar = change.meter.steps_per_bar
        if change.meter.denominator == 8 and bar % _QUARTER and unit[start] == _QUARTER:
            tail = places[start:end] - (bar - _DOTTED_QUARTER)
            result[start:end] = np.where(tail >= 0, tail, result[start:end])
    return np.asarray(result)


def before_first_bar(steps: int, meters: MeterMap) -> NDArray[np.float32]:
    """(steps,): 1 from the start to the first downbeat, which is where a piece begins."""
    begin = np.zeros(steps, np.float32)
    begin[: meters.upbeat_steps + 1] = 1
    return begin


def known_bar(meter: Meter) -> int:
    """Steps of the bar as which the network sees a bar of ``meter``."""
    bar = meter.steps_per_bar
    return {4: 16, 8: 16, 6: 12, 24: 12, 32: 16}.get(bar, bar)


def to_piano_roll(
    cells: NDArray[np.int64], onset: NDArray[np.bool_], lowest: int, velocity: Sequence[int]
) -> PianoRoll:
    """The roll (T, 128, V) of ``cells`` (T, V), struck where ``onset`` is true, V velocities.

    Class c is the pitch ``lowest + c``, kept in 0-127 by octaves; 0 is a rest. Wherever a voice
    begins to sound or goes to another pitch, it has to be struck.
    """
    steps, voices = np.nonzero(cells)
    classes = range(int(cells.max(initial=0)) + 1)
    table = np.array([fold_into_range(lowest + each, 0, PITCH_COUNT - 1) for each in classes])
    at = (steps, table[cells[steps, voices]], voices)
    shape = (len(cells), PITCH_COUNT, len(velocity))
    loud, struck = np.zeros(shape, np.uint8), np.zeros(shape, np.bool_)
    loud[at] = np.array(velocity, np.uint8)[voices]
    struck[at] = onset[steps, voices]
    return PianoRoll(loud, struck)


def with_melody(roll: PianoRoll, melody: PianoRoll) -> PianoRoll:
    """``roll`` (T, 128, V), but voice 0 is that of ``melody`` (T, 128, 1)."""
    velocity, onset = roll.velocity.copy(), roll.onset.copy()
    velocity[:, :, :1], onset[:, :, :1] = melody.velocity, melody.onset
    return PianoRoll(velocity, onset)
