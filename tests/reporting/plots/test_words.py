import csv
import io

import numpy as np
import pytest

from composer_app.analysis.features import IN_KEY, INTERVAL, LENGTH, PITCH, PITCH_CLASS, VELOCITY
from composer_app.analysis.fitting import fit_gaussian
from composer_app.music.composition import Composition, Track
from composer_app.music.note import Note
from composer_app.reporting.plots.picture import Picture, picture_of
from composer_app.reporting.plots.question import Against, Question
from composer_app.reporting.plots.words import (
    figures,
    number,
    plain_sentence,
    read,
    reference_sentence,
    selection_sentence,
    table,
)

BACH = Against("style", "Bach", style="bach")
SCALE = [Note(4 * i, pitch, 4) for i, pitch in enumerate((60, 62, 64, 65, 67, 69, 71, 72))]


def shown(notes: list[Note], feature: object, **more: object) -> Picture:
    composition = Composition((Track("Soprano", notes=tuple(notes)),))
    picture = picture_of(Question(composition, feature, **more))  # type: ignore[arg-type]
    assert picture is not None
    return picture


def test_an_interval_has_its_probability_and_its_share() -> None:
    picture = shown(SCALE, PITCH)
    reading = read(picture, 63.5, 67.5)
    assert (reading.observed, reading.total, reading.share) == (3, 8, 3 / 8)
    gaussian = fit_gaussian(picture.values, test=False).distribution
    assert reading.expected == pytest.approx(gaussian.cdf(67.5) - gaussian.cdf(63.5))
    assert reading.expected is not None
    assert reading.sentence == f"E4–G4: 3 (38 %) · curve {100 * reading.expected:.0f} %"


def test_an_interval_beside_a_style() -> None:
    picture = shown(SCALE, LENGTH, part="melody", against=BACH)
    reading = read(picture, 3.5, 4.5)
    assert reading.usual is not None
    assert 0.5 < reading.usual < 1
    assert reading.sentence == f"4: 8 (100 %) · Bach {100 * reading.usual:.0f} %"


def test_groups_of_trials_are_read_like_values() -> None:
    picture = shown([*SCALE, Note(40, 61, 4)] * 1, IN_KEY)
    reading = read(picture, -0.5, 8.5)
    assert reading.expected == pytest.approx(1)
    assert reading.observed == reading.total == 1
    assert reading.where == "0–8 of 8"


def test_the_figures_of_numbers_trials_and_categories() -> None:
    assert figures(shown(SCALE, PITCH)) == (
        ("notes", "8"),
        ("mean", "66.2"),
        ("std. dev.", "4.3"),
        ("distance", "–"),
    )
    trials = dict(figures(shown(SCALE, IN_KEY, against=BACH)))
    assert trials["p"] == "1.00"
    assert float(trials["from Bach"]) > 0
    assert dict(figures(shown(SCALE, PITCH_CLASS)))["mean"] == "–"


def test_what_equal_and_single_values_say() -> None:
    single = shown(SCALE[:1], PITCH)
    assert plain_sentence(single, None) == "A single note has no spread yet."
    assert dict(figures(single))["std. dev."] == "–"
    assert plain_sentence(shown(SCALE, LENGTH), None) == "All 8 notes are equal in this."


def test_the_sentences_about_fit_and_style() -> None:
    values = np.random.default_rng(1).normal(60, 8, 200).round()
    notes = [Note(i, int(v), 1) for i, v in enumerate(values)]
    picture = shown(notes, PITCH, against=BACH)
    goodness = fit_gaussian(picture.values, name="pitches").goodness
    assert plain_sentence(picture, goodness) == goodness.sentence
    assert plain_sentence(picture, None) == "", "not yet known"
    assert reference_sentence(picture).startswith("Wasserstein distance ")
    assert " semitones from Bach (mean " in reference_sentence(picture)


def test_why_there_is_nothing_to_compare_with() -> None:
    assert reference_sentence(shown(SCALE, PITCH)) == ""
    assert "no velocities" in reference_sentence(shown(SCALE, VELOCITY, against=BACH))
    assert "Place in the scale" in reference_sentence(shown(SCALE, PITCH_CLASS, against=BACH))
    same = shown(SCALE, PITCH, against=Against("piece", "whole piece"))
    assert reference_sentence(same).startswith("These are the same notes")


def test_the_selection_is_laid_beside_the_whole() -> None:
    high = frozenset((0, note) for note in SCALE[6:])
    sentence = selection_sentence(shown(SCALE, PITCH, selected=high))
    assert sentence.startswith("Selected: 2 of 8 notes, mean 71.5 (C5), 5.2 above that of all;")
    assert selection_sentence(shown(SCALE, PITCH)) == ""
    trials = selection_sentence(shown([*SCALE, Note(32, 61, 1)], IN_KEY, selected=high))
    assert trials == "Selected: 2 of 9 notes, 100 % in the key; of all 89 %."


@pytest.mark.parametrize("feature", [PITCH, INTERVAL, IN_KEY, PITCH_CLASS])
def test_the_table_has_every_value(feature: object) -> None:
    picture = shown(SCALE, feature, against=BACH)
    rows = list(csv.reader(io.StringIO(table(picture))))
    assert len(rows) == 1 + picture.heights.size
    assert sum(int(row[3]) for row in rows[1:]) == picture.total
    assert sum(float(row[4]) for row in rows[1:]) == pytest.approx(1)


@pytest.mark.parametrize(
    ("value", "text"),
    [(-0.04, "0.0"), (0.0, "0.0"), (-0.06, "−0.1"), (-10.04, "−10.0"), (3.25, "3.2")],
)
def test_what_is_rounded_to_nothing_has_no_sign(value: float, text: str) -> None:
    assert number(value) == text
