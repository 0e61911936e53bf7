"""The table of an evaluation: which metrics there are, and what its rows hold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from composer_app.evaluation.attack_tables import MeterAttacks
from composer_app.evaluation.linear_test import LinearTest
from composer_app.evaluation.section import Section, Table

MetricValues = Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class TableLine:
    """A line of the table, with the metric whose values it has.

    ``digits`` are those behind the point.
    """

    name: str
    title: str
    digits: int = 3


# As many features as people read; the JSON has all of them.
_FEATURES_SHOWN: Final = 20


# Where the definition of each stands, with its source: analysis/metrics/voice_metrics.py and its
# neighbours for what is measured of pieces, likelihood.py, training/two_sample.py, linear_test.py.
LINES: Final = (
    TableLine("empty_bar_rate", "empty bars"),
    TableLine("in_scale_rate", "in scale"),
    TableLine("all_sounding_rate", "all four voices sounding"),
    TableLine("polyphony", "pitches at once", 2),
    TableLine("chordal_share", "steps that form a chord"),
    TableLine("melody_dissonance", "beats dissonant with the melody"),
    TableLine("parallels_per_100", "parallel fifths and octaves per 100 steps", 2),
    TableLine("crossing_rate", "steps with crossing voices"),
    TableLine("leap_rate", "leaps over 8 semitones"),
    TableLine("voice_range", "range of a voice, semitones", 1),
    TableLine("notes_per_bar", "notes per bar and voice", 2),
    TableLine("lone_sixteenth_rate", "lone sixteenths"),
    TableLine("repeated_note_rate", "repeated notes"),
    TableLine("phrase_end_rate", "phrase ends on a chord of the key"),
    TableLine("final_chord_rate", "final chords tonic or dominant"),
    TableLine("phrase_end_motion", "phrases with movement under their final note"),
    TableLine("tonic_opening_rate", "openings with the tonic in the bass"),
    TableLine("sevenths_resolving", "chordal sevenths that resolve down"),
    TableLine("suspensions_per_100", "suspensions per 100 beats", 1),
    TableLine("melody_similarity", "melody similarity index"),
    TableLine("pitch_class_js", "distance of pitch classes"),
    TableLine("chord_js", "distance of chords"),
    TableLine("duration_js", "distance of durations"),
    TableLine("alto_interval_js", "distance of intervals, alto"),
    TableLine("tenor_interval_js", "distance of intervals, tenor"),
    TableLine("bass_interval_js", "distance of intervals, bass"),
    TableLine("bars_copied", "bars copied"),
    TableLine("accompaniments_copied", "bars of accompaniment copied"),
    TableLine("melody_exact", "melody kept"),
    TableLine("diversity", "difference between takes"),
    TableLine("nll_per_note", "NLL per note, given the melody"),
    TableLine("nll_per_frame", "NLL per frame, given the melody"),
    TableLine("joint_nll_per_note", "NLL per note, all voices"),
    TableLine("joint_nll_per_frame", "NLL per frame, all voices"),
    TableLine("two_sample_auc", "two-sample test, AUC"),
    TableLine("two_sample_spread", "two-sample test, spread of the AUC"),
    TableLine("linear_auc", "linear test on named features, AUC"),
    TableLine("linear_spread", "linear test, spread of the AUC"),
)

# Keys of the rows, and what they are called.
ROWS: Final = {
    "model": "model",
    "composer": "composer",
    "bar_retrieval": "bars retrieved",
    "random_paste": "random paste",
}


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What was measured; every metric of the table is in ``rows``.

    ``rows`` has the keys of :data:`ROWS` (fewer where floors were skipped), and in each the names
    of :data:`LINES`; a metric that does not exist is None. ``seconds`` is the median time of a
    take. ``notes`` are sentences about what is missing. ``linear`` is the linear test of the model,
    with the features by which it is told from the composer; ``attacks`` are the attack rates of
    each metre.
    """

    model: str
    style: str
    split: str
    pieces: int
    steps: int
    takes: int
    temperature: float
    seconds: float
    rows: Mapping[str, MetricValues]
    notes: tuple[str, ...] = field(default=())
    linear: LinearTest | None = None
    attacks: Sequence[MeterAttacks] = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON; ``measures`` gives the title of each metric."""
        return {
            "model": self.model,
            "style": self.style,
            "split": self.split,
            "pieces": self.pieces,
            "steps": self.steps,
            "takes": self.takes,
            "temperature": self.temperature,
            "seconds_per_take": self.seconds,
            "measures": {each.name: each.title for each in LINES},
            "rows": {
                row: {each.name: values.get(each.name) for each in LINES}
                for row, values in self.rows.items()
            },
            "features": [each.to_dict() for each in self.linear.differences] if self.linear else [],
            "attacks": [each.to_dict() for each in self.attacks],
            "notes": list(self.notes),
        }

    def cells(self) -> Table:
        """Head and lines of the table as text; metrics that no row has are left out."""
        head = ["", *(ROWS[row] for row in self.rows)]
        lines = []
        for each in LINES:
            values = [row.get(each.name) for row in self.rows.values()]
            if any(value is not None for value in values):
                shown = ["–" if v is None else f"{v:.{each.digits}f}" for v in values]
                lines.append([each.title, *shown])
        return head, lines

    def sections(self) -> list[Section]:
        """The tables that stand below the metrics."""
        sections = [each.section(f"'{self.split}' ({self.style})") for each in self.attacks]
        return [_features_section(self.linear), *sections] if self.linear else sections


def _features_section(linear: LinearTest) -> Section:
    shown = linear.differences[:_FEATURES_SHOWN]
    heading = (
        f"What tells the model from the composer: the {len(shown)} most different of"
        f" {len(linear.differences)} features, their size (Cohen's d: the difference in standard"
        " deviations) and their weight in the linear test"
    )
    lines = [
        [
            each.name,
            f"{each.generated:.3f}",
            f"{each.real:.3f}",
            f"{each.effect:+.2f}",
            f"{each.coefficient:+.2f}",
        ]
        for each in shown
    ]
    return heading, (["", "model", "composer", "size", "weight"], lines)
