"""Chords that somebody asks for are heard: on the roots and basses of their beats."""

from pathlib import Path
from random import Random

import pytest
from hypothesis import given as draws
from hypothesis import settings as with_settings
from hypothesis import strategies as st

from composer_app.generation.chord_argument import asked_chords
from composer_app.generation.composing import compose, compose_with_confidence, make_again
from composer_app.generation.generator import GenerationSettings, Generator
from composer_app.generation.recipe import recipe_from_text, recipe_to_text
from composer_app.generation.refining.refining_generator import RefiningGenerator
from composer_app.generation.unet_generator import UNetGenerator
from composer_app.music.composition import Composition
from composer_app.music.harmony.chord_wishes import ChordWishes, wishes_of_piece
from composer_app.music.harmony.chords import CHORD_QUALITIES, Chord, ChordSpan, ChordSymbol
from composer_app.music.melody import Melody
from composer_app.music.meter_map import MeterMap
from composer_app.music.note import Note
from composer_app.music.pitch import OCTAVE
from composer_app.music.timing import TICKS_PER_BEAT, Meter

TUNE = Melody(
    tuple(
        Note(4 * i, pitch, 4)
        for i, pitch in enumerate([72, 76, 79, 76, 74, 71, 74, 79, 76, 72, 69, 72, 74, 72, 71, 72])
    ),
    meters=MeterMap.constant(Meter(4, 4), 0),
)
ROW = "C | G7/B | Am F | Dm/F C"


@pytest.fixture(scope="module")
def one_pass(repository: Path) -> UNetGenerator:
    return UNetGenerator(repository / "models" / "bach-gan.onnx", 1)


@pytest.fixture(scope="module", params=["refining", "one pass"])
def generator(
    request: pytest.FixtureRequest, repository: Path, one_pass: UNetGenerator
) -> Generator:
    if request.param == "one pass":
        return one_pass
    return RefiningGenerator(repository / "models" / "bach.onnx", 1)


def asked(row: str) -> ChordWishes:
    return asked_chords(row).wishes(TUNE.meters, TUNE.steps)


def obeyed(piece: Composition, wishes: ChordWishes) -> tuple[float, float]:
    """Shares of the wished beats that sound the root, and that have the wished bass."""
    roots = basses = count = 0
    for step, chord in enumerate(wishes.on_steps(piece.steps)):
        if step % 4 or chord is None:
            continue
        sounding = [
            note.pitch
            for track in piece.tracks
            for note in track.notes
            if note.start <= step < note.end
        ]
        count += 1
        roots += chord.root in {pitch % 12 for pitch in sounding}
        basses += min(sounding) % 12 == chord.bass
    return roots / count, basses / count


@pytest.mark.parametrize("row", [ROW, "C | F | G | C", "Am | E7/G# | Am/C Dm | E Am"])
def test_what_is_typed_is_heard(generator: Generator, row: str) -> None:
    wishes = asked(row)
    takes = [
        obeyed(compose(TUNE, generator, GenerationSettings(seed, chords=wishes)), wishes)
        for seed in range(3)
    ]
    assert sum(root for root, _ in takes) / 3 >= 0.95
    assert sum(bass for _, bass in takes) / 3 >= 0.9


@with_settings(max_examples=8, deadline=None)
@draws(st.randoms(use_true_random=False), st.integers(0, 2**32 - 1))
def test_any_chords_are_heard_in_one_pass(
    one_pass: UNetGenerator, chance: Random, seed: int
) -> None:
    """Chords of all kinds, each with the melody's note in it and any of its notes in the bass."""
    spans = []
    for beat, note in enumerate(TUNE.notes):
        holding = [
            (root, quality)
            for root in range(OCTAVE)
            for quality in CHORD_QUALITIES
            if (note.pitch - root) % OCTAVE in quality.intervals
        ]
        root, quality = chance.choice(holding)
        bass = (root + chance.choice(quality.intervals)) % OCTAVE
        symbol = ChordSymbol(beat * TICKS_PER_BEAT, Chord(root, quality, bass))
        spans.append(ChordSpan(symbol, symbol.tick + TICKS_PER_BEAT))
    wishes = ChordWishes(tuple(spans))
    roots, basses = obeyed(compose(TUNE, one_pass, GenerationSettings(seed, chords=wishes)), wishes)
    # Of sixteen beats, each of which may have bad luck.
    assert roots >= 0.8
    assert basses >= 0.9


def test_chords_that_were_asked_for_are_those_of_the_piece(generator: Generator) -> None:
    piece = compose(TUNE, generator, GenerationSettings(1, chords=asked(ROW)))
    assert wishes_of_piece(piece).on_steps(64) == asked(ROW).on_steps(64)


def test_a_take_with_chords_is_made_again(generator: Generator) -> None:
    made = compose_with_confidence(TUNE, generator, GenerationSettings(4, chords=asked(ROW)))
    recipe = recipe_from_text(recipe_to_text(made.recipe))
    assert recipe is not None
    assert recipe.settings.chords == asked(ROW)
    again = make_again(recipe, generator).composition
    assert again.tracks == made.composition.tracks
    assert again.chords == made.composition.chords
    other = compose(TUNE, generator, GenerationSettings(4))
    assert other.tracks != made.composition.tracks
