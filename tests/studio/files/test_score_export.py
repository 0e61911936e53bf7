"""Scores come in, and go out, through the window."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from composer_app.music.composition import VOICE_NAMES, Composition, Track
from composer_app.music.note import Note
from composer_app.notation import piece_file
from composer_app.notation.piece_file import read_piece_file, write_piece_file
from composer_app.notation.writing.musicxml_writing import musicxml_bytes
from composer_app.studio.messages.bar import Tone
from tests.studio.support import Studio, open_studio

FOUR = Composition(
    tuple(Track(name, 52, (Note(0, 72 - 7 * i, 16),)) for i, name in enumerate(VOICE_NAMES)),
    title="A tune",
)


@pytest.fixture
def studio(qtbot: QtBot, tmp_path: Path) -> Iterator[Studio]:
    with open_studio(tmp_path / "data") as result:
        result.services.document.begin(FOUR, "Open")
        yield result


def export(studio: Studio, path: Path | None, *, closed: bool = False) -> None:
    studio.dialogs.score = None if path is None else (path, closed)
    commands = studio.window.commands
    picture = path is not None and path.suffix in (".pdf", ".svg")
    (commands.export_score if picture else commands.export_musicxml).trigger()


@pytest.mark.parametrize("closed", [False, True])
@pytest.mark.parametrize("name", ["out.musicxml", "out.mxl"])
def test_a_score_is_written_and_said(
    studio: Studio, qtbot: QtBot, tmp_path: Path, name: str, closed: bool
) -> None:
    export(studio, tmp_path / name, closed=closed)

    qtbot.waitUntil(lambda: studio.message == f"Exported {name} in {tmp_path}.")
    assert studio.window.message_bar.tone is Tone.SUCCESS
    assert read_piece_file(tmp_path / name).composition == FOUR
    assert not studio.window.isWindowModified()


def test_a_picture_is_drawn(studio: Studio, qtbot: QtBot, tmp_path: Path) -> None:
    export(studio, tmp_path / "out.svg")

    qtbot.waitUntil(lambda: studio.message.startswith("Exported"), timeout=20_000)
    assert b"Soprano" in (tmp_path / "out.svg").read_bytes()


def test_no_file_is_made_where_nobody_wants_one(studio: Studio) -> None:
    export(studio, None)

    assert studio.dialogs.suggestions == ["A tune.musicxml"]


def test_what_goes_wrong_is_said(studio: Studio, qtbot: QtBot, tmp_path: Path) -> None:
    export(studio, tmp_path / "missing" / "out.musicxml")

    qtbot.waitUntil(lambda: "cannot be written: there is no such file or folder" in studio.message)
    assert studio.window.message_bar.tone is Tone.ERROR


def test_a_defect_is_no_traceback(
    studio: Studio, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_given: object, **_named: object) -> None:
        raise KeyError("oops")

    monkeypatch.setattr(piece_file, "write_piece_file", fail)
    export(studio, tmp_path / "out.mxl")

    qtbot.waitUntil(lambda: studio.message.startswith("Something unexpected went wrong"))


def test_an_empty_piece_has_no_score(studio: Studio, tmp_path: Path) -> None:
    studio.services.document.begin(Composition(), "New")

    export(studio, tmp_path / "out.mxl")

    assert studio.message.startswith("There is nothing to export yet")


@pytest.mark.parametrize("name", ["tune.musicxml", "tune.XML", "tune.MXL", "tune.abc"])
def test_a_score_is_opened(studio: Studio, qtbot: QtBot, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if name.endswith("abc"):
        path.write_text("X:1\nT:Tune\nK:C\ncdef|")
    else:
        write_piece_file(Composition((Track("Tune", 0, (Note(0, 60, 8),)),)), path)

    studio.window.files.open(path)

    qtbot.waitUntil(lambda: studio.message.startswith(f"Opened {name}"))
    assert studio.services.document.composition.tracks[0].name == "Tune"


def test_a_damaged_score_is_said(studio: Studio, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "tune.musicxml"
    path.write_bytes(musicxml_bytes(FOUR)[:900])

    studio.window.files.open(path)

    qtbot.waitUntil(lambda: "tune.musicxml is damaged" in studio.message)
