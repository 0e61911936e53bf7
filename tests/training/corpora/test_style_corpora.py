"""The corpora that travel with Composer: whole, split once and for all, and read as bars."""

from pathlib import Path

import numpy as np
import pytest

from composer_app.errors import CorpusError
from composer_app.music.harmony.chord_qualities import QUALITIES
from composer_app.training.corpora.chord_row import chord_tones, row_starts
from composer_app.training.corpora.corpus import REST
from composer_app.training.corpora.style_corpora import STYLE_CORPORA, read_style, style_split


@pytest.mark.parametrize(
    ("style", "pieces", "steps"), [("hymn", 280, 72118), ("ragtime", 17, 32972)]
)
def test_every_piece_is_read_with_its_split(style: str, pieces: int, steps: int) -> None:
    read = list(read_style(style))
    assert (len(read), sum(piece.steps for piece in read)) == (pieces, steps)
    assert {piece.style for piece in read} == {style}
    names = [piece.name for piece in read]
    assert len(set(names)) == len(names)
    # Every name of the split file is a piece: none is trained on for a slip of the pen.
    assert set(style_split(style)) <= set(names)
    assert {"train", "valid", "test"} <= {piece.split for piece in read}


NETWORK_ONLY = ("song", "quartet", "leadsheet")


@pytest.mark.parametrize("style", ["hymn", *NETWORK_ONLY])
def test_chords_hold_most_of_what_sounds_on_their_beats(style: str) -> None:
    tones, inside, sounding = chord_tones(), 0.0, 0
    for piece in list(read_style(style))[:40]:
        chord = piece.chord.astype(np.int64)
        starts = row_starts(piece.position.astype(np.int64), piece.beat.astype(np.int64))
        for step in np.flatnonzero(starts & (chord[:, 0] >= 0)):
            pitches = piece.pitch[step][piece.pitch[step] >= 0] % 12
            root, quality, _ = chord[step].tolist()
            inside += float(tones[root * len(QUALITIES) + quality][pitches].sum())
            sounding += len(pitches)
    assert inside / sounding > 0.75


def test_compound_metres_have_dotted_beats() -> None:
    beats = np.concatenate([piece.beat for piece in read_style("song")])
    lengths = {int(beat): float((beats == beat).mean()) for beat in np.unique(beats)}
    assert set(lengths) == {4, 6, 8}
    assert 0.2 < lengths[6] < 0.3


def test_tunes_that_are_hymns_too_are_not_learnt_from_lead_sheets() -> None:
    splits = [piece.split for piece in read_style("leadsheet")]
    assert splits.count("train") == 147
    assert len(splits) == 191


@pytest.mark.parametrize("style", STYLE_CORPORA)
def test_bars_are_those_the_network_knows(style: str) -> None:
    pieces = list(read_style(style))
    moves = np.concatenate([np.diff(piece.position) for piece in pieces])
    assert (moves == 1).mean() > 0.9
    lengths = np.concatenate([piece.bar_length for piece in pieces])
    assert np.isin(lengths, (12, 16, 18)).mean() > (0.98 if style in NETWORK_ONLY else 0.999)
    # Fourteen hymns in free metre have bars longer than they say; the sampler cuts those off.
    inside = np.concatenate([piece.position < piece.bar_length for piece in pieces])
    assert inside.mean() > 0.97


def test_settings_of_the_same_tune_stand_on_one_side() -> None:
    """The same hymn tune comes with several texts; its name is the last part."""
    sides: dict[str, set[str]] = {}
    for piece in read_style("hymn"):
        for tune in ("Old_100th", "Eventide", "Hyfrydol", "St_Anne", "Duke_Street"):
            if piece.name.endswith(tune):
                sides.setdefault(tune, set()).add(piece.split)
    assert len(sides) == 5
    assert all(len(splits) == 1 for splits in sides.values())


def test_ragtime_keeps_its_rests() -> None:
    alto = np.concatenate([piece.pitch[:, 1] for piece in read_style("ragtime")])
    assert (alto == REST).mean() > 0.5


def test_a_damaged_file_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="no corpus"):
        list(read_style("hymn", tmp_path))
    (tmp_path / "hymn.npz").write_bytes(b"PK\x03\x04broken")
    with pytest.raises(CorpusError, match="damaged"):
        list(read_style("hymn", tmp_path))
