"""Runs that were copied on purpose are found, whole and in any key; others are not."""

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from composer_app.analysis.likeness.copies import (
    NEAR_COPY,
    CopyIndex,
    SharedRun,
    index_path,
    load_copies,
    piece_title,
)
from composer_app.analysis.likeness.profile_building import Reference
from composer_app.analysis.voice_grid import REST, VoiceGrid
from composer_app.errors import ProfileError
from composer_app.evaluation.excerpts import excerpts_of
from composer_app.reporting.profile_command import reference_of
from composer_app.training.corpora.style_corpora import read_style
from tests.analysis.references import CORPUS, reference
from tests.irregular import IRREGULAR, put_irregular

INDEX = CopyIndex.build("bach", CORPUS)
OTHER = reference(77).grid


def planted(shift: int, beats: slice, at: int, *, melody: bool = True) -> VoiceGrid:
    """A stranger's piece with ``beats`` of the corpus's fourth piece from its beat ``at`` on."""
    pitch = OTHER.pitch.copy()
    there = CORPUS[3].grid.pitch[4 * beats.start : 4 * beats.stop]
    first = 0 if melody else 1
    pitch[4 * at : 4 * at + len(there), first:] = there[:, first:] + shift
    return VoiceGrid(pitch, OTHER.onset)


@pytest.mark.parametrize("shift", [0, -5, 7])
def test_a_planted_run_is_found_in_any_key(shift: int) -> None:
    run = INDEX.longest(planted(shift, slice(9, 21), at=16))
    assert run is not None
    # The piece has an upbeat of one beat: its beat 9 is the first of bar 3.
    assert run == SharedRun("bach", "piece3", 12, 64, 3, shift, melody=True)
    assert run.near_copy
    assert list(run.steps) == list(range(64, 64 + 48))


def test_the_sentence_says_where_and_how_far() -> None:
    run = INDEX.longest(planted(-1, slice(9, 21), at=16))
    assert run is not None
    assert run.sentence == (
        "All voices have 12 beats in common with piece3: from beat 17 on what stands there in bar"
        " 3, 1 semitone lower."
    )
    plain = SharedRun("hymn", "X", 1, 0, 0, 0, melody=False)
    assert plain.sentence == (
        "The voices below the melody have 1 beat in common with X: from beat 1 on what stands"
        " there in bar 0."
    )
    assert not plain.near_copy


def test_a_run_is_moved_by_one_interval_throughout() -> None:
    pitch = planted(0, slice(9, 21), at=16).pitch.copy()
    pitch[64 + 16 :] += 1
    run = INDEX.longest(VoiceGrid(pitch, OTHER.onset))
    assert run is not None
    assert run.beats == 8
    assert run.transposition == 1


def test_under_another_melody_the_rest_is_found() -> None:
    piece = planted(2, slice(9, 21), at=16, melody=False)
    alone = INDEX.longest(piece, melody=False)
    assert alone is not None
    assert (alone.beats, alone.piece, alone.transposition, alone.near_copy) == (
        12,
        "piece3",
        2,
        False,
    )
    whole = INDEX.longest(piece)
    assert whole is None or whole.beats < 12


def test_a_run_does_not_lead_from_one_piece_into_the_next() -> None:
    ends = np.concatenate([CORPUS[0].grid.pitch[-32:], CORPUS[1].grid.pitch[:32]])
    run = INDEX.longest(VoiceGrid(ends, ends != REST))
    assert run is not None
    assert (run.beats, run.piece) == (8, "piece0")


def test_rests_are_part_of_a_run_but_silence_is_no_copy() -> None:
    pitch = CORPUS[0].grid.pitch.copy()
    pitch[40:56] = REST
    pitch[100:140, 1:] = REST
    quiet = CopyIndex.build("bach", [CORPUS[1], reference_with(pitch)])
    cut = pitch[24:72]
    run = quiet.longest(VoiceGrid(cut + np.where(cut == REST, 0, 3).astype(np.int16), cut > 0))
    assert run is not None
    # Twelve beats, four of them silent.
    assert (run.beats, run.start, run.transposition) == (8, 0, 3)
    melody_alone = pitch[100:140]
    assert quiet.longest(VoiceGrid(melody_alone, melody_alone > 0)) is None
    nothing = np.full((32, 4), REST, np.int16)
    assert quiet.longest(VoiceGrid(nothing, nothing > 0)) is None
    assert quiet.longest(VoiceGrid(nothing[:2], nothing[:2] > 0)) is None


def test_a_run_may_begin_in_silence() -> None:
    """How far the first note lies from what sounded before the run says nothing."""
    pitch = CORPUS[0].grid.pitch.copy()
    pitch[40:56] = REST
    known = CopyIndex.build("bach", [reference_with(pitch)])
    run = known.longest(VoiceGrid(pitch[40:96], pitch[40:96] > 0))
    assert run is not None
    assert (run.beats, run.start, run.transposition) == (10, 0, 0)


def test_beats_are_counted_from_the_first_downbeat() -> None:
    """Where an upbeat is not a whole number of beats, as in 9/8."""
    steps = CORPUS[0].grid.steps
    position = ((np.arange(steps) - 6) % 18).astype(np.int16)
    nine = replace(CORPUS[0], position=position, bar_length=np.full(steps, 18, np.int16))
    cut = nine.grid.pitch[6:70]
    run = CopyIndex.build("hymn", [CORPUS[1], nine]).longest(VoiceGrid(cut, cut > 0))
    assert run is not None
    assert (run.beats, run.bar) == (16, 1)


def reference_with(pitch: np.ndarray) -> Reference:
    return replace(CORPUS[0], name="rests", grid=VoiceGrid(pitch, pitch != REST))


@settings(deadline=None, max_examples=40)
@given(st.data())
def test_runs_equal_those_found_by_comparing_everything(data: st.DataObject) -> None:
    """In few pitches, so that runs of all kinds come up."""

    def voices(beats: int) -> np.ndarray:
        cells = st.lists(st.sampled_from([REST, 60, 62]), min_size=2, max_size=2)
        rows = data.draw(st.lists(cells, min_size=beats, max_size=beats))
        two = np.repeat(np.array(rows, np.int16), 4, axis=0)
        return np.concatenate([two, two], axis=1)

    known, ours = voices(7), voices(6)
    position = (np.arange(len(known)) % 16).astype(np.int16)
    sixteen = np.full(28, 16, np.int16)
    piece = Reference("x", VoiceGrid(known, known > 0), position, sixteen, sixteen < 0)
    run = CopyIndex.build("bach", [piece]).longest(VoiceGrid(ours, ours > 0))
    best = 0
    for begin in range(6):
        for there in range(7):
            for length in range(1, min(6 - begin, 7 - there) + 1):
                first = ours[4 * begin : 4 * (begin + length)].astype(int)
                second = known[4 * there : 4 * (there + length)].astype(int)
                if ((first == REST) != (second == REST)).any():
                    continue
                if np.unique((first - second)[first != REST]).size > 1:
                    continue
                heard = (first.reshape(length, 4, 4)[:, :, 1:] != REST).any(axis=(1, 2))
                best = max(best, int(heard.sum()))
    found = run.beats if run else 0
    assert found == best


def test_an_index_is_read_back_and_the_same_bytes_again(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("a.copies.npz", "b.copies.npz")]
    for path in paths:
        with path.open("wb") as stream:
            INDEX.save(stream)
    assert paths[0].read_bytes() == paths[1].read_bytes()
    piece = planted(4, slice(9, 21), at=16)
    assert CopyIndex.load(paths[0], "bach").longest(piece) == INDEX.longest(piece)


def test_several_corpora_are_one() -> None:
    strangers = CopyIndex.build("hymn", [reference(seed, name=f"h{seed}") for seed in (90, 91)])
    both = CopyIndex.joined([strangers, INDEX])
    piece = planted(4, slice(9, 21), at=16)
    assert both.longest(piece) == INDEX.longest(piece)
    hymn = both.longest(reference(91).grid)
    assert hymn is not None
    assert (hymn.style, hymn.piece, hymn.beats) == ("hymn", "h91", 49)


def test_the_shipped_index_knows_what_was_trained_on_and_flags_nothing_else() -> None:
    index = load_copies()
    assert set(index.styles) == {"bach", "hymn"}
    assert sum(index_path(s).stat().st_size for s in ("bach", "hymn")) < 1_000_000
    assert "BWV 1.6" in index.names
    known, named = {"train": 0, "valid": 0}, 0
    pieces = [piece for piece in read_style("hymn") if piece.split in known]
    for cut in excerpts_of(pieces[:60]):
        run = index.longest(cut.grid)
        split = next(piece.split for piece in pieces if piece.name == cut.name)
        if split == "train":
            assert run is not None
            beats = cut.grid.pitch[: cut.grid.steps // 4 * 4, 1:].reshape(-1, 12)
            assert run.beats == (beats != REST).any(axis=1).sum()
            named += run.piece == piece_title("hymn", cut.name)
        else:
            assert run is None or run.beats < NEAR_COPY
        known[split] += 1
    assert min(known.values()) > 0
    # Some settings stand in the book twice, under two names.
    assert named >= 0.9 * known["train"]


@pytest.mark.parametrize(
    ("style", "name", "title"),
    [
        ("bach", "bwv66.6.mxl", "BWV 66.6"),
        ("hymn", "A_Mighty_Fortress-Ein_Feste_Burg", "A Mighty Fortress – Ein Feste Burg"),
    ],
)
def test_pieces_are_called_as_people_call_them(style: str, name: str, title: str) -> None:
    assert piece_title(style, name) == title


def test_a_missing_or_damaged_index_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ProfileError, match="no index of known pieces"):
        load_copies(tmp_path)
    (tmp_path / "bach.copies.npz").write_bytes(b"PK nothing")
    with pytest.raises(ProfileError, match=r"bach\.copies\.npz is missing or damaged"):
        load_copies(tmp_path)


@pytest.mark.parametrize("damage", ["PK nothing", "pipe", "folder", "other arrays"])
def test_a_damaged_index_of_one_style_leaves_the_others_of_use(tmp_path: Path, damage: str) -> None:
    shutil.copy(index_path("hymn"), tmp_path)
    bad = tmp_path / "bach.copies.npz"
    if damage in IRREGULAR:
        put_irregular(bad, damage)
    elif damage == "other arrays":
        with bad.open("wb") as stream:
            np.savez(stream, name=np.array(["x"]))
    else:
        bad.write_text(damage)
    index = load_copies(tmp_path)
    assert set(index.styles) == {"hymn"}
    (problem,) = index.problems
    assert "bach.copies.npz is missing or damaged" in str(problem)
    assert load_copies().problems == ()


SOUND = dict(np.load(index_path("hymn")))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("start", SOUND["start"][::-1]),
        ("start", SOUND["start"] + np.uint32(1)),
        ("start", SOUND["start"][:-1]),
        ("start", np.append(SOUND["start"][:-1], 10**8)),
        ("start", np.zeros(0, np.uint32)),
        ("bar", SOUND["bar"][:-1]),
        ("bar", -SOUND["bar"].astype(np.int64) - 1),
        ("code", SOUND["code"][:1]),
        ("code", np.array(["x"])),
        ("first", SOUND["first"].astype(np.int64) + 1000),
        ("sounds", SOUND["sounds"].reshape(1, -1)),
        ("sounds", np.bool_(True)),
        ("name", np.array([])),
        ("name", np.float64(5)),
    ],
)
def test_arrays_that_do_not_belong_together_are_damage(
    tmp_path: Path, name: str, value: NDArray[Any]
) -> None:
    with (tmp_path / "hymn.copies.npz").open("wb") as stream:
        np.savez(stream, **{**SOUND, name: value})
    with pytest.raises(ProfileError, match="is missing or damaged"):
        load_copies(tmp_path)


def test_names_of_pieces_are_one_line_of_visible_letters(tmp_path: Path) -> None:
    names = np.array([f"evil\x1b[31m\n{name}" for name in SOUND["name"]])
    with (tmp_path / "hymn.copies.npz").open("wb") as stream:
        np.savez(stream, **{**SOUND, "name": names})
    assert all(name.isprintable() for name in load_copies(tmp_path).names)


def test_a_piece_of_the_corpus_is_read_as_the_analysis_does() -> None:
    piece = next(iter(read_style("hymn")))
    same = reference_of(piece)
    assert same.name == piece.name
    assert same.grid.pitch is piece.pitch
    assert same.position is piece.position
