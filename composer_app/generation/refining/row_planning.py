"""The chord row of a piece planned alone, for those who write no four voices over it.

A band holds its chords for a bar or half of one. So the network is asked with no chord known but
those that are given, about the melody in three keys (on the lead sheets of the validation split
that names 3 % more roots than one key does), and the likeliest row is found as a whole (Viterbi
1967): what each beat's chord is worth, less what a change costs at its place in the bar. Its noise
makes rows differ.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from composer_app.generation.generator import GenerationSettings
from composer_app.generation.noise import NoiseVector
from composer_app.generation.refining.canvas import Canvas
from composer_app.generation.refining.harmony import Leading, meant_keys
from composer_app.generation.refining.planning import (
    NO_CHORD,
    ChordRow,
    Logits,
    Row,
    chord_symbols,
    log_softmax,
)
from composer_app.generation.refining.sampling import NoiseSource
from composer_app.music.harmony.chord_qualities import QUALITIES, QUALITY_TONES
from composer_app.music.harmony.chords import ChordSymbol
from composer_app.music.meter_map import MeterMap
from composer_app.music.note import Note
from composer_app.music.pitch import OCTAVE, Key, estimate_key

# Chosen on the lead sheets of the validation split, see docs/styles.md: how much the network's
# word counts, what a change costs at a downbeat, in the middle of a bar and elsewhere, what a tone
# beyond the key costs, and how much chance speaks.
_SHARPNESS: Final = 2.0
_DOWNBEAT, _MIDDLE, _ELSEWHERE = 0.5, 1.5, 3.0
_FOREIGN: Final = 0.5
_CHANCE: Final = 0.2
_NEVER: Final = 60.0
# The network is asked about the melody so many semitones higher.
ROW_KEYS: Final = (0, 1, -1)
# What it is worth that the first downbeat has the tonic.
_OPENING: Final = 1.0
# Of the last chord: what it is worth that the melody ends on its root, that it is the tonic.
_LAST_ROOT, _LAST_TONIC = 1.5, 0.75
_DRAW: Final = 7
_SIMPLE: Final = (QUALITIES.index("maj"), QUALITIES.index("min"))
_DOMINANTS: Final = (QUALITIES.index("maj"), QUALITIES.index("7"))
_FIFTH: Final = 7
# What a sixth or a seventh has to bring in, in probability: nothing from so rich a taste on, more
# of plainer ones; that of the dominant nearly nothing. The plainest taste has triads alone.
_RICH, _EAGER, _SEVENTH, _PLAIN = 0.45, 0.2, 0.3, -0.75
# (17,): the triad within each quality of chord.
_TRIAD_NAMES: Final = {
    "7": "maj",
    "maj7": "maj",
    "6": "maj",
    "m7": "min",
    "m6": "min",
    "mMaj7": "min",
}
_TRIADS: Final = np.array([QUALITIES.index(_TRIAD_NAMES.get(name, name)) for name in QUALITIES])
_COLOURS: Final = {_SIMPLE[0]: ("6", "maj7"), _SIMPLE[1]: ("m7",)}


@dataclass(frozen=True, slots=True)
class RowTaste:
    """How a row is planned: between the harmony of which ``styles``, by their numbers.

    ``hold`` says where chords may change: at each "beat", at "half" bars too, or where a "bar"
    begins. ``richness`` goes from -1 to 1.
    """

    styles: tuple[int, ...]
    hold: str = "half"
    richness: float = 0.0


class RowNetwork(Protocol):
    """What planning needs of a refining network."""

    def row_logits(
        self, canvas: Canvas, chord: Row, known: NDArray[np.bool_], style: int
    ) -> Logits:
        """(B, 204): what it says of the chords of a row (B, 3) of which ``known`` (B, 2)."""
        ...


def plan_row(
    network: RowNetwork,
    canvases: Sequence[Canvas],
    melody: tuple[Note, ...],
    meters: MeterMap,
    noise: NoiseVector,
    settings: GenerationSettings,
    taste: RowTaste,
    moved: int,
) -> tuple[ChordSymbol, ...]:
    """The chords under ``melody``.

    ``canvases`` have it ``moved`` semitones higher, and as much higher still as :data:`ROW_KEYS`
    say. What ``settings`` wish is obeyed.
    """
    canvas = canvases[0]
    assert canvas.frame is not None
    row = canvas.frame.row
    chord = np.maximum(row.given, 0)
    said = np.mean(
        [
            _home(_said(network, each, style), key)
            for each, key in zip(canvases, ROW_KEYS, strict=True)
            for style in taste.styles
        ],
        axis=0,
    )
    keys = _keys(canvas.frame.keys, melody, moved)
    led = Leading(settings.richness, None)
    biases = {key: _beyond_key(key) + led.bias(key) for key in set(keys)}
    worth = _SHARPNESS * said + np.stack([biases[key] for key in keys])
    source = NoiseSource(noise, canvas.steps, lambda: None)
    scale = _CHANCE * _SHARPNESS * settings.temperature
    worth = _together(worth + scale * source.row_gumbel(row.starts, worth.shape[1], _DRAW), row)
    opening = min(canvas.frame.opening, row.beats - 1)
    worth[opening, _tonic(keys[opening])] += _OPENING
    worth = _with_end(worth, row, melody, keys[-1], moved)
    free = row.given[:, 0] < 0
    fixed = np.full_like(worth, -_NEVER * 10)
    fixed[np.arange(row.beats), chord[:, 0] * len(QUALITIES) + chord[:, 1]] = 0
    worth = np.where(free[:, None], worth, fixed)
    cost = _costs(row, meters, taste.hold, settings.chord_rate, canvas.frame.bars)
    chord[:, 0], chord[:, 1] = np.divmod(_likeliest(worth, np.where(free, cost, 0)), len(QUALITIES))
    if taste.richness < 0:
        # Asked for triads alone, the network names fewer of the roots that people write.
        chord = _simplified(chord, row)
    chance = _together(np.exp(log_softmax(said)), row)
    eager = _EAGER * (taste.richness + settings.richness - _RICH)
    if taste.richness + settings.richness > _PLAIN:
        chord = _coloured(chord, row, chance, _Sung(row, melody, moved), keys, eager)
    chord[:, 2] = np.where(row.given[:, 2] >= 0, row.given[:, 2], chord[:, 0])
    return chord_symbols(row, chord, settings.chords, moved)


def _keys(set_keys: Sequence[Key | None], melody: tuple[Note, ...], moved: int) -> tuple[Key, ...]:
    """The key of each beat as the network sees it: what is set there, else what is heard.

    A signature without a mode may mean the relative minor, whose scale holds its own.
    """
    heard = estimate_key((n.pitch for n in melody), (n.duration for n in melody))
    higher = Key((heard.tonic + moved) % OCTAVE, heard.minor)
    return tuple(meant_keys(key, higher)[-1] if key else higher for key in set_keys)


def _simplified(chord: Row, row: ChordRow) -> Row:
    """``chord`` (B, 3) without sixths and sevenths where nothing is given."""
    simple = np.where(row.given[:, 0] >= 0, chord[:, 1], _TRIADS[chord[:, 1]])
    return np.stack([chord[:, 0], simple, chord[:, 2]], axis=1)


def _said(network: RowNetwork, canvas: Canvas, style: int) -> Logits:
    """(B, 204): what the network says of a row of which only what is given is known."""
    assert canvas.frame is not None
    row = canvas.frame.row
    shown = np.stack([row.given[:, 0] >= 0, (row.given >= 0).all(axis=1)], axis=1)
    return log_softmax(network.row_logits(canvas, np.maximum(row.given, 0), shown, style))


def _home(said: Logits, key: int) -> Logits:
    """What is ``said`` of a melody that lies ``key`` semitones higher, of the melody itself."""
    return np.roll(said, -key * len(QUALITIES), axis=1)


def _beyond_key(key: Key) -> NDArray[np.float64]:
    """(204,): what tones beyond ``key`` cost, but for its dominant."""
    bias = np.zeros((OCTAVE, len(QUALITIES)))
    for quality, tones in enumerate(QUALITY_TONES.values()):
        for root in range(OCTAVE):
            dominant = (root - key.tonic) % OCTAVE == _FIFTH and quality in _DOMINANTS
            foreign = {(root + tone) % OCTAVE for tone in tones} - key.pitch_classes
            bias[root, quality] = 0 if dominant else -_FOREIGN * len(foreign)
    return bias.ravel()


def _tonic(key: Key) -> int:
    """The class of the triad on the tonic of ``key``."""
    return key.tonic * len(QUALITIES) + _SIMPLE[int(key.minor)]


class _Sung:
    """The pitch classes that a melody sounds, as a network sees it."""

    def __init__(self, row: ChordRow, melody: tuple[Note, ...], moved: int) -> None:
        starts = [note.start for note in melody]
        self._beats = np.searchsorted(row.starts, starts, side="right") - 1
        self._tones = np.array([(note.pitch + moved) % OCTAVE for note in melody])

    def between(self, first: int, end: int) -> set[int]:
        """Those that are struck from beat ``first`` to before ``end``."""
        here = (self._beats >= first) & (self._beats < end)
        return set(self._tones[here].tolist())


def _coloured(
    chord: Row, row: ChordRow, chance: Logits, sung: _Sung, keys: Sequence[Key], eager: float
) -> Row:
    """``chord`` (B, 3) with the sixths and sevenths of the key that players add to triads.

    A tone is added where it brings in another chord that is likely there, too: ``chance`` (B, 204)
    of the chords says how likely. What it brings in, and what players are ``eager`` for, has to be
    more than nothing. A major triad gets no seventh where the melody sounds its root, which would
    rub; the dominant gets the minor seventh in any case.
    """
    result = chord.copy()
    held = chance @ _HOLDS
    changes = np.diff(chord[:, :2], axis=0, prepend=-1) != 0
    edges: list[int] = np.flatnonzero(changes.any(axis=1)).tolist()
    for first, end in zip(edges, [*edges[1:], row.beats], strict=True):
        root, quality = chord[first, :2].tolist()
        if row.given[first, 0] >= 0 or quality not in _SIMPLE:
            continue
        key = keys[first]
        dominant = quality == _SIMPLE[0] and (root - key.tonic) % OCTAVE == _FIFTH
        rubs = root in sung.between(first, end) or root == key.tonic
        names = _COLOURS[quality] if not dominant else ("7",)
        classes = root * len(QUALITIES) + np.array([quality, *map(QUALITIES.index, names)])
        worth = held[first:end, classes].mean(axis=0)
        worth[1:] += eager + _SEVENTH * dominant
        for place, name in enumerate(names, 1):
            tones = {(root + tone) % OCTAVE for tone in QUALITY_TONES[name]}
            if not (dominant or tones <= key.pitch_classes) or (name == "maj7" and rubs):
                worth[place] = -np.inf
        result[first:end, 1] = classes[worth.argmax()] % len(QUALITIES)
    result[:, 1] = np.where(row.given[:, 0] >= 0, chord[:, 1], result[:, 1])
    return result


def _together(worth: Logits, row: ChordRow) -> Logits:
    """``worth`` (B, 204), the same for beats that belong together, as high as each lies."""
    classes = np.arange(worth.shape[1])
    by = len(QUALITIES) * row.shift[:, None]
    home = np.take_along_axis(worth, (classes + by) % len(classes), axis=1)
    sums, counts = np.zeros_like(home), np.zeros(row.beats)
    np.add.at(sums, row.same_as, home)
    np.add.at(counts, row.same_as, 1)
    mean = (sums / np.maximum(counts, 1)[:, None])[row.same_as]
    return np.asarray(np.take_along_axis(mean, (classes - by) % len(classes), axis=1))


def _with_end(
    worth: Logits, row: ChordRow, melody: tuple[Note, ...], key: Key, moved: int
) -> Logits:
    """``worth`` with one plain chord from the last note on: what the melody closes with."""
    first = int(np.searchsorted(row.starts, melody[-1].start, side="right")) - 1
    pitch_class = (melody[-1].pitch + moved) % OCTAVE
    bonus = np.full((OCTAVE, len(QUALITIES)), -_NEVER)
    for quality in _SIMPLE:
        for root in range(OCTAVE):
            tones = {(root + tone) % OCTAVE for tone in list(QUALITY_TONES.values())[quality]}
            if pitch_class in tones:
                bonus[root, quality] = _LAST_ROOT * (root == pitch_class) + _LAST_TONIC * (
                    root == key.tonic
                )
    result = worth.copy()
    result[first:] = worth[first:].mean(axis=0) + bonus.ravel()
    return result


def _costs(row: ChordRow, meters: MeterMap, hold: str, rate: float | None, bars: Row) -> Logits:
    """(B,): what it costs that another chord begins at each beat."""
    costs = np.zeros(row.beats)
    for beat, start in enumerate(row.starts.tolist()):
        bar = meters.bar_at_step(start)
        within, length = start - bar.first_step, bar.end_step - bar.first_step
        if not within:
            costs[beat] = _DOWNBEAT
        elif within * 2 == length:
            costs[beat] = _NEVER if hold == "bar" else _MIDDLE
        else:
            costs[beat] = _ELSEWHERE if hold == "beat" else _NEVER
    if rate is not None:
        costs = np.where(_may_change(row, rate, bars), np.minimum(costs, _DOWNBEAT), _NEVER)
    return costs


def _may_change(row: ChordRow, rate: float, bars: Row) -> NDArray[np.bool_]:
    """(B,): where chords begin of which there are about ``rate`` in a bar."""
    beats = np.arange(row.beats)
    blocks = Leading(0.0, rate).row(
        ChordRow(row.starts, np.full_like(row.given, NO_CHORD), beats, np.zeros_like(beats)), bars
    )
    return np.asarray(blocks.same_as == beats)


def _likeliest(worth: Logits, cost: Logits) -> Row:
    """(B,): the classes of most ``worth`` (B, classes), less the ``cost`` (B,) of changes."""
    beats, classes = worth.shape
    best = worth[0].copy()
    came_from = np.zeros((beats, classes), np.int64)
    for beat in range(1, beats):
        top = int(best.argmax())
        changed = best[top] - cost[beat]
        stays = best >= changed
        came_from[beat] = np.where(stays, np.arange(classes), top)
        best = np.where(stays, best, changed) + worth[beat]
    chosen = np.zeros(beats, np.int64)
    chosen[-1] = best.argmax()
    for beat in range(beats - 1, 0, -1):
        chosen[beat - 1] = came_from[beat, chosen[beat]]
    return chosen


def _holding() -> NDArray[np.float64]:
    """(204, 204): 1 where the root and the third of the one chord are tones of the other one."""
    tones = [
        {(root + tone) % OCTAVE for tone in each}
        for root in range(OCTAVE)
        for each in QUALITY_TONES.values()
    ]
    pairs = [
        {root, (root + each[1]) % OCTAVE}
        for root in range(OCTAVE)
        for each in QUALITY_TONES.values()
    ]
    return np.array([[pair <= other for other in tones] for pair in pairs], np.float64)


_HOLDS: Final = _holding()
