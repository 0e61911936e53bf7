"""Generating while somebody presses, cancels, plays and opens other pieces, in the real window."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton
from pytestqt.qtbot import QtBot

from composer_app.generation.generator import MAX_BARS, Generated
from composer_app.music.composition import Composition
from composer_app.music.controls import Control
from composer_app.music.harmony.chords import Chord, ChordSymbol
from composer_app.music.harmony.key_changes import KeyChange
from composer_app.music.melody import Melody
from composer_app.music.midi.file import write_midi
from composer_app.music.note import Note
from composer_app.music.pitch import Key
from composer_app.music.texts import Text
from composer_app.studio.document.selection import Selection
from composer_app.studio.window.main_window import MainWindow
from tests.generation.fake_generator import FakeGenerator
from tests.studio.support import FAKE_MODEL, Studio, open_studio, scale

CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


class SlowGenerator(FakeGenerator):
    """Writes when it is told to, or is cancelled."""

    def __init__(self) -> None:
        super().__init__()
        self.may_go_on = Event()

    def generate(self, *arguments: Any, **named: Any) -> Generated:
        progress = named.get("progress", arguments[4] if len(arguments) > 4 else None)
        while not self.may_go_on.wait(0.01):
            if progress is not None and not progress(0.3):
                break
        return super().generate(*arguments, **named)


class Rig:
    """A studio whose generator waits."""

    def __init__(self, studio: Studio, generator: SlowGenerator, qtbot: QtBot) -> None:
        self.studio = studio
        self.window = studio.window
        self.panel = studio.window.generate_panel
        self.generator = generator
        self._qtbot = qtbot

    def finish(self) -> None:
        self.generator.may_go_on.set()
        self.wait()

    def wait(self) -> None:
        self._qtbot.waitUntil(lambda: not self.panel.busy and not self.studio.services.worker.busy)


@pytest.fixture
def rig(qtbot: QtBot, tmp_path: Path) -> Iterator[Rig]:
    generator = SlowGenerator()
    with open_studio(tmp_path, load=lambda _: generator) as studio:
        window = studio.window
        window.show()
        qtbot.waitUntil(lambda: window.generate_panel.model_name != "")
        studio.services.document.begin(scale(), "Open")
        window.activateWindow()
        window.roll.setFocus()
        qtbot.waitUntil(window.roll.hasFocus)
        yield Rig(studio, generator, qtbot)
        generator.may_go_on.set()


def press(button: Callable[[MainWindow], QAbstractButton]) -> Callable[[Rig], None]:
    return lambda rig: QTest.mouseClick(button(rig.window), Qt.MouseButton.LeftButton)


PRESSES = {
    "Generate": press(lambda window: window.generate_panel.button),
    "Ctrl+G": lambda rig: QTest.keyClick(rig.window.roll, Qt.Key.Key_G, CONTROL),
    "Ctrl+Return": lambda rig: QTest.keyClick(rig.window.roll, Qt.Key.Key_Return, CONTROL),
    "Improve": press(lambda window: window.generate_panel.control.improve),
    "Ctrl+I": lambda rig: QTest.keyClick(rig.window.roll, Qt.Key.Key_I, CONTROL),
    "Generate only this": press(lambda window: window.selection.bar.buttons[-1]),
    "Ctrl+Shift+G": lambda rig: QTest.keyClick(rig.window.roll, Qt.Key.Key_G, CONTROL | SHIFT),
}


@pytest.mark.parametrize("name", PRESSES)
def test_a_second_press_is_not_a_cancel(rig: Rig, name: str) -> None:
    if name != "Generate":
        # There must be something to improve, and a selection.
        rig.window.commands.generate.trigger()
        rig.finish()
        rig.generator.may_go_on.clear()
        rig.panel.seed.setValue(7)
        rig.window.generate_panel.control.toggle.setChecked(True)
        rig.window.roll.set_selection(Selection.of_bars(rig.studio.composition, 0, 0))
    before, calls = rig.studio.composition, len(rig.generator.calls)
    undo = rig.studio.services.document.undo_stack.count()
    for _ in range(3):
        PRESSES[name](rig)
        assert rig.panel.busy
    rig.finish()
    assert len(rig.generator.calls) == calls + 1
    assert rig.studio.composition != before
    assert rig.studio.services.document.undo_stack.count() == undo + 1
    assert not rig.studio.message.startswith("Cancelled")


def test_the_key_and_what_the_melody_says_besides_notes_stay(rig: Rig) -> None:
    document = rig.studio.services.document
    bend, words = Control(0, "bend", 0, 9), (Text(0, "lyrics", "La "),)
    tune = replace(scale().tracks[0], controls=(bend,), texts=words)
    document.begin(replace(scale(), tracks=(tune,), keys=(KeyChange(0, Key(3)),)), "Open")
    rig.window.commands.generate.trigger()
    rig.finish()
    made = rig.studio.composition
    assert made.key_signature == Key(3)
    assert rig.generator.calls[-1][-1].keys == (KeyChange(0, Key(3)),)
    assert [(each.controls, each.texts) for each in made.tracks] == [
        ((bend,), words),
        *(3 * [((), ())]),
    ]


def test_the_chord_symbols_of_the_piece_are_asked_for(rig: Rig) -> None:
    document = rig.studio.services.document
    symbols = (ChordSymbol(0, Chord.of_name(0, "maj")), ChordSymbol(1920, Chord.of_name(7, "7")))
    document.begin(replace(scale(), chords=symbols), "Open")
    rig.window.commands.generate.trigger()
    rig.finish()
    *_, settings = rig.generator.calls[-1]
    assert settings.chords.symbols == symbols
    assert rig.studio.composition.chords == symbols


def test_the_progress_line_comes_after_a_while_and_goes(rig: Rig, qtbot: QtBot) -> None:
    line = rig.panel.progress
    rig.window.commands.generate.trigger()
    assert not line.isVisible()
    qtbot.waitUntil(line.isVisible)
    # A press that comes late is answered.
    rig.window.commands.generate.trigger()
    assert rig.studio.message == "Still generating: wait for it, or cancel it."
    rig.finish()
    assert not line.isVisible()
    assert len(rig.studio.composition.tracks) == 4


CANCELS = {
    "Cancel": press(lambda window: window.generate_panel.progress.cancel),
    "the menu": lambda rig: rig.window.commands.cancel.trigger(),
    "Esc": lambda rig: QTest.keyClick(rig.window.roll, Qt.Key.Key_Escape),
}


@pytest.mark.parametrize("name", CANCELS)
def test_cancel_leaves_everything_as_it_was(rig: Rig, qtbot: QtBot, name: str) -> None:
    chosen = Selection.everything(rig.studio.composition)
    rig.window.roll.set_selection(chosen)
    rig.window.transport.seek(4.0)
    assert not rig.window.commands.cancel.isEnabled()
    rig.window.commands.generate.trigger()
    qtbot.waitUntil(rig.panel.progress.isVisible)
    CANCELS[name](rig)
    rig.wait()
    assert rig.studio.composition == scale()
    assert rig.studio.message.startswith("Cancelled")
    assert not rig.window.commands.cancel.isEnabled()
    assert (rig.window.roll.selection, rig.window.playback.position) == (chosen, 4.0)


def test_escape_stops_what_plays_before_it_cancels(rig: Rig) -> None:
    rig.window.commands.generate.trigger()
    rig.window.commands.play.trigger()
    QTest.keyClick(rig.window.roll, Qt.Key.Key_Escape)
    assert not rig.window.playback.playing
    assert rig.panel.busy
    QTest.keyClick(rig.window.roll, Qt.Key.Key_Escape)
    rig.wait()
    assert rig.studio.message.startswith("Cancelled")


@pytest.mark.parametrize("leave", ["begin", "undo", "redo"])
def test_another_piece_ends_what_is_written_for_the_one_before(rig: Rig, leave: str) -> None:
    document = rig.studio.services.document
    document.begin(scale("Other"), "Open")
    if leave == "redo":
        document.undo()
    there = rig.studio.composition
    rig.window.commands.generate.trigger()
    assert rig.panel.busy
    {
        "begin": lambda: document.begin(scale("Third"), "Open"),
        "undo": document.undo,
        "redo": document.redo,
    }[leave]()
    assert rig.studio.composition.title != there.title
    assert not rig.panel.busy
    # What is generated now is for the piece that is there.
    title = rig.studio.composition.title
    rig.window.commands.generate.trigger()
    rig.finish()
    assert (rig.studio.composition.title, len(rig.studio.composition.tracks)) == (title, 4)
    assert not rig.studio.message.startswith("Cancelled")


# -- what is said of it ----------------------------------------------------------------------


def long_piece(bars: int) -> Composition:
    return Composition.from_melody(Melody(tuple(Note(16 * bar, 60, 16) for bar in range(bars))))


TOO_LONG = (
    f"The melody has 1200 bars and Composer harmonises up to {MAX_BARS}: delete what comes after"
    f" bar {MAX_BARS}, or take a shorter piece."
)


def said(studio: Studio) -> str:
    """All that the bar shows: a message, perhaps with the hint after it, or the hint alone."""
    return studio.message or studio.window.message_bar.hint


def test_what_is_too_long_is_not_said_to_be_ready(qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "long.mid"
    write_midi(long_piece(1200), path)
    with open_studio(tmp_path / "data") as studio:
        studio.window.show()
        qtbot.waitUntil(lambda: studio.window.generate_panel.model_name != "")
        studio.window.files.open(path)
        qtbot.waitUntil(lambda: studio.composition.note_count > 0)
        assert not studio.window.generate_panel.button.isEnabled()
        assert said(studio) == f"Opened long.mid. {TOO_LONG}"
        # What it says to do helps.
        roll = studio.window.roll
        roll.set_selection(Selection.of_bars(studio.composition, MAX_BARS * 16, 1199 * 16))
        studio.window.commands.delete.trigger()
        assert studio.window.generate_panel.button.isEnabled()
        assert "Press Generate" in said(studio)


def test_without_a_model_nothing_says_press_generate(qtbot: QtBot, tmp_path: Path) -> None:
    with open_studio(tmp_path, models=()) as studio:
        studio.window.files.open_sample("twinkle")
        assert "ress Generate" not in said(studio)
        studio.window.show()
        qtbot.waitUntil(lambda: "No model" in studio.window.generate_panel.reason)
        studio.window.files.open_sample("twinkle")
        assert said(studio).endswith("No model that works is installed.")
        studio.services.live.note_on(60, 80)
        studio.clock.now += 1
        studio.services.live.note_off(60)
        for command in (studio.window.commands.capture, studio.window.commands.record):
            command.trigger()
            if studio.window.recording.active:
                studio.clock.now += 9
                studio.services.live.note_on(60, 80)
                studio.clock.now += 1
                command.trigger()
            assert said(studio).endswith("No model that works is installed.")
            assert "ress Generate" not in said(studio)
        studio.window.commands.confidence.setChecked(True)
        assert "ress Generate" not in said(studio)


def test_with_a_model_they_do(rig: Rig) -> None:
    assert FAKE_MODEL.name == rig.panel.model_name
    rig.window.files.open_sample("twinkle")
    assert "Press Generate" in said(rig.studio)
