"""The metrics of the training notebook, each of one piece with any number of tracks.

They come from the literature on multi-track generation: H.-W. Dong et al., "MuseGAN" (AAAI 2018),
and the libraries Pypianoroll (Dong et al. 2018) and MusPy (Dong et al. 2020), which call some of
them otherwise. Theirs assume C major; here the scale is the piece's own. ``tracks`` are
indices, all of them when omitted. Each function returns None where there is nothing to measure.
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from composer_app.analysis.features import PITCH_CLASS, POLYPHONY, measure
from composer_app.analysis.material import Material
from composer_app.analysis.voice_grid import Home, VoiceGrid
from composer_app.music.composition import Composition
from composer_app.music.melody import on_steps
from composer_app.music.performing.melody_line import Line, melody_line
from composer_app.music.pitch import OCTAVE
from composer_app.music.voices import MELODY

_SEVERAL: Final = 2


def empty_bar_rate(composition: Composition, tracks: Sequence[int] | None = None) -> float | None:
    """Share of the tracks' bars in which nothing sounds.

    MuseGAN's EB; MusPy's ``empty_measure_rate`` takes the tracks together.
    """
    bars = _bars(composition, tracks)
    return float(np.mean([not pitches for pitches in bars])) if bars else None


def unique_pitches_per_bar(
    composition: Composition, tracks: Sequence[int] | None = None
) -> float | None:
    """Mean number of different pitches that sound in a bar of a track; an empty bar has 0.

    MuseGAN's UPC counts pitch classes, not pitches.
    """
    bars = _bars(composition, tracks)
    return float(np.mean([len(pitches) for pitches in bars])) if bars else None


def pitch_class_count(
    composition: Composition, tracks: Sequence[int] | None = None
) -> float | None:
    """Number of different pitch classes, 1-12 (MusPy's ``n_pitch_classes_used``)."""
    classes = measure(Material.of(composition, tracks), PITCH_CLASS).values
    return float(np.unique(classes).size) if classes.size else None


def polyphonic_rate(composition: Composition, tracks: Sequence[int] | None = None) -> float | None:
    """Share of the steps at which two or more pitches sound.

    Of all steps, silent ones included (MuseGAN's polyphonicity, MusPy's ``polyphony_rate``).
    """
    pitches = measure(Material.of(composition, tracks), POLYPHONY).values
    return float(np.mean(pitches >= _SEVERAL)) if pitches.size else None


def in_scale_rate(composition: Composition, tracks: Sequence[int] | None = None) -> float | None:
    """Share of what sounds, step by step, in the scale of the whole piece.

    The scale is the one of the twelve major and twelve harmonic minor ones that holds most
    (:class:`~composer_app.analysis.voice_grid.Home`; Pypianoroll's ``in_scale_rate`` is told it).
    """
    sounding = _cells(composition, tracks)
    if not sounding.size:
        return None
    whole = _cells(composition, None)[:, None]
    home = Home.of(VoiceGrid(whole, np.ones(whole.shape, np.bool_)))
    return float(np.isin(sounding % OCTAVE, list(home.scale)).mean())


def similarity_index(composition: Composition) -> float | None:
    """How near the output is to its input: share of the melody's moves that another track doubles.

    The input is the melody's track, the output are the other tracks that have notes. A move
    leads from a note of the melody to a following, different one without a rest; a track
    doubles it that moves by the same interval at that step. The mean over the tracks: 1 if all of
    them shadow the melody, 0 if none ever does. (The published service names such an index
    without a formula; this is the one of
    :func:`~composer_app.analysis.metrics.voice_metrics.melody_similarity`, for any number of
    tracks.)
    """
    sounding = [i for i in composition.pitched_tracks if composition.tracks[i].notes]
    if MELODY not in sounding or len(sounding) == 1:
        return None
    melody, *others = (_line(composition, index) for index in sounding)
    moves = [
        (step, after - before)
        for step, (before, after) in enumerate(pairwise(melody), start=1)
        if before is not None and after is not None and before != after
    ]
    if not moves:
        return None
    doubled = 0
    for line in others:
        for step, interval in moves:
            before, after = line[step - 1], line[step]
            doubled += before is not None and after is not None and after - before == interval
    return doubled / (len(moves) * len(others))


def _bars(composition: Composition, tracks: Sequence[int] | None) -> list[set[int]]:
    """The pitches that sound in each bar of each track."""
    firsts = [bar.first_step for bar in composition.meters.bars_of(composition.steps)]
    bars: list[set[int]] = []
    for index in composition.pitched_tracks if tracks is None else tracks:
        own: list[set[int]] = [set() for _ in firsts]
        for note in composition.tracks[index].notes:
            first = bisect_right(firsts, note.start) - 1
            for bar in range(first, bisect_right(firsts, note.end - 1)):
                own[bar].add(note.pitch)
        bars += own
    return bars


def _cells(composition: Composition, tracks: Sequence[int] | None) -> NDArray[np.int16]:
    """The pitch of every note, as often as it has steps."""
    notes = [note for _, note in Material.of(composition, tracks).notes]
    pitches = np.array([note.pitch for note in notes], np.int16)
    return np.repeat(pitches, np.array([note.duration for note in notes], np.int64))


def _line(composition: Composition, index: int) -> list[int | None]:
    """The pitch of a track's top line at each step of the piece."""
    line: list[int | None] = [None] * composition.steps
    notes = composition.tracks[index].notes
    for note in on_steps(melody_line(notes, composition.tempo, Line.SKYLINE)):
        line[note.start : note.end] = [note.pitch] * note.duration
    return line


ROLL_METRICS: Final[dict[str, Callable[[Composition], float | None]]] = {
    function.__name__: function
    for function in (
        empty_bar_rate,
        unique_pitches_per_bar,
        pitch_class_count,
        polyphonic_rate,
        in_scale_rate,
        similarity_index,
    )
}
