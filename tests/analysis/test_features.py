import json
from dataclasses import asdict

import numpy as np
import pytest

from composer_app.analysis.features import (
    FEATURES,
    IN_KEY,
    LENGTH,
    ON_BEAT,
    PITCH,
    VELOCITY,
    Feature,
    Spread,
    feature_values,
    summary,
)
from composer_app.music.composition import Composition, Track
from composer_app.music.note import Note
from composer_app.music.timing import Meter, TempoMap

# A scale of C major in quarters with a C sharp that comes one sixteenth late.
SCALE = [Note(4 * i, pitch, 4, 70 + i) for i, pitch in enumerate((60, 62, 64, 65, 67, 69, 71, 72))]
UPPER = Track("Soprano", 40, (*SCALE, Note(33, 61, 1, 100)))
LOWER = Track("Bass", 42, (Note(0, 48, 32, 60),))
PIECE = Composition((UPPER, LOWER, Track("Tacet")), TempoMap.constant(90), Meter(4, 4), "Scale")


@pytest.mark.parametrize(
    ("feature", "counted"),
    [
        (PITCH, [60, 62, 64, 65, 67, 69, 71, 72, 61]),
        (LENGTH, [4] * 8 + [1]),
        (VELOCITY, [70, 71, 72, 73, 74, 75, 76, 77, 100]),
        (IN_KEY, [1] * 8 + [0]),
        (ON_BEAT, [1] * 8 + [0]),
    ],
)
def test_values_of_a_track_counted_by_hand(feature: Feature, counted: list[float]) -> None:
    values = feature_values(PIECE, feature, [0])
    assert values.dtype == np.float64
    assert values.tolist() == counted


def test_tracks_are_chosen_by_index_and_follow_each_other() -> None:
    assert feature_values(PIECE, PITCH)[-1] == 48
    assert feature_values(PIECE, PITCH, [1, 0])[0] == 48
    assert feature_values(PIECE, PITCH, [2]).shape == (0,)
    assert feature_values(Composition(), IN_KEY).shape == (0,)


def test_the_key_is_that_of_the_whole_piece() -> None:
    only_f_sharp = Track("F sharp", 0, (Note(0, 66, 1),))
    piece = Composition((UPPER, LOWER, only_f_sharp))
    assert feature_values(piece, IN_KEY, [2]).tolist() == [0]


def test_the_beat_of_six_eight_is_the_dotted_quarter() -> None:
    notes = tuple(Note(2 * eighth, 60, 2) for eighth in range(6))
    piece = Composition((Track("", 0, notes),), meter=Meter(6, 8))
    assert feature_values(piece, ON_BEAT).tolist() == [1, 0, 0, 1, 0, 0]


def test_summary_of_a_piece() -> None:
    figures = summary(PIECE)
    assert (figures.title, figures.key, figures.meter) == ("Scale", "C major", "4/4")
    assert (figures.tempo, figures.bars, figures.notes) == (90.0, 3, 10)
    upper, lower, tacet = figures.tracks
    assert (upper.name, upper.program, upper.notes) == ("Soprano", 40, 9)
    assert (upper.lowest, upper.highest) == (60, 72)
    assert upper.length == Spread(33 / 9, 1.0)
    assert upper.in_key == upper.on_beat == pytest.approx(8 / 9)
    assert lower.pitch == Spread(48.0, None)
    assert (tacet.notes, tacet.lowest, tacet.pitch, tacet.in_key) == (0, None, None, None)


def test_summary_is_plain_data_even_of_nothing() -> None:
    figures = json.loads(json.dumps(asdict(summary(Composition()))))
    assert figures["key"] is None
    assert figures["tracks"] == []


def test_features_are_told_apart_by_their_ids() -> None:
    assert [feature.id for feature in FEATURES] == [
        "pitch",
        "length",
        "velocity",
        "in_key",
        "on_beat",
    ]
    assert [feature.kind for feature in FEATURES] == ["number"] * 3 + ["trial"] * 2
