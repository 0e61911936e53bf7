"""What a four-part piece measures, and how far a set of pieces is from Bach's. Pure numpy.

All measures are about the piece itself; none of them assumes C major. Grids are (T, 4): steps
by voices, soprano first.
"""

import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from composer_app.music.composition import Composition
from composer_app.music.pitch import Key, estimate_key

REST: Final = -1
_PERFECT: Final = (0, 7)
_CONSONANT: Final = frozenset({0, 3, 4, 5, 7, 8, 9})
_LEAP_SEMITONES: Final = 8
# Triads and sevenths, as intervals above the root, that common practice uses.
_CHORDS: Final = (
    {0, 4, 7},
    {0, 3, 7},
    {0, 3, 6},
    {0, 4, 7, 10},
    {0, 3, 7, 10},
    {0, 4, 7, 11},
    {0, 3, 6, 10},
    {0, 3, 6, 9},
)
CHORD_SETS: Final = frozenset(
    frozenset((root + step) % 12 for step in chord) for chord in _CHORDS for root in range(12)
)


@dataclass(frozen=True, slots=True, eq=False)
class VoiceGrid:
    """Four voices on the grid: ``pitch`` (T, 4) MIDI or -1, ``onset`` (T, 4) where struck."""

    pitch: NDArray[np.int16]
    onset: NDArray[np.bool_]

    @classmethod
    def from_composition(cls, composition: Composition) -> "VoiceGrid":
        """The highest sounding note of each of the first four tracks; silence for the rest."""
        steps = composition.steps
        pitch = np.full((steps, 4), REST, np.int16)
        onset = np.zeros((steps, 4), np.bool_)
        for voice, track in enumerate(composition.tracks[:4]):
            for note in sorted(track.notes, key=lambda n: n.pitch):
                span = slice(note.start, note.end)
                pitch[span, voice] = note.pitch
                onset[span, voice] = False
                onset[note.start, voice] = True
        return cls(pitch, onset)

    @property
    def steps(self) -> int:
        """T."""
        return len(self.pitch)

    def cut(self, steps: int) -> "VoiceGrid":
        """The first ``steps`` steps."""
        return VoiceGrid(self.pitch[:steps], self.onset[:steps])

    def key(self) -> Key:
        """Estimated key of what sounds."""
        return estimate_key(self.pitch[self.pitch != REST].tolist())

    def durations(self) -> list[list[int]]:
        """Lengths in steps of each voice's notes."""
        return [[end - start for start, end, _ in self.notes(voice)] for voice in range(4)]

    def notes(self, voice: int) -> list[tuple[int, int, int]]:
        """``(start, end, pitch)`` of each note of ``voice``."""
        column = self.pitch[:, voice]
        starts = np.flatnonzero(self.onset[:, voice])
        breaks = np.flatnonzero(np.append(self.onset[:, voice] | (column == REST), True))
        ends = breaks[np.searchsorted(breaks, starts, side="right")]
        return [(int(a), int(b), int(column[a])) for a, b in zip(starts, ends, strict=True)]


def js_distance(first: Counter[Any], second: Counter[Any]) -> float:
    """Jensen-Shannon divergence of two histograms in bits, 0 (equal) to 1 (disjoint) (Lin 1991).

    An empty histogram is as far as possible from a filled one.
    """
    total_first, total_second = sum(first.values()), sum(second.values())
    if total_first == 0 or total_second == 0:
        return 0.0 if total_first == total_second else 1.0
    keys = list(first.keys() | second.keys())
    p = np.array([first[key] for key in keys]) / total_first
    q = np.array([second[key] for key in keys]) / total_second
    middle = (p + q) / 2

    def divergence(x: NDArray[np.float64]) -> float:
        some = x > 0
        return float((x[some] * np.log2(x[some] / middle[some])).sum())

    return max(0.0, (divergence(p) + divergence(q)) / 2)


def chord_histogram(pieces: Iterable[VoiceGrid]) -> Counter[Any]:
    """How often each set of sounding pitch classes, relative to the key's tonic, is heard."""
    counts: Counter[Any] = Counter()
    for piece in pieces:
        tonic = piece.key().tonic
        for row in piece.pitch:
            sounding = row[row != REST]
            if sounding.size:
                counts[frozenset(((sounding - tonic) % 12).tolist())] += 1
    return counts


def duration_histogram(pieces: Iterable[VoiceGrid]) -> Counter[Any]:
    """How often each length (steps) is heard in the three accompanying voices."""
    counts: Counter[Any] = Counter()
    for piece in pieces:
        for voice in piece.durations()[1:]:
            counts.update(voice)
    return counts


def interval_histogram(pieces: Iterable[VoiceGrid], voice: int) -> Counter[Any]:
    """How often ``voice`` steps by each interval (semitones), repeated notes included."""
    counts: Counter[Any] = Counter()
    for piece in pieces:
        pitches = [pitch for _, _, pitch in piece.notes(voice)]
        counts.update(np.diff(pitches).tolist())
    return counts


def in_scale_rate(piece: VoiceGrid) -> float:
    """Share of sounding cells in the piece's own (estimated) key."""
    sounding = piece.pitch[piece.pitch != REST]
    scale = list(piece.key().pitch_classes)
    return _share(np.isin(sounding % 12, scale))


def all_sounding_rate(piece: VoiceGrid) -> float:
    """Share of steps at which all four voices sound."""
    return _share((piece.pitch != REST).all(axis=1))


def chordal_share(piece: VoiceGrid) -> float:
    """Share of steps with three or more voices whose pitch classes are part of a chord.

    A chord is a triad or seventh of :data:`CHORD_SETS`, complete or without its fifth.
    """
    hits = []
    for row in piece.pitch:
        sounding = row[row != REST]
        if sounding.size >= 3:
            classes = frozenset((sounding % 12).tolist())
            hits.append(any(classes <= chord for chord in CHORD_SETS))
    return _share(np.array(hits, np.bool_))


def melody_dissonance(piece: VoiceGrid) -> float:
    """Share of (beat, accompanying voice) pairs dissonant with the melody's note.

    Consonant are unisons, thirds, fourths, fifths, sixths and octaves.
    """
    beats = piece.pitch[::4]
    melody = beats[:, :1].astype(int)
    others = beats[:, 1:].astype(int)
    both = (melody != REST) & (others != REST)
    interval = np.abs(melody - others) % 12
    return _share(~np.isin(interval, list(_CONSONANT))[both])


def parallels_per_100(piece: VoiceGrid) -> float:
    """Parallel fifths and octaves per 100 steps: both voices move, the interval stays."""
    pitch = piece.pitch.astype(int)
    before, after = pitch[:-1], pitch[1:]
    count = 0
    for upper in range(4):
        for lower in range(upper + 1, 4):
            sounds = (np.stack([before, after])[:, :, [upper, lower]] != REST).all(axis=(0, 2))
            first = (before[:, upper] - before[:, lower]) % 12
            second = (after[:, upper] - after[:, lower]) % 12
            moves = (before[:, upper] != after[:, upper]) & (before[:, lower] != after[:, lower])
            count += int((sounds & moves & np.isin(first, _PERFECT) & (first == second)).sum())
    return 100.0 * count / max(1, piece.steps)


def crossing_rate(piece: VoiceGrid) -> float:
    """Share of steps at which a voice lies above the next higher one."""
    pitch = piece.pitch
    both = (pitch[:, :-1] != REST) & (pitch[:, 1:] != REST)
    return _share((both & (pitch[:, :-1] < pitch[:, 1:])).any(axis=1))


def lone_sixteenth_rate(piece: VoiceGrid) -> float:
    """Share of the accompanying voices' notes that last one step."""
    lengths = [length for voice in piece.durations()[1:] for length in voice]
    return _share(np.array(lengths, int) == 1)


def leap_rate(piece: VoiceGrid) -> float:
    """Share of the accompanying voices' intervals of more than 8 semitones."""
    steps = [
        abs(second[2] - first[2])
        for voice in range(1, 4)
        for first, second in _pairs(piece.notes(voice))
    ]
    return _share(np.array(steps, int) > _LEAP_SEMITONES)


def repeated_note_rate(piece: VoiceGrid) -> float:
    """Share of the accompanying voices' notes that repeat the pitch just before them."""
    repeats = [
        first[2] == second[2] and first[1] == second[0]
        for voice in range(1, 4)
        for first, second in _pairs(piece.notes(voice))
    ]
    return _share(np.array(repeats, np.bool_))


def difference(first: VoiceGrid, second: VoiceGrid) -> float:
    """Share of accompanying cells whose pitch differs: the diversity of two takes."""
    return _share(first.pitch[:, 1:] != second.pitch[:, 1:])


MEASURES: Final[dict[str, Callable[[VoiceGrid], float]]] = {
    "in_scale_rate": in_scale_rate,
    "all_sounding_rate": all_sounding_rate,
    "chordal_share": chordal_share,
    "melody_dissonance": melody_dissonance,
    "parallels_per_100": parallels_per_100,
    "crossing_rate": crossing_rate,
    "lone_sixteenth_rate": lone_sixteenth_rate,
    "leap_rate": leap_rate,
    "repeated_note_rate": repeated_note_rate,
}


def measure(pieces: Sequence[VoiceGrid]) -> dict[str, float]:
    """Mean of each of :data:`MEASURES` over ``pieces``, each piece counting alike."""
    return {
        name: float(np.mean([function(piece) for piece in pieces]))
        for name, function in MEASURES.items()
    }


def distances(pieces: Sequence[VoiceGrid], reference: Sequence[VoiceGrid]) -> dict[str, float]:
    """Jensen-Shannon distances of ``pieces`` to ``reference``, see the histograms above."""
    result = {
        "chord_js": js_distance(chord_histogram(pieces), chord_histogram(reference)),
        "duration_js": js_distance(duration_histogram(pieces), duration_histogram(reference)),
    }
    for voice, name in ((1, "alto"), (2, "tenor"), (3, "bass")):
        result[f"{name}_interval_js"] = js_distance(
            interval_histogram(pieces, voice), interval_histogram(reference, voice)
        )
    return result


def _pairs(notes: list[tuple[int, int, int]]) -> Iterable[tuple[tuple[int, ...], tuple[int, ...]]]:
    return itertools.pairwise(notes)


def _share(hits: NDArray[np.bool_]) -> float:
    return float(hits.mean()) if hits.size else 0.0
