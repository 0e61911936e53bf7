"""How each line moves: its intervals and directions, and by what it comes into each place."""

from typing import Final

import numpy as np

from composer_app.analysis.metrics.voice_metrics import Count
from composer_app.analysis.style_features.reading import (
    BEAT,
    VOICE_TITLES,
    WIDEST_STEP,
    Features,
    Reading,
    count_true,
    mean,
    sorted_into,
)
from composer_app.analysis.voice_grid import REST, VOICES
from composer_app.music.pitch import OCTAVE

_INTERVALS: Final = (
    ("repeated notes", (0,)),
    ("half steps", (1,)),
    ("whole steps", (2,)),
    ("minor thirds", (3,)),
    ("major thirds", (4,)),
    ("fourths", (5,)),
    ("tritones", (6,)),
    ("fifths", (7,)),
    ("sixths and sevenths", (8, 9, 10, 11)),
    ("octaves", (12,)),
    ("leaps beyond an octave", range(13, 128)),
)
_LEAP: Final = 5


def line_features(reading: Reading) -> Features:
    """Those of the alto, the tenor and the bass; the soprano is given."""
    features: Features = {}
    for voice in range(1, VOICES):
        prefix = f"{VOICE_TITLES[voice]}: "
        features |= _intervals(reading, voice, prefix)
        features |= _directions(reading, voice, prefix)
        features |= _places(reading, voice, prefix)
        features |= _register(reading, voice, prefix)
    return features


def _intervals(reading: Reading, voice: int, prefix: str) -> Features:
    _, moves = reading.moves(voice)
    sizes = np.abs(moves)
    features = sorted_into(prefix, sizes, _INTERVALS)
    for title, low, high in (("steps", 1, 2), ("thirds", 3, 4), ("wider moves", 5, 127)):
        kind = moves[(sizes >= low) & (sizes <= high)]
        features[f"{prefix}{title} that rise"] = count_true(kind > 0)
    return features


def _directions(reading: Reading, voice: int, prefix: str) -> Features:
    """Of two moves in a row, repeated notes aside."""
    index, moves = reading.moves(voice)
    index, moves = index[moves != 0], moves[moves != 0]
    joined = np.flatnonzero(np.diff(index) == 1)
    first, second = moves[joined], moves[joined + 1]
    turns = np.sign(first) != np.sign(second)
    step, small = np.abs(first) <= WIDEST_STEP, np.abs(second) <= WIDEST_STEP
    leap = np.abs(first) >= _LEAP
    return {
        f"{prefix}changes of direction": count_true(turns),
        f"{prefix}steps that go on in the same direction": count_true(~turns[step & small]),
        f"{prefix}leaps turned back by step": count_true((turns & small)[leap]),
        f"{prefix}leaps before leaps": count_true(~small[leap]),
        f"{prefix}leaps prepared by a move against them": count_true(
            turns[np.abs(second) >= _LEAP]
        ),
        f"{prefix}two thirds or leaps in one direction": count_true(~turns & ~step & ~small),
        f"{prefix}returns to the note before the last": count_true(first == -second),
    }


def _places(reading: Reading, voice: int, prefix: str) -> Features:
    """By what the line comes into beats, off-beat eighths and odd sixteenths."""
    index, moves = reading.moves(voice)
    place = reading.position[reading.notes[voice][index, 0]]
    features: Features = {}
    for title, here in (
        ("downbeats", place == 0),
        ("other beats", (place % BEAT == 0) & (place > 0)),
        ("off-beats", place % BEAT == BEAT // 2),
        ("sixteenths", place % 2 == 1),
    ):
        sizes = np.abs(moves[here])
        features[f"{prefix}{title} reached by leap"] = count_true(sizes > WIDEST_STEP)
        if title != "sixteenths":
            features[f"{prefix}{title} that repeat the note"] = count_true(sizes == 0)
    return features


def _register(reading: Reading, voice: int, prefix: str) -> Features:
    pitches = reading.notes[voice][:, 2]
    _, moves = reading.moves(voice)
    scale = list(reading.passage.home.scale)
    sounding = pitches[pitches != REST]
    span = Count(float(np.ptp(sounding)), 1.0) if sounding.size else Count(0, 0)
    return {
        f"{prefix}mean pitch": mean(sounding),
        f"{prefix}range in semitones": span,
        f"{prefix}different pitches": Count(float(np.unique(sounding).size), 1.0),
        f"{prefix}semitones a move": mean(np.abs(moves)),
        f"{prefix}notes outside the scale": count_true(~np.isin(sounding % OCTAVE, scale)),
    }
