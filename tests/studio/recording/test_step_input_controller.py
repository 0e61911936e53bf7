"""Notes entered one by one, into the real window."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from composer_app.live.recording.step_input import StepLength
from composer_app.studio.recording.step_input_bar import StepInputBar
from composer_app.studio.recording.step_input_controller import StepInputController
from tests.studio.support import Studio, open_studio, scale


@pytest.fixture
def studio(qtbot: QtBot, tmp_path: Path) -> Iterator[Studio]:
    with open_studio(tmp_path) as studio:
        yield studio


def bar(studio: Studio) -> StepInputBar:
    return studio.window.tools.step_bar


def steps(studio: Studio) -> StepInputController:
    return studio.window.tools.steps


def strike(studio: Studio, *pitches: int) -> None:
    for pitch in pitches:
        studio.services.live.note_on(pitch, 80)
        studio.services.live.note_off(pitch)


def melody(studio: Studio) -> list[tuple[int, int, int]]:
    return [(n.start, n.pitch, n.duration) for n in studio.composition.melody().notes]


def test_keys_enter_notes_only_while_it_is_on(studio: Studio) -> None:
    strike(studio, 60)
    assert melody(studio) == []
    studio.window.commands.step_input.trigger()
    assert bar(studio).isVisibleTo(studio.window)
    strike(studio, 60, 62)
    studio.window.commands.step_input.trigger()
    assert not bar(studio).isVisibleTo(studio.window)
    strike(studio, 64)
    assert melody(studio) == [(0, 60, 4), (4, 62, 4)]


def test_lengths_dots_rests_ties_and_back(studio: Studio) -> None:
    commands = studio.window.commands
    commands.step_input.trigger()
    strike(studio, 60)
    bar(studio).lengths[StepLength.EIGHTH].click()
    bar(studio).dotted.click()
    strike(studio, 62)
    bar(studio).dotted.click()
    commands.step_rest.trigger()
    strike(studio, 64)
    commands.step_tie.trigger()
    assert melody(studio) == [(0, 60, 4), (4, 62, 3), (9, 64, 4)]
    assert steps(studio).cursor == 13
    commands.step_back.trigger()
    assert melody(studio) == [(0, 60, 4), (4, 62, 3)]
    assert steps(studio).cursor == 9
    assert bar(studio)._position.text() == "Next: bar 1, beat 3, sixteenth 2"


def test_a_sixteenth_has_no_dot(studio: Studio) -> None:
    studio.window.commands.step_input.trigger()
    bar(studio).dotted.click()
    bar(studio).lengths[StepLength.SIXTEENTH].click()
    assert not bar(studio).dotted.isEnabled()
    assert steps(studio).length == 1
    bar(studio).lengths[StepLength.HALF].click()
    assert steps(studio).length == 12


def test_each_note_is_a_step_of_undo_and_the_cursor_follows(studio: Studio) -> None:
    stack = studio.services.document.undo_stack
    studio.window.commands.step_input.trigger()
    strike(studio, 60)
    studio.window.commands.step_rest.trigger()
    strike(studio, 62)
    assert steps(studio).cursor == 12
    stack.undo()
    assert melody(studio) == [(0, 60, 4)]
    assert steps(studio).cursor == 8
    strike(studio, 64)
    assert melody(studio) == [(0, 60, 4), (8, 64, 4)]


def test_it_goes_on_where_a_melody_ends_or_the_ruler_is_clicked(studio: Studio) -> None:
    studio.services.document.begin(scale(), "Open")
    studio.window.commands.step_input.trigger()
    strike(studio, 67)
    assert melody(studio)[-1] == (16, 67, 4)
    studio.window.roll.seekRequested.emit(4.3)
    strike(studio, 69)
    assert melody(studio)[:3] == [(0, 60, 4), (4, 69, 4), (8, 64, 4)]


def test_it_ends_when_another_piece_begins(studio: Studio) -> None:
    for leave in (
        lambda: studio.services.document.begin(scale(), "Open"),
        studio.services.document.undo,
        studio.services.document.redo,
    ):
        studio.window.commands.step_input.trigger()
        leave()
        assert not studio.window.commands.step_input.isChecked()
        there = studio.composition
        strike(studio, 67)
        assert studio.composition == there


def test_recording_ends_it(studio: Studio) -> None:
    studio.window.commands.step_input.trigger()
    studio.window.commands.record.trigger()
    assert not studio.window.commands.step_input.isChecked()
    assert not steps(studio).on
    studio.clock.now += 9.0
    strike(studio, 60)
    assert studio.composition.note_count == 0


def test_its_commands_rest_while_it_is_off(studio: Studio) -> None:
    commands = studio.window.commands
    entering = (commands.step_rest, commands.step_tie, commands.step_back)
    assert not any(action.isEnabled() for action in entering)
    commands.step_input.trigger()
    assert all(action.isEnabled() for action in entering)


def test_lengths_have_keys(studio: Studio, qtbot: QtBot) -> None:
    studio.window.show()
    studio.window.activateWindow()
    studio.window.commands.step_input.trigger()
    qtbot.waitUntil(studio.window.isActiveWindow)
    qtbot.keyClick(studio.window, Qt.Key.Key_5, Qt.KeyboardModifier.ControlModifier)
    assert steps(studio).length == 1
    qtbot.keyClick(studio.window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(studio.window, Qt.Key.Key_6, Qt.KeyboardModifier.ControlModifier)
    assert steps(studio).length == 12
