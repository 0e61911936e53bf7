"""The figures of a piece and its tracks at a glance."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from composer_app.analysis.features import IN_KEY, LENGTH, ON_BEAT, PITCH, VELOCITY, measure
from composer_app.analysis.material import Material
from composer_app.music.composition import Composition


@dataclass(frozen=True, slots=True)
class Spread:
    """Mean and sample standard deviation (N - 1); ``stdev`` is None for a single value."""

    mean: float
    stdev: float | None

    @classmethod
    def of(cls, values: NDArray[np.float64] | Sequence[float]) -> "Spread | None":
        """Of at least one value; None without any."""
        array = np.asarray(values, np.float64)
        if not array.size:
            return None
        return cls(float(array.mean()), float(array.std(ddof=1)) if array.size > 1 else None)


@dataclass(frozen=True, slots=True)
class TrackSummary:
    """Figures of one track; all after ``drums`` are None where it has no notes, or is drums.

    ``lowest`` and ``highest`` are MIDI pitches, ``length`` is in steps, ``in_key`` and
    ``on_beat`` are shares from 0 to 1.
    """

    name: str
    program: int
    notes: int
    drums: bool = False
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


def summary(composition: Composition) -> Summary:
    """The figures that ``composer-app stats`` prints first."""
    return Summary(
        title=composition.title,
        key=composition.key().name if composition.note_count else None,
        meter=str(composition.meters),
        tempo=composition.tempo.initial_bpm,
        bars=composition.bars,
        notes=composition.note_count,
        tracks=tuple(
            _track_summary(composition, index) for index in range(len(composition.tracks))
        ),
    )


def _track_summary(composition: Composition, index: int) -> TrackSummary:
    track = composition.tracks[index]
    if not track.notes or track.drums:
        return TrackSummary(track.name, track.program, len(track.notes), track.drums)
    material = Material.of(composition, [index])
    pitch = measure(material, PITCH).values
    return TrackSummary(
        name=track.name,
        program=track.program,
        notes=len(track.notes),
        lowest=int(pitch.min()),
        highest=int(pitch.max()),
        pitch=Spread.of(pitch),
        length=Spread.of(measure(material, LENGTH).values),
        velocity=Spread.of(measure(material, VELOCITY).values),
        in_key=float(measure(material, IN_KEY).values.mean()),
        on_beat=float(measure(material, ON_BEAT).values.mean()),
    )
