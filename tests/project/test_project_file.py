"""Project files come back as they were written, and no other file does any harm."""

import io
import json
import os
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given

from composer_app.errors import FileChangedError, ProjectFileError
from composer_app.generation.recipe import recipe_to_text
from composer_app.music.composition import Composition, Track
from composer_app.music.files.music_json import composition_to_json
from composer_app.music.midi.file import MAX_STEPS, parse_midi, read_midi
from composer_app.music.mix import PieceMix
from composer_app.music.note import Note
from composer_app.project import project_file
from composer_app.project.piece import Piece
from composer_app.project.project_file import (
    MUSIC,
    PIECE,
    parse_project,
    project_bytes,
    read_project,
    write_project,
)
from composer_app.project.take import Take
from tests.music.any_composition import compositions
from tests.odd_json import ODD_TEXTS, places, with_text_at
from tests.project.pieces import MELODY, full_piece, melody_only, take

FIXTURES = Path(__file__).parent / "fixtures"


def assert_same_take(one: Take | None, other: Take | None) -> None:
    assert (one is None) == (other is None)
    if one is not None and other is not None:
        assert one.composition == other.composition
        assert np.array_equal(one.confidence, other.confidence)
        assert one.confidence.dtype == other.confidence.dtype
        assert recipe_to_text(one.recipe) == recipe_to_text(other.recipe)
        assert (one.name, one.starred) == (other.name, other.starred)


def assert_same(one: Piece, other: Piece) -> None:
    assert one.composition == other.composition
    assert one.locks == other.locks
    assert (one.mix, one.loop) == (other.mix, other.loop)
    assert len(one.takes) == len(other.takes)
    for mine, others in zip(one.takes, other.takes, strict=True):
        assert_same_take(mine, others)
    assert_same_take(one.take, other.take)


def unpacked(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def packed(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def changed(**fields: object) -> bytes:
    """A project whose description says something else."""
    members = unpacked(project_bytes(full_piece()))
    row = {**json.loads(members[PIECE]), **fields}
    return packed({**members, PIECE: json.dumps(row).encode()})


@pytest.mark.parametrize("piece", [Piece(), melody_only(), full_piece()])
def test_a_piece_comes_back(piece: Piece, tmp_path: Path) -> None:
    path = tmp_path / "x.composer"
    write_project(piece, path)
    again = read_project(path)
    assert_same(again, piece)
    assert again.take is None or again.take in again.takes
    origin = again.composition.origin
    assert (origin is None) == (piece.composition.origin is None)
    if origin is not None and piece.composition.origin is not None:
        assert origin.recipe == piece.composition.origin.recipe


@given(compositions)
def test_any_composition_comes_back(composition: Composition) -> None:
    piece = parse_project(project_bytes(Piece(composition)), "x")
    assert piece.composition == composition


def test_the_same_piece_is_the_same_file() -> None:
    assert project_bytes(full_piece()) == project_bytes(full_piece())


def test_any_program_gets_at_the_music() -> None:
    piece = full_piece()
    data = unpacked(project_bytes(piece))[MUSIC]
    assert data.startswith(b"MThd")
    read = parse_midi(data, MUSIC)
    assert read.composition == piece.composition
    assert read.mix == piece.mix.balance


def test_a_file_in_the_way_is_only_replaced_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "x.composer"
    state = write_project(melody_only(), path)
    write_project(full_piece(), path, only_over=state)
    with pytest.raises(FileChangedError):
        write_project(melody_only(), path, only_over=state)
    assert_same(read_project(path), full_piece())


def test_where_nothing_can_be_written_the_sentence_says_so(tmp_path: Path) -> None:
    with pytest.raises(ProjectFileError, match=r"there is no such file or folder"):
        write_project(full_piece(), tmp_path / "none" / "x.composer")
    with pytest.raises(ProjectFileError, match=r"cannot be opened: it is a folder"):
        read_project(tmp_path)
    os.mkfifo(tmp_path / "pipe.composer")
    with pytest.raises(ProjectFileError, match=r"pipe\.composer cannot be opened"):
        read_project(tmp_path / "pipe.composer")


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "is empty"),
        (b"MThd", "is not a project of Composer: choose a file that ends in .composer"),
        (packed({"x": b""}), "is not a project of Composer"),
        (changed(format="song"), "is not a project of Composer"),
        (changed(version=project_file.VERSION + 1), "was made by a later version of Composer"),
        (packed({PIECE: b"{"}), "is damaged"),
        (project_bytes(full_piece())[:-40], "is not a project|is damaged"),
        (changed(takes=[{"file": "none", "name": "", "starred": False}]), "is damaged"),
        (changed(take=2), "is damaged"),
        (changed(take=-1), "is damaged"),
        (changed(loop=[8, 8]), "is damaged"),
    ],
    # A zip holds the time at which it was packed: no name of a test.
    ids=lambda value: value if isinstance(value, str) else f"{len(value)} bytes",
)
def test_another_file_is_refused_in_a_sentence(data: bytes, why: str) -> None:
    with pytest.raises(ProjectFileError, match=f"^x.composer ({why})") as caught:
        parse_project(data, "x.composer")
    assert str(caught.value).endswith((".", ".composer"))


def test_what_unpacks_to_too_much_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(project_file, "_MOST_UNPACKED_BYTES", 1000)
    with pytest.raises(ProjectFileError, match="unpacks to more than a piece can be"):
        parse_project(project_bytes(full_piece()), "x")


def test_what_is_too_long_is_refused() -> None:
    long = Composition((Track("", 0, (Note(MAX_STEPS, 60, 1),)),))
    with pytest.raises(ProjectFileError, match="is longer than Composer can show"):
        parse_project(changed(composition=composition_to_json(long)), "x")


@pytest.mark.slow
def test_whatever_is_odd_is_refused_or_means_a_piece() -> None:
    small = replace(full_piece(), takes=(), take=None)
    members = unpacked(project_bytes(small))
    sound = json.loads(members[PIECE])
    refused = 0
    for path in places(sound):
        for odd in ODD_TEXTS:
            data = packed({PIECE: with_text_at(sound, path, odd).encode("utf-8", "replace")})
            try:
                parse_project(data, "x")
            except ProjectFileError:
                refused += 1
    assert refused > 1000


@pytest.mark.slow
def test_a_damaged_file_is_refused_or_read() -> None:
    data = project_bytes(full_piece())
    random = np.random.default_rng(7)
    refused = 0
    for _ in range(300):
        broken = bytearray(data)
        for place in random.integers(len(data), size=3):
            broken[place] ^= int(random.integers(1, 256))
        try:
            parse_project(bytes(broken), "x")
        except ProjectFileError:
            refused += 1
    assert refused > 100


def test_projects_of_every_version_are_read() -> None:
    found = sorted(FIXTURES.glob("*.composer"))
    versions = [json.loads(unpacked(path.read_bytes())[PIECE])["version"] for path in found]
    assert versions == list(range(1, project_file.VERSION + 1))
    for path in found:
        piece = read_project(path)
        assert piece.composition.note_count > 0
        assert [each.name for each in piece.takes] == ["The calm one", ""]
        assert piece.take is piece.takes[0]


def test_a_take_is_of_a_piece_with_its_voices() -> None:
    first, second = take(1), take(2)
    assert first.is_of(first.composition.with_program(1, 3))
    assert not first.is_of(second.composition)
    assert not first.is_of(melody_only().composition)
    with pytest.raises(ValueError, match="one of its takes"):
        Piece(takes=(first,), take=second)


def test_midi_beside_it_has_the_same_melody(tmp_path: Path) -> None:
    path = tmp_path / "piece.mid"
    path.write_bytes(unpacked(project_bytes(melody_only()))[MUSIC])
    assert read_midi(path).melody() == MELODY


def test_sizes_that_are_made_up_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    data = project_bytes(full_piece())
    for name, most in (("_MOST_TAKES", 1), ("_MOST_TRACKS", 3)):
        with monkeypatch.context() as patch:
            patch.setattr(project_file, name, most)
            with pytest.raises(ProjectFileError):
                parse_project(data, "x")
    members = unpacked(data)
    for shape in ([33, 4], [32, 3], [-1, 4], [MAX_STEPS + 1, 4]):
        row = {**json.loads(members["takes/0001.json"]), "confidence": shape}
        data = packed({**members, "takes/0001.json": json.dumps(row).encode()})
        with pytest.raises(ProjectFileError, match="is damaged"):
            parse_project(data, "x")
    endless = np.full((32, 4), np.inf, "<f4").tobytes()
    with pytest.raises(ProjectFileError, match="is damaged"):
        parse_project(packed({**members, "takes/0001.confidence": endless}), "x")


def test_a_piece_that_could_not_be_read_back_is_not_written(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(project_file, "MAX_FILE_BYTES", 1000)
    with pytest.raises(ProjectFileError, match="was not written: its takes are more than"):
        write_project(full_piece(), tmp_path / "x.composer")
    assert list(tmp_path.iterdir()) == []


def test_what_is_muted_is_no_reason_to_save() -> None:
    piece = full_piece()
    quiet = replace(piece, mix=piece.mix.balance)
    assert piece.holds_as_much_as(quiet)
    assert not piece.holds_as_much_as(replace(piece, mix=PieceMix()))
    assert not piece.holds_as_much_as(replace(piece, loop=None))
    assert not piece.holds_as_much_as(replace(piece, takes=piece.takes[:1]))
    with pytest.raises(ValueError, match="loop"):
        replace(piece, loop=(4.0, 4.0))
