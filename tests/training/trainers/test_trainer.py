"""A run learns, stops when it is told to, and goes on as if nothing had happened."""

import io
import json
from dataclasses import replace
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="the extra [train] is not installed")

from composer_app.errors import CorpusError, SettingError  # noqa: E402
from composer_app.training.checkpoint import load_checkpoint, save_checkpoint  # noqa: E402
from composer_app.training.config import ClassicGanConfig, RefiningConfig, make_config  # noqa: E402
from composer_app.training.protocol import (  # noqa: E402
    Message,
    StopRequest,
    parse,
    say,
)
from composer_app.training.trainers.gan_trainer import (  # noqa: E402
    ClassicGanTrainer,
    roll_metrics,
    snippets,
)
from composer_app.training.trainers.trainer import RefiningTrainer  # noqa: E402
from tests.small_disk import fill, small_disk  # noqa: E402
from tests.training.pieces import SHALLOW, TINY, chord_piece  # noqa: E402

TRAIN = [chord_piece(), chord_piece("b", steps=96)]
VALID = [chord_piece("v", "valid")]


@pytest.mark.slow
def test_the_network_learns_a_regular_piece() -> None:
    config = replace(SHALLOW, iterations=150, learning_rate=5e-3, warmup=10, dropout=0.0)
    # Where all voices are hidden there is more than one right answer.
    config = replace(config, plan_share=0.0, row_given_share=1.0, row_hidden_share=0.0)
    trainer = RefiningTrainer(config, TRAIN, VALID)
    before = trainer.validate()["valid_pitch_nll"]
    for _ in range(config.iterations):
        trainer.step()
    assert trainer.validate()["valid_pitch_nll"] < before / 3


def test_a_full_disk_leaves_the_last_checkpoint(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 64) as disk:
        path = disk / "c.pt"
        save_checkpoint(path, {"technique": "refining", "iteration": 1})
        before = path.read_bytes()
        filler = fill(disk)
        with pytest.raises(SettingError, match=r"c\.pt cannot be written: the disk is full"):
            save_checkpoint(path, {"technique": "refining", "iteration": 2})
        assert path.read_bytes() == before
        assert set(disk.iterdir()) == {path, filler}
        assert load_checkpoint(path)["iteration"] == 1


def test_a_resumed_run_equals_an_uninterrupted_one(tmp_path: Path) -> None:
    config = replace(TINY, iterations=4)
    whole = RefiningTrainer(config, TRAIN, VALID)
    for _ in range(4):
        whole.step()
    first = RefiningTrainer(config, TRAIN, VALID)
    first.step()
    first.step()
    save_checkpoint(tmp_path / "c.pt", first.state())
    second = RefiningTrainer(config, TRAIN, VALID)
    second.restore(load_checkpoint(tmp_path / "c.pt"))
    assert second.iteration == 2
    second.step()
    second.step()
    for name, value in whole.network.state_dict().items():
        assert torch.equal(value, second.network.state_dict()[name]), name


def test_a_run_reports_json_lines_and_ends_with_a_checkpoint(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trainer = RefiningTrainer(TINY, TRAIN, VALID)
    assert trainer.run(tmp_path / "c.pt", StopRequest())
    messages = [parse(line) for line in capsys.readouterr().out.splitlines()]
    assert [message.event for message in messages] == ["started", "finished"]
    assert messages[-1].metrics["valid_pitch_nll"] > 0
    assert load_checkpoint(tmp_path / "c.pt")["iteration"] == TINY.iterations


def test_a_stop_request_ends_the_run_at_once(tmp_path: Path) -> None:
    stop = StopRequest()
    stop.requested.set()
    trainer = RefiningTrainer(TINY, TRAIN, VALID)
    assert not trainer.run(tmp_path / "c.pt", stop)
    assert trainer.iteration == 0
    assert (tmp_path / "c.pt").exists()


def test_stop_can_be_asked_for_on_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("hello\nstop\n"))
    with StopRequest().listening() as stop:
        assert stop.requested.wait(5)


def test_the_schedule_follows_iterations_or_minutes() -> None:
    trainer = RefiningTrainer(replace(TINY, iterations=100, minutes=1.0), TRAIN, VALID)
    trainer.iteration = 50
    assert trainer.share_done == 0.5
    trainer.seconds = 45.0
    assert trainer.share_done == 0.75
    trainer.seconds = 90.0
    assert trainer.share_done == 1.0
    assert trainer.learning_rate() == pytest.approx(0.0)


@pytest.mark.parametrize("content", [None, b"", b"rubbish"])
def test_a_bad_checkpoint_is_a_sentence(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "c.pt"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SettingError, match=r"c\.pt"):
        load_checkpoint(path)


def test_training_without_pieces_is_a_sentence() -> None:
    with pytest.raises(CorpusError):
        RefiningTrainer(TINY, [], VALID)
    with pytest.raises(CorpusError, match="fewer than a batch"):
        ClassicGanTrainer(ClassicGanConfig(batch=8), TRAIN)


@pytest.mark.slow
def test_the_classic_gan_trains_and_resumes(tmp_path: Path) -> None:
    # Multiplying in bfloat16 takes four times as long where the processor has to play it.
    config = ClassicGanConfig(batch=2, iterations=2, update_ratio=2, bfloat16=False)
    whole = ClassicGanTrainer(config, TRAIN)
    metrics = whole.step()
    assert set(metrics) >= {"critic_loss", "generator_loss", "penalty", "empty_bar_rate"}
    save_checkpoint(tmp_path / "c.pt", whole.state())
    whole.step()
    resumed = ClassicGanTrainer(config, TRAIN)
    resumed.restore(load_checkpoint(tmp_path / "c.pt"))
    assert resumed.run(tmp_path / "c.pt", StopRequest())
    for name, value in whole.generator.state_dict().items():
        assert torch.equal(value, resumed.generator.state_dict()[name]), name


def test_the_classic_generator_says_nearly_the_same_in_bfloat16() -> None:
    condition = torch.from_numpy(snippets(TRAIN))[:1, ..., :1]
    made = []
    for bfloat16 in (False, True):
        trainer = ClassicGanTrainer(ClassicGanConfig(batch=2, bfloat16=bfloat16), TRAIN)
        trainer.generator.eval()
        with torch.no_grad():
            made.append(trainer._fake(condition))
    plain, coarse = made
    assert coarse.dtype == torch.float32
    assert not torch.equal(plain, coarse)
    assert (plain - coarse).abs().max() < 0.1 * plain.abs().max()


def test_snippets_are_two_bars_from_the_first_downbeat() -> None:
    rolls = snippets([chord_piece(), chord_piece("short", steps=16)])
    assert rolls.shape == (1, 32, 128, 4)
    assert set(rolls.ravel().tolist()) == {-1.0, 1.0}
    assert (rolls[0] > 0).sum() == 32 * 4
    assert rolls[0, 0, 72, 0] == 1.0


def test_the_published_metrics_on_a_known_roll() -> None:
    rolls = snippets([chord_piece()])
    metrics = roll_metrics(rolls)
    # The chords on C, F and G hold, in semitones above the root: C, E, G, E.
    assert metrics["empty_bar_rate"] == 0.0
    assert metrics["unique_pitches"] == 3.0
    assert metrics["in_scale_rate"] == 1.0
    rolls[:, :16, :, 1] = -1.0
    assert roll_metrics(rolls)["empty_bar_rate"] == pytest.approx(1 / 8)


def test_messages_survive_the_wire() -> None:
    message = Message("progress", 3, 10, 1.5, {"loss": 0.25})
    out = io.StringIO()
    say(message, out)
    assert json.loads(out.getvalue())["iteration"] == 3
    assert parse(out.getvalue()) == message
    with pytest.raises(ValueError, match="not a training message"):
        parse("[1]")


@pytest.mark.parametrize(
    ("overrides", "complaint"),
    [
        (["iterations"], "KEY=VALUE"),
        (["speed=3"], "not a setting"),
        (["iterations=many"], "cannot be"),
        (["bfloat16=perhaps"], "cannot be"),
        (["batch=0"], "batch must be above 0"),
        (["threads=-1"], "threads must be above 0"),
        (["channels=8,8"], "down_blocks"),
        (["window=40"], "a multiple of 16"),
        (["melody_rest_share=2"], "a share from 0 to 1"),
    ],
)
def test_a_wrong_override_is_a_sentence(overrides: list[str], complaint: str) -> None:
    with pytest.raises(SettingError, match=complaint):
        make_config("refining", overrides)


def test_overrides_take_the_type_of_the_default() -> None:
    config = make_config("refining", ["iterations=5", "bfloat16=false", "betas=0.8,0.9"])
    assert config.iterations == 5
    assert config == RefiningConfig(iterations=5, bfloat16=False, betas=(0.8, 0.9))
    with pytest.raises(SettingError, match="no technique"):
        make_config("alchemy", [])


def test_a_run_can_start_from_another_that_knew_no_styles() -> None:
    old = RefiningTrainer(TINY, TRAIN, VALID)
    for _ in range(3):
        old.step()
    state = old.state()
    stem = state["average"]["stem.weight"]
    state["average"]["stem.weight"] = stem[:, :-3]
    trainer = RefiningTrainer(TINY, TRAIN, VALID)
    trainer.start_from(state)
    assert torch.equal(trainer.network.stem.weight[:, :-3], stem[:, :-3])
    assert not trainer.network.stem.weight[:, -3:].any()
    assert (trainer.iteration, trainer.seconds) == (0, 0.0)
    wide = RefiningTrainer(replace(TINY, channels=(16, 16, 16, 16, 32)), TRAIN, VALID)
    with pytest.raises(SettingError, match="another size"):
        wide.start_from(state)


def test_validation_is_told_apart_by_style() -> None:
    hymn = replace(chord_piece("h", "valid"), style="hymn")
    metrics = RefiningTrainer(TINY, TRAIN, [*VALID, hymn]).validate()
    assert metrics["valid_pitch_nll"] == metrics["valid_pitch_nll_bach"]
    assert "valid_pitch_nll_hymn" in metrics
    assert "valid_pitch_nll_ragtime" not in metrics
