import numpy as np
import pytest

from composer_app.analysis.metrics.metrics import (
    METRICS,
    measure_distances,
    measure_passage,
    passage_histograms,
)
from composer_app.analysis.metrics.voice_metrics import VOICE_METRICS
from composer_app.analysis.voice_grid import Passage, VoiceGrid
from composer_app.music.composition import Composition, Track
from composer_app.music.note import Note
from tests.analysis.references import reference

BY_ID = {metric.id: metric for metric in METRICS}


def grid_of(*voices: list[tuple[int, int, int]]) -> VoiceGrid:
    """Voices of (start, pitch, duration)."""
    tracks = (Track("", 0, tuple(Note(*note) for note in notes)) for notes in voices)
    return VoiceGrid.from_composition(Composition(tuple(tracks)))


# One bar. The melody: C, a step up, a repeated note, a leap of a fifth off the beat. Below: a
# third voice that changes after a half, one that holds, one that repeats its note.
GRID = grid_of(
    [(0, 60, 4), (4, 62, 4), (8, 62, 2), (10, 69, 6)],
    [(0, 57, 8), (8, 55, 8)],
    [(0, 53, 16)],
    [(0, 41, 6), (6, 41, 10)],
)


def test_counted_by_hand() -> None:
    found = measure_passage(GRID, Passage.regular(GRID, 16))
    assert found["melody_range"] == 9
    assert found["melody_leaps"] == 1 / 2
    assert found["melody_length"] == 4
    assert found["melody_on_beat"] == 3 / 4
    assert found["note_length"] == pytest.approx(48 / 5)
    assert found["on_beat"] == 4 / 5
    assert found["unique_pitches"] == pytest.approx(4 / 3)
    assert found["pitch_classes"] == 5
    assert found["repeated_note_rate"] == 1 / 2


def test_the_evaluation_s_metrics_are_its_own() -> None:
    piece = reference(3)
    passage = Passage.regular(piece.grid, 16)
    found = measure_passage(piece.grid, passage)
    shared = set(found) & set(VOICE_METRICS)
    assert len(shared) == 14
    for name in shared:
        assert found[name] == VOICE_METRICS[name](piece.grid, passage).share


def test_a_melody_alone_is_measured_as_such() -> None:
    melody = grid_of([(0, 60, 4), (4, 67, 4)])
    found = measure_passage(melody, Passage.regular(melody, 16), voices=1)
    assert set(found) == {m.id for m in METRICS if m.group == "melody"}
    rest = VoiceGrid(np.full((4, 4), -1, np.int16), np.zeros((4, 4), np.bool_))
    assert measure_passage(rest, Passage.regular(rest, 16), voices=1) == {}


def test_nothing_is_far_from_itself_or_from_its_transposition() -> None:
    piece = reference(3).grid
    higher = VoiceGrid(piece.pitch + np.int16(5), piece.onset)
    own, moved = (passage_histograms(g, Passage.regular(g, 16)) for g in (piece, higher))
    found = measure_distances(moved, own)
    assert set(found) == set(BY_ID) - set(measure_passage(piece, Passage.regular(piece, 16)))
    assert max(found.values()) == pytest.approx(0, abs=1e-12)
    own = passage_histograms(GRID, Passage.regular(GRID, 16))
    slower = grid_of([(0, 60, 8)], [(0, 57, 8)], [(0, 53, 8)], [(0, 41, 8)])
    found = measure_distances(passage_histograms(slower, Passage.regular(slower, 16)), own)
    # Lengths 8, 8, 8 instead of 6, 8, 8, 10, 16.
    assert found["length_distance"] == pytest.approx((2 + 2 + 8) / 5)
    # Its voices have no intervals.
    assert "interval_distance" not in found


@pytest.mark.parametrize(
    ("metric", "value", "text"),
    [
        ("melody_dissonance", 0.14, "14 %"),
        ("melody_dissonance", 0.0, "0 %"),
        ("melody_dissonance", 0.0241, "2.4 %"),
        ("melody_dissonance", 1.0, "100 %"),
        ("voice_range", 12.34, "12.3"),
        ("parallels_per_100", 0.125, "0.12"),
    ],
)
def test_values_are_said_as_people_read_them(metric: str, value: float, text: str) -> None:
    assert BY_ID[metric].text(value) == text


def test_metrics_are_told_apart_and_said_in_words() -> None:
    assert len(BY_ID) == len(METRICS) == 26
    assert all(m.words[0].islower() and not m.words.endswith(".") for m in METRICS)
