"""Passing notes, suspensions, dissonances and sevenths, each planted and found."""

import pytest

from composer_app.analysis.style_features.ornaments import (
    ornament_features,
    sevenths,
    sevenths_resolving,
    suspensions,
    suspensions_per_100,
)
from tests.analysis.style_features.fragments import Line, chords, held, reading_of


def test_off_beats_that_pass_and_that_return() -> None:
    tenor: Line = [(48, 2), (50, 2), (52, 2), (53, 2), (52, 2), (57, 2), (55, 2), (55, 2), (55, 4)]
    reading = reading_of(held(72, 20), held(64, 20), tenor, held(36, 20))
    features = ornament_features(reading)
    # 50 passes, 53 is a neighbour, 57 is left by step, the second 55 anticipates.
    assert features["tenor: off-beats that pass"] == (1, 4)
    assert features["tenor: off-beats that are neighbours"] == (1, 4)
    assert features["tenor: off-beats reached by leap and left by step"] == (1, 4)
    assert features["tenor: off-beats that anticipate"] == (1, 4)
    # On beats: 52 after 50 passes, 52 after 53 leaps away, 55 after 57 stays.
    assert features["tenor: short notes on beats that pass"] == (1, 3)
    assert features["tenor: short notes on beats reached by step and left by leap"] == (1, 3)


def suspended(*alto: tuple[int, int]) -> list[Line]:
    """F major, then C in soprano and bass, while the alto begins with an F."""
    return [[(69, 4), (67, 4)], [(65, 4), *alto], held(60, 8), [(53, 4), (48, 4)]]


@pytest.mark.parametrize(
    ("alto", "expected"),
    [
        # A 4-3 suspension, held or struck again: beat, voice, resolution, interval above the bass.
        ([(65, 2), (64, 2)], [[4, 1, -1, 5]]),
        # It resolves upwards, to a leap, or not at all.
        ([(65, 2), (67, 2)], [[4, 1, 2, 5]]),
        ([(65, 2), (60, 2)], [[4, 1, -5, 5]]),
        ([(65, 4)], [[4, 1, 0, 5]]),
        ([(65, 2), (-1, 2)], [[4, 1, 0, 5]]),
        ([(64, 4)], []),
    ],
)
def test_a_suspension(alto: Line, expected: list[list[int]]) -> None:
    reading = reading_of(*suspended(*alto))
    assert suspensions(reading).tolist() == expected
    good = sum(-2 <= row[2] < 0 for row in expected)
    assert suspensions_per_100(reading) == (100 * good, 2)
    features = ornament_features(reading)
    assert features["suspensions 4-3 per 100 beats"] == (100 * good, 2)
    assert features["alto: suspensions per 100 beats"] == (100 * good, 2)
    assert features["held dissonances that resolve down"] == (good, len(expected))


def test_what_is_no_suspension() -> None:
    # The dissonance was there before: nobody prepared it.
    lines = suspended((65, 2), (64, 2))
    lines[0] = [(67, 2), (69, 1), (67, 1), (67, 4)]
    assert suspensions(reading_of(*lines)).size == 0
    # A second against a voice that does not move.
    lines = [held(67, 8), [(65, 6), (64, 2)], held(60, 8), held(53, 8)]
    assert suspensions(reading_of(*lines)).size == 0


G7 = (71, 65, 62, 55)


@pytest.mark.parametrize(
    ("first", "second", "rows"),
    [
        (G7, (72, 64, 60, 48), [[1, 0, -1]]),
        (G7, (72, 67, 60, 48), [[1, 0, 2]]),
        # Without its fifth, in third inversion.
        ((71, 67, 55, 53), (72, 67, 55, 52), [[3, 0, -1]]),
        # A minor seventh chord; half-diminished; major.
        ((69, 65, 62, 60), (67, 65, 62, 59), [[3, 0, -1]]),
        ((69, 65, 62, 59), (67, 64, 62, 60), [[0, 0, -2]]),
        ((76, 71, 67, 60), (76, 69, 65, 65), [[1, 0, -2]]),
        # No seventh chord, or one that does not say which tone the seventh is.
        ((72, 67, 64, 48), (71, 67, 62, 43), []),
        ((68, 65, 62, 59), (67, 64, 60, 60), []),
        # Nothing follows.
        (G7, (-1, -1, -1, -1), []),
    ],
)
def test_sevenths(
    first: tuple[int, int, int, int], second: tuple[int, int, int, int], rows: list[list[int]]
) -> None:
    reading = reading_of(*chords(first, second))
    assert sevenths(reading).tolist() == rows
    down = sum(-2 <= row[2] < 0 for row in rows)
    assert sevenths_resolving(reading) == (down, len(rows))
    assert ornament_features(reading)["sevenths that resolve down"] == (down, len(rows))


def test_the_way_into_a_seventh() -> None:
    features = ornament_features(
        reading_of(*chords((72, 69, 60, 53), G7, (72, 64, 60, 48), (71, 67, 62, 55)))
    )
    assert features["sevenths per beat"] == (1, 4)
    assert features["sevenths reached by leap"] == (1, 1)
    assert features["sevenths in the bass"] == (0, 1)
    assert features["alto: sevenths that resolve down"] == (1, 1)


def test_dissonances_at_beats_and_between() -> None:
    lines = [
        [(72, 4), (74, 4)],
        [(67, 4), (65, 4)],
        [(64, 2), (62, 2), (64, 4)],
        [(48, 4), (59, 4)],
    ]
    features = ornament_features(reading_of(*lines))
    # D F E B: the second beat has seconds and a tritone, struck together.
    assert features["beats with a second or seventh"] == (1, 2)
    assert features["beats with a second or seventh that is struck together"] == (1, 2)
    assert features["beats with a tritone"] == (1, 2)
    # C D: the passing note of the tenor; the bass is below a G, no fourth.
    assert features["off-beats with a second or seventh"] == (2, 2)
    assert features["off-beats with a second or seventh that is struck together"] == (0, 2)
    assert features["beats with a fourth above the bass"] == (1, 2)


def test_leading_tones() -> None:
    features = ornament_features(
        reading_of(*chords((74, 71, 67, 55), (72, 72, 64, 48), (74, 71, 67, 55), (76, 67, 60, 48)))
    )
    assert features["leading tones of the lower voices that rise"] == (1, 2)
    assert features["leading tones of the lower voices that fall by a third"] == (1, 2)
