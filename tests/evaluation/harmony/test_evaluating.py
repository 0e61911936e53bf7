"""The evaluation of harmony tells who listens to the melody from who does not."""

from collections.abc import Mapping

import pytest

from composer_app.evaluation.harmony import (
    HarmonyPlan,
    evaluate_harmony,
    held_out_tunes,
    judge_takes,
)
from composer_app.evaluation.harmony.baselines import in_blocks
from composer_app.evaluation.table import MetricValues
from composer_app.music.pitch import Key
from tests.evaluation.examples import Dice, Shadow


def value(rows: Mapping[str, MetricValues], row: str, name: str) -> float:
    found = rows[row][name]
    assert found is not None, (row, name)
    return found


PLAN = HarmonyPlan(limit=3, corpora=("leadsheets",))


def test_a_harmoniser_stands_between_chance_and_the_annotation() -> None:
    shares: list[float] = []
    result = evaluate_harmony(Shadow(4, 9, 24), PLAN, shares.append)
    [corpus] = result.corpora
    assert (result.model, result.split, result.takes) == ("shadow", "valid", 2)
    assert shares == pytest.approx([1 / 3, 2 / 3, 1])
    assert corpus.tunes["all"] == sum(n for group, n in corpus.tunes.items() if group != "all") == 3
    rows = corpus.rows["all"]
    assert value(rows, "annotated", "root_and_third") == 1
    assert value(rows, "three_chords", "bass_on_root") > value(rows, "chance", "bass_on_root")
    # The melody itself, two octaves lower, is the root no more often than a melody is.
    assert value(rows, "model", "bass_on_root") < value(rows, "three_chords", "bass_on_root")
    # Every take is the same.
    assert value(rows, "spread", "root_and_third") == 0
    assert "composer" not in rows


def test_dice_are_no_better_than_chance_and_differ_from_take_to_take() -> None:
    rows = evaluate_harmony(Dice(), PLAN).corpora[0].rows["all"]
    assert value(rows, "model", "bass_on_root") == pytest.approx(1 / 12, abs=0.04)
    assert value(rows, "chance", "bass_on_root") == pytest.approx(1 / 12, abs=0.04)
    assert value(rows, "spread", "bass_on_root") > 0
    single = evaluate_harmony(Dice(), HarmonyPlan(limit=1, takes=1, corpora=("leadsheets",)))
    assert single.corpora[0].rows["all"]["spread"]["bass_on_root"] is None


def test_songs_stand_beside_what_their_composers_wrote() -> None:
    tunes = held_out_tunes("lieder", "valid")[:4]
    result = judge_takes("lieder", tunes, [[in_blocks(tune, tune.chords) for tune in tunes]])
    rows = result.rows["all"]
    assert value(rows, "model", "bass_on_bass") > 0.95
    assert value(rows, "composer", "bass_on_bass") > 0.9
    assert value(rows, "model", "root_and_third") == value(rows, "annotated", "root_and_third") == 1


def test_the_key_is_the_generators_own_estimate() -> None:
    tunes = held_out_tunes("leadsheets", "valid")[:4]
    takes = [[tune.grid for tune in tunes]]
    right = {tune.melody.title: tune.key for tune in tunes}
    known = judge_takes("leadsheets", tunes, takes, lambda melody: right[melody.title])
    wrong = judge_takes("leadsheets", tunes, takes, lambda melody: Key(1, minor=True))
    assert known.rows["all"]["model"]["key_of_melody"] == 1
    assert wrong.rows["all"]["model"]["key_of_melody"] == 0


def test_a_table_has_every_row_and_the_model_by_metre() -> None:
    result = evaluate_harmony(Shadow(4, 9, 24), PLAN)
    (heading, (head, lines)), *attacks = result.sections()
    # The shadow strikes what the melody does, in each metre.
    assert len(attacks) == len(result.corpora[0].attacks) > 1
    for title, (_, rows) in attacks:
        assert title.startswith("Attacks by place in the bar, lead sheets of ")
        assert len({tuple(row[1:]) for row in rows}) == 1
    assert heading.startswith(
        "Harmony against annotation: shadow (bach) on 3 lead sheets of 'valid'"
    )
    assert head[:6] == ["", "model", "spread", "chance", "I-IV-V", "annotated"]
    assert set(head[6:]) == set(result.corpora[0].tunes) - {"all"}
    by_title = {line[0]: line[1:] for line in lines}
    assert by_title["beats with the annotated root and third"][4] == "1.000"
    assert by_title["bass on the annotated root"][2] != "–"
    assert by_title["changes of the root per bar"][2] == "–"
    assert {len(line) for line in lines} == {len(head)}
