"""The tables of a model's harmony against annotation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from composer_app.evaluation.attack_tables import MeterAttacks
from composer_app.evaluation.section import Section, Table
from composer_app.evaluation.table import MetricValues, TableLine

ALL: Final = "all"
Rows = Mapping[str, MetricValues]

# Where the definition of each stands: measures.py.
HARMONY_METRICS: Final = (
    TableLine("root_and_third", "beats with the annotated root and third"),
    TableLine("bass_on_root", "bass on the annotated root"),
    TableLine("bass_on_bass", "bass on the annotated bass"),
    TableLine("chord_tones", "accompaniment in annotated chord tones"),
    TableLine("first_bass", "first bass on the annotated root"),
    TableLine("last_bass", "last bass on the annotated root"),
    TableLine("root_changes", "changes of the root per bar", 2),
    TableLine("bass_repeats_4", "same bass under a repeated four-bar phrase"),
    TableLine("bass_repeats_2", "same bass under two repeated bars"),
    TableLine("notes_per_beat", "accompaniment notes per beat and voice", 2),
    *(TableLine(f"eighth_{n}", f"attacks of 6/8 on eighth {n}", 2) for n in range(1, 7)),
    TableLine("eighths_1_and_4", "attacks of 6/8 on eighths 1 and 4", 2),
    TableLine("key_of_melody", "key estimated from the melody right"),
    TableLine("key_of_take", "key estimated from all voices right"),
)
# Keys of the rows, and what they are called.
HARMONY_ROWS: Final = {
    "model": "model",
    "spread": "spread",
    "chance": "chance",
    "three_chords": "I-IV-V",
    "annotated": "annotated",
    "composer": "composer",
}
CORPORA: Final = {"leadsheets": "lead sheets", "lieder": "songs"}


@dataclass(frozen=True, slots=True)
class CorpusHarmony:
    """What was measured on one corpus.

    ``tunes`` counts the tunes of each group: all, and those of each metre. ``rows[group][row]``
    has the names of :data:`HARMONY_METRICS`, None where there was nothing to measure; the rows are
    those of :data:`HARMONY_ROWS`. ``spread`` is the standard deviation over the takes. ``attacks``
    are the model's attack rates in each metre, under those of the melodies.
    """

    corpus: str
    tunes: Mapping[str, int]
    rows: Mapping[str, Rows]
    attacks: Sequence[MeterAttacks] = ()

    def cells(self) -> Table:
        """Head and lines: every row for all tunes, then the model by metre."""
        meters = [group for group in self.tunes if group != ALL]
        whole = self.rows[ALL]
        columns: list[tuple[str, MetricValues]] = [
            *((HARMONY_ROWS[row], values) for row, values in whole.items()),
            *((meter, self.rows[meter]["model"]) for meter in meters),
        ]
        lines = []
        for each in HARMONY_METRICS:
            values = [column.get(each.name) for _, column in columns]
            if any(value is not None for value in values):
                shown = ["–" if v is None else f"{v:.{each.digits}f}" for v in values]
                lines.append([each.title, *shown])
        return ["", *(title for title, _ in columns)], lines


@dataclass(frozen=True, slots=True)
class HarmonyEvaluation:
    """What was measured of a model's harmony; ``seconds`` is the median time of a take."""

    model: str
    style: str
    split: str
    takes: int
    temperature: float
    seconds: float
    corpora: Sequence[CorpusHarmony]

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON; ``measures`` gives the title of each metric."""
        return {
            "model": self.model,
            "style": self.style,
            "split": self.split,
            "takes": self.takes,
            "temperature": self.temperature,
            "seconds_per_take": self.seconds,
            "measures": {each.name: each.title for each in HARMONY_METRICS},
            "corpora": {
                each.corpus: {
                    "tunes": dict(each.tunes),
                    "rows": {
                        group: {row: dict(values) for row, values in rows.items()}
                        for group, rows in each.rows.items()
                    },
                    "attacks": [attacks.to_dict() for attacks in each.attacks],
                }
                for each in self.corpora
            },
        }

    def sections(self) -> list[Section]:
        """Each corpus with a line of heading, and its tables."""
        sections = []
        for each in self.corpora:
            sections.append((self._heading(each), each.cells()))
            name = CORPORA.get(each.corpus, each.corpus)
            sections += [a.section(f"{name} of '{self.split}'") for a in each.attacks]
        return sections

    def _heading(self, each: CorpusHarmony) -> str:
        tunes = each.tunes[ALL]
        meters = ", ".join(
            f"{count} in {group}" for group, count in each.tunes.items() if group != ALL
        )
        return (
            f"Harmony against annotation: {self.model} ({self.style}) on {tunes} "
            f"{CORPORA.get(each.corpus, each.corpus)} of '{self.split}' ({meters}),"
            f" takes: {self.takes}, temperature {self.temperature:g}"
        )
