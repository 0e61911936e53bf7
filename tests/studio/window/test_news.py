"""The message bar of the whole window speaks of the present: what was so before is not said."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import pytest
from mido import MidiFile
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from composer_app.analysis.likeness.likeness import compare
from composer_app.analysis.likeness.profiles import load_profile
from composer_app.errors import MidiFileError, ModelError
from composer_app.generation.generator import Generator
from composer_app.live.midi.inputs import PortChanges
from composer_app.music.composition import VOICE_NAMES, Composition, Track
from composer_app.music.editing.edits import with_tempo
from composer_app.music.midi.file import write_midi
from composer_app.music.mix import TrackMix
from composer_app.music.note import Note
from composer_app.notation.piece_file import read_piece_file
from composer_app.project.locks import Locks
from composer_app.reporting.plots.question import Question
from composer_app.studio.document.selection import Selection
from composer_app.studio.messages.bar import Tone
from composer_app.studio.messages.hints import STEP_INPUT_HINT
from composer_app.translation import verbatim
from tests.generation.fake_generator import FakeGenerator
from tests.studio.support import SCALE, Studio, open_studio, scale

PARTS = Composition(
    (Track("Conductor"), *(Track(f"Part {number}", number, SCALE) for number in range(1, 13)))
)


def start(studio: Studio, qtbot: QtBot) -> Studio:
    studio.window.show()
    qtbot.waitUntil(lambda: studio.window.running and not studio.services.jobs.busy)
    return studio


@pytest.fixture
def studio(qtbot: QtBot, tmp_path: Path) -> Iterator[Studio]:
    with open_studio(tmp_path / "data") as result:
        # News that goes by itself would hide that it is past.
        result.window.message_bar._timer.setInterval(1_000_000)
        yield start(result, qtbot)


def settle(studio: Studio, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not studio.at_work)


def generate(studio: Studio, qtbot: QtBot) -> None:
    studio.window.commands.generate.trigger()
    qtbot.waitUntil(lambda: not studio.window.generate_panel.busy)


def press(studio: Studio, qtbot: QtBot, text: str) -> None:
    buttons = studio.window.message_bar.action_buttons()
    (button,) = [each for each in buttons if each.text() == text]
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def buttons(studio: Studio) -> list[str]:
    return [button.text() for button in studio.window.message_bar.action_buttons()]


# -- what the piece was ------------------------------------------------------------------------

Act = Callable[[Studio], None]
MOVES: dict[str, Act] = {
    "undone": lambda studio: studio.services.document.undo_stack.undo(),
    "edited": lambda studio: studio.services.document.replace(
        with_tempo(studio.composition, 71), "Change Tempo"
    ),
    "deleted": lambda studio: (
        studio.window.commands.select_all.trigger(),
        studio.window.commands.delete.trigger(),
    )[0],
    "another piece": lambda studio: studio.window.files.open_sample("twinkle"),
    "locked": lambda studio: studio.services.document.set_locks(
        Locks(Selection.everything(studio.composition).cells(studio.composition)), "Lock"
    ),
}


@pytest.mark.parametrize("move", MOVES)
def test_what_was_said_of_the_piece_goes_with_the_next_change(
    studio: Studio, qtbot: QtBot, move: str
) -> None:
    studio.services.document.begin(scale(), "Open")
    generate(studio, qtbot)
    assert studio.message.startswith("Three voices written")
    MOVES[move](studio)
    assert "written" not in studio.message
    assert "Undo" not in buttons(studio) or studio.message.startswith("Opened the sample")


def test_after_redo_nothing_is_said_of_the_undoing(studio: Studio) -> None:
    document = studio.services.document
    document.begin(scale(), "Open")
    studio.window.commands.new.trigger()
    assert studio.message.startswith("A new piece, in place of the piece before.")
    document.undo_stack.undo()
    assert studio.message == ""
    document.undo_stack.redo()
    assert studio.message == ""


def test_saved_is_the_present_until_the_next_edit(
    studio: Studio, qtbot: QtBot, tmp_path: Path
) -> None:
    studio.services.document.begin(scale(), "Record", saved=False)
    studio.dialogs.save_path = tmp_path / "a.mid"
    studio.window.commands.save.trigger()
    settle(studio, qtbot)
    assert studio.message == f"Saved a.mid in {tmp_path}."
    MOVES["edited"](studio)
    assert studio.message == ""


def test_what_was_changed_while_saving_is_not_called_saved(
    studio: Studio, qtbot: QtBot, tmp_path: Path
) -> None:
    studio.services.document.begin(scale(), "Record", saved=False)
    studio.dialogs.save_path = tmp_path / "a.mid"
    studio.window.commands.save.trigger()
    MOVES["edited"](studio)
    settle(studio, qtbot)
    assert "what you have changed since is not in it" in studio.message


def test_there_is_nothing_to_play_until_there_is(studio: Studio) -> None:
    studio.window.commands.play.trigger()
    assert "nothing to play" in studio.message
    studio.services.document.begin(scale(), "Open")
    assert studio.message == ""


def test_what_captures_nothing_says_so_until_something_is_played(studio: Studio) -> None:
    studio.window.commands.capture.trigger()
    assert "Nothing was played yet" in studio.message
    studio.services.live.note_on(60, 80)
    assert studio.message == ""


# -- generating --------------------------------------------------------------------------------


def test_what_was_cancelled_is_past_when_the_next_one_runs(studio: Studio, qtbot: QtBot) -> None:
    studio.services.document.begin(scale(), "Open")
    studio.services.worker.cancelled.emit()
    assert studio.message.startswith("Cancelled")
    studio.window.generation.generate()
    assert studio.message == ""
    assert studio.window.message_bar.hint == "The other voices are being written."
    qtbot.waitUntil(lambda: not studio.window.generate_panel.busy)


def test_a_seed_that_gives_the_same_is_said_until_another_is_chosen(
    studio: Studio, qtbot: QtBot
) -> None:
    studio.services.document.begin(scale(), "Open")
    generate(studio, qtbot)
    generate(studio, qtbot)
    assert "roll the dice" in studio.message
    studio.window.commands.roll.trigger()
    assert studio.message == ""


def test_everything_is_locked_until_a_voice_is_unlocked(studio: Studio, qtbot: QtBot) -> None:
    studio.services.document.begin(scale(), "Open")
    generate(studio, qtbot)
    locks = studio.window.generate_panel.control.locks
    for lock in locks:
        lock.click()
    studio.window.commands.generate.trigger()
    assert studio.message.startswith("Everything is locked")
    locks[0].click()
    assert studio.message == ""


def test_a_model_s_failure_is_over_with_the_next_try(qtbot: QtBot, tmp_path: Path) -> None:
    failing = [True]

    def load(name: str) -> Generator:
        if failing[0]:
            raise ModelError(verbatim("fake.onnx has the wrong shape."))
        return FakeGenerator(name)

    with open_studio(tmp_path, load=load) as studio:
        start(studio, qtbot).services.document.begin(scale(), "Open")
        generate(studio, qtbot)
        assert (studio.message, studio.window.message_bar.tone) == (
            "fake.onnx has the wrong shape.",
            Tone.ERROR,
        )
        MOVES["edited"](studio)
        assert studio.message == "fake.onnx has the wrong shape.", "an edit mends no model"
        failing[0] = False
        generate(studio, qtbot)
        assert studio.message.startswith("Three voices written")
        studio.window.message_bar.dismiss()
        assert studio.message == ""


def test_generate_is_only_advised_where_it_can_be_pressed(studio: Studio) -> None:
    document, bar = studio.services.document, studio.window.message_bar
    studio.window.files.open_sample("twinkle")
    assert studio.message.endswith("Press Generate to hear it in four voices.")
    studio.window.commands.record.trigger()
    bar.dismiss()
    assert "Generate" not in studio.message + bar.hint
    studio.window.commands.stop.trigger()
    far = replace(SCALE[0], start=1_200 * 16)
    document.begin(Composition((Track("Long", 0, (*SCALE, far)),)), "Open")
    assert not studio.window.generation.ready
    assert "take a shorter piece" in bar.hint
    assert "Press Generate" not in studio.message + bar.hint


def test_the_hint_changes_with_what_there_is(studio: Studio, qtbot: QtBot) -> None:
    bar, window = studio.window.message_bar, studio.window
    assert bar.hint.startswith("Play a melody, or open one")
    window.commands.step_input.trigger()
    assert bar.hint == STEP_INPUT_HINT
    window.commands.step_input.trigger()
    studio.services.document.begin(scale(), "Open")
    assert bar.hint == "Press Generate to hear it in four voices."
    generate(studio, qtbot)
    bar.dismiss()
    assert bar.hint.startswith("Press Space to listen, or roll the dice")
    window.commands.play.trigger()
    assert bar.hint.startswith("Press Space to pause")
    window.commands.stop.trigger()
    MOVES["deleted"](studio)
    assert bar.hint.startswith("Play a melody, or open one")


def test_no_certainty_is_said_as_long_as_there_is_none(studio: Studio, qtbot: QtBot) -> None:
    studio.services.document.begin(scale(), "Open")
    studio.window.commands.confidence.setChecked(True)
    assert "how sure" in studio.message
    MOVES["edited"](studio)
    entries = studio.window.message_bar.history.entries
    assert sum("how sure" in said.text for said in entries) == 1, "said once"
    generate(studio, qtbot)
    studio.window.message_bar.dismiss()
    assert studio.message == ""
    studio.services.document.undo_stack.undo()
    assert "how sure" in studio.message
    studio.window.commands.confidence.setChecked(False)
    assert studio.message == ""


# -- what takes the place of music -------------------------------------------------------------


@pytest.fixture
def twelve(studio: Studio, qtbot: QtBot, tmp_path: Path) -> Studio:
    path = tmp_path / "twelve.mid"
    write_midi(PARTS, path)
    studio.window.files.open(path)
    settle(studio, qtbot)
    return studio


def test_of_twelve_tracks_it_is_said_which_is_taken_and_what_becomes_of_the_others(
    twelve: Studio, qtbot: QtBot
) -> None:
    assert twelve.message == (
        "Opened twelve.mid: track 2 of 13, “Part 1”, is the melody. Press Generate to hear it in"
        " four voices: the other 11 tracks are then muted."
    )
    before = twelve.composition
    generate(twelve, qtbot)
    assert "with seed 0. The other 11 tracks stay, muted." in twelve.message
    press(twelve, qtbot, "Undo")
    assert twelve.composition == before


def test_drums_play_on_beside_the_new_voices(studio: Studio, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "drums.mid"
    beat = Track("Beat", 0, tuple(Note(4 * i, 36 + i % 2, 1) for i in range(16)), drums=True)
    horn = Track("Horn", 60, (Note(0, 40, 64),))
    write_midi(Composition((beat, *scale().tracks, horn)), path)
    studio.window.files.open(path)
    settle(studio, qtbot)
    assert "the other track is then muted" in studio.message
    generate(studio, qtbot)
    assert "The other track stays, muted. The drums play on." in studio.message
    assert [track.drums for track in parts(studio)] == [True, False]
    assert muted(studio) == [5]
    roll = studio.window.score_export
    roll._write(tmp_path / "x.musicxml", closed=False)
    settle(studio, qtbot)
    assert studio.message.startswith("Exported x.musicxml")
    drums = [track.drums for track in read_piece_file(tmp_path / "x.musicxml").composition.tracks]
    assert sum(drums) == 1


def parts(studio: Studio) -> tuple[Track, ...]:
    """The tracks that are none of the four voices."""
    return studio.composition.tracks[4:]


def muted(studio: Studio) -> list[int]:
    tracks = studio.services.document.mix.tracks
    return [index for index, track in enumerate(tracks) if track.mute]


def test_other_tracks_stay_muted_in_the_piece_with_every_take(twelve: Studio, qtbot: QtBot) -> None:
    document = twelve.services.document
    generate(twelve, qtbot)
    assert [track.name for track in twelve.composition.tracks[:4]] == list(VOICE_NAMES)
    assert parts(twelve) == PARTS.tracks[2:]
    assert muted(twelve) == list(range(4, 15))
    assert document.take is not None
    assert len(document.take.composition.tracks) == 4
    # Whoever wants to hear one while other takes are made does so.
    document.set_track_mix(4, TrackMix(70))
    twelve.window.commands.roll.trigger()
    generate(twelve, qtbot)
    assert "in place of those before. The other 11 tracks stay as they were." in twelve.message
    assert parts(twelve) == PARTS.tracks[2:]
    assert muted(twelve) == list(range(5, 15))
    assert len(document.takes) == 2
    document.undo()
    assert document.take is document.takes[0]
    document.undo()
    assert len(twelve.composition.tracks) == 13
    assert muted(twelve) == []
    assert document.mix.track(2).volume == 70, "volumes stay with their tracks"
    document.redo()
    assert muted(twelve) == list(range(4, 15))
    assert document.take is document.takes[0]


def test_what_was_muted_before_is_so_after_undo(twelve: Studio, qtbot: QtBot) -> None:
    twelve.services.document.set_track_mix(3, TrackMix(mute=True))
    generate(twelve, qtbot)
    press(twelve, qtbot, "Undo")
    assert muted(twelve) == [3]


def test_other_tracks_are_left_out_when_a_person_says_so(twelve: Studio, qtbot: QtBot) -> None:
    generate(twelve, qtbot)
    take = twelve.services.document.take
    press(twelve, qtbot, "Leave Them Out")
    assert len(twelve.composition.tracks) == 4
    assert twelve.services.document.take is take
    twelve.services.document.undo()
    assert len(parts(twelve)) == 11
    assert muted(twelve) == list(range(4, 15))


def test_locks_stay_with_other_tracks(twelve: Studio, qtbot: QtBot) -> None:
    generate(twelve, qtbot)
    document = twelve.services.document
    cells = np.zeros((twelve.composition.steps, 15), np.bool_)
    cells[:, [1, 7]] = True
    document.set_locks(Locks(cells), "Lock")
    alto = twelve.composition.tracks[1]
    twelve.window.commands.roll.trigger()
    generate(twelve, qtbot)
    assert twelve.composition.tracks[1] == alto
    assert document.locks == Locks(cells)
    assert parts(twelve) == PARTS.tracks[2:]


def test_a_piece_with_other_tracks_is_measured_and_compared_by_its_voices(
    twelve: Studio, qtbot: QtBot
) -> None:
    generate(twelve, qtbot)
    piece = twelve.composition
    four = replace(piece, tracks=piece.tracks[:4])
    assert compare(piece, load_profile("bach")) == compare(four, load_profile("bach"))
    assert Question(piece).material.notes == Question(four).material.notes
    assert Question(piece, part=7).material.notes, "each of the others can be measured alone"


@pytest.mark.parametrize("ending", [".mid", ".composer"])
def test_other_tracks_are_silent_in_files_and_muted_when_they_are_opened(
    twelve: Studio, qtbot: QtBot, tmp_path: Path, ending: str
) -> None:
    generate(twelve, qtbot)
    twelve.services.document.set_track_mix(5, TrackMix(70, 20, mute=True))
    piece, mix = twelve.composition, twelve.services.document.mix
    path = twelve.dialogs.save_path = tmp_path / f"kept{ending}"
    twelve.window.commands.save.trigger()
    settle(twelve, qtbot)
    if ending == ".mid":
        volumes = [
            [each.value for each in track if each.is_cc(7)] for track in MidiFile(path).tracks
        ]
        assert volumes == [[]] * 5 + [[0]] * 11
    twelve.window.commands.new.trigger()
    twelve.window.files.open(path)
    settle(twelve, qtbot)
    assert twelve.composition == replace(piece, title=twelve.composition.title)
    assert twelve.services.document.mix == mix
    twelve.window.commands.roll.trigger()
    generate(twelve, qtbot)
    assert len(parts(twelve)) == 11, "voices of ours make way, now as before"


def test_improving_leaves_other_tracks_as_they_sound(twelve: Studio, qtbot: QtBot) -> None:
    before = twelve.composition
    twelve.window.commands.improve.trigger()
    qtbot.waitUntil(lambda: not twelve.window.generate_panel.busy)
    assert "The other 8 tracks stay as they were." in twelve.message
    assert (len(parts(twelve)), muted(twelve)) == (8, [])
    press(twelve, qtbot, "Undo")
    assert twelve.composition == before
    twelve.window.generate_panel.control.locks[0].click()
    generate(twelve, qtbot)
    assert twelve.message.startswith("Written anew around what is locked")
    assert "The other 8 tracks stay, muted." in twelve.message
    assert muted(twelve) == list(range(4, 12))


# -- which part is the melody ------------------------------------------------------------------


def opened(studio: Studio, qtbot: QtBot, path: Path, *tracks: tuple[str, int]) -> None:
    notes = {pitch: tuple(note.moved(0, pitch - 60) for note in SCALE) for _, pitch in tracks}
    write_midi(Composition(tuple(Track(n, 0, notes[p]) for n, p in tracks)), path)
    studio.window.files.open(path)
    settle(studio, qtbot)


def test_the_next_best_part_can_be_taken_instead(
    studio: Studio, qtbot: QtBot, tmp_path: Path
) -> None:
    opened(studio, qtbot, tmp_path / "a.mid", ("Low", 48), ("Middle", 60), ("High", 72))
    assert "track 3 of 3, “High”, is the melody" in studio.message
    assert studio.window.mixer.strips[0].melody.isChecked(), "the mixer marks it"
    press(studio, qtbot, "Take “Middle” Instead")
    assert [track.name for track in studio.composition.tracks] == ["Middle", "High", "Low"]
    assert studio.message.startswith("“Middle” is the melody now.")
    press(studio, qtbot, "Undo")
    assert [track.name for track in studio.composition.tracks] == ["High", "Low", "Middle"]


def test_nothing_is_offered_where_the_file_says_which_it_is(
    studio: Studio, qtbot: QtBot, tmp_path: Path
) -> None:
    opened(studio, qtbot, tmp_path / "a.mid", ("Low", 48), ("Melody", 60), ("High", 72))
    assert "track 2 of 3, “Melody”, is the melody" in studio.message
    assert not any("Instead" in text for text in buttons(studio))


def test_a_part_without_a_short_name_is_called_by_its_number(
    studio: Studio, qtbot: QtBot, tmp_path: Path
) -> None:
    opened(studio, qtbot, tmp_path / "a.mid", ("Low", 48), ("M" * 40, 60), ("High", 72))
    press(studio, qtbot, "Take Track 2 Instead")
    assert studio.composition.tracks[0].name == "M" * 40


def test_generating_anew_says_that_the_voices_before_have_gone(
    studio: Studio, qtbot: QtBot
) -> None:
    studio.services.document.begin(scale(), "Open")
    generate(studio, qtbot)
    assert "in place" not in studio.message
    first = studio.composition
    studio.window.generate_panel.seed.setValue(7)
    generate(studio, qtbot)
    assert studio.message.endswith("with seed 7, in place of those before.")
    press(studio, qtbot, "Undo")
    assert studio.composition == first


REPLACING: dict[str, Act] = {
    "Opened the sample melody": lambda studio: studio.window.files.open_sample("twinkle"),
    "A new piece": lambda studio: studio.window.commands.new.trigger(),
    "Recorded 1 note": lambda studio: record(studio),
    "Captured 1 note": lambda studio: (
        studio.services.live.note_on(62, 80),
        studio.window.commands.capture.trigger(),
    )[0],
}


def record(studio: Studio) -> None:
    studio.window.commands.record.trigger()
    studio.clock.now += 10.0
    studio.window.recording.tick()
    studio.services.live.note_on(62, 80)
    studio.clock.now += 1.0
    studio.window.commands.stop.trigger()


@pytest.mark.parametrize("said", REPLACING)
def test_whatever_takes_the_place_of_a_piece_says_so_and_offers_it_back(
    studio: Studio, qtbot: QtBot, said: str
) -> None:
    studio.services.document.begin(scale("Mine"), "Record", saved=False)
    before = studio.composition
    REPLACING[said](studio)
    assert studio.message.startswith(said)
    assert ", in place of the piece before." in studio.message
    assert studio.composition != before
    press(studio, qtbot, "Undo")
    assert studio.composition == before
    assert studio.message == ""


@pytest.mark.parametrize("said", [each for each in REPLACING if each != "A new piece"])
def test_where_there_was_nothing_nothing_is_offered_back(studio: Studio, said: str) -> None:
    REPLACING[said](studio)
    assert studio.message.startswith(said)
    assert "in place of" not in studio.message
    assert buttons(studio) == []


# -- files -------------------------------------------------------------------------------------


def test_an_error_about_a_file_is_past_when_another_has_been_opened(
    studio: Studio, qtbot: QtBot, tmp_path: Path
) -> None:
    bad, good = tmp_path / "bad.mid", tmp_path / "good.mid"
    bad.write_bytes(b"no music")
    write_midi(scale(), good)
    studio.services.document.begin(scale("Mine"), "Record", saved=False)
    studio.window.files.open(bad)
    settle(studio, qtbot)
    assert "bad.mid" in studio.message
    MOVES["edited"](studio)
    assert "bad.mid" in studio.message, "an edit does not answer it"
    studio.window.files.open(good)
    settle(studio, qtbot)
    studio.window.message_bar.dismiss()
    assert studio.message == ""


def test_an_error_about_saving_is_past_when_it_has_been_saved(
    studio: Studio, qtbot: QtBot, tmp_path: Path
) -> None:
    studio.services.document.begin(scale("Mine"), "Record", saved=False)
    studio.dialogs.save_path = tmp_path / "no folder" / "a.mid"
    studio.window.commands.save_as.trigger()
    settle(studio, qtbot)
    assert studio.window.message_bar.tone is Tone.ERROR
    studio.dialogs.save_path = tmp_path / "a.mid"
    studio.window.commands.save_as.trigger()
    settle(studio, qtbot)
    studio.window.message_bar.dismiss()
    assert studio.message == ""


def test_a_file_that_opens_slowly_is_not_opening_any_more_when_it_is_open(
    studio: Studio, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_go = Event()

    def read(path: Path, **_: Any) -> Composition:
        let_go.wait(60)
        raise MidiFileError(verbatim("slow.mid is cut off."))

    monkeypatch.setattr("composer_app.notation.piece_file.read_piece_file", read)
    studio.window.files.open(tmp_path / "slow.mid")
    qtbot.waitUntil(lambda: studio.message == "Opening slow.mid…")
    let_go.set()
    settle(studio, qtbot)
    assert studio.message == "slow.mid is cut off."
    studio.window.message_bar.dismiss()
    assert studio.message == ""


def test_a_long_name_of_a_file_leaves_the_advice_whole_at_1024_pixels(
    studio: Studio, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / ("long name " * 20 + ".mid")
    path.write_bytes(b"\1\2\3")
    studio.window.resize(1024, 700)
    studio.window.files.open(path)
    settle(studio, qtbot)
    label = studio.window.message_bar._label
    assert "…" in " ".join(label.lines)
    assert label.lines[-1].endswith("is not a MIDI file: choose a file that ends in .mid.")
    assert str(path) in studio.window.message_bar.history.entries[0].text


# -- devices -----------------------------------------------------------------------------------


def test_a_keyboard_that_was_unplugged_is_missed_until_it_is_back(studio: Studio) -> None:
    midi = studio.window.midi
    studio.ports.names = ["Keys"]
    midi.choose("Keys")
    studio.ports.names, studio.ports.open_name = [], None
    studio.ports.changes = [PortChanges(lost="Keys")]
    midi.poll()
    assert studio.message.startswith("Keys was unplugged")
    studio.services.document.begin(scale(), "Open")
    MOVES["edited"](studio)
    assert studio.message.startswith("Keys was unplugged"), "it still is"
    studio.ports.names, studio.ports.open_name = ["Keys"], "Keys"
    studio.ports.changes = [PortChanges(restored="Keys")]
    midi.poll()
    assert studio.message == "Keys is back."
    studio.window.message_bar.dismiss()
    assert studio.message == ""


@pytest.mark.parametrize("choice", ["", "Other Keys"])
def test_a_keyboard_that_is_not_wanted_any_more_is_not_missed(studio: Studio, choice: str) -> None:
    midi = studio.window.midi
    studio.ports.names = ["Keys", "Other Keys"]
    midi.choose("Keys")
    studio.ports.names, studio.ports.open_name = ["Other Keys"], None
    studio.ports.changes = [PortChanges(lost="Keys")]
    midi.poll()
    assert studio.message.startswith("Keys was unplugged")
    midi.choose(choice)
    assert studio.message == ""


def test_an_output_that_is_not_there_is_missed_until_another_is_chosen(studio: Studio) -> None:
    midi = studio.window.midi
    midi.choose_output("Synth")
    assert studio.message.startswith("Synth is not there")
    midi.poll()
    assert studio.message.startswith("Synth is not there")
    midi.choose_output("")
    assert not studio.message.startswith("Synth")


def test_an_output_that_is_refused_is_said_until_something_else_is_tried(studio: Studio) -> None:
    midi = studio.window.midi
    studio.midi_system.ports = ["Busy piano"]
    midi.choose_output("Busy piano")
    assert "Busy piano cannot be opened" in studio.message
    midi.poll()
    assert "Busy piano cannot be opened" in studio.message, "nothing has changed"
    midi.choose_clock("Busy piano")
    midi.poll()
    assert "Busy piano cannot be opened" in studio.message
    studio.midi_system.ports = ["Piano"]
    midi.choose_output("Piano")
    assert "Busy" not in studio.message


def test_the_picture_is_on_the_clipboard_until_something_else_is(
    studio: Studio, qtbot: QtBot
) -> None:
    studio.services.document.begin(scale(), "Open")
    page = studio.window.statistics.distribution
    qtbot.waitUntil(lambda: page.picture is not None and not page.busy)
    studio.window.measuring.export.copy()
    qtbot.waitUntil(lambda: studio.message == "The picture is on the clipboard.")
    QGuiApplication.clipboard().setText("Something else.")
    assert studio.message == ""


def test_a_journal_is_missed_as_long_as_it_records(studio: Studio) -> None:
    unsafe = "This recording would not survive a crash."
    studio.services.recovery.journalChanged.emit(unsafe)
    assert studio.message == "", "nothing is being recorded"
    studio.window.commands.record.trigger()
    studio.services.recovery.journalChanged.emit(unsafe)
    assert studio.message == unsafe
    studio.services.recovery.journalChanged.emit("")
    assert unsafe not in studio.message, "it can be written again"
    studio.services.recovery.journalChanged.emit(unsafe)
    studio.window.commands.stop.trigger()
    assert unsafe not in studio.message
    studio.window.message_bar.dismiss()
    assert studio.message == ""


def test_notes_that_are_deleted_one_by_one_take_their_message_along(studio: Studio) -> None:
    studio.window.files.open_sample("twinkle")
    assert studio.message.startswith("Opened the sample")
    first = studio.composition.tracks[0].notes[0]
    studio.window.roll.set_selection(Selection(frozenset({(0, first)})))
    studio.window.commands.delete.trigger()
    assert studio.message == ""
    assert Note(first.start, first.pitch, first.duration) not in studio.composition.tracks[0].notes
