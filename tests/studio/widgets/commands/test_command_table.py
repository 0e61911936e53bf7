"""One table of commands: no key and no mnemonic twice, and what is shown is what works."""

import re
import runpy
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QGroupBox,
    QLabel,
    QMenu,
    QMenuBar,
    QMessageBox,
    QTabBar,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from composer_app.studio.document.selection import Selection
from composer_app.studio.widgets.commands.command_table import (
    COMMANDS,
    IN_ROLL,
    ON_KEYBOARD,
    working_keys,
    works,
)
from composer_app.studio.widgets.commands.keyboard_letters import LETTERS
from tests.studio.support import Studio, open_studio, scale


@pytest.fixture
def studio(qtbot: QtBot, tmp_path: Path) -> Iterator[Studio]:
    with open_studio(tmp_path) as result:
        window = result.window
        result.services.document.begin(scale("Q & A"), "Open")
        window.show()
        qtbot.waitUntil(lambda: window.generate_panel.model_name != "")
        window.activateWindow()
        window.roll.setFocus()
        qtbot.waitUntil(window.roll.hasFocus)
        yield result


# -- keys ------------------------------------------------------------------------------------


@pytest.mark.parametrize("letters", [True, False], ids=["letters on", "letters off"])
def test_no_key_is_given_twice(letters: bool) -> None:
    keys = Counter(
        chain.from_iterable(working_keys(each, letters=letters) for each in COMMANDS.values())
    )
    keys.update(chain.from_iterable(use.keys for use in IN_ROLL))
    if letters:
        keys.update(list(LETTERS))
    assert [key for key, count in keys.items() if count > 1] == []
    # On the keyboard that is painted the arrows have no other meaning to give up.
    commands = set(chain.from_iterable(command.keys for command in COMMANDS.values()))
    assert commands.isdisjoint(chain.from_iterable(use.keys for use in ON_KEYBOARD))


def test_keys_are_written_as_qt_writes_them() -> None:
    for name, command in COMMANDS.items():
        for key in command.keys:
            portable = QKeySequence(key).toString(QKeySequence.SequenceFormat.PortableText)
            assert portable == key, name


def test_every_command_that_has_a_key_keeps_one_while_letters_play() -> None:
    for name, command in COMMANDS.items():
        assert bool(working_keys(command, letters=True)) == bool(command.keys), name


def test_the_window_has_no_shortcut_of_its_own(studio: Studio) -> None:
    ours = set(studio.window.commands.by_name.values())
    assert set(studio.window.commands.by_name) == set(COMMANDS)
    for action in studio.window.findChildren(QAction):
        assert action in ours or not action.shortcuts(), action.text()


@pytest.mark.parametrize("letters", [True, False], ids=["letters on", "letters off"])
def test_every_key_does_what_is_said_of_it(studio: Studio, qtbot: QtBot, letters: bool) -> None:
    window = studio.window
    window.commands.computer_keys.setChecked(letters)
    done: list[str] = []
    struck: list[int] = []
    for name, action in window.commands.by_name.items():
        # Nothing is to happen but that the right one hears of it.
        action.triggered.disconnect()
        action.blockSignals(True)
        action.setEnabled(True)
        action.blockSignals(False)
        action.triggered.connect(lambda _=False, name=name: done.append(name))
    window.commands.step_input.toggled.disconnect()
    window.keyboard.noteOn.connect(lambda pitch, _: struck.append(pitch))
    released: list[int] = []
    window.keyboard.noteOff.connect(released.append)
    for name, command in COMMANDS.items():
        for key in command.keys:
            done.clear()
            struck.clear()
            for action in window.commands.by_name.values():
                action.setEnabled(True)
            QTest.keySequence(window.roll, QKeySequence(key))
            if works(key, letters=letters):
                assert (done, struck) == ([name], []), key
            else:
                assert (done, struck) == ([], [LETTERS[key]]), key
                qtbot.waitUntil(lambda: bool(released))


def test_tooltips_and_menus_show_the_key_that_works(studio: Studio) -> None:
    commands = studio.window.commands
    record = studio.window.transport_bar.record_button
    for letters, key in ((True, "Ctrl+R"), (False, "R"), (True, "Ctrl+R")):
        commands.computer_keys.setChecked(letters)
        assert record.toolTip() == f"Record a melody, or end the recording ({key})"
        for name, action in commands.by_name.items():
            shown = working_keys(COMMANDS[name], letters=letters)
            # A menu shows the first one.
            assert [key.toString() for key in action.shortcuts()] == list(shown), name
            named = re.search(r" \((.+)\)$", action.toolTip())
            assert (named[1] if named else "") == next(iter(shown), ""), name


def test_buttons_say_what_their_commands_say(studio: Studio) -> None:
    for button in studio.window.findChildren(QToolButton):
        action = button.defaultAction()
        if action is not None:
            assert button.toolTip() == action.toolTip()
    studio.window.commands.computer_keys.setChecked(False)
    shown = [button.toolTip() for button in studio.window.findChildren(QToolButton)]
    assert "Record a melody, or end the recording (R)" in shown


def test_play_is_pause_with_the_same_key(studio: Studio) -> None:
    play = studio.window.commands.play
    play.trigger()
    assert (play.text(), play.toolTip()) == ("&Pause", "Pause (Space)")
    play.trigger()
    assert (play.text(), play.toolTip()) == ("&Play", "Play (Space)")


# -- the guide -------------------------------------------------------------------------------


def test_the_guide_has_the_table(repository: Path) -> None:
    maker = runpy.run_path(str(repository / "docs" / "make_key_tables.py"))
    text = (repository / maker["GUIDE"]).read_text(encoding="utf-8")
    assert maker["with_key_tables"](text) == text, "run docs/make_key_tables.py"
    assert maker["key_tables"]() in text


@pytest.mark.parametrize("page", ["docs/user-guide.md", "README.md"])
def test_every_key_that_is_named_in_the_documentation_is_one(repository: Path, page: str) -> None:
    text = (repository / page).read_text(encoding="utf-8")
    known = set(chain.from_iterable(command.keys for command in COMMANDS.values()))
    known |= set(chain.from_iterable(use.keys for use in IN_ROLL))
    named = set(re.findall(r"\*\*((?:Ctrl|Alt|Shift)\+[^*\s]+)\*\*", text))
    assert named <= known
    if page.endswith("guide.md"):
        assert len(named) > 20


# -- mnemonics -------------------------------------------------------------------------------


def mnemonics(texts: list[str]) -> Counter[str]:
    shown = (QKeySequence.mnemonic(text).toString() for text in texts)
    return Counter(key for key in shown if key)


def texts_of(window: QWidget) -> list[str]:
    """Every text of ``window`` that Alt and a letter can lead to, hidden or not."""
    texts: list[str] = []
    widgets = [each for each in window.findChildren(QWidget) if each.window() is window]
    for widget in widgets:
        if isinstance(widget, QMenuBar):
            texts += [action.text() for action in widget.actions()]
        elif isinstance(widget, QTabBar):
            texts += [widget.tabText(index) for index in range(widget.count())]
        elif isinstance(widget, QLabel):
            texts += [widget.text()] if widget.buddy() else []
        elif isinstance(widget, QAbstractButton):
            texts.append(widget.text())
        elif isinstance(widget, QGroupBox):
            texts.append(widget.title())
    return texts


def twice(texts: list[str]) -> list[str]:
    return [key for key, count in mnemonics(texts).items() if count > 1]


def test_no_mnemonic_is_given_twice_in_a_window(studio: Studio, qtbot: QtBot) -> None:
    window = studio.window
    window.generate_panel.control.toggle.setChecked(True)
    window.commands.step_input.setChecked(True)
    window.roll.set_selection(Selection.everything(studio.composition))
    found = mnemonics(texts_of(window))
    assert {"Alt+F", "Alt+E", "Alt+P", "Alt+V", "Alt+H", "Alt+M", "Alt+C", "Alt+D"} <= set(found)
    assert twice(texts_of(window)) == []
    window.settings_dialog.open_sound()
    assert len(mnemonics(texts_of(window.settings_dialog))) >= 8
    assert twice(texts_of(window.settings_dialog)) == []
    window.commands.about.trigger()
    (about,) = window.findChildren(QMessageBox)
    assert twice(texts_of(about)) == []
    about.close()
    window.statistics_dock.toggle()
    assert twice(texts_of(window.statistics.window())) == []
    window.statistics_dock.toggle()


def test_no_mnemonic_is_given_twice_in_a_menu(studio: Studio) -> None:
    window = studio.window
    menus = [*window.findChildren(QMenu), window.selection.menu(), window.selection.voices]
    menus += [window.menus.samples, window.menus._recent, window.statistics.more.menu()]
    titles = set()
    for menu in menus:
        menu.aboutToShow.emit()
        titles.add(menu.title())
        texts = [action.text() for action in menu.actions()]
        assert twice(texts) == [], menu.title()
    assert {"&File", "&Edit", "&Play", "&View", "&Help", "&Quantize", "&Metronome"} <= titles
