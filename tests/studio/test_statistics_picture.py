import numpy as np
import pytest

from composer_app.analysis.features import FEATURES, IN_KEY, LENGTH, ON_BEAT, PITCH, VELOCITY
from composer_app.music.composition import Composition, Track
from composer_app.music.note import Note
from composer_app.studio.statistics_picture import GROUP, picture_of


def piece(*tracks: list[Note]) -> Composition:
    return Composition(tuple(Track(f"Track {i}", notes=tuple(t)) for i, t in enumerate(tracks)))


SCALE = [Note(4 * i, pitch, 4, 60 + i) for i, pitch in enumerate((60, 62, 64, 65, 67, 69, 71, 72))]


@pytest.mark.parametrize("feature", FEATURES, ids=lambda feature: feature.id)
def test_without_notes_there_is_no_picture(feature: object) -> None:
    assert picture_of(Composition(), feature, None) is None  # type: ignore[arg-type]
    assert picture_of(piece([], SCALE), feature, 0) is None  # type: ignore[arg-type]


def test_bars_count_every_note_once() -> None:
    picture = picture_of(piece(SCALE), PITCH, None)
    assert picture is not None
    assert picture.heights.tolist() == [1, 0, 1, 0, 1, 1, 0, 1, 0, 1, 0, 1, 1]
    assert picture.edges[0] == 59.5
    assert picture.edges[-1] == 72.5
    assert picture.names_pitches


def test_a_wide_range_is_gathered_into_fewer_bars() -> None:
    notes = [Note(i, i, 1, i) for i in range(1, 128)]
    picture = picture_of(piece(notes), VELOCITY, None)
    assert picture is not None
    assert len(picture.heights) <= 28
    assert picture.heights.sum() == 127


def test_the_curve_is_the_normal_distribution_in_notes() -> None:
    picture = picture_of(piece(SCALE), PITCH, None)
    assert picture is not None
    assert picture.mean == pytest.approx(66.25)
    assert picture.stdev == pytest.approx(np.std([n.pitch for n in SCALE], ddof=1))
    assert picture.fit_y.max() == pytest.approx(8 / (picture.stdev * np.sqrt(2 * np.pi)), rel=1e-3)
    assert picture.fit_x[picture.fit_y.argmax()] == pytest.approx(66.25, abs=0.1)
    assert dict(picture.numbers) == {"notes": "8", "mean": "66.2", "standard dev.": "4.3"}
    assert "around F♯4" in picture.sentence


def test_the_sentence_counts_what_lies_near_the_mean() -> None:
    notes = [Note(4 * i, 60, 1, v) for i, v in enumerate((50, 60, 60, 60, 60, 60, 60, 60, 60, 70))]
    picture = picture_of(piece(notes), VELOCITY, None)
    assert picture is not None
    assert picture.sentence.startswith("80% of the notes lie within one standard deviation;")


@pytest.mark.parametrize(
    ("notes", "stdev", "sentence"),
    [
        ([Note(0, 60, 4)], "–", "A single note has no spread yet."),
        ([Note(0, 60, 4), Note(4, 60, 4)], "0.0", "All 2 notes are equal in this."),
    ],
)
def test_without_spread_there_is_no_curve(notes: list[Note], stdev: str, sentence: str) -> None:
    picture = picture_of(piece(notes), LENGTH, None)
    assert picture is not None
    assert picture.fit_y.size == 0
    assert picture.stdev is None
    assert dict(picture.numbers)["standard dev."] == stdev
    assert picture.sentence == sentence
    assert picture.x_label == "sixteenths"


def test_one_track_or_all() -> None:
    composition = piece(SCALE, [Note(0, 40, 4), Note(4, 40, 4)])
    both, second = picture_of(composition, PITCH, None), picture_of(composition, PITCH, 1)
    assert both is not None
    assert second is not None
    assert (both.heights.sum(), second.heights.sum()) == (10, 2)


def test_trials_are_counted_in_groups() -> None:
    # Every other note begins on a beat: four of each group of eight.
    notes = [Note(2 * i, 60, 1) for i in range(20)]
    picture = picture_of(piece(notes), ON_BEAT, None)
    assert picture is not None
    assert picture.heights.tolist() == [0, 0, 0, 0, 100, 0, 0, 0, 0]
    assert picture.discrete
    assert picture.mean == GROUP / 2
    assert picture.stdev == pytest.approx(np.sqrt(2))
    assert picture.fit_y.sum() == pytest.approx(100)
    assert picture.fit_y[4] == pytest.approx(100 * 70 / 256)
    assert picture.sentence == "10 of 20 notes (50%) are on a beat."
    assert dict(picture.numbers) == {"notes": "20", "p": "0.50", "standard dev.": "2.2"}


def test_few_trials_are_one_group() -> None:
    picture = picture_of(piece(SCALE[:3]), IN_KEY, None)
    assert picture is not None
    assert picture.heights.tolist() == [0, 0, 0, 100]
    assert picture.stdev is None
    assert picture.sentence.startswith("3 of 3 notes (100%) are in ")
