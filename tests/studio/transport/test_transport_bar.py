"""The toolbar, and the controller between it and the document."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from composer_app.music.composition import Composition
from composer_app.music.harmony.key_changes import KeyChange
from composer_app.music.melody import Melody
from composer_app.music.meter_map import MeterMap
from composer_app.music.note import Note
from composer_app.music.pitch import Key
from composer_app.music.timing import Meter
from composer_app.studio.recording.recording_controller import RecordingState
from tests.studio.support import Studio, open_studio, scale


@pytest.fixture
def studio(qtbot: QtBot, tmp_path: Path) -> Iterator[Studio]:
    with open_studio(tmp_path) as result:
        result.window.playback._timer.setInterval(1_000_000)
        result.window.recording._timer.setInterval(1_000_000)
        yield result


def test_tempo_edits_are_undone_in_one_go(studio: Studio) -> None:
    studio.services.document.begin(scale(), "Open")
    tempo = studio.window.transport_bar.tempo
    for bpm in (101, 102, 103):
        tempo.setValue(bpm)
    assert studio.composition.tempo.initial_bpm == 103
    assert studio.window.isWindowModified()
    studio.services.document.undo_stack.undo()
    assert studio.composition.tempo.initial_bpm == 100
    assert tempo.value() == 100


@pytest.mark.parametrize(("bpm", "text"), [(96.0, "96 BPM"), (92.5, "92.5 BPM")])
def test_the_tempo_shows_hundredths_only_where_there_are_any(
    studio: Studio, bpm: float, text: str
) -> None:
    studio.window.transport_bar.set_tempo(bpm)
    assert studio.window.transport_bar.tempo.text() == text


def test_tapping_sets_the_tempo(studio: Studio) -> None:
    button = studio.window.transport_bar.tap_button
    for beat in range(4):
        studio.clock.now = 10 + beat * 0.5
        button.pressed.emit()
    assert studio.composition.tempo.initial_bpm == 120


def test_the_metre_is_an_edit_and_unusual_ones_are_shown(studio: Studio) -> None:
    combo = studio.window.transport_bar.meter
    combo.activated.emit(combo.findText("6/8"))
    assert studio.composition.meter == Meter(6, 8)
    studio.services.document.undo_stack.undo()
    assert (studio.composition.meter, combo.currentText()) == (Meter(4, 4), "4/4")
    studio.services.document.begin(Composition(meters=MeterMap.constant(Meter(5, 4))), "Open")
    assert combo.currentText() == "5/4"


def test_the_key_is_shown_once_there_is_music(studio: Studio) -> None:
    bar = studio.window.transport_bar
    assert bar.key_button.text() == "No key yet"
    studio.services.document.begin(scale(), "Open")
    assert bar.key_button.text() == scale().key().name
    assert bar.key_menu.heard.isChecked()
    assert "estimated" in bar.key_button.toolTip()


def test_another_key_is_an_edit_and_the_one_of_a_file_is_shown(studio: Studio) -> None:
    bar, document = studio.window.transport_bar, studio.services.document
    document.begin(scale(), "Open")
    flats = Key(6, respelled=True)
    bar.key_menu.keys[flats].trigger()
    assert studio.composition.key_signature == flats
    assert (bar.key_button.text(), document.undo_stack.undoText()) == ("G♭ major", "Change Key")
    assert bar.key_menu.heard.text() == f"From the Notes: {scale().key().name}"
    assert document.modified
    bar.key_menu.keys[Key(9, minor=True)].trigger()
    bar.key_menu.heard.trigger()
    assert studio.composition.keys == ()
    bar.key_menu.keys[flats].trigger()
    document.undo()
    assert (studio.composition, bar.key_menu.heard.isChecked()) == (scale(), True)
    document.begin(replace(scale(), keys=(KeyChange(0, Key(3)),)), "Open")
    assert bar.key_button.text() == "E♭ major"
    assert bar.key_menu.keys[Key(3)].isChecked()
    assert "as its file or you say" in bar.key_button.toolTip()
    assert len({action.text() for action in bar.key_menu.keys.values()}) == 30


@pytest.mark.parametrize(
    ("meter", "step", "text"),
    [
        (Meter(4, 4), 0.0, "001.1.1"),
        (Meter(4, 4), 37.9, "003.2.2"),
        (Meter(6, 8), 6.0, "001.2.1"),
        (Meter(3, 4), 15.0, "002.1.4"),
    ],
)
def test_the_position_is_bar_beat_and_sixteenth(
    studio: Studio, meter: Meter, step: float, text: str
) -> None:
    long = Composition(scale().tracks, meters=MeterMap.constant(meter))
    studio.services.document.begin(long, "Open")
    studio.window.playback.positionChanged.emit(step)
    assert studio.window.transport_bar.position_text == text
    assert studio.window.roll.playhead == step


def test_metronome_and_count_in_are_remembered(studio: Studio) -> None:
    studio.window.commands.metronome.trigger()
    menu = studio.window.transport_bar.metronome_menu
    menu.count_in[2].trigger()
    menu.volume.setValue(35)
    settings = studio.services.settings
    assert (settings.metronome, settings.count_in_bars) == (False, 2)
    assert settings.metronome_volume == 0.35


@pytest.mark.parametrize("meter", [Meter(4, 4), Meter(3, 4), Meter(2, 4), Meter(6, 8)], ids=str)
@pytest.mark.parametrize("bars", [0, 1, 2])
def test_a_recording_is_counted_in_as_chosen(studio: Studio, meter: Meter, bars: int) -> None:
    bar = studio.window.transport_bar
    bar.meter.activated.emit(bar.meter.findText(str(meter)))
    bar.tempo.setValue(60)
    bar.metronome_menu.count_in[bars].trigger()
    studio.window.commands.record.trigger()
    recording = studio.window.recording
    # At 60 BPM a sixteenth is a quarter of a second; the first click comes a little later.
    begun = -bars * meter.steps_per_bar
    assert begun - 1.5 < recording.position < begun
    studio.clock.now += -recording.position / 4
    studio.services.live.note_on(60, 80)
    studio.clock.now += 1
    studio.services.live.note_off(60)
    studio.window.commands.record.trigger()
    performance = studio.composition.performance
    assert performance is not None
    assert (performance.meter, performance.bpm) == (meter, 60)
    assert studio.composition.melody().notes == (Note(0, 60, 4),)


def test_a_recording_is_moved_by_the_correction(studio: Studio) -> None:
    origins = []
    for correction in (0.0, 0.25):
        studio.services.settings.recording_correction = correction
        studio.window.commands.record.trigger()
        origins.append(studio.window.recording.origin)
        studio.window.commands.record.trigger()
    assert origins[1] - origins[0] == pytest.approx(0.25)


def test_the_metronome_clicks_never_while_recording_or_always(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands, settings = studio.window.commands, studio.services.settings
    told: list[tuple[bool, float]] = []
    monkeypatch.setattr(
        studio.window.playback, "set_metronome", lambda on, volume: told.append((on, volume))
    )
    settings.metronome_volume = 0.4
    assert settings.metronome
    assert settings.metronome_always
    commands.metronome_always.trigger()
    assert told[-1] == (False, 0.4)
    assert settings.metronome
    commands.metronome_always.trigger()
    assert told[-1] == (True, 0.4)
    commands.metronome.trigger()
    assert told[-1] == (False, 0.4)
    assert not commands.metronome_always.isEnabled()
    assert settings.metronome_always


def test_play_pauses_and_stop_returns_to_where_it_began(studio: Studio) -> None:
    window = studio.window
    # The silence before the sound has been opened keeps the time of the world outside.
    studio.services.sound._take((studio.sink, None))
    studio.services.document.begin(scale(), "Open")
    window.roll.seekRequested.emit(4.0)
    window.commands.play.trigger()
    assert window.playback.playing
    assert (window.commands.play.isChecked(), window.commands.play.text()) == (True, "&Pause")
    studio.clock.now += 0.9
    window.playback.tick()
    window.commands.play.trigger()
    assert (window.commands.play.isChecked(), window.commands.play.text()) == (False, "&Play")
    paused = window.playback.position
    assert paused > 8
    window.commands.play.trigger()
    assert window.playback.position == pytest.approx(paused)
    window.commands.stop.trigger()
    assert not window.playback.playing
    # Where it was paused is where it began anew.
    assert window.playback.position == pytest.approx(paused)
    window.commands.stop.trigger()
    assert window.playback.position == 0


def test_stop_goes_back_and_further_back(studio: Studio) -> None:
    window = studio.window
    studio.services.sound._take((studio.sink, None))
    studio.services.document.begin(scale(), "Open")
    window.roll.seekRequested.emit(4.0)
    window.commands.play.trigger()
    studio.clock.now += 0.9
    window.playback.tick()
    assert window.playback.position > 8
    window.commands.stop.trigger()
    assert (window.playback.playing, window.playback.position) == (False, 4)
    window.commands.stop.trigger()
    assert window.playback.position == 0


def test_space_pauses_and_l_loops(studio: Studio, qtbot: QtBot) -> None:
    window = studio.window
    studio.services.document.begin(scale(), "Open")
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.roll.setFocus()
    qtbot.keyClick(window.roll, Qt.Key.Key_Space)
    assert window.playback.playing
    qtbot.keyClick(window.roll, Qt.Key.Key_Space)
    assert not window.playback.playing
    qtbot.keyClick(window.roll, Qt.Key.Key_L)
    assert window.commands.loop.isChecked()


def test_panic_silences_everything_with_one_key(studio: Studio, qtbot: QtBot) -> None:
    studio.window.show()
    studio.window.activateWindow()
    qtbot.waitUntil(studio.window.isActiveWindow)
    studio.window.roll.setFocus()
    studio.services.sound._take((studio.sink, None))
    studio.window.keyboard.noteOn.emit(60, 90)
    assert studio.sink.sounding
    shift = Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(studio.window.roll, Qt.Key.Key_Escape, shift)
    assert not studio.sink.sounding


def test_following_is_remembered_and_goes_to_the_playhead(studio: Studio) -> None:
    window = studio.window
    notes = tuple(Note(16 * bar, 60, 16) for bar in range(64))
    studio.services.document.begin(Composition.from_melody(Melody(notes)), "Open")
    window.show()
    window.roll.set_zoom(20.0)
    assert window.commands.follow.isChecked()
    window.commands.follow.trigger()
    before = window.roll.corner.x()
    window.playback.positionChanged.emit(600.0)
    assert window.roll.corner.x() == before
    assert not studio.services.settings.follow
    window.commands.follow.trigger()
    left = window.roll.roll_geometry.step(window.roll.corner.x())
    assert 500 < left <= 600


def test_clicking_the_ruler_goes_there(studio: Studio) -> None:
    studio.services.document.begin(scale(), "Open")
    studio.window.roll.seekRequested.emit(8.0)
    assert studio.window.transport_bar.position_text == "001.3.1"
    studio.window.commands.rewind.trigger()
    assert studio.window.transport_bar.position_text == "001.1.1"


def test_playing_nothing_says_what_to_do(studio: Studio) -> None:
    studio.window.commands.play.trigger()
    assert "nothing to play" in studio.message
    assert not studio.window.commands.play.isChecked()


@pytest.mark.parametrize("ending", ["record", "play", "stop"])
def test_any_transport_button_ends_a_recording(studio: Studio, ending: str) -> None:
    window = studio.window
    window.commands.record.trigger()
    assert window.recording.state is RecordingState.COUNTING_IN
    assert window.commands.record.isChecked()
    assert not window.transport_bar.tempo.isEnabled()
    assert not window.generate_panel.button.isEnabled()
    assert studio.message.startswith("Counting in")
    getattr(window.commands, ending).trigger()
    assert window.recording.state is RecordingState.IDLE
    assert not window.commands.record.isChecked()
    assert window.transport_bar.tempo.isEnabled()
    assert studio.message.startswith("Nothing was played")
    assert not window.playback.playing


def test_a_recording_that_fails_leaves_the_old_melody(studio: Studio) -> None:
    studio.services.document.begin(scale(), "Open")
    studio.window.commands.record.trigger()
    assert studio.window.roll.composition.note_count == 0
    studio.window.commands.stop.trigger()
    assert studio.window.roll.composition == studio.composition == scale()


def test_recording_over_an_opened_file_leaves_the_file_alone(
    studio: Studio, tmp_path: Path
) -> None:
    studio.services.document.begin(scale(), "Open", tmp_path / "theirs.mid")
    studio.window.commands.record.trigger()
    studio.clock.now += 4.0
    studio.window.keyboard.noteOn.emit(67, 90)
    studio.clock.now += 0.5
    studio.window.keyboard.noteOff.emit(67)
    studio.window.commands.record.trigger()
    assert [note.pitch for note in studio.composition.tracks[0].notes] == [67]
    assert studio.services.document.path is None
    assert studio.window.windowTitle().startswith("Recording")
    studio.services.document.undo_stack.undo()
    assert studio.services.document.path == tmp_path / "theirs.mid"


def test_buttons_take_no_focus_from_a_click(studio: Studio, qtbot: QtBot) -> None:
    studio.window.show()
    qtbot.mouseClick(studio.window.transport_bar.play_button, Qt.MouseButton.LeftButton)
    assert not studio.window.transport_bar.play_button.hasFocus()
