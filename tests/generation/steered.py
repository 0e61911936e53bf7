"""Takes that are steered, and what the statistics say of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from composer_app.analysis.chord_labels import label_chords
from composer_app.analysis.metrics import voice_metrics
from composer_app.analysis.voice_grid import Passage, VoiceGrid
from composer_app.generation.composing import compose
from composer_app.generation.generator import GenerationSettings, Generator, Given
from composer_app.music.composition import Composition
from composer_app.music.files.sample_melodies import load_sample
from composer_app.music.harmony.chord_qualities import QUALITIES
from composer_app.music.melody import Melody
from composer_app.music.timing import STEPS_PER_BEAT

# The first bars of these, in 4/4 and 3/4.
TUNES = ("ode_to_joy", "amazing_grace")
STEPS = 64
SEEDS = (1, 2)
_TRIADS = tuple(QUALITIES.index(name) for name in ("maj", "min"))
_SEVENTHS = tuple(QUALITIES.index(name) for name in ("7", "m7", "maj7", "m7b5", "dim7"))


@cache
def tune(name: str) -> Melody:
    """The first bars of a sample melody."""
    melody = load_sample(name)
    notes = tuple(note for note in melody.notes if note.end <= STEPS)
    return Melody(notes, melody.tempo, melody.meters)


@dataclass(frozen=True)
class Measured:
    """Means over some takes; of voices, alto, tenor and bass."""

    density: tuple[float, ...]
    with_melody: tuple[float, ...]
    repeated: float
    leaps: float
    dissonance: float
    chordal: float
    parallels: float
    crossings: float
    lone: float
    in_scale: float
    all_sounding: float
    triads: float
    sevenths: float
    root_changes: float


def takes(
    generator: Generator,
    settings: GenerationSettings,
    tunes: Sequence[str] = TUNES,
    seeds: Sequence[int] = SEEDS,
    given: Given | None = None,
) -> list[Composition]:
    """One take of each tune for each seed."""
    return [
        compose(tune(name), generator, replace(settings, seed=seed), given=given)
        for name in tunes
        for seed in seeds
    ]


def measured(pieces: Sequence[Composition]) -> Measured:
    """What the statistics say of ``pieces``."""
    grids = [VoiceGrid.from_composition(piece) for piece in pieces]
    rows = [
        (grid, Passage.regular(grid, piece.meter.steps_per_bar))
        for grid, piece in zip(grids, pieces, strict=True)
    ]
    chords = [label_chords(g.pitch, np.arange(0, g.steps, STEPS_PER_BEAT)) for g in grids]
    quality = np.concatenate([each.quality for each in chords])
    changes = [np.diff(each.root) != 0 for each in chords]
    bars = [grid.steps / passage.bar_steps for grid, passage in rows]

    def mean(metric: object) -> float:
        count = voice_metrics.pooled(metric(*row) for row in rows)  # type: ignore[operator]
        return count.hits / max(count.of, 1e-9)

    return Measured(
        tuple(float(np.mean([density(grid, voice) for grid in grids])) for voice in (1, 2, 3)),
        tuple(float(np.mean([together(grid, voice) for grid in grids])) for voice in (1, 2, 3)),
        mean(voice_metrics.repeated_note_rate),
        mean(voice_metrics.leap_rate),
        mean(voice_metrics.melody_dissonance),
        mean(voice_metrics.chordal_share),
        mean(voice_metrics.parallels_per_100),
        mean(voice_metrics.crossing_rate),
        mean(voice_metrics.lone_sixteenth_rate),
        mean(voice_metrics.in_scale_rate),
        mean(voice_metrics.all_sounding_rate),
        float(np.isin(quality, _TRIADS).mean()),
        float(np.isin(quality, _SEVENTHS).mean()),
        float(sum(each.sum() for each in changes) / sum(bars)),
    )


def density(grid: VoiceGrid, voice: int) -> float:
    """Notes a beat of a voice."""
    return float(grid.onset[:, voice].sum() / (grid.steps / STEPS_PER_BEAT))


def together(grid: VoiceGrid, voice: int) -> float:
    """How far a voice is struck when the melody is, 0 to 1 (F1 of both sets of attacks)."""
    both = (grid.onset[:, voice] & grid.onset[:, 0]).sum()
    return float(2 * both / (grid.onset[:, voice].sum() + grid.onset[:, 0].sum()))
