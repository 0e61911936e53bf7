"""What the report holds, and that its pictures come along."""

from pathlib import Path

import pytest

from composer_app.errors import SettingError
from composer_app.evaluation import Evaluation, Outcome, Plan, evaluate
from composer_app.evaluation.report import (
    check_report,
    markdown,
    page,
    section_lines,
    table_lines,
    write_report,
)
from composer_app.evaluation.table import MetricValues
from tests.evaluation.examples import Dice, chorale_corpus

PNG = b"\x89PNG"


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    corpus = chorale_corpus(tmp_path_factory.mktemp("corpus") / "c.npz")
    return evaluate(Dice(), Plan(corpus, classifiers=0, limit=1))


ROWS: dict[str, MetricValues] = {
    "model": {"chord_js": 0.0261, "polyphony": 3.9, "diversity": None},
    "composer": {"chord_js": 0.019, "polyphony": 3.8},
}
SMALL = Evaluation("a|b", "bach", "valid", 3, 300, 2, 1.0, 0.1, ROWS, ("Something is missing.",))


def test_the_table_leaves_out_what_nobody_has() -> None:
    head, lines = SMALL.cells()
    assert head == ["", "model", "composer"]
    assert lines == [["pitches at once", "3.90", "3.80"], ["distance of chords", "0.026", "0.019"]]
    text = "\n".join(table_lines(SMALL))
    assert text.startswith("a|b on 3 pieces of 'valid' (bach), 2 takes each at temperature 1,")
    assert text.endswith("Something is missing.")


def test_markdown() -> None:
    text = markdown("a|b", SMALL, [("one [1]", "out of-1.png")])
    assert "|  | model | composer |\n| --- | ---: | ---: |\n" in text
    assert "| distance of chords | 0.026 | 0.019 |" in text
    assert "![one \\[1\\]](out%20of-1.png)" in text
    assert "Something is missing." in text


def test_html_escapes_and_carries_its_pictures() -> None:
    text = page("a|b", SMALL, [("<one>", PNG)])
    assert "<td>distance of chords</td><td>0.026</td><td>0.019</td>" in text
    assert "&lt;one&gt;" in text
    assert "<one>" not in text
    assert "data:image/png;base64,iVBORw==" in text


def test_further_tables_stand_below_or_alone() -> None:
    section = ("Chords of a|b", (["", "model"], [["bass on the root", "0.50"]]))
    for text in (markdown("m", SMALL, [], [section]), markdown("m", None, [], [section])):
        assert text.startswith("# m\n")
        assert (
            "Chords of a\\|b.\n\n|  | model |\n| --- | ---: |\n| bass on the root | 0.50 |" in text
        )
    assert "distance of chords" not in text
    alone = page("m", None, [], [section])
    assert "<p>Chords of a|b.</p>" in alone
    assert "<td>bass on the root</td><td>0.50</td>" in alone
    lines = section_lines([section])
    assert lines[:2] == ["", "Chords of a|b"]
    assert lines[3].split("  ")[0] == "bass on the root"
    assert len({len(line) for line in lines[2:]}) == 1


def test_files(outcome: Outcome, tmp_path: Path) -> None:
    write_report("dice", outcome, tmp_path / "r.md")
    names = sorted(path.name for path in tmp_path.iterdir())
    # The take and the composer's own.
    assert names == ["r-1.png", "r-2.png", "r.md"]
    assert (tmp_path / "r-2.png").read_bytes().startswith(PNG)
    assert "(r-2.png)" in (tmp_path / "r.md").read_text()
    write_report("dice", outcome, tmp_path / "r.html")
    assert (tmp_path / "r.html").read_text().count("data:image/png") == 2


def test_where_no_report_can_go(outcome: Outcome, tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="ends in"):
        check_report(tmp_path / "r.doc")
    with pytest.raises(SettingError, match="There is no folder"):
        check_report(tmp_path / "nowhere" / "r.md")
    check_report(tmp_path / "r.html")
    (tmp_path / "r.html").mkdir()
    with pytest.raises(SettingError, match="it is a folder"):
        write_report("dice", outcome, tmp_path / "r.html")
