"""A take is made again from its file, bit for bit, whatever was chosen for it."""

import hashlib
from dataclasses import asdict, replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from composer_app.errors import ModelError
from composer_app.generation.composing import compose_with_confidence
from composer_app.generation.generator import GenerationSettings, Generator
from composer_app.generation.given import Lock, given_from
from composer_app.generation.hearing.feel import Feel
from composer_app.generation.models.catalog import load_generator
from composer_app.generation.recipe import recipe_from_text
from composer_app.generation.repeating import Repeats
from composer_app.music.harmony.chord_wishes import ChordWishes
from composer_app.music.harmony.chords import Chord, ChordSpan, ChordSymbol
from composer_app.music.harmony.key_changes import KeyChange
from composer_app.music.midi.file import parse_midi
from composer_app.music.note import Note
from composer_app.music.pitch import Key
from composer_app.project.piece import Piece
from composer_app.project.project_file import MUSIC, parse_project, project_bytes
from composer_app.project.take import Take, remake
from composer_app.translation import _
from tests.generation.fake_generator import FakeGenerator
from tests.project.pieces import MELODY, take
from tests.project.test_project_file import unpacked

VOICES = (
    tuple(Note(4 * beat, 64 + beat % 3, 4) for beat in range(8)),
    (Note.at_ticks(50, 3900, 57, 66), Note(16, 55, 16)),
    tuple(Note(8 * half, 48 - half, 8) for half in range(4)),
)
GIVEN = given_from(MELODY, VOICES, [Lock(3)])
# Every setting away from its default: each alone, and all at once.
AWAY = {
    "seed": 4711,
    "temperature": 0.8,
    "upbeat": 4,
    "iterations": 30,
    "improve": True,
    "max_added": 40,
    "max_removed": 60,
    "vary_melody": 0.5,
    "feel": Feel.SWING,
    "introduction": True,
    "repeats": Repeats.VARY,
    "chords": ChordWishes((ChordSpan(ChordSymbol(960, Chord.of_name(7, "7", 11)), 1920),)),
    "density": (None, 0.5, 2.0),
    "rhythm": (-1.0, 0.0, 0.5),
    "ranges": ((57, 74), None, (38, 55)),
    "kept_rhythm": (None, None, ((0, 6), (8, 12), (12, 30))),
    "richness": 0.5,
    "chord_rate": 2.0,
    "likeness": 0.4,
    "keys": (KeyChange(0, Key(4, minor=True)), KeyChange(7680, Key(9))),
    "busy": (1.0, -0.5, 0.25),
    "phrasing": 0.7,
    "swing_melody": True,
}
USUAL = GenerationSettings(iterations=12)
CASES = {
    **{name: replace(USUAL, **{name: value}) for name, value in AWAY.items()},  # type: ignore[arg-type]
    "all": GenerationSettings(**AWAY),  # type: ignore[arg-type]
}
MODELS = ("bach", "hymn", "bach-gan", "bach-gan-classic")


@cache
def generator(name: str) -> Generator:
    pytest.importorskip("onnxruntime")
    return load_generator(name, 1)


def kept_and_made_again(made: Take) -> None:
    """From the project file, and from the MIDI file that is in it."""
    data = project_bytes(Piece(made.composition, takes=(made,), take=made))
    (stored,) = parse_project(data, "x").takes
    again = remake(stored, generator)
    assert again.sentence == ""
    assert again.take.composition == made.composition
    assert np.array_equal(again.take.confidence, made.confidence)
    origin = parse_midi(unpacked(data)[MUSIC], MUSIC).composition.origin
    assert origin is not None
    recipe = recipe_from_text(origin.recipe)
    assert recipe is not None
    assert remake(replace(made, recipe=recipe), generator).sentence == ""


def test_every_setting_has_its_case() -> None:
    usual = asdict(GenerationSettings())
    assert list(AWAY) == list(usual)
    assert all(value != usual[name] for name, value in AWAY.items())


@pytest.mark.no_cover
@pytest.mark.parametrize("style", ["swing", "waltz"])
def test_a_band_plays_it_again(style: str) -> None:
    asked = GenerationSettings(
        seed=5, busy=(0.5, 0.0, -1.0), richness=0.5, phrasing=0.4, swing_melody=True
    )
    made = compose_with_confidence(MELODY, generator(style), asked, None, (66, 0, 32, 0))
    kept_and_made_again(Take.of(made))


@pytest.mark.no_cover
@pytest.mark.parametrize("case", CASES)
def test_it_is_made_again_with_every_setting(case: str) -> None:
    made = compose_with_confidence(
        MELODY, generator("bach"), CASES[case], None, (19, 20, 21, 22), GIVEN
    )
    kept_and_made_again(Take.of(made))


@pytest.mark.no_cover
@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("given", [None, GIVEN])
def test_it_is_made_again_by_every_model(model: str, given: object) -> None:
    settings = GenerationSettings(8, iterations=12)
    stood = GIVEN if given is not None else None
    made = compose_with_confidence(MELODY, generator(model), settings, given=stood)
    assert made.recipe.style in model or made.recipe.style == "bach"
    kept_and_made_again(Take.of(made))


@pytest.mark.no_cover
@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("introduction", [False, True])
def test_it_is_made_again_where_the_melody_begins_late(model: str, introduction: bool) -> None:
    late = replace(MELODY, notes=tuple(note.moved(20, 0) for note in MELODY.notes))
    settings = GenerationSettings(8, iterations=12, introduction=introduction)
    made = compose_with_confidence(late, generator(model), settings)
    kept_and_made_again(Take.of(made))
    starts = [track.notes[0].start for track in made.composition.tracks if track.notes]
    # Whoever may begin earlier need not.
    assert introduction or min(starts) == 20


def test_what_comes_out_the_same_is_the_take_again() -> None:
    stored = take(3, "Calm", starred=True)
    again = remake(stored, FakeGenerator)
    assert again.sentence == ""
    assert again.take.composition == stored.composition
    assert np.array_equal(again.take.confidence, stored.confidence)
    assert (again.take.name, again.take.starred) == ("Calm", True)


def test_without_its_model_the_stored_notes_stand() -> None:
    def missing(name: str) -> Generator:
        raise ModelError(_("There is no model named {model}", model=name))

    stored = take(3)
    found = remake(stored, missing)
    assert found.take is stored
    assert found.sentence == "The take stays as it is stored. There is no model named fake."


def test_a_style_that_is_not_offered_leaves_the_stored_notes() -> None:
    stored = take(3)
    stored = replace(stored, recipe=replace(stored.recipe, model="ragtime", style="ragtime"))
    data = project_bytes(Piece(stored.composition, takes=(stored,), take=stored))
    (opened,) = parse_project(data, "x").takes
    assert opened.composition == stored.composition
    found = remake(opened, load_generator)
    assert found.take is opened
    assert found.sentence.startswith(
        "The take stays as it is stored. There is no model named 'ragtime': installed are bach"
    )


def test_another_file_of_its_name_is_told_from_it() -> None:
    stored = take(3)
    found = remake(stored, lambda name: FakeGenerator(name, sha256="1" * 64))
    assert found.take is stored
    assert "is not the one that wrote this take" in found.sentence


def test_what_comes_out_otherwise_leaves_the_stored_notes() -> None:
    stored = take(3)
    moved = stored.composition.tracks[1].notes[0].moved(0, 1)
    tracks = list(stored.composition.tracks)
    tracks[1] = replace(tracks[1], notes=(moved, *tracks[1].notes[1:]))
    stored = replace(stored, composition=replace(stored.composition, tracks=tuple(tracks)))
    found = remake(stored, FakeGenerator)
    assert found.take is stored
    assert "writes something else on this machine" in found.sentence


def test_models_say_which_file_they_are(repository: Path) -> None:
    pytest.importorskip("onnxruntime")
    file = repository / "models" / "bach.onnx"
    expected = hashlib.sha256(file.read_bytes()).hexdigest()
    assert generator("hymn").sha256 == generator("bach").sha256 == expected
