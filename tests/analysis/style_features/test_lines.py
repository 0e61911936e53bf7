"""How lines move, of lines with known moves."""

import pytest

from composer_app.analysis.style_features.lines import line_features
from tests.analysis.style_features.fragments import Line, held, reading_of

# Two bars of quarters: 2, 2, -2, 0 (into the second bar), 7, -2, 0 semitones.
ALTO: Line = [(pitch, 4) for pitch in (60, 62, 64, 62, 62, 69, 67, 67)]


@pytest.mark.parametrize(
    ("name", "hits", "of"),
    [
        ("repeated notes", 2, 7),
        ("whole steps", 4, 7),
        ("half steps", 0, 7),
        ("fifths", 1, 7),
        ("steps that rise", 2, 4),
        ("wider moves that rise", 1, 1),
        # 2 2, 2 -2 and 7 -2; repeated notes break the chain.
        ("changes of direction", 2, 3),
        ("steps that go on in the same direction", 1, 2),
        ("leaps turned back by step", 1, 1),
        ("returns to the note before the last", 1, 3),
        ("downbeats that repeat the note", 1, 1),
        ("other beats reached by leap", 1, 6),
        ("off-beats reached by leap", 0, 0),
        ("mean pitch", 513, 8),
        ("range in semitones", 9, 1),
        ("different pitches", 5, 1),
        ("semitones a move", 15, 7),
        ("notes outside the scale", 0, 8),
    ],
)
def test_a_line(name: str, hits: float, of: float) -> None:
    reading = reading_of(held(72, 32), ALTO, held(55, 32), held(48, 32))
    assert line_features(reading)[f"alto: {name}"] == (hits, of)


def test_a_rest_breaks_the_line() -> None:
    tenor: Line = [(55, 4), (-1, 4), (60, 4), (61, 2), (67, 2)]
    features = line_features(reading_of(held(72, 16), held(64, 16), tenor, held(48, 16)))
    assert features["tenor: half steps"] == (1, 2)
    assert features["tenor: fourths"] == (0, 2)
    assert features["tenor: tritones"] == (1, 2)
    # The 67 stands on an off-beat, the 61 on a beat and outside C major.
    assert features["tenor: off-beats reached by leap"] == (1, 1)
    assert features["tenor: notes outside the scale"] == (1, 4)


def test_leaps_in_a_row_and_arpeggios() -> None:
    bass: Line = [(pitch, 4) for pitch in (48, 52, 55, 60, 53)]
    features = line_features(reading_of(held(72, 20), held(67, 20), held(64, 20), bass))
    # 4 3, 3 5, 5 -7.
    assert features["bass: two thirds or leaps in one direction"] == (2, 3)
    assert features["bass: leaps before leaps"] == (1, 1)
    assert features["bass: leaps prepared by a move against them"] == (1, 2)
    assert features["bass: thirds that rise"] == (2, 2)


def test_a_silent_voice_counts_nothing() -> None:
    features = line_features(reading_of(held(72, 16), held(-1, 16), held(60, 16), held(48, 16)))
    assert features["alto: repeated notes"] == (0, 0)
    assert features["alto: range in semitones"] == (0, 0)
    assert features["alto: mean pitch"] == (0, 0)
