"""The chords that are heard in a piece: a label for each beat, joined where they are the same.

What has its voices one at a time only says nothing of chords, and has none. Where a beat holds one
or two pitch classes, and the chord before has them all, that one goes on: a label would be a guess.
"""

from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from composer_app.analysis.chord_labels import (
    ChordLabels,
    beat_starts,
    label_chords,
)
from composer_app.analysis.voice_grid import REST
from composer_app.music.composition import Composition
from composer_app.music.editing.other_tracks import voices_alone
from composer_app.music.harmony.chords import CHORD_QUALITIES, Chord, ChordSymbol
from composer_app.music.meter_map import MeterMap
from composer_app.music.note import Note
from composer_app.music.pitch import OCTAVE
from composer_app.music.timing import TICKS_PER_STEP

_ENOUGH_CLASSES: Final = 3
# A silence of so many beats ends a chord.
_MOST_SILENT_BEATS: Final = 4


def with_heard_chords(composition: Composition) -> Composition:
    """``composition``, with the chords that are heard in it where it has no chord symbols."""
    if composition.chords:
        return composition
    return replace(composition, chords=heard_chords(composition))


def heard_chords(composition: Composition) -> tuple[ChordSymbol, ...]:
    """A symbol at each beat where another chord begins to sound; none of them is given.

    Drums are not listened to, nor what follows Composer's four voices, since that is silent.
    """
    heard = voices_alone(composition)
    sounding = [track for track in heard.tracks if not track.drums]
    pitch = _pitches([note for track in sounding for note in track.notes])
    if pitch.shape[1] < 2:
        return ()
    labels = label_chords(pitch, _beats(composition.meters, len(pitch)))
    return _symbols(labels, _sounding(pitch, labels.start))


def _pitches(notes: list[Note]) -> NDArray[np.int16]:
    """(T, N): the pitches that sound at each step, as many beside each other as need be."""
    steps = max((note.end for note in notes), default=0)
    columns: list[NDArray[np.int16]] = []
    ends: list[int] = []
    for note in sorted(notes, key=lambda note: (note.start, note.pitch)):
        place = next((i for i, end in enumerate(ends) if end <= note.start), len(ends))
        if place == len(ends):
            columns.append(np.full(steps, REST, np.int16))
            ends.append(0)
        columns[place][note.start : note.end] = note.pitch
        ends[place] = note.end
    return np.stack(columns, axis=1) if columns else np.zeros((0, 0), np.int16)


def _beats(meters: MeterMap, steps: int) -> NDArray[np.int64]:
    """(B,): the steps where beats begin; in an upbeat they are counted from its end."""
    position, beat = np.zeros(steps, np.int16), np.zeros(steps, np.int16)
    for bar in meters.bars_of(steps):
        first, end = bar.first_step, min(bar.end_step, steps)
        missing = bar.meter.steps_per_bar - (bar.end_step - first) if bar.number == 0 else 0
        position[first:end] = np.arange(end - first) + missing
        beat[first:end] = bar.meter.steps_per_beat
    return beat_starts(position, beat)


def _sounding(pitch: NDArray[np.int16], start: NDArray[np.int64]) -> list[frozenset[int]]:
    """The pitch classes of each beat."""
    ends = [*start[1:].tolist(), len(pitch)]
    return [
        frozenset((each[each != REST] % OCTAVE).tolist())
        for each in (pitch[a:b] for a, b in zip(start.tolist(), ends, strict=True))
    ]


def _symbols(labels: ChordLabels, sounding: list[frozenset[int]]) -> tuple[ChordSymbol, ...]:
    symbols: list[ChordSymbol] = []
    silent = 0
    for beat, classes in enumerate(sounding):
        before = symbols[-1].chord if symbols else None
        silent = 0 if classes else silent + 1
        chord = before if silent < _MOST_SILENT_BEATS else None
        if classes and not (
            before and len(classes) < _ENOUGH_CLASSES and classes <= before.pitch_classes
        ):
            quality = CHORD_QUALITIES[int(labels.quality[beat])]
            chord = Chord(int(labels.root[beat]), quality, int(labels.bass[beat]))
        elif classes:
            chord = before
        if chord != before:
            tick = int(labels.start[beat]) * TICKS_PER_STEP
            symbols.append(ChordSymbol(tick, chord, given=False))
    return tuple(symbols)
