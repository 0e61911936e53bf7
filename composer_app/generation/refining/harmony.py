"""Leading the plan of a piece: plainer or richer chords, fewer or more of them.

What a person asks for is added to what a network says of the row of chords. For a network that has
no such row the chords of a first draft are heard instead, led in the same way, and the voices are
written again with a leaning to them.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from composer_app.generation.generator import GenerationSettings
from composer_app.generation.refining.planning import (
    CHORD_CLASSES,
    NO_CHORD,
    ChordRow,
    Logits,
    Planner,
    Row,
)
from composer_app.generation.refining.sampling import Grid
from composer_app.music.harmony.chord_qualities import HEARD_QUALITIES, QUALITIES, QUALITY_TONES
from composer_app.music.harmony.chords import CHORD_QUALITIES
from composer_app.music.harmony.key_changes import KeyChange
from composer_app.music.meter_map import MeterMap
from composer_app.music.pitch import OCTAVE, Key, estimate_key
from composer_app.music.timing import TICKS_PER_STEP

# At the ends of the scale, in natural logarithms: what speaks for sevenths and for chords beyond
# the key where harmony is to be rich, and against whatever is no triad of the key where plain.
_SEVENTH, _CHROMATIC, _NO_TRIAD = 3.0, 2.0, 4.0
# How much less the chord of a neighbour is wanted again where a rate is asked for.
_CHANGE: Final = 2.0
# Of the chords of a key that somebody has set, in natural logarithms: its tonic and its dominant,
# what has tones of other keys, and the tonic where the piece begins and ends.
_TONIC, _DOMINANT, _FOREIGN_CHORD = 2.0, 1.5, -3.0
_OPENING, _CLOSING = 3.0, 6.0
_FIFTH: Final = 7
# From a major key up to its relative minor.
_RELATIVE: Final = 9
# How well a chord fits what is heard: what all of the notes are worth, and a tone that is missing.
_FIT: Final = 12.0
_MISSING: Final = 0.16
_NEVER: Final = -2.0
_ROOT_LOWEST: Final = 0.08
# Of basses: the root, the third, the fifth, the seventh of a chord, and what is none of its tones.
_BASSES: Final = (1.5, 0.5, -0.5, -1.0)
_FOREIGN: Final = -12.0


@dataclass(frozen=True, slots=True)
class Leading:
    """What is asked of the harmony: :attr:`GenerationSettings.richness` and ``chord_rate``."""

    richness: float
    rate: float | None

    @classmethod
    def of(cls, settings: GenerationSettings) -> "Leading | None":
        """What ``settings`` ask; None where they leave harmony to the model."""
        if not settings.richness and settings.chord_rate is None:
            return None
        return cls(settings.richness, settings.chord_rate)

    def row(self, row: ChordRow, bars: Row) -> ChordRow:
        """``row`` with the beats drawn as one that are to have the same chord.

        ``bars`` (B,) are the numbers of the beats' bars.
        """
        if self.rate is None:
            return row
        free = row.given[:, 0] < 0
        block = _blocks(bars, self.rate)
        beats = np.arange(row.beats)
        first = beats.copy()
        for each in np.unique(block[free]):
            members = beats[free & (block == each)]
            first[members] = members[0]
        source = first[row.same_as[first]]
        shift = row.shift[first]
        # A passage that begins within what has one chord stands alone.
        loose = (source[source] != source) | ~free[source]
        return replace(
            row,
            same_as=np.where(loose, first, source),
            shift=np.where(loose, 0, shift),
        )

    def bias(self, key: Key) -> NDArray[np.float64]:
        """(204,): what is asked of each class of chord in ``key``."""
        bias = np.zeros((OCTAVE, len(QUALITIES)))
        triads = (QUALITIES.index("maj"), QUALITIES.index("min"))
        for quality in CHORD_QUALITIES:
            for root in range(OCTAVE):
                tones = {(root + tone) % OCTAVE for tone in quality.intervals}
                chromatic = not tones <= key.pitch_classes
                if self.richness > 0:
                    worth = _SEVENTH * quality.has_seventh + _CHROMATIC * chromatic
                else:
                    worth = _NO_TRIAD * ((quality.index not in triads) + chromatic)
                bias[root, quality.index] = self.richness * worth
        return bias.ravel()


class Led:
    """A :class:`Planner` that says what another one says, led by what is asked."""

    def __init__(
        self, planner: Planner, row: ChordRow, leading: Leading, keys: Sequence[Key]
    ) -> None:
        """``row`` is the one that is planned, see :meth:`Leading.row`; ``keys`` are its beats'."""
        self._planner, self._row = planner, row
        biases = {key: leading.bias(key) for key in set(keys)}
        self._bias = np.stack([biases[key] for key in keys])
        self._changes = leading.rate is not None

    def row_logits(self, chord: Row, known: NDArray[np.bool_]) -> tuple[Logits, Logits]:
        """As :meth:`Planner.row_logits`."""
        chords, basses = self._planner.row_logits(chord, known)
        return chords + self._bias + self._against_neighbours(chord, known), basses

    def row_gumbel(self, classes: int) -> Logits:
        """As :meth:`Planner.row_gumbel`."""
        return self._planner.row_gumbel(classes)

    def _against_neighbours(self, chord: Row, known: NDArray[np.bool_]) -> Logits:
        """(B, 204): what speaks against the roots beside, where chords are to change."""
        against = np.zeros((self._row.beats, OCTAVE, len(QUALITIES)))
        if self._changes:
            beats = np.arange(self._row.beats)
            for beside in (beats - 1, beats + 1):
                there = np.clip(beside, 0, self._row.beats - 1)
                same = self._row.same_as[there] == self._row.same_as
                here = np.flatnonzero((there == beside) & known[there, 0] & ~same)
                against[here, chord[there[here], 0]] -= _CHANGE
        return against.reshape(self._row.beats, CHORD_CLASSES)


class InKeys:
    """A :class:`Planner` that says what another one says, in keys that somebody has set."""

    def __init__(
        self,
        planner: Planner,
        keys: Sequence[Key | None],
        opening: int,
        closing: int,
        heard: tuple[Key, float],
    ) -> None:
        """``keys`` are those of the beats, None where the key is free.

        ``opening`` is the beat of the first downbeat, ``closing`` the one in which the last note
        begins. Where the key is free the one that is ``heard`` counts, as much less as its second
        part says: the melody of a phrase says little of how it ends. A major key whose relative
        minor is heard may be either: most files that say C major of a piece in A minor do so
        because their program writes signatures and no modes.
        """
        self._planner = planner
        meant = [meant_keys(key, heard[0]) for key in keys]
        biases = {each: _in_keys(each) for each in {*meant, (heard[0],)} if each}
        free = heard[1] * biases[heard[0],]
        self._bias = np.stack([biases[each] if each else free for each in meant])
        self._basses = np.zeros((len(keys), OCTAVE))
        ends = [(opening, _OPENING), *[(beat, _CLOSING) for beat in range(closing, len(keys))]]
        for beat, worth in ends:
            for key in meant[beat] if beat < len(keys) else ():
                self._bias[beat, _triad(key)] += worth
                self._basses[beat, key.tonic] += worth

    def row_logits(self, chord: Row, known: NDArray[np.bool_]) -> tuple[Logits, Logits]:
        """As :meth:`Planner.row_logits`."""
        chords, basses = self._planner.row_logits(chord, known)
        return chords + self._bias, basses + self._basses

    def row_gumbel(self, classes: int) -> Logits:
        """As :meth:`Planner.row_gumbel`."""
        return self._planner.row_gumbel(classes)


def _triad(key: Key) -> int:
    """The class of the triad on the tonic of ``key``."""
    return key.tonic * len(QUALITIES) + QUALITIES.index("min" if key.minor else "maj")


def meant_keys(key: Key | None, heard: Key) -> tuple[Key, ...]:
    """What ``key`` may mean where the melody is ``heard`` in another one; empty for None."""
    if key is None:
        return ()
    relative = Key((key.tonic + _RELATIVE) % OCTAVE, minor=True)
    return (key, relative) if not key.minor and heard == relative else (key,)


def _in_keys(keys: tuple[Key, ...]) -> NDArray[np.float64]:
    """(204,): what speaks for each class of chord where the music is to be in one of ``keys``."""
    return np.asarray(np.max([_in_key(key) for key in keys], axis=0))


def _in_key(key: Key) -> NDArray[np.float64]:
    """(204,): what speaks for each class of chord where the music is to be in ``key``."""
    bias = np.zeros((OCTAVE, len(QUALITIES)))
    for quality in CHORD_QUALITIES:
        for root in range(OCTAVE):
            tones = {(root + tone) % OCTAVE for tone in quality.intervals}
            bias[root, quality.index] = _FOREIGN_CHORD * (not tones <= key.pitch_classes)
    dominant = (key.tonic + _FIFTH) % OCTAVE
    bias[dominant, [QUALITIES.index("maj"), QUALITIES.index("7")]] += _DOMINANT
    bias.ravel()[_triad(key)] += _TONIC
    return bias.ravel()


class Heard:
    """A :class:`Planner` that hears the chords of what has been written."""

    def __init__(self, grid: Grid, row: ChordRow, lowest: int, noise: Planner) -> None:
        """``grid`` (T, 4) of the classes of a network, class 1 of the pitch class ``lowest``.

        Its chance is that of ``noise``.
        """
        self._noise = noise
        weight = sounding_classes(grid, row, lowest)
        lowest_classes: Row = np.full(row.beats, NO_CHORD)
        for beat, start in enumerate(row.starts.tolist()):
            first = grid[start][grid[start] > 0]
            if first.size:
                lowest_classes[beat] = (first.min() + lowest - 1) % OCTAVE
        self.weight = weight
        share = weight / np.maximum(weight.sum(axis=1), 1)[:, None]
        fit: Logits = share @ _TEMPLATES.T - _MISSING * ((weight == 0) @ _TEMPLATES.T)
        fit += _ROOT_LOWEST * (lowest_classes[:, None] == _ROOTS) + _PRIORS
        # What is silent says nothing.
        sounds: NDArray[np.bool_] = np.asarray(weight.sum(axis=1) > 0)
        self._chords: Logits = _FIT * np.where(sounds[:, None], fit, _PRIORS)

    @property
    def key(self) -> Key:
        """The key of all that is heard."""
        return estimate_key(range(OCTAVE), self.weight.sum(axis=0).tolist())

    def row_logits(self, chord: Row, known: NDArray[np.bool_]) -> tuple[Logits, Logits]:
        """As :meth:`Planner.row_logits`."""
        basses = np.full((len(chord), OCTAVE), _FOREIGN)
        beats = np.arange(len(chord))
        for place, worth in enumerate(_BASSES):
            tones: Row = np.asarray(_TONES_BY_PLACE[chord[:, 1], place])
            here = np.flatnonzero(tones >= 0)
            basses[beats[here], (chord[here, 0] + tones[here]) % OCTAVE] = worth
        return self._chords, basses

    def row_gumbel(self, classes: int) -> Logits:
        """As :meth:`Planner.row_gumbel`."""
        return self._noise.row_gumbel(classes)


def keys_of_beats(starts: Row, changes: Sequence[KeyChange], moved: int) -> tuple[Key | None, ...]:
    """The key of each of the beats that begin at ``starts`` (B,), ``moved`` semitones higher.

    None stands before the first of ``changes``.
    """
    keys = [None, *(Key((each.key.tonic + moved) % OCTAVE, each.key.minor) for each in changes)]
    ticks = [each.tick for each in changes]
    return tuple(keys[bisect_right(ticks, start * TICKS_PER_STEP)] for start in starts.tolist())


def bars_of_beats(starts: Row, meters: MeterMap) -> Row:
    """(B,): the number of the bar of each of the beats that begin at ``starts`` (B,)."""
    return np.array([meters.bar_at_step(start).number for start in starts.tolist()], np.int64)


def sounding_classes(grid: Grid, row: ChordRow, lowest: int) -> NDArray[np.float64]:
    """(B, 12): for how many cells of ``grid`` (T, 4) each pitch class sounds on each beat.

    Class 1 of the grid is of the pitch class ``lowest``.
    """
    cells = np.zeros((row.beats, OCTAVE))
    step, voice = np.nonzero(grid > 0)
    beat = row.beat_of_steps(len(grid))[step]
    np.add.at(cells, (beat, (grid[step, voice] + lowest - 1) % OCTAVE), 1)
    return cells


def fitting_chords(sounding: NDArray[np.float64]) -> NDArray[np.bool_]:
    """(B, 204): the classes of chords whose first two tones sound (B, 12): root and third."""
    heard = sounding > 0
    return np.asarray(heard[:, _ROOTS] & heard[:, _THIRDS])


def sevenths(root: Row, quality: Row) -> Row:
    """The pitch classes of the sevenths of chords, NO_CHORD of those that have none."""
    above = np.where(_HAS_SEVENTH[quality], _TONES_BY_PLACE[quality, -1], NO_CHORD)
    return np.asarray(np.where(above >= 0, (root + above) % OCTAVE, NO_CHORD))


def _blocks(bars: Row, rate: float) -> Row:
    """(B,): numbers, in rising order, of the stretches that have one chord each."""
    if rate < 1:
        # The first whole bar is number 1.
        return np.asarray((np.maximum(bars - 1, 0) * rate).astype(np.int64))
    numbers, first, counts = np.unique(bars, return_index=True, return_counts=True)
    bar = np.searchsorted(numbers, bars)
    place = np.arange(len(bars)) - first[bar]
    within = (place * np.minimum(rate / counts[bar], 1.0) + 1e-9).astype(np.int64)
    return np.asarray(bar * int(counts.max()) + within)


_ROOTS: Final = np.repeat(np.arange(OCTAVE), len(QUALITIES))
_PRIORS: Final = np.tile([HEARD_QUALITIES.get(name, _NEVER) for name in QUALITIES], OCTAVE)
# (204, 12): the tones of each class of chord.
_TEMPLATES: Final = np.array(
    [
        np.isin((np.arange(OCTAVE) - root) % OCTAVE, tones)
        for root in range(OCTAVE)
        for tones in QUALITY_TONES.values()
    ],
    np.float64,
)
# (17, 4): the tones above the root, -1 where a quality has but three.
_TONES_BY_PLACE: Final = np.array(
    [(*tones, *[-1] * (len(_BASSES) - len(tones))) for tones in QUALITY_TONES.values()]
)
_HAS_SEVENTH: Final = np.array([quality.has_seventh for quality in CHORD_QUALITIES])
_THIRDS: Final = (_ROOTS + np.tile(_TONES_BY_PLACE[:, 1], OCTAVE)) % OCTAVE
