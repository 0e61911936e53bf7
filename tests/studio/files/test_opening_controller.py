"""Files into the studio: nothing is lost, and what is wrong is a sentence."""

from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from pytestqt.qtbot import QtBot

from composer_app.music.composition import Composition, Track
from composer_app.music.midi.file import read_midi_piece, write_midi
from composer_app.music.midi.reading.reading import MidiPiece
from composer_app.music.note import Note
from composer_app.studio.messages.bar import Tone
from tests.music.midi.events.test_tempo_by_ear import MARCH, file_of, tune
from tests.studio.support import Studio, open_studio, scale

GARBAGE = {
    "garbage.mid": b"\x00\x01garbage" * 50,
    "empty.mid": b"",
    "cut.mid": b"MThd\x00\x00\x00\x06\x00\x01\x00\x02\x01\xe0MTrk\x00\x00\x10\x00\x00\x90",
    "letter.txt": b"Dear Sir, this is no music.",
}


@pytest.fixture
def studio(qtbot: QtBot, tmp_path: Path) -> Iterator[Studio]:
    with open_studio(tmp_path / "data") as result:
        yield result


def settle(studio: Studio, qtbot: QtBot) -> None:
    """Wait until no file is being read or written."""
    qtbot.waitUntil(lambda: not studio.at_work)


def drop(studio: Studio, *paths: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    rest = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton)
    enter = QDragEnterEvent(QPoint(9, 9), *rest, Qt.KeyboardModifier.NoModifier)
    studio.window.dragEnterEvent(enter)
    assert enter.isAccepted()
    studio.window.dropEvent(QDropEvent(QPointF(9, 9), *rest, Qt.KeyboardModifier.NoModifier))


def test_opening_begins_a_piece_that_undo_takes_back(
    studio: Studio, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "tune.mid"
    write_midi(scale(title=""), path)
    studio.services.document.begin(scale("Before"), "Record", saved=False)
    studio.dialogs.open_path = path
    studio.window.commands.open.trigger()
    settle(studio, qtbot)
    assert studio.composition.tracks == scale().tracks
    assert studio.window.windowTitle() == "tune.mid[*] – Composer"
    assert not studio.window.isWindowModified()
    assert "tune.mid" in studio.message
    assert studio.services.settings.recent_files == (path,)
    studio.services.document.undo_stack.undo()
    assert studio.composition.title == "Before"
    assert studio.window.isWindowModified()


def test_the_first_track_with_notes_is_the_melody(
    studio: Studio, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "two.mid"
    high, low = (Track(name, 0, (Note(0, pitch, 4),)) for name, pitch in (("Hi", 72), ("Lo", 48)))
    write_midi(Composition((Track("Nothing"), high, low)), path)
    drop(studio, path)
    settle(studio, qtbot)
    assert studio.composition.tracks[0].name == "Hi"
    assert "Hi" in studio.message
    studio.window.mixer.melodyChosen.emit(
        [track.name for track in studio.composition.tracks].index("Lo")
    )
    assert studio.composition.tracks[0].name == "Lo"


@pytest.mark.parametrize("count", [1, 3, 8])
def test_several_files_get_windows_of_their_own(
    studio: Studio, qtbot: QtBot, tmp_path: Path, count: int
) -> None:
    paths = [tmp_path / f"tune {index}.mid" for index in range(count)]
    for path in paths:
        write_midi(scale(path.stem), path)
    elsewhere: list[Path] = []
    studio.window.files._open_elsewhere = lambda path: bool(elsewhere.append(path) or True)
    drop(studio, *paths)
    settle(studio, qtbot)
    assert studio.composition.title == "tune 0"
    if count == 8:
        # That many are asked for.
        assert elsewhere == []
        bar = studio.window.message_bar
        assert bar.stands("others")
        studio.window.files._open_others(paths[1:])
        assert not bar.stands("others")
    assert elsewhere == paths[1:]


def test_where_no_other_window_can_be_opened_it_is_said(studio: Studio, tmp_path: Path) -> None:
    studio.window.files._open_elsewhere = lambda path: path.name == "a.mid"
    studio.window.files.open_all([tmp_path / name for name in ("x.mid", "a.mid", "b.mid")])
    assert studio.message == "No other window can be opened for b.mid."


@pytest.mark.parametrize("name", GARBAGE)
def test_garbage_is_a_sentence_and_loses_nothing(
    studio: Studio, qtbot: QtBot, tmp_path: Path, name: str
) -> None:
    path = tmp_path / name
    path.write_bytes(GARBAGE[name])
    piece = scale("Mine")
    studio.services.document.begin(piece, "Record", saved=False)
    drop(studio, path)
    settle(studio, qtbot)
    assert studio.composition == piece
    assert studio.window.isWindowModified()
    assert studio.window.message_bar.tone is Tone.ERROR
    assert name in studio.message
    assert studio.message.endswith(".")
    assert studio.services.settings.recent_files == ()


@pytest.mark.parametrize("folder", ["gone", "."])
def test_what_is_no_file_is_a_sentence(
    studio: Studio, qtbot: QtBot, tmp_path: Path, folder: str
) -> None:
    studio.window.files.open(tmp_path / folder)
    settle(studio, qtbot)
    assert studio.window.message_bar.tone is Tone.ERROR
    assert studio.composition == Composition()


def test_an_unexpected_error_is_a_sentence_too(
    studio: Studio, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def explode(path: Path, **_: Any) -> Composition:
        raise RuntimeError("inside")

    monkeypatch.setattr("composer_app.notation.piece_file.read_piece_file", explode)
    studio.window.files.open(Path("any.mid"))
    settle(studio, qtbot)
    assert studio.message.startswith("Something unexpected")
    assert "inside" not in studio.message


def test_what_was_mended_in_a_file_is_said_beside_what_was_opened(
    studio: Studio, qtbot: QtBot, tmp_path: Path
) -> None:
    path, sound = tmp_path / "old.mid", tmp_path / "sound.mid"
    write_midi(scale(), sound)
    path.write_bytes(bytes(128) + sound.read_bytes())
    studio.window.files.open(path)
    settle(studio, qtbot)
    assert studio.composition.tracks == scale().tracks
    assert studio.message.startswith("Opened old.mid")
    studio.window.message_bar.dismiss()
    assert "what stands before its music is skipped" in studio.message
    assert studio.window.message_bar.tone is Tone.WARNING
    # It is not true of another piece.
    studio.window.files.open(sound)
    settle(studio, qtbot)
    studio.window.message_bar.dismiss()
    assert studio.message == ""


@pytest.mark.parametrize("then", ["another file", "a file that is none", "a sample", "a new piece"])
def test_of_two_files_the_one_asked_for_last_is_opened(
    studio: Studio, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, then: str
) -> None:
    slow, quick, none = (tmp_path / f"{name}.mid" for name in ("slow", "quick", "none"))
    write_midi(scale("Slow"), slow)
    write_midi(scale("Quick"), quick)
    none.write_bytes(b"no music")
    studio.services.document.begin(scale("Mine"), "Record", saved=False)
    let_go = Event()

    def read(path: Path, **_: Any) -> MidiPiece:
        assert path != slow or let_go.wait(60)
        return read_midi_piece(path)

    monkeypatch.setattr("composer_app.notation.piece_file.read_piece_file", read)
    studio.window.files.open(slow)
    qtbot.waitUntil(lambda: studio.message == "Opening slow.mid…")
    if then == "a sample":
        studio.window.files.open_sample("twinkle")
    elif then == "a new piece":
        studio.window.files.new()
    else:
        studio.window.files.open(quick if then == "another file" else none)
        qtbot.waitUntil(lambda: "quick" in studio.message or "none" in studio.message)
    assert not studio.window.under_way.shown
    before, said = studio.composition, studio.message
    let_go.set()
    settle(studio, qtbot)
    assert studio.composition == before
    assert before.title != "Slow"
    assert studio.message == said
    assert slow not in studio.services.settings.recent_files


def test_a_new_piece_offers_the_old_one_back(studio: Studio, qtbot: QtBot) -> None:
    studio.services.document.begin(scale(), "Open")
    studio.window.commands.new.trigger()
    assert studio.composition.note_count == 0
    (undo,) = studio.window.message_bar.action_buttons()
    qtbot.mouseClick(undo, Qt.MouseButton.LeftButton)
    assert studio.composition == scale()


def test_every_sample_melody_opens(studio: Studio) -> None:
    studio.window.menus.samples.aboutToShow.emit()
    actions = [action for action in studio.window.menus.samples.actions() if action.text()]
    samples = [action for action in actions if action is not studio.window.commands.open]
    assert len(samples) == 10
    for action in samples:
        action.trigger()
        assert studio.composition.title == action.text()
        assert not studio.window.isWindowModified()


def test_recent_files_open_from_their_menu(studio: Studio, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "tune & more.mid"
    write_midi(scale(), path)
    studio.services.settings.remember_file(path)
    menu = studio.window.menus._recent
    menu.aboutToShow.emit()
    assert menu.actions()[0].text().startswith("tune && more.mid")
    menu.actions()[0].trigger()
    settle(studio, qtbot)
    assert studio.composition.note_count == 4
    menu.aboutToShow.emit()
    menu.actions()[-1].trigger()
    menu.aboutToShow.emit()
    assert not menu.actions()[0].isEnabled()


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"MThd"])
def test_a_project_that_is_none_loses_nothing(
    studio: Studio, qtbot: QtBot, tmp_path: Path, data: bytes
) -> None:
    path = tmp_path / "x.composer"
    path.write_bytes(data)
    studio.services.document.begin(scale(), "Record", saved=False)
    studio.window.files.open(path)
    settle(studio, qtbot)
    assert studio.message.startswith(f"{path} is ")
    assert studio.composition == scale()


def test_a_tempo_by_ear_is_told_and_can_be_left(
    studio: Studio, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "film.mid"
    path.write_bytes(file_of(tune(MARCH, 0.2, 0)))
    studio.window.files.open(path)
    settle(studio, qtbot)
    assert studio.composition.tempo.initial_bpm == 75
    # What was opened is news, and this stands beneath it.
    studio.window.message_bar.dismiss()
    assert "75 BPM is heard in its notes" in studio.message
    buttons = studio.window.message_bar.action_buttons()
    (button,) = [each for each in buttons if each.text() == "Count at 120 BPM"]
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    settle(studio, qtbot)
    assert studio.composition.tempo.initial_bpm == 120
    studio.window.commands.undo.trigger()
    assert studio.composition.tempo.initial_bpm == 75
