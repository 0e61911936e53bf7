"""The metrics by which a piece is compared with a corpus, and how each is said in words.

Most are those of :mod:`composer_app.analysis.metrics.voice_metrics`, of one piece instead of many;
some concern the melody alone and make sense where there is nothing else. Distances to the corpus's
own histograms are worked out by :func:`measure_distances`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from composer_app.analysis.histograms import Histogram, jensen_shannon, wasserstein
from composer_app.analysis.metrics import voice_metrics
from composer_app.analysis.metrics.voice_metrics import Count
from composer_app.analysis.voice_grid import REST, VOICES, Passage, VoiceGrid, class_masks
from composer_app.music.pitch import OCTAVE

_BEAT: Final = 4
_WIDEST_STEP: Final = 2
# Longer notes than eight bars of 4/4 count as that long, as in metric_distances.
_LONGEST: Final = 128

Group = Literal["melody", "harmony", "voices", "rhythm"]


@dataclass(frozen=True, slots=True)
class Metric:
    """One number that a whole piece or passage is measured by.

    ``words`` say it with the value in front: "14 %" and "of beats are dissonant". ``unit`` is "%"
    for shares, which are kept from 0 to 1, else what follows a number. ``voices`` is how many
    tracks with notes it takes, 1 or 4.
    """

    id: str
    title: str
    group: Group
    unit: str
    words: str
    voices: int = VOICES

    def text(self, value: float) -> str:
        """``value`` as people read it, such as "14 %", "2.4 %" or "3.1"."""
        if self.unit == "%":
            percent = 100 * value
            whole = percent >= 9.95 or percent == 0
            return f"{percent:.0f} %" if whole else f"{percent:.1f} %"
        return f"{value:.2f}" if abs(value) < 1 else f"{value:.1f}"


def melody_range(piece: VoiceGrid, passage: Passage) -> Count:
    """From the melody's lowest to its highest note, in semitones."""
    line = piece.pitch[piece.pitch[:, 0] != REST, 0]
    return Count(float(line.max() - line.min()), 1) if line.size else Count(0, 0)


def melody_leaps(piece: VoiceGrid, passage: Passage) -> Count:
    """Share of the melody's intervals, repeated notes aside, of three semitones or more."""
    moves = np.abs(np.diff(piece.note_array(0)[:, 2]))
    moves = moves[moves > 0]
    return Count(float((moves > _WIDEST_STEP).sum()), float(moves.size))


def melody_length(piece: VoiceGrid, passage: Passage) -> Count:
    """Mean length of the melody's notes in steps."""
    return _mean_length(piece, [0])


def melody_on_beat(piece: VoiceGrid, passage: Passage) -> Count:
    """Share of the melody's notes that start on a quarter."""
    return _on_beat(piece, [0])


def note_length(piece: VoiceGrid, passage: Passage) -> Count:
    """Mean length of the accompanying voices' notes in steps."""
    return _mean_length(piece, range(1, VOICES))


def on_beat(piece: VoiceGrid, passage: Passage) -> Count:
    """Share of the accompanying voices' notes that start on a quarter."""
    return _on_beat(piece, range(1, VOICES))


def unique_pitches(piece: VoiceGrid, passage: Passage) -> Count:
    """Mean number of different pitches that an accompanying voice has in a bar."""
    counts = [
        np.unique(cells[cells != REST]).size
        for start, end in passage.bars
        for cells in piece.pitch[start:end, 1:].T
    ]
    return Count(float(sum(counts)), float(len(counts)))


def pitch_classes(piece: VoiceGrid, passage: Passage) -> Count:
    """Number of different pitch classes."""
    return Count(float(np.unique(piece.pitch[piece.pitch != REST] % OCTAVE).size), 1)


def _mean_length(piece: VoiceGrid, voices: range | list[int]) -> Count:
    rows = np.concatenate([piece.note_array(voice) for voice in voices])
    return Count(float((rows[:, 1] - rows[:, 0]).sum()), float(len(rows)))


def _on_beat(piece: VoiceGrid, voices: range | list[int]) -> Count:
    starts = np.concatenate([piece.note_array(voice)[:, 0] for voice in voices])
    return Count(float((starts % _BEAT == 0).sum()), float(starts.size))


_Function = Callable[[VoiceGrid, Passage], Count]
_TABLE: Final[tuple[tuple[_Function, str, Group, str, str, int], ...]] = (
    (melody_range, "Melody: range", "melody", "semitones",
     "semitones lie between the melody's lowest and highest note", 1),
    (melody_leaps, "Melody: leaps", "melody", "%",
     "of the melody's moves are leaps, not steps", 1),
    (melody_length, "Melody: note length", "melody", "sixteenths",
     "sixteenths is the mean length of the melody's notes", 1),
    (melody_on_beat, "Melody: on the beat", "melody", "%",
     "of the melody's notes start on a beat", 1),
    (voice_metrics.melody_dissonance, "Dissonant beats", "harmony", "%",
     "of beats are dissonant with the melody", 4),
    (voice_metrics.chordal_share, "Known chords", "harmony", "%",
     "of the time the voices form a common chord", 4),
    (voice_metrics.in_scale_rate, "In the scale", "harmony", "%",
     "of what sounds belongs to the scale", 4),
    (pitch_classes, "Pitch classes", "harmony", "pitch classes",
     "different pitch classes are used", 4),
    (voice_metrics.all_sounding_rate, "Four voices sounding", "voices", "%",
     "of the time all four voices sound", 4),
    (voice_metrics.polyphony, "Polyphony", "voices", "pitches",
     "different pitches sound together on average", 4),
    (voice_metrics.empty_bar_rate, "Empty bars", "voices", "%",
     "of the accompanying voices' bars are empty", 4),
    (voice_metrics.parallels_per_100, "Parallels", "voices", "in 100 sixteenths",
     "parallel fifths and octaves come in 100 sixteenths", 4),
    (voice_metrics.crossing_rate, "Crossing voices", "voices", "%",
     "of the time voices cross", 4),
    (voice_metrics.leap_rate, "Wide leaps", "voices", "%",
     "of the accompanying voices' intervals are wider than a minor sixth", 4),
    (voice_metrics.voice_range, "Range of the voices", "voices", "semitones",
     "semitones is the mean range of the accompanying voices", 4),
    (voice_metrics.melody_similarity, "Similarity index", "voices", "%",
     "of the melody's moves are doubled by another voice", 4),
    (voice_metrics.notes_per_bar, "Notes per bar", "rhythm", "notes",
     "notes are struck in a bar of an accompanying voice", 4),
    (note_length, "Note length", "rhythm", "sixteenths",
     "sixteenths is the mean length of the accompanying voices' notes", 4),
    (on_beat, "On the beat", "rhythm", "%",
     "of the accompanying voices' notes start on a beat", 4),
    (voice_metrics.lone_sixteenth_rate, "Lone sixteenths", "rhythm", "%",
     "of the accompanying voices' notes last a sixteenth", 4),
    (voice_metrics.repeated_note_rate, "Repeated notes", "rhythm", "%",
     "of the accompanying voices' notes repeat the one before", 4),
    (unique_pitches, "Pitches per bar", "rhythm", "pitches",
     "different pitches come in a bar of an accompanying voice", 4),
)  # fmt: skip

_FUNCTIONS: Final = {row[0].__name__: row[0] for row in _TABLE}
# What measure_distances gives.
_DISTANCES: Final = (
    Metric("chord_distance", "Chords unlike the corpus's", "harmony", "bits",
           "bits (Jensen-Shannon) lie between these chords and the usual ones"),
    Metric("degree_distance", "Pitch classes unlike the corpus's", "harmony", "bits",
           "bits (Jensen-Shannon) lie between these pitch classes and the usual ones"),
    Metric("interval_distance", "Intervals unlike the corpus's", "voices", "bits",
           "bits (Jensen-Shannon) lie between the voices' intervals and the usual ones"),
    Metric("length_distance", "Lengths unlike the corpus's", "rhythm", "sixteenths",
           "sixteenths (Wasserstein) lie between the voices' note lengths and the usual ones"),
)  # fmt: skip
METRICS: Final = (
    *(Metric(row[0].__name__, *row[1:]) for row in _TABLE),
    *_DISTANCES,
)


def measure_passage(piece: VoiceGrid, passage: Passage, voices: int = VOICES) -> dict[str, float]:
    """The metrics that ``voices`` tracks allow, by id, but for the distances.

    What there was nothing to measure of is left out.
    """
    found: dict[str, float] = {}
    for metric in METRICS:
        if metric.id in _FUNCTIONS and metric.voices <= voices:
            share = _FUNCTIONS[metric.id](piece, passage).share
            if share is not None:
                found[metric.id] = share
    return found


def passage_histograms(piece: VoiceGrid, passage: Passage) -> dict[str, Histogram]:
    """The histograms whose distances to the corpus's are measured, by the distance's id.

    Chords are sets of pitch classes, and pitch classes those of sounding cells of the accompanying
    voices, both above the home's origin, as in
    :mod:`composer_app.analysis.metrics.metric_distances`; intervals and lengths are those of the
    accompanying voices.
    """
    masks = class_masks(piece, passage.home.origin)
    cells = piece.pitch[:, 1:].astype(np.int64)
    rows = [piece.note_array(voice) for voice in range(1, VOICES)]
    lengths = np.concatenate([row[:, 1] - row[:, 0] for row in rows])
    return {
        "chord_distance": Histogram.of(masks[masks > 0]),
        "degree_distance": Histogram.of((cells[cells != REST] - passage.home.origin) % OCTAVE),
        "interval_distance": Histogram.of(np.concatenate([np.diff(row[:, 2]) for row in rows])),
        "length_distance": Histogram.of(np.minimum(lengths, _LONGEST)),
    }


def measure_distances(
    own: Mapping[str, Histogram], reference: Mapping[str, Histogram]
) -> dict[str, float]:
    """How far the histograms of a passage are from a corpus's; without those that are empty."""
    found: dict[str, float] = {}
    for name, histogram in own.items():
        theirs = reference.get(name)
        if histogram.total and theirs is not None and theirs.total:
            length = name == "length_distance"
            between = wasserstein if length else jensen_shannon
            found[name] = between(histogram, theirs) or 0.0
    return found
