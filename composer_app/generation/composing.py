"""The one way to a take: a melody, a generator and what a person has chosen.

The command line and the Generate button both go through :func:`compose_with_confidence`, and so
does whoever makes a take again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import TYPE_CHECKING, Final

from composer_app.errors import MelodyError
from composer_app.generation.bands.band_generator import BandGenerator
from composer_app.generation.bands.chance import Chance
from composer_app.generation.generator import (
    MAX_BARS,
    GenerationSettings,
    Generator,
    Given,
    Progress,
)
from composer_app.generation.hearing.bar_phase import detect_upbeat
from composer_app.generation.hearing.feel import Feel, hear_feel, in_feel
from composer_app.generation.noise import NoiseVector
from composer_app.generation.phrasing.performing import Part, phrased
from composer_app.generation.phrasing.scene import Role, Scene
from composer_app.generation.phrasing.swing import is_straight, swung
from composer_app.generation.recipe import Recipe, recipe_from_text, recipe_to_text
from composer_app.late_numpy import np
from composer_app.music.composition import (
    BAND_NAMES,
    DEFAULT_PROGRAMS,
    DRUMS_NAME,
    VOICE_NAMES,
    Composition,
    Origin,
    Track,
)
from composer_app.music.harmony.chords import ChordSymbol
from composer_app.music.melody import Melody, on_steps, retimed
from composer_app.music.meter_map import MeterMap
from composer_app.music.note import Note
from composer_app.music.performing.melody_line import Line
from composer_app.music.piano_roll import PianoRoll
from composer_app.music.timing import TICKS_PER_BEAT, TICKS_PER_STEP
from composer_app.music.voices import MELODY
from composer_app.translation import _

if TYPE_CHECKING:
    from numpy.typing import NDArray

# What alto, tenor and bass are in the texture, and chords and bass of a band.
_VOICES: Final = (Role.INNER, Role.INNER, Role.OUTER)
_BAND: Final = (Role.INNER, Role.OUTER)


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
    ``settings.vary_melody`` is not 0 the melody is the generator's. Before its first note nothing
    is written, unless ``settings.introduction`` says so.
    """
    check_melody(melody)
    steps = melody.steps if given is None else given.roll.steps
    if steps < melody.steps:
        raise ValueError(f"given are {steps} steps of a melody of {melody.steps}")
    seen = on_steps(melody.notes)
    meters = _with_upbeat(melody, settings)
    noise = NoiseVector.from_seed(settings.seed, steps)
    if isinstance(generator, BandGenerator):
        return _played_by(generator, melody, meters, noise, settings, progress, programs, given)
    roll = PianoRoll.from_notes([seen], steps)
    around = given if settings.introduction else _silent_before(melody, steps, settings, given)
    result = generator.generate(roll, meters, noise, settings, progress, around)
    sources = (melody.notes, *(given.played if given is not None else ()))
    voices = [
        retimed(notes, source)
        for notes, source in zip_longest(result.roll.all_notes(), sources, fillvalue=())
    ]
    if not settings.vary_melody:
        voices[0] = melody.notes
    upbeat = meters.upbeat_steps
    feel = _feel(settings, melody, meters)
    for voice in range(1, len(voices)):
        locked = None if given is None else given.locked[:, voice]
        voices[voice] = in_feel(voices[voice], feel, upbeat, locked)
    voices[1:] = _phrased(
        voices[1:], _VOICES, melody, meters, result.chords, settings, noise, given
    )
    tracks = tuple(
        Track(name, program, notes)
        for name, program, notes in zip(VOICE_NAMES, programs, voices, strict=True)
    )
    recipe = _recipe(generator, melody, settings, meters, programs, given)
    origin = Origin(generator.name, settings.seed, settings.temperature, recipe_to_text(recipe))
    piece = Composition(tracks, melody.tempo, meters, melody.title, origin, chords=result.chords)
    return Composed(piece, result.confidence, recipe)


def _played_by(
    generator: BandGenerator,
    melody: Melody,
    meters: MeterMap,
    noise: NoiseVector,
    settings: GenerationSettings,
    progress: Progress | None,
    programs: tuple[int, ...],
    given: Given | None,
) -> Composed:
    """The melody as it is, with a band; where that swings, it may swing along."""
    made = generator.arrange(melody, meters, noise, settings, progress, given)
    parts = list(made.parts)
    pitched = len(_BAND)
    parts[:pitched] = _phrased(
        parts[:pitched], _BAND, melody, meters, made.chords, settings, noise, given
    )
    lead = melody.notes
    if settings.swing_melody and is_straight(lead):
        lead = swung(lead, meters, generator.swing(settings))
    notes = (lead, *parts)
    tracks = tuple(
        Track(name, program, each, drums=name == DRUMS_NAME)
        for name, program, each in zip(BAND_NAMES, programs, notes, strict=True)
    )
    recipe = _recipe(generator, melody, settings, meters, programs, given)
    origin = Origin(generator.name, settings.seed, settings.temperature, recipe_to_text(recipe))
    piece = Composition(tracks, melody.tempo, meters, melody.title, origin, chords=made.chords)
    confidence = np.ones((piece.steps, len(tracks)), np.float32)
    return Composed(piece, confidence, recipe)


def _phrased(
    parts: Sequence[tuple[Note, ...]],
    roles: tuple[Role, ...],
    melody: Melody,
    meters: MeterMap,
    chords: tuple[ChordSymbol, ...],
    settings: GenerationSettings,
    noise: NoiseVector,
    given: Given | None,
) -> tuple[tuple[Note, ...], ...]:
    """``parts``, the tracks from the second on, with the phrasing that ``settings`` ask for."""
    if not settings.phrasing:
        return tuple(parts)
    key = settings.keys[0].key if settings.keys else None
    scene = Scene(melody.notes, meters, melody.tempo, chords, key)
    players = [
        Part(notes, role, None if given is None else given.locked[:, track])
        for track, (notes, role) in enumerate(zip(parts, roles, strict=True), 1)
    ]
    return phrased(players, scene, settings.phrasing, Chance(noise))


def _recipe(
    generator: Generator,
    melody: Melody,
    settings: GenerationSettings,
    meters: MeterMap,
    programs: tuple[int, ...],
    given: Given | None,
) -> Recipe:
    return Recipe(
        melody,
        generator.name,
        generator.sha256,
        generator.style,
        settings,
        meters.upbeat_steps,
        programs,
        given,
    )


def _with_upbeat(melody: Melody, settings: GenerationSettings) -> MeterMap:
    """The melody's metres with the upbeat that is set, or known, or else heard."""
    meters = melody.meters
    if settings.upbeat is not None:
        # Who sets the one that the piece has by ticks has not rounded it.
        same = meters.upbeat is not None and settings.upbeat == meters.upbeat_steps
        return meters if same else meters.with_upbeat(settings.upbeat * TICKS_PER_STEP)
    if meters.upbeat is not None:
        return meters
    # Who changes the metre has counted the bars.
    if not meters.is_constant:
        return meters.with_upbeat(0)
    return meters.with_upbeat(detect_upbeat(on_steps(melody.notes), melody.meter) * TICKS_PER_STEP)


def _feel(settings: GenerationSettings, melody: Melody, meters: MeterMap) -> Feel:
    """How the voices divide a beat; a compound metre has its thirds on the grid.

    So has, or has no beats as these, a piece whose bars begin beside the quarters of its first one.
    """
    for change in meters.changes:
        beside = (change.tick - (meters.upbeat or 0)) % TICKS_PER_BEAT if change.tick else 0
        if beside or change.meter.ticks_per_pulse % TICKS_PER_BEAT:
            return Feel.STRAIGHT
    return settings.feel or hear_feel(melody.notes, meters.upbeat_steps)


def _silent_before(
    melody: Melody, steps: int, settings: GenerationSettings, given: Given | None
) -> Given | None:
    """``given``, with nothing to be written before the first note of ``melody``.

    What is silent there is locked as it is, so that a generator writes on from the silence. What
    somebody has locked there stays, and so does an accompaniment that is to be improved: it may
    have an introduction of its own.
    """
    first = melody.notes[0].start
    if not first:
        return given
    if given is None:
        alone = [on_steps(melody.notes), *[()] * (len(VOICE_NAMES) - 1)]
        shape = (steps, len(VOICE_NAMES))
        given = Given(PianoRoll.from_notes(alone, steps), np.zeros(shape, np.bool_))
    locked = given.locked.copy()
    roll = given.roll
    if not settings.improve:
        kept = [
            [note for note in notes if note.start >= first or locked[note.start, voice]]
            for voice, notes in enumerate(roll.all_notes())
        ]
        roll = PianoRoll.from_notes(kept, roll.steps)
    locked[:first] = True
    return Given(roll, locked, given.played)


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


def melody_of(piece: Composition, track: int = MELODY, line: Line = Line.UPPER) -> Melody:
    """The melody of ``piece`` as a model is to see it: without the swing that a band gave it.

    So the same melody may be played with another band.
    """
    found = piece.melody(track, line)
    recipe = recipe_from_text(piece.origin.recipe) if piece.origin else None
    if recipe is None or not recipe.settings.swing_melody:
        return found
    straight = {note.on_grid: note for note in recipe.melody.notes}
    return replace(found, notes=tuple(straight.get(n.on_grid, n) for n in found.notes))


def make_again(recipe: Recipe, generator: Generator, progress: Progress | None = None) -> Composed:
    """What ``generator`` makes of ``recipe``: the same take, if it is the same model file.

    That is promised for one machine; another processor may round otherwise.
    """
    return compose_with_confidence(
        recipe.melody, generator, recipe.settings, progress, recipe.programs, recipe.given
    )
