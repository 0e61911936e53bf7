"""Which part of which piece is seen: opening, coming back, and what leaves the view alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from composer_app.music.composition import Composition, Track
from composer_app.music.midi.file import write_midi
from composer_app.music.note import Note
from composer_app.studio.document.selection import Selection
from composer_app.studio.recording.recording_controller import RecordingState
from tests.studio.support import Studio, open_studio


def long_piece(bars: int) -> Composition:
    """Quarters from end to end, over three octaves."""
    notes = tuple(Note(4 * beat, 48 + beat % 36, 4) for beat in range(4 * bars))
    return Composition((Track("Organ", 19, notes),), title=f"{bars} bars")


@pytest.fixture
def studio(qtbot: QtBot, tmp_path: Path) -> Iterator[Studio]:
    with open_studio(tmp_path / "settings") as result:
        result.window.resize(1280, 800)
        result.window.show()
        qtbot.waitUntil(lambda: result.window.running and not result.services.jobs.busy)
        yield result


def open_file(studio: Studio, qtbot: QtBot, folder: Path, bars: int) -> None:
    path = folder / f"{bars}.mid"
    write_midi(long_piece(bars), path)
    studio.window.files.open(path)
    qtbot.waitUntil(lambda: studio.services.document.path == path)


def look_elsewhere(studio: Studio) -> None:
    """Zoom, scroll, and put the playhead somewhere."""
    window = studio.window
    window.roll.set_zoom(30.0)
    window.transport.seek(40.0)
    window.roll.horizontalScrollBar().setValue(900)
    window.roll.verticalScrollBar().setValue(180)


def assert_fitted_from_the_start(studio: Studio) -> None:
    window, roll = studio.window, studio.window.roll
    assert roll.horizontalScrollBar().maximum() == 0, "all bars are seen"
    assert roll.roll_geometry.steps == roll.content_steps(), "and nothing else"
    assert window.playback.position == 0.0
    assert roll.playhead == 0.0
    assert window.transport_bar.position_text == "001.1.1"
    lowest, highest = roll.pitch_span() or (41, 72)
    top = roll.verticalScrollBar().value()
    assert top <= roll.roll_geometry.y(highest)
    assert roll.roll_geometry.y(lowest - 1) <= top + roll.viewport().height()


@pytest.mark.parametrize("bars", [1, 200, 1200])
def test_a_file_opens_at_its_start_and_is_seen_whole(
    studio: Studio, qtbot: QtBot, tmp_path: Path, bars: int
) -> None:
    open_file(studio, qtbot, tmp_path, 60)
    look_elsewhere(studio)
    open_file(studio, qtbot, tmp_path, bars)
    assert_fitted_from_the_start(studio)


def test_a_sample_and_a_new_piece_open_at_their_start(
    studio: Studio, qtbot: QtBot, tmp_path: Path
) -> None:
    open_file(studio, qtbot, tmp_path, 200)
    look_elsewhere(studio)
    studio.window.files.open_sample("twinkle")
    assert_fitted_from_the_start(studio)
    look_elsewhere(studio)
    studio.window.files.new()
    assert_fitted_from_the_start(studio)


def test_a_piece_that_is_brought_back_opens_at_its_start(qtbot: QtBot, tmp_path: Path) -> None:
    with open_studio(tmp_path) as before:
        before.services.document.begin(long_piece(200), "Record", saved=False)
    with open_studio(tmp_path) as studio:
        window = studio.window
        window.resize(1280, 800)
        window.show()
        qtbot.waitUntil(lambda: bool(window.message_bar.action_buttons()))
        open_file(studio, qtbot, tmp_path, 60)
        look_elsewhere(studio)
        # That the file was opened.
        window.message_bar.dismiss()
        window.message_bar.action_buttons()[0].click()
        qtbot.waitUntil(lambda: studio.composition.title == "200 bars")
        assert_fitted_from_the_start(studio)


def test_what_plays_is_silent_when_another_piece_is_opened(
    studio: Studio, qtbot: QtBot, tmp_path: Path
) -> None:
    open_file(studio, qtbot, tmp_path, 60)
    studio.window.transport.seek(100.0)
    studio.window.commands.play.trigger()
    assert studio.window.playback.playing
    open_file(studio, qtbot, tmp_path, 20)
    assert not studio.window.playback.playing
    assert_fitted_from_the_start(studio)
    studio.window.commands.stop.trigger()
    assert studio.window.playback.position == 0.0


def test_the_loop_of_the_old_piece_is_gone(studio: Studio, qtbot: QtBot, tmp_path: Path) -> None:
    open_file(studio, qtbot, tmp_path, 60)
    studio.window.loop.set_region(32.0, 64.0)
    open_file(studio, qtbot, tmp_path, 20)
    assert studio.window.loop.region is None
    assert studio.window.playback.loop is None


def test_undoing_open_shows_the_old_piece_as_it_was(
    studio: Studio, qtbot: QtBot, tmp_path: Path
) -> None:
    window = studio.window
    open_file(studio, qtbot, tmp_path, 200)
    look_elsewhere(studio)
    window.transport.seek(3000.0)
    window.roll.horizontalScrollBar().setValue(900)
    before = window.roll.place
    open_file(studio, qtbot, tmp_path, 4)
    studio.services.document.undo_stack.undo()
    assert window.roll.place == before
    assert window.playback.position == window.roll.playhead == 3000.0
    studio.services.document.undo_stack.redo()
    assert_fitted_from_the_start(studio)


@pytest.mark.parametrize("touched", [False, True], ids=["as opened", "zoomed and scrolled"])
def test_generating_editing_and_undo_leave_the_view_alone(
    studio: Studio, qtbot: QtBot, touched: bool
) -> None:
    window, document = studio.window, studio.services.document
    window.files.open_sample("twinkle")
    if touched:
        look_elsewhere(studio)
    before = window.roll.place
    qtbot.mouseClick(window.generate_panel.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(studio.composition.tracks) == 4)
    assert window.roll.place == before
    window.mixer.programChosen.emit(1, 60)
    # Without its end the piece is shorter than what is seen.
    window.roll.set_selection(Selection.of_bars(studio.composition, 60.0, 191.0))
    window.commands.delete.trigger()
    assert 0 < studio.composition.steps <= 80
    assert window.roll.place == before
    for _ in range(3):
        document.undo_stack.undo()
        assert window.roll.place == before
    document.undo_stack.redo()
    assert window.roll.place == before


def record(studio: Studio, pitches: tuple[int, ...]) -> None:
    window = studio.window
    window.commands.record.trigger()
    studio.clock.now += 5.0
    window.recording.tick()
    for pitch in pitches:
        window.keyboard.noteOn.emit(pitch, 90)
        studio.clock.now += 0.6
        window.keyboard.noteOff.emit(pitch)
        window.recording.tick()
    assert window.recording.state is RecordingState.RECORDING


def test_recording_keeps_the_scale(studio: Studio) -> None:
    window, document = studio.window, studio.services.document
    document.begin(long_piece(60), "Open")
    look_elsewhere(studio)
    before = window.roll.place
    record(studio, (60, 62, 64))
    window.commands.record.trigger()
    assert studio.composition.note_count == 3
    assert window.roll.horizontalScrollBar().value() == 0
    after = window.roll.place
    assert (after.pixels_per_step, after.row_height) == (before.pixels_per_step, before.row_height)
    assert after.top == before.top


def test_a_recording_of_nothing_leaves_everything_as_it_was(studio: Studio) -> None:
    window = studio.window
    studio.services.document.begin(long_piece(200), "Open")
    fitted = window.roll.place
    record(studio, ())
    assert window.roll.roll_geometry.pixels_per_step >= 2.0, "one sees what one plays"
    window.commands.record.trigger()
    assert window.roll.place == fitted
    assert studio.composition == long_piece(200)


def test_what_is_recorded_into_a_long_piece_is_seen(studio: Studio) -> None:
    window = studio.window
    studio.services.document.begin(long_piece(1200), "Open")
    record(studio, (60, 62, 64))
    window.commands.record.trigger()
    assert window.roll.roll_geometry.pixels_per_step >= 2.0


def test_recording_beside_an_open_file_shows_the_new_piece(
    studio: Studio, qtbot: QtBot, tmp_path: Path
) -> None:
    open_file(studio, qtbot, tmp_path, 200)
    look_elsewhere(studio)
    before = studio.window.roll.place
    record(studio, (60, 62, 64))
    studio.window.commands.record.trigger()
    assert studio.services.document.path is None
    assert_fitted_from_the_start(studio)
    studio.services.document.undo_stack.undo()
    assert studio.window.roll.place == before


def test_a_window_of_another_size_fits_anew_what_nobody_has_zoomed(studio: Studio) -> None:
    window = studio.window
    studio.services.document.begin(long_piece(200), "Open")
    window.resize(1700, 900)
    assert_fitted_from_the_start(studio)
