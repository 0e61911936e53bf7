"""Files in and out of the studio: nothing is lost, and what is wrong is a sentence."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from pytestqt.qtbot import QtBot

from composer_app.music.composition import Composition, Track
from composer_app.music.midi_file import read_midi, write_midi
from composer_app.music.note import Note
from composer_app.studio.message_bar import Tone
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
    qtbot.waitUntil(lambda: not studio.services.jobs.busy)


def drop(studio: Studio, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
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
    def explode(path: Path) -> Composition:
        raise RuntimeError("inside")

    monkeypatch.setattr("composer_app.studio.file_controller.read_midi", explode)
    studio.window.files.open(Path("any.mid"))
    settle(studio, qtbot)
    assert studio.message.startswith("Something unexpected")
    assert "inside" not in studio.message


def test_saving_asks_once_and_never_replaces_an_opened_file(
    studio: Studio, qtbot: QtBot, tmp_path: Path
) -> None:
    theirs, ours = tmp_path / "theirs.mid", tmp_path / "ours.mid"
    write_midi(scale(), theirs)
    bytes_before = theirs.read_bytes()
    studio.window.files.open(theirs)
    settle(studio, qtbot)
    studio.window.mixer.programChosen.emit(0, 73)
    studio.dialogs.save_path = ours
    studio.window.commands.save.trigger()
    settle(studio, qtbot)
    assert studio.dialogs.suggestions == ["theirs (Composer).mid"]
    assert read_midi(ours).tracks[0].program == 73
    assert not studio.window.isWindowModified()
    studio.window.mixer.programChosen.emit(0, 74)
    studio.window.commands.save.trigger()
    settle(studio, qtbot)
    assert len(studio.dialogs.suggestions) == 1
    assert read_midi(ours).tracks[0].program == 74
    assert theirs.read_bytes() == bytes_before


def test_exporting_leaves_the_piece_with_its_own_file(
    studio: Studio, qtbot: QtBot, tmp_path: Path
) -> None:
    studio.services.document.begin(scale('A "title": with/signs'), "Record", saved=False)
    studio.dialogs.save_path = tmp_path / "copy.mid"
    studio.window.commands.export.trigger()
    settle(studio, qtbot)
    assert studio.dialogs.suggestions == ["A title with signs.mid"]
    assert read_midi(tmp_path / "copy.mid").tracks == scale().tracks
    assert studio.window.isWindowModified()
    assert studio.message.startswith("Exported copy.mid")


def test_a_place_that_cannot_be_written_is_a_sentence(
    studio: Studio, qtbot: QtBot, tmp_path: Path
) -> None:
    studio.services.document.begin(scale(), "Record", saved=False)
    studio.dialogs.save_path = tmp_path / "no folder" / "piece.mid"
    studio.window.commands.save_as.trigger()
    settle(studio, qtbot)
    assert studio.window.message_bar.tone is Tone.ERROR
    assert studio.window.isWindowModified()


def test_thinking_better_of_it_changes_nothing(studio: Studio, qtbot: QtBot) -> None:
    studio.services.document.begin(scale(), "Record", saved=False)
    for command in ("open", "save", "export"):
        getattr(studio.window.commands, command).trigger()
    settle(studio, qtbot)
    assert studio.composition == scale()
    assert studio.message == ""


def test_nothing_is_not_saved(studio: Studio) -> None:
    studio.window.commands.save.trigger()
    assert studio.dialogs.suggestions == []
    assert "nothing to save" in studio.message


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
