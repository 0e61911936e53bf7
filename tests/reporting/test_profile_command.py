"""``composer-app profile``: writes both files, or says why not."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from composer_app import cli
from composer_app.analysis.likeness.copies import CopyIndex
from composer_app.analysis.likeness.profiles import load_profile
from composer_app.music.instrumentation.styles import STYLES
from composer_app.reporting.profile_command import STYLE_TEXTS
from composer_app.training.corpora.chord_row import NO_CHORD
from composer_app.training.corpora.corpus import Piece, save_corpus
from tests.analysis.references import reference


def piece(seed: int, split: str, style: str = "hymn") -> Piece:
    """A made-up piece of a corpus."""
    made = reference(seed)
    quiet = np.zeros(made.grid.steps, np.bool_)
    return Piece(
        made.name,
        split,
        made.grid.pitch,
        made.grid.onset,
        made.position,
        made.bar_length,
        quiet,
        made.bad,
        np.full(made.grid.steps, 4, np.int16),
        np.full((made.grid.steps, 3), NO_CHORD, np.int8),
        style,
    )


@pytest.fixture
def run(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[int, str, str]]:
    """Runs the command in a folder with a corpus of 10 + 1 pieces for training."""
    monkeypatch.chdir(tmp_path)
    pieces = [piece(seed, "train") for seed in range(10)] + [piece(10, "extra")]
    pieces += [piece(20, "test"), piece(21, "valid"), piece(22, "train", "bach")]
    save_corpus(pieces, tmp_path / "build" / "hymn.npz")

    def run_command(*arguments: str) -> tuple[int, str, str]:
        status = cli.main(("profile", *arguments))
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run_command


def test_the_training_pieces_of_the_style_make_both_files(
    run: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    status, out, _ = run("hymn", "-o", "hymn.profile.json")
    assert status == 0
    profile = load_profile("hymn", tmp_path)
    assert (profile.style, profile.title, profile.pieces) == ("hymn", "hymns", 11)
    index = CopyIndex.load(tmp_path / "hymn.copies.npz", "hymn")
    assert index.names == tuple(f"piece{seed}" for seed in range(11))
    assert "2 bars: 121 passages" in " ".join(out.split())
    first = (
        (tmp_path / "hymn.profile.json").read_bytes(),
        (tmp_path / "hymn.copies.npz").read_bytes(),
    )
    run("hymn", "-o", "hymn.profile.json")
    again = (
        (tmp_path / "hymn.profile.json").read_bytes(),
        (tmp_path / "hymn.copies.npz").read_bytes(),
    )
    assert first == again


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["bach"], "There is no corpus at build/bach.npz"),
        (["bach", "--corpus", "build/hymn.npz"], "cannot be made a profile of bach: 1 pieces are"),
        (["hymn", "-o", "nowhere/hymn.json"], "nowhere/hymn.json cannot be written"),
    ],
)
def test_what_cannot_be_done_is_said(
    run: Callable[..., tuple[int, str, str]], arguments: list[str], sentence: str
) -> None:
    status, out, err = run(*arguments)
    assert (status, out) == (2, "")
    assert sentence in err
    assert len(err.strip().splitlines()) == 1


def test_every_style_has_its_words() -> None:
    assert set(STYLE_TEXTS) == set(STYLES)
