"""How far the voices are apart, how they cross, and which tones of a chord they double."""

from typing import Final

import numpy as np

from composer_app.analysis.metrics.voice_metrics import Count
from composer_app.analysis.style_features.reading import (
    VOICE_TITLES,
    Features,
    Reading,
    count_true,
    mean,
    sorted_into,
)
from composer_app.analysis.voice_grid import REST, VOICES
from composer_app.music.harmony.chord_qualities import QUALITY_TONES
from composer_app.music.pitch import OCTAVE

_GAPS: Final = (
    ("a unison", (0,)),
    ("a second", (1, 2)),
    ("a third", (3, 4)),
    ("a fourth", (5,)),
    ("a fifth", (6, 7)),
    ("a sixth", (8, 9)),
    ("a seventh", (10, 11)),
    ("an octave", (12,)),
    ("up to a twelfth", range(13, 20)),
    ("more than a twelfth", range(20, 128)),
)
_OUTER: Final = (
    ("unisons and octaves", (0,)),
    ("thirds", (3, 4)),
    ("fourths", (5,)),
    ("fifths", (7,)),
    ("sixths", (8, 9)),
)
_TRIADS: Final = (0, 1)  # major and minor, as QUALITIES numbers them
_TONES: Final = {kind: tuple(QUALITY_TONES.values())[kind] for kind in _TRIADS}


def spacing_features(reading: Reading) -> Features:
    """Distances at the beats, crossings, overlaps, doublings."""
    features = _distances(reading) | _crossings(reading) | _doublings(reading)
    pitch = reading.pitch[reading.full_beats]
    classes = np.sort(pitch % OCTAVE, axis=1)
    count = 1 + (np.diff(classes, axis=1) != 0).sum(axis=1)
    for number in (2, 3, 4):
        features[f"beats with {number} pitch classes"] = count_true(count == number)
    return features


def _distances(reading: Reading) -> Features:
    pitch = reading.pitch[reading.full_beats]
    features: Features = {}
    for upper in range(VOICES - 1):
        pair = f"{VOICE_TITLES[upper]} to {VOICE_TITLES[upper + 1]}"
        gap = pitch[:, upper] - pitch[:, upper + 1]
        features |= sorted_into(f"{pair}: ", np.abs(gap), _GAPS)
        features[f"{pair}: semitones"] = mean(gap)
    outer = (pitch[:, 0] - pitch[:, -1]) % OCTAVE
    features |= sorted_into("soprano over bass: ", outer, _OUTER)
    upper_three = pitch[:, 0] - pitch[:, 2]
    features["upper voices within an octave"] = count_true(upper_three <= OCTAVE)
    return features


def _crossings(reading: Reading) -> Features:
    """Crossings of neighbours, by step; overlaps, by move: past where the neighbour just was."""
    pitch = reading.pitch
    features: Features = {}
    for upper in range(VOICES - 1):
        pair = f"{VOICE_TITLES[upper]} and {VOICE_TITLES[upper + 1]}"
        high, low = pitch[:, upper], pitch[:, upper + 1]
        both = (high != REST) & (low != REST)
        features[f"{pair}: crossed"] = count_true((high < low)[both])
        moved = reading.struck[1:, upper] | reading.struck[1:, upper + 1]
        moved &= both[1:] & both[:-1]
        past = (low[1:] > high[:-1]) | (high[1:] < low[:-1])
        features[f"{pair}: moves that overlap"] = count_true(past[moved])
    return features


def _doublings(reading: Reading) -> Features:
    """In major and minor triads at beats with four voices: what is doubled, what is missing."""
    doubled = dict.fromkeys(("root", "third", "fifth"), 0)
    missing = dict.fromkeys(("third", "fifth"), 0)
    leading = triads = 0
    full = set(reading.full_beats.tolist())
    chords = reading.chords
    for index, step in enumerate(reading.beats.tolist()):
        tones = _TONES.get(int(chords.quality[index]))
        if tones is None or step not in full:
            continue
        classes = ((reading.pitch[step] - chords.root[index]) % OCTAVE).tolist()
        if any(each not in tones for each in classes):
            continue
        triads += 1
        for name, tone in zip(("root", "third", "fifth"), tones, strict=True):
            doubled[name] += classes.count(tone) > 1
            if name in missing:
                missing[name] += tone not in classes
        leading += ((reading.pitch[step] - reading.tonic) % OCTAVE == OCTAVE - 1).sum() > 1
    rows = {f"triads with a doubled {name}": hits for name, hits in doubled.items()}
    rows |= {f"triads without a {name}": hits for name, hits in missing.items()}
    rows["triads with a doubled leading tone"] = int(leading)
    return {name: Count(float(hits), float(triads)) for name, hits in rows.items()}
