"""What is measured in music: numbers, categories and yes-or-no trials, each with its notes.

==============  ========  ===================================================================
pitch           number    of each note, MIDI: 60 = middle C
pitch_class     category  of each note: 0 = C to 11 = B
degree          category  of each note: semitones above the tonic of the key, in minor above
                          that of the relative major, so that pieces in all keys compare
velocity        number    of each note: how hard it is struck, 1-127
length          number    of each note: duration in steps (sixteenths)
gap             number    inter-onset interval: steps from what is struck in a track to what
                          is struck next in it
interval        number    melodic interval: semitones from the highest note struck in a track
                          to the highest one struck next in it, whatever rests between
notes_per_bar   number    notes struck, of each bar of each track
polyphony       number    different pitches sounding, of each step
on_beat         trial     a note starts on a pulse of the metre: on a multiple of
                          :attr:`Meter.steps_per_pulse` steps from the beginning
in_key          trial     a note belongs to the piece's estimated key
                          (:meth:`Composition.estimated_key`: profiles of Albrecht and
                          Shanahan 2013, over all tracks, by length);
                          in minor the raised sixth and seventh belong too
sounding        trial     a step of a track has a note sounding
consonant       trial     a note of another track than the melody's is consonant with what the
                          melody has when the note starts: a unison, third, fourth, fifth,
                          sixth, octave, or these and octaves; not counted where it rests
leap            trial     a melodic interval is a leap, of three semitones or more; a step has
                          one or two, and repeated notes are neither
==============  ========  ===================================================================

The values of a selection are those of its notes; of two that follow each other in a track both
must be selected. Bars and steps are those between the first and the last selected note.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final, Literal

from composer_app.analysis.material import Material, Source
from composer_app.late_numpy import np
from composer_app.music.composition import Composition
from composer_app.music.pitch import OCTAVE
from composer_app.music.voices import MELODY

if TYPE_CHECKING:
    from numpy.typing import NDArray

CONSONANT: Final = frozenset({0, 3, 4, 5, 7, 8, 9})
_WIDEST_STEP: Final = 2


@dataclass(frozen=True, slots=True)
class Feature:
    """One thing that is measured.

    ``of`` is what there is a value of (in the plural), ``values`` what the values are called.
    A trial is 0 or 1 and has no unit: ``values`` says what a 1 is.
    """

    id: str
    title: str
    unit: str
    kind: Literal["number", "category", "trial"]
    of: str
    values: str


PITCH: Final = Feature("pitch", "Pitch", "MIDI pitch", "number", "notes", "pitches")
PITCH_CLASS: Final = Feature("pitch_class", "Pitch class", "", "category", "notes", "pitch classes")
DEGREE: Final = Feature(
    "degree", "Place in the scale", "semitones", "category", "notes", "places in the scale"
)
VELOCITY: Final = Feature("velocity", "Velocity", "0-127", "number", "notes", "velocities")
LENGTH: Final = Feature("length", "Note length", "steps", "number", "notes", "note lengths")
GAP: Final = Feature(
    "gap", "Time between onsets", "steps", "number", "onsets", "times between onsets"
)
INTERVAL: Final = Feature(
    "interval", "Melodic interval", "semitones", "number", "intervals", "intervals"
)
NOTES_PER_BAR: Final = Feature(
    "notes_per_bar", "Notes per bar", "notes", "number", "bars", "numbers of notes"
)
POLYPHONY: Final = Feature(
    "polyphony", "Polyphony", "pitches", "number", "steps", "numbers of pitches"
)
ON_BEAT: Final = Feature("on_beat", "On the beat", "", "trial", "notes", "on a beat")
IN_KEY: Final = Feature("in_key", "In the key", "", "trial", "notes", "in the key")
SOUNDING: Final = Feature("sounding", "Sounding", "", "trial", "steps", "not silent")
CONSONANT_WITH_MELODY: Final = Feature(
    "consonant", "Consonant with the melody", "", "trial", "notes", "consonant with the melody"
)
LEAP: Final = Feature("leap", "Leap, not step", "", "trial", "moves", "leaps")
FEATURES: Final = (
    PITCH,
    PITCH_CLASS,
    DEGREE,
    LENGTH,
    GAP,
    INTERVAL,
    NOTES_PER_BAR,
    POLYPHONY,
    VELOCITY,
    ON_BEAT,
    IN_KEY,
    SOUNDING,
    CONSONANT_WITH_MELODY,
    LEAP,
)


@dataclass(frozen=True, slots=True, eq=False)
class FeatureValues:
    """``values`` of shape (N,), trials 0.0 or 1.0, and for each the ``sources`` it came from.

    Sources are (track, note): one for what is measured of a note, two or more for what is measured
    between notes, all that sound for a step or are struck for a bar; none for a silent one.
    """

    feature: Feature
    values: NDArray[np.float64]
    sources: tuple[tuple[Source, ...], ...]

    def behind(self, low: float, high: float) -> frozenset[Source]:
        """The notes that values from ``low`` to below ``high`` came from: those of a bar."""
        found = np.flatnonzero((self.values >= low) & (self.values < high))
        return frozenset(source for index in found for source in self.sources[index])


_Measured = Iterable[tuple[float, tuple[Source, ...]]]


def measure(material: Material, feature: Feature) -> FeatureValues:
    """``feature`` of every note, bar or step of ``material``: track after track, in rising time."""
    values, sources = [], []
    for value, source in _FUNCTIONS[feature.id](material):
        values.append(value)
        sources.append(source)
    return FeatureValues(feature, np.array(values, np.float64), tuple(sources))


def measure_all(material: Material) -> dict[str, FeatureValues]:
    """Every one of :data:`FEATURES`, by its id."""
    return {feature.id: measure(material, feature) for feature in FEATURES}


def feature_values(
    composition: Composition, feature: Feature, tracks: Sequence[int] | None = None
) -> NDArray[np.float64]:
    """:func:`measure` of ``tracks`` (all when omitted), shape (N,), without the notes."""
    return measure(Material.of(composition, tracks), feature).values


# -- one function for each feature ---------------------------------------------------------


def _of_notes(value: Callable[[Material, Source], float]) -> Callable[[Material], _Measured]:
    def measured(material: Material) -> _Measured:
        return ((value(material, source), (source,)) for source in material.notes)

    return measured


def _degrees(material: Material) -> _Measured:
    key = material.key
    origin = key.tonic + (3 if key.minor else 0)
    return (((source[1].pitch - origin) % OCTAVE, (source,)) for source in material.notes)


def _in_key(material: Material) -> _Measured:
    classes = material.key.pitch_classes
    return ((source[1].pitch % OCTAVE in classes, (source,)) for source in material.notes)


def _gaps(material: Material) -> _Measured:
    for track, chords in material.chords.items():
        for before, after in pairwise(chords):
            first = [note for note in before if material.holds(track, note)]
            second = [note for note in after if material.holds(track, note)]
            if first and second:
                sources = tuple((track, note) for note in (*first, *second))
                yield second[0].start - first[0].start, sources


def _intervals(material: Material) -> Iterator[tuple[int, tuple[Source, ...]]]:
    for track, chords in material.chords.items():
        for before, after in pairwise(chords):
            first, second = before[-1], after[-1]
            if material.holds(track, first) and material.holds(track, second):
                yield second.pitch - first.pitch, ((track, first), (track, second))


def _leaps(material: Material) -> _Measured:
    for interval, sources in _intervals(material):
        if interval:
            yield abs(interval) > _WIDEST_STEP, sources


def _notes_per_bar(material: Material) -> _Measured:
    start, end = material.span
    bars_of_piece = material.composition.meters.bars_of(end)
    firsts = [bar.first_step for bar in bars_of_piece if bar.end_step > start]
    for track in material.tracks:
        bars: list[list[Source]] = [[] for _ in firsts]
        for note in material.composition.tracks[track].notes:
            if material.holds(track, note):
                bars[bisect_right(firsts, note.start) - 1].append((track, note))
        yield from ((len(notes), tuple(notes)) for notes in bars)


def _polyphony(material: Material) -> _Measured:
    rows = material.sounding
    start, end = material.span
    for step in range(end - start):
        sources = tuple((track, note) for track in rows for note in rows[track][step])
        yield len({note.pitch for _, note in sources}), sources


def _sounding(material: Material) -> _Measured:
    for track, steps in material.sounding.items():
        for notes in steps:
            yield bool(notes), tuple((track, note) for note in notes)


def _consonant(material: Material) -> _Measured:
    line = material.melody_line
    for track, note in material.notes:
        above = line[note.start]
        if track != MELODY and above is not None:
            interval = abs(above.pitch - note.pitch) % OCTAVE
            yield interval in CONSONANT, ((track, note), (MELODY, above))


_FUNCTIONS: Final[dict[str, Callable[[Material], _Measured]]] = {
    PITCH.id: _of_notes(lambda _, source: source[1].pitch),
    PITCH_CLASS.id: _of_notes(lambda _, source: source[1].pitch % OCTAVE),
    DEGREE.id: _degrees,
    LENGTH.id: _of_notes(lambda _, source: source[1].duration),
    GAP.id: _gaps,
    INTERVAL.id: _intervals,
    NOTES_PER_BAR.id: _notes_per_bar,
    POLYPHONY.id: _polyphony,
    VELOCITY.id: _of_notes(lambda _, source: source[1].velocity),
    ON_BEAT.id: _of_notes(
        lambda material, source: material.composition.meters.is_pulse(source[1].start)
    ),
    IN_KEY.id: _in_key,
    SOUNDING.id: _sounding,
    CONSONANT_WITH_MELODY.id: _consonant,
    LEAP.id: _leaps,
}
