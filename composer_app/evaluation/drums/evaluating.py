"""How well drums are written: a column for the network, for floors, and for the drummers.

Every held-out performance in 4/4 is played as its conditions ask: its style, tempo, swing, where it
has fills and how busy and loud its bars are. Drummers and sessions recur on both sides of the
split, which is the corpus's own: what is held out are performances, not hands.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from composer_app.analysis.metrics.metric_distances import js_distance
from composer_app.errors import SettingError
from composer_app.evaluation.drums import measures
from composer_app.evaluation.drums.measures import Played
from composer_app.evaluation.drums.performances import (
    BANDS,
    USUAL_BAND,
    as_it_was,
    conditions_of,
    from_patterns,
    retrieved,
    written,
)
from composer_app.evaluation.evaluating import take_seed
from composer_app.evaluation.section import Section
from composer_app.generation.bands.drum_network import DrumNetwork
from composer_app.generation.bands.style_list import find_style
from composer_app.training.config import DRUM_NOTES
from composer_app.training.corpora.groove_corpus import read_grooves
from composer_app.translation import _

# What is given where the network goes on from a performance, in bars.
GIVEN: Final = 2
COLUMNS: Final = {
    "network": "network",
    "continued": "after two bars",
    "retrieval": "bars retrieved",
    "patterns": "patterns",
    "drummers": "drummers",
}
MEASURES: Final = {
    "place_js": "strokes by place, JS, all styles together",
    "style_js": "strokes by place, JS, mean of styles",
    "velocity_js": "velocities by drum, JS",
    "timing_js": "timing by drum, JS",
    "agreement": "neighbouring bars alike",
    "fill_novelty": "fills less alike by",
    "strokes": "strokes a bar",
    "linear_auc": "linear test by bar, AUC",
    "copied": "bars copied from training",
    "variety": "different bars",
    "difference": "difference between takes",
}


@dataclass(frozen=True, slots=True)
class DrumsEvaluation:
    """``rows`` has for each of :data:`COLUMNS` the names of :data:`MEASURES`.

    ``styles`` has for each column and style the divergence of its strokes by place.
    """

    split: str
    performances: int
    bars: int
    takes: int
    rows: Mapping[str, Mapping[str, float | None]]
    styles: Mapping[str, Mapping[str, float]]

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "split": self.split,
            "performances": self.performances,
            "bars": self.bars,
            "takes": self.takes,
            "measures": MEASURES,
            "rows": {column: dict(row) for column, row in self.rows.items()},
            "styles": {column: dict(row) for column, row in self.styles.items()},
        }

    def sections(self) -> list[Section]:
        """The table, and the divergences by style."""
        columns = list(self.rows)
        head = ["", *(COLUMNS[column] for column in columns)]
        lines = [
            [title, *(_shown(self.rows[column].get(name)) for column in columns)]
            for name, title in MEASURES.items()
        ]
        styles = sorted({style for row in self.styles.values() for style in row})
        by_style = [
            [style, *(_shown(self.styles[column].get(style)) for column in columns)]
            for style in styles
        ]
        what = (
            f"Drums on {self.performances} performances ({self.bars:,} bars) of '{self.split}',"
            f" takes: {self.takes}"
        )
        return [(what, (head, lines)), ("Strokes by place, JS by style", (head, by_style))]


def _shown(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def evaluate_drums(
    network: DrumNetwork,
    split: str = "valid",
    takes: int = 1,
    limit: int | None = None,
    temperature: float = 1.0,
    seeds: int = 1,
    progress: Callable[[float], None] | None = None,
) -> DrumsEvaluation:
    """Let ``network`` and the floors play the held-out performances of ``split``.

    ``seeds`` are those of the linear test. Raises :class:`SettingError` for a network whose drums
    are others than the corpus's.
    """
    if network.pitches != tuple(DRUM_NOTES.values()):
        raise SettingError(_("This network plays other drums than the performances have"))
    every = read_grooves()
    grooves = [each for each in every if each.split == split][:limit]
    train = [each for each in every if each.split == "train"]
    conditions = conditions_of(every)
    known = measures.known_bars([as_it_was(each) for each in train])
    real = [as_it_was(each) for each in grooves]
    long = [index for index, each in enumerate(grooves) if each.bars > GIVEN]
    bands = {name: find_style(name).band for name in {*BANDS.values(), USUAL_BAND}}
    played: dict[str, list[list[Played]]] = {column: [] for column in COLUMNS}
    for take in range(takes):
        for column in played:
            played[column].append([])
        for index, groove in enumerate(grooves):
            seed = take_seed(takes, index, take)
            played["network"][take].append(written(network, groove, conditions, seed, temperature))
            played["retrieval"][take].append(retrieved(train, groove, np.random.default_rng(seed)))
            band = bands[BANDS.get(groove.style, USUAL_BAND)]
            assert band is not None
            played["patterns"][take].append(from_patterns(band, groove, conditions, seed))
            if groove.bars > GIVEN:
                going_on = written(network, groove, conditions, seed, temperature, GIVEN)
                played["continued"][take].append(going_on.after(GIVEN))
            if progress is not None:
                progress((take + (index + 1) / len(grooves)) / takes)
    played["drummers"] = [real]
    later = [real[index].after(GIVEN) for index in long]
    rows, styles = {}, {}
    for column, sets in played.items():
        beside = later if column == "continued" else real
        styles[column] = measures.place_distances([e for one in sets for e in one], beside)
        rows[column] = _row(
            sets, beside, known, styles[column], 0 if column == "drummers" else seeds
        )
    bars = sum(each.bars for each in grooves)
    return DrumsEvaluation(split, len(grooves), bars, takes, rows, styles)


def _row(
    takes: Sequence[Sequence[Played]],
    real: Sequence[Played],
    known: frozenset[bytes],
    by_style: Mapping[str, float],
    seeds: int,
) -> dict[str, float | None]:
    together = [each for take in takes for each in take]
    velocity, timing = measures.value_distances(together, real)
    strokes = sum(int((each.velocity > 0).sum()) for each in together)
    return {
        "place_js": js_distance(measures.place_counts(together), measures.place_counts(real)),
        "style_js": measures.weighted(by_style, real),
        "velocity_js": velocity,
        "timing_js": timing,
        "agreement": measures.agreement(together),
        "fill_novelty": measures.fill_novelty(together),
        "strokes": strokes / max(1, sum(len(each.fill) for each in together)),
        "linear_auc": measures.linear_auc(takes[0], real, seeds),
        "copied": measures.copied(together, known),
        "variety": measures.variety(takes[0]),
        "difference": measures.difference(takes),
    }
