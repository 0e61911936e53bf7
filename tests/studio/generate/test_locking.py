"""Locking what is selected, generating only that, and editing it: the studio as a whole."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from composer_app.generation.models.catalog import DEFAULT_MODEL, find_model, load_generator
from composer_app.music.composition import Composition, Track
from composer_app.music.editing.note_edits import NoteKey
from composer_app.music.melody import Melody
from composer_app.music.note import Note
from composer_app.studio.document.selection import Selection
from tests.studio.support import Studio, open_studio, scale

TUNE = tuple(Note(4 * step, 60 + (step * 5) % 12, 4) for step in range(16))


def begin(studio: Studio, qtbot: QtBot, model: str) -> Studio:
    window = studio.window
    window.show()
    qtbot.waitUntil(lambda: window.generate_panel.model_name == model)
    studio.services.document.begin(Composition.from_melody(Melody(TUNE)), "Open")
    return generate(studio, qtbot, 1)


def generate(studio: Studio, qtbot: QtBot, seed: int) -> Studio:
    studio.window.generate_panel.seed.setValue(seed)
    studio.window.commands.generate.trigger()
    qtbot.waitUntil(lambda: not studio.window.generate_panel.busy, timeout=20_000)
    return studio


@pytest.fixture
def studio(qtbot: QtBot, tmp_path: Path) -> Iterator[Studio]:
    """With a take of the stand-in, whose voices all change with the seed."""
    with open_studio(tmp_path) as result:
        yield begin(result, qtbot, "fake")


def select(studio: Studio, *keys: NoteKey) -> None:
    studio.window.roll.set_selection(Selection(frozenset(keys)))


def key(studio: Studio, track: int, index: int) -> NoteKey:
    return track, studio.composition.tracks[track].notes[index]


def select_bars(studio: Studio, first: int, last: int) -> None:
    studio.window.roll.set_selection(
        Selection.of_bars(studio.composition, 16 * first - 16, 16 * last - 1)
    )


def notes_in(composition: Composition, first: int, end: int) -> set[NoteKey]:
    return {
        (index, note)
        for index, track in enumerate(composition.tracks)
        for note in track.notes
        if first <= note.start < end
    }


# -- locking -------------------------------------------------------------------------------


def test_locked_notes_outlive_generating_again_and_again(studio: Studio, qtbot: QtBot) -> None:
    locked = (key(studio, 1, 2), key(studio, 3, 5))
    before = studio.composition
    select(studio, *locked)
    studio.window.commands.lock.trigger()
    for seed in (7, 8):
        after = generate(studio, qtbot, seed).composition
        assert after.tracks[1].notes != before.tracks[1].notes
        assert all(note in after.tracks[track].notes for track, note in locked)
        assert studio.services.document.locks.notes(after) == list(locked)
    assert studio.window.generate_panel.locked_row.text == "2 notes locked"
    assert studio.window.generate_panel.locked_row.isVisible()


def test_locking_can_be_taken_back_and_undone(studio: Studio, qtbot: QtBot) -> None:
    commands, document = studio.window.commands, studio.services.document
    locked = key(studio, 1, 2)
    select(studio, locked)
    assert not commands.lock.isChecked()
    commands.lock.trigger()
    assert commands.lock.isChecked()
    commands.lock.trigger()
    assert not document.locks
    document.undo_stack.undo()
    assert document.locks.notes(studio.composition) == [locked]
    assert commands.lock.isChecked()
    studio.window.generate_panel.locked_row.button.click()
    assert not document.locks
    assert not studio.window.generate_panel.locked_row.isVisible()
    document.undo_stack.undo()
    generate(studio, qtbot, 9)
    document.undo_stack.undo()
    assert document.locks.notes(studio.composition) == [locked]
    document.undo_stack.undo()
    assert not document.locks
    assert not studio.window.generate_panel.locked_row.isVisible()


def test_everything_else_can_be_locked(studio: Studio, qtbot: QtBot) -> None:
    before = studio.composition
    select_bars(studio, 2, 3)
    studio.window.commands.lock_rest.trigger()
    after = generate(studio, qtbot, 7).composition
    assert notes_in(after, 0, 16) == notes_in(before, 0, 16)
    assert notes_in(after, 48, 64) == notes_in(before, 48, 64)
    assert notes_in(after, 16, 48) != notes_in(before, 16, 48)


def test_locks_of_notes_and_of_voices_add_up(studio: Studio, qtbot: QtBot) -> None:
    before = studio.composition
    select(studio, key(studio, 1, 0))
    studio.window.commands.lock.trigger()
    studio.window.generate_panel.control.locks[2].setChecked(True)
    after = generate(studio, qtbot, 7).composition
    assert after.tracks[3] == before.tracks[3]
    assert after.tracks[1].notes[0] == before.tracks[1].notes[0]
    assert after.tracks[2].notes != before.tracks[2].notes


def test_locks_go_with_the_voices_of_an_opened_file(studio: Studio, qtbot: QtBot) -> None:
    low = tuple(Note(n.start, 40, 4) for n in TUNE)
    middle = tuple(Note(n.start, 52, 4, 33) for n in TUNE)
    opened = Composition(
        (Track("Tune", notes=TUNE), Track("B", notes=low), Track("T", notes=middle))
    )
    studio.services.document.begin(opened, "Open")
    select(studio, (1, low[3]), (2, middle[4]))
    studio.window.commands.lock.trigger()
    after = generate(studio, qtbot, 7).composition
    # From high to low they have become alto and bass.
    locked = [(1, middle[4]), (3, low[3])]
    assert studio.services.document.locks.notes(after) == locked
    assert all(note in after.tracks[track].notes for track, note in locked)


def test_where_everything_is_locked_a_sentence_says_so(studio: Studio) -> None:
    studio.window.commands.select_all.trigger()
    studio.window.commands.lock.trigger()
    studio.window.commands.generate.trigger()
    assert not studio.window.generate_panel.busy
    assert studio.message.startswith("Everything is locked")


def test_another_piece_has_locks_of_its_own(studio: Studio) -> None:
    document = studio.services.document
    select_bars(studio, 1, 1)
    studio.window.commands.lock.trigger()
    locked = document.locks
    document.begin(scale(), "Open")
    assert not document.locks
    document.undo_stack.undo()
    assert document.locks == locked


def test_a_lock_set_while_the_network_is_at_work_is_not_broken(
    studio: Studio, qtbot: QtBot
) -> None:
    before = studio.composition
    select(studio, key(studio, 1, 2))
    studio.window.generate_panel.seed.setValue(7)
    studio.window.commands.generate.trigger()
    studio.window.commands.lock.trigger()
    qtbot.waitUntil(lambda: not studio.window.generate_panel.busy)
    assert studio.composition == before
    assert "changed meanwhile" in studio.message


# -- only the selection --------------------------------------------------------------------


def test_only_the_selected_bars_are_written_anew(studio: Studio, qtbot: QtBot) -> None:
    before = studio.composition
    select_bars(studio, 2, 2)
    studio.window.generate_panel.seed.setValue(7)
    studio.window.commands.generate_selection.trigger()
    qtbot.waitUntil(lambda: not studio.window.generate_panel.busy)
    after = studio.composition
    assert notes_in(after, 0, 16) | notes_in(after, 32, 64) == (
        notes_in(before, 0, 16) | notes_in(before, 32, 64)
    )
    assert notes_in(after, 16, 32) != notes_in(before, 16, 32)
    assert studio.window.roll.selection == Selection.of_span(after, 16, 32)
    assert not studio.services.document.locks, "the rest is locked this once"
    assert "selection is written anew" in studio.message


def test_what_was_written_for_selected_notes_is_selected(studio: Studio, qtbot: QtBot) -> None:
    before = studio.composition
    old = {key(studio, 1, index) for index in (2, 3)}
    select(studio, *old)
    studio.window.generate_panel.seed.setValue(7)
    studio.window.commands.generate_selection.trigger()
    qtbot.waitUntil(lambda: not studio.window.generate_panel.busy)
    new = studio.window.roll.selection.notes
    assert notes_in(studio.composition, 0, 64) - notes_in(before, 0, 64) == new
    assert {(track, note.start) for track, note in new} == {(t, n.start) for t, n in old}


def test_the_melody_alone_is_not_written_anew(studio: Studio) -> None:
    studio.window.roll.set_selection(Selection.of_track(studio.composition, 0))
    studio.window.commands.generate_selection.trigger()
    assert not studio.window.generate_panel.busy
    assert studio.message.startswith("The melody stays as it is")


def test_beneath_a_melody_bars_can_be_harmonised_one_by_one(studio: Studio, qtbot: QtBot) -> None:
    studio.services.document.begin(Composition.from_melody(Melody(TUNE)), "Open")
    select_bars(studio, 2, 2)
    studio.window.commands.generate_selection.trigger()
    qtbot.waitUntil(lambda: not studio.window.generate_panel.busy)
    voices = [note for track in studio.composition.tracks[1:] for note in track.notes]
    assert {note.start for note in voices} == {16, 20, 24, 28}
    assert studio.composition.tracks[0].notes == TUNE


# -- editing -------------------------------------------------------------------------------


def test_deleting_is_undone_in_one_step(studio: Studio) -> None:
    before = studio.composition
    select(studio, key(studio, 0, 1), key(studio, 2, 3))
    QTest.keyClick(studio.window.roll, Qt.Key.Key_Delete)
    studio.window.commands.delete.trigger()
    assert studio.composition.note_count == before.note_count - 2
    assert not studio.window.roll.selection
    assert not studio.window.commands.delete.isEnabled()
    studio.services.document.undo_stack.undo()
    assert studio.composition == before


def test_steps_of_one_gesture_undo_as_one(studio: Studio) -> None:
    before, roll = studio.composition, studio.window.roll
    select(studio, key(studio, 1, 4))
    note = key(studio, 1, 4)[1]
    for _ in range(3):
        QTest.keyClick(roll, Qt.Key.Key_Up)
    QTest.keyClick(roll, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    moved = Note(note.start + 1, note.pitch + 3, 3, note.velocity)
    assert {(track, note.on_grid) for track, note in roll.selection.notes} == {(1, moved)}
    studio.services.document.undo_stack.undo()
    assert studio.composition == before
    # Another selection begins another gesture.
    select(studio, key(studio, 1, 4))
    QTest.keyClick(roll, Qt.Key.Key_Up)
    select(studio, key(studio, 1, 6))
    QTest.keyClick(roll, Qt.Key.Key_Up)
    studio.services.document.undo_stack.undo()
    assert studio.composition != before
    studio.services.document.undo_stack.undo()
    assert studio.composition == before


def test_notes_that_were_passed_over_come_back(studio: Studio) -> None:
    before, roll = studio.composition, studio.window.roll
    select(studio, key(studio, 0, 4))
    for _ in range(6):
        QTest.keyClick(roll, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    assert studio.composition.tracks[0].notes != before.tracks[0].notes
    for _ in range(6):
        QTest.keyClick(roll, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert studio.composition == before


def test_at_the_edge_a_note_waits_and_turns_at_once(studio: Studio) -> None:
    roll = studio.window.roll
    select(studio, key(studio, 0, 0))
    pitch = studio.composition.tracks[0].notes[0].pitch
    for _ in range(9):
        QTest.keyClick(roll, Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    assert studio.composition.tracks[0].notes[0].pitch == pitch + 60
    QTest.keyClick(roll, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert studio.composition.tracks[0].notes[0].pitch == pitch + 48


def test_dragging_moves_in_time_and_pitch_and_back(studio: Studio) -> None:
    before, roll = studio.composition, studio.window.roll
    track, note = key(studio, 3, 4)
    select(studio, (track, note))
    roll.mouse.dragBegan.emit()
    for steps, semitones in ((1, 0), (2, 2), (6, 3), (2, -2)):
        roll.mouse.dragged.emit(steps, semitones)
    ((_, there),) = roll.selection.notes
    assert (there.start, there.pitch) == (note.start + 2, note.pitch - 2)
    assert studio.composition.tracks[3].notes[5:] == before.tracks[3].notes[5:]
    studio.services.document.undo_stack.undo()
    assert studio.composition == before


def test_a_drag_that_goes_on_after_undo_moves_nothing(studio: Studio) -> None:
    before, roll, document = studio.composition, studio.window.roll, studio.services.document
    select(studio, key(studio, 3, 4))
    roll.mouse.dragBegan.emit()
    roll.mouse.dragged.emit(1, 0)
    roll.mouse.dragged.emit(2, 2)
    moved = studio.composition
    document.undo()
    roll.mouse.dragged.emit(3, 3)
    assert studio.composition == before
    assert document.undo_stack.canRedo(), "what was undone can still be had again"
    document.redo()
    assert studio.composition == moved
    # The next drag is one of its own; back at its start it may go on.
    document.undo()
    select(studio, key(studio, 3, 4))
    roll.mouse.dragBegan.emit()
    for steps, semitones in ((1, 1), (0, 0), (2, 2)):
        roll.mouse.dragged.emit(steps, semitones)
    assert studio.composition == moved


def test_a_lock_goes_along_with_its_note(studio: Studio, qtbot: QtBot) -> None:
    document, roll = studio.services.document, studio.window.roll
    select(studio, key(studio, 1, 4))
    studio.window.commands.lock.trigger()
    QTest.keyClick(roll, Qt.Key.Key_Up)
    QTest.keyClick(roll, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    (locked,) = document.locks.notes(studio.composition)
    assert {locked} == roll.selection.notes
    after = generate(studio, qtbot, 7).composition
    assert locked[1] in after.tracks[1].notes
    document.undo_stack.undo()
    document.undo_stack.undo()
    assert document.locks.notes(studio.composition) == [key(studio, 1, 4)]
    select(studio, key(studio, 1, 4))
    studio.window.commands.delete.trigger()
    assert not document.locks


# -- commands ------------------------------------------------------------------------------


def test_the_bar_over_the_roll_says_what_is_selected(studio: Studio) -> None:
    bar, roll = studio.window.selection.bar, studio.window.roll
    assert not bar.isVisible()
    select(studio, key(studio, 1, 2))
    assert bar.isVisible()
    assert bar.text == "1 note of the alto"
    roll.mouse.busyChanged.emit(True)
    assert not bar.isVisible(), "it is out of the way while the mouse is at work"
    roll.mouse.busyChanged.emit(False)
    bar.buttons[0].click()
    assert studio.services.document.locks
    bar.close_button.click()
    assert not bar.isVisible()
    assert not roll.selection


def test_the_bar_hides_nothing_that_is_selected(studio: Studio) -> None:
    bar, roll = studio.window.selection.bar, studio.window.roll
    height = roll.viewport().height()
    roll.set_selection(Selection.of_track(studio.composition, 0))
    assert bar.y() > height / 2
    low = Track("Bass", notes=tuple(Note(n.start, 24, 4) for n in TUNE))
    document = studio.services.document
    document.begin(Composition((Track("Soprano", notes=TUNE), low)), "Open")
    roll.set_selection(Selection.of_track(studio.composition, 1))
    assert bar.y() < height / 2


def test_in_a_narrow_roll_the_bar_keeps_its_buttons(studio: Studio, qtbot: QtBot) -> None:
    bar, window = studio.window.selection.bar, studio.window
    select(studio, key(studio, 1, 2))
    for size in (window.minimumSize(), window.maximumSize()):
        window.resize(size.boundedTo(window.minimumSize() * 1.5))
        qtbot.waitUntil(lambda: all(b.width() >= b.sizeHint().width() for b in bar.buttons))
        assert bar.parentWidget().rect().contains(bar.geometry())
    assert bar._label.isVisible()


def test_escape_lets_go_of_the_selection_but_stops_first(studio: Studio) -> None:
    roll, commands = studio.window.roll, studio.window.commands
    commands.select_all.trigger()
    assert roll.hasFocus() or roll.focusPolicy() != Qt.FocusPolicy.NoFocus

    def overrides() -> bool:
        event = QKeyEvent(
            QEvent.Type.ShortcutOverride, Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier
        )
        event.ignore()
        QApplication.sendEvent(roll, event)
        return event.isAccepted()

    assert overrides()
    commands.play.trigger()
    assert not overrides(), "what plays is stopped first"
    commands.stop.trigger()
    assert roll.selection
    QTest.keyClick(roll, Qt.Key.Key_Escape)
    assert not roll.selection
    assert not overrides()


def test_voices_and_bars_can_be_chosen_from_the_menu(studio: Studio) -> None:
    roll, window = studio.window.roll, studio.window
    window.selection.voices.aboutToShow.emit()
    names = [action.text() for action in window.selection.voices.actions()]
    assert names == ["Soprano", "Alto", "Tenor", "Bass"]
    window.selection.voices.actions()[2].trigger()
    assert roll.selection == Selection.of_track(studio.composition, 2)
    select(studio, key(studio, 1, 5))
    window.commands.select_bars.trigger()
    assert roll.selection == Selection.of_span(studio.composition, 16, 32)
    window.commands.select_none.trigger()
    window.transport.seek(40)
    window.commands.select_bars.trigger()
    assert roll.selection == Selection.of_span(studio.composition, 32, 48)


def test_commands_are_offered_when_they_mean_something(studio: Studio) -> None:
    commands = studio.window.commands
    needing = (commands.lock, commands.lock_rest, commands.generate_selection, commands.delete)
    assert not any(command.isEnabled() for command in needing)
    commands.select_all.trigger()
    assert all(command.isEnabled() for command in needing)
    studio.services.document.begin(Composition(), "New")
    assert not any(command.isEnabled() for command in (*needing, commands.select_all))
    (menu,) = [studio.window.selection.menu()]
    assert commands.lock in menu.actions()


# -- the real model ------------------------------------------------------------------------


@pytest.mark.slow
def test_the_real_model_keeps_what_is_locked_bit_by_bit(qtbot: QtBot, tmp_path: Path) -> None:
    models = (find_model(),)
    with open_studio(tmp_path, load=load_generator, models=models) as studio:
        begin(studio, qtbot, DEFAULT_MODEL)
        take = studio.composition
        keys = sorted((t, n) for t, track in enumerate(take.tracks) for n in track.notes)

        @settings(max_examples=2, deadline=None)
        @given(st.sets(st.sampled_from(keys), min_size=1, max_size=20), st.integers(2, 99))
        def keeps(locked: set[NoteKey], seed: int) -> None:
            document = studio.services.document
            document.replace(take, "Back")
            studio.window.commands.unlock_all.trigger()
            select(studio, *locked)
            studio.window.commands.lock.trigger()
            after = generate(studio, qtbot, seed).composition
            assert all(note in after.tracks[track].notes for track, note in locked)
            studio.window.commands.improve.trigger()
            qtbot.waitUntil(lambda: not studio.window.generate_panel.busy, timeout=20_000)
            improved = studio.composition
            assert all(note in improved.tracks[track].notes for track, note in locked)

        keeps()
