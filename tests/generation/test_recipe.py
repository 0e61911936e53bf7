import json
from dataclasses import asdict, fields, replace
from typing import Any

import numpy as np
import pytest

from composer_app.generation.composing import compose_with_confidence, make_again
from composer_app.generation.generator import GenerationSettings, Given
from composer_app.generation.hearing.feel import Feel
from composer_app.generation.recipe import (
    VERSION,
    Recipe,
    recipe_from_json,
    recipe_from_text,
    recipe_to_json,
    recipe_to_text,
)
from composer_app.generation.repeating import Repeats
from composer_app.music.composition import Composition
from composer_app.music.harmony.chord_wishes import ChordWishes
from composer_app.music.harmony.chords import Chord, ChordSpan, ChordSymbol
from composer_app.music.harmony.key_changes import KeyChange
from composer_app.music.melody import Melody
from composer_app.music.meter_map import MeterMap
from composer_app.music.midi.file import midi_bytes, parse_midi
from composer_app.music.note import Note
from composer_app.music.piano_roll import PianoRoll
from composer_app.music.pitch import Key
from composer_app.music.timing import Meter, TempoMap
from tests.generation.fake_generator import FakeGenerator
from tests.odd_json import ODD_TEXTS, places, with_text_at

MELODY = Melody(
    (Note.at_ticks(10, 950, 72, 90), Note(4, 74, 4), Note(8, 76, 8)),
    TempoMap.constant(88.5),
    MeterMap.constant(Meter(3, 4)),
    "Tune",
)
# Every setting away from its default.
SETTINGS = GenerationSettings(
    4711,
    0.7,
    4,
    60,
    True,
    50,
    20,
    0.25,
    Feel.SWING,
    True,
    repeats=Repeats.VARY,
    chords=ChordWishes((ChordSpan(ChordSymbol(960, Chord.of_name(2, "m7", 5), ("9",)), 1920),)),
    density=(None, 1.5, 0.25),
    rhythm=(0.0, -1.0, 0.5),
    ranges=((55, 74), None, (40, 40)),
    kept_rhythm=(((0, 3), (3, 4)), None, ()),
    richness=-0.5,
    chord_rate=2.0,
    likeness=0.75,
    keys=(KeyChange(0, Key(9, minor=True)), KeyChange(1920, Key(3))),
    busy=(0.5, -0.5, 1.0),
    phrasing=0.7,
    swing_melody=True,
)
VOICES = ((Note(0, 60, 8), Note(8, 60, 8)), (), (Note.at_ticks(5, 1900, 48, 70),))
LOCKED = np.zeros((16, 4), np.bool_)
LOCKED[8:12, 1] = LOCKED[:, 3] = True
GIVEN = Given(PianoRoll.from_notes([MELODY.notes, *VOICES], 16), LOCKED, VOICES)
RECIPE = Recipe(MELODY, "bach", "ab" * 32, "hymn", SETTINGS, 4, (40, 41, 42, 43), GIVEN)
WRITTEN = recipe_to_json(RECIPE)["settings"]


def same(first: Recipe, second: Recipe) -> bool:
    """Recipes hold arrays, and are equal in what is in them."""
    one, other = first.given, second.given
    if (one is None) != (other is None):
        return False
    if one is not None and other is not None:
        if one.roll != other.roll or one.played != other.played:
            return False
        if not np.array_equal(one.locked, other.locked):
            return False
    names = [each.name for each in fields(Recipe) if each.name != "given"]
    return all(getattr(first, name) == getattr(second, name) for name in names)


def test_every_setting_is_away_from_its_default() -> None:
    usual = asdict(GenerationSettings())
    assert all(value != usual[name] for name, value in asdict(SETTINGS).items())


def test_a_recipe_comes_back() -> None:
    plain = Recipe(MELODY, "bach", "", "bach", GenerationSettings(), 0, (0, 1, 2, 3))
    for recipe in (RECIPE, plain):
        again = recipe_from_text(recipe_to_text(recipe))
        assert again is not None
        assert same(again, recipe)
        assert recipe_to_text(again) == recipe_to_text(recipe)


def test_what_was_made_says_how() -> None:
    generator = FakeGenerator("fake", sha256="cd" * 32)
    made = compose_with_confidence(MELODY, generator, SETTINGS, None, (1, 2, 3, 4), GIVEN)
    assert made.recipe.model == "fake"
    assert made.recipe.sha256 == "cd" * 32
    assert made.recipe.settings == SETTINGS
    assert (made.recipe.upbeat, made.upbeat) == (4, 4)
    assert made.composition.origin is not None
    recipe = recipe_from_text(made.composition.origin.recipe)
    assert recipe is not None
    again = make_again(recipe, generator)
    assert again.composition == made.composition
    assert np.array_equal(again.confidence, made.confidence)


def test_an_upbeat_that_was_heard_is_told_and_left_to_be_heard() -> None:
    made = compose_with_confidence(MELODY, FakeGenerator(), GenerationSettings(5))
    assert made.recipe.settings.upbeat is None
    assert made.recipe.upbeat == made.upbeat


def test_a_midi_file_carries_the_recipe() -> None:
    made = compose_with_confidence(MELODY, FakeGenerator(), SETTINGS, None, (1, 2, 3, 4), GIVEN)
    read = parse_midi(midi_bytes(made.composition), "x.mid").composition
    assert read == made.composition
    assert read.origin is not None
    recipe = recipe_from_text(read.origin.recipe)
    assert recipe is not None
    assert same(recipe, made.recipe)


def test_two_takes_of_one_origin_are_told_apart_by_their_notes_alone() -> None:
    made = compose_with_confidence(MELODY, FakeGenerator(), GenerationSettings(5)).composition
    assert made.with_recipe("") == made
    assert Composition().with_recipe("{}") == Composition()


@pytest.mark.parametrize(
    "change",
    [
        {"version": VERSION + 1},
        {"settings": {**WRITTEN, "repeats": "now and then"}},
        {"settings": {**WRITTEN, "repeats": None}},
        {"settings": {**WRITTEN, "chords": None}},
        {"settings": {**WRITTEN, "chords": [[0, 0, "grand", 0, [], True, 960]]}},
        {"settings": {**WRITTEN, "chords": [[0, 0, "maj", 0, [], True, 0]]}},
        {"settings": {**WRITTEN, "feel": "waltz"}},
        {"programs": [1, 2, 3]},
        {"programs": [1, 2, 3, 128]},
        {"settings": {**WRITTEN, "mood": 1}},
        {"settings": {"seed": 1}},
        {"settings": {**WRITTEN, "improve": 1}},
        {"settings": {**WRITTEN, "introduction": None}},
        {"settings": {**WRITTEN, "seed": True}},
        {"settings": {**WRITTEN, "iterations": 0}},
        {"settings": {**WRITTEN, "density": 1}},
        {"settings": {**WRITTEN, "density": [1, 1]}},
        {"settings": {**WRITTEN, "density": [None, 1, 5]}},
        {"settings": {**WRITTEN, "rhythm": [None, 0, 0]}},
        {"settings": {**WRITTEN, "rhythm": [0, 0, 1.1]}},
        {"settings": {**WRITTEN, "ranges": [None, [60], None]}},
        {"settings": {**WRITTEN, "ranges": [None, [60, 59], None]}},
        {"settings": {**WRITTEN, "ranges": [None, [60, 128], None]}},
        {"settings": {**WRITTEN, "kept_rhythm": [None, [[4, 4]], None]}},
        {"settings": {**WRITTEN, "kept_rhythm": [None, [[0, 4], [3, 6]], None]}},
        {"settings": {**WRITTEN, "kept_rhythm": [None, [[-1, 4]], None]}},
        {"settings": {**WRITTEN, "richness": 1.5}},
        {"settings": {**WRITTEN, "chord_rate": 0}},
        {"settings": {**WRITTEN, "likeness": None}},
        {"upbeat": None},
        {"given": {"steps": 10**9, "voices": [], "locked": [], "played": []}},
    ],
)
def test_a_recipe_that_would_make_something_else_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        recipe_from_json({**recipe_to_json(RECIPE), **change})


def test_what_was_made_before_there_was_a_choice_may_have_an_introduction() -> None:
    row = recipe_to_json(RECIPE)
    for chosen in (True, False):
        row["settings"] = {**WRITTEN, "introduction": chosen}
        assert recipe_from_json(row).settings.introduction is chosen
    del row["settings"]["introduction"]
    assert recipe_from_json({**row, "version": 1}).settings.introduction
    with pytest.raises(ValueError, match="settings"):
        recipe_from_json(row)


def test_a_recipe_that_says_nothing_of_chords_wishes_none() -> None:
    row = recipe_to_json(RECIPE)
    del row["settings"]["chords"]
    assert not recipe_from_json(row).settings.chords


def test_a_later_models_name_is_one_line_of_letters() -> None:
    recipe = recipe_from_json({**recipe_to_json(RECIPE), "model": "ba\x1b[31mch\n"})
    assert recipe.model == "bach"


def test_whatever_is_odd_is_refused_or_means_a_recipe() -> None:
    sound = recipe_to_json(RECIPE)
    refused = 0
    for path in places(sound):
        for odd in ODD_TEXTS:
            refused += recipe_from_text(with_text_at(sound, path, odd)) is None
    assert refused > 1000
    assert recipe_from_text(json.dumps(sound)) is not None


def test_what_was_made_before_there_was_a_feel_is_straight() -> None:
    row = recipe_to_json(RECIPE)
    del row["settings"]["feel"]
    with pytest.raises(ValueError, match="not those of this version"):
        recipe_from_json(row)
    old = recipe_from_json({**row, "version": 1})
    assert old.settings == replace(SETTINGS, feel=Feel.STRAIGHT)


STEERING: dict[str, Any] = {
    "density": (None, None, None),
    "rhythm": (0.0, 0.0, 0.0),
    "ranges": (None, None, None),
    "kept_rhythm": (None, None, None),
    "richness": 0.0,
    "chord_rate": None,
    "likeness": 0.0,
    "busy": (0.0, 0.0, 0.0),
    "phrasing": 0.0,
    "swing_melody": False,
}


@pytest.mark.parametrize("version", [1, 2, 3])
def test_what_was_made_before_there_was_steering_is_the_models_own(version: int) -> None:
    row = recipe_to_json(RECIPE)
    row["settings"] = {name: each for name, each in WRITTEN.items() if name not in STEERING}
    old = recipe_from_json({**row, "version": version})
    assert old.settings == replace(SETTINGS, **STEERING)
    with pytest.raises(ValueError, match="not those of this version"):
        recipe_from_json(row)


def test_what_was_made_before_there_was_phrasing_is_even() -> None:
    row = recipe_to_json(RECIPE)
    assert recipe_from_json(row).settings.phrasing == 0.7
    new = ("phrasing", "swing_melody")
    row["settings"] = {name: each for name, each in WRITTEN.items() if name not in new}
    old = recipe_from_json({**row, "version": 6}).settings
    assert (old.phrasing, old.swing_melody) == (0.0, False)
    with pytest.raises(ValueError, match="not those of this version"):
        recipe_from_json(row)


@pytest.mark.parametrize("version", [1, 2])
def test_what_was_made_before_repeats_were_found_ignores_them(version: int) -> None:
    row = recipe_to_json(RECIPE)
    for chosen in Repeats:
        row["settings"] = {**WRITTEN, "repeats": chosen}
        assert recipe_from_json(row).settings.repeats is chosen
    del row["settings"]["repeats"]
    assert recipe_from_json({**row, "version": version}).settings.repeats is Repeats.IGNORE
    with pytest.raises(ValueError, match="not those of this version"):
        recipe_from_json(row)
