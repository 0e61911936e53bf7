"""A composition: named tracks with instruments, a tempo, a metre, and where it came from.

Its names come from files that anybody may have made. Each is one line of visible letters from the
beginning (:func:`~composer_app.plain_text.one_line_name`), so that nobody who shows one has to
think of it.
"""

from dataclasses import dataclass, field, replace
from typing import Final

from composer_app.music.melody import Melody, top_line
from composer_app.music.note import NOTE_ORDER, Note
from composer_app.music.performance import Performance
from composer_app.music.piano_roll import PianoRoll
from composer_app.music.pitch import Key, estimate_key
from composer_app.music.timing import Meter, TempoMap
from composer_app.plain_text import one_line_name

VOICE_NAMES: Final = ("Soprano", "Alto", "Tenor", "Bass")
# General MIDI programs, counted from 0: a string quartet.
DEFAULT_PROGRAMS: Final = (40, 40, 41, 42)


@dataclass(frozen=True, slots=True)
class Track:
    """Notes for one instrument; ``program`` is General MIDI, 0-127."""

    name: str
    program: int = 0
    notes: tuple[Note, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.program <= 127:
            raise ValueError(f"program {self.program} is outside General MIDI's 0-127")
        object.__setattr__(self, "name", one_line_name(self.name))
        object.__setattr__(self, "notes", tuple(sorted(self.notes, key=NOTE_ORDER)))

    @property
    def end(self) -> int:
        """First step after the last note."""
        return max((note.end for note in self.notes), default=0)


@dataclass(frozen=True, slots=True)
class Origin:
    """Which model wrote a take, with which seed and temperature.

    ``recipe`` is JSON of everything that made it (see :mod:`composer_app.generation.recipe`), empty
    where that is not known. It is no part of what makes two origins equal.
    """

    model: str
    seed: int
    temperature: float
    recipe: str = field(default="", compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "model", one_line_name(self.model))


@dataclass(frozen=True, slots=True)
class Composition:
    """Tracks that sound together. In a generated one, track 0 is the melody.

    ``performance`` is what the melody was recorded from, kept so that it can be quantized anew.
    ``melody_chosen`` says that track 0 has been put in front as the melody, so that nobody looks
    for it again; it is no part of the music, and pieces that differ in nothing else are equal.
    """

    tracks: tuple[Track, ...] = ()
    tempo: TempoMap = field(default_factory=TempoMap)
    meter: Meter = field(default_factory=Meter)
    title: str = ""
    origin: Origin | None = None
    performance: Performance | None = None
    melody_chosen: bool = field(default=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "title", one_line_name(self.title))

    @property
    def steps(self) -> int:
        """Length in steps, up to the end of the last note."""
        return max((track.end for track in self.tracks), default=0)

    @property
    def sounding_steps(self) -> float:
        """Until when notes sound, in steps: by their micro-timing perhaps beyond ``steps``."""
        releases = (note.release for track in self.tracks for note in track.notes)
        return max(releases, default=0.0)

    @property
    def bars(self) -> int:
        """Length in bars, the last one counted whole."""
        return self.meter.bars(self.steps)

    @property
    def note_count(self) -> int:
        """Number of notes in all tracks."""
        return sum(len(track.notes) for track in self.tracks)

    @classmethod
    def from_melody(cls, melody: Melody, program: int = DEFAULT_PROGRAMS[0]) -> "Composition":
        """A composition whose only track is ``melody``."""
        track = Track(VOICE_NAMES[0], program, melody.notes)
        return cls((track,), melody.tempo, melody.meter, melody.title)

    def melody(self, track: int = 0) -> Melody:
        """The top line of ``tracks[track]``; empty where there is no such track."""
        notes = top_line(self.tracks[track].notes) if track < len(self.tracks) else ()
        return Melody(notes, self.tempo, self.meter, self.title)

    def key(self) -> Key:
        """Estimated key, notes weighted by their length."""
        notes = [note for track in self.tracks for note in track.notes]
        return estimate_key((note.pitch for note in notes), (note.duration for note in notes))

    def piano_roll(self) -> PianoRoll:
        """Roll of shape (steps, 128, number of tracks)."""
        return PianoRoll.from_notes([track.notes for track in self.tracks], self.steps)

    def with_program(self, track: int, program: int) -> "Composition":
        """The same music with another instrument on ``tracks[track]``."""
        tracks = list(self.tracks)
        tracks[track] = replace(tracks[track], program=program)
        return replace(self, tracks=tuple(tracks))

    def with_recipe(self, recipe: str) -> "Composition":
        """The same music, whose origin, if it has one, says how it was made."""
        if self.origin is None:
            return self
        return replace(self, origin=replace(self.origin, recipe=recipe))
