"""Openings, cadences, and what moves under the last note of a phrase."""

import pytest

from composer_app.analysis.style_features.endings import (
    ending_features,
    final_notes,
    moving_under_final_notes,
    opens_on_tonic,
)
from tests.analysis.style_features.fragments import Line, chords, held, reading_of

C, G = (72, 67, 64, 48), (71, 67, 62, 55)


@pytest.mark.parametrize(
    ("first", "bass", "triad"),
    [(C, 1, 1), ((72, 67, 60, 52), 0, 1), (G, 0, 0), ((72, 69, 65, 48), 1, 0)],
)
def test_openings(first: tuple[int, int, int, int], bass: int, triad: int) -> None:
    reading = reading_of(*chords(first, C, C, C, C))
    assert opens_on_tonic(reading) == (bass, 1)
    features = ending_features(reading)
    assert features["opens with the tonic in the bass"] == (bass, 1)
    assert features["opens on the tonic triad"] == (triad, 1)
    assert features["attacks in the first bar"] == (12, 1)


def test_an_opening_without_a_bass() -> None:
    assert opens_on_tonic(reading_of(*chords((72, 67, 64, -1)))) == (0, 0)


@pytest.mark.parametrize(
    ("tenor", "moving"),
    [([(60, 4), (55, 4)], 0), ([(60, 4), (55, 2), (57, 2)], 1), ([(60, 4), (55, 2), (55, 2)], 1)],
)
def test_movement_under_the_final_note(tenor: Line, moving: int) -> None:
    lines = [[(71, 4), (72, 4)], held(64, 8), tenor, [(43, 4), (48, 4)]]
    closing = reading_of(*lines, closes=True)
    assert final_notes(closing) == [(4, 8)]
    assert moving_under_final_notes(closing) == (moving, 1)
    # Without an ending there is nothing to count; a fermata is one.
    assert moving_under_final_notes(reading_of(*lines)) == (0, 0)
    assert moving_under_final_notes(reading_of(*lines, phrase_ends=(3,))) == (0, 1)


def test_a_cadence() -> None:
    features = ending_features(reading_of(*chords(C, (72, 69, 65, 53), G, C), closes=True))
    assert features["phrases that end on I"] == (1, 1)
    assert features["phrases that end on V"] == (0, 1)
    assert features["bass into phrase ends by a fourth up or a fifth down"] == (1, 1)
    assert features["phrases that end in root position"] == (1, 1)
    assert features["phrases that end on a major triad"] == (1, 1)
    assert features["phrases that end with a third"] == (1, 1)
    assert features["phrases that end with two roots"] == (1, 1)
    assert features["tenor: into phrase ends by step or none"] == (1, 1)
    assert features["bass: into phrase ends by step or none"] == (0, 1)
    assert features["attacks in the two beats before phrase ends"] == (6, 1)
    assert features["phrase ends with an off-beat before them"] == (0, 1)


def test_a_half_cadence_within() -> None:
    lines = chords(C, (72, 69, 65, 53), G, C)
    lines[0] = [(72, 6), (74, 2), (71, 4), (72, 4)]
    lines[1] = [(67, 4), (69, 2), (67, 2), (67, 4), (67, 4)]
    features = ending_features(reading_of(*lines, phrase_ends=(11,)))
    assert features["phrases that end on V"] == (1, 1)
    assert features["bass into phrase ends by a step"] == (1, 1)
    assert features["attacks in the two beats before phrase ends"] == (7, 1)
    assert features["phrase ends with an off-beat before them"] == (1, 1)


def test_a_phrase_that_ends_where_a_voice_rests_has_no_cadence() -> None:
    features = ending_features(reading_of(*chords(C, (72, -1, 64, 48)), closes=True))
    assert features["phrases that end on I"] == (0, 0)
