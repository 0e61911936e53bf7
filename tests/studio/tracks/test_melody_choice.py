"""Choose Melody and Leave Out Other Tracks, as a person does it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from composer_app.music.composition import Composition, Track
from composer_app.music.midi.file import write_midi
from composer_app.music.mix import TrackMix
from composer_app.music.note import Note
from composer_app.music.performing.melody_line import Line
from composer_app.studio.tracks.melody_dialog import MelodyDialog
from tests.studio.support import Studio, open_studio, scale

UPPER = tuple(Note(4 * n, 72 + (2 * n) % 7, 4) for n in range(16))
LOWER = tuple(Note(4 * n, 45 + (3 * n) % 5, 4) for n in range(16))
PIANO = Track("Piano", 0, (*UPPER, *LOWER))
FLUTE = Track("Flute", 73, tuple(note.moved(32, 5) for note in UPPER))


@pytest.fixture
def studio(qtbot: QtBot, tmp_path: Path) -> Iterator[Studio]:
    with open_studio(tmp_path / "data") as result:
        result.services.document.begin(Composition((PIANO, FLUTE)), "Open")
        yield result


def dialog_of(studio: Studio, qtbot: QtBot) -> MelodyDialog:
    studio.window.commands.choose_melody.trigger()
    qtbot.waitUntil(lambda: studio.window.tracks.dialog is not None)
    dialog = studio.window.tracks.dialog
    assert dialog is not None
    qtbot.waitUntil(lambda: not dialog.looking)
    return dialog


def press(qtbot: QtBot, button: object) -> None:
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def notes_of(studio: Studio) -> list[tuple[Note, ...]]:
    return [track.notes for track in studio.composition.tracks]


def test_tracks_and_parts_are_shown_with_what_they_are(studio: Studio, qtbot: QtBot) -> None:
    dialog = dialog_of(studio, qtbot)
    assert [row.title for row in dialog.track_rows] == ["Piano", "Flute"]
    piano, flute = (row.details for row in dialog.track_rows)
    assert piano[0] == "Grand piano · 32 notes · the melody now"
    assert flute[0] == "Flute · 16 notes · from bar 3 on"
    assert "it plays one note at a time" in flute[1]
    assert dialog.track_rows[0].is_chosen
    assert {line: row.details[0].split(" · ")[0] for line, row in dialog.part_rows.items()} == {
        Line.UPPER: "16 notes",
        Line.LOWER: "16 notes",
    }
    assert dialog.line is Line.UPPER
    # Of one note at a time there are no parts.
    press(qtbot, dialog.track_rows[1].radio)
    qtbot.waitUntil(lambda: not dialog.looking)
    assert (dialog.part_rows, dialog.track.index) == ({}, 1)
    assert not dialog.track_rows[0].is_chosen


def test_the_lower_part_is_taken_in_one_step(studio: Studio, qtbot: QtBot) -> None:
    before = studio.services.document.undo_stack.index()
    dialog = dialog_of(studio, qtbot)
    press(qtbot, dialog.part_rows[Line.LOWER].radio)
    assert dialog.line is Line.LOWER
    press(qtbot, dialog.take)
    assert notes_of(studio) == [LOWER, FLUTE.notes, UPPER]
    assert studio.services.document.undo_stack.index() == before + 1
    assert studio.message.startswith("The lower part of “Piano” is the melody now; what else")
    studio.window.commands.undo.trigger()
    assert studio.composition == Composition((PIANO, FLUTE))
    assert studio.window.tracks.dialog is None


def test_another_track_is_taken_with_its_mix(studio: Studio, qtbot: QtBot) -> None:
    studio.services.document.set_track_mix(1, TrackMix(volume=33))
    dialog = dialog_of(studio, qtbot)
    press(qtbot, dialog.track_rows[1].radio)
    press(qtbot, dialog.take)
    assert [track.name for track in studio.composition.tracks] == ["Flute", "Piano"]
    assert studio.services.document.mix.track(0).volume == 33
    assert studio.message.startswith("“Flute” is the melody now.")


@pytest.mark.parametrize("way", ["take what is", "cancel", "another piece"])
def test_nothing_changes_where_nothing_is_chosen(studio: Studio, qtbot: QtBot, way: str) -> None:
    before = studio.services.document.undo_stack.index()
    dialog = dialog_of(studio, qtbot)
    if way == "another piece":
        studio.services.document.begin(scale(), "Open")
        before += 1
    elif way == "cancel":
        dialog.reject()
    else:
        press(qtbot, dialog.take)
    assert studio.window.tracks.dialog is None
    assert studio.services.document.undo_stack.index() == before


def test_a_part_is_heard_alone_and_one_at_a_time(studio: Studio, qtbot: QtBot) -> None:
    dialog = dialog_of(studio, qtbot)
    player = studio.services.player
    lower, flute = dialog.part_rows[Line.LOWER], dialog.track_rows[1]
    press(qtbot, lower.play)
    assert lower.play.isChecked()
    assert player.playing
    press(qtbot, flute.play)
    assert (lower.play.isChecked(), flute.play.isChecked()) == (False, True)
    # From where it begins.
    assert flute.picture._playhead == pytest.approx(32, abs=1)
    press(qtbot, flute.play)
    assert (player.playing, flute.play.isChecked()) == (False, False)
    press(qtbot, lower.play)
    dialog.reject()
    assert not player.playing


def test_the_message_about_a_file_with_two_parts_leads_there(
    studio: Studio, qtbot: QtBot, tmp_path: Path
) -> None:
    write_midi(Composition((PIANO,)), tmp_path / "a.mid")
    studio.window.files.open(tmp_path / "a.mid")
    qtbot.waitUntil(lambda: not studio.at_work)
    buttons = {each.text(): each for each in studio.window.message_bar.action_buttons()}
    press(qtbot, buttons["Choose Melody…"])
    qtbot.waitUntil(lambda: studio.window.tracks.dialog is not None)


def test_what_has_no_notes_has_no_melody_to_choose(studio: Studio) -> None:
    commands = studio.window.commands
    assert commands.choose_melody.isEnabled()
    drums = Track("Drums", 0, UPPER, drums=True)
    studio.services.document.begin(Composition((drums,)), "Open")
    assert not commands.choose_melody.isEnabled()
    commands.new.trigger()
    assert not commands.choose_melody.isEnabled()
    assert not commands.leave_out_others.isEnabled()


# -- leaving out -------------------------------------------------------------------------------


def test_other_tracks_are_left_out_and_come_back(studio: Studio) -> None:
    commands = studio.window.commands
    commands.leave_out_others.trigger()
    assert studio.composition.tracks == (PIANO,)
    assert studio.message.startswith("1 other track is left out.")
    assert not commands.leave_out_others.isEnabled()
    commands.undo.trigger()
    assert studio.composition.tracks == (PIANO, FLUTE)


def test_the_mixer_offers_it_above_the_other_tracks(studio: Studio, qtbot: QtBot) -> None:
    mixer, document = studio.window.mixer, studio.services.document
    assert mixer._others.isHidden(), "two tracks need no heading"
    others = tuple(Track(f"Other {n}", 0, UPPER) for n in range(5))
    document.begin(Composition((PIANO, *others)), "Open")
    assert not mixer._others.isHidden()
    place = mixer._rows.indexOf(mixer._others)
    assert place == mixer._rows.indexOf(mixer.strips[1]) - 1
    press(qtbot, mixer.leave_out)
    assert studio.composition.tracks == (PIANO,)
    assert mixer._others.isHidden()


def test_voices_of_composer_are_no_other_tracks(studio: Studio, qtbot: QtBot) -> None:
    window = studio.window
    window.show()
    qtbot.waitUntil(lambda: window.running and not studio.at_work)
    window.commands.generate.trigger()
    qtbot.waitUntil(lambda: not window.generation.busy)
    assert len(studio.composition.tracks) == 5
    window.commands.leave_out_others.trigger()
    assert [track.name for track in studio.composition.tracks][1:] == ["Alto", "Tenor", "Bass"]
    assert not window.commands.leave_out_others.isEnabled()
