"""How a passage opens, how its phrases end, and what moves under their last notes."""

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
    sorted_into,
)
from composer_app.analysis.voice_grid import REST, VOICES
from composer_app.music.harmony.chord_qualities import QUALITIES
from composer_app.music.pitch import OCTAVE

_MAJOR: Final = QUALITIES.index("maj")
_DOMINANTS: Final = (7, 11)
_BASS_INTO_END: Final = (
    ("a fourth up or a fifth down", (5, -7)),
    ("a fifth up or a fourth down", (7, -5)),
    ("a step", (1, 2, -1, -2)),
    ("the same note", (0, 12, -12)),
)


def ending_features(reading: Reading) -> Features:
    """Openings, cadences and the rest under a phrase's final note."""
    return _opening(reading) | _cadences(reading) | _last_notes(reading)


def opens_on_tonic(reading: Reading) -> Count:
    """Whether the bass has the tonic at the first downbeat, on which passages begin."""
    bass = reading.pitch[:1, -1]
    return count_true(bass[bass != REST] % OCTAVE == reading.tonic)


def moving_under_final_notes(reading: Reading) -> Count:
    """Share of the phrases under whose final note any lower voice strikes another note.

    Phrases end with the notes under a fermata, and with the passage's last note where it closes.
    """
    lower = reading.grid.onset[:, 1:]
    moving = [lower[start + 1 : end].any() for start, end in final_notes(reading)]
    return count_true(np.array(moving, np.bool_))


def final_notes(reading: Reading) -> list[tuple[int, int]]:
    """Start and end of the melody's last note of each phrase."""
    ends = set(reading.passage.phrase_ends)
    if reading.passage.closes:
        ends.add(reading.grid.steps - 1)
    notes = reading.notes[0]
    return [(start, end) for start, end, _ in notes.tolist() if end - 1 in ends]


def _opening(reading: Reading) -> Features:
    start = reading.passage.bars[1][0] if len(reading.passage.bars) > 1 else reading.grid.steps
    first_bar = reading.grid.onset[:start, 1:]
    degree = reading.degree[:1]
    degree = degree[degree >= 0]
    return {
        "opens with the tonic in the bass": opens_on_tonic(reading),
        "opens on the tonic triad": count_true(degree == 0),
        "opens on the dominant": count_true(np.isin(degree, _DOMINANTS)),
        "attacks in the first bar": Count(float(first_bar.sum()), 1.0),
    }


def _cadences(reading: Reading) -> Features:
    """The chords in which phrases end, and the way of each voice into them."""
    degrees, roots, moves, major, thirds, doubled = [], [], [], [], [], []
    steps: list[list[bool]] = [[] for _ in range(VOICES)]
    for start, _ in final_notes(reading):
        beat = int(np.searchsorted(reading.beats, start, side="right")) - 1
        here = reading.pitch[start]
        if beat < 1 or reading.degree[beat] < 0 or (here == REST).any():
            continue
        root = int(reading.chords.root[beat])
        degrees.append(int(reading.degree[beat]))
        roots.append(bool(here[-1] % OCTAVE == root))
        major.append(bool(reading.chords.quality[beat] == _MAJOR))
        classes = ((here - root) % OCTAVE).tolist()
        thirds.append(3 in classes or 4 in classes)
        doubled.append(classes.count(0) > 1)
        before = reading.pitch[start - 1]
        if before[-1] != REST:
            moves.append(int(here[-1] - before[-1]))
        for voice in range(1, VOICES):
            if before[voice] != REST:
                steps[voice].append(abs(int(here[voice] - before[voice])) <= WIDEST_STEP)
    features = sorted_into(
        "phrases that end on ", np.array(degrees, np.int64), (("I", (0,)), ("V", (7,)))
    )
    features |= sorted_into("bass into phrase ends by ", np.array(moves, np.int64), _BASS_INTO_END)
    for title, hits in (
        ("in root position", roots),
        ("on a major triad", major),
        ("with a third", thirds),
        ("with two roots", doubled),
    ):
        features[f"phrases that end {title}"] = count_true(np.array(hits, np.bool_))
    for voice in range(1, VOICES):
        title = f"{VOICE_TITLES[voice]}: into phrase ends by step or none"
        features[title] = count_true(np.array(steps[voice], np.bool_))
    return features


def _last_notes(reading: Reading) -> Features:
    features = {"phrases with movement under their final note": moving_under_final_notes(reading)}
    final = [(s, e) for s, e in final_notes(reading) if s >= 2 * BEAT]
    before = [reading.grid.onset[s - 2 * BEAT : s, 1:].sum() for s, _ in final]
    late = [reading.grid.onset[s - BEAT // 2, 1:].any() for s, _ in final]
    features["attacks in the two beats before phrase ends"] = Count(
        float(sum(before)), float(len(before))
    )
    features["phrase ends with an off-beat before them"] = count_true(np.array(late, np.bool_))
    return features
