"""The evaluation tells a good harmoniser from a bad one, and says so in figures."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from composer_app import cli, evaluation
from composer_app.errors import CorpusError
from composer_app.evaluation import evaluate, excerpt, melody_of, report
from composer_app.generation.generator import Generated, GenerationSettings, Given, Progress
from composer_app.generation.noise import NoiseVector
from composer_app.music.note import Note
from composer_app.music.piano_roll import PianoRoll
from composer_app.music.timing import Meter
from composer_app.training.corpus import Piece, save_corpus


class Shadow:
    """Doubles the melody at fixed intervals below it; the seed decides nothing."""

    def __init__(self, *below: int) -> None:
        self.below = below
        self.name = "shadow"
        self.style = "bach"

    def generate(
        self,
        roll: PianoRoll,
        meter: Meter,
        noise: NoiseVector,
        settings: GenerationSettings,
        progress: Progress | None = None,
        given: Given | None = None,
    ) -> Generated:
        """Four voices (T, 128, 4)."""
        melody = roll.notes(0)
        voices = [
            [Note(n.start, n.pitch - interval, n.duration) for n in melody]
            for interval in (0, *self.below)
        ]
        result = PianoRoll.from_notes(voices, roll.steps)
        return Generated(result, np.ones((roll.steps, 4), np.float32))


def chorale(name: str, split: str, steps: int = 160) -> Piece:
    """Quarter chords on the steps of C major, with an upbeat of a quarter."""
    quarter = np.arange(steps) // 4
    soprano = np.array([72, 74, 76, 74, 72, 71, 72, 67])[quarter % 8]
    pitch = np.stack([soprano, soprano - 4, soprano - 9, soprano - 24], axis=1)
    onset = np.zeros((steps, 4), np.bool_)
    onset[::4] = True
    return Piece(
        name,
        split,
        pitch.astype(np.int16),
        onset,
        ((np.arange(steps) + 12) % 16).astype(np.int16),
        np.full(steps, 16, np.int16),
        np.zeros(steps, np.bool_),
        np.zeros(steps, np.bool_),
    )


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    pieces = [chorale(str(i), "valid") for i in range(4)] + [chorale("t", "test")]
    save_corpus(pieces, tmp_path / "c.npz")
    return tmp_path / "c.npz"


def test_the_figures_follow_what_was_generated(corpus: Path) -> None:
    shares: list[float] = []
    good = evaluate(Shadow(4, 9, 24), corpus, progress=shares.append)
    bad = evaluate(Shadow(1, 2, 3), corpus)
    assert good.pieces == 4
    assert good.model_measures["chord_js"] == pytest.approx(0.0, abs=1e-9)
    assert good.model_measures["melody_exact"] == 1.0
    assert good.model_measures["diversity"] == 0.0
    assert bad.model_measures["chord_js"] > 0.5
    assert bad.model_measures["melody_dissonance"] > good.model_measures["melody_dissonance"]
    assert good.bach_measures["chord_js"] == pytest.approx(0.0, abs=1e-9)
    assert shares == [0.25, 0.5, 0.75, 1.0]
    table = report(good)
    assert "shadow on 4 pieces of 'valid'" in table
    assert "chordal_share" in table


def test_excerpts_begin_on_a_downbeat() -> None:
    cut = excerpt(chorale("a", "valid"))
    assert cut is not None
    grid, meter = cut
    assert (grid.steps, meter) == (128, Meter(4, 4))
    assert grid.pitch[0, 0] == 74
    melody = melody_of(grid, meter)
    assert melody.steps == 128
    assert [note.duration for note in melody.notes] == [4] * 32


def test_what_makes_no_excerpt_is_left_out() -> None:
    piece = chorale("a", "valid")
    assert excerpt(chorale("short", "valid", steps=40)) is None
    assert excerpt(replace(piece, bad=np.ones(piece.steps, np.bool_))) is None
    silent = piece.pitch.copy()
    silent[:, 0] = -1
    assert excerpt(replace(piece, pitch=silent)) is None


def test_a_corpus_without_such_pieces_is_a_sentence(tmp_path: Path) -> None:
    save_corpus([chorale("a", "train")], tmp_path / "c.npz")
    with pytest.raises(CorpusError, match="no pieces in the split"):
        evaluate(Shadow(4, 9, 24), tmp_path / "c.npz")


def test_the_command(
    corpus: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(evaluation, "load_generator", lambda name: Shadow(4, 9, 24))
    assert cli.main(["evaluate", "--corpus", str(corpus), "--pieces", "2", "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert (figures["model"], figures["pieces"]) == ("shadow", 2)
    assert cli.main(["evaluate", "--corpus", str(corpus)]) == 0
    assert "shadow on 4 pieces" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--pieces", "0"], "--pieces takes"),
        (["--temperature", "9"], "--temperature takes"),
        (["--corpus", "nowhere.npz"], "There is no corpus at nowhere.npz"),
    ],
)
def test_wrong_use_is_a_sentence(
    arguments: list[str],
    complaint: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(evaluation, "load_generator", lambda name: Shadow(4, 9, 24))
    assert cli.main(["evaluate", *arguments]) == 2
    assert complaint in capsys.readouterr().err
