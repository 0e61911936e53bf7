"""What is asked of who writes a melody, and the answer."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from composer_app.music.harmony.chords import Chord, ChordSymbol
from composer_app.music.meter_map import MeterMap
from composer_app.music.note import DEFAULT_VELOCITY, Note
from composer_app.music.pitch import OCTAVE, Key


@dataclass(frozen=True, slots=True, eq=False)
class MelodyTask:
    """What is to be written: the cells ``free`` (T,) of a melody of T steps.

    ``notes`` are what stands, on the grid. ``range`` is the lowest and the highest MIDI pitch.
    ``chords`` (T,) are those that are known. ``ends`` says that the piece ends with what is
    written, ``closed`` that it does so on the tonic. ``style`` is one of the network's.
    """

    steps: int
    meters: MeterMap
    key: Key
    style: str
    range: tuple[int, int]
    free: NDArray[np.bool_]
    notes: tuple[Note, ...] = ()
    chords: tuple[Chord | None, ...] = ()
    ends: bool = True
    closed: bool = True
    temperature: float = 1.0
    velocity: int = DEFAULT_VELOCITY


@dataclass(frozen=True, slots=True)
class WrittenMelody:
    """The new ``notes``, and the chords that they were written over, where none were known."""

    notes: tuple[Note, ...]
    chords: tuple[ChordSymbol, ...] = ()


def tonic_below(pitches: NDArray[np.int64], key: Key) -> int:
    """The MIDI pitch of the tonic that the mean of ``pitches`` lies less than an octave above."""
    mean = float(pitches.mean())
    return int(mean - (mean - key.tonic) % OCTAVE)
