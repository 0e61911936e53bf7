"""Features of several passages, and the few that are metrics as well."""

import numpy as np
import pytest

from composer_app.analysis.style_features import (
    STYLE_MEASURES,
    FeatureMatrix,
    Reading,
    measure_style,
    style_features,
)
from tests.analysis.style_features.fragments import chords, held, reading_of

G7 = reading_of(*chords((71, 65, 62, 55), (72, 64, 60, 48)), closes=True)
C = reading_of(*chords((72, 67, 64, 48), (71, 67, 62, 55)))
SILENT = reading_of(held(72, 32), held(-1, 32), held(-1, 32), held(-1, 32))


def judged(*readings: Reading) -> list[tuple]:  # type: ignore[type-arg]
    return [(each.grid, each.passage) for each in readings]


def test_every_passage_has_every_feature() -> None:
    names = [list(style_features(*each)) for each in judged(G7, C, SILENT)]
    assert names[0] == names[1] == names[2]
    assert len(names[0]) == len(set(names[0])) > 400


def test_values_of_each_passage_and_of_all() -> None:
    matrix = FeatureMatrix.of_passages(judged(G7, C, SILENT))
    sevenths = matrix.names.index("sevenths that resolve down")
    tonic = matrix.names.index("opens with the tonic in the bass")
    assert np.isnan(matrix.values[1:, sevenths]).all()
    assert matrix.values[0, sevenths] == matrix.pooled[sevenths] == 1.0
    assert matrix.values[:2, tonic].tolist() == [0.0, 1.0]
    assert matrix.pooled[tonic] == 0.5
    never = matrix.names.index("tenor: sixteenths that pass")
    assert np.isnan(matrix.pooled[never])
    assert matrix.rows(np.array([2, 0])).hits[:, sevenths].tolist() == [0.0, 1.0]
    both = FeatureMatrix.joined([matrix, matrix])
    assert both.hits.shape == (6, len(matrix.names))


def test_no_passages_have_no_features() -> None:
    with pytest.raises(ValueError, match="no passages"):
        FeatureMatrix.of_passages([])


def test_the_key_says_nothing() -> None:
    """A piece and the same a third higher differ in their mean pitches alone."""
    low = reading_of(*chords((71, 65, 62, 55), (72, 64, 60, 48), (72, 69, 65, 53)))
    lines = [
        [(pitch + 4, steps) for pitch, steps in line]
        for line in chords((71, 65, 62, 55), (72, 64, 60, 48), (72, 69, 65, 53))
    ]
    high = reading_of(*lines, tonic=4)
    one, two = (style_features(*each) for each in judged(low, high))
    assert {name for name in one if one[name] != two[name]} == {
        "alto: mean pitch",
        "tenor: mean pitch",
        "bass: mean pitch",
    }


def test_the_metrics_of_an_evaluation() -> None:
    assert measure_style(judged(G7, C)) == {
        "suspensions_per_100": 0.0,
        "sevenths_resolving": 1.0,
        "tonic_opening_rate": 0.5,
        "phrase_end_motion": 0.0,
    }
    assert measure_style([]) == dict.fromkeys(STYLE_MEASURES)
