"""How voices move against each other."""

from typing import Final

import numpy as np

from composer_app.analysis.style_features.reading import (
    BEAT,
    VOICE_TITLES,
    WIDEST_STEP,
    Features,
    Reading,
    count_true,
    interval_table,
)
from composer_app.analysis.voice_grid import VOICES
from composer_app.music.pitch import OCTAVE

_PERFECT: Final = interval_table(0, 7)
_THIRDS: Final = interval_table(3, 4)
_SIXTHS: Final = interval_table(8, 9)


def motion_features(reading: Reading) -> Features:
    """Motion of each pair of voices, and how many voices move at once."""
    features = _together(reading)
    for upper in range(VOICES):
        for lower in range(upper + 1, VOICES):
            features |= _pair(reading, upper, lower)
    return features


def _pair(reading: Reading, upper: int, lower: int) -> Features:
    """Kinds of motion, where both voices move at the same step; and where one does alone."""
    moved = reading.struck[:, [upper, lower]]
    both = np.flatnonzero(moved.all(axis=1))
    pitch = reading.pitch[:, [upper, lower]]
    moves = pitch[both] - pitch[both - 1]
    before = (pitch[both - 1, 0] - pitch[both - 1, 1]) % OCTAVE
    after = (pitch[both, 0] - pitch[both, 1]) % OCTAVE
    same = np.sign(moves[:, 0]) == np.sign(moves[:, 1])
    pair = f"{VOICE_TITLES[upper]} and {VOICE_TITLES[lower]}"
    features = {
        f"{pair}: move at once": count_true(np.all(moved, axis=1)[np.any(moved, axis=1)]),
        f"{pair}: in the same direction": count_true(same),
        f"{pair}: parallel thirds": count_true(same & _THIRDS[before] & _THIRDS[after]),
        f"{pair}: parallel sixths": count_true(same & _SIXTHS[before] & _SIXTHS[after]),
        f"{pair}: parallel fifths and octaves": count_true(
            same & (before == after) & _PERFECT[after]
        ),
    }
    if (upper, lower) == (0, VOICES - 1):
        hidden = same & _PERFECT[after] & (before != after)
        features[f"{pair}: hidden fifths and octaves"] = count_true(hidden)
        leap = hidden & (np.abs(moves[:, 0]) > WIDEST_STEP)
        features[f"{pair}: hidden fifths and octaves with a leap above"] = count_true(leap)
    return features


def _together(reading: Reading) -> Features:
    features: Features = {}
    moved = reading.struck
    place = reading.position % BEAT
    inner = np.arange(len(moved)) > 0
    for title, here in (
        ("beats", (place == 0) & inner),
        ("off-beats", place == BEAT // 2),
    ):
        rows = moved[here]
        lower = rows[:, 1:].sum(axis=1)
        for number in range(VOICES):
            features[f"{title} at which {number} lower voices move"] = count_true(lower == number)
    steps = np.flatnonzero(moved.all(axis=1))
    signs = np.sign(reading.pitch[steps] - reading.pitch[steps - 1])
    features["all four voices move in one direction"] = count_true(
        np.abs(signs.sum(axis=1)) == VOICES
    )
    return features
