"""Chords by their degree, and how they follow each other."""

from typing import Final

import numpy as np

from composer_app.analysis.style_features.reading import (
    BEAT,
    Features,
    Reading,
    count_true,
    sorted_into,
)
from composer_app.analysis.voice_grid import REST
from composer_app.music.harmony.chord_qualities import QUALITIES, QUALITY_TONES
from composer_app.music.pitch import OCTAVE

_DEGREES: Final = (
    ("I", (0,)),
    ("II", (2,)),
    ("III", (3, 4)),
    ("IV", (5,)),
    ("V", (7,)),
    ("VI", (8, 9)),
    ("VII", (10, 11)),
)
_ROOT_MOVES: Final = (
    ("up a fourth", (5,)),
    ("up a fifth", (7,)),
    ("up a step", (1, 2)),
    ("down a step", (10, 11)),
    ("down a third", (8, 9)),
    ("up a third", (3, 4)),
    ("by a tritone", (6,)),
)
_KINDS: Final = (
    ("major triads", ("maj",)),
    ("minor triads", ("min",)),
    ("diminished triads", ("dim",)),
    ("augmented triads", ("aug",)),
    ("dominant sevenths", ("7",)),
    ("minor sevenths", ("m7",)),
    ("major sevenths", ("maj7",)),
    ("half-diminished sevenths", ("m7b5",)),
    ("diminished sevenths", ("dim7",)),
    ("suspended fourths", ("sus4",)),
)
_PROGRESSIONS: Final = (
    ("I IV", (0, 5)),
    ("I V", (0, 7)),
    ("I II", (0, 2)),
    ("I VI", (0, 9)),
    ("II V", (2, 7)),
    ("II I", (2, 0)),
    ("IV I", (5, 0)),
    ("IV V", (5, 7)),
    ("IV II", (5, 2)),
    ("V I", (7, 0)),
    ("V IV", (7, 5)),
    ("V VI", (7, 9)),
    ("V II", (7, 2)),
    ("VI II", (9, 2)),
    ("VI V", (9, 7)),
    ("VI IV", (9, 5)),
    ("VII I", (11, 0)),
)
_INVERSIONS: Final = ("root position", "first inversion", "second inversion", "third inversion")
_TONES: Final = tuple(QUALITY_TONES.values())


def harmony_features(reading: Reading) -> Features:
    """Degrees, kinds, inversions, root moves, progressions and the rate at which chords change."""
    chords = reading.chords
    known = chords.root >= 0
    quality = chords.quality.astype(np.int64)[known]
    features = sorted_into("chords on ", reading.degree[known], _DEGREES)
    features |= sorted_into(
        "",
        quality,
        ((title, [QUALITIES.index(name) for name in names]) for title, names in _KINDS),
    )
    return (
        features
        | _inversions(reading)
        | _progressions(reading)
        | _changes(reading)
        | _bass_degrees(reading)
    )


def _inversions(reading: Reading) -> Features:
    chords = reading.chords
    found = []
    for root, quality, bass in zip(chords.root, chords.quality, chords.bass, strict=True):
        above = (int(bass) - int(root)) % OCTAVE
        if root >= 0:
            tones = _TONES[quality]
            found.append(tones.index(above) if above in tones else -1)
    inversion = np.array(found, np.int64)
    features = sorted_into("chords in ", inversion, ((t, (i,)) for i, t in enumerate(_INVERSIONS)))
    features["chords with a foreign bass"] = count_true(inversion < 0)
    return features


def _progressions(reading: Reading) -> Features:
    """Of the changes of root from one beat to the next."""
    before, after = reading.degree[:-1], reading.degree[1:]
    change = (before != after) & (before >= 0) & (after >= 0)
    before, after = before[change], after[change]
    features = sorted_into("roots that move ", (after - before) % OCTAVE, _ROOT_MOVES)
    pairs = OCTAVE * before + after
    features |= sorted_into(
        "progressions ", pairs, ((title, (OCTAVE * a + b,)) for title, (a, b) in _PROGRESSIONS)
    )
    # A dominant seventh that goes a fourth up, to anything but the tonic.
    seventh = (reading.chords.quality[:-1][change] == QUALITIES.index("7")) & (before != 7)
    features["dominant sevenths of other degrees that resolve"] = count_true(
        ((after - before) % OCTAVE == OCTAVE - 7)[seventh]
    )
    return features


def _changes(reading: Reading) -> Features:
    """How often the chord and the bass change, by place."""
    root, bass = reading.chords.root, reading.chords.bass
    place = reading.position[reading.beats[1:]]
    changed = (root[1:] != root[:-1]) | (reading.chords.quality[1:] != reading.chords.quality[:-1])
    features = {}
    for title, here in (
        ("downbeats", place == 0),
        ("second beats", place == BEAT),
        ("third beats", place == 2 * BEAT),
        ("fourth beats", place == 3 * BEAT),
    ):
        features[f"{title} with another root"] = count_true((root[1:] != root[:-1])[here])
        features[f"{title} with the same bass"] = count_true((bass[1:] == bass[:-1])[here])
    features["beats with another chord"] = count_true(changed)
    known = root[root >= 0]
    features["chords that come back after one other"] = count_true(
        (known[2:] == known[:-2]) & (known[1:-1] != known[:-2])
    )
    return features


def _bass_degrees(reading: Reading) -> Features:
    bass = reading.pitch[reading.beats, -1]
    bass = bass[bass != REST]
    degrees = (bass - reading.tonic) % OCTAVE
    scale = list(reading.passage.home.scale)
    features = sorted_into("bass on ", degrees, _DEGREES)
    features["bass outside the scale on beats"] = count_true(~np.isin(bass % OCTAVE, scale))
    return features
