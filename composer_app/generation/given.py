"""What a person locks: voices, bars and notes of an accompaniment that there is already."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from composer_app.errors import SettingError
from composer_app.generation.generator import MAX_BARS, Given
from composer_app.late_numpy import np
from composer_app.music.composition import VOICE_NAMES, Composition
from composer_app.music.melody import Melody, is_line, on_steps
from composer_app.music.meter_map import MeterMap
from composer_app.music.note import Note
from composer_app.music.piano_roll import PianoRoll
from composer_app.music.timing import STEPS_PER_BEAT
from composer_app.music.voices import MELODY, four_voices
from composer_app.translation import _, ngettext

Voices = tuple[tuple[Note, ...], ...]

_NAMES: Final = ("melody", *(name.lower() for name in VOICE_NAMES[1:]))
# Of a band, numbered after the voices: what a band has in the places of alto and bass.
_PARTS: Final = ("chords", "drums")
# The places of a band's tracks, by the numbers of the names that they have.
_OF_BAND: Final = {0: 0, 4: 1, 3: 2, 5: 3}
_ALL: Final = "bars"
_PLACE: Final = re.compile(r"(0|[1-9]\d{0,3})(?:\.([1-9]\d?))?")


@dataclass(frozen=True, slots=True)
class Place:
    """A bar, or a quarter ``beat`` of it; both count from 1, an upbeat is bar 0."""

    bar: int
    beat: int | None = None

    def span(self, meters: MeterMap) -> tuple[int, int]:
        """First step, and the first step after; nothing for a bar that there is not."""
        bar = meters.bar_numbered(self.bar)
        if bar is None:
            return 0, 0
        if self.beat is None:
            return bar.first_step, bar.end_step
        start = bar.first_step + (self.beat - 1) * STEPS_PER_BEAT
        return start, start + STEPS_PER_BEAT


@dataclass(frozen=True, slots=True)
class Lock:
    """Something to be locked: one voice or (None) all of them, throughout or between two places."""

    voice: int | None
    first: Place | None = None
    last: Place | None = None

    def span(self, meters: MeterMap, steps: int) -> slice:
        """The steps that are locked, of ``steps``."""
        if self.first is None or self.last is None:
            return slice(0, steps)
        return slice(self.first.span(meters)[0], self.last.span(meters)[1])


def parse_lock(text: str) -> Lock:
    """The lock written as ``bass``, ``bars:1-4``, ``alto:9-12`` or ``tenor:3.2`` (a beat).

    Raises :class:`ValueError` for anything else.
    """
    name, colon, range_ = text.strip().lower().partition(":")
    if name not in (*_NAMES, *_PARTS, _ALL) or (name == _ALL and not colon):
        raise ValueError(f"{text!r} names no voice and no bars")
    voice = None if name == _ALL else [*_NAMES, *_PARTS].index(name)
    if not colon:
        return Lock(voice)
    begin, dash, end = range_.partition("-")
    first, last = _place(begin), _place(end if dash else begin)
    if (last.bar, last.beat or MAX_BARS) < (first.bar, first.beat or 0):
        raise ValueError(f"{text!r} ends before it begins")
    return Lock(voice, first, last)


def locks_of_ensemble(locks: Sequence[Lock], *, band: bool) -> list[Lock]:
    """``locks`` as those of a band's tracks, or of voices. SettingError for what these have not."""
    found: list[Lock] = []
    for lock in locks:
        if lock.voice is None:
            found.append(lock)
            continue
        name = (*_NAMES, *_PARTS)[lock.voice]
        if (lock.voice not in _OF_BAND) if band else lock.voice >= len(_NAMES):
            raise SettingError(
                _("There is no {voice} to lock in this style", voice=name),
                _("lock melody, chords, bass or drums")
                if band
                else _("lock melody, alto, tenor or bass"),
            )
        found.append(replace(lock, voice=_OF_BAND[lock.voice]) if band else lock)
    return found


def _place(text: str) -> Place:
    match = _PLACE.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is no bar such as 3, and no beat such as 3.2")
    bar, beat = match.groups()
    return Place(int(bar), int(beat) if beat else None)


def accompaniment(composition: Composition, melody: int = MELODY) -> Voices:
    """Alto, tenor and bass of ``composition``, of which track ``melody`` is the melody.

    See :func:`~composer_app.music.voices.voice_tracks`; a voice that is missing has no notes.
    """
    return tuple(track.notes for track in four_voices(composition, melody)[1:])


def given_from(melody: Melody, voices: Voices, locks: Sequence[Lock]) -> Given:
    """The melody and the ``voices`` beneath it, with what ``locks`` name locked.

    It lasts as long as whatever lasts longest. Raises :class:`SettingError` for a lock that
    names no cell of the piece, or nothing that could be locked.
    """
    last = melody.meters.bar_numbered(MAX_BARS)
    longest = melody.steps if last is None else last.end_step
    ends = [note.end for notes in voices for note in notes]
    steps = max(melody.steps, min(longest, max(ends, default=0)))
    seen = [on_steps(notes) if is_line(notes) else notes for notes in voices]
    roll = PianoRoll.from_notes([on_steps(melody.notes), *seen], steps)
    locked = np.zeros((steps, len(VOICE_NAMES)), np.bool_)
    for lock in locks:
        span = lock.span(melody.meters, steps)
        if span.start >= steps:
            bars = melody.meters.bars(steps)
            raise SettingError(
                ngettext(
                    "Nothing can be locked from step {step} on: there is one bar",
                    "Nothing can be locked from step {step} on: there are {count} bars",
                    bars,
                    step=span.start,
                ),
                _("name earlier ones"),
            )
        locked[span, slice(None) if lock.voice is None else lock.voice] = True
    if locked[:, 1:].any() and not any(voices):
        raise SettingError(
            _("There is no accompaniment to lock"),
            _("open a piece with other tracks than the melody"),
        )
    return Given(roll, locked, voices)
