"""The melodies whose chords are known: cut out of the annotated corpora, in one metre each."""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from composer_app.analysis.chord_labels import NO_CHORD, beat_starts
from composer_app.analysis.voice_grid import REST, VOICES, VoiceGrid
from composer_app.music.harmony.chord_qualities import QUALITIES, QUALITY_TONES
from composer_app.music.melody import Melody
from composer_app.music.meter_map import MeterMap
from composer_app.music.note import Note
from composer_app.music.pitch import OCTAVE, Key, estimate_key
from composer_app.music.timing import TICKS_PER_STEP, Meter
from composer_app.training.corpora.annotated_corpora import (
    AnnotatedPiece,
    ChordRows,
    read_annotated,
)

METERS: Final = (Meter(4, 4), Meter(3, 4), Meter(6, 8), Meter(2, 4))
# 34 bars of 4/4. What is longer is cut to sixteen, and ends with a long note of the last four.
_LONGEST_WHOLE: Final = 544
_MOST_STEPS: Final = 256
_EARLIEST_END: Final = 192
_LEAST_STEPS: Final = 64
# Of a passage that is sung.
_LEAST_SOUNDING: Final = 0.6
_MOST_OFF_GRID: Final = 0.05
# Of each metre: there are many songs, and the metres weigh alike.
_SONGS: Final = 8
_MINOR_THIRD: Final = 3
_TONES: Final = tuple(QUALITY_TONES.values())


@dataclass(frozen=True, eq=False)
class Tune:
    """A melody of T steps in one metre, and its chords.

    ``grid`` (T, 4) has the melody on top; below it is what the composer wrote, or silence in a lead
    sheet. ``upbeat`` are the steps before the first downbeat. ``fifths`` is the signature as it is
    written. ``ends`` is True where the tune ends with its piece.
    """

    name: str
    corpus: str
    meter: Meter
    upbeat: int
    grid: VoiceGrid
    chords: ChordRows
    fifths: int
    ends: bool
    shared_tune: bool = False

    @property
    def steps(self) -> int:
        """T."""
        return self.grid.steps

    @cached_property
    def position(self) -> NDArray[np.int16]:
        """(T,): the step within the bar."""
        steps = np.arange(self.steps) - self.upbeat
        return (steps % self.meter.steps_per_bar).astype(np.int16)

    @cached_property
    def beats(self) -> NDArray[np.int64]:
        """(B,): the steps where beats begin: dotted quarters in 6/8, else quarters."""
        return beat_starts(self.position, self.meter.steps_per_beat)

    @cached_property
    def bars(self) -> NDArray[np.int64]:
        """The steps where bars begin, that of an upbeat included."""
        return beat_starts(self.position, self.meter.steps_per_bar)

    @cached_property
    def judged_beats(self) -> NDArray[np.bool_]:
        """(B,): the beats in which the melody sounds, if they begin with a chord."""
        sung = np.logical_or.reduceat(self.grid.pitch[:, 0] != REST, self.beats)
        return np.asarray(sung & (self.chords.root[self.beats] != NO_CHORD), np.bool_)

    @cached_property
    def melody(self) -> Melody:
        """The melody, with its metre and its upbeat."""
        notes = (Note(start, pitch, end - start) for start, end, pitch in self.grid.notes(0))
        meters = MeterMap.constant(self.meter, self.upbeat * TICKS_PER_STEP)
        return Melody(tuple(notes), meters=meters, title=self.name)

    @cached_property
    def last_onset(self) -> int:
        """Step at which the melody's last note is struck."""
        return int(np.flatnonzero(self.grid.onset[:, 0])[-1])

    @cached_property
    def key(self) -> Key:
        """The key of the annotation.

        The root of the last chord is the tonic, if the signature (as written, or as the chords
        have it: some are missing) allows it; else it is the key of all chord tones.
        """
        chords = _key_of_chords(self.chords)
        root = int(self.chords.root[self.last_onset])
        if not self.ends or root == NO_CHORD:
            return chords
        minor = _MINOR_THIRD in _TONES[self.chords.quality[self.last_onset]]
        last = Key(root, minor)
        signatures = [Key.of_signature(self.fifths).sharps % OCTAVE, chords.sharps % OCTAVE]
        return last if last.sharps % OCTAVE in signatures else chords


def held_out_tunes(corpus: str, split: str) -> list[Tune]:
    """The tunes of ``corpus`` in ``split``, in the order of the corpus.

    Of the songs ("lieder") the eight shortest in each metre.
    """
    pieces = (piece for piece in read_annotated(corpus) if piece.split == split)
    tunes = [tune for piece in pieces if (tune := tune_of(piece)) is not None]
    if corpus != "lieder":
        return tunes
    short = [
        each
        for meter in METERS
        for each in sorted((t for t in tunes if t.meter == meter), key=lambda t: t.steps)[:_SONGS]
    ]
    return [tune for tune in tunes if tune in short]


def tune_of(piece: AnnotatedPiece) -> Tune | None:
    """``piece`` from the bar of its first note on, None where it makes no tune.

    It goes on while bars are regular, and ends with a note; what is longer than 544 steps is cut
    to 256 at most. Left out is what is too short, is in another metre, is mainly silence or
    leaves the grid.
    """
    sounding = np.flatnonzero(piece.melody != REST)
    if not sounding.size:
        return None
    first = int(sounding[0])
    bars = np.append(0, np.flatnonzero(piece.position == 0))
    start = int(bars[bars <= first][-1])
    meter = Meter(int(piece.numerator[start]), int(piece.denominator[start]))
    length = meter.steps_per_bar
    if meter not in METERS or piece.bar_length[start] != length:
        return None
    regular = (piece.position[start] + np.arange(piece.steps - start)) % length
    same = (piece.position[start:] == regular) & (piece.bar_length[start:] == length)
    run = len(same) if same.all() else int(np.argmin(same))
    grid = _voices(piece, slice(start, start + run))
    steps = _end(grid, whole=start + run == piece.steps)
    grid = grid.cut(steps)
    span = slice(start, start + steps)
    if (
        steps < _LEAST_STEPS
        or (grid.pitch[:, 0] != REST).mean() < _LEAST_SOUNDING
        or piece.bad[span].mean() > _MOST_OFF_GRID
    ):
        return None
    rows = piece.chords
    return Tune(
        piece.name,
        piece.corpus,
        meter,
        int(-piece.position[start] % length),
        grid,
        ChordRows(rows.root[span], rows.quality[span], rows.bass[span]),
        int(piece.fifths[start]),
        ends=not (piece.melody[span.stop :] != REST).any(),
        shared_tune=piece.shared_tune,
    )


def _voices(piece: AnnotatedPiece, span: slice) -> VoiceGrid:
    """The voices of ``span``, silence where a lead sheet has none; nothing sounds on into it."""
    steps = span.stop - span.start
    pitch = np.full((steps, VOICES), REST, np.int16)
    onset = np.zeros((steps, VOICES), np.bool_)
    voices = piece.pitch.shape[1]
    pitch[:, :voices], onset[:, :voices] = piece.pitch[span], piece.onset[span]
    onset[0] = pitch[0] != REST
    return VoiceGrid(pitch, onset)


def _end(grid: VoiceGrid, *, whole: bool) -> int:
    """Where the tune ends: with its last note, or a long one before it is too long."""
    notes = grid.note_array(0)
    if whole and notes[-1, 1] <= _LONGEST_WHOLE:
        return int(notes[-1, 1])
    ends = notes[:, 1]
    inside = np.flatnonzero((ends <= _MOST_STEPS) & (ends < grid.steps))
    if not inside.size:
        return 0
    late = inside[ends[inside] >= min(_EARLIEST_END, int(ends[inside[-1]]))]
    following = np.append(notes[1:, 0], grid.steps)
    # From its beginning to the next note: a phrase ends with a long note, or with a rest.
    return int(ends[late[np.argmax((following - notes[:, 0])[late])]])


def _key_of_chords(chords: ChordRows) -> Key:
    """The key of all chord tones, the roots counting double."""
    pitches: list[int] = []
    weights: list[float] = []
    pairs = Counter(zip(chords.root.tolist(), chords.quality.tolist(), strict=True))
    for (root, quality), count in pairs.items():
        if root != NO_CHORD:
            pitches += [root, *(root + tone for tone in _TONES[quality])]
            weights += [count] * (1 + len(_TONES[quality]))
    return estimate_key(pitches, weights)


def chord_classes(chords: ChordRows) -> NDArray[np.int64]:
    """(T,): the pitch classes of each step's chord as bits, C being bit 0; 0 where none is."""
    table = np.zeros((len(QUALITIES) + 1, OCTAVE + 1), np.int64)
    for quality, tones in enumerate(_TONES):
        for root in range(OCTAVE):
            table[quality, root] = sum(1 << ((root + tone) % OCTAVE) for tone in tones)
    return np.asarray(table[chords.quality, chords.root])
