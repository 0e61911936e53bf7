"""What the statistics of eight bars cost; an edit waits for the features alone."""

import statistics
import time
from collections.abc import Callable
from typing import Final

import numpy as np

from composer_app.analysis.features import FEATURES, measure, measure_all
from composer_app.analysis.fitting import fit_gaussian
from composer_app.analysis.likeness.copies import load_copies
from composer_app.analysis.likeness.likeness import compare
from composer_app.analysis.likeness.profiles import load_profile
from composer_app.analysis.material import Material
from composer_app.analysis.metrics.roll_metrics import ROLL_METRICS
from composer_app.analysis.voice_grid import VoiceGrid
from composer_app.music.composition import VOICE_NAMES, Composition, Track
from composer_app.music.note import Note

_RUNS: Final = 40


def take(bars: int = 8) -> Composition:
    """Four voices in quarters and eighths, as dense as a chorale."""
    rng = np.random.default_rng(1)
    tracks = []
    for name, middle in zip(VOICE_NAMES, (72, 65, 58, 48), strict=True):
        notes, start = [], 0
        while start < 16 * bars:
            length = min(int(rng.choice([2, 2, 4, 4, 4, 8])), 16 * bars - start)
            notes.append(Note(start, int(middle + rng.integers(-5, 6)), length))
            start += length
        tracks.append(Track(name, 0, tuple(notes)))
    return Composition(tuple(tracks))


def actions(piece: Composition) -> dict[str, Callable[[], object]]:
    """What is measured, by the words that are printed."""
    profile, index = load_profile("bach"), load_copies()
    lengths = measure(Material.of(piece), FEATURES[3]).values
    return {
        "all features": lambda: measure_all(Material.of(piece)),
        "a selection's features": lambda: measure_all(
            Material.selection(piece, [(0, note) for note in piece.tracks[0].notes])
        ),
        "a fit and its test": lambda: fit_gaussian(lengths),
        "the notebook's metrics": lambda: [f(piece) for f in ROLL_METRICS.values()],
        "likeness to a style": lambda: compare(piece, profile),
        "longest shared run": lambda: index.longest(VoiceGrid.from_composition(piece)),
    }


def main() -> None:
    """Print the medians."""
    piece = take()
    print(f"statistics of {piece.bars} bars, {piece.note_count} notes")
    for name, action in actions(piece).items():
        action()
        times = []
        for _ in range(_RUNS):
            began = time.perf_counter()
            action()
            times.append(time.perf_counter() - began)
        print(f"  {name:28} {statistics.median(times) * 1000:7.2f} ms")


if __name__ == "__main__":
    main()
