import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from composer_app.studio.keyboard.geometry import LOUDEST, SOFTEST
from composer_app.studio.keyboard.keys import RELEASE_DELAY_MS
from composer_app.studio.keyboard.widget import LETTER_VELOCITY, KeyboardWidget
from composer_app.studio.widgets.commands.keyboard_letters import LETTERS
from composer_app.studio.widgets.theme import COLORS

LEFT = Qt.MouseButton.LeftButton


class Log:
    """What a keyboard emitted, in order."""

    def __init__(self, keyboard: KeyboardWidget) -> None:
        self.events: list[tuple[str, int]] = []
        self.velocities: list[int] = []
        keyboard.noteOn.connect(self._on)
        keyboard.noteOff.connect(self._off)

    def _on(self, pitch: int, velocity: int) -> None:
        self.events.append(("on", pitch))
        self.velocities.append(velocity)

    def _off(self, pitch: int) -> None:
        self.events.append(("off", pitch))


@pytest.fixture
def keyboard(qtbot: QtBot) -> KeyboardWidget:
    widget = KeyboardWidget()
    qtbot.addWidget(widget)
    widget.resize(760, 130)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


@pytest.fixture
def log(keyboard: KeyboardWidget) -> Log:
    return Log(keyboard)


def on_key(keyboard: KeyboardWidget, pitch: int, height: float = 0.5) -> QPoint:
    """A point on a key, ``height`` of the way down to its near edge."""
    key = keyboard.geometry_of_keys().key(pitch)
    return QPoint(round(key.x + key.width / 2), round(height * (key.height - 1)))


def key_event(kind: QEvent.Type, letter: str, scan: int = 0, repeat: bool = False) -> QKeyEvent:
    none = Qt.KeyboardModifier.NoModifier
    return QKeyEvent(kind, ord(letter), none, scan, 0, 0, letter.lower(), repeat)


def press(keyboard: KeyboardWidget, letter: str, scan: int = 0, repeat: bool = False) -> bool:
    return keyboard.key_pressed(key_event(QEvent.Type.KeyPress, letter, scan, repeat))


def release(keyboard: KeyboardWidget, letter: str, scan: int = 0, repeat: bool = False) -> bool:
    return keyboard.key_released(key_event(QEvent.Type.KeyRelease, letter, scan, repeat))


# -- the mouse -----------------------------------------------------------------------------


@pytest.mark.parametrize("pitch", [41, 60, 61, 70, 72])
def test_a_click_plays_the_key_under_it(keyboard: KeyboardWidget, log: Log, pitch: int) -> None:
    QTest.mousePress(keyboard, LEFT, pos=on_key(keyboard, pitch, 0.9))
    assert log.events == [("on", pitch)]
    QTest.mouseRelease(keyboard, LEFT, pos=on_key(keyboard, pitch, 0.9))
    assert log.events == [("on", pitch), ("off", pitch)]


def test_lower_on_the_key_is_louder(keyboard: KeyboardWidget, log: Log) -> None:
    for height in (0.0, 0.5, 1.0):
        QTest.mouseClick(keyboard, LEFT, pos=on_key(keyboard, 61, height))
    assert log.velocities == sorted(log.velocities)
    assert (log.velocities[0], log.velocities[-1]) == (SOFTEST, LOUDEST)


def test_dragging_plays_every_key_once(keyboard: KeyboardWidget, log: Log) -> None:
    QTest.mousePress(keyboard, LEFT, pos=on_key(keyboard, 60, 0.95))
    for pitch in (62, 62, 64):
        QTest.mouseMove(keyboard, on_key(keyboard, pitch, 0.95))
    QTest.mouseRelease(keyboard, LEFT, pos=on_key(keyboard, 64, 0.95))
    expected = [("on", 60), ("off", 60), ("on", 62), ("off", 62), ("on", 64), ("off", 64)]
    assert log.events == expected


def test_dragging_off_the_end_lets_go(keyboard: KeyboardWidget, log: Log) -> None:
    QTest.mousePress(keyboard, LEFT, pos=on_key(keyboard, 72, 0.9))
    QTest.mouseMove(keyboard, QPoint(keyboard.width() + 20, 60))
    assert log.events == [("on", 72), ("off", 72)]
    # Above and below, the finger is still on the keys.
    QTest.mouseMove(keyboard, QPoint(on_key(keyboard, 71).x(), 500))
    assert log.events[-1] == ("on", 71)
    QTest.mouseRelease(keyboard, LEFT, pos=on_key(keyboard, 71))


def test_other_buttons_and_mere_hovering_play_nothing(keyboard: KeyboardWidget, log: Log) -> None:
    QTest.mouseClick(keyboard, Qt.MouseButton.RightButton, pos=on_key(keyboard, 60, 0.9))
    QTest.mouseMove(keyboard, on_key(keyboard, 64, 0.9))
    assert log.events == []


# -- letters -------------------------------------------------------------------------------


def test_letters_play_two_octaves_from_c3(keyboard: KeyboardWidget, log: Log) -> None:
    assert {LETTERS["Z"], LETTERS["Q"], LETTERS["I"]} == {48, 60, 72}
    for letter, pitch in LETTERS.items():
        assert press(keyboard, letter)
        assert log.events[-1] == ("on", pitch)
        assert log.velocities[-1] == LETTER_VELOCITY
        assert release(keyboard, letter)
    assert sorted(LETTERS.values()) == list(range(48, 73))


def test_what_is_no_letter_of_the_piano_is_left_to_others(
    keyboard: KeyboardWidget, log: Log
) -> None:
    assert not press(keyboard, "P")
    control = Qt.KeyboardModifier.ControlModifier
    undo = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Z, control)
    assert not keyboard.key_pressed(undo)
    assert not release(keyboard, "Z")
    assert log.events == []


def test_a_held_letter_sounds_once_even_without_marks_of_repetition(
    qtbot: QtBot, keyboard: KeyboardWidget, log: Log
) -> None:
    press(keyboard, "Q", scan=24)
    for _ in range(5):
        release(keyboard, "Q", scan=24)
        press(keyboard, "Q", scan=24)
    qtbot.wait(4 * RELEASE_DELAY_MS)
    assert log.events == [("on", 60)]
    release(keyboard, "Q", scan=24)
    qtbot.waitUntil(lambda: log.events == [("on", 60), ("off", 60)])


def test_marked_repetitions_are_ignored(qtbot: QtBot, keyboard: KeyboardWidget, log: Log) -> None:
    press(keyboard, "Q")
    assert press(keyboard, "Q", repeat=True)
    assert release(keyboard, "Q", repeat=True)
    qtbot.wait(3 * RELEASE_DELAY_MS)
    assert log.events == [("on", 60)]


def test_two_hands_on_one_key_sound_once(qtbot: QtBot, keyboard: KeyboardWidget, log: Log) -> None:
    press(keyboard, "Q")
    QTest.mousePress(keyboard, LEFT, pos=on_key(keyboard, 60, 0.9))
    release(keyboard, "Q")
    qtbot.wait(3 * RELEASE_DELAY_MS)
    assert log.events == [("on", 60)]
    QTest.mouseRelease(keyboard, LEFT, pos=on_key(keyboard, 60, 0.9))
    assert log.events == [("on", 60), ("off", 60)]


def test_letters_can_be_switched_off(keyboard: KeyboardWidget, log: Log) -> None:
    press(keyboard, "Q")
    keyboard.set_letters_enabled(False)
    assert log.events == [("on", 60), ("off", 60)]
    assert not press(keyboard, "W")


def test_letters_play_through_the_focused_keyboard_too(keyboard: KeyboardWidget, log: Log) -> None:
    QTest.keyPress(keyboard, Qt.Key.Key_E)
    QTest.keyRelease(keyboard, Qt.Key.Key_E)
    QTest.keyClick(keyboard, Qt.Key.Key_Up)
    QTest.keyClick(keyboard, Qt.Key.Key_Down)
    QTest.keyClick(keyboard, Qt.Key.Key_Down)
    QTest.keyClick(keyboard, Qt.Key.Key_F5)
    assert log.events[0] == ("on", 64)
    assert keyboard.octave_shift == -12


def test_the_letters_velocity_can_be_chosen(keyboard: KeyboardWidget, log: Log) -> None:
    for velocity in (50, 0, 300):
        keyboard.set_letter_velocity(velocity)
        press(keyboard, "Q")
        keyboard.release_all()
    assert log.velocities == [50, 1, 127]


# -- letting go ----------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["release_all", "hide", "focus", "disable"])
def test_nothing_hangs(qtbot: QtBot, keyboard: KeyboardWidget, log: Log, way: str) -> None:
    press(keyboard, "Q")
    press(keyboard, "W")
    QTest.mousePress(keyboard, LEFT, pos=on_key(keyboard, 41, 0.9))
    match way:
        case "release_all":
            keyboard.release_all()
        case "hide":
            keyboard.hide()
        case "focus":
            keyboard.setFocus()
            keyboard.clearFocus()
            QApplication.processEvents()
        case "disable":
            keyboard.setEnabled(False)
    assert sorted(log.events[3:]) == [("off", 41), ("off", 60), ("off", 62)]
    keyboard.setEnabled(True)
    QTest.mouseRelease(keyboard, LEFT, pos=on_key(keyboard, 41, 0.9))


# -- octaves -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "shift", "text"),
    [(0, 0, "F2 – C5"), (12, 12, "F3 – C6"), (-24, -24, "F0 – C3"), (99, 24, "F4 – C7")],
)
def test_octave_shift(keyboard: KeyboardWidget, wanted: int, shift: int, text: str) -> None:
    keyboard.set_octave_shift(wanted)
    assert keyboard.octave_shift == shift
    assert keyboard.range_text == text
    assert text in keyboard.accessibleDescription()


def test_shifted_keys_play_shifted_pitches(
    qtbot: QtBot, keyboard: KeyboardWidget, log: Log
) -> None:
    with qtbot.waitSignal(keyboard.octaveShiftChanged) as shifted:
        keyboard.octave_up()
    assert shifted.args == [12]
    press(keyboard, "Q")
    QTest.mouseClick(keyboard, LEFT, pos=on_key(keyboard, 53, 0.9))
    assert log.events == [("on", 72), ("on", 53), ("off", 53)]


def test_a_note_ends_with_the_pitch_it_began_with(keyboard: KeyboardWidget, log: Log) -> None:
    press(keyboard, "Q")
    keyboard.octave_down()
    keyboard.release_all()
    assert log.events == [("on", 60), ("off", 60)]


# -- light ---------------------------------------------------------------------------------


def test_a_key_stays_lit_until_every_source_has_put_it_out(keyboard: KeyboardWidget) -> None:
    orange, blue = QColor("#E69F00"), QColor("#56B4E9")
    keyboard.set_lit(60, True, orange, source="track 0")
    keyboard.set_lit(60, True, blue, source="track 1")
    keyboard.set_lit(60, True, blue, source="track 1")
    assert keyboard.lit_color(60) == blue
    keyboard.set_lit(60, False, source="track 1")
    assert keyboard.lit_color(60) == blue
    keyboard.set_lit(60, False, source="track 1")
    assert keyboard.lit_color(60) == orange
    keyboard.set_lit(60, False, source="track 0")
    assert keyboard.lit_color(60) is None
    # Once too often does no harm.
    keyboard.set_lit(60, False, source="track 0")
    keyboard.set_lit(60, True, source="track 0")
    assert keyboard.lit_color(60) == QColor(COLORS.accent)


def test_one_source_can_be_put_out_as_a_whole(keyboard: KeyboardWidget) -> None:
    for pitch in (60, 64):
        keyboard.set_lit(pitch, True, source="midi")
    keyboard.set_lit(64, True, source="track 0")
    keyboard.clear_lit("midi")
    assert keyboard.lit_color(60) is None
    assert keyboard.lit_color(64) is not None
    keyboard.clear_lit()
    assert keyboard.lit_color(64) is None


def test_light_is_seen_and_so_is_a_played_key(keyboard: KeyboardWidget) -> None:
    def ground(pitch: int) -> QColor:
        point = on_key(keyboard, pitch, 0.7)
        return keyboard.grab().toImage().pixelColor(point.x() - 12, point.y())

    dark = ground(62)
    keyboard.set_lit(62, True, QColor("#E69F00"))
    lit = ground(62)
    assert lit.red() > lit.blue() + 60
    assert dark.blue() > 200
    before = ground(64)
    press(keyboard, "E")
    assert ground(64) != before


def test_light_beyond_the_keyboard_waits_for_the_octave(keyboard: KeyboardWidget) -> None:
    keyboard.set_lit(80, True)
    keyboard.octave_up()
    assert keyboard.lit_color(80) is not None
    keyboard.grab()


@pytest.mark.parametrize("size", [(304, 72), (420, 60), (1920, 200)])
def test_any_size_can_be_painted(keyboard: KeyboardWidget, size: tuple[int, int]) -> None:
    keyboard.resize(*size)
    keyboard.set_hints(False)
    assert not keyboard.grab().isNull()
