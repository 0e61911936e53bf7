"""The training commands, as they are typed."""

import json
import sys
from pathlib import Path

import pytest

from composer_app import cli
from composer_app.training.corpora.corpus import load_corpus
from tests.training.pieces import SMALL, chord_piece


def test_a_run_is_taught_by_others(
    corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("torch", reason="the extra [train] is not installed")
    run = ["train", "--corpus", str(corpus), *SMALL]
    for name in ("a", "b"):
        assert cli.main([*run, "--out", str(tmp_path / name)]) == 0
    teachers = [
        word
        for name in ("a", "b")
        for word in ("--teacher", str(tmp_path / name / "checkpoint.pt"))
    ]
    pupil = [*run, "--out", str(tmp_path / "pupil"), *teachers]
    capsys.readouterr()
    assert cli.main(pupil) == 2
    assert "consistency" in capsys.readouterr().err
    assert cli.main([*pupil, "--set", "consistency=2"]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["event"] == "finished"


def test_a_one_pass_run_says_what_it_lacks(
    corpus: Path, tmp_path: Path, repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("torch", reason="the extra [train] is not installed")
    run = ["train", "--technique", "gan", "--corpus", str(corpus), "--out", str(tmp_path / "run")]
    teacher = ["--teacher", str(repository / "models" / "bach.onnx")]
    assert cli.main(run) == 2
    assert "--teacher" in capsys.readouterr().err
    assert cli.main([*run, *teacher, *teacher]) == 2
    assert "one teacher" in capsys.readouterr().err
    other = ["--start-from", str(repository / "models" / "bach.onnx")]
    assert cli.main([*run, *teacher, *other]) == 2
    assert "no network" in capsys.readouterr().err


def test_a_gpu_that_is_not_there_is_a_sentence(
    corpus: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    torch = pytest.importorskip("torch", reason="the extra [train] is not installed")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    run = ["train", "--corpus", str(corpus), "--out", str(tmp_path / "run"), *SMALL]
    assert cli.main([*run, "--set", "device=cuda"]) == 2
    assert "device=cpu" in capsys.readouterr().err


def test_the_corpus_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def two_pieces(progress: object) -> list[object]:
        return [chord_piece(), chord_piece("b", steps=32)]

    monkeypatch.setattr("composer_app.training.corpora.corpus.read_bach", two_pieces)
    assert cli.main(["corpus", "bach", "-o", str(tmp_path / "new" / "c.npz")]) == 0
    assert "2 pieces, 96 steps" in capsys.readouterr().out
    assert len(load_corpus(tmp_path / "new" / "c.npz")) == 2


@pytest.mark.parametrize(
    "command",
    [
        ["corpus", "bach", "-o", "FILE/c.npz"],
        ["train", "--corpus", "CORPUS", "--out", "FILE/run", *SMALL],
        ["export", "nothing.pt", "-o", "FILE/m.onnx"],
    ],
    ids=lambda command: command[0],
)
def test_a_place_that_cannot_be_written_is_a_sentence(
    command: list[str], corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("torch", reason="the extra [train] is not installed")
    (tmp_path / "file").write_text("not a folder")
    places = {"FILE": str(tmp_path / "file"), "CORPUS": str(corpus)}
    for name, place in places.items():
        command = [argument.replace(name, place) for argument in command]
    assert cli.main(command) == 2
    assert "Nothing can be written to" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("command", "package"),
    [(["train"], "torch"), (["export", "c.pt"], "torch"), (["corpus", "bach"], "music21")],
)
def test_without_the_training_packages_a_sentence_says_what_to_install(
    command: list[str],
    package: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, package, None)
    assert cli.main(command) == 2
    error = capsys.readouterr().err
    assert package in error
    assert "[train]" in error
