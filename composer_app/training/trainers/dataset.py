"""Training windows for the refining model: what is known, what is hidden.

Free of torch: everything here is numpy, so that it can be tested and looked at by itself.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from composer_app.music.pitch import OCTAVE
from composer_app.training.config import (
    BEATS,
    HIGHEST_PITCH,
    LOWEST_PITCH,
    MELODY_ONLY,
    NETWORK_STYLES,
    RefiningConfig,
)
from composer_app.training.corpora.chord_row import NO_CHORD, row_starts, row_step
from composer_app.training.corpora.corpus import REST, Piece

MELODY: Final = 0
FERMATA_UNKNOWN: Final = 2
MAX_BAR_STEPS: Final = 24
_TRANSPOSITIONS: Final = range(-5, 7)
_MAX_SILENT_SHARE: Final = 0.25
_MAX_MELODY_SILENT_SHARE: Final = 0.5
# Of the cells that sound, how many may lie beyond the network's pitches.
_MAX_FOLDED_SHARE: Final = 0.03
# Styles whose ranges are wider than the network's.
_WIDE_STYLES: Final = ("ragtime", "song", "quartet")
# Of the chord rows that are known in part, in how many a stretch is hidden, and only basses are.
_SPAN_OF_ROW: Final = 0.2
_ALL_CHORDS: Final = 0.2
# Windows begin on quarters, and half-way between those of compound metres.
_STRIDE: Final = 4
# Windows may run this many steps past the end, so that the model learns what padding is.
_OVERHANG: Final = 16


@dataclass(frozen=True, slots=True)
class Batch:
    """B windows of T steps, four voices; what :class:`RefiningUNet` takes, and the masks."""

    pitch: NDArray[np.int64]  # (B, T, 4), classes: 0 rest, 1.. the pitches from LOWEST_PITCH
    onset: NDArray[np.float32]  # (B, T, 4), 1 where struck
    pitch_known: NDArray[np.float32]  # (B, T, 4), 1 where the model may see the pitch
    onset_known: NDArray[np.float32]  # (B, T, 4)
    position: NDArray[np.int64]  # (B, T), step within the bar, 0-15
    fermata: NDArray[np.int64]  # (B, T), 0 no, 1 yes, FERMATA_UNKNOWN
    valid: NDArray[np.float32]  # (B, T), 0 past the end of the piece
    style: NDArray[np.int64]  # (B, T), index into NETWORK_STYLES, the same all along
    beat: NDArray[np.int64]  # (B, T), index into BEATS
    begin: NDArray[np.float32]  # (B, T), 1 up to the first downbeat of the piece
    chord: NDArray[np.int64]  # (B, T, 3), root, quality, bass
    chord_known: NDArray[np.float32]  # (B, T, 2), 1 where the chord may be seen, and its bass
    # What is asked for:
    pitch_asked: NDArray[np.float32]  # (B, T, 4), 1 where the pitch is to be guessed
    chord_asked: NDArray[np.float32]  # (B, T, 2), once a beat


def fold(
    pitch: NDArray[np.int16], lowest: int = LOWEST_PITCH, highest: int = HIGHEST_PITCH
) -> NDArray[np.int16]:
    """Notes beyond the network's pitches, moved into them by octaves; REST stays."""
    sounding = pitch != REST
    up = -(-np.maximum(lowest - pitch, 0) // OCTAVE)
    down = -(-np.maximum(pitch - highest, 0) // OCTAVE)
    return np.where(sounding, pitch + OCTAVE * (up - down), REST).astype(np.int16)


def pitch_classes(pitch: NDArray[np.int16], lowest: int = LOWEST_PITCH) -> NDArray[np.int64]:
    """MIDI pitches (or REST) as the network's classes, of which 1 is ``lowest``."""
    return np.where(pitch == REST, 0, pitch.astype(np.int64) - lowest + 1)


class WindowSampler:
    """Draws random windows: style, start, transposition, and what is hidden."""

    def __init__(self, pieces: list[Piece], config: RefiningConfig, seed: int) -> None:
        self.config = config
        self.random = np.random.default_rng(seed)
        self.windows = {style: _windows(pieces, style, config) for style in NETWORK_STYLES}
        self.beginnings = {
            style: [window for window in windows if window[1] == 0]
            for style, windows in self.windows.items()
        }
        weights = np.array(
            [
                weight if self.windows[style] else 0.0
                for style, weight in zip(NETWORK_STYLES, config.style_weights, strict=True)
            ]
        )
        if not weights.sum():
            raise ValueError(f"no piece is long enough for a window of {config.window} steps")
        self.weights = weights / weights.sum()

    def batch(self, size: int) -> Batch:
        """``size`` windows, transposed and masked at random."""
        rows = [self._window() for _ in range(size)]
        return Batch(*(np.stack(column) for column in zip(*rows, strict=True)))

    def _window(self) -> tuple[NDArray[np.generic], ...]:
        config, random = self.config, self.random
        # One style alone draws nothing, so that a run of one style needs no weights.
        style = (
            int(self.weights.argmax())
            if self.weights.max() == 1.0
            else int(random.choice(len(NETWORK_STYLES), p=self.weights))
        )
        name = NETWORK_STYLES[style]
        begins = self.beginnings[name] and random.random() < config.beginning_share
        windows = self.beginnings[name] if begins else self.windows[name]
        piece, start, shifts = windows[random.integers(len(windows))]
        shift = int(random.choice(shifts))
        pitch, onset, position, fermata, valid = cut_window(piece, start, config, shift)
        chord, starts = cut_chords(piece, start, config.window, shift)
        if random.random() < config.melody_rest_share:
            pitch, onset = self._rest_in_melody(pitch, onset)
        beat = _beats(piece, start, config.window)
        in_beat = position % row_step(np.array(BEATS)[beat])
        pitch_known, onset_known = draw_masks(random, config, in_beat)
        planned = name in MELODY_ONLY or random.random() < config.plan_share
        if planned:
            pitch_known[:, 1:], onset_known[:, 1:] = 0, 0
        pitch_known[valid == 0] = 1
        onset_known[valid == 0] = 1
        pitch_asked = 1 - pitch_known
        if name in MELODY_ONLY or (planned and config.side_channels and config.side_alone):
            pitch_asked[:, 1:] = 0
        chord_known, chord_asked = draw_row_masks(random, config, chord, starts, planned)
        fermata = self._hide_fermatas(piece, start, fermata, valid)
        return (
            pitch,
            onset,
            pitch_known,
            onset_known,
            position,
            fermata,
            valid,
            np.full(len(pitch), style, np.int64),
            beat,
            _begin(piece, start, len(pitch)),
            np.maximum(chord, 0),
            chord_known,
            pitch_asked,
            chord_asked,
        )

    def _hide_fermatas(
        self, piece: Piece, start: int, fermata: NDArray[np.int64], valid: NDArray[np.float32]
    ) -> NDArray[np.int64]:
        """People do not mark phrase ends; that the last note is the end is known more often.

        Only the chorales' sources mark phrase ends at all.
        """
        random, config = self.random, self.config
        hidden = random.random() < config.fermatas_hidden_share
        ending_known = random.random() < config.ending_known_share
        if piece.style == "bach" and not hidden:
            return fermata
        result = np.where(valid > 0, FERMATA_UNKNOWN, 0)
        struck = np.flatnonzero(piece.onset[:, MELODY])
        if ending_known and struck.size:
            last = max(0, int(struck[-1]) - start)
            result[last:] = np.where(valid[last:] > 0, 1, 0)
        return result

    def _rest_in_melody(
        self, pitch: NDArray[np.int64], onset: NDArray[np.float32]
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """People pause where Bach does not: silence a span of the melody."""
        length = int(self.random.integers(2, 17))
        begin = int(self.random.integers(0, len(pitch)))
        pitch, onset = pitch.copy(), onset.copy()
        pitch[begin : begin + length, MELODY] = 0
        onset[begin : begin + length, MELODY] = 0
        end = begin + length
        if end < len(pitch) and pitch[end, MELODY] > 0:
            onset[end, MELODY] = 1
        return pitch, onset


def _windows(
    pieces: list[Piece], style: str, config: RefiningConfig
) -> list[tuple[Piece, int, list[int]]]:
    return [
        (piece, start, shifts)
        for piece in pieces
        if piece.style == style and (shifts := allowed_transpositions(piece, config))
        for start in _window_starts(piece, config)
    ]


def allowed_transpositions(piece: Piece, config: RefiningConfig) -> list[int]:
    """Shifts of -5..6 semitones that keep every note among the network's pitches.

    The ranges of pianos and strings are wider than that: their notes are folded into the range by
    octaves instead.
    """
    if piece.style in _WIDE_STYLES:
        return list(_TRANSPOSITIONS)
    sounding = piece.pitch[piece.pitch != REST]
    if not sounding.size:
        return []
    low, high = int(sounding.min()), int(sounding.max())
    return [
        shift
        for shift in _TRANSPOSITIONS
        if low + shift >= config.lowest_pitch and high + shift <= config.highest_pitch
    ]


def _window_starts(piece: Piece, config: RefiningConfig) -> list[int]:
    """Every beat at which a window may begin: on the grid, not silent, and nearly all in range."""
    sounding = piece.pitch != REST
    low, high = config.lowest_pitch, config.highest_pitch
    beyond = sounding & ((piece.pitch < low) | (piece.pitch > high))
    silent = ~sounding.any(axis=1)
    starts = []
    window = config.window
    for start in range(0, max(1, piece.steps - window + _OVERHANG + 1), _STRIDE):
        span = slice(start, start + window)
        if piece.bad[span].any() or silent[span].mean() > _MAX_SILENT_SHARE:
            continue
        if piece.style in _WIDE_STYLES and (
            beyond[span].sum() > _MAX_FOLDED_SHARE * sounding[span].sum()
            or not sounding[span, MELODY].mean() >= 1 - _MAX_MELODY_SILENT_SHARE
        ):
            continue
        starts.append(start)
    return starts


def cut_window(
    piece: Piece, start: int, config: RefiningConfig, shift: int
) -> tuple[
    NDArray[np.int64],
    NDArray[np.float32],
    NDArray[np.int64],
    NDArray[np.int64],
    NDArray[np.float32],
]:
    """``(pitch, onset, position, fermata, valid)`` of the window, padded past the end.

    A piece of fewer lines than the network's has rests in the others.
    """
    window, lines = config.window, piece.pitch.shape[1]
    lowest, highest = config.lowest_pitch, config.highest_pitch
    span = slice(start, min(start + window, piece.steps))
    count = span.stop - span.start
    midi = piece.pitch[span]
    pitch = np.zeros((window, config.lines), np.int64)
    moved = np.where(midi == REST, REST, midi + shift)
    pitch[:count, :lines] = pitch_classes(fold(moved, lowest, highest), lowest)
    onset = np.zeros((window, config.lines), np.float32)
    onset[:count, :lines] = piece.onset[span]
    position = np.zeros(window, np.int64)
    position[:count] = np.minimum(piece.position[span], MAX_BAR_STEPS - 1)
    fermata = np.zeros(window, np.int64)
    fermata[:count] = piece.fermata[span]
    valid = np.zeros(window, np.float32)
    valid[:count] = 1
    return pitch, onset, position, fermata, valid


def cut_chords(
    piece: Piece, start: int, window: int, shift: int
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """``(chord, starts)``: (T, 3), the chord at the first step of each beat; (T,)."""
    span = slice(start, min(start + window, piece.steps))
    count = span.stop - span.start
    starts = np.zeros(window, np.bool_)
    starts[:count] = row_starts(
        piece.position[span].astype(np.int64), piece.beat[span].astype(np.int64)
    )
    chord = np.full((window, 3), NO_CHORD, np.int64)
    chord[:count] = piece.chord[span]
    first = np.maximum.accumulate(np.where(starts, np.arange(window), 0))
    chord = np.where((np.arange(window) < count)[:, None], chord[first], NO_CHORD)
    missing = (chord < 0).any(axis=1)
    chord[:, (0, 2)] = (chord[:, (0, 2)] + shift) % OCTAVE
    chord[missing] = NO_CHORD
    return chord, starts


def _beats(piece: Piece, start: int, window: int) -> NDArray[np.int64]:
    """(T,): the index of each step's beat in BEATS; past the end as before."""
    beat = piece.beat[start : start + window]
    index = np.zeros(window, np.int64)
    index[: len(beat)] = np.searchsorted(BEATS, beat)
    index[len(beat) :] = index[len(beat) - 1]
    return index


def _begin(piece: Piece, start: int, window: int) -> NDArray[np.float32]:
    """(T,): 1 from the first step of the piece to its first downbeat."""
    begin = np.zeros(window, np.float32)
    downbeats = np.flatnonzero(piece.position == 0)
    if downbeats.size:
        begin[: max(0, int(downbeats[0]) + 1 - start)] = 1
    return begin


def draw_row_masks(
    random: np.random.Generator,
    config: RefiningConfig,
    chord: NDArray[np.int64],
    starts: NDArray[np.bool_],
    planned: bool,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """``(chord_known, chord_asked)``, each (T, 2): what is seen of the chord row, and what guessed.

    A bass is known only where its chord is, for that is the order in which a row is drawn. A beat
    without a label is neither known nor asked for.
    """
    beats = np.cumsum(starts) - starts[0]
    count = int(beats[-1]) + 1
    known = np.zeros((count, 2), np.bool_)
    draw = random.random()
    if not planned and draw < config.row_hidden_share:
        pass
    elif not planned and draw < config.row_hidden_share + config.row_given_share:
        known[:] = True
    elif not planned and draw < (
        config.row_hidden_share + config.row_given_share + config.bass_hidden_share
    ):
        known[:, 0] = True
        known[:, 1] = random.random(count) < random.random()
    else:
        known[:, 0] = random.random(count) < random.random()
        if random.random() < _SPAN_OF_ROW:
            begin, end = sorted(random.integers(0, count + 1, 2).tolist())
            known[:, 0] = True
            known[begin:end, 0] = False
        if random.random() < _ALL_CHORDS:
            known[:, 0] = True
        known[:, 1] = known[:, 0] & (random.random(count) < random.random())
    labelled = chord.min(axis=1) >= 0
    seen = known[beats] & labelled[:, None]
    asked = ~known[beats] & labelled[:, None] & starts[:, None]
    # The bass is drawn when its chord stands.
    asked[:, 1] &= seen[:, 0]
    return seen.astype(np.float32), asked.astype(np.float32)


def draw_masks(
    random: np.random.Generator, config: RefiningConfig, in_beat: NDArray[np.int64]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """``(pitch_known, onset_known)``, each (T, 4), as they occur while the model is sampled.

    Pitches are revealed in any order (Huang et al. 2017), or from beats to sixteenths; their
    onsets follow when all pitches stand. The melody is known, but for a few windows. ``in_beat``
    (T,) are the steps since the beat began.
    """
    steps = len(in_beat)
    known = np.zeros((steps, config.lines), np.float32)
    known[:, MELODY] = 1
    draw = random.random()
    if draw < config.onset_stage_share:
        onset_known = np.zeros_like(known)
        onset_known[:, 1:] = random.random((steps, config.lines - 1)) < random.random() ** 2
        onset_known[:, MELODY] = 1
        return np.ones_like(known), onset_known
    if draw < config.onset_stage_share + config.coarse_to_fine_share:
        known[:, 1:] = _coarse_to_fine(random, in_beat, config.lines - 1)
    elif draw < config.onset_stage_share + config.coarse_to_fine_share + config.span_share:
        known[:, 1:] = _span(random, steps, config.lines - 1)
    else:
        # How much is known is uniform: few cells as often as many.
        known[:, 1:] = random.random((steps, config.lines - 1)) < random.random()
        if random.random() < 0.2:
            known[:, 1 + random.integers(config.lines - 1)] = random.integers(2)
    if random.random() < config.melody_hidden_share:
        known[:, MELODY] = random.random(steps) < random.random()
    onset_known = known.copy()
    if random.random() < config.onsets_hidden_share:
        onset_known[:, 1:] = 0
    return known, onset_known


def _coarse_to_fine(
    random: np.random.Generator, in_beat: NDArray[np.int64], lines: int
) -> NDArray[np.float32]:
    """(T, lines): beats, then eighths, then sixteenths; the present level known in part."""
    steps = len(in_beat)
    levels = [in_beat == 0, (in_beat % 2 == 0) & (in_beat > 0), in_beat % 2 == 1]
    present = int(random.integers(3))
    known = np.zeros((steps, lines), np.float32)
    for level in levels[:present]:
        known[level] = 1
    drawn = random.random((steps, lines)) < random.random()
    known[levels[present]] = drawn[levels[present]]
    return known


def _span(random: np.random.Generator, steps: int, lines: int) -> NDArray[np.float32]:
    """(T, lines): one stretch of some voices hidden in part, the rest known: bars to be redone."""
    known = np.ones((steps, lines), np.float32)
    length = int(random.integers(1, steps // 2 + 1))
    begin = int(random.integers(0, steps - length + 1))
    drawn = random.random((length, lines)) < random.random()
    voices = random.random(lines) < 0.7
    voices[random.integers(lines)] = True
    known[begin : begin + length, voices] = drawn[:, voices]
    return known
