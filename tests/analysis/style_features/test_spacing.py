"""Distances, crossings and doublings of chords that one can see through."""

from composer_app.analysis.style_features.spacing import spacing_features
from tests.analysis.style_features.fragments import chords, reading_of

C = (72, 67, 64, 48)


def test_the_distances_of_a_chord() -> None:
    features = spacing_features(reading_of(*chords(C)))
    assert features["soprano to alto: a fourth"] == (1, 1)
    assert features["alto to tenor: a third"] == (1, 1)
    assert features["tenor to bass: up to a twelfth"] == (1, 1)
    assert features["tenor to bass: semitones"] == (16, 1)
    assert features["soprano over bass: unisons and octaves"] == (1, 1)
    assert features["upper voices within an octave"] == (1, 1)
    assert features["beats with 3 pitch classes"] == (1, 1)
    assert features["beats with 4 pitch classes"] == (0, 1)


def test_beats_on_which_a_voice_rests_are_not_measured() -> None:
    features = spacing_features(reading_of(*chords(C, (72, -1, 64, 48))))
    assert features["soprano to alto: a fourth"] == (1, 1)
    assert features["triads with a doubled root"] == (1, 1)


def test_crossings_and_overlaps() -> None:
    features = spacing_features(reading_of(*chords(C, (67, 69, 64, 48), (62, 60, 55, 48))))
    assert features["soprano and alto: crossed"] == (4, 12)
    assert features["alto and tenor: crossed"] == (0, 12)
    # The second soprano lies on the first alto, the second alto above it; then the soprano falls
    # below where the alto was.
    assert features["soprano and alto: moves that overlap"] == (1, 2)
    assert features["tenor and bass: moves that overlap"] == (0, 1)
    # The alto falls below the tenor's last note.
    assert features["alto and tenor: moves that overlap"] == (1, 2)


def test_doublings_and_what_is_missing() -> None:
    features = spacing_features(
        reading_of(
            *chords(C, (76, 67, 64, 48), (72, 60, 64, 48), (74, 71, 67, 59), (71, 65, 62, 55))
        )
    )
    # The last is a seventh chord, the fourth has the leading tone twice.
    assert features["triads with a doubled root"] == (2, 4)
    assert features["triads with a doubled third"] == (2, 4)
    assert features["triads without a fifth"] == (1, 4)
    assert features["triads without a third"] == (0, 4)
    assert features["triads with a doubled leading tone"] == (1, 4)
