"""The metrics of four-part writing. Pure numpy.

Each metric is a function that returns a :class:`Count`: hits, and of how many. Counts are added
over pieces before they are divided, so that a long piece counts for more than a short one. None of
the metrics assumes C major. Grids are (T, 4): steps by voices, soprano first.

"Bach" in the docstrings is what Bach's own chorales measure: the test split of the JSB
Chorales (81 pieces of music21), as :mod:`composer_app.evaluation` cuts them. The definitions were
chosen among the usual ones so that these figures come near those of an earlier study of the same
split, whose own are in brackets, and results can be compared with it.
"""

from collections.abc import Callable, Iterable
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from composer_app.analysis.voice_grid import (
    REST,
    VOICES,
    Passage,
    VoiceGrid,
    class_masks,
    mask_of,
)
from composer_app.music.pitch import OCTAVE, Key

_PERFECT: Final = (0, 7)
_CONSONANT: Final = (0, 3, 4, 5, 7, 8, 9)
_LEAP_SEMITONES: Final = 8
_BEAT: Final = 4
_TRIADS: Final = ((0, 4, 7), (0, 3, 7))
# Triads and sevenths, as intervals above the root, that common practice uses.
_CHORDS: Final = (
    *_TRIADS,
    (0, 3, 6),
    (0, 4, 7, 10),
    (0, 3, 7, 10),
    (0, 4, 7, 11),
    (0, 3, 6, 10),
    (0, 3, 6, 9),
)


class Count(NamedTuple):
    """How many of how many; ``of`` is 0 where there was nothing to count."""

    hits: float
    of: float

    @property
    def share(self) -> float | None:
        """``hits / of``; None where there was nothing to count."""
        return self.hits / self.of if self.of else None


def pooled(counts: Iterable[Count]) -> Count:
    """The sum of ``counts``."""
    rows = list(counts)
    return Count(sum(row.hits for row in rows), sum(row.of for row in rows))


def _within(chords: Iterable[Iterable[int]]) -> NDArray[np.bool_]:
    """(4096,): whether a set of pitch classes is part of one of ``chords``, at any root."""
    table = np.zeros(1 << OCTAVE, np.bool_)
    every = np.arange(1 << OCTAVE)
    for chord in chords:
        for root in range(OCTAVE):
            mask = mask_of([root + step for step in chord])
            table |= (every & ~mask) == 0
    table[0] = False
    return table


_IN_CHORD: Final = _within(_CHORDS)
_IN_TRIAD: Final = _within(_TRIADS)


def empty_bar_rate(piece: VoiceGrid, passage: Passage) -> Count:
    """Share of the accompanying voices' bars in which nothing sounds (Dong et al. 2018, "EB")."""
    silent = piece.pitch[:, 1:] == REST
    rows = [silent[start:end].all(axis=0) for start, end in passage.bars]
    return _count(np.array(rows, np.bool_))


def in_scale_rate(piece: VoiceGrid, passage: Passage) -> Count:
    """Share of sounding cells in the scale of the piece's own key.

    The scale is that of the composer's version of the piece where there is one, so that a model
    is not forgiven for leaving it (:class:`Home`; Dong et al. 2018 count C major). Bach .949
    (.949).
    """
    sounding = piece.pitch[piece.pitch != REST]
    return _count(np.isin(sounding % OCTAVE, list(passage.home.scale)))


def all_sounding_rate(piece: VoiceGrid, passage: Passage) -> Count:
    """Share of the steps with melody at which all four voices sound.

    Where Bach pauses after a phrase all voices do; such steps are not counted. Bach .999 (.995);
    of all steps it is .987.
    """
    return _count((piece.pitch[piece.pitch[:, 0] != REST] != REST).all(axis=1))


def polyphony(piece: VoiceGrid, passage: Passage) -> Count:
    """Mean number of different pitches that sound together."""
    ordered = np.sort(piece.pitch, axis=1)
    fresh = np.ones(ordered.shape, np.bool_)
    fresh[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
    return Count(float((fresh & (ordered != REST)).sum()), float(piece.steps))


def chordal_share(piece: VoiceGrid, passage: Passage) -> Count:
    """Share of steps at which three or more voices sound parts of one chord.

    A chord is a major, minor or diminished triad or a common seventh chord, complete or not,
    in any inversion. Silence is no chord. Bach .879 (.879).
    """
    enough = (piece.pitch != REST).sum(axis=1) >= 3
    return _count(_IN_CHORD[class_masks(piece)] & enough)


def melody_dissonance(piece: VoiceGrid, passage: Passage) -> Count:
    """Share of beats with melody at which any other voice is dissonant with it.

    Consonant are unisons, thirds, fourths, fifths, sixths, octaves, and these and octaves.
    Beats are quarters, every fourth step. Bach .179 (.176).
    """
    beats = piece.pitch[::_BEAT].astype(int)
    beats = beats[beats[:, 0] != REST]
    interval = np.abs(beats[:, :1] - beats[:, 1:]) % OCTAVE
    wrong = ~np.isin(interval, _CONSONANT) & (beats[:, 1:] != REST)
    return _count(wrong.any(axis=1))


def parallels_per_100(piece: VoiceGrid, passage: Passage) -> Count:
    """Parallel fifths and octaves per 100 steps, counted for each pair of voices.

    Both voices move in the same direction and their interval is a fifth or an octave (or
    unison), whatever the octaves between, before and after. Bach .12 (.11).
    """
    pitch = piece.pitch.astype(int)
    motion = np.sign(np.diff(pitch, axis=0))
    sounds = (pitch[:-1] != REST) & (pitch[1:] != REST)
    count = 0
    for upper in range(VOICES):
        for lower in range(upper + 1, VOICES):
            interval = (pitch[:, upper] - pitch[:, lower]) % OCTAVE
            same = (interval[:-1] == interval[1:]) & np.isin(interval[1:], _PERFECT)
            together = (motion[:, upper] == motion[:, lower]) & (motion[:, upper] != 0)
            count += int((same & together & sounds[:, upper] & sounds[:, lower]).sum())
    return Count(100.0 * count, float(piece.steps))


def crossing_rate(piece: VoiceGrid, passage: Passage) -> Count:
    """Share of steps at which a voice lies above the next higher one."""
    pitch = piece.pitch
    both = (pitch[:, :-1] != REST) & (pitch[:, 1:] != REST)
    return _count((both & (pitch[:, :-1] < pitch[:, 1:])).any(axis=1))


def leap_rate(piece: VoiceGrid, passage: Passage) -> Count:
    """Share of the accompanying voices' intervals of more than 8 semitones. Bach .022 (.024)."""
    intervals = [np.diff(piece.note_array(voice)[:, 2]) for voice in range(1, VOICES)]
    return _count(np.abs(np.concatenate(intervals)) > _LEAP_SEMITONES)


def voice_range(piece: VoiceGrid, passage: Passage) -> Count:
    """Mean span of the accompanying voices, lowest to highest note, in semitones."""
    spans = [
        int(sounding.max()) - int(sounding.min())
        for voice in range(1, VOICES)
        if (sounding := piece.pitch[piece.pitch[:, voice] != REST, voice]).size
    ]
    return Count(float(sum(spans)), float(len(spans)))


def notes_per_bar(piece: VoiceGrid, passage: Passage) -> Count:
    """Mean number of notes an accompanying voice strikes in a bar."""
    struck = float(piece.onset[:, 1:].sum())
    return Count(struck, (VOICES - 1) * piece.steps / passage.bar_steps)


def lone_sixteenth_rate(piece: VoiceGrid, passage: Passage) -> Count:
    """Share of the accompanying voices' notes that last one step.

    Repeated notes are taken as one, so that data with and without them compare. Bach .034 (.034).
    """
    runs = piece.pitch_runs()
    rows = [runs.note_array(voice) for voice in range(1, VOICES)]
    return _count(np.concatenate([row[:, 1] - row[:, 0] for row in rows]) == 1)


def repeated_note_rate(piece: VoiceGrid, passage: Passage) -> Count:
    """Share of the accompanying voices' intervals that repeat the pitch without a pause."""
    hits = []
    for voice in range(1, VOICES):
        notes = piece.note_array(voice)
        hits.append((np.diff(notes[:, 2]) == 0) & (notes[1:, 0] == notes[:-1, 1]))
    return _count(np.concatenate(hits))


def phrase_end_rate(piece: VoiceGrid, passage: Passage) -> Count:
    """Share of the fermatas that rest on a consonant chord of the key.

    That is a major or minor triad, complete or not, of at least three voices at the fermata's
    last step, whose pitch classes belong to the key (in minor with raised sixth and seventh,
    and the major third of the tonic, Picardy's). Bach .91.
    """
    chords = class_masks(piece)
    foreign = ~mask_of(_key_classes(passage.home.key))
    sounding = (piece.pitch != REST).sum(axis=1)
    good = [
        bool(_IN_TRIAD[chords[step]]) and not chords[step] & foreign and sounding[step] >= 3
        for step in passage.phrase_ends
    ]
    return _count(np.array(good, np.bool_))


def final_chord_rate(piece: VoiceGrid, passage: Passage) -> Count:
    """Share of final chords that are tonic or dominant.

    Judged at the last step of passages that end with a phrase: a part of the tonic triad (in
    minor with either third), of the dominant triad or of the dominant seventh chord. Bach .62:
    excerpts often end in the middle of a piece, on cadences in other keys.
    """
    if not passage.closes or not piece.steps:
        return Count(0, 0)
    tonic = passage.home.key.tonic
    chords = [(0, 4, 7), (7, 11, 14, 17)] + ([(0, 3, 7)] if passage.home.key.minor else [])
    last = int(class_masks(piece)[-1])
    good = any(not last & ~mask_of([tonic + step for step in chord]) for chord in chords)
    return Count(float(good and (piece.pitch[-1] != REST).sum() >= 3), 1.0)


def melody_similarity(piece: VoiceGrid, passage: Passage) -> Count:
    """Melody similarity index: share of the melody's moves that another voice doubles.

    A move is a step to a following, different note of the melody; a voice doubles it that is struck
    anew at that step and moves by the same interval. Mean over the accompanying voices: 1 for a
    voice that shadows the melody throughout, 0 for one that never does.
    """
    pitch = piece.pitch.astype(int)
    before, after = pitch[:-1], pitch[1:]
    moves = (before[:, 0] != after[:, 0]) & (before[:, 0] != REST) & (after[:, 0] != REST)
    sounds = (before[:, 1:] != REST) & (after[:, 1:] != REST)
    same = (after - before)[:, 1:] == (after - before)[:, :1]
    return _count((same & sounds)[moves])


def difference(first: VoiceGrid, second: VoiceGrid) -> Count:
    """Share of accompanying cells whose pitch differs: the diversity of two takes."""
    return _count(first.pitch[:, 1:] != second.pitch[:, 1:])


def melody_kept(piece: VoiceGrid, melody: VoiceGrid) -> Count:
    """Share of steps at which ``piece`` has the pitch and onset of ``melody`` in voice 0."""
    same = piece.pitch[:, 0] == melody.pitch[:, 0]
    return _count(same & (piece.onset[:, 0] == melody.onset[:, 0]))


VOICE_METRICS: Final[dict[str, Callable[[VoiceGrid, Passage], Count]]] = {
    function.__name__: function
    for function in (
        empty_bar_rate,
        in_scale_rate,
        all_sounding_rate,
        polyphony,
        chordal_share,
        melody_dissonance,
        parallels_per_100,
        crossing_rate,
        leap_rate,
        voice_range,
        notes_per_bar,
        lone_sixteenth_rate,
        repeated_note_rate,
        phrase_end_rate,
        final_chord_rate,
        melody_similarity,
    )
}


def measure(pieces: Iterable[tuple[VoiceGrid, Passage]]) -> dict[str, float | None]:
    """Each of :data:`VOICE_METRICS` over all ``pieces``; None where there was nothing to count."""
    rows = list(pieces)
    return {
        name: pooled(function(piece, passage) for piece, passage in rows).share
        for name, function in VOICE_METRICS.items()
    }


def _key_classes(key: Key) -> frozenset[int]:
    picardy = {(key.tonic + 4) % OCTAVE} if key.minor else set()
    return key.pitch_classes | picardy


def _count(hits: NDArray[np.bool_]) -> Count:
    return Count(float(hits.sum()), float(hits.size))
