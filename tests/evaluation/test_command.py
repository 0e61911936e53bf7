"""``composer-app evaluate`` as people type it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from composer_app import cli
from composer_app.evaluation import command
from composer_app.evaluation.excerpts import excerpt
from composer_app.music.composition import Composition
from composer_app.music.midi.file import write_midi
from composer_app.training.corpora.corpus import save_corpus
from tests.evaluation.examples import Shadow, chorale, chorale_corpus
from tests.evaluation.melodies.made import piece
from tests.generation.melodies.fake_network import FakeMelodyNetwork
from tests.streams import give_input, take_output


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(command, "load_generator", lambda name: Shadow(4, 9, 24))
    return chorale_corpus(tmp_path / "build" / "bach.npz")


def test_a_table_and_json(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plain = ["evaluate", "--only", "voices", "--classifiers", "0"]
    assert cli.main([*plain, "--pieces", "2", "--takes", "3", "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert (figures["model"], figures["pieces"], figures["takes"]) == ("shadow", 2, 3)
    assert cli.main([*plain, "--split", "test", "--no-floors"]) == 0
    table = capsys.readouterr().out
    assert "shadow on 1 piece of 'test' (bach), 2 takes each" in table
    assert "steps that form a chord" in table
    assert "random paste" not in table


def test_progress_is_shown_on_a_terminal_and_a_report_written(
    corpus: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    plain = ["evaluate", "--classifiers", "0", "--no-floors", "--pieces", "1", "--takes", "1"]
    plain += ["--only", "voices"]
    assert cli.main([*plain, "--report", "report.md"]) == 0
    shown = capsys.readouterr().err
    assert shown.startswith("\rcomposing")
    assert "\rcomposing (voices) 100%" in shown
    assert shown.endswith("\r\x1b[K"), "the line is gone afterwards"
    report = Path("report.md").read_text(encoding="utf-8")
    assert "not told where phrases end" in report
    assert Path("report-1.png").exists()


def test_every_part_is_measured_unless_one_alone_is_wanted(
    corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    brief = ["evaluate", "--classifiers", "0", "--no-floors", "--pieces", "1", "--takes", "1"]
    assert cli.main([*brief, "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert figures["pieces"] == 1
    assert figures["harmony"]["corpora"]["leadsheets"]["tunes"]["all"] == 1
    assert figures["behaviour"]["cases"]["silence_before"] == 1
    # Neither of these needs the composer's pieces.
    corpus.unlink()
    assert cli.main([*brief, "--only", "harmony", "behaviour", "--report", "report.md"]) == 0
    table = capsys.readouterr().out
    assert "bass on the annotated root" in table
    assert "one-beat rest on a downbeat" in table
    assert "steps that form a chord" not in table
    report = Path("report.md").read_text(encoding="utf-8")
    assert "| bass on the annotated root |" in report
    assert report.startswith("# shadow\n\nHarmony against annotation: shadow (bach) on 1 lead")


def test_melodies_of_ones_own_have_no_known_chords(
    corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cut = excerpt(chorale())
    assert cut is not None
    (tmp_path / "melodies").mkdir()
    write_midi(Composition.from_melody(cut.melody), tmp_path / "melodies" / "mine.mid")
    assert cli.main(["evaluate", "--melodies", "melodies", "--takes", "1"]) == 0
    shown = capsys.readouterr().out
    assert "steps that form a chord" in shown
    assert "annotat" not in shown


def test_a_corpus_comes_in_and_a_report_goes_out_through_the_streams(
    corpus: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    command = ["evaluate", "--classifiers", "0", "--pieces", "1", "--takes", "1", "--corpus", "-"]
    command += ["--only", "voices"]
    written = take_output(monkeypatch)
    give_input(monkeypatch, corpus.read_bytes())
    corpus.unlink()
    assert cli.main([*command, "--report", "-"]) == 0
    page = written.getvalue().decode()
    assert page.startswith("<!DOCTYPE html>")
    assert page.rstrip().endswith("</html>")
    assert "shadow on 1 piece" in capsys.readouterr().err
    give_input(monkeypatch, b"PK")
    assert cli.main(command) == 2
    assert "standard input is not a corpus" in capsys.readouterr().err


def test_the_style_names_the_corpus(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["evaluate", "--style", "hymn"]) == 2
    assert "There is no corpus at build/hymn.npz" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--pieces", "0"], "--pieces takes"),
        (["--takes", "0"], "--takes takes"),
        (["--classifiers", "-1"], "--classifiers takes"),
        (["--temperature", "9"], "--temperature takes"),
        (["--corpus", "nowhere.npz"], "There is no corpus at nowhere.npz"),
        (["--melodies", "nowhere"], "There is no folder nowhere"),
        (["--melodies", "a", "--only", "voices", "harmony"], "Nobody knows the chords"),
        (["--report", "report.doc"], "--report takes"),
        (["--report", "nowhere/report.md"], "There is no folder nowhere"),
    ],
)
def test_wrong_use_is_a_sentence(
    arguments: list[str],
    complaint: str,
    corpus: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert cli.main(["evaluate", *arguments]) == 2
    assert complaint in capsys.readouterr().err


def test_bands_are_measured_in_words_and_as_json(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("onnxruntime")
    brief = ["evaluate", "--bands", "waltz", "--takes", "1", "--pieces", "1"]
    assert cli.main([*brief, "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert "waltz" in json.dumps(rows)
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    assert cli.main(brief) == 0
    shown = capsys.readouterr()
    assert "\rplaying 100%" in shown.err
    assert "| waltz |" in shown.out


def test_a_style_without_a_band_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["evaluate", "--bands", "hymn"]) == 2
    assert "The style hymn is played by no band" in capsys.readouterr().err


def test_melodies_are_measured_as_people_type_it(
    run: Callable[..., tuple[int, str, str]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pieces = [piece(f"t{n}", "train", shift=n) for n in range(2)]
    save_corpus([*pieces, piece("v", "valid")], tmp_path / "build" / "hymn.npz")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(command, "load_melody_network", FakeMelodyNetwork)
    status, said, _ = run("evaluate", "--melody", "hymn", "--takes", "1")
    assert status == 0
    assert said.startswith("Melodies like hymn: 1 tunes of 'valid'")
    assert "Motifs of a continuation that stand in what came before" in said
    status, said, _ = run("evaluate", "--melody", "hymn", "--json", "--takes", "1")
    assert json.loads(said)["tunes"] == {"hymn": 1}
    status, _, problems = run("evaluate", "--melody", "bach")
    assert status == 2
    assert "bach.npz" in problems
