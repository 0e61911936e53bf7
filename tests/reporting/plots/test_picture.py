import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from composer_app.analysis.features import (
    DEGREE,
    FEATURES,
    IN_KEY,
    LENGTH,
    ON_BEAT,
    PITCH,
    PITCH_CLASS,
    POLYPHONY,
    VELOCITY,
    Feature,
)
from composer_app.analysis.likeness.profiles import load_profile
from composer_app.distributions import Gaussian
from composer_app.music.composition import Composition, Origin, Track
from composer_app.music.note import Note
from composer_app.reporting.plots.picture import Picture, picture_of
from composer_app.reporting.plots.question import Against, Question
from composer_app.studio.statistics.takes import TakeShelf, played

BACH = Against("style", "Bach", style="bach")


def piece(*tracks: list[Note]) -> Composition:
    return Composition(tuple(Track(f"Track {i}", notes=tuple(t)) for i, t in enumerate(tracks)))


def shown(composition: Composition, feature: Feature, **more: object) -> Picture:
    picture = picture_of(Question(composition, feature, **more))  # type: ignore[arg-type]
    assert picture is not None
    return picture


SCALE = [Note(4 * i, pitch, 4, 60 + i) for i, pitch in enumerate((60, 62, 64, 65, 67, 69, 71, 72))]
LOW = [Note(0, 40, 4), Note(4, 40, 4)]


@pytest.mark.parametrize("feature", FEATURES, ids=lambda feature: feature.id)
def test_without_notes_there_is_no_picture(feature: Feature) -> None:
    assert picture_of(Question(Composition(), feature)) is None
    assert picture_of(Question(piece([], SCALE), feature, 0)) is None
    assert picture_of(Question(piece(SCALE), feature, 7)) is None


def test_bars_count_every_note_once() -> None:
    picture = shown(piece(SCALE), PITCH)
    assert picture.heights.tolist() == [1, 0, 1, 0, 1, 1, 0, 1, 0, 1, 0, 1, 1]
    assert picture.edges[0] == 59.5
    assert picture.edges[-1] == 72.5


def test_a_wide_range_is_gathered_into_fewer_bars() -> None:
    picture = shown(piece([Note(i, i, 1, i) for i in range(1, 128)]), VELOCITY)
    assert len(picture.heights) <= 28
    assert picture.heights.sum() == 127


def test_the_curve_is_the_normal_distribution_in_notes() -> None:
    picture = shown(piece(SCALE), PITCH)
    assert picture.mean == pytest.approx(66.25)
    assert picture.stdev == pytest.approx(np.std([n.pitch for n in SCALE], ddof=1))
    assert picture.stdev is not None
    assert picture.fit_y.max() == pytest.approx(8 / (picture.stdev * np.sqrt(2 * np.pi)), rel=1e-3)
    assert picture.fit_x[picture.fit_y.argmax()] == pytest.approx(66.25, abs=0.1)


def test_a_population_divides_by_all() -> None:
    pitches = [n.pitch for n in SCALE]
    population = shown(piece(SCALE), PITCH, sample=False)
    assert population.stdev == pytest.approx(np.std(pitches))
    assert shown(piece(SCALE), PITCH).stdev == pytest.approx(np.std(pitches, ddof=1))
    # A sample of one has no spread that could be known; a population of one has none.
    single = piece([Note(0, 60, 4)])
    assert shown(single, PITCH).fit is None
    assert shown(single, PITCH, sample=False).stdev is None


def test_parts_of_a_piece() -> None:
    composition = piece(SCALE, LOW)
    counts = [shown(composition, PITCH, part=part).total for part in ("all", "melody", 0, 1)]
    assert counts == [10, 8, 8, 2]


def test_trials_are_counted_in_groups() -> None:
    # Every other note begins on a beat: four of each group of eight.
    picture = shown(piece([Note(2 * i, 60, 1) for i in range(20)]), ON_BEAT)
    assert picture.heights.tolist() == [0, 0, 0, 0, 100, 0, 0, 0, 0]
    assert picture.discrete
    assert (picture.mean, picture.group) == (4, 8)
    assert picture.stdev == pytest.approx(np.sqrt(2))
    assert picture.fit_y.sum() == pytest.approx(100)
    assert picture.fit_y[4] == pytest.approx(100 * 70 / 256)
    assert picture.between(3.5, 4.5) == pytest.approx(70 / 256)


def test_few_trials_are_one_group() -> None:
    picture = shown(piece(SCALE[:3]), IN_KEY)
    assert picture.heights.tolist() == [0, 0, 0, 100]
    assert picture.stdev is None


def test_the_notes_behind_a_group_are_those_of_its_trials() -> None:
    on, off = [Note(4 * i, 60, 1) for i in range(8)], [Note(33 + 4 * i, 62, 1) for i in range(8)]
    picture = shown(piece([*on, *off, Note(90, 50, 1)]), ON_BEAT)
    assert picture.behind(7.5, 8.5) == {(0, note) for note in on}
    assert picture.behind(-0.5, 0.5) == {(0, note) for note in off}, "not the one left over"


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.integers(0, 63), st.integers(0, 127), st.integers(1, 9)),
        min_size=1,
        max_size=40,
    ),
    st.sampled_from(FEATURES),
)
def test_every_value_has_its_bar_and_every_bar_its_notes(
    rows: list[tuple[int, int, int, int]], feature: Feature
) -> None:
    tracks: list[list[Note]] = [[], [], [], []]
    for track, start, pitch, length in set(rows):
        tracks[track].append(Note(start, pitch, length))
    picture = picture_of(Question(piece(*tracks), feature))
    if picture is None:
        return
    found = np.histogram(picture.values, picture.edges)[0]
    assert found.sum() == picture.total
    behind = frozenset[object]().union(
        *(
            picture.behind(low, high)
            for low, high in zip(picture.edges[:-1], picture.edges[1:], strict=True)
        )
    )
    used = picture.total * picture.group
    assert behind == {key for sources in picture.measured.sources[:used] for key in sources}
    if isinstance(picture.fit, Gaussian):
        everything = sum(
            picture.between(low, high) or 0.0
            for low, high in zip(picture.edges[:-1], picture.edges[1:], strict=True)
        )
        whole = picture.between(float(picture.edges[0]), float(picture.edges[-1]))
        assert everything == pytest.approx(whole)


# -- beside something ----------------------------------------------------------------------


def test_the_selection_lies_inside_the_bars() -> None:
    chosen = frozenset((0, note) for note in SCALE[2:5])
    picture = shown(piece(SCALE, LOW), PITCH, selected=chosen)
    assert picture.chosen is not None
    assert picture.chosen.size == picture.chosen.heights.sum() == 3
    assert (picture.chosen.heights <= picture.heights).all()
    assert picture.chosen.mean == pytest.approx(np.mean([64, 65, 67]))


@pytest.mark.parametrize(
    "selected",
    [
        frozenset(),
        frozenset((0, note) for note in SCALE),
        frozenset({(1, LOW[0])}),
        frozenset({(0, Note(99, 99, 9))}),
    ],
    ids=["nothing", "everything", "another track", "what is gone"],
)
def test_a_selection_that_says_nothing(selected: frozenset[tuple[int, Note]]) -> None:
    assert shown(piece(SCALE, LOW), PITCH, part=0, selected=selected).chosen is None


def test_a_style_is_scaled_to_the_number_of_notes() -> None:
    picture = shown(piece(SCALE), LENGTH, part="melody", against=BACH)
    corpus = load_profile("bach").histogram("length", "Soprano")
    assert picture.reference is not None
    assert corpus is not None
    assert picture.reference.mean == pytest.approx(corpus.mean)
    quarters = picture.edges[:-1] == 3.5
    assert picture.reference.heights[quarters][0] == pytest.approx(8 * corpus.share(4, 4))
    assert picture.distance is not None
    assert picture.distance.method == "Wasserstein"


def test_the_axis_reaches_as_far_as_the_style_does() -> None:
    picture = shown(piece([Note(0, 100, 4), Note(4, 101, 4)]), PITCH, against=BACH)
    assert picture.edges[0] < 70
    assert picture.edges[-1] > 101


@pytest.mark.parametrize("feature", [VELOCITY, PITCH_CLASS])
def test_what_a_style_does_not_have(feature: Feature) -> None:
    picture = shown(piece(SCALE), feature, against=BACH)
    assert picture.reference is None
    assert picture.distance is None


def test_other_music_beside_a_track() -> None:
    composition, other = piece(SCALE, LOW), piece(LOW)
    melody = shown(composition, PITCH, part=1, against=Against("melody", "melody"))
    whole = shown(composition, PITCH, part=1, against=Against("piece", "whole piece"))
    take = shown(composition, PITCH, part=0, against=Against("take", "Take 2", other))
    sizes = [each.reference.size if each.reference else 0 for each in (melody, whole, take)]
    assert sizes == [8, 10, 2]
    assert shown(composition, PITCH, against=Against("piece", "whole piece")).reference is None


def test_categories_and_steps_have_references_as_well() -> None:
    composition = piece(SCALE, LOW)
    assert shown(composition, DEGREE, against=BACH).reference is not None
    assert shown(composition, POLYPHONY, against=BACH).reference is not None


# -- takes and recordings ------------------------------------------------------------------


def test_the_shelf_keeps_the_other_takes_newest_first() -> None:
    shelf = TakeShelf()
    takes = [
        Composition((Track("A", notes=(Note(0, 60 + i, 4),)),), origin=Origin("bach", i, 1.0))
        for i in range(12)
    ]
    for take in takes:
        shelf.see(take)
    shelf.see(piece(SCALE))
    assert [take for _, take in shelf.beside(takes[-1])] == takes[-2:-9:-1]
    assert next(name for name, _ in shelf.beside(piece(SCALE))) == "Take 11, bach"


def test_what_is_being_played_lies_on_the_nearest_steps() -> None:
    keys = ((60, 90, 0.4, 3.8), (62, 50, 3.9, 4.0), (64, 1, -0.3, 0.2))
    composition = played(keys, piece())
    expected = (Note(0, 60, 4, 90), Note(0, 64, 1, 1), Note(4, 62, 1, 50))
    assert composition.tracks[0].notes == expected
