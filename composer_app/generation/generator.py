"""What every generation technique offers, and the one function that composes.

The command line and the Generate button both call :func:`compose`.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from composer_app.errors import MelodyError
from composer_app.generation.bar_phase import detect_upbeat
from composer_app.generation.noise import MAX_SEED, NoiseVector
from composer_app.music.composition import (
    DEFAULT_PROGRAMS,
    VOICE_NAMES,
    Composition,
    Origin,
    Track,
)
from composer_app.music.melody import Melody, retimed
from composer_app.music.note import DEFAULT_VELOCITY, Note
from composer_app.music.piano_roll import PianoRoll
from composer_app.music.timing import Meter
from composer_app.translation import _

MAX_BARS: Final = 999
_SYNCOPATED_STYLES: Final = ("ragtime",)
MIN_TEMPERATURE: Final = 0.1
MAX_TEMPERATURE: Final = 2.0
# The longest bar there is (32/4 and its like excepted) has something after its upbeat.
MAX_UPBEAT: Final = 31
MIN_ITERATIONS, MAX_ITERATIONS = 6, 400
MAX_PERCENT_ADDED: Final = 1000
DEFAULT_MAX_REMOVED: Final = 30

# How strongly the generated voices are struck, in relation to the melody above them.
_ACCOMPANIMENT_LEVEL: Final = 0.85

# Called with the share done, 0.0 to 1.0; returns False to cancel.
Progress = Callable[[float], bool]


class GenerationCancelledError(Exception):
    """The progress callback asked to stop. Not an error a person is told of."""


@dataclass(frozen=True, slots=True)
class GenerationSettings:
    """What a person chooses: ``temperature`` is 1.0 for the model's own taste."""

    seed: int = 0
    temperature: float = 1.0
    # Steps before the first downbeat; None is for compose to hear (0 for a generator).
    upbeat: int | None = None
    # About how often the network runs; None is for the generator to choose.
    iterations: int | None = None
    # Whether what is given but not locked is an accompaniment to be improved.
    improve: bool = False
    # In percent of the notes of the accompaniment that is improved (or, where there is none, of
    # the melody's): how many may be added (None: any number) and taken away.
    max_added: int | None = None
    max_removed: int = DEFAULT_MAX_REMOVED
    # The share of the melody's cells that may be drawn anew.
    vary_melody: float = 0.0

    def __post_init__(self) -> None:
        if not 0 <= self.seed <= MAX_SEED:
            raise ValueError(f"a seed is a whole number from 0 to {MAX_SEED}, not {self.seed}")
        if not MIN_TEMPERATURE <= self.temperature <= MAX_TEMPERATURE:
            raise ValueError(
                f"temperature {self.temperature} is outside {MIN_TEMPERATURE}-{MAX_TEMPERATURE}"
            )
        if self.upbeat is not None and not 0 <= self.upbeat <= MAX_UPBEAT:
            raise ValueError(f"an upbeat of {self.upbeat} steps is outside 0-{MAX_UPBEAT}")
        for name, value, least, most in (
            ("iterations", self.iterations, MIN_ITERATIONS, MAX_ITERATIONS),
            ("max_added", self.max_added, 0, MAX_PERCENT_ADDED),
            ("max_removed", self.max_removed, 0, 100),
            ("vary_melody", self.vary_melody, 0, 1),
        ):
            if value is not None and not least <= value <= most:
                raise ValueError(f"{name} {value} is outside {least}-{most}")


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """What stands before anything is generated.

    ``roll`` has shape (T, 128, 4), voice 0 the melody; ``locked``, bool of shape (T, 4), is true
    where a voice must stay as it is, sounding or silent. A note of which one cell is locked is
    locked whole: construction extends ``locked`` accordingly. ``played`` are the voices under the
    melody as they sound; a roll knows no micro-timing.
    """

    roll: PianoRoll
    locked: NDArray[np.bool_]
    played: tuple[tuple[Note, ...], ...] = ()

    def __post_init__(self) -> None:
        shape = (self.roll.steps, self.roll.voices)
        if self.roll.voices != len(VOICE_NAMES) or self.locked.shape != shape:
            raise ValueError(f"given are {shape} cells, and {self.locked.shape} are locked")
        locked = self.locked.copy()
        for voice in range(self.roll.voices):
            if locked[:, voice].all() or not locked[:, voice].any():
                continue
            notes = self.roll.notes(voice)
            before = -1
            # Where a voice has chords, a note may lock its neighbour.
            while before != (before := int(locked[:, voice].sum())):
                for note in notes:
                    span = slice(note.start, note.end)
                    if locked[span, voice].any():
                        locked[span, voice] = True
        locked.setflags(write=False)
        object.__setattr__(self, "locked", locked)

    def paste(self, roll: PianoRoll) -> PianoRoll:
        """``roll`` (T, 128, 4) with every locked cell as given, the rest of it around them."""
        voices = []
        for voice, (mine, others) in enumerate(
            zip(self.roll.all_notes(), roll.all_notes(), strict=True)
        ):
            locked = self.locked[:, voice]
            notes = [note for note in mine if locked[note.start]]
            for note in others:
                free = ~locked[note.start : note.end]
                edges = np.flatnonzero(np.diff(free, prepend=False, append=False))
                for start, end in edges.reshape(-1, 2).tolist():
                    notes.append(Note(note.start + start, note.pitch, end - start, note.velocity))
            voices.append(notes)
        return PianoRoll.from_notes(voices, roll.steps)


@dataclass(frozen=True, slots=True, eq=False)
class Generated:
    """Four voices, and how sure the model was of them.

    ``roll`` has shape (T, 128, 4), voice 0 the melody. ``confidence``, (T, 4), is the
    probability, 0 to 1, that the model gave to what stands in the cell when it was chosen; 1 for
    cells that were given.
    """

    roll: PianoRoll
    confidence: NDArray[np.float32]


class Generator(Protocol):
    """A technique with its trained weights."""

    @property
    def name(self) -> str:
        """The model's name, as in ``models/NAME.onnx``."""

    @property
    def style(self) -> str:
        """What it writes, such as "bach"."""

    def generate(
        self,
        roll: PianoRoll,
        meter: Meter,
        noise: NoiseVector,
        settings: GenerationSettings,
        progress: Progress | None = None,
        given: Given | None = None,
    ) -> Generated:
        """From a melody's roll (T, 128, 1) to four voices, voice 0 the melody.

        The first downbeat of ``meter`` is step ``settings.upbeat``. ``noise`` covers at least T
        steps and is the only source of chance. Cells that ``given`` (of T steps too) has locked
        are kept. Raises :class:`GenerationCancelledError` when ``progress`` returns False.
        """
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Take:
    """A composition, how sure the model was of its cells, and the upbeat it was written with.

    ``confidence`` has shape (T, 4), see :class:`Generated`.
    """

    composition: Composition
    confidence: NDArray[np.float32]
    upbeat: int


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
) -> Take:
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
    origin = Origin(generator.name, settings.seed, settings.temperature)
    piece = Composition(tracks, melody.tempo, melody.meter, melody.title, origin)
    return Take(piece, result.confidence, upbeat)


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


def mean_velocity(roll: PianoRoll, level: float = 1.0) -> int:
    """``level`` times the mean velocity of the notes of ``roll``, as a MIDI velocity."""
    struck = roll.velocity[roll.onset]
    mean = float(struck.mean()) if struck.size else DEFAULT_VELOCITY
    return max(1, min(127, round(mean * level)))


def accompaniment_velocity(roll: PianoRoll) -> int:
    """How strongly to strike generated notes: a little below the melody's mean velocity."""
    return mean_velocity(roll, _ACCOMPANIMENT_LEVEL)
