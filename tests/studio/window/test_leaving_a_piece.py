"""Another piece comes while something is under way: a recording, step input, playing, a loop."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from composer_app.music.midi.file import read_midi, write_midi
from composer_app.music.mix import TrackMix
from composer_app.project.project_file import read_project
from composer_app.studio.recording.recording_controller import RecordingState
from tests.studio.support import Studio, open_studio, scale

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def studio(qtbot: QtBot, tmp_path: Path) -> Iterator[Studio]:
    with open_studio(tmp_path / "data") as result:
        window = result.window
        window.recording._timer.setInterval(1_000_000)
        window.show()
        qtbot.waitUntil(lambda: window.generate_panel.model_name != "")
        result.services.sound._take((result.sink, None))
        window.activateWindow()
        window.roll.setFocus()
        qtbot.waitUntil(window.roll.hasFocus)
        yield result


def play_note(studio: Studio, pitch: int = 67) -> None:
    studio.clock.now += 0.3
    studio.services.live.note_on(pitch, 80)
    studio.clock.now += 0.6
    studio.services.live.note_off(pitch)


def record(studio: Studio, *pitches: int) -> None:
    """Press Record, wait until it has counted in, and play."""
    studio.window.commands.record.trigger()
    studio.clock.now += 0.05 - studio.window.recording.position * 0.15
    studio.window.recording.tick()
    assert studio.window.recording.state is RecordingState.RECORDING
    for pitch in pitches:
        play_note(studio, pitch)


def pitches(studio: Studio) -> list[int]:
    return [note.pitch for note in studio.composition.melody().notes]


def midi_file(tmp_path: Path) -> Path:
    path = tmp_path / "tune.mid"
    write_midi(scale(title=""), path)
    return path


def wait_for_tune(studio: Studio, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: studio.services.document.path is not None)


def open_file(studio: Studio, qtbot: QtBot, tmp_path: Path) -> None:
    studio.dialogs.open_path = midi_file(tmp_path)
    studio.window.commands.open.trigger()
    wait_for_tune(studio, qtbot)


def drop_file(studio: Studio, qtbot: QtBot, tmp_path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(midi_file(tmp_path)))])
    rest = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton)
    studio.window.dropEvent(QDropEvent(QPointF(9, 9), *rest, Qt.KeyboardModifier.NoModifier))
    wait_for_tune(studio, qtbot)


def open_recent(studio: Studio, qtbot: QtBot, tmp_path: Path) -> None:
    studio.services.settings.remember_file(midi_file(tmp_path))
    menu = studio.window.menus._recent
    menu.aboutToShow.emit()
    menu.actions()[0].trigger()
    wait_for_tune(studio, qtbot)


def open_sample(studio: Studio, qtbot: QtBot, tmp_path: Path) -> None:
    studio.window.files.open_sample("twinkle")


def new(studio: Studio, qtbot: QtBot, tmp_path: Path) -> None:
    studio.window.commands.new.trigger()


def bring_back(studio: Studio, qtbot: QtBot, tmp_path: Path) -> None:
    folder = studio.services.settings.recovery_folder
    folder.mkdir(parents=True, exist_ok=True)
    write_midi(scale("Left over"), folder / "0123-0.mid")
    studio.window.bring_back.offer()
    bar = studio.window.message_bar

    def offered() -> list[QPushButton]:
        return [button for button in bar.action_buttons() if button.text() == "Bring Back"]

    qtbot.waitUntil(lambda: bool(offered()))
    offered()[0].click()
    qtbot.waitUntil(lambda: studio.composition.title == "Left over")


LEAVING = {
    call.__name__: call
    for call in (open_file, drop_file, open_recent, open_sample, new, bring_back)
}
Leave = Callable[[Studio, QtBot, Path], None]


@pytest.mark.parametrize("leave", LEAVING.values(), ids=LEAVING)
def test_a_recording_is_kept_in_the_piece_that_is_left(
    studio: Studio, qtbot: QtBot, tmp_path: Path, leave: Leave
) -> None:
    studio.services.document.begin(scale("Before"), "Open")
    record(studio, 67, 69)
    leave(studio, qtbot, tmp_path)
    assert not studio.window.recording.active
    assert not studio.window.commands.record.isChecked()
    there = studio.composition
    assert there.title != "Recording"
    # What is played from now on changes nothing.
    play_note(studio)
    studio.window.recording.tick()
    assert studio.composition == there
    assert studio.window.roll.composition == there
    studio.services.document.undo()
    assert pitches(studio) == [67, 69]
    studio.services.document.undo()
    assert studio.composition.title == "Before"


def test_that_a_recording_was_kept_is_said(studio: Studio, qtbot: QtBot, tmp_path: Path) -> None:
    for leave in (open_file, open_sample, new):
        record(studio, 67)
        leave(studio, qtbot, tmp_path)
        assert "in place of what you were recording." in studio.message
        buttons = studio.window.message_bar.action_buttons()
        assert [button.text() for button in buttons] == ["Undo"]
    record(studio)
    new(studio, qtbot, tmp_path)
    assert "recording" not in studio.message


def test_a_recording_is_kept_though_a_crash_follows(
    studio: Studio, qtbot: QtBot, tmp_path: Path
) -> None:
    record(studio, 67, 69)
    open_file(studio, qtbot, tmp_path)
    assert studio.services.recovery.finish() is None
    kept = list((tmp_path / "data" / "recovery").glob("*.composer"))
    (notes,) = (read_project(path).composition.melody().notes for path in kept)
    assert [note.pitch for note in notes] == [67, 69]


def test_a_file_that_cannot_be_opened_does_not_end_a_recording(
    studio: Studio, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "bad.mid"
    path.write_bytes(b"no music")
    record(studio, 67)
    studio.window.files.open(path)
    qtbot.waitUntil(lambda: not studio.services.jobs.busy)
    assert studio.window.recording.active
    play_note(studio, 69)
    studio.window.commands.record.trigger()
    assert pitches(studio) == [67, 69]


@pytest.mark.parametrize("leave", LEAVING.values(), ids=LEAVING)
def test_a_count_in_ends_and_changes_nothing(
    studio: Studio, qtbot: QtBot, tmp_path: Path, leave: Leave
) -> None:
    studio.services.document.begin(scale("Before"), "Open")
    studio.window.commands.record.trigger()
    assert studio.window.recording.state is RecordingState.COUNTING_IN
    leave(studio, qtbot, tmp_path)
    assert not studio.window.recording.active
    assert studio.window.roll.composition == studio.composition
    studio.services.document.undo()
    assert studio.composition.title == "Before"


def test_capture_and_record_end_a_recording(studio: Studio) -> None:
    for end in (studio.window.commands.capture, studio.window.commands.record):
        record(studio, 60)
        end.trigger()
        assert not studio.window.recording.active
        assert pitches(studio) == [60]


def test_undo_gives_up_a_recording_and_redo_brings_it_back(studio: Studio) -> None:
    undo, redo = studio.window.commands.undo, studio.window.commands.redo
    studio.services.document.begin(scale("Before"), "Open")
    record(studio, 67)
    assert (undo.text(), undo.isEnabled(), redo.isEnabled()) == ("&Undo Recording", True, False)
    QTest.keyClick(studio.window.roll, Qt.Key.Key_Z, CONTROL)
    assert not studio.window.recording.active
    assert studio.composition.title == "Before"
    assert (undo.text(), redo.text()) == ("&Undo Open", "&Redo Record")
    QTest.keyClick(studio.window.roll, Qt.Key.Key_Y, CONTROL)
    assert pitches(studio) == [67]
    # Where nothing was played, there is nothing to be given up but the recording itself.
    record(studio)
    QTest.keyClick(studio.window.roll, Qt.Key.Key_Z, CONTROL)
    assert not studio.window.recording.active
    assert pitches(studio) == [67]


def test_closing_keeps_a_recording(qtbot: QtBot, tmp_path: Path) -> None:
    with open_studio(tmp_path) as studio:
        studio.window.recording._timer.setInterval(1_000_000)
        record(studio, 67, 69)
    with open_studio(tmp_path) as studio:
        found = studio.services.recovery.look().piece.composition
        assert [note.pitch for note in found.melody().notes] == [67, 69]


@pytest.mark.parametrize("command", ["save", "save_as", "export"])
def test_what_is_being_recorded_is_saved_with_the_piece(
    studio: Studio, qtbot: QtBot, tmp_path: Path, command: str
) -> None:
    studio.dialogs.save_path = path = tmp_path / "saved.mid"
    record(studio, 67, 69)
    studio.window.commands.by_name[command].trigger()
    qtbot.waitUntil(path.exists)
    assert [note.pitch for note in read_midi(path).melody().notes] == [67, 69]


def test_nothing_shows_the_old_piece_while_a_melody_is_recorded(studio: Studio) -> None:
    studio.services.document.begin(scale(), "Open")
    record(studio, 67)
    # Another instrument is an edit of the piece.
    studio.window.mixer.programChosen.emit(0, 73)
    assert studio.window.roll.composition.note_count == 0
    assert not studio.window.commands.generate.isEnabled()
    assert studio.window.generate_panel.reason == "A melody is being recorded."
    studio.window.commands.record.trigger()
    assert pitches(studio) == [67]
    assert studio.window.commands.generate.isEnabled()


# -- playing, looping, mixing, step input ----------------------------------------------------


@pytest.mark.parametrize("leave", LEAVING.values(), ids=LEAVING)
def test_playing_and_loop_end_with_the_piece(
    studio: Studio, qtbot: QtBot, tmp_path: Path, leave: Leave
) -> None:
    window = studio.window
    studio.services.document.begin(scale("Before"), "Open")
    window.loop.set_region(0.0, 8.0)
    studio.services.document.set_track_mix(0, TrackMix(solo=True))
    window.transport.seek(2.0)
    window.commands.play.trigger()
    studio.clock.now += 0.3
    window.playback.tick()
    assert window.playback.playing
    leave(studio, qtbot, tmp_path)
    assert not window.playback.playing
    assert not window.commands.play.isChecked()
    assert not studio.services.player.playing
    assert (window.playback.position, window.roll.playhead) == (0.0, 0.0)
    assert window.transport_bar.position_text == "001.1.1"
    assert (window.playback.loop, window.commands.loop.isChecked()) == (None, False)
    assert not window.playback.mix.track(0).solo
    studio.sink.render()
    assert studio.sink.sounding == set()


def test_an_edit_of_the_piece_that_plays_does_not_end_it(studio: Studio) -> None:
    studio.services.document.begin(scale("Before"), "Open")
    studio.window.commands.play.trigger()
    studio.window.mixer.programChosen.emit(0, 73)
    studio.services.document.undo()
    assert studio.window.playback.playing


@pytest.mark.parametrize("leave", LEAVING.values(), ids=LEAVING)
def test_step_input_ends_with_the_piece(
    studio: Studio, qtbot: QtBot, tmp_path: Path, leave: Leave
) -> None:
    studio.services.document.begin(scale("Before"), "Open")
    studio.window.commands.step_input.trigger()
    play_note(studio)
    leave(studio, qtbot, tmp_path)
    there = studio.composition
    play_note(studio)
    assert studio.composition == there
    assert not studio.window.tools.step_bar.isVisible()
