"""Melodies that put a model to the test: eight bars of a known tune, changed in one respect."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from composer_app.analysis.voice_grid import VoiceGrid
from composer_app.evaluation.harmony.tunes import Tune
from composer_app.music.composition import Composition
from composer_app.music.melody import Melody
from composer_app.music.meter_map import MeterMap
from composer_app.music.note import Note
from composer_app.music.timing import Meter

_BARS: Final = 8
# The bars, counted from 0, in which the melody rests.
_REST_BARS: Final = (2, 4, 6)
_PHRASE_BAR: Final = 3
_BARS_BEFORE: Final = 2
# Steps of the phrase's last note and of the upbeat to the next phrase; between them is a rest.
_PHRASE_END: Final = {
    Meter(4, 4): (8, 4),
    Meter(3, 4): (4, 4),
    Meter(6, 8): (6, 2),
    Meter(2, 4): (4, 2),
}


class Trial(StrEnum):
    """What a case is about."""

    DOWNBEAT_REST = "downbeat_rest"
    UPBEAT_REST = "upbeat_rest"
    LONG_REST = "long_rest"
    SILENCE_BEFORE = "silence_before"
    INTRODUCTION = "introduction"
    REGISTER = "register"


@dataclass(frozen=True, slots=True)
class Register:
    """Where a melody is moved: the middle of its range to that of ``lowest..highest``."""

    lowest: int
    highest: int

    def shift(self, melody: Melody) -> int:
        """Semitones that bring ``melody`` there."""
        pitches = [note.pitch for note in melody.notes]
        return (self.lowest + self.highest - min(pitches) - max(pitches)) // 2


REGISTERS: Final = {
    "41-52": Register(41, 52),
    "43-64": Register(43, 64),
    "72-84": Register(72, 84),
}


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """A melody, and where to look: ``(start, end)``, in steps, of ``rests`` in it.

    ``register`` is the name of one of :data:`REGISTERS`.
    """

    trial: Trial
    name: str
    melody: Melody
    rests: tuple[tuple[int, int], ...] = ()
    register: str = ""

    @property
    def grid(self) -> VoiceGrid:
        """The melody above silence."""
        return VoiceGrid.from_composition(Composition.from_melody(self.melody))


def cases_of(tunes: Sequence[Tune]) -> Iterator[Case]:
    """Every trial with the first eight bars of each of ``tunes``."""
    for tune in tunes:
        melody = eight_bars(tune)
        if melody is None:
            continue
        yield from _with_rests(melody, tune)
        yield from _delayed(melody, tune)
        for name, register in REGISTERS.items():
            moved = melody.transposed(register.shift(melody))
            yield Case(Trial.REGISTER, tune.name, moved, register=name)


def eight_bars(tune: Tune) -> Melody | None:
    """The melody of ``tune`` from its first downbeat on; None where it has no eight bars."""
    length = _BARS * tune.meter.steps_per_bar
    notes = [
        Note(
            max(0, start - tune.upbeat), pitch, min(end - tune.upbeat, length) - start + tune.upbeat
        )
        for start, end, pitch in tune.grid.notes(0)
        if start >= tune.upbeat and start - tune.upbeat < length
    ]
    if not notes or tune.steps - tune.upbeat < length:
        return None
    return Melody(tuple(notes), meters=MeterMap.constant(tune.meter, 0), title=tune.name)


def _with_rests(melody: Melody, tune: Tune) -> Iterator[Case]:
    bar, beat = tune.meter.steps_per_bar, tune.meter.steps_per_beat
    breaths = melody
    rests = []
    for number in _REST_BARS:
        rest = (number * bar, number * bar + beat)
        changed = _silenced(breaths, rest)
        # The melody goes on at once: it is a breath, not the end of something.
        if any(rest[1] <= note.start < rest[1] + beat for note in changed.notes):
            breaths = changed
            rests.append(rest)
    yield Case(Trial.DOWNBEAT_REST, tune.name, breaths, tuple(rests))
    held, upbeat = _PHRASE_END[tune.meter]
    for trial, first, bars in ((Trial.UPBEAT_REST, held, 1), (Trial.LONG_REST, beat, 2)):
        start = _PHRASE_BAR * bar
        rest = (start + first, start + bars * bar - upbeat)
        last, following = _sounding_at(melody, start), _sounding_at(melody, start + bars * bar)
        if last is not None and following is not None:
            cleared = _silenced(melody, (start, start + bars * bar))
            added = Note(start, last.pitch, first), Note(rest[1], following.pitch, upbeat)
            notes = tuple(sorted((*cleared.notes, *added), key=lambda note: note.start))
            yield Case(trial, tune.name, replace(melody, notes=notes), (rest,))


def _delayed(melody: Melody, tune: Tune) -> Iterator[Case]:
    """The melody two bars later, once to be left silent before it and once with an introduction."""
    by = _BARS_BEFORE * tune.meter.steps_per_bar
    notes = tuple(replace(note, start=note.start + by) for note in melody.notes)
    later = replace(melody, notes=notes)
    for trial in (Trial.SILENCE_BEFORE, Trial.INTRODUCTION):
        yield Case(trial, tune.name, later, ((0, notes[0].start),))


def _sounding_at(melody: Melody, step: int) -> Note | None:
    return next((note for note in melody.notes if note.start <= step < note.end), None)


def _silenced(melody: Melody, span: tuple[int, int]) -> Melody:
    """``melody`` without what sounds in ``span``; a note that reaches beyond it is cut."""
    begin, end = span
    notes = []
    for note in melody.notes:
        for start, stop in ((note.start, min(note.end, begin)), (max(note.start, end), note.end)):
            if start < stop:
                notes.append(Note(start, note.pitch, stop - start))
    return replace(melody, notes=tuple(notes))
