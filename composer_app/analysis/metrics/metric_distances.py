"""How far a set of four-part pieces is from another: Jensen-Shannon distances. Pure numpy.

Histograms are pooled over the pieces of a set and count cells or notes.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from composer_app.analysis.voice_grid import REST, VOICES, Passage, VoiceGrid, class_masks
from composer_app.music.pitch import OCTAVE, PITCH_COUNT

Histogram = NDArray[np.float64]
Judged = tuple[VoiceGrid, Passage]

# Longer notes than eight bars of 4/4 count as that long.
_LONGEST: Final = 128
_ACCOMPANYING: Final = ((1, "alto"), (2, "tenor"), (3, "bass"))


def js_distance(first: Histogram, second: Histogram) -> float:
    """Jensen-Shannon divergence of two histograms in bits, 0 (equal) to 1 (disjoint) (Lin 1991).

    An empty histogram is as far as possible from a filled one.
    """
    if not first.sum() or not second.sum():
        return 0.0 if first.sum() == second.sum() else 1.0
    p, q = first / first.sum(), second / second.sum()
    middle = (p + q) / 2

    def divergence(x: Histogram) -> float:
        some = x > 0
        return float((x[some] * np.log2(x[some] / middle[some])).sum())

    return max(0.0, (divergence(p) + divergence(q)) / 2)


def pitch_class_histogram(pieces: Sequence[Judged]) -> Histogram:
    """(12,): sounding cells of the accompanying voices by pitch class above the home's origin."""
    counts = np.zeros(OCTAVE)
    for piece, passage in pieces:
        cells = piece.pitch[:, 1:]
        classes = (cells[cells != REST].astype(int) - passage.home.origin) % OCTAVE
        counts += np.bincount(classes, minlength=OCTAVE)
    return counts


def chord_histogram(pieces: Sequence[Judged]) -> Histogram:
    """(4096,): steps by the set of sounding pitch classes above the home's origin.

    The set of all four voices, as bits; every set is a kind of its own, silence is none.
    """
    counts = np.zeros(1 << OCTAVE)
    for piece, passage in pieces:
        masks = class_masks(piece, passage.home.origin)
        counts += np.bincount(masks, minlength=1 << OCTAVE)
    counts[0] = 0
    return counts


def duration_histogram(pieces: Sequence[Judged]) -> Histogram:
    """(129,): notes of the three accompanying voices by length in steps."""
    counts = np.zeros(_LONGEST + 1)
    for piece, _ in pieces:
        for voice in range(1, VOICES):
            notes = piece.note_array(voice)
            lengths = np.minimum(notes[:, 1] - notes[:, 0], _LONGEST)
            counts += np.bincount(lengths, minlength=_LONGEST + 1)
    return counts


def interval_histogram(pieces: Sequence[Judged], voice: int) -> Histogram:
    """(255,): intervals between following notes of ``voice``, -127 to 127, repeats included."""
    counts = np.zeros(2 * PITCH_COUNT - 1)
    for piece, _ in pieces:
        intervals = np.diff(piece.note_array(voice)[:, 2]) + PITCH_COUNT - 1
        counts += np.bincount(intervals, minlength=2 * PITCH_COUNT - 1)
    return counts


def distances(pieces: Sequence[Judged], reference: Sequence[Judged]) -> dict[str, float]:
    """Jensen-Shannon distances of ``pieces`` to ``reference``.

    Bach's test split measures, against the excerpts of his training chorales, chords .019 (in the
    study mentioned in :mod:`~composer_app.analysis.metrics.voice_metrics` .017), durations .001
    (.001), and intervals .003 in every voice (bass .004).
    """
    result = {
        "pitch_class_js": js_distance(
            pitch_class_histogram(pieces), pitch_class_histogram(reference)
        ),
        "chord_js": js_distance(chord_histogram(pieces), chord_histogram(reference)),
        "duration_js": js_distance(duration_histogram(pieces), duration_histogram(reference)),
    }
    for voice, name in _ACCOMPANYING:
        result[f"{name}_interval_js"] = js_distance(
            interval_histogram(pieces, voice), interval_histogram(reference, voice)
        )
    return result
