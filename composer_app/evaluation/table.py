"""The table of an evaluation: which measures there are, and what its rows hold."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

Figures = Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class Measure:
    """A line of the table. ``digits`` are those behind the point."""

    name: str
    title: str
    digits: int = 3


# Where the definition of each stands, with its source: analysis/voice_metrics.py and its neighbours
# for what is measured of pieces, likelihood.py, training/two_sample.py.
MEASURES: Final = (
    Measure("empty_bar_rate", "empty bars"),
    Measure("in_scale_rate", "in scale"),
    Measure("all_sounding_rate", "all four voices sounding"),
    Measure("polyphony", "pitches at once", 2),
    Measure("chordal_share", "steps that form a chord"),
    Measure("melody_dissonance", "beats dissonant with the melody"),
    Measure("parallels_per_100", "parallel fifths and octaves per 100 steps", 2),
    Measure("crossing_rate", "steps with crossing voices"),
    Measure("leap_rate", "leaps over 8 semitones"),
    Measure("voice_range", "range of a voice, semitones", 1),
    Measure("notes_per_bar", "notes per bar and voice", 2),
    Measure("lone_sixteenth_rate", "lone sixteenths"),
    Measure("repeated_note_rate", "repeated notes"),
    Measure("phrase_end_rate", "phrase ends on a chord of the key"),
    Measure("final_chord_rate", "final chords tonic or dominant"),
    Measure("melody_similarity", "melody similarity index"),
    Measure("pitch_class_js", "distance of pitch classes"),
    Measure("chord_js", "distance of chords"),
    Measure("duration_js", "distance of durations"),
    Measure("alto_interval_js", "distance of intervals, alto"),
    Measure("tenor_interval_js", "distance of intervals, tenor"),
    Measure("bass_interval_js", "distance of intervals, bass"),
    Measure("bars_copied", "bars copied"),
    Measure("accompaniments_copied", "bars of accompaniment copied"),
    Measure("melody_exact", "melody kept"),
    Measure("diversity", "difference between takes"),
    Measure("nll_per_note", "NLL per note, given the melody"),
    Measure("nll_per_frame", "NLL per frame, given the melody"),
    Measure("joint_nll_per_note", "NLL per note, all voices"),
    Measure("joint_nll_per_frame", "NLL per frame, all voices"),
    Measure("two_sample_auc", "two-sample test, AUC"),
    Measure("two_sample_spread", "two-sample test, spread of the AUC"),
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
    """What was measured; every figure of the table is in ``rows``.

    ``rows`` has the keys of :data:`ROWS` (fewer where floors were skipped), and in each the names
    of :data:`MEASURES`; a figure that does not exist is None. ``seconds`` is the median time of a
    take. ``notes`` are sentences about what is missing.
    """

    model: str
    style: str
    split: str
    pieces: int
    steps: int
    takes: int
    temperature: float
    seconds: float
    rows: Mapping[str, Figures]
    notes: tuple[str, ...] = field(default=())

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON; ``measures`` gives the title of each figure."""
        return {
            "model": self.model,
            "style": self.style,
            "split": self.split,
            "pieces": self.pieces,
            "steps": self.steps,
            "takes": self.takes,
            "temperature": self.temperature,
            "seconds_per_take": self.seconds,
            "measures": {each.name: each.title for each in MEASURES},
            "rows": {
                row: {each.name: figures.get(each.name) for each in MEASURES}
                for row, figures in self.rows.items()
            },
            "notes": list(self.notes),
        }

    def cells(self) -> tuple[list[str], list[list[str]]]:
        """Head and lines of the table as text; measures that no row has are left out."""
        head = ["", *(ROWS[row] for row in self.rows)]
        lines = []
        for each in MEASURES:
            values = [figures.get(each.name) for figures in self.rows.values()]
            if any(value is not None for value in values):
                shown = ["–" if v is None else f"{v:.{each.digits}f}" for v in values]
                lines.append([each.title, *shown])
        return head, lines
