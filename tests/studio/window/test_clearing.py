"""Deleting notes until none is left: the piece is empty then, and undo brings all of it back."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from composer_app.music.composition import Composition, Track
from composer_app.music.midi.file import read_midi, write_midi
from composer_app.music.mix import TrackMix
from composer_app.music.note import Note
from composer_app.studio.document.selection import Selection
from tests.studio.support import SCALE, Studio, open_studio, scale

LOW = tuple(Note(note.start, note.pitch - 12, 4) for note in SCALE)
SPARSE = Composition(
    (Track("Conductor"), Track("Flute", 73, SCALE), Track("Rest", 0), Track("Bass", 42, LOW))
)


@pytest.fixture
def studio(qtbot: QtBot, tmp_path: Path) -> Iterator[Studio]:
    with open_studio(tmp_path / "data") as result:
        result.window.show()
        qtbot.waitUntil(lambda: result.window.running and not result.services.jobs.busy)
        yield result


def settle(studio: Studio, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not studio.at_work)


def generate(studio: Studio, qtbot: QtBot) -> None:
    studio.services.document.begin(scale(), "Record", saved=False)
    studio.window.commands.generate.trigger()
    qtbot.waitUntil(lambda: not studio.window.generate_panel.busy)


def clear(studio: Studio) -> None:
    studio.window.commands.select_all.trigger()
    studio.window.commands.delete.trigger()


def strips(studio: Studio) -> list[int]:
    """Indices of the tracks whose strips are seen."""
    return [strip.index for strip in studio.window.mixer.strips if not strip.isHidden()]


def assert_is_empty(studio: Studio) -> None:
    window = studio.window
    assert studio.composition.tracks == ()
    assert strips(studio) == []
    assert not window.mixer._empty.isHidden()
    assert window.roll._invitation.isVisible()
    assert window.roll.accessibleDescription() == "Empty"
    assert not window.generation.ready
    assert window.generate_panel.locked_row.isHidden()
    window.selection.voices.aboutToShow.emit()
    assert [action.text() for action in window.selection.voices.actions()] == [
        "There are no voices yet"
    ]
    tracks = window.statistics.distribution.choices.tracks
    assert [tracks.itemText(row) for row in range(tracks.count())] == ["All tracks", "The melody"]


def test_a_cleared_piece_is_like_an_empty_one_and_comes_back_with_its_mix(
    studio: Studio, qtbot: QtBot
) -> None:
    generate(studio, qtbot)
    window, before = studio.window, studio.composition
    studio.services.document.set_track_mix(3, TrackMix(60, 20, mute=True))
    studio.services.document.set_track_mix(1, TrackMix(solo=True))
    window.commands.select_all.trigger()
    window.commands.lock.trigger()
    locks = studio.services.document.locks
    clear(studio)
    assert_is_empty(studio)
    assert window.playback.mix.track(3) == TrackMix(60, 20), "it is still the same piece"
    assert not studio.services.document.locks
    studio.services.document.undo_stack.undo()
    assert studio.composition == before
    assert strips(studio) == [0, 1, 2, 3]
    assert not window.roll._invitation.isVisible()
    assert window.playback.mix.track(3) == TrackMix(60, 20, mute=True)
    assert window.playback.mix.track(1) == TrackMix(solo=True)
    assert window.mixer.strips[3].mute.isChecked()
    assert studio.services.document.locks == locks
    studio.services.document.undo_stack.redo()
    assert_is_empty(studio)


def test_deleting_note_by_note_ends_the_same(studio: Studio, qtbot: QtBot) -> None:
    generate(studio, qtbot)
    while studio.composition.note_count:
        track = next(i for i, each in enumerate(studio.composition.tracks) if each.notes)
        note = studio.composition.tracks[track].notes[0]
        studio.window.roll.set_selection(Selection(frozenset({(track, note)})))
        studio.window.commands.delete.trigger()
    assert_is_empty(studio)


def test_a_new_melody_is_not_muted_by_what_was_cleared(studio: Studio, qtbot: QtBot) -> None:
    generate(studio, qtbot)
    studio.services.document.set_track_mix(0, TrackMix(mute=True))
    clear(studio)
    studio.window.commands.step_input.trigger()
    studio.services.live.note_on(60, 80)
    assert strips(studio) == [0]
    assert not studio.window.playback.mix.track(0).mute
    # Undone to where it was muted, it is again.
    studio.services.document.undo_stack.undo()
    studio.services.document.undo_stack.undo()
    assert studio.window.playback.mix.track(0).mute


def test_a_melody_taken_back_note_by_note_leaves_no_strip_and_keeps_its_instrument(
    studio: Studio, qtbot: QtBot
) -> None:
    studio.window.commands.step_input.trigger()
    studio.services.live.note_on(60, 80)
    studio.window.mixer.programChosen.emit(0, 73)
    studio.window.commands.step_back.trigger()
    assert studio.composition.note_count == 0
    assert strips(studio) == []
    assert studio.window.roll._invitation.isVisible()
    studio.services.live.note_on(62, 80)
    assert strips(studio) == [0]
    assert studio.composition.tracks[0].program == 73


def test_tracks_without_notes_have_no_strips_and_are_in_no_list(
    studio: Studio, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "sparse.mid"
    write_midi(SPARSE, path)
    studio.window.files.open(path)
    settle(studio, qtbot)
    names = [track.name for track in studio.composition.tracks]
    assert [names[index] for index in strips(studio)] == ["Flute", "Bass"]
    studio.window.selection.voices.aboutToShow.emit()
    assert [a.text() for a in studio.window.selection.voices.actions()] == ["Flute", "Bass"]
    studio.window.selection.voices.actions()[1].trigger()
    assert {names[index] for index, _ in studio.window.roll.selection.notes} == {"Bass"}
    tracks = studio.window.statistics.distribution.choices.tracks
    listed = [tracks.itemText(row) for row in range(2, tracks.count())]
    assert listed == ["Flute", "Bass"]
    assert tracks.itemData(3) == names.index("Bass")
    assert "0" not in studio.window.roll.accessibleDescription().partition("notes: ")[2].split()


def test_a_voice_that_is_deleted_loses_its_strip_and_does_not_silence_the_others(
    studio: Studio, qtbot: QtBot
) -> None:
    generate(studio, qtbot)
    window = studio.window
    studio.services.document.set_track_mix(1, TrackMix(solo=True))
    window.roll.set_selection(Selection.of_track(studio.composition, 1))
    window.commands.delete.trigger()
    assert len(studio.composition.tracks) == 4, "each of the others keeps its colour and its place"
    assert strips(studio) == [0, 2, 3]
    assert window.playback.mix.audible(0), "nobody could see why it was silent"
    studio.services.document.undo_stack.undo()
    assert window.playback.mix.track(1).solo


def test_mutes_come_back_with_redo_and_with_the_piece_before(studio: Studio, qtbot: QtBot) -> None:
    generate(studio, qtbot)
    document, playback = studio.services.document, studio.window.playback
    studio.services.document.set_track_mix(2, TrackMix(mute=True))
    document.undo_stack.undo()
    assert not playback.mix.track(2).mute
    document.undo_stack.redo()
    assert playback.mix.track(2).mute
    document.begin(scale("Another"), "Open")
    assert not playback.mix.track(2).mute
    document.undo_stack.undo()
    assert playback.mix.track(2).mute


def test_a_cleared_file_is_not_as_saved_and_is_not_replaced_by_nothing(
    studio: Studio, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "mine.mid"
    studio.services.document.begin(scale(), "Record", saved=False)
    studio.dialogs.save_path = path
    studio.window.commands.save.trigger()
    settle(studio, qtbot)
    assert not studio.window.isWindowModified()
    clear(studio)
    assert studio.window.isWindowModified()
    assert not studio.services.document.modified, "there is no music that could be lost"
    written = path.read_bytes()
    for command in (studio.window.commands.save, studio.window.commands.save_as):
        command.trigger()
        settle(studio, qtbot)
        assert studio.message == "All notes are deleted, so mine.mid stays as it is."
    assert path.read_bytes() == written
    assert len(studio.dialogs.suggestions) == 1
    (undo,) = studio.window.message_bar.action_buttons()
    qtbot.mouseClick(undo, Qt.MouseButton.LeftButton)
    assert not studio.window.isWindowModified()
    assert studio.composition.note_count == 4
    # What is played next is a piece of its own, once New is chosen.
    clear(studio)
    studio.window.commands.new.trigger()
    assert studio.services.document.path is None
    assert read_midi(path).note_count == 4


def test_a_new_piece_that_was_cleared_has_nothing_to_save(studio: Studio) -> None:
    studio.services.document.begin(scale(), "Record", saved=False)
    clear(studio)
    assert not studio.window.isWindowModified()
    studio.window.commands.save.trigger()
    assert "nothing to save yet" in studio.message
