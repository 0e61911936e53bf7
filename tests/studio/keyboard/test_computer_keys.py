"""Letters play whatever has the focus; shortcuts and text fields keep what is theirs."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.studio.support import Studio, open_studio, scale


@pytest.fixture
def studio(qtbot: QtBot, tmp_path: Path) -> Iterator[Studio]:
    with open_studio(tmp_path) as result:
        result.services.document.begin(scale(), "Open")
        result.window.show()
        qtbot.waitUntil(lambda: result.window.generate_panel.model_name != "")
        result.window.activateWindow()
        yield result


def focus(studio: Studio, qtbot: QtBot, widget: QWidget) -> QWidget:
    widget.setFocus()
    qtbot.waitUntil(widget.hasFocus)
    return widget


def played(studio: Studio, qtbot: QtBot, widget: QWidget, key: Qt.Key) -> list[int]:
    """Pitches that pressing and releasing ``key`` on ``widget`` strikes."""
    pitches: list[int] = []
    released: list[int] = []
    studio.window.keyboard.noteOn.connect(lambda pitch, _: pitches.append(pitch))
    studio.window.keyboard.noteOff.connect(released.append)
    QTest.keyPress(widget, key)
    QTest.keyRelease(widget, key)
    if pitches:
        qtbot.waitUntil(lambda: released == pitches)
    return pitches


@pytest.mark.parametrize("place", ["roll", "creativity", "instrument", "tempo"])
def test_letters_play_wherever_the_focus_is(studio: Studio, qtbot: QtBot, place: str) -> None:
    window = studio.window
    widget = {
        "roll": window.roll,
        "creativity": window.generate_panel.creativity,
        "instrument": window.mixer.strips[0].instrument,
        "tempo": window.transport_bar.tempo,
    }[place]
    program = window.mixer.strips[0].instrument.program
    focus(studio, qtbot, widget)
    assert played(studio, qtbot, widget, Qt.Key.Key_Q) == [60]
    assert window.mixer.strips[0].instrument.program == program


def test_digits_are_typed_into_number_fields(studio: Studio, qtbot: QtBot) -> None:
    seed = focus(studio, qtbot, studio.window.generate_panel.seed)
    studio.window.generate_panel.seed.selectAll()
    assert played(studio, qtbot, seed, Qt.Key.Key_2) == []
    assert studio.window.generate_panel.settings.seed == 2


def test_r_plays_while_letters_play_and_records_while_they_do_not(
    studio: Studio, qtbot: QtBot
) -> None:
    roll = focus(studio, qtbot, studio.window.roll)
    assert played(studio, qtbot, roll, Qt.Key.Key_R) == [65]
    assert not studio.window.recording.active
    studio.window.commands.computer_keys.trigger()
    assert played(studio, qtbot, roll, Qt.Key.Key_R) == []
    assert studio.window.recording.active
    assert not studio.services.settings.computer_keys


def test_with_control_letters_are_commands(studio: Studio, qtbot: QtBot) -> None:
    focus(studio, qtbot, studio.window.roll)
    studio.window.mixer.programChosen.emit(0, 73)
    QTest.keyClick(studio.window.roll, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert studio.composition == scale()
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(studio.window.roll, Qt.Key.Key_Z, both)
    assert studio.composition.tracks[0].program == 73


def test_space_plays_except_on_a_button_reached_with_tab(studio: Studio, qtbot: QtBot) -> None:
    window = studio.window
    roll = focus(studio, qtbot, window.roll)
    QTest.keyClick(roll, Qt.Key.Key_Space)
    assert window.playback.playing
    QTest.keyClick(roll, Qt.Key.Key_Space)
    assert not window.playback.playing
    dice = window.generate_panel.roll_button
    before = window.generate_panel.settings.seed
    focus(studio, qtbot, dice)
    QTest.keyClick(dice, Qt.Key.Key_Space)
    assert not window.playback.playing
    assert window.generate_panel.settings.seed != before


def test_brackets_move_the_keyboard_by_octaves(studio: Studio, qtbot: QtBot) -> None:
    roll = focus(studio, qtbot, studio.window.roll)
    QTest.keyClick(roll, Qt.Key.Key_BracketRight)
    assert studio.window.keyboard.octave_shift == 12
    assert studio.window.keyboard_panel.range_text == "F3 – C6"
    assert played(studio, qtbot, roll, Qt.Key.Key_Q) == [72]
    for _ in range(5):
        QTest.keyClick(roll, Qt.Key.Key_BracketLeft)
    assert studio.window.keyboard.octave_shift == -24
    assert not studio.window.commands.octave_down.isEnabled()


def test_the_filter_goes_with_the_window(studio: Studio, qtbot: QtBot) -> None:
    stranger = QWidget()
    qtbot.addWidget(stranger)
    stranger.show()
    assert played(studio, qtbot, stranger, Qt.Key.Key_Q) == []
