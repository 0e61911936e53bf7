"""``composer-app chords`` prints what a piece's chords are."""

import json
from pathlib import Path

import pytest

from composer_app.cli import main
from composer_app.music.composition import Composition, Track
from composer_app.music.harmony.key_changes import KeyChange
from composer_app.music.note import Note
from composer_app.music.pitch import Key
from composer_app.notation.piece_file import write_piece_file
from tests.music.chord_symbols import symbol

NOTES = tuple(
    Note(step, pitch, 16)
    for step, pitches in ((0, (48, 64, 67)), (16, (47, 62, 67)), (32, (48, 64, 67)))
    for pitch in pitches
)
PIECE = Composition((Track("Piano", 0, NOTES),), title="Song", keys=(KeyChange(0, Key(0)),))
GIVEN = Composition(
    PIECE.tracks, title="Song", keys=PIECE.keys, chords=(symbol("F", 0), symbol("Bb", 960))
)


def run(capsys: pytest.CaptureFixture[str], path: Path, *options: str) -> list[str]:
    assert main(["chords", str(path), *options]) == 0
    return capsys.readouterr().out.splitlines()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "song.mid"


def test_what_is_heard_is_printed(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_piece_file(PIECE, path)
    assert run(capsys, path) == [
        f'{path} "Song": C major, chords heard in the notes',
        "  bar  chords  numerals",
        "    1  C       I",
        "    2  G/B     V6",
        "    3  C       I",
    ]
    assert run(capsys, path, "--row") == ["C | G/B | C"]


def test_what_is_given_is_printed(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_piece_file(GIVEN, path)
    lines = run(capsys, path)
    assert lines[0].endswith("C major, chords as the file gives them")
    assert lines[2:4] == ["    1  F B♭ . .  IV ♭VII . .", "    2  B♭        ♭VII"]
    data = json.loads("\n".join(run(capsys, path, "--json")))
    assert (data["key"], data["key_given"]) == ("C major", True)
    assert [(c["name"], c["beat"], c["given"]) for c in data["chords"]] == [
        ("F", 1.0, True),
        ("Bb", 2.0, True),
    ]


def test_a_single_line_has_none(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_piece_file(Composition((Track("", 0, (Note(0, 60, 4),)),)), path)
    assert run(capsys, path)[1:] == [
        "No chords are given, and none are heard: one note sounds at a time."
    ]
    assert run(capsys, path, "--row") == [""]


def test_statistics_have_the_chords(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_piece_file(PIECE, path)
    assert main(["stats", str(path), "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert [chord["name"] for chord in data["chords"]] == ["C", "G/B", "C"]
    assert main(["stats", str(path)]) == 0
    assert "  chords (heard): C | G/B | C" in capsys.readouterr().out.splitlines()
