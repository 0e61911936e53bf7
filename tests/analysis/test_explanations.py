"""Every feature and metric is explained, in the documentation as well, whose examples are true."""

import doctest
from pathlib import Path

import pytest

from composer_app.analysis.explanations import (
    FEATURE_HELP,
    METRIC_HELP,
    ROLL_HELP,
    Explanation,
)
from composer_app.analysis.features import FEATURES
from composer_app.analysis.metrics.metrics import METRICS
from composer_app.analysis.metrics.roll_metrics import ROLL_METRICS

DOCUMENT = Path(__file__).parents[2] / "docs" / "statistics.md"


def explained() -> list[tuple[str, Explanation]]:
    """Title and explanation of everything; the notebook's metrics have none."""
    return [
        *((feature.title, FEATURE_HELP[feature.id]) for feature in FEATURES),
        *((metric.title, METRIC_HELP[metric.id]) for metric in METRICS),
        *(("", each) for each in ROLL_HELP.values()),
    ]


def test_nothing_is_left_unexplained() -> None:
    assert list(FEATURE_HELP) == [feature.id for feature in FEATURES]
    assert set(METRIC_HELP) == {metric.id for metric in METRICS}
    assert set(ROLL_HELP) == set(ROLL_METRICS)


@pytest.mark.parametrize(("title", "explanation"), explained())
def test_an_explanation_is_a_sentence_and_a_formula(title: str, explanation: Explanation) -> None:
    assert explanation.sentence.endswith(".")
    assert explanation.sentence.count(".") == 1
    assert len(explanation.sentence) <= 100
    assert explanation.formula
    assert str(explanation).splitlines() == list(explanation)


def test_the_documentation_has_the_same_tables() -> None:
    rows = {
        tuple(cell.strip() for cell in line.replace("\\|", "\0").split("|")[1:-1])
        for line in DOCUMENT.read_text(encoding="utf-8").splitlines()
        if line.startswith("| ")
    }
    for title, (sentence, formula) in explained():
        found = [row[0] for row in rows if row[1:] == (sentence, formula.replace("|", "\0"))]
        assert (title in found) if title else found, sentence


def test_the_examples_of_the_documentation_are_true() -> None:
    done = doctest.testfile(str(DOCUMENT), module_relative=False, encoding="utf-8")
    assert done.attempted >= 9
    assert done.failed == 0
