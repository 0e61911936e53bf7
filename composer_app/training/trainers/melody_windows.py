"""Training windows for the network that writes melodies: what is known, what is hidden.

Free of torch. Every window is shown relative to its tonic, so that nothing has to be learnt twelve
times.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from composer_app.music.harmony.chord_qualities import QUALITY_TONES
from composer_app.music.pitch import OCTAVE, Key, estimate_key
from composer_app.training.config import (
    BEATS,
    MELODY_DEGREES,
    MELODY_DENSITY_EDGES,
    MELODY_LOWEST,
    MELODY_NEIGHBOURS,
    NETWORK_STYLES,
    MelodyConfig,
)
from composer_app.training.corpora.chord_row import row_step
from composer_app.training.corpora.corpus import REST, Piece

STRUCK, HELD, SILENT = 0, 1, 2
UPBEAT_PLACE: Final = 8
ENDING_FAR, ENDING_UNKNOWN = 8, 9
_PHRASE_BARS: Final = 8
_MELODY: Final = 0
# More than the steps of a bar, and than bars that one looks back.
_PLACES_A_BAR, _FARTHEST = 1000, 10
_MINOR_THIRD: Final = 3
# A window of which more is silent, or leaves the grid, is not used.
_MOST_SILENT: Final = 0.35
# Bars are too long for the network from here on.
_MOST_POSITIONS: Final = 24
# A window that asks for less than this is drawn again, so many times.
_LEAST_ASKED: Final = 6
_TRIES: Final = 4
# In how many windows some of the bars that are written are finished.
_DONE_SHARE: Final = 0.35
_TONES: Final = tuple(QUALITY_TONES.values())
# A root says more about the key than another tone of a chord.
_ROOT_WEIGHT: Final = 2.0


@dataclass(frozen=True, slots=True)
class MelodyBatch:
    """B windows of T steps: what :class:`MelodyUNet` takes, in its order, and what is asked for."""

    state: NDArray[np.int64]
    degree: NDArray[np.int64]
    state_known: NDArray[np.float32]
    degree_known: NDArray[np.float32]
    neighbour: NDArray[np.int64]
    position: NDArray[np.int64]
    beat: NDArray[np.int64]
    place: NDArray[np.int64]
    ending: NDArray[np.int64]
    begin: NDArray[np.float32]
    valid: NDArray[np.float32]
    style: NDArray[np.int64]
    minor: NDArray[np.float32]
    density: NDArray[np.int64]
    chord: NDArray[np.int64]
    chord_known: NDArray[np.float32]
    # (B, T), 1 where what the step does is to be guessed, and the pitch of a note that begins.
    state_asked: NDArray[np.float32]
    degree_asked: NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class _Bars:
    """Of a piece: the bar of each step (T,), its step within it, and where bars begin.

    An upbeat is bar -1; ``starts`` begin with it, where there is one.
    """

    number: NDArray[np.int64]
    starts: NDArray[np.int64]

    @classmethod
    def of(cls, piece: Piece) -> "_Bars":
        downbeats = np.flatnonzero(piece.position == 0)
        number = np.cumsum(piece.position == 0) - 1
        starts = downbeats if downbeats.size and downbeats[0] == 0 else np.append(0, downbeats)
        return cls(number.astype(np.int64), starts.astype(np.int64))


def key_of(piece: Piece, span: slice) -> Key:
    """The key of the notes and chords of ``span``; the last chord's, where its scale fits."""
    pitches: list[int] = []
    weights: list[float] = []
    melody = piece.pitch[span, _MELODY]
    values, counts = np.unique(melody[melody != REST], return_counts=True)
    pitches += values.tolist()
    weights += counts.tolist()
    chords = piece.chord[span]
    rows, counts = np.unique(chords[chords[:, 0] >= 0], axis=0, return_counts=True)
    for (root, quality, _bass), count in zip(rows.tolist(), counts.tolist(), strict=True):
        tones = _TONES[quality]
        pitches += [root, *((root + tone) % OCTAVE for tone in tones)]
        weights += [count * (_ROOT_WEIGHT - 1) / len(tones), *[count / len(tones)] * len(tones)]
    heard = estimate_key(pitches, weights)
    if span.stop >= piece.steps and len(rows) and chords[-1, 0] >= 0:
        last = Key(int(chords[-1, 0]), _MINOR_THIRD in _TONES[int(chords[-1, 1])])
        if last.sharps % OCTAVE == heard.sharps % OCTAVE:
            return last
    return heard


def tonic_below(pitches: NDArray[np.int16], key: Key) -> int:
    """The MIDI pitch of the tonic that the mean of ``pitches`` lies less than an octave above."""
    mean = float(pitches.mean())
    return int(mean - (mean - key.tonic) % OCTAVE)


def neighbours(number: NDArray[np.int64], position: NDArray[np.int64]) -> NDArray[np.int64]:
    """(T, 7): the step at the same ``position`` of the bars that far away, -1 where none is."""
    places = (number + _FARTHEST) * _PLACES_A_BAR + position
    order = np.argsort(places, kind="stable")
    rows = []
    for away in MELODY_NEIGHBOURS:
        wanted = places + away * _PLACES_A_BAR
        at = order[np.minimum(np.searchsorted(places, wanted, sorter=order), len(places) - 1)]
        rows.append(np.where(places[at] == wanted, at, -1))
    return np.stack(rows, axis=1).astype(np.int64)


def density_of(onsets: int, beats: float) -> int:
    """The class of a melody with so many notes in so many beats."""
    return 1 + int(np.searchsorted(MELODY_DENSITY_EDGES, onsets / max(beats, 1.0)))


class MelodySampler:
    """Draws random windows: style, piece, place, and what is hidden."""

    def __init__(self, pieces: list[Piece], config: MelodyConfig, seed: int) -> None:
        self.config = config
        self.random = np.random.default_rng(seed)
        usable = [(piece, _Bars.of(piece)) for piece in pieces]
        self.windows: dict[str, list[tuple[Piece, _Bars, int]]] = {
            style: [
                (piece, bars, start)
                for piece, bars in usable
                if piece.style == style
                for start in bars.starts.tolist()
                if _is_usable(piece, start, config.window)
            ]
            for style in NETWORK_STYLES
        }
        self.beginnings = {
            style: [each for each in windows if each[2] == 0]
            for style, windows in self.windows.items()
        }
        weights = np.array(
            [
                weight if self.windows[style] else 0.0
                for style, weight in zip(NETWORK_STYLES, config.style_weights, strict=True)
            ]
        )
        if not weights.sum():
            raise ValueError("no piece has a melody that could be learnt")
        self.weights = weights / weights.sum()

    def batch(self, size: int) -> MelodyBatch:
        """``size`` windows."""
        rows = [self._window() for _ in range(size)]
        return MelodyBatch(*(np.stack(column) for column in zip(*rows, strict=True)))

    def _window(self) -> tuple[NDArray[np.generic], ...]:
        config, random = self.config, self.random
        style = int(random.choice(len(NETWORK_STYLES), p=self.weights))
        name = NETWORK_STYLES[style]
        begins = self.beginnings[name] and random.random() < config.beginning_share
        windows = self.beginnings[name] if begins else self.windows[name]
        piece, bars, start = windows[random.integers(len(windows))]
        window = config.window
        span = slice(start, min(start + window, piece.steps))
        count = span.stop - span.start
        state, degree, minor, chord = _relative(piece, span)
        valid = _padded(np.ones(count, np.float32), window)
        number = bars.number[span]
        position = np.minimum(piece.position[span].astype(np.int64), _MOST_POSITIONS - 1)
        place = np.where(number < 0, UPBEAT_PLACE, number % _PHRASE_BARS)
        ending = np.minimum(bars.number[-1] - number, ENDING_FAR)
        if random.random() < config.ending_hidden_share:
            ending = np.full_like(ending, ENDING_UNKNOWN)
        begin = number < 0
        if start == 0:
            begin = begin | (np.arange(count) == int(np.argmax(number >= 0)))
        beat = np.searchsorted(BEATS, piece.beat[span]).astype(np.int64)
        beats = count / float(row_step(piece.beat[span].astype(np.int64)).mean())
        density = density_of(int((state == STRUCK).sum()), beats)
        if random.random() < config.density_hidden_share:
            density = 0
        for _again in range(_TRIES):
            masks = draw_melody_masks(
                random, config, state, number, position, np.array(BEATS)[beat]
            )
            if masks[2].sum() + masks[3].sum() >= _LEAST_ASKED:
                break
        chord_known = _chords_shown(random, config, chord)
        state_known, degree_known, state_asked, degree_asked = masks
        return (
            _padded(state, window, SILENT),
            _padded(degree, window),
            _padded(state_known, window, 1),
            _padded(degree_known, window, 0),
            _padded(neighbours(number, position), window, -1),
            _padded(position, window),
            _padded(beat, window),
            _padded(place, window),
            _padded(ending, window),
            _padded(begin.astype(np.float32), window),
            valid,
            np.full(window, style, np.int64),
            np.full(window, float(minor), np.float32),
            np.full(window, density, np.int64),
            _padded(np.maximum(chord, 0), window),
            _padded(chord_known, window),
            _padded(state_asked, window),
            _padded(degree_asked, window),
        )


def _is_usable(piece: Piece, start: int, window: int) -> bool:
    span = slice(start, start + window)
    pitch = piece.pitch[span, _MELODY]
    sounding = pitch != REST
    return bool(
        len(pitch) >= window // 4
        and sounding.mean() >= 1 - _MOST_SILENT
        and not piece.bad[span].any()
        and piece.position[span].max() < _MOST_POSITIONS
    )


def _padded(values: NDArray[np.generic], steps: int, fill: float = 0) -> NDArray[np.generic]:
    result = np.full((steps, *values.shape[1:]), fill, values.dtype)
    result[: len(values)] = values
    return result


def _relative(
    piece: Piece, span: slice
) -> tuple[NDArray[np.int64], NDArray[np.int64], bool, NDArray[np.int64]]:
    """``(state, degree, minor, chord)`` of ``span`` above its tonic; chord (T, 2), -1 for none."""
    pitch, onset = piece.pitch[span, _MELODY], piece.onset[span, _MELODY].copy()
    sounding = pitch != REST
    onset[0] |= sounding[0]
    whole = slice(0, piece.steps) if piece.style != "song" else span
    key = key_of(piece, whole)
    tonic = tonic_below(pitch[sounding], key)
    above = pitch.astype(np.int64) - tonic - MELODY_LOWEST
    above += OCTAVE * -(np.minimum(above, 0) // OCTAVE)
    above -= OCTAVE * -(-np.maximum(above - (MELODY_DEGREES - 1), 0) // OCTAVE)
    degree = np.where(sounding, above, 0)
    state = np.where(onset, STRUCK, np.where(sounding, HELD, SILENT)).astype(np.int64)
    chord = piece.chord[span, :2].astype(np.int64)
    missing = chord[:, 0] < 0
    chord[:, 0] = (chord[:, 0] - key.tonic) % OCTAVE
    chord[missing] = -1
    return state, degree, key.minor, chord


def _chords_shown(
    random: np.random.Generator, config: MelodyConfig, chord: NDArray[np.int64]
) -> NDArray[np.float32]:
    """(T,): 1 where the chord may be seen."""
    known = chord[:, 0] >= 0
    if random.random() < config.chords_hidden_share:
        known = np.zeros_like(known)
    return known.astype(np.float32)


def draw_melody_masks(
    random: np.random.Generator,
    config: MelodyConfig,
    state: NDArray[np.int64],
    number: NDArray[np.int64],
    position: NDArray[np.int64],
    beat: NDArray[np.int64],
) -> tuple[NDArray[np.float32], ...]:
    """``(state_known, degree_known, state_asked, degree_asked)``, each (T,).

    Some bars are to be written. Their rhythm comes first, from beats to sixteenths, then the
    pitches of its notes, some of them known. A note that is cut by the edge of these bars is whole
    on either side.
    """
    first, last = int(number[0]), int(number[-1])
    draw = random.random()
    if draw < config.all_hidden_share:
        written = np.ones(len(state), np.bool_)
    elif draw < config.all_hidden_share + config.rest_hidden_share:
        written = number >= random.integers(first, last + 1)
    elif draw < config.all_hidden_share + config.rest_hidden_share + config.gap_hidden_share:
        begin = int(random.integers(first, last + 1))
        written = (number >= begin) & (number < begin + random.integers(1, _PHRASE_BARS + 1))
    else:
        chosen = random.random(last - first + 1) < random.random()
        chosen[random.integers(len(chosen))] = True
        written = chosen[number - first]
    struck = state == STRUCK
    note = np.cumsum(struck)
    # Of bars that are written some are finished already, as while a piece comes into being.
    if random.random() < _DONE_SHARE:
        done = random.random(last - first + 1) < random.random()
        written = written & ~done[number - first]
    if random.random() < config.rhythm_share:
        state_known = ~written | _fine_known(random, position, beat)
        degree_known = ~written
        asked = (~state_known, np.zeros_like(written))
    else:
        state_known = np.ones_like(written)
        shown = random.random(int(note[-1]) + 1) < random.random()
        if random.random() < 0.5:
            # From the left, or downbeats first.
            limit = random.random()
            order = position if random.random() < 0.5 else np.arange(len(state))
            shown[note[struck & (order <= limit * order.max())]] = True
        degree_known = ~written | shown[note]
        asked = (np.zeros_like(written), struck & ~degree_known)
    # A pitch is known with its note: where the note begins, and where it goes on.
    degree_known = degree_known & (state != SILENT)
    masks = (state_known, degree_known, *asked)
    return tuple(mask.astype(np.float32) for mask in masks)


def _fine_known(
    random: np.random.Generator, position: NDArray[np.int64], beat: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """(T,): the steps of a rhythm in the making that stand: beats, then eighths, sixteenths."""
    within = position % np.where(beat == BEATS[1], BEATS[1], BEATS[0])
    levels = (within == 0, (within % 2 == 0) & (within > 0), within % 2 == 1)
    draw = random.random()
    if draw < 0.25:
        known: NDArray[np.bool_] = random.random(len(position)) < random.random()
        return known
    if draw < 0.4:
        return position < random.integers(0, int(position.max()) + 1)
    present = int(random.integers(3))
    known = np.zeros(len(position), np.bool_)
    for level in levels[:present]:
        known |= level
    part = random.random(len(position)) < random.random()
    return np.asarray(known | (levels[present] & part))
