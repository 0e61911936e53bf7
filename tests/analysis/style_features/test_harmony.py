"""Chords by degree, of progressions that everybody knows."""

from composer_app.analysis.style_features.harmony import harmony_features
from tests.analysis.style_features.fragments import chords, reading_of

I_IV_V_I = ((72, 67, 64, 48), (72, 69, 65, 53), (71, 67, 62, 55), (72, 67, 64, 48))


def test_a_cadence_in_c_major() -> None:
    features = harmony_features(reading_of(*chords(*I_IV_V_I)))
    assert features["chords on I"] == (2, 4)
    assert features["chords on V"] == (1, 4)
    assert features["major triads"] == (4, 4)
    assert features["chords in root position"] == (4, 4)
    assert features["progressions I IV"] == (1, 3)
    assert features["progressions IV V"] == (1, 3)
    assert features["progressions V I"] == (1, 3)
    assert features["progressions V IV"] == (0, 3)
    assert features["roots that move up a fourth"] == (2, 3)
    assert features["roots that move up a step"] == (1, 3)
    assert features["second beats with another root"] == (1, 1)
    assert features["fourth beats with the same bass"] == (0, 1)
    assert features["beats with another chord"] == (3, 3)
    assert features["bass on I"] == (2, 4)
    assert features["bass outside the scale on beats"] == (0, 4)


def test_inversions_and_a_chord_that_stays() -> None:
    features = harmony_features(
        reading_of(*chords((72, 67, 60, 52), (72, 64, 60, 55), (72, 64, 60, 55), (72, 67, 60, 48)))
    )
    assert features["chords in first inversion"] == (1, 4)
    assert features["chords in second inversion"] == (2, 4)
    assert features["beats with another chord"] == (0, 3)
    assert features["progressions I V"] == (0, 0)
    assert features["third beats with the same bass"] == (1, 1)


def test_a_dominant_of_the_dominant() -> None:
    features = harmony_features(reading_of(*chords((72, 69, 66, 50), (71, 67, 62, 43))))
    assert features["dominant sevenths"] == (1, 2)
    assert features["dominant sevenths of other degrees that resolve"] == (1, 1)
    assert features["progressions II V"] == (1, 1)


def test_a_chord_that_comes_back() -> None:
    features = harmony_features(reading_of(*chords(I_IV_V_I[0], I_IV_V_I[2], I_IV_V_I[0])))
    assert features["chords that come back after one other"] == (1, 1)


def test_silence_has_no_chord() -> None:
    features = harmony_features(reading_of(*chords(I_IV_V_I[0], (-1, -1, -1, -1), I_IV_V_I[2])))
    assert features["chords on I"] == (1, 2)
    assert features["progressions I V"] == (0, 0)
    assert features["bass on V"] == (1, 2)
