"""Turning a setting moves what it says, and little else; the shipped model."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from composer_app.analysis.voice_grid import VoiceGrid
from composer_app.generation.composing import compose, compose_with_confidence, make_again
from composer_app.generation.generator import GenerationSettings, Given
from composer_app.generation.given import accompaniment, given_from
from composer_app.generation.recipe import recipe_from_text, recipe_to_text
from composer_app.generation.refining.canvas import Schedule
from composer_app.generation.refining.refining_generator import RefiningGenerator
from composer_app.generation.steering import rhythm_of
from composer_app.music.composition import Composition
from tests.generation.steered import Measured, measured, takes, tune

pytest.importorskip("onnxruntime")

TUNE = "ode_to_joy"
USUAL = GenerationSettings()

# Of beats, in his own chorales: docs/generators.md.
BACHS_DISSONANCE = 0.17


@pytest.fixture(scope="module")
def quick(repository: Path) -> RefiningGenerator:
    return RefiningGenerator(repository / "models" / "bach.onnx", 1, Schedule((4, 2, 1), 0, 3))


@pytest.fixture(scope="module")
def usual(quick: RefiningGenerator) -> Measured:
    return measured(takes(quick, USUAL))


@pytest.fixture(scope="module")
def take(quick: RefiningGenerator) -> Composition:
    return compose(tune(TUNE), quick, replace(USUAL, seed=5))


@pytest.fixture
def given(take: Composition) -> Given:
    return given_from(tune(TUNE), accompaniment(take, 0), [])


def is_sound(made: Measured, usual: Measured, lone: float = 0.03) -> None:
    """What no steering may spoil: part-writing, the key, that voices sound."""
    assert made.parallels <= usual.parallels + 0.5
    assert made.crossings == 0
    assert made.lone <= usual.lone + lone
    assert made.leaps <= usual.leaps + 0.06
    assert made.in_scale >= usual.in_scale - 0.03
    assert made.all_sounding >= 0.99


def test_density_is_the_number_of_notes(quick: RefiningGenerator, usual: Measured) -> None:
    found = []
    for density in (0.5, 1.0, 2.0):
        made = measured(takes(quick, replace(USUAL, density=(density,) * 3)))
        found.append(made)
        for of_voice in made.density:
            assert of_voice == pytest.approx(density, rel=0.12)
        is_sound(made, usual)
        assert made.chordal >= usual.chordal - 0.15
        assert made.dissonance <= usual.dissonance + 0.25
        assert made.repeated <= 0.4
    assert found[0].density < found[1].density < found[2].density


@pytest.mark.parametrize("voice", range(3))
def test_density_of_one_voice_leaves_the_others(
    quick: RefiningGenerator, usual: Measured, voice: int
) -> None:
    for density in (0.5, 2.0):
        wanted: list[float | None] = [None] * 3
        wanted[voice] = density
        made = measured(takes(quick, replace(USUAL, density=tuple(wanted))))  # type: ignore[arg-type]
        assert made.density[voice] == pytest.approx(density, rel=0.12)
        for other in {0, 1, 2} - {voice}:
            assert made.density[other] == pytest.approx(usual.density[other], abs=0.2)
        is_sound(made, usual)


def test_rhythm_goes_from_with_the_melody_to_beside_it(
    quick: RefiningGenerator, usual: Measured
) -> None:
    found = []
    for leaning in (-1.0, -0.5, 0.5, 1.0):
        made = measured(takes(quick, replace(USUAL, rhythm=(leaning,) * 3)))
        found.append(made)
        is_sound(made, usual)
        if leaning > 0:
            assert made.density == pytest.approx(usual.density, abs=0.1)
    follows, less, free, freest = (np.mean(made.with_melody) for made in found)
    assert follows == pytest.approx(1.0, abs=0.01)
    assert follows > less > np.mean(usual.with_melody) > free > freest
    assert freest < 0.6


def test_a_range_is_kept_and_its_ends_move_the_voice(
    quick: RefiningGenerator, usual: Measured
) -> None:
    middles = []
    for up in (-5, 0, 5):
        ranges = ((58 + up, 67 + up), (50 + up, 60 + up), (41 + up, 53 + up))
        pieces = takes(quick, replace(USUAL, ranges=ranges))
        for piece in pieces:
            for track, (low, high) in zip(piece.tracks[1:], ranges, strict=True):
                assert {note.pitch for note in track.notes} <= set(range(low, high + 1))
        made = measured(pieces)
        middles.append(
            [np.mean([n.pitch for p in pieces for n in p.tracks[v].notes]) for v in (1, 2, 3)]
        )
        assert made.in_scale >= usual.in_scale - 0.04
        assert made.all_sounding >= 0.99
        assert made.density == pytest.approx(usual.density, abs=0.4)
    for lower, higher in pairwise(middles):
        assert (np.array(lower) < np.array(higher)).all()


def test_a_range_beyond_the_networks_pitches_is_kept_too(quick: RefiningGenerator) -> None:
    ranges = ((86, 95), (55, 55), (24, 31))
    piece = compose(tune(TUNE), quick, replace(USUAL, ranges=ranges))
    for track, (low, high) in zip(piece.tracks[1:], ranges, strict=True):
        assert track.notes
        assert all(low <= note.pitch <= high for note in track.notes)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_rhythm_is_kept_with_other_pitches(
    quick: RefiningGenerator, usual: Measured, take: Composition, seed: int
) -> None:
    alto, tenor, bass = (rhythm_of(track.notes) for track in take.tracks[1:])
    every = replace(USUAL, seed=seed, kept_rhythm=(alto, tenor, bass))
    piece = compose(tune(TUNE), quick, every)
    for before, after in zip(take.tracks[1:], piece.tracks[1:], strict=True):
        assert rhythm_of(after.notes) == rhythm_of(before.notes)
        assert [n.pitch for n in after.notes] != [n.pitch for n in before.notes]
    made = measured([piece])
    assert (made.parallels, made.crossings, made.all_sounding) == (0, 0, 1)
    # And in another voice, with rests in it.
    gaps = ((0, 3), (4, 8), (16, 30), (40, 64))
    piece = compose(tune(TUNE), quick, replace(every, kept_rhythm=(None, gaps, None)))
    assert rhythm_of(piece.tracks[2].notes) == gaps


def test_richness_goes_from_triads_to_sevenths(quick: RefiningGenerator, usual: Measured) -> None:
    found = []
    for richness in (-1.0, 0.5, 1.0):
        made = measured(takes(quick, replace(USUAL, richness=richness), seeds=(1, 2, 3)))
        found.append(made)
        assert made.parallels <= usual.parallels + 0.5
        assert made.crossings == 0
        assert made.all_sounding >= 0.98
        assert made.density == pytest.approx(usual.density, abs=0.4)
        assert made.chordal >= usual.chordal - 0.1
    plain, richer, rich = found
    assert plain.sevenths < richer.sevenths < rich.sevenths
    assert plain.triads > richer.triads > rich.triads
    assert plain.triads > usual.triads > rich.triads
    assert plain.in_scale >= rich.in_scale


def test_chords_change_as_often_as_is_asked(quick: RefiningGenerator, usual: Measured) -> None:
    found = []
    for rate in (0.5, 1, 4):
        made = measured(takes(quick, replace(USUAL, chord_rate=rate), seeds=(1, 2, 3)))
        found.append(made.root_changes)
        is_sound(made, usual, lone=0.07)
        # Under a chord that is held a bass has less to do.
        assert made.density == pytest.approx(usual.density, abs=0.6)
        assert made.chordal >= usual.chordal - 0.15
    assert found == sorted(found)
    assert found[0] < usual.root_changes - 0.3


def test_likeness_is_the_share_that_comes_again(
    quick: RefiningGenerator, usual: Measured, take: Composition, given: Given
) -> None:
    before = VoiceGrid.from_composition(take)
    shares = []
    for likeness in (0.0, 0.3, 0.6, 0.9, 1.0):
        pieces = takes(quick, replace(USUAL, likeness=likeness), (TUNE,), (6, 7), given)
        same = [
            (VoiceGrid.from_composition(piece).pitch == before.pitch)[:, 1:].mean()
            for piece in pieces
        ]
        shares.append(np.mean(same))
        assert shares[-1] >= likeness - 0.01
        if likeness < 1:
            assert pieces[0] != pieces[1], "the seed decides what comes again"
        made = measured(pieces)
        assert made.all_sounding >= 0.98
        assert made.density == pytest.approx(measured([take]).density, abs=0.4)
    assert shares == sorted(shares)
    assert shares[0] < 0.6
    assert shares[-1] == 1


@pytest.mark.parametrize("percent", [60, 150, 250])
def test_what_is_thinned_is_held_longer(
    quick: RefiningGenerator, usual: Measured, percent: int
) -> None:
    pieces = takes(quick, replace(USUAL, max_added=percent))
    for piece in pieces:
        written = sum(len(track.notes) for track in piece.tracks[1:])
        assert written <= len(piece.tracks[0].notes) * percent / 100
    made = measured(pieces)
    is_sound(made, usual)
    assert made.all_sounding == 1, "nothing is left silent"


def test_a_note_is_held_over_what_nothing_replaces(
    quick: RefiningGenerator, take: Composition
) -> None:
    tracks = list(take.tracks)
    spoiled = []
    for voice in (1, 2, 3):
        notes = list(tracks[voice].notes)
        for index in range(2, len(notes) - 2, 4):
            notes[index] = replace(notes[index], pitch=notes[index].pitch + (1, 6)[index % 2])
        spoiled.append(tuple(notes))
    given = given_from(tune(TUNE), tuple(spoiled), [])
    settings = replace(USUAL, improve=True, max_added=0)
    piece = compose(tune(TUNE), quick, settings, given=given)
    count = [len(track.notes) for track in piece.tracks[1:]]
    assert sum(count) < sum(map(len, spoiled)), "something was taken away"
    grid = VoiceGrid.from_composition(piece)
    assert (grid.pitch >= 0).all(), "and held over"


@pytest.mark.parametrize("iterations", [1, 2, 4])
def test_few_iterations_are_plain_and_not_faulty(
    repository: Path, usual: Measured, iterations: int
) -> None:
    generator = RefiningGenerator(repository / "models" / "bach.onnx", 1)
    pieces = takes(generator, replace(USUAL, iterations=iterations))
    made = measured(pieces)
    is_sound(made, usual)
    assert made.chordal >= usual.chordal - 0.05
    assert made.dissonance <= max(usual.dissonance + 0.05, BACHS_DISSONANCE)
    for piece in pieces:
        assert all(len(track.notes) >= piece.steps / 16 for track in piece.tracks)


@pytest.mark.parametrize("share", [0.3, 0.7, 1.0])
@pytest.mark.parametrize("name", ["twinkle", "ode_to_joy"])
def test_a_melody_that_varies_has_no_holes(
    quick: RefiningGenerator, name: str, share: float
) -> None:
    for seed in (3, 4):
        piece = compose(tune(name), quick, replace(USUAL, seed=seed, vary_melody=share))
        assert (VoiceGrid.from_composition(piece).pitch[:, 0] >= 0).all()


def test_a_repeated_passage_is_written_where_the_first_is_locked(
    quick: RefiningGenerator, given: Given
) -> None:
    locked = given.locked.copy()
    locked[:32, 1:] = True
    piece = compose(tune(TUNE), quick, USUAL, given=replace(given, locked=locked))
    assert (VoiceGrid.from_composition(piece).pitch >= 0).all()


STEERED = GenerationSettings(
    11,
    density=(0.5, None, 1.5),
    rhythm=(0.0, -0.5, 0.0),
    ranges=((55, 72), None, (38, 55)),
    kept_rhythm=(None, ((0, 6), (8, 16), (16, 64)), None),
    richness=0.5,
    chord_rate=2,
    likeness=0.3,
    max_added=200,
)


def test_a_steered_take_is_made_again_from_its_recipe(
    quick: RefiningGenerator, given: Given
) -> None:
    made = compose_with_confidence(tune(TUNE), quick, STEERED, given=given)
    recipe = recipe_from_text(recipe_to_text(made.recipe))
    assert recipe is not None
    again = make_again(recipe, quick)
    assert again.composition == made.composition
    assert np.array_equal(again.confidence, made.confidence)


@pytest.mark.parametrize(
    "neutral",
    [
        {"density": (None, None, None)},
        {"rhythm": (0.0, 0.0, 0.0)},
        {"ranges": ((0, 127), (0, 127), (0, 127))},
        {"richness": 0.0, "chord_rate": None},
        {"likeness": 0.0},
        {"max_added": 1000},
    ],
    ids=str,
)
def test_what_says_nothing_changes_nothing(
    quick: RefiningGenerator, take: Composition, given: Given, neutral: dict[str, object]
) -> None:
    settings = replace(USUAL, seed=5, **neutral)  # type: ignore[arg-type]
    piece = compose(tune(TUNE), quick, settings, given=given if "likeness" in neutral else None)
    assert [track.notes for track in piece.tracks] == [track.notes for track in take.tracks]


@pytest.mark.parametrize(
    ("settings", "most"),
    [
        # Fewer notes than voices, so that one of them falls silent.
        ({"max_added": 10, "richness": 0.5}, 2),
        ({"max_added": 0, "chord_rate": 2}, 0),
        ({"max_added": 60, "rhythm": (1.0, 1.0, 1.0), "vary_melody": 0.5, "iterations": 1}, 14),
        ({"density": (4.0, 0.125, 4.0), "chord_rate": 1, "ranges": (None, (50, 50), None)}, 200),
    ],
    ids=str,
)
def test_settings_go_together(
    quick: RefiningGenerator, settings: dict[str, object], most: int
) -> None:
    piece = compose(tune(TUNE), quick, replace(USUAL, **settings))  # type: ignore[arg-type]
    assert sum(len(track.notes) for track in piece.tracks[1:]) <= most
