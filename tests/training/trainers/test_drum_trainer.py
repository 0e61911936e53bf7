"""Training the drum network on a groove of a few bars."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from composer_app.errors import CorpusError
from composer_app.training.checkpoint import drum_network, load_checkpoint, save_checkpoint
from composer_app.training.config import DrumConfig
from composer_app.training.export import _TECHNIQUES
from composer_app.training.protocol import StopRequest
from composer_app.training.trainers.drum_data import Bars, BarSampler, Vocabulary
from composer_app.training.trainers.drum_trainer import DrumTrainer
from tests.training.drumming import groove

TINY = DrumConfig(
    channels=(8, 8, 8, 8, 8), bottleneck=16, hidden=16, batch=8, iterations=40, warmup=2
)
GROOVES = (groove(), groove("two", "valid"))


def test_it_learns() -> None:
    trainer = DrumTrainer(replace(TINY, iterations=120, learning_rate=8e-3), GROOVES)
    first = trainer.step()["strokes_nll"].item()
    for _ in range(119):
        last = trainer.step()["strokes_nll"].item()
    assert last < 0.7 * first
    assert trainer.share_done == 1.0
    assert set(trainer.validate()) == {
        f"valid_{name}_nll" for name in ("strokes", "velocity", "together", "apart")
    }


def test_a_run_goes_on_from_its_checkpoint(tmp_path: Path) -> None:
    trainer = DrumTrainer(TINY, GROOVES)
    for _ in range(3):
        trainer.step()
    save_checkpoint(tmp_path / "checkpoint.pt", trainer.state())
    expected = trainer.step()
    resumed = DrumTrainer(TINY, GROOVES)
    resumed.restore(load_checkpoint(tmp_path / "checkpoint.pt"))
    assert resumed.step() == expected
    assert resumed.iteration == 4
    fresh = DrumTrainer(TINY, GROOVES)
    fresh.start_from(trainer.state())
    assert fresh.iteration == 0
    weights = trainer.average.state_dict()
    assert all(torch.equal(fresh.network.state_dict()[name], weights[name]) for name in weights)


def test_a_whole_run_says_how_it_goes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    trainer = DrumTrainer(replace(TINY, iterations=101), GROOVES)
    assert trainer.run(tmp_path / "run" / "checkpoint.pt", StopRequest())
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["event"] for line in lines] == ["started", "progress", "finished"]
    state = load_checkpoint(tmp_path / "run" / "checkpoint.pt")
    assert not drum_network(state).training
    stop = StopRequest()
    stop.requested.set()
    assert not DrumTrainer(TINY, GROOVES).run(tmp_path / "other.pt", stop)


def test_a_model_file_says_which_drums_and_styles_it_knows() -> None:
    named = tuple(groove(str(i), "train", 16, "jazz", "swing") for i in range(4))
    state = DrumTrainer(TINY, (*GROOVES, *named)).state()
    _export, metadata = _TECHNIQUES["drums"](state)
    assert metadata["technique"] == "drums"
    assert json.loads(metadata["styles"]) == ["jazz", "rock"]
    assert json.loads(metadata["substyles"]) == ["", "jazz/swing"]
    assert len(json.loads(metadata["drums"])) == 11


def test_a_corpus_without_validation_is_told() -> None:
    with pytest.raises(CorpusError, match="for training and for validation"):
        DrumTrainer(TINY, GROOVES[:1])


def test_what_is_rare_is_taken_for_the_nearest() -> None:
    words = Vocabulary.of(GROOVES)
    odd = words.combinations[:1].copy()
    odd[0, -1] = True
    assert words.nearest(odd).tolist() == [0]
    assert words.nearest(words.combinations).tolist() == list(range(len(words.combinations)))


def test_a_bar_is_shown_with_those_before_it() -> None:
    words = Vocabulary.of(GROOVES)
    bars = Bars.of(GROOVES, "train", words)
    plain = replace(TINY, batch=64, start_share=0.0, altered_share=0.0, hidden_share=0.0)
    batch = BarSampler(bars, plain, 1).draw()
    shown = batch.present[:, -1] > 0
    assert shown.any()
    assert not shown.all()
    known = bars.bar.reshape(len(bars.bar), -1)
    for index in np.nonzero(shown.numpy())[0]:
        row = batch.context[index, -1].reshape(-1).numpy()
        assert (known == row).all(axis=1).any()
        assert torch.equal(batch.before[index], batch.context[index, -1, -1])
    assert not batch.context[~shown].any()
    assert batch.asked.kit_known.all()
