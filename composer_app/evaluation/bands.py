"""How well bands accompany tunes whose chords are known: a line for each style.

What is heard of a band are melody, chords and bass; drums have no part in its harmony.
"""

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from composer_app.analysis.chord_labels import NO_CHORD
from composer_app.analysis.metrics.voice_metrics import Count, pooled
from composer_app.analysis.voice_grid import REST, VoiceGrid
from composer_app.evaluation.evaluating import fitted, take_seed
from composer_app.evaluation.harmony.measures import Counts, measure_harmony
from composer_app.evaluation.harmony.tunes import Tune, held_out_tunes
from composer_app.evaluation.section import Section
from composer_app.generation.bands.band_generator import BandGenerator
from composer_app.generation.bands.voicing import MOST_NOTES
from composer_app.generation.composing import compose
from composer_app.generation.generator import GenerationSettings
from composer_app.music.composition import BAND_NAMES, Composition
from composer_app.music.melody import is_line, on_steps
from composer_app.music.pitch import OCTAVE

_CHORDS, _BASS = BAND_NAMES.index("Chords"), BAND_NAMES.index("Bass")
# Of each style: what is measured, and what it is called.
MEASURES: Final = {
    "root_and_third": "root and third",
    "bass_on_root": "bass on root",
    "downbeat_on_root": "on beat 1",
    "first_bass": "first bass",
    "last_bass": "last bass",
    "bass_repeats_4": "repeats alike",
    "root_changes": "changes a bar",
    "chords_per_beat": "chords a beat",
    "bass_per_beat": "bass a beat",
    "eighths_1_and_4": "6/8 on 1 and 4",
}


@dataclass(frozen=True, slots=True)
class BandsEvaluation:
    """``rows`` has for each style the names of :data:`MEASURES` and "seconds", a take's median."""

    split: str
    tunes: int
    takes: int
    rows: Mapping[str, Mapping[str, float | None]]

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "split": self.split,
            "tunes": self.tunes,
            "takes": self.takes,
            "measures": MEASURES,
            "styles": {style: dict(row) for style, row in self.rows.items()},
        }

    def sections(self) -> list[Section]:
        """One table."""
        head = ["", *MEASURES.values(), "seconds"]
        lines = [
            [style, *("–" if (v := row[name]) is None else f"{v:.2f}" for name in names)]
            for style, row in self.rows.items()
            for names in [[*MEASURES, "seconds"]]
        ]
        heading = f"Bands on {self.tunes} lead sheets of '{self.split}', takes: {self.takes}"
        return [(heading, (head, lines))]

    def markdown(self) -> list[str]:
        """The table as docs/styles.md has it."""
        ((_heading, (head, lines)),) = self.sections()
        return [
            f"| {' | '.join(row)} |" for row in (head, ["---", *["---:"] * (len(head) - 1)], *lines)
        ]


def evaluate_bands(
    bands: Sequence[BandGenerator],
    split: str = "valid",
    takes: int = 1,
    limit: int | None = None,
    progress: Callable[[float], None] | None = None,
) -> BandsEvaluation:
    """Let each of ``bands`` play to the held-out lead sheets of ``split``."""
    tunes = held_out_tunes("leadsheets", split)[:limit]
    rows = {}
    for index, band in enumerate(bands):
        counts: list[Counts] = []
        seconds = []
        for number, tune in enumerate(tunes):
            for take in range(takes):
                settings = GenerationSettings(take_seed(takes, number, take))
                began = time.perf_counter()
                piece = compose(tune.melody, band, settings, programs=band.band.programs)
                seconds.append(time.perf_counter() - began)
                counts.append(measured(piece, tune))
            if progress is not None:
                progress((index + (number + 1) / len(tunes)) / len(bands))
        row = {
            name: pooled(each[name] for each in counts if name in each).share for name in MEASURES
        }
        rows[band.name] = {**row, "seconds": statistics.median(seconds)}
    return BandsEvaluation(split, len(tunes), takes, rows)


def measured(piece: Composition, tune: Tune) -> Counts:
    """What is measured of a band's ``piece`` to ``tune``."""
    grid = fitted(heard(piece), tune.steps)
    counts = measure_harmony(grid, tune)
    downbeats = tune.beats[tune.judged_beats & (tune.position[tune.beats] == 0)]
    bass, root = grid.pitch[downbeats, -1], tune.chords.root[downbeats]
    known = root != NO_CHORD
    on_root = (bass != REST) & (bass % OCTAVE == root) & known
    counts["downbeat_on_root"] = Count(float(on_root.sum()), float(known.sum()))
    for name, index in (("chords_per_beat", _CHORDS), ("bass_per_beat", _BASS)):
        struck = {note.start for note in piece.tracks[index].notes}
        counts[name] = Count(len(struck), len(tune.beats))
    return counts


def heard(piece: Composition) -> VoiceGrid:
    """Melody, the notes of the chords from the bottom, and the bass, each as a column of (T, 6)."""
    columns = [0, *range(1, MOST_NOTES + 1), MOST_NOTES + 1]
    pitch = np.full((piece.steps, len(columns)), REST, np.int16)
    onset = np.zeros(pitch.shape, np.bool_)
    for index, first in ((0, 0), (_CHORDS, 1), (_BASS, MOST_NOTES + 1)):
        notes = piece.tracks[index].notes
        ranks: dict[int, int] = {}
        for note in on_steps(notes) if is_line(notes) else sorted(notes):
            rank = ranks.get(note.start, 0)
            ranks[note.start] = rank + 1
            column = first + (min(rank, MOST_NOTES - 1) if index == _CHORDS else 0)
            pitch[note.start : note.end, column] = note.pitch
            onset[note.start + 1 : note.end, column] = False
            onset[note.start, column] = True
    return VoiceGrid(pitch, onset)
