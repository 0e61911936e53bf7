"""The acceptance set of the bands: short melodies, each with something that is hard to accompany.

A style ships when it plays to all of them without an error, an empty part or a wrong chord.
"""

from collections.abc import Sequence
from typing import Final

from composer_app.music.melody import Melody
from composer_app.music.meter_map import MeterChange, MeterMap
from composer_app.music.note import Note
from composer_app.music.timing import TICKS_PER_STEP, Meter, TempoMap

# (MIDI pitch, or None for a rest, and sixteenths), one after another.
Row = Sequence[tuple[int | None, int]]

_TUNE: Final[Row] = (
    *((p, 4) for p in (60, 62, 64, 65)),
    *((67, 8), (64, 8)),
    *((p, 4) for p in (65, 64, 62, 64)),
    *((60, 12), (None, 4)),
)
_CLOSE: Final[Row] = (*((p, 4) for p in (67, 65, 64, 62)), (60, 16))


def melody(
    rows: Row, meter: str = "4/4", *, upbeat: int = 0, bpm: float = 110, up: int = 0
) -> Melody:
    """``rows`` in ``meter`` after an ``upbeat`` of so many sixteenths, ``up`` semitones higher."""
    numerator, denominator = (int(each) for each in meter.split("/"))
    meters = MeterMap.constant(Meter(numerator, denominator), upbeat * TICKS_PER_STEP)
    return Melody(_notes(rows, up), TempoMap.constant(bpm), meters)


def _notes(rows: Row, up: int = 0) -> tuple[Note, ...]:
    notes, step = [], 0
    for pitch, length in rows:
        if pitch is not None:
            notes.append(Note(step, pitch + up, length))
        step += length
    return tuple(notes)


def _changing() -> Melody:
    bars = (Meter(4, 4), Meter(3, 4), Meter(7, 8), Meter(2, 4), Meter(4, 4))
    changes, rows, tick = [], [], 0
    for index, meter in enumerate(bars):
        changes.append(MeterChange(tick, meter))
        tick += meter.ticks_per_bar
        rows.append((60 + (0, 4, 7, 5, 0)[index], meter.steps_per_bar))
    return Melody(_notes(rows), TempoMap.constant(100), MeterMap(tuple(changes), 0))


def _triplets() -> Melody:
    thirds = [0, 320, 640]
    notes = [
        Note.at_ticks(beat * 960 + at, beat * 960 + at + 300, 60 + (beat * 2 + at // 320) % 12)
        for beat in range(16)
        for at in thirds
    ]
    return Melody(tuple(notes), TempoMap.constant(120), MeterMap.constant(Meter(4, 4), 0))


MELODIES: Final[dict[str, Melody]] = {
    "plain": melody((*_TUNE, *_CLOSE)),
    "low": melody((*_TUNE, *_CLOSE), up=-21),
    "very low": melody((*_TUNE, *_CLOSE), up=-36),
    "high": melody((*_TUNE, *_CLOSE), up=24),
    "upbeat": melody(((55, 2), (57, 2), *_TUNE, *_CLOSE), upbeat=4),
    "long upbeat": melody(((55, 4), (57, 4), (59, 4), *_TUNE, *_CLOSE), upbeat=12),
    "minor": melody(
        tuple((p and {64: 63, 62: 62, 65: 65, 69: 68}.get(p, p), n) for p, n in (*_TUNE, *_CLOSE))
    ),
    "three": melody(
        (*((p, 4) for p in (60, 64, 67, 65, 69, 67, 64, 62, 60, 62, 64, 62)), (60, 12)), "3/4"
    ),
    "six eight": melody(
        (
            *((p, 2) for p in (67, 67, 67, 69, 67, 65)),
            *((64, 6), (60, 6), (62, 4), (64, 2), (65, 4), (62, 2), (60, 12)),
        ),
        "6/8",
        bpm=150,
    ),
    "twelve eight": melody(
        ((60, 6), (64, 6), (67, 4), (65, 2), (64, 6), (62, 12), (60, 12)), "12/8"
    ),
    "three eight": melody(((60, 4), (62, 2), (64, 6), (65, 4), (62, 2), (60, 6)), "3/8"),
    "two": melody(((60, 4), (64, 4), (67, 8), (65, 4), (62, 4), (60, 8)), "2/4"),
    "five": melody(((60, 8), (64, 4), (67, 8), (65, 8), (62, 4), (59, 8), (60, 20)), "5/4"),
    "seven": melody(((60, 4), (64, 4), (67, 6), (65, 8), (62, 6), (60, 14)), "7/8"),
    "changing": _changing(),
    "long rests": melody(((60, 8), (None, 40), (64, 8), (None, 72), (67, 8), (65, 8), (60, 16))),
    "begins late": melody(((None, 36), (60, 4), (64, 8), (67, 8), (65, 8), (62, 16), (60, 16))),
    "syncopated": melody(
        ((60, 2), *((p, 4) for p in (64, 67, 69, 67)), (65, 6), (64, 3), (62, 3), (60, 18)), bpm=96
    ),
    "chromatic": melody(
        (*((60 + n, 2) for n in range(13)), *((72 - n, 2) for n in range(12)), (60, 14))
    ),
    "two bars": melody(((60, 4), (64, 4), (67, 4), (65, 4), (60, 16))),
    "one note": melody(((64, 4),)),
    "one long note": melody(((64, 96),)),
    "ends off the beat": melody((*_TUNE, (62, 6), (60, 2))),
    "repeats": melody((*_TUNE, *_TUNE, *_CLOSE)),
    "triplets": _triplets(),
    "two hundred bars": melody(tuple(_TUNE) * 50),
    "slow": melody((*_TUNE, *_CLOSE), bpm=40),
    "fast": melody((*_TUNE, *_CLOSE), bpm=180),
}
