"""What a person wants kept: voices, bars and notes of an accompaniment that there is already."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from composer_app.errors import SettingError
from composer_app.generation.generator import MAX_BARS, Given
from composer_app.music.composition import VOICE_NAMES, Composition
from composer_app.music.melody import Melody
from composer_app.music.note import Note
from composer_app.music.piano_roll import PianoRoll
from composer_app.music.timing import STEPS_PER_BEAT, Meter
from composer_app.translation import _, ngettext

Voices = tuple[tuple[Note, ...], ...]

_MELODY: Final = "melody"
_NAMES: Final = (_MELODY, *(name.lower() for name in VOICE_NAMES[1:]))
_ALL: Final = "bars"
_PLACE: Final = re.compile(r"([1-9]\d{0,3})(?:\.([1-9]\d?))?")


@dataclass(frozen=True, slots=True)
class Place:
    """A bar, or a quarter ``beat`` of it; both count from 1."""

    bar: int
    beat: int | None = None

    def span(self, meter: Meter) -> tuple[int, int]:
        """First step, and the first step after."""
        start = (self.bar - 1) * meter.steps_per_bar
        if self.beat is None:
            return start, start + meter.steps_per_bar
        start += (self.beat - 1) * STEPS_PER_BEAT
        return start, start + STEPS_PER_BEAT


@dataclass(frozen=True, slots=True)
class Lock:
    """Something to be kept: one voice or (None) all of them, throughout or between two places."""

    voice: int | None
    first: Place | None = None
    last: Place | None = None

    def span(self, meter: Meter, steps: int) -> slice:
        """The steps that are locked, of ``steps``."""
        if self.first is None or self.last is None:
            return slice(0, steps)
        return slice(self.first.span(meter)[0], self.last.span(meter)[1])


def parse_lock(text: str) -> Lock:
    """The lock written as ``bass``, ``bars:1-4``, ``alto:9-12`` or ``tenor:3.2`` (a beat).

    Raises :class:`ValueError` for anything else.
    """
    name, colon, range_ = text.strip().lower().partition(":")
    if name not in (*_NAMES, _ALL) or (name == _ALL and not colon):
        raise ValueError(f"{text!r} names no voice and no bars")
    voice = None if name == _ALL else _NAMES.index(name)
    if not colon:
        return Lock(voice)
    begin, dash, end = range_.partition("-")
    first, last = _place(begin), _place(end if dash else begin)
    if (last.bar, last.beat or MAX_BARS) < (first.bar, first.beat or 0):
        raise ValueError(f"{text!r} ends before it begins")
    return Lock(voice, first, last)


def _place(text: str) -> Place:
    match = _PLACE.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is no bar such as 3, and no beat such as 3.2")
    bar, beat = match.groups()
    return Place(int(bar), int(beat) if beat else None)


def accompaniment(composition: Composition, melody: int) -> Voices:
    """Alto, tenor and bass of ``composition``, of which track ``melody`` is the melody.

    See :func:`accompaniment_tracks`; a voice that is missing has no notes.
    """
    tracks = accompaniment_tracks(composition, melody)
    return tuple(() if track is None else composition.tracks[track].notes for track in tracks)


def accompaniment_tracks(composition: Composition, melody: int) -> tuple[int | None, ...]:
    """Indices of the tracks that are alto, tenor and bass, None for a voice that is missing.

    The three other tracks with the most notes, from high to low; of two, the middle is missing,
    and one alone is the bass. Tracks named as we name them keep their names' places.
    """
    tracks = composition.tracks
    others = [i for i, track in enumerate(tracks) if i != melody and track.notes]
    by_name = {tracks[i].name.lower(): i for i in others}
    if others and set(by_name) <= set(_NAMES[1:]) and len(by_name) == len(others):
        return tuple(by_name.get(name) for name in _NAMES[1:])
    largest = sorted(others, key=lambda i: -len(tracks[i].notes))[: len(_NAMES) - 1]

    def height(index: int) -> float:
        notes = tracks[index].notes
        return sum(note.pitch for note in notes) / len(notes)

    lines = sorted(largest, key=height, reverse=True)
    if len(lines) == 1:
        return None, None, lines[0]
    if len(lines) == 2:
        return lines[0], None, lines[1]
    return (*lines, *[None] * (3 - len(lines)))


def left_out(composition: Composition, melody: int) -> tuple[int, ...]:
    """Indices of the tracks with notes that are neither the melody nor alto, tenor or bass."""
    voices = (melody, *accompaniment_tracks(composition, melody))
    tracks = enumerate(composition.tracks)
    return tuple(index for index, track in tracks if track.notes and index not in voices)


def given_from(melody: Melody, voices: Voices, locks: Sequence[Lock]) -> Given:
    """The melody and the ``voices`` beneath it, with what ``locks`` name locked.

    It lasts as long as whatever lasts longest. Raises :class:`SettingError` for a lock that
    names no cell of the piece, or nothing that could be kept.
    """
    longest = MAX_BARS * melody.meter.steps_per_bar
    ends = [note.end for notes in voices for note in notes]
    steps = max(melody.steps, min(longest, max(ends, default=0)))
    roll = PianoRoll.from_notes([melody.notes, *voices], steps)
    locked = np.zeros((steps, len(VOICE_NAMES)), np.bool_)
    for lock in locks:
        span = lock.span(melody.meter, steps)
        if span.start >= steps:
            bars = melody.meter.bars(steps)
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
