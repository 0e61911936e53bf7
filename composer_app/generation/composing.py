"""The one way to a take: a melody, a generator and what a person has chosen.

The command line and the Generate button both go through :func:`compose_with_confidence`, and so
does whoever makes a take again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import TYPE_CHECKING, Final

from composer_app.errors import MelodyError
from composer_app.generation.bar_phase import detect_upbeat
from composer_app.generation.generator import (
    MAX_BARS,
    GenerationSettings,
    Generator,
    Given,
    Progress,
)
from composer_app.generation.noise import NoiseVector
from composer_app.generation.recipe import Recipe, recipe_to_text
from composer_app.late_numpy import np
from composer_app.music.composition import (
    DEFAULT_PROGRAMS,
    VOICE_NAMES,
    Composition,
    Origin,
    Track,
)
from composer_app.music.melody import Melody, retimed
from composer_app.music.piano_roll import PianoRoll
from composer_app.translation import _

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SYNCOPATED_STYLES: Final = ("ragtime",)


@dataclass(frozen=True, slots=True, eq=False)
class Composed:
    """What a model has written, how sure it was of its cells, and everything that made it.

    ``confidence`` has shape (T, 4), see
    :class:`~composer_app.generation.generator.Generated`.
    """

    composition: Composition
    confidence: NDArray[np.float32]
    recipe: Recipe

    @property
    def upbeat(self) -> int:
        """Steps before the first downbeat, as they were heard or set."""
        return self.recipe.upbeat


def compose(
    melody: Melody,
    generator: Generator,
    settings: GenerationSettings,
    progress: Progress | None = None,
    programs: tuple[int, ...] = DEFAULT_PROGRAMS,
    given: Given | None = None,
) -> Composition:
    """Harmonise ``melody`` with ``generator``: four tracks, the first the melody, untouched.

    Raises :class:`MelodyError` where there is nothing to harmonise or too much.
    """
    take = compose_with_confidence(melody, generator, settings, progress, programs, given)
    return take.composition


def compose_with_confidence(
    melody: Melody,
    generator: Generator,
    settings: GenerationSettings,
    progress: Progress | None = None,
    programs: tuple[int, ...] = DEFAULT_PROGRAMS,
    given: Given | None = None,
) -> Composed:
    """As :func:`compose`, with what the generator says of its result.

    ``given``, whose voice 0 is the melody, may be longer than it; what it locks is kept. Where
    ``settings.vary_melody`` is not 0 the melody is the generator's.
    """
    check_melody(melody)
    steps = melody.steps if given is None else given.roll.steps
    if steps < melody.steps:
        raise ValueError(f"given are {steps} steps of a melody of {melody.steps}")
    upbeat = settings.upbeat
    if upbeat is None:
        # What is counted in chorales misleads where long notes come off the beat.
        syncopated = generator.style in _SYNCOPATED_STYLES
        upbeat = 0 if syncopated else detect_upbeat(melody.notes, melody.meter)
    noise = NoiseVector.from_seed(settings.seed, steps)
    roll = PianoRoll.from_notes([melody.notes], steps)
    told = replace(settings, upbeat=upbeat)
    result = generator.generate(roll, melody.meter, noise, told, progress, given)
    sources = (melody.notes, *(given.played if given is not None else ()))
    voices = [
        retimed(notes, source)
        for notes, source in zip_longest(result.roll.all_notes(), sources, fillvalue=())
    ]
    if not settings.vary_melody:
        voices[0] = melody.notes
    tracks = tuple(
        Track(name, program, notes)
        for name, program, notes in zip(VOICE_NAMES, programs, voices, strict=True)
    )
    recipe = Recipe(
        melody,
        generator.name,
        generator.sha256,
        generator.style,
        settings,
        upbeat,
        programs,
        given,
    )
    origin = Origin(generator.name, settings.seed, settings.temperature, recipe_to_text(recipe))
    piece = Composition(tracks, melody.tempo, melody.meter, melody.title, origin)
    return Composed(piece, result.confidence, recipe)


def check_melody(melody: Melody) -> None:
    """Raise :class:`MelodyError`, with the reason, for a melody that cannot be harmonised."""
    if not melody.notes:
        raise MelodyError(
            _("The melody has no notes"), _("play something or open a MIDI file first")
        )
    if melody.bars > MAX_BARS:
        raise MelodyError(
            _(
                "The melody has {bars} bars and Composer harmonises up to {most}",
                bars=melody.bars,
                most=MAX_BARS,
            ),
            _("delete what comes after bar {most}, or take a shorter piece", most=MAX_BARS),
        )


def make_again(recipe: Recipe, generator: Generator, progress: Progress | None = None) -> Composed:
    """What ``generator`` makes of ``recipe``: the same take, if it is the same model file.

    That is promised for one machine; another processor may round otherwise.
    """
    return compose_with_confidence(
        recipe.melody, generator, recipe.settings, progress, recipe.programs, recipe.given
    )
