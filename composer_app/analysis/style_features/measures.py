"""The features that are metrics of an evaluation as well: habits that one can name a target for."""

from collections.abc import Callable, Iterable
from typing import Final

from composer_app.analysis.metrics.voice_metrics import Count, pooled
from composer_app.analysis.style_features.endings import moving_under_final_notes, opens_on_tonic
from composer_app.analysis.style_features.ornaments import (
    sevenths_resolving,
    suspensions_per_100,
)
from composer_app.analysis.style_features.reading import Reading
from composer_app.analysis.voice_grid import Passage, VoiceGrid

STYLE_MEASURES: Final[dict[str, Callable[[Reading], Count]]] = {
    "suspensions_per_100": suspensions_per_100,
    "sevenths_resolving": sevenths_resolving,
    "tonic_opening_rate": opens_on_tonic,
    "phrase_end_motion": moving_under_final_notes,
}


def measure_style(pieces: Iterable[tuple[VoiceGrid, Passage]]) -> dict[str, float | None]:
    """Each of :data:`STYLE_MEASURES` over all ``pieces``; None where there was nothing to count."""
    readings = [Reading(*piece) for piece in pieces]
    return {
        name: pooled(measure(reading) for reading in readings).share
        for name, measure in STYLE_MEASURES.items()
    }
