"""Corpora: read from scores, written, read back."""

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from composer_app.errors import CorpusError
from composer_app.training.corpora.corpus import (
    REST,
    bach_split,
    load_corpus,
    read_score,
    save_corpus,
)
from tests.irregular import IRREGULAR, put_irregular
from tests.training.pieces import chord_piece

music21 = pytest.importorskip("music21", reason="the extra [train] is not installed")


def test_the_split_is_that_of_the_jsb_chorales_and_keeps_duplicates_together() -> None:
    entries = bach_split()
    counts = Counter(entry.split for entry in entries)
    assert counts == {"train": 234, "valid": 77, "test": 81, "extra": 17}
    by_group: dict[str, set[str]] = {}
    for entry in entries:
        by_group.setdefault(entry.group, set()).add(entry.split)
    assert not [group for group, splits in by_group.items() if len(splits) > 1]


def test_a_chorale_is_read_as_it_stands_in_the_score() -> None:
    # BWV 269, "Aus meines Herzens Grunde": 3/4 with an upbeat of a quarter, in G.
    piece = read_score(music21.corpus.parse("bach/bwv269.mxl"), "bwv269.mxl", "test")
    assert piece.position[:8].tolist() == [8, 9, 10, 11, 0, 1, 2, 3]
    assert set(piece.bar_length.tolist()) == {12}
    assert piece.pitch[0].tolist() == [67, 62, 59, 43]
    # Two repeated Gs open the soprano: the second is struck on its own.
    assert piece.pitch[:8, 0].tolist() == [67] * 8
    assert piece.onset[:8, 0].tolist() == [True, False, False, False] * 2
    assert piece.fermata.any()
    assert not piece.bad.any()


def test_ties_grace_notes_and_notes_off_the_grid() -> None:
    from music21 import meter, note, stream, tie

    def part(name: str, *notes: note.GeneralNote) -> stream.Part:
        measure = stream.Measure(number=1)
        measure.append(meter.TimeSignature("4/4"))
        measure.append(list(notes))
        made = stream.Part([measure])
        made.partName = name
        return made

    first, second = note.Note("C5", quarterLength=2), note.Note("C5", quarterLength=2)
    first.tie, second.tie = tie.Tie("start"), tie.Tie("stop")
    grace = note.Note("D4", quarterLength=1).getGrace()
    score = stream.Score(
        [
            part("Soprano", first, second),
            part("Alto", grace, note.Note("E4", quarterLength=4)),
            part(
                "Tenor",
                note.Note("G3", quarterLength=1 / 3),
                note.Note("G3", quarterLength=11 / 3),
            ),
            part("Bass", note.Rest(quarterLength=2), note.Note("C3", quarterLength=2)),
        ]
    )
    piece = read_score(score, "made", "train")
    assert piece.onset[:, 0].nonzero()[0].tolist() == [0]
    assert set(piece.pitch[:, 1].tolist()) == {64}
    assert piece.bad.any()
    assert piece.pitch[:8, 3].tolist() == [REST] * 8
    assert piece.onset[:, 3].nonzero()[0].tolist() == [8]


def test_too_few_parts_are_refused() -> None:
    score = music21.stream.Score([music21.stream.Part(), music21.stream.Part()])
    with pytest.raises(CorpusError, match="2 parts"):
        read_score(score, "duet", "train")


def test_round_trip_and_choice_of_splits(tmp_path: Path) -> None:
    pieces = [
        chord_piece("a"),
        chord_piece("b", "valid", steps=32),
        replace(chord_piece("c"), split="test"),
    ]
    path = tmp_path / "deep" / "corpus.npz"
    save_corpus(pieces, path)
    read = load_corpus(path)
    assert [piece.name for piece in read] == ["a", "b", "c"]
    for before, after in zip(pieces, read, strict=True):
        assert np.array_equal(before.pitch, after.pitch)
        assert np.array_equal(before.onset, after.onset)
        assert np.array_equal(before.fermata, after.fermata)
    assert [piece.name for piece in load_corpus(path, "train", "valid")] == ["a", "b"]


@pytest.mark.parametrize("kind", IRREGULAR)
def test_what_is_no_file_is_no_corpus(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.chdir(tmp_path)
    put_irregular(tmp_path / "corpus.npz", kind)
    with pytest.raises(CorpusError, match=r"corpus\.npz"):
        load_corpus(tmp_path / "corpus.npz")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("start", np.array([0, 5, 3])),
        ("start", np.array([1, 32])),
        ("start", np.zeros(0, np.int64)),
        ("pitch", np.zeros((3, 4), np.int16)),
        ("onset", np.zeros(32, np.bool_)),
        ("bad", np.array("x")),
        ("name", np.array(["a", "b", "c"])),
    ],
)
def test_arrays_that_do_not_belong_together_are_no_corpus(
    tmp_path: Path, name: str, value: NDArray[Any]
) -> None:
    path = tmp_path / "corpus.npz"
    save_corpus([chord_piece("a")], path)
    np.savez(path, **{**np.load(path), name: value})
    with pytest.raises(CorpusError, match=r"corpus\.npz is not a corpus"):
        load_corpus(path)


@pytest.mark.parametrize("content", [None, b"", b"not a corpus", b"PK\x03\x04broken"])
def test_a_bad_corpus_is_a_sentence(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "corpus.npz"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CorpusError, match=r"corpus\.npz"):
        load_corpus(path)
