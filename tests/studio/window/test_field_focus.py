"""Every field of the window gives the focus back, and lets commands work meanwhile."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QMenu,
    QSlider,
    QStyle,
    QStyleOptionSpinBox,
    QWidget,
)
from pytestqt.qtbot import QtBot

from composer_app.music.composition import Composition
from composer_app.music.editing.edits import with_tempo
from composer_app.studio.widgets.number_field import NumberField
from tests.studio.support import Studio, open_studio, scale

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def studio(qtbot: QtBot, tmp_path: Path) -> Iterator[Studio]:
    """A window in which everything that can be set is there and enabled."""
    with open_studio(tmp_path) as result:
        window = result.window
        result.services.document.begin(scale(), "Open")
        result.services.document.replace(scale("Named"), "Name")
        window.resize(1600, 1200)
        window.show()
        window.generate_panel.control.toggle.setChecked(True)
        qtbot.waitUntil(lambda: window.generate_panel.model_name != "")
        qtbot.waitUntil(lambda: window.statistics.likeness.styles.count() > 0)
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        yield result


def all_fields(window: QWidget) -> list[QWidget]:
    """Whatever takes keys for itself, hidden or not, but for what is in menus and dialogs."""
    found: list[QWidget] = []
    for kind in (QAbstractSpinBox, QComboBox, QSlider, QLineEdit):
        found += window.findChildren(kind)
    inside = [field for field in found if isinstance(field, QLineEdit)]
    inside = [line for line in inside if isinstance(line.parentWidget(), QAbstractSpinBox)]
    return [field for field in found if field.window() is window and field not in inside]


def each_field(studio: Studio, qtbot: QtBot) -> Iterator[QWidget]:
    """Every one of them in turn, with the focus."""
    window = studio.window
    missing = {id(field): field for field in all_fields(window)}
    assert len(missing) >= 14
    for likeness in (False, True):
        window.activateWindow()
        window.statistics.show_page(likeness=likeness)
        for field in [field for field in missing.values() if field.isVisible()]:
            del missing[id(field)]
            if field.isEnabled():
                field.setFocus(Qt.FocusReason.TabFocusReason)
                qtbot.waitUntil(field.hasFocus)
                yield field
    assert [field.accessibleName() for field in missing.values()] == []


def value(field: QWidget) -> float:
    if isinstance(field, QComboBox):
        return field.currentIndex()
    assert isinstance(field, (NumberField, QSlider))
    return field.value()


def change(field: QWidget) -> None:
    """Another value by the keyboard, if there is one."""
    before = value(field)
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
        if value(field) == before:
            QTest.keyClick(field, key)


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape])
def test_enter_and_escape_give_the_focus_back(studio: Studio, qtbot: QtBot, key: Qt.Key) -> None:
    studio.window.transport.seek(4.0)
    for field in each_field(studio, qtbot):
        before, name = value(field), field.accessibleName()
        QTest.keyClick(field, key)
        assert studio.window.roll.hasFocus(), name
        assert value(field) == before, name
        assert studio.window.playback.position == 4.0, name


def test_enter_keeps_what_was_changed_and_escape_brings_it_back(
    studio: Studio, qtbot: QtBot
) -> None:
    changed = 0
    for field in each_field(studio, qtbot):
        before, name = value(field), field.accessibleName()
        change(field)
        if value(field) == before:
            assert isinstance(field, QComboBox), name
            continue
        changed += 1
        QTest.keyClick(field, Qt.Key.Key_Escape)
        assert studio.window.roll.hasFocus(), name
        assert value(field) == before, name
        field.setFocus()
        change(field)
        after = value(field)
        QTest.keyClick(field, Qt.Key.Key_Return)
        assert studio.window.roll.hasFocus(), name
        assert value(field) == after != before, name
    assert changed >= 10


def test_space_plays_from_every_field(studio: Studio, qtbot: QtBot) -> None:
    for field in each_field(studio, qtbot):
        for playing in (True, False):
            QTest.keyClick(field, Qt.Key.Key_Space)
            assert studio.window.playback.playing == playing, field.accessibleName()
        assert field.hasFocus()


def test_undo_and_redo_work_from_every_field(studio: Studio, qtbot: QtBot) -> None:
    for field in each_field(studio, qtbot):
        QTest.keyClick(field, Qt.Key.Key_Z, CONTROL)
        assert studio.composition == scale(), field.accessibleName()
        QTest.keyClick(field, Qt.Key.Key_Y, CONTROL)
        assert studio.composition == scale("Named"), field.accessibleName()


def test_commands_with_letters_work_from_every_field(studio: Studio, qtbot: QtBot) -> None:
    studio.window.commands.computer_keys.setChecked(False)
    loop = studio.window.commands.loop
    for field in each_field(studio, qtbot):
        before = loop.isChecked()
        QTest.keyClick(field, Qt.Key.Key_L)
        assert loop.isChecked() != before, field.accessibleName()


def test_escape_stops_what_plays_as_well_unless_something_was_changed(
    studio: Studio, qtbot: QtBot
) -> None:
    window = studio.window
    for field in each_field(studio, qtbot):
        window.commands.play.trigger()
        assert window.playback.playing
        QTest.keyClick(field, Qt.Key.Key_Escape)
        assert not window.playback.playing, field.accessibleName()
        assert window.roll.hasFocus(), field.accessibleName()
    window.commands.play.trigger()
    tempo = window.transport_bar.tempo
    tempo.setFocus()
    QTest.keyClicks(tempo, "15")
    QTest.keyClick(tempo, Qt.Key.Key_Escape)
    assert window.playback.playing
    assert (tempo.text(), window.roll.hasFocus()) == ("100 BPM", True)


def test_a_list_that_closes_gives_the_focus_back(studio: Studio, qtbot: QtBot) -> None:
    lists = 0
    for field in each_field(studio, qtbot):
        if isinstance(field, QComboBox):
            lists += 1
            for close in (Qt.Key.Key_Return, Qt.Key.Key_Escape):
                field.setFocus()
                field.showPopup()
                qtbot.waitUntil(field.view().isVisible)
                QTest.keyClick(field.view(), close)
                # Off the screen a list that closes leaves no window active.
                studio.window.activateWindow()
                qtbot.waitUntil(studio.window.roll.hasFocus)
    assert lists >= 5


def test_the_arrows_of_a_number_give_the_focus_back(studio: Studio, qtbot: QtBot) -> None:
    tempo = studio.window.transport_bar.tempo
    option = QStyleOptionSpinBox()
    tempo.initStyleOption(option)
    up = tempo.style().subControlRect(
        QStyle.ComplexControl.CC_SpinBox, option, QStyle.SubControl.SC_SpinBoxUp, tempo
    )
    qtbot.mouseClick(tempo, Qt.MouseButton.LeftButton, pos=up.center())
    qtbot.waitUntil(studio.window.roll.hasFocus)
    assert studio.composition.tempo.initial_bpm == 101
    # In the text itself the mouse is there to type.
    line = tempo.lineEdit()
    qtbot.mouseClick(line, Qt.MouseButton.LeftButton, pos=QPoint(4, line.height() // 2))
    QApplication.processEvents()
    assert tempo.hasFocus()


def test_a_field_that_is_no_more_gives_the_focus_back(studio: Studio, qtbot: QtBot) -> None:
    window = studio.window
    # While recording, the tempo stands; the space bar ends it, and presses no button.
    window.transport_bar.tempo.setFocus()
    QTest.keyClick(window.transport_bar.tempo, Qt.Key.Key_R, CONTROL)
    assert window.recording.active
    qtbot.waitUntil(window.roll.hasFocus)
    QTest.keyClick(window.roll, Qt.Key.Key_Space)
    assert not window.recording.active
    window.mixer.strips[0].instrument.setFocus()
    studio.services.document.begin(Composition(), "New")
    qtbot.waitUntil(window.roll.hasFocus)


# -- numbers ---------------------------------------------------------------------------------


def says(studio: Studio, words: str) -> bool:
    return words in studio.message


def type_number(field: NumberField, text: str) -> None:
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)


def test_the_tempo_is_typed_and_taken_with_enter(studio: Studio) -> None:
    tempo = studio.window.transport_bar.tempo
    for text, bpm in (("132", 132), ("92.5", 92.5), ("92,25", 92.25)):
        type_number(tempo, text)
        assert studio.composition.tempo.initial_bpm != bpm
        QTest.keyClick(tempo, Qt.Key.Key_Return)
        assert studio.composition.tempo.initial_bpm == bpm
    assert tempo.text() == "92.25 BPM"


def test_after_enter_digits_are_notes_again(studio: Studio, qtbot: QtBot) -> None:
    tempo, struck = studio.window.transport_bar.tempo, list[int]()
    studio.window.keyboard.noteOn.connect(lambda pitch, _: struck.append(pitch))
    type_number(tempo, "120")
    QTest.keyClick(tempo, Qt.Key.Key_Return)
    focus = QApplication.focusWidget()
    assert focus is studio.window.roll
    for key in (Qt.Key.Key_2, Qt.Key.Key_3):
        QTest.keyPress(focus, key)
        QTest.keyRelease(focus, key)
    assert struck == [61, 63]
    assert (tempo.text(), studio.composition.tempo.initial_bpm) == ("120 BPM", 120)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("1500", "The tempo goes from 4 to 1000 BPM: 1500 became 1000 BPM."),
        ("3", "The tempo goes from 4 to 1000 BPM: 3 became 4 BPM."),
        ("-40", "The tempo goes from 4 to 1000 BPM: -40 became 4 BPM."),
    ],
)
def test_of_a_tempo_beyond_the_range_the_nearest_is_taken(
    studio: Studio, qtbot: QtBot, text: str, sentence: str
) -> None:
    tempo = studio.window.transport_bar.tempo
    type_number(tempo, text)
    assert tempo.lineEdit().text() == f"{text} BPM"
    QTest.keyClick(tempo, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: studio.message == sentence)
    assert f"{studio.composition.tempo.initial_bpm:g} BPM." == " ".join(sentence.split()[-2:])
    # It speaks of the present.
    studio.services.document.undo()
    assert studio.message != sentence


def test_every_number_can_be_typed_beyond_its_range(studio: Studio, qtbot: QtBot) -> None:
    studio.window.settings_dialog.open_sound()
    fields = studio.window.findChildren(NumberField)
    assert {type(field) for field in studio.window.findChildren(QAbstractSpinBox)} == {NumberField}
    assert len(fields) == 9
    for field in fields:
        least = field.minimum() + (1 if field.specialValueText() else 0)
        for text, taken in (("99999999999", field.maximum()), ("-99999", least)):
            field.window().activateWindow()
            qtbot.waitUntil(field.window().isActiveWindow)
            type_number(field, text)
            assert text in field.text(), field.accessibleName()
            QTest.keyClick(field, Qt.Key.Key_Return)
            assert field.value() == taken, field.accessibleName()
            qtbot.waitUntil(partial(says, studio, f"{text} became"))


@pytest.mark.parametrize(
    "leave",
    [
        lambda studio, tempo: studio.window.roll.setFocus(),
        lambda studio, tempo: QTest.keyClick(tempo, Qt.Key.Key_G, CONTROL),
        lambda studio, tempo: QTest.keyClick(tempo, Qt.Key.Key_Space),
    ],
    ids=["click elsewhere", "generate", "play"],
)
def test_what_was_typed_counts_however_one_goes_on(
    studio: Studio, leave: Callable[[Studio, NumberField], None]
) -> None:
    tempo = studio.window.transport_bar.tempo
    type_number(tempo, "140")
    leave(studio, tempo)
    assert studio.composition.tempo.initial_bpm == 140


def test_undo_takes_back_what_is_being_typed_first(studio: Studio) -> None:
    tempo = studio.window.transport_bar.tempo
    type_number(tempo, "14")
    QTest.keyClick(tempo, Qt.Key.Key_Z, CONTROL)
    assert tempo.text() == "100 BPM"
    assert studio.composition == scale("Named")
    QTest.keyClick(tempo, Qt.Key.Key_Z, CONTROL)
    assert studio.composition == scale()


def test_escape_brings_back_no_value_that_came_from_elsewhere(studio: Studio) -> None:
    tempo = studio.window.transport_bar.tempo
    tempo.setFocus()
    QTest.keyClick(tempo, Qt.Key.Key_Up)
    other = with_tempo(scale("Other"), 77)
    studio.services.document.begin(other, "Open")
    assert tempo.hasFocus()
    QTest.keyClick(tempo, Qt.Key.Key_Escape)
    assert studio.composition == other


def test_a_tempo_that_was_given_up_leaves_nothing_to_undo(studio: Studio) -> None:
    stack = studio.services.document.undo_stack
    before = stack.count()
    tempo = studio.window.transport_bar.tempo
    tempo.setFocus()
    for _ in range(3):
        QTest.keyClick(tempo, Qt.Key.Key_Up)
    assert stack.count() == before + 1
    QTest.keyClick(tempo, Qt.Key.Key_Escape)
    assert (stack.count(), stack.canRedo()) == (before, False)
    assert studio.composition == scale("Named")


def test_in_a_dialog_enter_and_escape_stay(studio: Studio, qtbot: QtBot) -> None:
    dialog = studio.window.settings_dialog
    dialog.open_sound()
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    field = dialog.sound.correction
    type_number(field, "25")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert (dialog.isVisible(), field.value()) == (True, 25)
    assert studio.services.settings.recording_correction == 0.025
    type_number(field, "30")
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert (dialog.isVisible(), field.value()) == (True, 25)
    assert studio.services.settings.recording_correction == 0.025
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_the_sliders_of_menus_leave_the_focus_where_it_was(studio: Studio, qtbot: QtBot) -> None:
    bar, roll = studio.window.transport_bar, studio.window.roll
    roll.setFocus()
    for menu, slider in (
        (bar.metronome_menu, bar.metronome_menu.volume),
        (bar.quantize_menu, bar.quantize_menu.strength),
    ):
        assert isinstance(menu, QMenu)
        for close in (Qt.Key.Key_Return, Qt.Key.Key_Escape):
            menu.popup(QPoint(0, 0))
            qtbot.waitUntil(menu.isVisible)
            slider.setFocus()
            QTest.keyClick(slider, close)
            if menu.isVisible():
                QTest.keyClick(menu, Qt.Key.Key_Escape)
            qtbot.waitUntil(menu.isHidden)
            qtbot.waitUntil(roll.hasFocus)
