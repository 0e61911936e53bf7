"""The plan of a piece: the chord of each beat, drawn before the first note of the voices.

The network that fills the voices in has one more row, which holds a chord and its bass for each
beat; any of it can be given, and any of it asked for. A few passes draw the chords, then a few the
basses, each given the chords that stand. Beats that belong together, since the melody repeats
there, are drawn as one: what the network says of them is averaged.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from composer_app.generation.placement import beat_places
from composer_app.generation.refining.sampling import Cells
from composer_app.generation.refining.ties import Ties
from composer_app.music.harmony.chord_qualities import QUALITIES, QUALITY_TONES
from composer_app.music.harmony.chord_wishes import NO_WISHES, ChordWishes
from composer_app.music.harmony.chords import CHORD_QUALITIES, Chord, ChordSymbol, in_order
from composer_app.music.meter_map import MeterMap
from composer_app.music.pitch import OCTAVE, Key
from composer_app.music.timing import TICKS_PER_STEP

NO_CHORD: Final = -1
CHORD_CLASSES: Final = OCTAVE * len(QUALITIES)
# What the tones of a chord that somebody asks for are worth to a voice, in natural logarithms, its
# root above all, and its bass to the bass: it is to be heard.
_ASKED_TONE, _ASKED_ROOT, _ASKED_BASS = 2.0, 1.0, 12.0
_TONE_TO_COME, _TONE_AT_LAST = 1.0, 12.0
_GOLDEN: Final = (5**0.5 - 1) / 2

Row = NDArray[np.int64]
Logits = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class ChordRow:
    """Where the B beats of a piece begin, and what of their chords is given.

    ``starts`` (B,) are steps. ``given`` (B, 3) holds root, quality and bass as numbers of the
    network, NO_CHORD where the plan is free; the bass alone may be free. ``same_as`` (B,) is the
    first beat that each is drawn with (itself, as a rule), ``shift`` (B,) by how many semitones its
    chord lies above that one's.
    """

    starts: Row
    given: Row
    same_as: Row
    shift: Row

    @property
    def beats(self) -> int:
        """B."""
        return len(self.starts)

    def beat_of_steps(self, steps: int) -> Row:
        """(steps,): the index of the beat that each step belongs to."""
        return np.searchsorted(self.starts, np.arange(steps), side="right") - 1


@dataclass(frozen=True, slots=True)
class Harmony:
    """How the harmony of a style is planned.

    ``styles`` are the numbers of the styles between whose harmony it is planned. ``temperature`` is
    that of the chords: a plan of what is likely leaves more room to the voices than a bold one.
    Where ``plans_bass`` is false, the bass is a line of its own under the chords. ``hears_key``,
    0 to 1, is how much the key that is heard in the melody counts beside one that is set.
    """

    styles: tuple[int, ...]
    temperature: float
    plans_bass: bool
    hears_key: float


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """What a network is told of a piece of T steps, besides its cells, if it ``knows`` of chords.

    ``beat`` (T,) is the network's number of what a beat is, ``begin`` (T,) is 1 up to the first
    downbeat. ``lowest`` is the pitch class of the network's class 1. A network that knows of no
    chords only leans to those that the ``row`` has. ``bars`` (B,) are the numbers of the bars that
    beats are in. ``keys`` (B) are those that somebody has set, as the network sees the piece, None
    where the key is free.
    """

    row: ChordRow
    bars: Row
    beat: NDArray[np.int64]
    begin: NDArray[np.float32]
    harmony: Harmony
    lowest: int
    knows: bool
    keys: tuple[Key | None, ...]

    @property
    def opening(self) -> int:
        """The beat of the first downbeat; B of a piece that has none."""
        before = int(self.begin.sum())
        return int(np.searchsorted(self.row.starts, max(before - 1, 0)))


def row_of(
    steps: int, meters: MeterMap, ties: Ties, wishes: ChordWishes = NO_WISHES, moved: int = 0
) -> ChordRow:
    """The row of a piece of ``steps``; ``ties`` say which beats are drawn together.

    ``wishes`` are given, ``moved`` semitones higher, as the network sees the piece. A beat for
    which something is wished is drawn with no other.
    """
    starts = np.union1d([0], np.flatnonzero(beat_places(steps, meters) == 0))
    given = np.full((len(starts), 3), NO_CHORD, np.int64)
    for beat, chord in enumerate(wishes.on_beats(starts.tolist(), steps)):
        if chord is not None:
            higher = chord.transposed(moved)
            given[beat] = higher.root, higher.quality.index, higher.bass
    first, shift = ties.of_beats(starts)
    free = (given[:, 0] < 0) & (given[first, 0] < 0)
    beats = np.arange(len(starts))
    return ChordRow(starts, given, np.where(free, first, beats), np.where(free, shift, 0))


def chord_symbols(
    row: ChordRow, chord: Row, wishes: ChordWishes, moved: int
) -> tuple[ChordSymbol, ...]:
    """The planned ``chord`` (B, 3) of each beat, ``moved`` semitones lower, where it changes.

    What is wished stands as it was wished.
    """
    symbols: list[ChordSymbol] = []
    last: Chord | None = None
    for start, numbers, given in zip(row.starts.tolist(), chord, row.given, strict=True):
        if given[0] >= 0:
            last = None
            continue
        root, quality, bass = numbers.tolist()
        planned = Chord(root, CHORD_QUALITIES[quality], bass).transposed(-moved)
        if planned != last:
            symbols.append(ChordSymbol(start * TICKS_PER_STEP, planned, given=False))
        last = planned
    wished = [symbol for symbol in wishes.symbols if symbol.chord is not None]
    return in_order([*symbols, *wished])


class Planner(Protocol):
    """What planning needs of a run: what the network says of the row, and its noise."""

    def row_logits(self, chord: Row, known: NDArray[np.bool_]) -> tuple[Logits, Logits]:
        """``(chords, basses)``, (B, 204) and (B, 12): of a row (B, 3) of which ``known`` (B, 2)."""
        ...

    def row_gumbel(self, classes: int) -> Logits:
        """(B, classes) Gumbel noise, other noise at every call."""
        ...


def plan(planner: Planner, row: ChordRow, passes: tuple[int, int], temperature: float = 1.0) -> Row:
    """(B, 3): the chords of ``row``, drawn where they are not given.

    ``passes`` are how often the network is asked for chords, and for their basses; if it is not
    asked for them they are the roots.
    """
    chord = np.maximum(row.given, 0)
    known = np.stack([row.given[:, 0] >= 0, (row.given >= 0).all(axis=1)], axis=1)
    for column, asks in enumerate(passes):
        for portion in _portions(row, ~known[:, column], asks):
            logits = planner.row_logits(chord, known)[column]
            choice = _draw(planner, row, portion, logits, temperature)
            if column == 0:
                chord[portion, 0], chord[portion, 1] = divmod(choice, len(QUALITIES))
            else:
                chord[portion, 2] = choice
            known[portion, column] = True
    if not passes[1]:
        chord[:, 2] = np.where(known[:, 1], chord[:, 2], chord[:, 0])
    return chord


def _draw(
    planner: Planner, row: ChordRow, portion: NDArray[np.bool_], logits: Logits, heat: float
) -> Row:
    """(N,): the classes of the N beats of ``portion``, alike where they are drawn as one."""
    classes = logits.shape[1]
    per_pitch_class = classes // OCTAVE
    # Class c means pitch class c // per_pitch_class: a beat that lies higher says the same of
    # classes that lie as much higher.
    rolled = (np.arange(classes) + per_pitch_class * row.shift[:, None]) % classes
    scores = np.take_along_axis(log_softmax(logits), rolled, axis=1)
    first = row.same_as[portion]
    sums, counts = np.zeros_like(scores), np.zeros(row.beats)
    np.add.at(sums, first, scores[portion])
    np.add.at(counts, first, 1)
    mean = sums / np.maximum(counts, 1)[:, None]
    choice = (mean / heat + planner.row_gumbel(classes)).argmax(axis=1)
    return np.asarray((choice[first] + per_pitch_class * row.shift[portion]) % classes)


def _portions(row: ChordRow, free: NDArray[np.bool_], passes: int) -> Sequence[NDArray[np.bool_]]:
    """The ``free`` beats in at most ``passes`` parts, each spread over the piece.

    Beats that are drawn as one come in the same part.
    """
    firsts = np.unique(row.same_as[free])
    turn = np.zeros(row.beats, np.int64)
    turn[firsts] = ((np.arange(len(firsts)) + 1) * _GOLDEN % 1.0 * passes).astype(np.int64)
    portions = (free & (turn[row.same_as] == index) for index in range(passes))
    return [portion for portion in portions if portion.any()]


def log_softmax(logits: Logits) -> Logits:
    """(N, classes): natural logarithms of the probabilities that ``logits`` mean."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True)))


def heard_basses(chord: Row, row: ChordRow, grid: Row, lowest: int) -> Row:
    """``chord`` (B, 3) with the basses of the voices ``grid`` (T, 4) where nobody gave one.

    A bass that is no tone of its chord passes, and says nothing. Class 1 of ``grid`` is of the
    pitch class ``lowest``.
    """
    written = grid[row.starts, -1]
    bass = (written + lowest - 1) % OCTAVE
    heard = (written > 0) & (row.given[:, 2] < 0)
    heard &= tones_of(chord)[np.arange(len(bass)), bass]
    result = chord.copy()
    result[heard, 2] = bass[heard]
    return result


def tones_of(chord: Row) -> NDArray[np.bool_]:
    """(B, 12): the pitch classes of ``chord`` (B, 3); none of a beat without a chord."""
    tones = _TONES[np.maximum(chord[:, 0], 0), np.maximum(chord[:, 1], 0)]
    return np.asarray(tones & (chord[:, :1] >= 0))


def tone_bias(
    chord: Row,
    row: ChordRow,
    classes: int,
    lowest: int,
    weights: tuple[float, float] = (0.0, 0.0),
) -> Logits:
    """(B, 2, classes): what the plan adds to the scores on a beat, of inner voices and the bass.

    Tones of the beat's ``chord`` (B, 3) get as much more as the first of ``weights`` says, and in
    the bass its own pitch class the second, which a network needs that does not see the row; more
    still where somebody has asked for them. Class 1 is of the pitch class ``lowest``.
    """
    tone, bass_tone = weights
    pitch_class = (np.arange(classes) + lowest - 1) % OCTAVE
    tones = tones_of(chord)[:, pitch_class]
    bass = pitch_class == chord[:, 2:]
    root = pitch_class == chord[:, :1]
    bass &= chord[:, 2:] >= 0
    asked = (row.given[:, 0] >= 0)[:, None]
    inner = np.where(asked, _ASKED_TONE * tones + _ASKED_ROOT * root, tone * tones)
    lowest_voice = np.where(asked, _ASKED_BASS * bass, bass_tone * bass)
    bias = np.stack([inner, lowest_voice], axis=1).astype(np.float64)
    bias[:, :, 0] = 0
    return np.asarray(bias)


def missing_tone(
    grid: Row, known: NDArray[np.bool_], cells: Cells, tone: Row, lowest: int, classes: int
) -> Logits:
    """(N, classes): what a tone of a chord that is asked for is worth where no voice has it yet.

    Much to the last voice that can take it, little to one before it. ``tone`` (T,) is the pitch
    class of each step, such as its chord's root, NO_CHORD where none is asked for; class 1 is of
    the pitch class ``lowest``.
    """
    step, voice = cells
    sounding = known & (grid > 0)
    has = (sounding & ((grid + lowest - 1) % OCTAVE == tone[:, None])).any(axis=1)[step]
    inner = (voice > 0) & (voice < grid.shape[1] - 1)
    wanted = inner & (tone[step] >= 0) & ~has
    others = (~known[step][:, 1:-1]).sum(axis=1) - inner
    worth = np.where(wanted, np.where(others > 0, _TONE_TO_COME, _TONE_AT_LAST), 0.0)
    is_tone = (np.arange(classes) + lowest - 1) % OCTAVE == tone[step][:, None]
    is_tone[:, 0] = False
    return np.asarray(worth[:, None] * is_tone)


_TONES: Final = np.array(
    [
        [np.isin((np.arange(OCTAVE) - root) % OCTAVE, tones) for tones in QUALITY_TONES.values()]
        for root in range(OCTAVE)
    ]
)
