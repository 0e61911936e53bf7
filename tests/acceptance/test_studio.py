"""From an empty window to a file with four tracks, through the widgets that a person uses."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from composer_app.generation.models.catalog import DEFAULT_MODEL, installed_models, load_generator
from composer_app.live.note_sink import LIVE_CHANNEL, track_channel
from composer_app.music.composition import VOICE_NAMES
from composer_app.music.midi.file import read_midi
from composer_app.music.note import Note
from composer_app.studio.recording.recording_controller import RecordingState
from tests.studio.support import Studio, open_studio

# Ode to Joy, in quarters at 100 BPM.
TUNE = (64, 64, 65, 67, 67, 65, 64, 62)
BEAT = 0.6
COUNT_IN = 4 * BEAT
LEAD = 0.1


@pytest.fixture
def studio(qtbot: QtBot, tmp_path: Path) -> Iterator[Studio]:
    """A window with the models that Composer ships."""
    with open_studio(tmp_path / "data", load=load_generator, models=installed_models()) as result:
        result.window.resize(1280, 800)
        result.window.show()
        qtbot.waitUntil(lambda: result.window.generate_panel.model_name == DEFAULT_MODEL)
        yield result


def key_centre(studio: Studio, pitch: int) -> QPoint:
    """A point on the painted key of ``pitch``, near its lower end: loud."""
    keyboard = studio.window.keyboard
    key = keyboard.geometry_of_keys().key(pitch)
    return QPoint(round(key.x + key.width / 2), keyboard.height() - 12)


def record_tune(studio: Studio, qtbot: QtBot) -> None:
    """Press Record, wait for the count-in, press painted keys in time, press Record again."""
    window, keyboard = studio.window, studio.window.keyboard
    begun = studio.clock.now
    qtbot.mouseClick(window.transport_bar.record_button, Qt.MouseButton.LeftButton)
    downbeat = begun + LEAD + COUNT_IN
    for beat, pitch in enumerate(TUNE):
        # A little late, as people are, and not quite legato.
        studio.clock.now = downbeat + beat * BEAT + 0.03
        window.recording.tick()
        QTest.mousePress(keyboard, Qt.MouseButton.LeftButton, pos=key_centre(studio, pitch))
        assert (LIVE_CHANNEL, pitch) in studio.sink.sounding
        studio.clock.now += BEAT * 0.95
        QTest.mouseRelease(keyboard, Qt.MouseButton.LeftButton, pos=key_centre(studio, pitch))
    assert window.recording.state is RecordingState.RECORDING
    qtbot.mouseClick(window.transport_bar.record_button, Qt.MouseButton.LeftButton)


def press_generate(studio: Studio, qtbot: QtBot) -> None:
    qtbot.mouseClick(studio.window.generate_panel.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not studio.window.generate_panel.busy, timeout=60_000)


def test_play_generate_listen_and_export(studio: Studio, qtbot: QtBot, tmp_path: Path) -> None:
    window = studio.window
    assert not window.generate_panel.button.isEnabled()

    record_tune(studio, qtbot)
    (melody,) = studio.composition.tracks
    assert [(note.start, note.pitch, note.duration) for note in melody.notes] == [
        (4 * beat, pitch, 4) for beat, pitch in enumerate(TUNE)
    ]
    assert len({note.velocity for note in melody.notes}) == 1
    assert melody.notes[0].velocity > 64

    press_generate(studio, qtbot)
    assert [track.name for track in studio.composition.tracks] == list(VOICE_NAMES)
    assert studio.composition.tracks[0].notes == melody.notes
    assert all(track.notes for track in studio.composition.tracks)
    assert window.roll.composition == studio.composition

    studio.sink.taken()
    qtbot.mouseClick(window.transport_bar.play_button, Qt.MouseButton.LeftButton)
    for _ in range(40):
        studio.clock.now += BEAT / 4
        QTest.qWait(7)
        window.playback.tick()
    assert not window.playback.playing
    struck = [(channel, pitch) for _, kind, channel, pitch in studio.sink.calls if kind == "on"]
    for index, track in enumerate(studio.composition.tracks):
        heard = [pitch for channel, pitch in struck if channel == track_channel(index)]
        assert sorted(heard) == sorted(note.pitch for note in track.notes)
    assert studio.sink.sounding <= {(9, 76), (9, 77)}, "only a click may ring on"

    path = tmp_path / "ode.mid"
    studio.dialogs.save_path = path
    window.commands.export.trigger()
    qtbot.waitUntil(lambda: studio.message.startswith("Exported"))
    written = read_midi(path)
    assert len(written.tracks) == 4
    assert written.tracks[0].notes == melody.notes
    assert written.tracks == studio.composition.tracks

    window.statistics.show()
    qtbot.waitUntil(lambda: window.statistics.picture is not None)


def test_the_same_seed_gives_the_same_piece_and_another_another(
    studio: Studio, qtbot: QtBot
) -> None:
    studio.window.files.open_sample("twinkle")
    press_generate(studio, qtbot)
    first = studio.composition
    studio.services.document.undo_stack.undo()
    press_generate(studio, qtbot)
    assert studio.composition == first
    qtbot.mouseClick(studio.window.generate_panel.roll_button, Qt.MouseButton.LeftButton)
    press_generate(studio, qtbot)
    assert studio.composition.tracks[0] == first.tracks[0]
    assert studio.composition.tracks[1:] != first.tracks[1:]


def test_generating_can_be_cancelled(studio: Studio, qtbot: QtBot) -> None:
    studio.window.files.open_sample("greensleeves")
    before = studio.composition
    panel = studio.window.generate_panel
    qtbot.mouseClick(panel.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(panel.progress.isVisible)
    qtbot.mouseClick(panel.progress.cancel, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not panel.busy, timeout=60_000)
    assert studio.composition == before
    assert studio.message.startswith("Cancelled")


def test_letters_and_a_midi_keyboard_are_recorded_alike(studio: Studio, qtbot: QtBot) -> None:
    window = studio.window
    studio.ports.names = ["Small Keys"]
    window.midi.choose("Small Keys")
    window.roll.setFocus()
    begun = studio.clock.now
    QTest.keyClick(window.roll, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    downbeat = begun + LEAD + COUNT_IN
    studio.clock.now = downbeat
    window.recording.tick()
    QTest.keyPress(window.roll, Qt.Key.Key_Q)
    studio.clock.now = downbeat + BEAT
    QTest.keyRelease(window.roll, Qt.Key.Key_Q)
    qtbot.waitUntil(lambda: (LIVE_CHANNEL, 60) not in studio.sink.sounding)
    studio.ports.send("note_on", 67, 100, downbeat + BEAT)
    studio.ports.send("note_off", 67, 0, downbeat + 2 * BEAT)
    studio.clock.now = downbeat + 3 * BEAT
    QTest.keyClick(window.roll, Qt.Key.Key_Escape)
    (track,) = studio.composition.tracks
    assert track.notes == (Note(0, 60, 4, track.notes[0].velocity), Note(4, 67, 4, 100))


def test_the_window_starts_in_a_process_of_its_own_and_closes(tmp_path: Path) -> None:
    code = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from composer_app.studio import app
exec_ = QApplication.exec
def brief():
    QTimer.singleShot(1500, QApplication.closeAllWindows)
    return exec_()
QApplication.exec = staticmethod(brief)
sys.exit(app.run([]))
"""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "HOME": str(tmp_path)}
    environment |= {"XDG_CONFIG_HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    log = tmp_path / "Composer" / "composer.log"
    lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
    # On a busy machine matplotlib says that looking for fonts the first time takes a while.
    assert [line for line in lines if "matplotlib.font_manager" not in line] == []
