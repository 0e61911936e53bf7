"""A band as a generator: it plans the chords of a melody, and arranges them in its style."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from composer_app.generation.bands.arranging import Wish, arrange
from composer_app.generation.bands.chance import Chance
from composer_app.generation.bands.form import form_of
from composer_app.generation.bands.harmony import Chart
from composer_app.generation.bands.style_file import DRUMS, ROLES, Band, StyleFile
from composer_app.generation.bands.written_drums import Drummer, Kept
from composer_app.generation.generator import (
    Generated,
    GenerationCancelledError,
    GenerationSettings,
    Given,
    Progress,
)
from composer_app.generation.hearing.feel import Feel
from composer_app.generation.noise import NoiseVector
from composer_app.generation.refining.row_planning import RowTaste
from composer_app.late_numpy import np
from composer_app.music.composition import BAND_NAMES, DRUMS_NAME
from composer_app.music.harmony.chords import ChordSymbol
from composer_app.music.melody import Melody, on_steps
from composer_app.music.meter_map import MeterMap
from composer_app.music.note import DEFAULT_VELOCITY, Note
from composer_app.music.piano_roll import PianoRoll
from composer_app.music.timing import TICKS_PER_STEP

if TYPE_CHECKING:
    from composer_app.generation.bands.drum_network import DrumNetwork
    from composer_app.generation.refining.refining_generator import RefiningGenerator

# Another arranger makes other music of the same style: takes say which one it was.
_ARRANGER: Final = "3"
_TRIPLET: Final = 2 / 3
_STRAIGHT: Final = 0.5
# Which share of the work is done when the chords are planned.
_PLANNED: Final = 0.7


@dataclass(frozen=True, slots=True)
class Arranged:
    """The notes of chords, bass and drums, and the chords that they play."""

    parts: tuple[tuple[Note, ...], ...]
    chords: tuple[ChordSymbol, ...]


class BandGenerator:
    """The band of one style, whose chords a refining network plans."""

    def __init__(
        self,
        style: StyleFile,
        planner: "RefiningGenerator",
        drums: "DrumNetwork | None" = None,
    ) -> None:
        """``style`` is that of a band; without ``drums`` these are played from patterns."""
        assert style.band is not None
        self._band: Band = style.band
        self._planner = planner
        self.name = style.name
        self.style = style.name
        self._drums = drums
        made_by = f"{style.sha256} {planner.sha256} {_ARRANGER}"
        made_by += f" {drums.sha256}" if drums is not None else ""
        self.sha256 = hashlib.sha256(made_by.encode("ascii")).hexdigest()

    @property
    def band(self) -> Band:
        """Who plays, and what."""
        return self._band

    def swing(self, settings: GenerationSettings) -> float:
        """Where the second eighth of a beat falls, 0.5 to 1, as ``settings`` ask for it."""
        asked = _swing(settings.feel)
        return self._band.swing if asked is None else asked

    def generate(
        self,
        roll: PianoRoll,
        meters: MeterMap,
        noise: NoiseVector,
        settings: GenerationSettings,
        progress: Progress | None = None,
        given: Given | None = None,
    ) -> Generated:
        """The melody and the band on the grid, as a roll (T, 128, 4); see :meth:`arrange`.

        What the band plays after T, where its last chord dies away, is cut off.
        """
        melody = Melody(roll.notes(0))
        made = self.arrange(melody, meters, noise, settings, progress, given)
        parts = [[note.on_grid for note in part if note.start < roll.steps] for part in made.parts]
        cut = [
            [replace(note, duration=min(note.duration, roll.steps - note.start)) for note in part]
            for part in parts
        ]
        full = PianoRoll.from_notes([melody.notes, *cut], roll.steps)
        confidence = np.ones((roll.steps, full.voices), np.float32)
        return Generated(full, confidence, made.chords)

    def arrange(
        self,
        melody: Melody,
        meters: MeterMap,
        noise: NoiseVector,
        settings: GenerationSettings,
        progress: Progress | None = None,
        given: Given | None = None,
    ) -> Arranged:
        """Chords, bass and drums to ``melody``; the upbeat of ``meters`` is known.

        What ``given`` has locked stays. Raises :class:`GenerationCancelledError` when ``progress``
        returns False.
        """
        _check(progress, 0.0)
        seen = on_steps(melody.notes)
        taste = self._band.taste
        styles = self._planner.styles_numbered(taste.styles) or (0,)
        symbols = self._planner.plan_chords(
            PianoRoll.from_notes([seen], melody.steps),
            meters,
            noise,
            settings,
            RowTaste(styles, taste.hold, taste.richness),
        )
        _check(progress, _PLANNED)
        form = form_of(seen, meters, settings.repeats, introduction=settings.introduction)
        heard = [note.velocity for note in melody.notes]
        velocity = round(sum(heard) / len(heard)) if heard else DEFAULT_VELOCITY
        parts = arrange(
            self._band,
            form,
            Chart(symbols, form.end),
            seen,
            velocity,
            Chance(noise.extended(form.end)),
            Wish(settings.busy, self.swing(settings), settings.phrasing, *_drummed(given)),
            self._drummer(melody, settings, progress, given),
        )
        if given is not None:
            parts = tuple(_around(given, voice, notes) for voice, notes in enumerate(parts, 1))
        _check(progress, 1.0)
        return Arranged(parts, symbols)

    def _drummer(
        self,
        melody: Melody,
        settings: GenerationSettings,
        progress: Progress | None,
        given: Given | None,
    ) -> Drummer | None:
        if self._drums is None or self._band.drums is None:
            return None
        return Drummer(
            self._drums,
            tuple(style for style in self._band.drums.styles if self._drums.knows(style)),
            melody.tempo.initial_bpm,
            settings.temperature,
            self._band.drums.kit,
            None if given is None else _kept(given, BAND_NAMES.index(DRUMS_NAME)),
            lambda: _check(progress, _PLANNED),
        )


def _swing(feel: Feel | None) -> float | None:
    """The swing that somebody asks for; None for the style's own."""
    if feel is None:
        return None
    return _TRIPLET if feel is Feel.SWING else _STRAIGHT


def _drummed(given: Given | None) -> tuple[frozenset[int], frozenset[int]]:
    """The steps in which drums are locked, and those of them that have a kick."""
    if given is None:
        return frozenset(), frozenset()
    voice = ROLES.index("drums")
    locked = frozenset(np.flatnonzero(given.locked[:, voice]).tolist())
    struck = (note.start for note in _as_played(given, voice) if note.pitch == DRUMS["kick"])
    return locked, locked & frozenset(struck)


def _as_played(given: Given, voice: int) -> Sequence[Note]:
    return given.played[voice - 1] if given.played else given.roll.notes(voice)


def _check(progress: Progress | None, share: float) -> None:
    if progress is not None and not progress(share):
        raise GenerationCancelledError


def _kept(given: Given, voice: int) -> Kept:
    """What of voice number ``voice`` is locked, as it sounds."""
    locked = given.locked[:, voice]
    played = _as_played(given, voice)
    notes = tuple(note for note in played if note.start < len(locked) and locked[note.start])
    return Kept(notes, locked.tolist())


def _around(given: Given, voice: int, notes: tuple[Note, ...]) -> tuple[Note, ...]:
    """``notes`` where voice number ``voice`` is free, and what is locked of it as it sounds."""
    locked = given.locked[:, voice]
    if not locked.any():
        return notes
    steps = len(locked)
    kept = _kept(given, voice).notes
    free: list[Note] = []
    for note in notes:
        if note.start < steps and locked[note.start]:
            continue
        inside = [step for step in range(note.start, min(note.end, steps)) if locked[step]]
        if inside:
            until = min(note.release_ticks, min(inside) * TICKS_PER_STEP)
            if until > note.onset_ticks:
                free.append(note.cut_at(until))
        else:
            free.append(note)
    return tuple(sorted([*kept, *free]))
