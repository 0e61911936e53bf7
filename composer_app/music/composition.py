"""A composition: named tracks with instruments, a tempo, a metre, and where it came from.

Its names come from files that anybody may have made. Each is one line of visible letters from the
beginning (:func:`~composer_app.plain_text.one_line_name`), so that nobody who shows one has to
think of it.
"""

from dataclasses import dataclass, field, replace
from typing import Final

from composer_app.music import controls, texts
from composer_app.music.controls import Control, pedal_up_after, without_other_sounds
from composer_app.music.harmony import chords, key_changes
from composer_app.music.harmony.chords import ChordSymbol
from composer_app.music.harmony.key_changes import KeyChange
from composer_app.music.melody import Melody
from composer_app.music.meter_map import MeterMap
from composer_app.music.note import NOTE_ORDER, Note
from composer_app.music.performing.melody_line import Line, melody_line
from composer_app.music.performing.performance import Performance
from composer_app.music.piano_roll import PianoRoll
from composer_app.music.pitch import Key, estimate_key
from composer_app.music.texts import Text
from composer_app.music.timing import TICKS_PER_STEP, Meter, TempoMap
from composer_app.plain_text import one_line_name

VOICE_NAMES: Final = ("Soprano", "Alto", "Tenor", "Bass")
# The tracks of a band, the melody in front.
DRUMS_NAME: Final = "Drums"
BAND_NAMES: Final = ("Melody", "Chords", "Bass", DRUMS_NAME)
# General MIDI programs, counted from 0: a string quartet.
DEFAULT_PROGRAMS: Final = (40, 40, 41, 42)
# A pedal that stays down after the last note is waited for so long: by then a piano has died away.
_LONGEST_PEDAL_STEPS: Final = 64


@dataclass(frozen=True, slots=True)
class Track:
    """Notes for one instrument; ``program`` is General MIDI, 0-127.

    ``controls`` are what it says besides: pedals, bends, other instruments later on. ``texts`` are
    the lyrics under its notes. Both stay where they are when notes change. The notes of ``drums``
    are those of a kit, by General MIDI's numbers: no pitches, and part of no harmony.
    """

    name: str
    program: int = 0
    notes: tuple[Note, ...] = ()
    controls: tuple[Control, ...] = ()
    texts: tuple[Text, ...] = ()
    drums: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.program <= 127:
            raise ValueError(f"program {self.program} is outside General MIDI's 0-127")
        object.__setattr__(self, "name", one_line_name(self.name))
        object.__setattr__(self, "notes", tuple(sorted(self.notes, key=NOTE_ORDER)))
        object.__setattr__(self, "controls", controls.in_order(self.controls))
        object.__setattr__(self, "texts", texts.in_order(self.texts))

    @property
    def end(self) -> int:
        """First step after the last note."""
        return max((note.end for note in self.notes), default=0)

    @property
    def sounding_steps(self) -> float:
        """Until when it sounds, in steps: up to the last release, or until its pedal comes up."""
        release = max((note.release_ticks for note in self.notes), default=0)
        if not self.controls:
            return release / TICKS_PER_STEP
        longest = release + _LONGEST_PEDAL_STEPS * TICKS_PER_STEP
        return min(pedal_up_after(self.controls, release), longest) / TICKS_PER_STEP

    def with_program(self, program: int) -> "Track":
        """The same notes on another instrument, which plays them all: it changes no more."""
        controls = without_other_sounds(self.controls)
        return replace(self, program=program, controls=controls)


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
    ``keys`` are the keys that it says it is written in; without them :meth:`key` estimates one.
    ``texts`` are markers, cues, the copyright, and lyrics that belong to no single track.
    ``melody_chosen`` says that track 0 has been put in front as the melody, so that nobody looks
    for it again; it is no part of the music, and pieces that differ in nothing else are equal.
    ``chords`` are its chord symbols, each in force until the next; none where nobody has said any.
    """

    tracks: tuple[Track, ...] = ()
    tempo: TempoMap = field(default_factory=TempoMap)
    meters: MeterMap = field(default_factory=MeterMap)
    title: str = ""
    origin: Origin | None = None
    performance: Performance | None = None
    melody_chosen: bool = field(default=False, compare=False)
    keys: tuple[KeyChange, ...] = ()
    texts: tuple[Text, ...] = ()
    chords: tuple[ChordSymbol, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "title", one_line_name(self.title))
        object.__setattr__(self, "keys", key_changes.in_order(self.keys))
        object.__setattr__(self, "texts", texts.in_order(self.texts))
        object.__setattr__(self, "chords", chords.in_order(self.chords))

    @property
    def steps(self) -> int:
        """Length in steps, up to the end of the last note."""
        return max((track.end for track in self.tracks), default=0)

    @property
    def sounding_steps(self) -> float:
        """Until when notes sound, in steps: by micro-timing or a pedal perhaps beyond ``steps``."""
        return max((track.sounding_steps for track in self.tracks), default=0.0)

    @property
    def meter(self) -> Meter:
        """The metre at the start."""
        return self.meters.initial

    @property
    def bars(self) -> int:
        """Length in bars, an upbeat included, the last one counted whole."""
        return self.meters.bars(self.steps)

    @property
    def pitched_tracks(self) -> tuple[int, ...]:
        """Indices of the tracks whose notes have a pitch: all but drums."""
        return tuple(index for index, track in enumerate(self.tracks) if not track.drums)

    @property
    def note_count(self) -> int:
        """Number of notes in all tracks."""
        return sum(len(track.notes) for track in self.tracks)

    @classmethod
    def from_melody(cls, melody: Melody, program: int = DEFAULT_PROGRAMS[0]) -> "Composition":
        """A composition whose only track is ``melody``."""
        track = Track(VOICE_NAMES[0], program, melody.notes)
        return cls((track,), melody.tempo, melody.meters, melody.title)

    def melody(self, track: int = 0, line: Line = Line.UPPER) -> Melody:
        """The ``line`` of ``tracks[track]``; empty where there is no such track."""
        found = self.tracks[track].notes if track < len(self.tracks) else ()
        notes = melody_line(found, self.tempo, line)
        return Melody(notes, self.tempo, self.meters, self.title)

    @property
    def key_signature(self) -> Key | None:
        """The key that the piece says it begins in, None where it says nothing."""
        return self.keys[0].key if self.keys else None

    def key(self) -> Key:
        """The key that the piece says it begins in, or else the :meth:`estimated_key`."""
        return self.key_signature or self.estimated_key()

    def chords_in_keys(self) -> list[tuple[ChordSymbol, Key]]:
        """Each chord symbol with the key it stands in: the last that is said, or :meth:`key`."""
        first, found = self.key() if self.chords else Key(0), []
        for symbol in self.chords:
            said = [change.key for change in self.keys if change.tick <= symbol.tick]
            found.append((symbol, said[-1] if said else first))
        return found

    def estimated_key(self) -> Key:
        """The key that its notes are most likely in, weighted by their length."""
        notes = [note for index in self.pitched_tracks for note in self.tracks[index].notes]
        return estimate_key((note.pitch for note in notes), (note.duration for note in notes))

    def piano_roll(self) -> PianoRoll:
        """Roll of shape (steps, 128, number of tracks)."""
        return PianoRoll.from_notes([track.notes for track in self.tracks], self.steps)

    def with_program(self, track: int, program: int) -> "Composition":
        """The same music with another instrument on ``tracks[track]``, throughout."""
        tracks = list(self.tracks)
        tracks[track] = tracks[track].with_program(program)
        return replace(self, tracks=tuple(tracks))

    def with_recipe(self, recipe: str) -> "Composition":
        """The same music, whose origin, if it has one, says how it was made."""
        if self.origin is None:
            return self
        return replace(self, origin=replace(self.origin, recipe=recipe))
