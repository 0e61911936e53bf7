"""Histograms and distances with known answers."""

import numpy as np
import pytest

from composer_app.analysis.metrics.metric_distances import (
    chord_histogram,
    distances,
    duration_histogram,
    interval_histogram,
    js_distance,
    pitch_class_histogram,
)
from composer_app.analysis.voice_grid import Passage, VoiceGrid

CADENCE = ((72, 67, 64, 48), (72, 69, 65, 53), (71, 67, 62, 55), (72, 67, 64, 48))


def judged(*chords: tuple[int, ...], shift: int = 0) -> tuple[VoiceGrid, Passage]:
    """Quarter chords, ``shift`` semitones higher, in their own key."""
    pitch = np.repeat(np.array(chords, np.int16), 4, axis=0)
    onset = np.zeros(pitch.shape, np.bool_)
    onset[::4] = pitch[::4] >= 0
    grid = VoiceGrid(np.where(pitch < 0, -1, pitch + shift).astype(np.int16), onset)
    return grid, Passage.regular(grid, 16)


def test_the_jensen_shannon_distance_of_known_histograms() -> None:
    one = np.array([3.0, 1.0, 0.0])
    assert js_distance(one, 10 * one) == pytest.approx(0.0, abs=1e-12)
    assert js_distance(one, np.array([0.0, 0.0, 5.0])) == pytest.approx(1.0)
    # p = (1, 0), q = (1/2, 1/2): 1/2 (log2(4/3) + 1/2 log2(2/3) + 1/2 log2(2)).
    expected = 0.5 * (np.log2(4 / 3) + 0.5 * np.log2(2 / 3) + 0.5)
    assert js_distance(np.array([1.0, 0.0]), np.array([1.0, 1.0])) == pytest.approx(expected)
    assert js_distance(np.zeros(3), np.zeros(3)) == 0.0
    assert js_distance(np.zeros(3), one) == 1.0
    scipy = pytest.importorskip("scipy.spatial.distance")
    other = np.array([1.0, 5.0, 2.0])
    assert js_distance(one, other) == pytest.approx(scipy.jensenshannon(one, other, base=2) ** 2)


def test_histograms_know_no_key() -> None:
    here, there = judged(*CADENCE), judged(*CADENCE, shift=5)
    assert set(distances([here], [there]).values()) == {0.0}
    # C major, F major, G major: bits of pitch classes.
    chords = chord_histogram([there])
    assert dict(zip(np.flatnonzero(chords).tolist(), chords[chords > 0], strict=True)) == {
        1 << 0 | 1 << 4 | 1 << 7: 8,
        1 << 5 | 1 << 9 | 1 << 0: 4,
        1 << 7 | 1 << 11 | 1 << 2: 4,
    }
    # The lower voices: G E C twice, A F F, G D G, each for four steps.
    assert pitch_class_histogram([there]).tolist() == [8, 0, 4, 0, 8, 8, 0, 16, 0, 4, 0, 0]


def test_lengths_and_intervals() -> None:
    pitch = np.array([[60] * 4, [60] * 4, [60] * 4, [-1] * 4, [62] * 4], np.int16)
    onset = np.zeros((5, 4), np.bool_)
    onset[[0, 2, 4]] = True
    grid = VoiceGrid(pitch, onset)
    row = (grid, Passage.regular(grid, 16))
    lengths = duration_histogram([row])
    assert (lengths[1], lengths[2], lengths.sum()) == (6, 3, 9)
    intervals = interval_histogram([row], 3)
    assert (intervals[127], intervals[129], intervals.sum()) == (1, 1, 2)
    long = VoiceGrid(np.full((300, 4), 60, np.int16), np.eye(300, 4, dtype=np.bool_)[:, [0] * 4])
    assert duration_histogram([(long, row[1])])[128] == 3


def test_a_bass_that_moves_otherwise_is_told_from_the_other_voices() -> None:
    chords = ((72, 67, 64, 50), (72, 69, 65, 53), (71, 67, 62, 56), (72, 67, 64, 48))
    moved = distances([judged(*chords)], [judged(*CADENCE)])
    assert moved["bass_interval_js"] > 0.5
    assert moved["chord_js"] > 0.2
    assert moved["pitch_class_js"] > 0.0
    assert moved["alto_interval_js"] == moved["tenor_interval_js"] == moved["duration_js"] == 0.0


def test_silence_is_no_chord_and_far_from_everything() -> None:
    paused = judged(*CADENCE, (-1, -1, -1, -1))
    assert distances([paused], [judged(*CADENCE)])["chord_js"] == 0.0
    assert set(distances([judged((-1, -1, -1, -1))], [judged(*CADENCE)]).values()) == {1.0}
