"""Motion of two voices, and of all of them."""

from composer_app.analysis.style_features.motion import motion_features
from tests.analysis.style_features.fragments import chords, held, reading_of


def test_parallels() -> None:
    features = motion_features(
        reading_of(*chords((72, 69, 60, 48), (74, 71, 57, 50), (76, 67, 55, 52)))
    )
    assert features["soprano and alto: parallel thirds"] == (1, 2)
    assert features["soprano and alto: in the same direction"] == (1, 2)
    assert features["soprano and bass: parallel fifths and octaves"] == (2, 2)
    assert features["soprano and tenor: in the same direction"] == (0, 2)
    assert features["alto and tenor: move at once"] == (2, 2)
    assert features["all four voices move in one direction"] == (0, 2)


def test_hidden_octaves() -> None:
    features = motion_features(reading_of(*chords((67, 64, 60, 45), (72, 67, 64, 48))))
    assert features["soprano and bass: hidden fifths and octaves"] == (1, 1)
    assert features["soprano and bass: hidden fifths and octaves with a leap above"] == (1, 1)
    assert features["all four voices move in one direction"] == (1, 1)
    # A sixth to a sixth.
    assert features["tenor and bass: parallel sixths"] == (0, 1)


def test_parallel_sixths() -> None:
    features = motion_features(reading_of(*chords((72, 64, 55, 48), (74, 65, 57, 43))))
    assert features["soprano and alto: parallel sixths"] == (1, 1)
    assert features["alto and tenor: parallel sixths"] == (1, 1)
    assert features["soprano and alto: parallel thirds"] == (0, 1)


def test_how_many_voices_move() -> None:
    reading = reading_of(
        [(72, 4), (74, 4), (76, 4)],
        [(67, 4), (67, 2), (65, 2), (67, 4)],
        [(64, 4), (62, 2), (60, 2), (64, 4)],
        held(48, 12),
    )
    features = motion_features(reading)
    # The first beat is the beginning. On the second the tenor moves, on the third it and the alto.
    assert features["beats at which 1 lower voices move"] == (1, 2)
    assert features["beats at which 2 lower voices move"] == (1, 2)
    assert features["off-beats at which 2 lower voices move"] == (1, 3)
    assert features["off-beats at which 0 lower voices move"] == (2, 3)
    assert features["tenor and bass: move at once"] == (0, 3)
