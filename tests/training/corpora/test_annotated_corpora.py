"""The corpora with chords: whole, split once and for all, and told when damaged."""

import zlib
from pathlib import Path

import numpy as np
import pytest

from composer_app.errors import CorpusError
from composer_app.music.harmony.chord_qualities import QUALITIES
from composer_app.resources import resource_folder
from composer_app.training.corpora.annotated_corpora import (
    ANNOTATED_CORPORA,
    AnnotatedPiece,
    held_out,
    read_annotated,
    read_chord_labels,
)
from composer_app.training.corpora.style_corpora import read_style

FOLDER = resource_folder("assets") / "corpora"


@pytest.fixture(scope="module")
def pieces() -> dict[str, list[AnnotatedPiece]]:
    return {corpus: list(read_annotated(corpus)) for corpus in ANNOTATED_CORPORA}


@pytest.mark.parametrize(
    ("corpus", "count", "steps", "voices"),
    [("leadsheets", 191, 115600, 1), ("lieder", 1016, 695100, 4)],
)
def test_every_piece_is_read_whole(
    corpus: str, count: int, steps: int, voices: int, pieces: dict[str, list[AnnotatedPiece]]
) -> None:
    read = pieces[corpus]
    assert (len(read), sum(piece.steps for piece in read)) == (count, steps)
    assert len({piece.name for piece in read}) == count
    for piece in read:
        assert piece.pitch.shape == piece.onset.shape == (piece.steps, voices)
        rows = (piece.bad, piece.position, piece.bar_length, piece.bar, piece.chords.root)
        assert {len(row) for row in rows} == {piece.steps}
        assert (piece.position < piece.bar_length).all()
        chords = piece.chords
        assert chords.root.max() < 12
        assert chords.quality.max() < len(QUALITIES)
        assert ((chords.root == -1) == (chords.quality == -1)).all()


def test_a_lead_sheet_reads_as_it_is_printed(pieces: dict[str, list[AnnotatedPiece]]) -> None:
    """The fourth one opens with A, D, A and E, a bar each."""
    piece = pieces["leadsheets"][3]
    first = slice(0, 64)
    struck = piece.melody[first][piece.melody_onset[first]]
    assert struck.tolist()[:6] == [57, 57, 57, 69, 69, 68]
    assert piece.chords.root[0:64:16].tolist() == [9, 2, 9, 4]
    assert [QUALITIES[q] for q in piece.chords.quality[0:64:16]] == ["maj"] * 4
    assert (piece.numerator[0], piece.denominator[0], piece.fifths[0]) == (4, 4, 3)


def test_a_tenth_is_held_out_and_shared_tunes_are_never_trained_on(
    pieces: dict[str, list[AnnotatedPiece]],
) -> None:
    for corpus, least in (("leadsheets", 16), ("lieder", 89)):
        splits = [piece.split for piece in pieces[corpus]]
        assert set(splits) == {"train", "valid", "test"}
        assert min(splits.count("valid"), splits.count("test")) >= least
    shared = [piece for piece in pieces["leadsheets"] if piece.shared_tune]
    assert len(shared) == 14
    assert {piece.split for piece in shared} == {"valid", "test"}
    for piece in pieces["lieder"]:
        tenth = zlib.crc32(piece.name.encode()) % 10
        assert piece.split == {0: "test", 1: "valid"}.get(tenth, "train")


def test_the_split_is_that_of_the_name() -> None:
    assert held_out("lead_001") == held_out("lead_001")
    names = [str(number) for number in range(2000)]
    shares = [sum(held_out(name) == split for name in names) for split in ("valid", "test")]
    assert all(150 < share < 250 for share in shares)
    assert all(held_out(name, shared_tune=True) != "train" for name in names)


def test_labels_belong_to_the_hymns_that_are_read() -> None:
    labels = read_chord_labels("hymn")
    hymns = list(read_style("hymn"))
    assert {piece.name for piece in hymns} == set(labels)
    assert all(len(labels[piece.name].root) == piece.steps for piece in hymns)


def test_labels_of_the_chorales_go_by_music21s_names() -> None:
    labels = read_chord_labels("bach")
    assert len(labels) == 409
    assert len(labels["bwv10.7.mxl"].root) == 352


def test_what_is_damaged_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="no corpus"):
        list(read_annotated("leadsheets", tmp_path))
    (tmp_path / "leadsheets.npz").write_bytes(b"PK\x03\x04broken")
    with pytest.raises(CorpusError, match="damaged"):
        list(read_annotated("leadsheets", tmp_path))


@pytest.mark.parametrize(
    ("array", "value"),
    [
        ("start", np.array([0, 9, 5])),
        ("name", np.array(["only one"])),
        ("chord_bass", np.zeros(3, np.int8)),
        ("qual_names", np.array(["maj"])),
    ],
)
def test_arrays_that_do_not_belong_together_are_damage(
    array: str, value: np.ndarray, tmp_path: Path
) -> None:
    with np.load(FOLDER / "chords_hymn.npz") as arrays:
        changed = {key: arrays[key] for key in arrays.files} | {array: value}
    np.savez(tmp_path / "chords_hymn.npz", allow_pickle=False, **changed)
    with pytest.raises(CorpusError, match="damaged"):
        read_chord_labels("hymn", tmp_path)
