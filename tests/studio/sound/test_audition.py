"""Notes that are chosen, moved and entered are heard, and none of them hangs."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox
from pytestqt.qtbot import QtBot

from composer_app.live.note_sink import LIVE_CHANNEL, track_channel
from composer_app.music.composition import Composition, Track
from composer_app.music.editing.note_edits import NoteKey
from composer_app.music.mix import TrackMix
from composer_app.music.note import Note
from composer_app.studio.document.selection import Selection
from tests.studio.roll.test_roll_selection import drag
from tests.studio.roll.test_view import place_of
from tests.studio.support import Studio, open_studio

LEFT = Qt.MouseButton.LeftButton
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier
PIECE = Composition(
    (
        Track("Soprano", 73, tuple(Note(step, 72, 8, 90) for step in range(0, 32, 8))),
        Track("Bass", 32, tuple(Note(step, 55, 8, 70) for step in range(0, 32, 8))),
    )
)
SOPRANO, BASS = track_channel(0), track_channel(1)


@pytest.fixture
def studio(qtbot: QtBot, tmp_path: Path) -> Iterator[Studio]:
    with open_studio(tmp_path) as result:
        window = result.window
        window.show()
        qtbot.waitUntil(lambda: window.generate_panel.model_name != "")
        result.services.sound._take((result.sink, None))
        result.services.document.begin(PIECE, "Open")
        window.activateWindow()
        window.roll.setFocus()
        qtbot.waitUntil(window.roll.hasFocus)
        yield result


def key(track: int, index: int) -> NoteKey:
    return track, PIECE.tracks[track].notes[index]


def middle(studio: Studio, note: NoteKey) -> QPoint:
    return place_of(studio.window.roll, note[1].start + 4, note[1].pitch)


def press(studio: Studio, which: Qt.Key, *keys: Qt.KeyboardModifier) -> None:
    modifiers = Qt.KeyboardModifier.NoModifier
    for each in keys:
        modifiers |= each
    QTest.keyClick(studio.window.roll, which, modifiers)


def struck(studio: Studio) -> list[tuple[int, int]]:
    """(channel, pitch) since the last time this was asked."""
    taken = studio.sink.taken()
    return [(channel, pitch) for _, kind, channel, pitch in taken if kind == "on"]


def test_a_click_on_a_note_sounds_it_with_its_instrument_for_a_moment(
    studio: Studio, qtbot: QtBot
) -> None:
    studio.sink.taken()
    QTest.mousePress(studio.window.roll.viewport(), LEFT, pos=middle(studio, key(1, 1)))
    assert studio.sink.sounding == {(BASS, 55)}
    assert studio.sink.programs[BASS] == 32
    QTest.mouseRelease(studio.window.roll.viewport(), LEFT, pos=middle(studio, key(1, 1)))
    assert struck(studio) == [(BASS, 55)]
    qtbot.waitUntil(lambda: not studio.sink.sounding)
    # One that is selected already is heard again, one that is let go is not.
    viewport = studio.window.roll.viewport()
    QTest.mouseClick(viewport, LEFT, pos=middle(studio, key(1, 1)))
    assert struck(studio) == [(BASS, 55)]
    QTest.mouseClick(viewport, LEFT, CTRL, middle(studio, key(1, 1)))
    assert struck(studio) == []


def test_stepping_through_notes_sounds_them(studio: Studio) -> None:
    studio.window.roll.set_selection(Selection(frozenset({key(0, 0)})))
    assert struck(studio) == []
    for which, keys, sounds in (
        (Qt.Key.Key_Right, (), [(SOPRANO, 72)]),
        (Qt.Key.Key_Right, (SHIFT,), [(SOPRANO, 72)]),
        (Qt.Key.Key_Down, (CTRL,), [(BASS, 55)]),
        (Qt.Key.Key_Left, (), [(BASS, 55)]),
        # There is none before the first.
        (Qt.Key.Key_Left, (), []),
    ):
        press(studio, which, *keys)
        assert struck(studio) == sounds
        assert len(studio.sink.sounding) <= 1


def test_moving_by_keys_sounds_the_new_pitch_and_not_a_new_time(studio: Studio) -> None:
    studio.window.roll.set_selection(Selection(frozenset({key(0, 0), key(1, 0), key(1, 1)})))
    press(studio, Qt.Key.Key_Up)
    # Those that begin first, together.
    assert sorted(struck(studio)) == [(SOPRANO, 73), (BASS, 56)]
    press(studio, Qt.Key.Key_Down, SHIFT)
    assert sorted(struck(studio)) == [(SOPRANO, 61), (BASS, 44)]
    assert len(studio.sink.sounding) == 2
    press(studio, Qt.Key.Key_Right, ALT)
    assert struck(studio) == []


def test_of_notes_one_after_the_other_the_first_is_heard(studio: Studio) -> None:
    studio.window.roll.set_selection(Selection(frozenset({key(0, 1), key(1, 0), key(0, 2)})))
    press(studio, Qt.Key.Key_Up)
    assert struck(studio) == [(BASS, 56)]


def test_what_cannot_be_moved_further_is_not_heard(studio: Studio) -> None:
    highest = Composition((Track("Soprano", 0, (Note(0, 127, 4),)),))
    studio.services.document.begin(highest, "Open")
    studio.window.roll.set_selection(Selection.everything(highest))
    press(studio, Qt.Key.Key_Up)
    assert struck(studio) == []


def test_dragging_sounds_each_pitch_on_the_way_once(studio: Studio, qtbot: QtBot) -> None:
    roll = studio.window.roll
    start = middle(studio, key(0, 1))
    # Farther than what counts as a click.
    down = place_of(roll, 12, 67) - start
    drag(roll, start, start + down)
    heard = struck(studio)
    assert heard[0] == (SOPRANO, 72)
    assert heard[-1] == (SOPRANO, 67)
    assert len(heard) == len(set(heard)) >= 3
    drag(roll, place_of(roll, 12, 67), place_of(roll, 14, 67))
    assert struck(studio) == [(SOPRANO, 67)]
    qtbot.waitUntil(lambda: not studio.sink.sounding)


def test_many_at_once_are_not_heard(studio: Studio) -> None:
    studio.window.commands.select_all.trigger()
    studio.window.commands.select_bars.trigger()
    drag(
        studio.window.roll,
        place_of(studio.window.roll, 1, 80),
        place_of(studio.window.roll, 30, 50),
    )
    assert len(studio.window.roll.selection.notes) > 2
    studio.window.statistics.notesChosen.emit(frozenset({key(0, 0)}), False)
    assert struck(studio) == []


def test_a_track_that_is_silent_stays_so(studio: Studio) -> None:
    studio.services.document.set_track_mix(0, TrackMix(mute=True))
    QTest.mouseClick(studio.window.roll.viewport(), LEFT, pos=middle(studio, key(0, 1)))
    assert struck(studio) == []
    studio.services.document.set_track_mix(0, TrackMix())
    studio.services.document.set_track_mix(1, TrackMix(solo=True))
    QTest.mouseClick(studio.window.roll.viewport(), LEFT, pos=middle(studio, key(0, 1)))
    assert struck(studio) == []
    QTest.mouseClick(studio.window.roll.viewport(), LEFT, pos=middle(studio, key(1, 1)))
    assert struck(studio) == [(BASS, 55)]


@pytest.mark.parametrize("ending", ["play", "undo", "new", "close"])
def test_no_note_hangs(studio: Studio, ending: str) -> None:
    studio.window.commands.play.trigger()
    studio.window.commands.stop.trigger()
    studio.sink.render()
    studio.window.mixer.programChosen.emit(0, 12)
    QTest.mouseClick(studio.window.roll.viewport(), LEFT, pos=middle(studio, key(0, 1)))
    assert studio.sink.sounding == {(SOPRANO, 72)}
    if ending == "close":
        studio.window.close()
    else:
        studio.window.commands.by_name[ending].trigger()
    assert studio.sink.sounding == set()


def test_while_the_music_plays_it_speaks_for_itself(studio: Studio) -> None:
    studio.window.commands.play.trigger()
    studio.sink.taken()
    QTest.mouseClick(studio.window.roll.viewport(), LEFT, pos=middle(studio, key(1, 2)))
    press(studio, Qt.Key.Key_Up)
    assert struck(studio) == []


def test_what_is_heard_is_neither_recorded_nor_captured_nor_entered(studio: Studio) -> None:
    QTest.mouseClick(studio.window.roll.viewport(), LEFT, pos=middle(studio, key(1, 2)))
    before = studio.composition
    studio.window.commands.capture.trigger()
    assert studio.composition == before
    studio.window.commands.step_input.trigger()
    QTest.mouseClick(studio.window.roll.viewport(), LEFT, pos=middle(studio, key(1, 1)))
    assert studio.composition == before


def test_step_input_sounds_what_it_enters(studio: Studio) -> None:
    studio.window.commands.step_input.trigger()
    studio.sink.taken()
    QTest.keyPress(studio.window.roll, Qt.Key.Key_Q)
    assert studio.sink.sounding == {(LIVE_CHANNEL, 60)}
    assert studio.composition.tracks[0].notes[-1].pitch == 60


def test_it_can_be_switched_off_in_the_settings(studio: Studio) -> None:
    page = studio.window.settings_dialog.sound
    assert isinstance(page.audition, QCheckBox)
    assert page.audition.isChecked()
    page.audition.click()
    QTest.mouseClick(studio.window.roll.viewport(), LEFT, pos=middle(studio, key(1, 2)))
    assert struck(studio) == []
    assert not studio.services.settings.audition
