"""Melodies as they are judged: notes above a tonic, in bars of one length, over chords."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from composer_app.music.harmony.chord_qualities import QUALITIES, QUALITY_TONES
from composer_app.music.harmony.chords import Chord
from composer_app.music.meter_map import MeterMap
from composer_app.music.note import Note
from composer_app.music.pitch import OCTAVE, Key
from composer_app.music.timing import Meter
from composer_app.training.corpora.corpus import REST, Piece
from composer_app.training.trainers.melody_windows import key_of

# What a piece begins with is judged: so many bars as the network counts them.
MOST_BARS: Final = 16
_LEAST_BARS: Final = 8
# The metre of bars of so many steps, whose beats have so many.
_METERS: Final = {(16, 4): Meter(4, 4), (12, 4): Meter(3, 4), (12, 6): Meter(6, 8)}
_BEATS: Final = {Meter(4, 4): 4, Meter(3, 4): 4, Meter(6, 8): 6}
_TONES: Final = tuple(QUALITY_TONES.values())


@dataclass(frozen=True)
class Tune:
    """A melody in ``key``, from a downbeat on, for whole bars; ``chords`` (T,) may be unknown.

    ``ends`` says that its piece ends with it.
    """

    notes: tuple[Note, ...]
    bars: int
    meter: Meter
    key: Key
    chords: tuple[Chord | None, ...] = ()
    ends: bool = True

    @property
    def steps(self) -> int:
        """Length in steps."""
        return self.bars * self.meter.steps_per_bar

    @property
    def meters(self) -> MeterMap:
        """Its metre, without an upbeat."""
        return MeterMap.constant(self.meter, 0)

    @property
    def beat(self) -> int:
        """Steps of a beat."""
        return _BEATS[self.meter]

    @cached_property
    def intervals(self) -> list[int]:
        """Semitones from each note to the next."""
        return [b.pitch - a.pitch for a, b in pairwise(self.notes)]

    @cached_property
    def lengths(self) -> list[int]:
        """Steps from each note to the next, or to the end of the last."""
        starts = [note.start for note in self.notes]
        return [b - a for a, b in pairwise([*starts, self.notes[-1].end])] if starts else []

    def part(self, first: int, end: int) -> "Tune":
        """The bars from ``first`` up to ``end``, as a tune of its own."""
        bar = self.meter.steps_per_bar
        inside = [n for n in self.notes if first * bar <= n.start < end * bar]
        moved = tuple(
            Note(n.start - first * bar, n.pitch, min(n.end, end * bar) - n.start) for n in inside
        )
        chords = self.chords[first * bar : end * bar]
        return replace(self, notes=moved, bars=end - first, chords=chords)

    def in_key(self, key: Key) -> "Tune":
        """The same tune on the nearest tonic of ``key``."""
        shift = (key.tonic - self.key.tonic + 5) % OCTAVE - 5
        notes = tuple(Note(n.start, n.pitch + shift, n.duration) for n in self.notes)
        return replace(self, notes=notes, key=key)


def tune_of(piece: Piece) -> Tune | None:
    """How ``piece`` begins, from its first downbeat on; None where it is too short or irregular."""
    downbeats = np.flatnonzero(piece.position == 0)
    if not downbeats.size:
        return None
    start = int(downbeats[0])
    length = int(piece.bar_length[start])
    meter = _METERS.get((length, min(int(piece.beat[start]), 6)))
    if meter is None:
        return None
    regular = (piece.position[start:] == np.arange(piece.steps - start) % length) & (
        piece.bar_length[start:] == length
    )
    whole = int(np.argmin(regular)) if not regular.all() else len(regular)
    bars = min(MOST_BARS, -(-whole // length) if regular.all() else whole // length)
    stop = min(start + bars * length, piece.steps)
    span = slice(start, stop)
    pitch = piece.pitch[span, 0]
    if bars < _LEAST_BARS or piece.bad[span].any() or (pitch == REST).mean() > 0.5:
        return None
    return Tune(
        _notes(pitch, piece.onset[span, 0]),
        bars,
        meter,
        key_of(piece, slice(0, piece.steps)),
        _chords(piece.chord[span], bars * length),
        ends=not (piece.pitch[stop:, 0] != REST).any(),
    )


def tunes_of(pieces: Iterable[Piece]) -> list[Tune]:
    """The tunes among ``pieces``."""
    return [tune for piece in pieces if (tune := tune_of(piece)) is not None]


def _notes(pitch: NDArray[np.int16], onset: NDArray[np.bool_]) -> tuple[Note, ...]:
    found: list[Note] = []
    struck = onset.copy()
    struck[0] = True
    struck[1:] |= pitch[1:] != pitch[:-1]
    starts = np.flatnonzero(struck)
    for start, end in pairwise([*starts.tolist(), len(pitch)]):
        if pitch[start] != REST:
            found.append(Note(start, int(pitch[start]), end - start))
    return tuple(found)


def _chords(rows: NDArray[np.int8], steps: int) -> tuple[Chord | None, ...]:
    found = [
        None if root < 0 else Chord.of_name(root, QUALITIES[quality])
        for root, quality, _bass in rows.tolist()
    ]
    return (*found, *[None] * (steps - len(found)))
