"""Made-up tunes whose chords are plain to see."""

import numpy as np

from composer_app.analysis.voice_grid import REST, VOICES, VoiceGrid
from composer_app.evaluation.harmony import Tune
from composer_app.music.harmony.chord_qualities import QUALITIES
from composer_app.music.timing import Meter
from composer_app.training.corpora.annotated_corpora import AnnotatedPiece, ChordRows

FOUR_FOUR = Meter(4, 4)
C, F, G7 = (0, "maj"), (5, "maj"), (7, "7")
# A bar each; a phrase of four bars twice, and a close.
CHORDS = (C, F, G7, C, C, F, G7, C)
MELODY = (64, 67, 65, 69, 71, 74, 72, 72) * 2


def chord_rows(chords: list[tuple[int, str]], each: int) -> ChordRows:
    """``chords``, of ``each`` steps, in root position."""
    root = np.repeat([root for root, _ in chords], each).astype(np.int8)
    quality = np.repeat([QUALITIES.index(name) for _, name in chords], each).astype(np.int8)
    return ChordRows(root, quality, root)


def tune(meter: Meter = FOUR_FOUR, *, ends: bool = True) -> Tune:
    """Eight bars in C major, two notes a bar."""
    bar = meter.steps_per_bar
    pitch = np.full((8 * bar, VOICES), REST, np.int16)
    pitch[:, 0] = np.repeat(MELODY, bar // 2)
    onset = np.zeros(pitch.shape, np.bool_)
    onset[:: bar // 2, 0] = True
    return Tune(
        "made",
        "leadsheets",
        meter,
        0,
        VoiceGrid(pitch, onset),
        chord_rows(list(CHORDS), bar),
        0,
        ends,
    )


def piece(
    steps: int = 160, *, voices: int = 1, upbeat: int = 4, corpus: str = "leadsheets"
) -> AnnotatedPiece:
    """Quarters up and down the scale of C, in 4/4 with an upbeat, under C major."""
    quarter = np.arange(steps) // 4
    melody = np.array([60, 62, 64, 65, 67, 65, 64, 62])[quarter % 8]
    pitch = np.stack([melody - 12 * voice for voice in range(voices)], axis=1).astype(np.int16)
    onset = np.zeros(pitch.shape, np.bool_)
    onset[::4] = True
    position = ((np.arange(steps) - upbeat) % 16).astype(np.int16)

    def filled(value: int) -> np.ndarray:
        return np.full(steps, value, np.int16)

    return AnnotatedPiece(
        "made",
        corpus,
        "test",
        pitch,
        onset,
        np.zeros(steps, np.bool_),
        position,
        filled(16),
        filled(4).astype(np.int8),
        filled(4).astype(np.int8),
        ((np.arange(steps) - upbeat) // 16 + 1).astype(np.int16),
        filled(0).astype(np.int8),
        np.zeros(steps, np.bool_),
        chord_rows([C] * (steps // 4), 4),
    )
