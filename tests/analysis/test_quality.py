"""Measures on hand-made pieces with known answers, and on planted faults."""

from collections import Counter
from typing import Any

import numpy as np
import pytest

from composer_app.analysis.quality import (
    VoiceGrid,
    all_sounding_rate,
    chord_histogram,
    chordal_share,
    crossing_rate,
    difference,
    distances,
    duration_histogram,
    in_scale_rate,
    interval_histogram,
    js_distance,
    leap_rate,
    lone_sixteenth_rate,
    measure,
    melody_dissonance,
    parallels_per_100,
    repeated_note_rate,
)
from composer_app.music.composition import Composition, Track
from composer_app.music.note import Note

# I, IV, V, I in C major, in block chords of a quarter each, without parallels.
CADENCE = ((72, 67, 64, 48), (72, 69, 65, 53), (71, 67, 62, 55), (72, 67, 64, 48))


def piece(*chords: tuple[int, int, int, int], steps: int = 4) -> VoiceGrid:
    """Each chord held for ``steps`` steps and struck in all voices."""
    pitch = np.repeat(np.array(chords, np.int16), steps, axis=0)
    onset = np.zeros(pitch.shape, np.bool_)
    onset[::steps] = pitch[::steps] >= 0
    return VoiceGrid(pitch, onset)


def test_a_plain_cadence() -> None:
    cadence = piece(*CADENCE)
    assert in_scale_rate(cadence) == 1.0
    assert all_sounding_rate(cadence) == 1.0
    assert chordal_share(cadence) == 1.0
    assert melody_dissonance(cadence) == 0.0
    assert parallels_per_100(cadence) == 0.0
    assert crossing_rate(cadence) == 0.0
    assert lone_sixteenth_rate(cadence) == 0.0
    assert leap_rate(cadence) == 0.0
    # The alto keeps its note into the last chord.
    assert repeated_note_rate(cadence) == pytest.approx(1 / 9)


def test_a_bass_a_semitone_too_high_is_noticed() -> None:
    wrong = piece(*((s, a, t, b + 1) for s, a, t, b in CADENCE))
    assert melody_dissonance(wrong) > melody_dissonance(piece(*CADENCE)) + 0.2
    assert chordal_share(wrong) < 0.5
    assert in_scale_rate(wrong) < 0.95


def test_a_foreign_key_is_no_fault() -> None:
    sharp = piece(*((s + 6, a + 6, t + 6, b + 6) for s, a, t, b in CADENCE))
    assert in_scale_rate(sharp) == 1.0
    assert chord_histogram([sharp]) == chord_histogram([piece(*CADENCE)])


def test_parallel_fifths_and_octaves_are_counted_once_a_pair() -> None:
    # Soprano and bass in octaves, alto and tenor in fifths, all rising by a tone.
    faulty = piece((72, 67, 60, 48), (74, 69, 62, 50))
    # Soprano-bass, soprano-tenor and tenor-bass octaves; alto over tenor and bass fifths.
    assert parallels_per_100(faulty) == pytest.approx(100 * 5 / 8)
    still = piece((72, 67, 60, 48), (72, 67, 60, 48))
    assert parallels_per_100(still) == 0.0


def test_crossing_leaps_and_single_steps() -> None:
    assert crossing_rate(piece((60, 64, 55, 48))) == 1.0
    # Of nine intervals one is wider than a minor sixth.
    wide = piece((72, 67, 64, 48), (72, 67, 64, 57), (72, 67, 64, 57), (72, 67, 64, 57))
    assert leap_rate(wide) == pytest.approx(1 / 9)
    assert lone_sixteenth_rate(piece(*CADENCE, steps=1)) == 1.0


def test_repeated_notes_need_the_same_pitch_without_a_pause() -> None:
    again = piece((72, 67, 64, 48), (72, 67, 64, 50))
    assert repeated_note_rate(again) == pytest.approx(2 / 3)
    paused = piece((72, 67, 64, 48), (72, -1, -1, -1), (72, 67, 64, 48))
    assert repeated_note_rate(paused) == 0.0
    assert all_sounding_rate(paused) == pytest.approx(2 / 3)


def test_notes_end_at_the_next_onset_or_a_rest() -> None:
    pitch = np.array([[60] * 4, [60] * 4, [60] * 4, [-1] * 4, [62] * 4], np.int16)
    onset = np.zeros((5, 4), np.bool_)
    onset[[0, 2, 4]] = True
    grid = VoiceGrid(pitch, onset)
    assert grid.notes(0) == [(0, 2, 60), (2, 3, 60), (4, 5, 62)]
    assert duration_histogram([grid]) == Counter({1: 6, 2: 3})
    assert interval_histogram([grid], 3) == Counter({0: 1, 2: 1})


def test_a_composition_becomes_a_grid() -> None:
    tracks = (
        Track("melody", 0, (Note(0, 72, 2), Note(2, 72, 2))),
        Track("chords", 0, (Note(0, 60, 4), Note(0, 64, 4))),
    )
    grid = VoiceGrid.from_composition(Composition(tracks))
    assert grid.pitch[:, 0].tolist() == [72] * 4
    assert grid.onset[:, 0].tolist() == [True, False, True, False]
    assert grid.pitch[:, 1].tolist() == [64] * 4
    assert (grid.pitch[:, 2:] == -1).all()
    assert grid.cut(2).steps == 2


def test_the_jensen_shannon_distance_of_known_histograms() -> None:
    one: Counter[Any] = Counter(a=3, b=1)
    assert js_distance(one, Counter(a=30, b=10)) == pytest.approx(0.0, abs=1e-12)
    assert js_distance(one, Counter(c=5)) == pytest.approx(1.0)
    # p = (1, 0), q = (1/2, 1/2): 1/2 (log2(4/3) + 1/2 log2(2/3) + 1/2 log2(2)).
    expected = 0.5 * (np.log2(4 / 3) + 0.5 * np.log2(2 / 3) + 0.5)
    assert js_distance(Counter(a=1), Counter(a=1, b=1)) == pytest.approx(expected)
    assert js_distance(Counter(), Counter()) == 0.0
    assert js_distance(Counter(), one) == 1.0
    scipy = pytest.importorskip("scipy.spatial.distance")
    other: Counter[Any] = Counter(a=1, b=5, c=2)
    reference = scipy.jensenshannon([3, 1, 0], [1, 5, 2], base=2) ** 2
    assert js_distance(one, other) == pytest.approx(reference)


def test_sets_of_pieces() -> None:
    good, empty = piece(*CADENCE), piece((-1, -1, -1, -1))
    means = measure([good, piece((60, 64, 55, 48))])
    assert means["crossing_rate"] == 0.5
    assert set(distances([good], [good]).values()) == {0.0}
    assert distances([empty], [good])["chord_js"] == 1.0
    assert measure([empty])["in_scale_rate"] == 0.0
    assert difference(good, good) == 0.0
    assert difference(good, piece(*reversed(CADENCE[1:3]), *CADENCE[1:3])) > 0.3
