"""The evaluation tells a good harmoniser from a bad one, and says so in numbers."""

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from composer_app.errors import CorpusError
from composer_app.evaluation import Plan, evaluate, evaluating
from composer_app.evaluation.excerpts import excerpt
from composer_app.evaluation.table import LINES, MetricValues
from composer_app.music.composition import Composition
from composer_app.music.midi.file import write_midi
from composer_app.training.corpora.corpus import save_corpus
from tests.evaluation.examples import Dice, Shadow, chorale, chorale_corpus


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    return Plan(chorale_corpus(tmp_path / "c.npz"), classifiers=0)


def metric(metrics: MetricValues, name: str) -> float:
    value = metrics[name]
    assert value is not None, name
    return value


def test_the_metrics_follow_what_was_generated(plan: Plan) -> None:
    shares: list[float] = []
    # As the made-up composer does it, and otherwise.
    good = evaluate(Shadow(4, 9, 24), plan, shares.append).evaluation
    bad = evaluate(Dice(), plan).evaluation
    assert (good.model, good.pieces, good.steps, good.takes) == ("shadow", 4, 4 * 124, 2)
    assert good.seconds > 0
    assert shares == [0.25, 0.5, 0.75, 1.0]
    right, wrong, bach = good.rows["model"], bad.rows["model"], good.rows["composer"]
    for name in ("chord_js", "duration_js", "bass_interval_js", "pitch_class_js", "diversity"):
        assert metric(right, name) == pytest.approx(0.0, abs=1e-9), name
    assert {name: bach[name] for name in bach if right[name] != bach[name]} == {}
    assert metric(wrong, "chord_js") > 0.5
    assert metric(wrong, "melody_dissonance") > metric(right, "melody_dissonance")
    assert metric(wrong, "in_scale_rate") < metric(right, "in_scale_rate")
    assert metric(wrong, "diversity") > 0.8
    assert metric(wrong, "melody_exact") == 1.0
    # The training pieces are the same music in two keys.
    assert (right["bars_copied"], wrong["bars_copied"]) == (1.0, 0.0)
    assert right.get("nll_per_note") is None


class Guesser(Dice):
    """Gives every pitch the same probability."""

    classes = 49
    lowest_pitch = 36
    steps_multiple = 4

    def infer(self, feeds: dict[str, NDArray[Any]]) -> tuple[NDArray[np.float32], ...]:
        shape = feeds["pitch"].shape
        # It knows chords as well.
        row = np.zeros((len(feeds["pitch"]), 204), np.float32)
        return np.zeros((*shape, 49), np.float32), np.zeros(shape, np.float32), row, row[:, :12]


def test_models_that_know_probabilities_have_a_likelihood(plan: Plan) -> None:
    metrics = evaluate(Guesser(), replace(plan, takes=1, floors=False)).evaluation.rows["model"]
    assert metric(metrics, "nll_per_note") == pytest.approx(np.log(49))
    assert metric(metrics, "nll_per_frame") == pytest.approx(3 * np.log(49))
    assert metric(metrics, "joint_nll_per_note") == pytest.approx(np.log(49))
    assert metric(metrics, "joint_nll_per_frame") == pytest.approx(4 * np.log(49))
    # One of a pitch that the network does not know cannot be judged.
    low = chorale("low", "valid", shift=-14)
    save_corpus([low], plan.corpus)
    metrics = evaluate(Guesser(), replace(plan, takes=1)).evaluation.rows["model"]
    assert metrics["nll_per_note"] is None


def test_the_floors_are_rows_of_their_own(plan: Plan) -> None:
    rows = evaluate(Dice(), plan).evaluation.rows
    assert list(rows) == ["model", "composer", "bar_retrieval", "random_paste"]
    assert rows["bar_retrieval"]["accompaniments_copied"] == 1.0
    assert rows["bar_retrieval"]["chord_js"] == pytest.approx(0.0, abs=1e-9)
    assert list(evaluate(Dice(), replace(plan, floors=False)).evaluation.rows) == [
        "model",
        "composer",
    ]


def test_everything_is_in_the_dictionary(plan: Plan) -> None:
    data = evaluate(Dice(), replace(plan, takes=1, limit=2)).evaluation.to_dict()
    assert (data["pieces"], data["takes"], data["split"]) == (2, 1, "valid")
    names = [each.name for each in LINES]
    assert list(data["measures"]) == names
    for metrics in data["rows"].values():
        assert list(metrics) == names
    # A single take differs from nothing.
    assert data["rows"]["model"]["diversity"] is None


def test_melodies_of_ones_own(plan: Plan, tmp_path: Path) -> None:
    source = excerpt(chorale(shift=2))
    assert source is not None
    folder = tmp_path / "melodies"
    folder.mkdir()
    write_midi(Composition.from_melody(source.melody), folder / "one.mid")
    outcome = evaluate(Shadow(4, 9, 24), replace(plan, melodies=folder, classifiers=1))
    (sentence,) = outcome.evaluation.notes
    assert "no pieces of the composer with these melodies" in sentence
    assert outcome.evaluation.pieces == 1
    assert outcome.evaluation.split == str(folder)
    metrics = outcome.evaluation.rows["model"]
    # Compared with the chorales of the split, which are the same music in other keys.
    assert metric(metrics, "chord_js") < 1e-9
    # The fermatas of a melody that was played are not known.
    assert metrics["phrase_end_rate"] is None
    assert outcome.takes[0].steps == source.grid.steps
    assert metric(outcome.evaluation.rows["composer"], "phrase_end_rate") > 0


def test_a_corpus_without_such_pieces_is_a_sentence(tmp_path: Path) -> None:
    save_corpus([chorale("a", "train")], tmp_path / "c.npz")
    with pytest.raises(CorpusError, match="no pieces in the split"):
        evaluate(Shadow(4, 9, 24), Plan(tmp_path / "c.npz"))


def test_a_corpus_without_training_pieces_has_no_floors(tmp_path: Path) -> None:
    save_corpus([chorale("a", "valid")], tmp_path / "c.npz")
    rows = evaluate(Dice(), Plan(tmp_path / "c.npz", classifiers=0)).evaluation.rows
    assert list(rows) == ["model", "composer"]
    assert rows["composer"].get("chord_js") is None


def test_the_two_sample_test_has_a_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    two_sample = pytest.importorskip("composer_app.training.two_sample")
    quick = partial(two_sample.Training, folds=2, steps=30, batch=8)
    monkeypatch.setattr(two_sample, "Training", quick)
    pieces = [chorale(str(i), "valid", shift=i % 5) for i in range(12)]
    pieces += [chorale(f"t{i}", "train", shift=i % 5) for i in range(12)]
    save_corpus(pieces, tmp_path / "c.npz")
    plan = Plan(tmp_path / "c.npz", classifiers=1, takes=1, linear=0)
    rows = evaluate(Dice(), plan).evaluation.rows
    assert metric(rows["model"], "two_sample_auc") > 0.95
    assert metric(rows["random_paste"], "two_sample_auc") > 0.7
    # The same music: nothing to tell.
    assert metric(rows["composer"], "two_sample_auc") == pytest.approx(0.5, abs=0.3)
    assert rows["model"]["two_sample_spread"] == 0.0


def test_the_linear_test_has_a_row_and_names_what_it_hears(tmp_path: Path) -> None:
    pieces = [chorale(str(i), "valid", shift=i % 5) for i in range(8)]
    pieces += [chorale(f"t{i}", "train", shift=i % 5) for i in range(8)]
    save_corpus(pieces, tmp_path / "c.npz")
    evaluation = evaluate(Dice(), Plan(tmp_path / "c.npz", classifiers=0, takes=1)).evaluation
    rows = evaluation.rows
    assert metric(rows["model"], "linear_auc") > 0.95
    assert rows["model"]["linear_spread"] is not None
    assert metric(rows["random_paste"], "linear_auc") > 0.7
    # The same music in other keys: nothing to tell.
    assert metric(rows["composer"], "linear_auc") == pytest.approx(0.5, abs=0.2)
    features = evaluation.to_dict()["features"]
    assert len(features) > 100
    assert abs(features[0]["cohens_d"]) > 3
    (heading, (_, lines)), (attacks, _) = evaluation.sections()
    assert attacks.startswith("Attacks by place in the bar, 'valid' (bach), 4/4 (8 passages)")
    assert heading.startswith("What tells the model from the composer: the 20 most different of")
    assert [line[0] for line in lines] == [each["name"] for each in features[:20]]


def test_the_linear_test_can_be_left_out(tmp_path: Path) -> None:
    pieces = [chorale(str(i), "valid", shift=i % 5) for i in range(8)]
    save_corpus(pieces, tmp_path / "c.npz")
    plan = Plan(tmp_path / "c.npz", classifiers=0, takes=1, floors=False, linear=0)
    evaluation = evaluate(Dice(), plan).evaluation
    assert "linear_auc" not in evaluation.rows["model"]
    assert len(evaluation.sections()) == len(evaluation.to_dict()["attacks"]) == 1
    assert evaluation.notes == ()


def test_a_two_sample_test_that_cannot_be_made_is_a_sentence(
    plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = replace(plan, classifiers=1, takes=1, floors=False)
    (sentence,) = evaluate(Dice(), quick).evaluation.notes
    assert sentence == "The two-sample tests were left out: they need 8 pieces."
    monkeypatch.setattr(evaluating, "_LEAST_PIECES", 1)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    (sentence,) = evaluate(Dice(), quick).evaluation.notes
    assert "it needs the package torch" in sentence


def test_takes_are_fitted_to_their_melody() -> None:
    """A model that writes too little or too much is judged on the melody's length."""
    cut = excerpt(chorale())
    assert cut is not None
    assert evaluating.fitted(cut.grid, 100).steps == 100
    longer = evaluating.fitted(cut.grid, 130)
    assert (longer.steps, longer.pitch[-1].tolist()) == (130, [-1] * 4)
    assert not longer.onset[-1].any()
