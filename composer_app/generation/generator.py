"""What every generation technique offers, and what it is told.

:mod:`composer_app.generation.composing` makes a take with it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from composer_app.generation.hearing.feel import Feel
from composer_app.generation.noise import MAX_SEED, NoiseVector
from composer_app.generation.repeating import Repeats
from composer_app.generation.steering import (
    EVEN,
    MAX_CHORD_RATE,
    MIN_CHORD_RATE,
    NOTHING,
    PerVoice,
    Spans,
    check_busy,
    check_densities,
    check_kept,
    check_ranges,
    check_rhythms,
    check_scale,
)
from composer_app.late_numpy import np
from composer_app.music.composition import VOICE_NAMES
from composer_app.music.harmony.chord_wishes import NO_WISHES, ChordWishes
from composer_app.music.harmony.chords import ChordSymbol
from composer_app.music.harmony.key_changes import KeyChange
from composer_app.music.meter_map import MeterMap
from composer_app.music.note import DEFAULT_VELOCITY, Note
from composer_app.music.piano_roll import PianoRoll

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAX_BARS: Final = 999
MIN_TEMPERATURE: Final = 0.1
MAX_TEMPERATURE: Final = 2.0
# The longest bar there is (32/4 and its like excepted) has something after its upbeat.
MAX_UPBEAT: Final = 31
MIN_ITERATIONS, MAX_ITERATIONS = 1, 400
MAX_PERCENT_ADDED: Final = 1000
DEFAULT_MAX_REMOVED: Final = 30

# How strongly the generated voices are struck, in relation to the melody above them.
ACCOMPANIMENT_LEVEL: Final = 0.85

# Called with the share done, 0.0 to 1.0; returns False to cancel.
Progress = Callable[[float], bool]


class GenerationCancelledError(Exception):
    """The progress callback asked to stop. Not an error a person is told of."""


@dataclass(frozen=True, slots=True)
class GenerationSettings:
    """What a person chooses: ``temperature`` is 1.0 for the model's own taste."""

    seed: int = 0
    temperature: float = 1.0
    # Steps before the first downbeat; None is for what the piece says, or compose hears.
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
    # How the voices divide a beat; None is for compose to hear. A generator takes no notice of it.
    feel: Feel | None = None
    # Whether voices may begin before the melody does.
    introduction: bool = False
    # What comes again where the melody repeats something.
    repeats: Repeats = Repeats.REPEAT
    # The chords that are wished; where there are none the model is free.
    chords: ChordWishes = NO_WISHES
    # Of alto, tenor and bass: notes a beat, None for the model's own number.
    density: PerVoice[float | None] = NOTHING
    # From -1, struck with the melody, to 1, struck beside it.
    rhythm: PerVoice[float] = EVEN
    # The lowest and the highest MIDI pitch.
    ranges: PerVoice[tuple[int, int] | None] = NOTHING
    # When the notes of a voice sound whose rhythm is kept.
    kept_rhythm: PerVoice[Spans | None] = NOTHING
    # From -1, triads of the key, to 1, sevenths and chromatic chords.
    richness: float = 0.0
    # About how many chords a bar has; None is for the model to choose.
    chord_rate: float | None = None
    # How much of the accompaniment that is given comes again, 0 to 1.
    likeness: float = 0.0
    # The keys that are set, in order; before the first one the model hears the key.
    keys: tuple[KeyChange, ...] = ()
    # Of the chords, the bass and the drums of a band: from -1, simple, to 1.
    busy: PerVoice[float] = EVEN
    # How deeply what is written is phrased, from 0, even, to 1. A generator of voices takes no
    # notice of it.
    phrasing: float = 0.0
    # Whether a melody that stands on the grid swings along with a band that does.
    swing_melody: bool = False

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
            ("chord_rate", self.chord_rate, MIN_CHORD_RATE, MAX_CHORD_RATE),
            ("likeness", self.likeness, 0, 1),
            ("phrasing", self.phrasing, 0, 1),
        ):
            if value is not None and not least <= value <= most:
                raise ValueError(f"{name} {value} is outside {least}-{most}")
        check_densities(self.density)
        check_rhythms(self.rhythm)
        check_ranges(self.ranges)
        check_kept(self.kept_rhythm)
        check_scale("richness", self.richness)
        check_busy(self.busy)


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
    cells that were given. ``chords`` are the plan that the voices follow, those that were wished
    among them; none of a model that plans nothing.
    """

    roll: PianoRoll
    confidence: NDArray[np.float32]
    chords: tuple[ChordSymbol, ...] = ()


class Generator(Protocol):
    """A technique with its trained weights."""

    @property
    def name(self) -> str:
        """The model's name, as in ``models/NAME.onnx``."""

    @property
    def style(self) -> str:
        """What it writes, such as "bach"."""

    @property
    def sha256(self) -> str:
        """The SHA-256 of its model file, in hexadecimal digits."""

    def generate(
        self,
        roll: PianoRoll,
        meters: MeterMap,
        noise: NoiseVector,
        settings: GenerationSettings,
        progress: Progress | None = None,
        given: Given | None = None,
    ) -> Generated:
        """From a melody's roll (T, 128, 1) to four voices, voice 0 the melody.

        The upbeat of ``meters`` is known, and the one of ``settings`` of no account. ``noise``
        covers at least T steps and is the only source of chance. Cells that ``given`` (of T steps
        too) has locked are kept. Raises :class:`GenerationCancelledError` when ``progress``
        returns False.
        """
        ...


def mean_velocity(roll: PianoRoll, level: float = 1.0) -> int:
    """``level`` times the mean velocity of the notes of ``roll``, as a MIDI velocity."""
    struck = roll.velocity[roll.onset]
    mean = float(struck.mean()) if struck.size else DEFAULT_VELOCITY
    return max(1, min(127, round(mean * level)))


def accompaniment_velocity(roll: PianoRoll) -> int:
    """How strongly to strike generated notes: a little below the melody's mean velocity."""
    return mean_velocity(roll, ACCOMPANIMENT_LEVEL)
