"""The notebook's metrics on pieces counted by hand, and beside those of other modules."""

import numpy as np
import pretty_midi
import pytest

from composer_app.analysis.metrics import voice_metrics
from composer_app.analysis.metrics.roll_metrics import (
    ROLL_METRICS,
    empty_bar_rate,
    in_scale_rate,
    pitch_class_count,
    polyphonic_rate,
    similarity_index,
    unique_pitches_per_bar,
)
from composer_app.analysis.voice_grid import Passage, VoiceGrid
from composer_app.music.composition import Composition, Track
from composer_app.music.note import Note

# Two bars of 4/4. The melody goes C D in the first bar, and E is held over the bar line; below,
# a third shadows its first move and stays away from the second bar.
MELODY = Track("Melody", 0, (Note(0, 72, 4), Note(4, 74, 4), Note(8, 76, 20)))
SHADOW = Track("Shadow", 0, (Note(0, 69, 4), Note(4, 71, 2), Note(8, 78, 4)))
PIECE = Composition((MELODY, SHADOW, Track("Tacet")))


def random_voices(seed: int, steps: int = 64) -> Composition:
    """Four voices that move every quarter or rest."""
    rng = np.random.default_rng(seed)
    tracks = []
    for middle in (72, 65, 57, 48):
        notes = [
            Note(start, int(middle + rng.integers(-5, 6)), 4)
            for start in range(0, steps, 4)
            if rng.random() < 0.9
        ]
        tracks.append(Track("", 0, tuple(notes)))
    return Composition(tuple(tracks))


def test_counted_by_hand() -> None:
    # Of six bars of three tracks, the shadow's second and both of the third track are empty.
    assert empty_bar_rate(PIECE) == pytest.approx(3 / 6)
    assert empty_bar_rate(PIECE, [0]) == 0.0
    # C, D, E and E; A, B, F sharp and nothing; nothing twice.
    assert unique_pitches_per_bar(PIECE) == pytest.approx((3 + 1 + 3 + 0 + 0 + 0) / 6)
    assert pitch_class_count(PIECE) == 6
    assert pitch_class_count(PIECE, [0]) == 3
    # Both sound for 4 + 2 + 4 of 28 steps.
    assert polyphonic_rate(PIECE) == pytest.approx(10 / 28)
    # Two moves; the first is doubled, at the second the shadow has just rested.
    assert similarity_index(PIECE) == pytest.approx(1 / 2)


def test_the_scale_is_that_of_the_piece_and_counts_steps() -> None:
    # D major; the only other note, C, lasts 2 of 66 steps, C sharp 8.
    scale = (62, 64, 66, 67, 69, 71, 73, 74)
    notes = (*(Note(8 * i, pitch, 8) for i, pitch in enumerate(scale)), Note(64, 72, 2))
    assert in_scale_rate(Composition((Track("", 0, notes),))) == pytest.approx(64 / 66)
    beside = Composition((Track("", 0, notes), Track("", 0, (Note(0, 60, 1),))))
    assert in_scale_rate(beside, [1]) == 0.0


@pytest.mark.parametrize("seed", range(5))
def test_four_voices_measure_as_in_the_evaluation(seed: int) -> None:
    piece = random_voices(seed)
    grid = VoiceGrid.from_composition(piece)
    passage = Passage.regular(grid, 16)
    assert similarity_index(piece) == pytest.approx(
        voice_metrics.melody_similarity(grid, passage).share
    )
    assert in_scale_rate(piece) == pytest.approx(voice_metrics.in_scale_rate(grid, passage).share)
    lower = [1, 2, 3]
    assert empty_bar_rate(piece, lower) == voice_metrics.empty_bar_rate(grid, passage).share


@pytest.mark.parametrize("seed", range(3))
def test_polyphony_is_that_of_pretty_midis_piano_roll(seed: int) -> None:
    piece = random_voices(seed)
    other = pretty_midi.PrettyMIDI(initial_tempo=150)
    for track in piece.tracks:
        instrument = pretty_midi.Instrument(0)
        instrument.notes = [
            pretty_midi.Note(80, n.pitch, n.start / 10, n.end / 10) for n in track.notes
        ]
        other.instruments.append(instrument)
    sounding = (other.get_piano_roll(fs=10) > 0).sum(axis=0)
    assert polyphonic_rate(piece) == pytest.approx((sounding >= 2).mean())


def test_of_nothing_nothing_is_measured() -> None:
    assert [function(Composition()) for function in ROLL_METRICS.values()] == [None] * 6
    silent = Composition((Track("Tacet"),))
    assert [function(silent) for function in ROLL_METRICS.values()] == [None] * 6
    held = Composition((Track("", 0, (Note(0, 60, 4),)), Track("", 0, (Note(0, 48, 4),))))
    assert similarity_index(held) is None
