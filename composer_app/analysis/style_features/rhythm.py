"""When notes are struck, how long they are, and how motion is passed on."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from composer_app.analysis.metrics.voice_metrics import Count
from composer_app.analysis.style_features.reading import (
    BEAT,
    VOICE_TITLES,
    Features,
    Reading,
    count_true,
    mean,
    sorted_into,
)
from composer_app.analysis.voice_grid import REST, VOICES

_HALF: Final = BEAT // 2
_LENGTHS: Final = (
    ("sixteenths", (1,)),
    ("eighths", (2,)),
    ("dotted eighths", (3,)),
    ("quarters", (4,)),
    ("quarters and more, tied over a beat", (5, 6, 7)),
    ("half notes", (8,)),
    ("longer notes", range(9, 4096)),
)


def rhythm_features(reading: Reading) -> Features:
    """Attacks by place in the bar, lengths, runs of eighths, syncopation, changes of density."""
    features: Features = {}
    for voice in range(1, VOICES):
        features |= _attacks(reading, voice) | _lengths(reading, voice)
    return features | _runs(reading) | _shared(reading) | _bars(reading)


def _attacks(reading: Reading, voice: int) -> Features:
    """Share of each place at which the voice strikes a note."""
    struck = reading.grid.onset[:, voice]
    place = reading.position
    beat, within = place // BEAT, place % BEAT
    strong = (beat == 0) | ((beat == 2) & (reading.passage.bar_steps == 4 * BEAT))
    prefix = f"{VOICE_TITLES[voice]}: "
    places = {
        "downbeats": place == 0,
        "strong beats": (within == 0) & strong & (place > 0),
        "weak beats": (within == 0) & ~strong,
        "off-beats of strong beats": (within == _HALF) & strong,
        "off-beats of weak beats": (within == _HALF) & ~strong,
        "sixteenths after beats": within == 1,
        "sixteenths before beats": within == BEAT - 1,
    }
    features = {
        f"{prefix}struck on {title}": count_true(struck[here]) for title, here in places.items()
    }
    before = np.concatenate([[REST], reading.pitch[:-1, voice]])
    sounding = (reading.pitch[:, voice] != REST) & (before != REST)
    for title, here in (("beats", within == 0), ("bar lines", place == 0)):
        features[f"{prefix}held over {title}"] = count_true(~struck[here & sounding])
    features[f"{prefix}rests"] = count_true(reading.pitch[:, voice] == REST)
    return features


def _lengths(reading: Reading, voice: int) -> Features:
    notes = reading.notes[voice]
    lengths = notes[:, 1] - notes[:, 0]
    prefix = f"{VOICE_TITLES[voice]}: "
    features = sorted_into(prefix, lengths, _LENGTHS)
    eighth = lengths == _HALF
    features[f"{prefix}eighths after eighths"] = count_true(eighth[1:][eighth[:-1]])
    dotted = (lengths[:-1] == BEAT + _HALF) & (lengths[1:] == _HALF)
    features[f"{prefix}dotted quarters with an eighth"] = count_true(dotted)
    return features


def runs_of_eighths(reading: Reading) -> NDArray[np.int64]:
    """Lengths in beats of runs of beats in which any lower voice strikes the off-beat eighth."""
    running = np.any(_off_beat_attacks(reading)[:, 1:], axis=1)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], running, [False]]).astype(np.int8)))
    return np.asarray(edges[1::2] - edges[::2], np.int64)


def _off_beat_attacks(reading: Reading) -> NDArray[np.bool_]:
    """(B, 4): which voices strike the off-beat eighth of each beat that has one."""
    steps = np.flatnonzero(reading.position % BEAT == _HALF)
    return reading.grid.onset[steps]


def _runs(reading: Reading) -> Features:
    attacks = _off_beat_attacks(reading)
    lower = attacks[:, 1:]
    busy = np.any(lower, axis=1)
    lengths = runs_of_eighths(reading)
    features = {
        "beats in a run of eighths": mean(lengths),
        "runs of eighths of a beat alone": count_true(lengths == 1),
        "runs of eighths of four beats and more": count_true(lengths >= 4),
        "off-beats that any voice strikes": count_true(np.any(attacks, axis=1)),
        "off-beats after off-beats": count_true(busy[1:][busy[:-1]]),
    }
    for number in range(1, VOICES):
        together = lower.sum(axis=1) == number
        features[f"off-beats struck by {number} lower voices"] = count_true(together[busy])
    for voice in range(1, VOICES):
        own = attacks[:, voice]
        features[f"{VOICE_TITLES[voice]}: off-beats after its own off-beats"] = count_true(
            own[1:][own[:-1]]
        )
        others = np.any(np.delete(lower, voice - 1, axis=1), axis=1)
        features[f"{VOICE_TITLES[voice]}: off-beats handed on"] = count_true(
            (own[1:] & ~lower[:-1, voice - 1])[others[:-1]]
        )
    return features


def _shared(reading: Reading) -> Features:
    """Which voices strike together: each two lower ones on off-beats, and each with the melody."""
    attacks = _off_beat_attacks(reading)
    features: Features = {}
    for upper in range(VOICES):
        for lower in range(max(1, upper + 1), VOICES):
            one, two = attacks[:, upper], attacks[:, lower]
            title = f"{VOICE_TITLES[upper]} and {VOICE_TITLES[lower]}: off-beats struck together"
            features[title] = count_true((one & two)[one | two])
    free = ~attacks[:, 0]
    features["off-beats without the melody that a lower voice strikes"] = count_true(
        np.any(attacks[free, 1:], axis=1)
    )
    return features


def _bars(reading: Reading) -> Features:
    """How the number of attacks changes from bar to bar, and rhythms that come again."""
    bars = reading.passage.whole_bars
    rows = np.array([reading.grid.onset[start:end, 1:] for start, end in bars], np.bool_)
    if len(rows) < 2:
        return dict.fromkeys(_BAR_FEATURES, Count(0, 0))
    counts = rows.sum(axis=(1, 2)).astype(np.float64)
    same = np.all(rows[1:] == rows[:-1], axis=1)
    quiet = ~np.any(rows[:, _HALF::BEAT], axis=(1, 2))
    values = (
        Count(float(counts.std()), 1.0),
        mean(np.abs(np.diff(counts))),
        count_true(same),
        count_true(quiet),
        mean(counts),
    )
    return dict(zip(_BAR_FEATURES, values, strict=True))


_BAR_FEATURES: Final = (
    "attacks a bar, standard deviation",
    "attacks a bar, change to the next bar",
    "voices that repeat the rhythm of the bar before",
    "bars without off-beats",
    "attacks a bar of the lower voices",
)
