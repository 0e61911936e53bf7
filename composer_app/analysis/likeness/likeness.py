"""How like a style a piece is: each of its metrics as a percentile of the style's own passages.

The passages are of about the piece's length, since the metrics of a short one vary more. A piece
with melody, alto, tenor and bass (:mod:`composer_app.music.voices`) is compared as four voices; of
any other, the melody is.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Final

from composer_app.analysis.likeness.profiles import Profile, Spread
from composer_app.analysis.metrics.metrics import (
    METRICS,
    Metric,
    measure_distances,
    measure_passage,
    passage_histograms,
)
from composer_app.analysis.voice_grid import VOICES, Home, Passage, VoiceGrid
from composer_app.music.composition import Composition
from composer_app.music.meter_map import MeterMap
from composer_app.music.voices import MELODY, all_four_sound, four_voices

# What lies outside the middle 95 % of the corpus is remarked upon.
OUTLYING: Final = 2.5
_MIDDLE: Final = 50


@dataclass(frozen=True, slots=True)
class Place:
    """Where a metric of a piece stands among the corpus's passages.

    ``typical`` is their mean, ``low`` and ``high`` bound the middle 95 % of them; ``percentile``
    runs from 0 to 100. ``sentence`` says it in words.
    """

    metric: Metric
    value: float
    percentile: float
    low: float
    typical: float
    high: float
    sentence: str

    @property
    def outlying(self) -> bool:
        """Whether the value lies outside the middle 95 % of the passages."""
        return not OUTLYING <= self.percentile <= 100 - OUTLYING

    @property
    def strangeness(self) -> tuple[float, float]:
        """The greater, the farther from the middle: first by percentile, then by how far beyond."""
        width = self.high - self.low
        beyond = max(self.low - self.value, self.value - self.high, 0.0)
        return abs(self.percentile - _MIDDLE), beyond / width if width else beyond


@dataclass(frozen=True, slots=True)
class Likeness:
    """A piece beside a style: ``places``, the strangest first.

    ``bars`` is the piece's length, ``passage_bars`` that of the ``passages`` it is compared with.
    ``voices`` is 4, or 1 where only the melody could be compared.
    """

    style: str
    title: str
    bars: int
    passage_bars: int
    passages: int
    voices: int
    places: tuple[Place, ...]

    @property
    def outliers(self) -> tuple[Place, ...]:
        """The metrics that lie outside the middle 95 %, strangest first."""
        return tuple(place for place in self.places if place.outlying)

    @property
    def sentence(self) -> str:
        """The comparison in one sentence."""
        if not self.places:
            return f"There are no notes to compare with {self.title}."
        what = "metrics" if self.voices == VOICES else "metrics of the melody"
        inside = len(self.places) - len(self.outliers)
        return (
            f"{inside} of {len(self.places)} {what} are within the middle 95 % of passages of"
            f" {self.passage_bars} bars in {self.title}."
        )


def compare(composition: Composition, profile: Profile) -> Likeness:
    """``composition`` beside the style of ``profile``; no places where the melody has no notes."""
    tracks = four_voices(composition)
    voices = VOICES if all_four_sound(composition) else 1
    spread = profile.spread(composition.bars)
    places: list[Place] = []
    if tracks[MELODY].notes:
        sounding = Composition(tracks, meters=composition.meters)
        grid = VoiceGrid.from_composition(sounding)
        passage = passage_of(composition.meters, grid)
        found = measure_grid(grid, passage, profile, voices)
        places = [
            _place(metric, found[metric.id], spread, profile.title)
            for metric in METRICS
            if metric.id in found and metric.id in spread.quantiles
        ]
    places.sort(key=lambda place: place.strangeness, reverse=True)
    return Likeness(
        profile.style,
        profile.title,
        composition.bars,
        spread.bars,
        spread.passages,
        voices,
        tuple(places),
    )


def passage_of(meters: MeterMap, grid: VoiceGrid) -> Passage:
    """The bars of ``grid`` as ``meters`` has them; a whole one is as long as most of them are."""
    bars = [(bar.first_step, bar.end_step) for bar in meters.bars_of(grid.steps)]
    lengths = Counter(end - start for start, end in bars)
    usual = lengths.most_common(1)[0][0] if lengths else meters.initial.steps_per_bar
    spans = tuple((start, min(end, grid.steps)) for start, end in bars if start < grid.steps)
    return Passage(Home.of(grid), spans, usual, closes=True)


def measure_grid(
    grid: VoiceGrid, passage: Passage, profile: Profile, voices: int = VOICES
) -> dict[str, float]:
    """Every metric of ``grid``, by id, that ``voices`` tracks allow."""
    found = measure_passage(grid, passage, voices)
    if voices == VOICES:
        found |= measure_distances(passage_histograms(grid, passage), profile.references)
    return found


def _place(metric: Metric, value: float, spread: Spread, title: str) -> Place:
    table = spread.quantiles[metric.id]
    last = len(table) - 1
    low, high = (float(table[round(last * share / 100)]) for share in (OUTLYING, 100 - OUTLYING))
    # The mean of what the percentiles cut evenly.
    typical = float((table[:-1] + table[1:]).mean() / 2)
    said, usual = metric.text(value), metric.text(typical)
    return Place(
        metric,
        value,
        spread.percentile(metric.id, value),
        low,
        typical,
        high,
        f"{said} {metric.words}; in {title} {usual}.",
    )
