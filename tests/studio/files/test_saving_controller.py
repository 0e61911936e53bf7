"""Files out of the studio: nothing is lost or replaced unasked, and what is wrong is a sentence."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from composer_app.music.composition import Composition, Track
from composer_app.music.midi.file import read_midi, write_midi
from composer_app.music.mix import PieceMix
from composer_app.music.note import Note
from composer_app.project.locks import Locks
from composer_app.project.project_file import read_project
from composer_app.studio.messages.bar import Tone
from tests.studio.support import Studio, open_studio, scale


@pytest.fixture
def studio(qtbot: QtBot, tmp_path: Path) -> Iterator[Studio]:
    with open_studio(tmp_path / "data") as result:
        yield result


def settle(studio: Studio, qtbot: QtBot) -> None:
    """Wait until no file is being read or written."""
    qtbot.waitUntil(lambda: not studio.at_work)


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
    assert studio.dialogs.suggestions == ["theirs.composer"]
    assert read_midi(ours).tracks[0].program == 73
    assert not studio.window.isWindowModified()
    studio.window.mixer.programChosen.emit(0, 74)
    studio.window.commands.save.trigger()
    settle(studio, qtbot)
    assert len(studio.dialogs.suggestions) == 1
    assert read_midi(ours).tracks[0].program == 74
    assert theirs.read_bytes() == bytes_before


# -- files that somebody else has changed ------------------------------------------------------


def saved(studio: Studio, qtbot: QtBot, path: Path, title: str = "Mine") -> None:
    studio.services.document.begin(scale(title), "Record", saved=False)
    studio.dialogs.save_path = path
    studio.window.commands.save_as.trigger()
    settle(studio, qtbot)
    assert not studio.window.isWindowModified()


def save_again(studio: Studio, qtbot: QtBot, title: str = "Changed") -> None:
    document = studio.services.document
    document.replace(replace(document.composition, title=title), "Change")
    studio.window.commands.save.trigger()
    settle(studio, qtbot)


def click(studio: Studio, qtbot: QtBot, text: str) -> None:
    buttons = {each.text(): each for each in studio.window.message_bar.action_buttons()}
    qtbot.mouseClick(buttons[text], Qt.MouseButton.LeftButton)
    settle(studio, qtbot)


def test_what_somebody_else_has_changed_is_replaced_only_when_asked(
    studio: Studio, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "a.mid"
    saved(studio, qtbot, path)
    write_midi(scale("Theirs"), path)
    save_again(studio, qtbot)
    assert studio.message == ("a.mid has been changed since this was saved there: replace it?")
    assert read_midi(path).title == "Theirs"
    assert studio.window.isWindowModified()
    # What is current when one decides is what is written.
    studio.services.document.replace(scale("Later"), "Change")
    click(studio, qtbot, "Replace")
    assert read_midi(path).title == "Later"
    assert not studio.window.isWindowModified()
    save_again(studio, qtbot, "Once more")
    assert read_midi(path).title == "Once more"
    assert studio.message.startswith("Saved a.mid")


def test_a_question_about_a_piece_is_answered_for_that_piece(
    studio: Studio, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "a.mid"
    saved(studio, qtbot, path)
    write_midi(scale("Theirs"), path)
    document = studio.services.document
    document.replace(scale("Changed"), "Change")
    studio.window.commands.save.trigger()
    # Before there is an answer.
    document.begin(scale("Another"), "Open")
    settle(studio, qtbot)
    click(studio, qtbot, "Replace")
    assert read_midi(path).title == "Changed"
    assert studio.services.document.path is None


def test_a_question_about_a_piece_goes_with_it(
    studio: Studio, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "a.mid"
    saved(studio, qtbot, path)
    path.write_bytes(b"theirs")
    save_again(studio, qtbot)
    assert "replace it?" in studio.message
    studio.services.document.begin(scale("Another"), "Open")
    assert "replace it?" not in studio.message


def test_what_has_gone_is_made_again_only_when_asked(
    studio: Studio, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "a.mid"
    saved(studio, qtbot, path)
    path.unlink()
    save_again(studio, qtbot)
    assert studio.message == f"a.mid is no longer in {tmp_path}: save it there again?"
    assert not path.exists()
    click(studio, qtbot, "Save Again")
    assert read_midi(path).title == "Changed"


def test_another_name_is_an_answer_too(studio: Studio, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "a.mid"
    saved(studio, qtbot, path)
    path.write_bytes(b"theirs")
    save_again(studio, qtbot)
    studio.dialogs.save_path = tmp_path / "b.mid"
    click(studio, qtbot, "Save As…")
    assert path.read_bytes() == b"theirs"
    assert read_midi(tmp_path / "b.mid").title == "Changed"
    studio.window.message_bar.dismiss()
    assert studio.message == ""


def test_two_windows_with_the_same_file_ask_each_other(
    studio: Studio, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "a.mid"
    saved(studio, qtbot, path)
    with open_studio(tmp_path / "other") as other:
        saved(other, qtbot, path, "Theirs")
        save_again(studio, qtbot)
        assert "has been changed since" in studio.message
        assert read_midi(path).title == "Theirs"
        click(studio, qtbot, "Replace")
        save_again(other, qtbot)
        assert "has been changed since" in other.message


def test_two_pieces_of_one_window_ask_as_well(studio: Studio, qtbot: QtBot, tmp_path: Path) -> None:
    """Undo leads back to the first piece, whose file by then holds the second."""
    path = tmp_path / "a.mid"
    saved(studio, qtbot, path, "First")
    saved(studio, qtbot, path, "Second")
    studio.services.document.undo_stack.undo()
    assert studio.composition.title == "First"
    save_again(studio, qtbot)
    assert "has been changed since" in studio.message
    assert read_midi(path).title == "Second"


def test_an_export_over_its_own_file_is_known_to_it(
    studio: Studio, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "a.mid"
    saved(studio, qtbot, path)
    studio.window.commands.export.trigger()
    settle(studio, qtbot)
    save_again(studio, qtbot)
    assert studio.message.startswith("Saved a.mid")


@pytest.mark.parametrize("command", ["save_as", "export"])
def test_a_pipe_is_not_replaced(studio: Studio, qtbot: QtBot, tmp_path: Path, command: str) -> None:
    path = tmp_path / "a.mid"
    os.mkfifo(path)
    studio.services.document.begin(scale(), "Record", saved=False)
    studio.dialogs.save_path = path
    getattr(studio.window.commands, command).trigger()
    settle(studio, qtbot)
    assert "it is a pipe, not a file; choose another place." in studio.message
    assert path.is_fifo()
    assert studio.window.isWindowModified()


# -- in order ----------------------------------------------------------------------------------


def test_a_large_piece_saved_before_a_small_one_does_not_stay_on_the_disk(
    studio: Studio, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "a.mid"
    notes = tuple(Note(4 * beat, 60, 4) for beat in range(4000))
    large = Composition((Track("", 0, notes),), title="Large")
    studio.dialogs.save_path = path
    for round_ in range(4):
        studio.services.document.begin(large, "Record", saved=False)
        studio.window.commands.save_as.trigger()
        # As quick as a person can be, or quicker.
        studio.services.document.replace(scale(f"Small {round_}"), "Change")
        studio.window.commands.save_as.trigger()
        settle(studio, qtbot)
        assert read_midi(path).title == f"Small {round_}"
        assert not studio.window.isWindowModified()


def test_who_saves_and_saves_is_told_of_the_newest(
    studio: Studio, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, slow, written = Event(), Event(), []

    def write(piece: Composition, path: Path, mix: PieceMix, **settings: Any) -> Any:
        begun.set()
        slow.wait(60)
        written.append(piece.title)
        return write_midi(piece, path, mix, **settings)

    monkeypatch.setattr("composer_app.studio.files.saving_controller.write_midi", write)
    studio.dialogs.save_path = tmp_path / "a.mid"
    studio.services.document.begin(scale("1"), "Record", saved=False)
    studio.window.commands.save_as.trigger()
    assert begun.wait(60)
    for title in ("2", "3", "4"):
        studio.services.document.replace(scale(title), "Change")
        studio.window.commands.save_as.trigger()
    slow.set()
    settle(studio, qtbot)
    # A state that would be replaced at once is not written.
    assert written == ["1", "4"]
    assert read_midi(tmp_path / "a.mid").title == "4"
    assert not studio.window.isWindowModified()


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
    # And what to do about it is at hand.
    studio.dialogs.save_path = tmp_path / "piece.mid"
    click(studio, qtbot, "Save As…")
    assert not studio.window.isWindowModified()


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


# -- projects ----------------------------------------------------------------------------------


def test_a_project_keeps_takes_locks_and_loop(studio: Studio, qtbot: QtBot, tmp_path: Path) -> None:
    path, document = tmp_path / "evening.composer", studio.services.document
    studio.window.show()
    qtbot.waitUntil(lambda: studio.window.running and not studio.at_work)
    document.begin(scale(), "Record", saved=False)
    for seed in (1, 2):
        studio.window.generate_panel.seed.setValue(seed)
        studio.window.commands.generate.trigger()
        qtbot.waitUntil(lambda: not studio.window.generation.busy)
    document.set_locks(Locks(np.ones((4, 4), np.bool_)), "Lock")
    studio.window.loop.set_region(0.0, 8.0)
    studio.dialogs.save_path = path
    studio.window.commands.save.trigger()
    settle(studio, qtbot)
    assert studio.dialogs.suggestions == ["Scale.composer"]
    assert studio.message == f"Saved evening.composer in {tmp_path}."
    assert not studio.window.isWindowModified()
    before = document.piece
    studio.window.commands.new.trigger()
    assert (document.takes, document.loop) == ((), None)
    studio.window.files.open(path)
    settle(studio, qtbot)
    assert document.composition == before.composition
    assert (document.locks, document.loop) == (before.locks, (0.0, 8.0))
    assert [take.recipe.settings.seed for take in document.takes] == [1, 2]
    assert document.take is document.takes[1]
    assert studio.window.loop.region == (0.0, 8.0)
    assert not studio.window.isWindowModified()
    # What is decided later is saved there without asking.
    document.set_locks(Locks.none(), "Let Go")
    assert studio.window.isWindowModified()
    studio.window.commands.save.trigger()
    settle(studio, qtbot)
    assert not read_project(path).locks
    assert len(studio.dialogs.suggestions) == 1


def test_a_midi_file_of_ours_is_saved_as_one(studio: Studio, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "tune.mid"
    studio.services.document.begin(scale(), "Record", saved=False)
    studio.dialogs.save_path = path
    for _ in range(2):
        studio.window.commands.save_as.trigger()
        settle(studio, qtbot)
    assert studio.dialogs.suggestions == ["Scale.composer", "tune.mid"]
    assert read_midi(path) == scale()
