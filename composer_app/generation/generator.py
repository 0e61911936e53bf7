"""What every generation technique offers, and the one function that composes.

The command line and the Generate button both call :func:`compose`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from composer_app.errors import MelodyError
from composer_app.generation.noise import MAX_SEED, NoiseVector
from composer_app.music.composition import (
    DEFAULT_PROGRAMS,
    VOICE_NAMES,
    Composition,
    Origin,
    Track,
)
from composer_app.music.melody import Melody
from composer_app.music.note import Note
from composer_app.music.piano_roll import PianoRoll
from composer_app.music.timing import Meter

MAX_BARS: Final = 999
MIN_TEMPERATURE: Final = 0.1
MAX_TEMPERATURE: Final = 2.0

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

    def __post_init__(self) -> None:
        if not 0 <= self.seed <= MAX_SEED:
            raise ValueError(f"a seed is a whole number from 0 to {MAX_SEED}, not {self.seed}")
        if not MIN_TEMPERATURE <= self.temperature <= MAX_TEMPERATURE:
            raise ValueError(
                f"temperature {self.temperature} is outside {MIN_TEMPERATURE}-{MAX_TEMPERATURE}"
            )


class Generator(Protocol):
    """A technique with its trained weights."""

    @property
    def name(self) -> str:
        """The model's name, as in ``models/NAME.onnx``."""

    def generate(
        self,
        roll: PianoRoll,
        meter: Meter,
        noise: NoiseVector,
        settings: GenerationSettings,
        progress: Progress | None = None,
    ) -> PianoRoll:
        """From a melody's roll (T, 128, 1) to four voices (T, 128, 4), voice 0 the melody.

        Step 0 is a downbeat of ``meter``. ``noise`` covers at least T steps and is the only
        source of chance. Raises :class:`GenerationCancelledError` when ``progress`` returns
        False.
        """
        ...


def compose(
    melody: Melody,
    generator: Generator,
    settings: GenerationSettings,
    progress: Progress | None = None,
    programs: tuple[int, ...] = DEFAULT_PROGRAMS,
) -> Composition:
    """Harmonise ``melody`` with ``generator``: four tracks, the first the melody, untouched.

    Raises :class:`MelodyError` where there is nothing to harmonise or too much.
    """
    check_melody(melody)
    noise = NoiseVector.from_seed(settings.seed, melody.steps)
    roll = PianoRoll.from_notes([melody.notes], melody.steps)
    result = generator.generate(roll, melody.meter, noise, settings, progress)
    voices: list[tuple[Note, ...]] = [melody.notes]
    voices.extend(result.notes(voice) for voice in range(1, result.voices))
    tracks = tuple(
        Track(name, program, notes)
        for name, program, notes in zip(VOICE_NAMES, programs, voices, strict=True)
    )
    origin = Origin(generator.name, settings.seed, settings.temperature)
    return Composition(tracks, melody.tempo, melody.meter, melody.title, origin)


def check_melody(melody: Melody) -> None:
    """Raise :class:`MelodyError`, with the reason, for a melody that cannot be harmonised."""
    if not melody.notes:
        raise MelodyError("The melody has no notes: play something or open a MIDI file first.")
    if melody.bars > MAX_BARS:
        raise MelodyError(
            f"The melody has {melody.bars} bars and Composer harmonises up to {MAX_BARS}:"
            " choose a shorter passage."
        )


def accompaniment_velocity(roll: PianoRoll) -> int:
    """How strongly to strike generated notes: a little below the melody's mean velocity."""
    struck = roll.velocity[roll.onset]
    mean = float(struck.mean()) if struck.size else 80.0
    return max(1, min(127, round(mean * _ACCOMPANIMENT_LEVEL)))
