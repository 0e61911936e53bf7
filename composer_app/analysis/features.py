"""What is measured in a piece: numbers of each note, and yes-or-no trials of each note.

========  =======  ==================================================================
pitch     number   MIDI number of the note, 60 = middle C
length    number   duration in steps (sixteenths)
velocity  number   how hard the note is struck, 1-127
in_key    trial    the pitch belongs to the composition's estimated key
                   (:meth:`Composition.key`, Krumhansl-Schmuckler over all tracks;
                   in minor the raised sixth and seventh belong too)
on_beat   trial    the note starts on a pulse of the metre: on a multiple of
                   :attr:`Meter.steps_per_pulse` steps from the beginning
========  =======  ==================================================================
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from composer_app.music.composition import Composition, Track
from composer_app.music.note import Note
from composer_app.music.pitch import Key
from composer_app.music.timing import Meter


@dataclass(frozen=True, slots=True)
class Feature:
    """One thing that is measured per note; a trial is 0 or 1 and has no unit."""

    id: str
    title: str
    unit: str
    kind: Literal["number", "trial"]


PITCH: Final = Feature("pitch", "Pitch", "MIDI pitch", "number")
LENGTH: Final = Feature("length", "Note length", "steps", "number")
VELOCITY: Final = Feature("velocity", "Velocity", "0-127", "number")
IN_KEY: Final = Feature("in_key", "In the key", "", "trial")
ON_BEAT: Final = Feature("on_beat", "On the beat", "", "trial")
FEATURES: Final = (PITCH, LENGTH, VELOCITY, IN_KEY, ON_BEAT)


@dataclass(frozen=True, slots=True)
class Spread:
    """Mean and sample standard deviation (N - 1); ``stdev`` is None for a single note."""

    mean: float
    stdev: float | None


@dataclass(frozen=True, slots=True)
class TrackSummary:
    """Figures of one track; all after ``notes`` are None where the track has no notes.

    ``lowest`` and ``highest`` are MIDI pitches, ``length`` is in steps, ``in_key`` and
    ``on_beat`` are shares from 0 to 1.
    """

    name: str
    program: int
    notes: int
    lowest: int | None = None
    highest: int | None = None
    pitch: Spread | None = None
    length: Spread | None = None
    velocity: Spread | None = None
    in_key: float | None = None
    on_beat: float | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """Figures of a composition; plain data, fit for ``dataclasses.asdict`` and JSON.

    ``key`` is a name such as "C major", or None where there are no notes. ``tempo`` is the
    initial one in BPM.
    """

    title: str
    key: str | None
    meter: str
    tempo: float
    bars: int
    notes: int
    tracks: tuple[TrackSummary, ...]


def feature_values(
    composition: Composition, feature: Feature, tracks: Sequence[int] | None = None
) -> NDArray[np.float64]:
    """``feature`` of every note, shape (notes,): track after track, each in rising time.

    ``tracks`` are indices into ``composition.tracks``, all of them when omitted. Trials are 0.0
    or 1.0. The key is always the one of the whole composition.
    """
    chosen = range(len(composition.tracks)) if tracks is None else tracks
    notes = [note for index in chosen for note in composition.tracks[index].notes]
    key = composition.key() if feature == IN_KEY else Key(0)
    return _values(notes, feature, key, composition.meter)


def summary(composition: Composition) -> Summary:
    """The figures that ``composer-app stats`` prints."""
    key = composition.key()
    return Summary(
        title=composition.title,
        key=key.name if composition.note_count else None,
        meter=str(composition.meter),
        tempo=composition.tempo.initial_bpm,
        bars=composition.bars,
        notes=composition.note_count,
        tracks=tuple(_track_summary(track, key, composition.meter) for track in composition.tracks),
    )


def _values(notes: Iterable[Note], feature: Feature, key: Key, meter: Meter) -> NDArray[np.float64]:
    measures: dict[Feature, Callable[[Note], float]] = {
        PITCH: lambda note: note.pitch,
        LENGTH: lambda note: note.duration,
        VELOCITY: lambda note: note.velocity,
        IN_KEY: lambda note: key.contains(note.pitch),
        ON_BEAT: lambda note: note.start % meter.steps_per_pulse == 0,
    }
    return np.array([measures[feature](note) for note in notes], np.float64)


def _track_summary(track: Track, key: Key, meter: Meter) -> TrackSummary:
    values = {feature: _values(track.notes, feature, key, meter) for feature in FEATURES}
    if not track.notes:
        return TrackSummary(track.name, track.program, 0)
    return TrackSummary(
        name=track.name,
        program=track.program,
        notes=len(track.notes),
        lowest=int(values[PITCH].min()),
        highest=int(values[PITCH].max()),
        pitch=_spread(values[PITCH]),
        length=_spread(values[LENGTH]),
        velocity=_spread(values[VELOCITY]),
        in_key=float(values[IN_KEY].mean()),
        on_beat=float(values[ON_BEAT].mean()),
    )


def _spread(values: NDArray[np.float64]) -> Spread:
    return Spread(float(values.mean()), float(values.std(ddof=1)) if values.size > 1 else None)
