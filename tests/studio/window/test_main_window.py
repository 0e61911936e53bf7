"""The window as a whole: what is connected to what."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QComboBox, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from composer_app.errors import ModelError
from composer_app.generation.composing import Composed
from composer_app.generation.generator import Generator
from composer_app.generation.models.model_info import ModelInfo
from composer_app.generation.recipe import recipe_from_text
from composer_app.studio.messages.bar import Tone
from composer_app.studio.widgets.theme import voice_color
from composer_app.translation import verbatim
from tests.studio.support import Studio, open_studio, scale


def start(studio: Studio, qtbot: QtBot) -> Studio:
    studio.window.show()
    qtbot.waitUntil(lambda: studio.window.running and not studio.services.jobs.busy)
    return studio


@pytest.fixture
def studio(qtbot: QtBot, tmp_path: Path) -> Iterator[Studio]:
    with open_studio(tmp_path) as result:
        yield start(result, qtbot)


def generate(studio: Studio, qtbot: QtBot) -> None:
    qtbot.mouseClick(studio.window.generate_panel.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not studio.window.generate_panel.busy)


def test_an_empty_window_says_what_to_do(studio: Studio) -> None:
    panel = studio.window.generate_panel
    assert not panel.button.isEnabled()
    assert panel.reason.startswith("The melody has no notes")
    assert studio.message == ""


def test_generating_adds_three_voices_and_is_undone(studio: Studio, qtbot: QtBot) -> None:
    studio.services.document.begin(scale(), "Open")
    generate(studio, qtbot)
    assert [track.name for track in studio.composition.tracks] == [
        "Soprano",
        "Alto",
        "Tenor",
        "Bass",
    ]
    assert studio.composition.tracks[0].notes == scale().tracks[0].notes
    assert studio.window.roll.composition == studio.composition
    assert len(studio.window.mixer.strips) == 4
    assert studio.composition.title == "Scale"
    studio.services.document.undo_stack.undo()
    assert studio.composition == scale()


def test_generating_again_keeps_instruments_and_replaces_voices(
    studio: Studio, qtbot: QtBot
) -> None:
    studio.services.document.begin(scale(), "Open")
    generate(studio, qtbot)
    first = studio.composition
    studio.window.mixer.programChosen.emit(3, 58)
    generate(studio, qtbot)
    assert studio.composition.tracks[3].notes == first.tracks[3].notes
    assert "This seed gives the piece you already have" in studio.message
    # Not the dice: the stand-in for a model knows few pieces, and chance may name the same one.
    studio.window.generate_panel.seed.setValue(7)
    generate(studio, qtbot)
    assert studio.composition.tracks[3].program == 58
    assert studio.composition.tracks[0].notes == first.tracks[0].notes
    assert studio.composition.tracks[1].notes != first.tracks[1].notes


def test_the_news_offers_to_play(studio: Studio, qtbot: QtBot) -> None:
    studio.services.document.begin(scale(), "Open")
    # Phrased, the voices begin a few milliseconds after the melody.
    studio.window.generate_panel.steering.phrasing.setValue(0)
    generate(studio, qtbot)
    play, undo = studio.window.message_bar.action_buttons()
    assert (play.text(), undo.text()) == ("Play", "Undo")
    qtbot.mouseClick(play, Qt.MouseButton.LeftButton)
    assert studio.window.playback.playing
    playing = {(track, pitch) for track, pitch in studio.window.lights.lit}
    assert len(playing) == 4
    lowest_lit = next(pitch for track, pitch in playing if track == 0)
    assert studio.window.keyboard.lit_color(lowest_lit) == voice_color(0)


def test_a_melody_that_changed_meanwhile_is_not_overwritten(studio: Studio, qtbot: QtBot) -> None:
    studio.services.document.begin(scale(), "Open")
    generate(studio, qtbot)
    result = studio.composition
    studio.services.document.undo_stack.undo()
    studio.window.generation.generate()
    qtbot.waitUntil(lambda: not studio.window.generate_panel.busy)
    shorter = scale().tracks[0].notes[:2]
    changed = type(result)((type(result.tracks[0])("Soprano", 40, shorter),))
    studio.services.document.begin(changed, "Open")
    assert result.origin is not None
    recipe = recipe_from_text(result.origin.recipe)
    assert recipe is not None
    studio.services.worker.finished.emit(Composed(result, np.ones((16, 4), np.float32), recipe))
    assert studio.composition == changed
    assert "changed meanwhile" in studio.message


def test_a_tempo_changed_meanwhile_is_kept(studio: Studio, qtbot: QtBot) -> None:
    studio.services.document.begin(scale(), "Open")
    studio.window.generation.generate()
    studio.window.transport_bar.tempo.setValue(77)
    qtbot.waitUntil(lambda: not studio.window.generate_panel.busy)
    assert studio.composition.tempo.initial_bpm == 77
    assert len(studio.composition.tracks) == 4


def test_a_model_that_fails_is_a_sentence(qtbot: QtBot, tmp_path: Path) -> None:
    def load(name: str) -> Generator:
        raise ModelError(verbatim("fake.onnx has the wrong shape."))

    with open_studio(tmp_path, load=load) as studio:
        start(studio, qtbot)
        studio.services.document.begin(scale(), "Open")
        generate(studio, qtbot)
        assert (studio.message, studio.window.message_bar.tone) == (
            "fake.onnx has the wrong shape.",
            Tone.ERROR,
        )
        assert studio.composition == scale()


def test_without_sound_a_sentence_stands_and_playing_works(qtbot: QtBot, tmp_path: Path) -> None:
    with open_studio(tmp_path, sound_problem="No sound device answers.") as studio:
        start(studio, qtbot)
        assert studio.message == "No sound device answers."
        (mend,) = studio.window.message_bar.action_buttons()
        qtbot.mouseClick(mend, Qt.MouseButton.LeftButton)
        dialog = studio.window.settings_dialog
        assert dialog.isVisible()
        assert dialog.sound.status == "No sound device answers."
        # It is still true.
        assert studio.message == "No sound device answers."
        dialog.close()
        studio.services.document.begin(scale(), "Open")
        studio.window.commands.play.trigger()
        assert studio.window.playback.playing


def test_a_device_that_was_lost_and_returns_is_told(studio: Studio, qtbot: QtBot) -> None:
    sound = studio.services.sound
    start(studio, qtbot)
    studio.services.document.begin(scale(), "Open")
    studio.window.commands.play.trigger()
    sound.problemFound.emit("The sound device has vanished.")
    assert studio.message == "The sound device has vanished."
    assert studio.window.playback.playing
    sound.restored.emit("The sound is back: FluidSynth.")
    assert studio.message == "The sound is back: FluidSynth."
    studio.window.message_bar.dismiss()
    assert studio.message == "", "the complaint does not come back"
    assert studio.window.playback.playing


def test_closing_the_window_silences_keys_and_music(studio: Studio, qtbot: QtBot) -> None:
    start(studio, qtbot)
    sink = studio.sink
    studio.services.sound._take((sink, None))
    studio.services.document.begin(scale(), "Open")
    studio.window.commands.play.trigger()
    studio.window.keyboard.noteOn.emit(72, 90)
    qtbot.waitUntil(lambda: bool(sink.sounding))
    assert studio.window.playback.playing
    studio.window.close()
    assert not studio.window.playback.playing
    sink.render()
    assert not sink.sounding


def test_models_that_cannot_be_listed_are_none(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> tuple[ModelInfo, ...]:
        raise OSError("no folder")

    with open_studio(tmp_path) as studio:
        object.__setattr__(studio.services, "find_models", broken)
        start(studio, qtbot)
        assert studio.window.generate_panel.reason.startswith(("No model", "The melody"))
        assert not studio.window.generate_panel.button.isEnabled()


def test_played_keys_sound_and_midi_ones_light_up(studio: Studio, qtbot: QtBot) -> None:
    studio.ports.names = ["Small Keys"]
    studio.window.midi.choose("Small Keys")
    studio.ports.send("note_on", 60, 90, 100.0)
    assert studio.window.keyboard.lit_color(60) is not None
    assert (4, 60) in studio.sink.sounding
    studio.ports.send("note_off", 60, 0, 100.1)
    assert studio.window.keyboard.lit_color(60) is None
    assert studio.window.transport_bar.midi_button.text() == "Small Keys"
    studio.window.midi.failed.emit("Small Keys was unplugged.")
    assert studio.message == "Small Keys was unplugged."


def test_muting_a_strip_silences_its_track(studio: Studio, qtbot: QtBot) -> None:
    studio.services.document.begin(scale(), "Open")
    studio.window.mixer.strips[0].mute.click()
    studio.window.commands.play.trigger()
    assert not {channel for channel, _ in studio.sink.sounding} & {0}


def test_an_instrument_is_an_undoable_edit(studio: Studio) -> None:
    studio.services.document.begin(scale(), "Open")
    box = studio.window.mixer.strips[0].instrument
    row = box.findText("Flute")
    box.setCurrentIndex(row)
    box.activated.emit(row)
    assert studio.composition.tracks[0].program == 73
    studio.services.document.undo_stack.undo()
    assert box.currentText() == "Violin"


def test_zoom_commands_reach_the_roll(studio: Studio) -> None:
    studio.services.document.begin(scale(), "Open")
    before = studio.window.roll.roll_geometry.pixels_per_step
    studio.window.commands.zoom_out.trigger()
    assert studio.window.roll.roll_geometry.pixels_per_step < before
    studio.window.commands.fit.trigger()
    assert studio.window.roll.roll_geometry.pixels_per_step == before


def test_every_control_has_a_name_and_a_tooltip(studio: Studio) -> None:
    studio.services.document.begin(scale(), "Open")
    controls: list[QWidget] = [
        *studio.window.centralWidget().findChildren(QAbstractButton),
        *studio.window.centralWidget().findChildren(QComboBox),
    ]
    assert len(controls) > 15
    for control in controls:
        text = control.text() if isinstance(control, QAbstractButton) else ""
        # Qt makes helpers of its own, such as the arrow of a scrolling menu.
        if control.isVisible() and not control.objectName().startswith("qt_"):
            assert control.accessibleName() or text, control


def test_the_place_of_the_window_is_remembered(qtbot: QtBot, tmp_path: Path) -> None:
    with open_studio(tmp_path) as studio:
        start(studio, qtbot)
        studio.window.resize(1111, 700)
    with open_studio(tmp_path) as studio:
        start(studio, qtbot)
        # The width is that of the screen, which is narrower without one.
        assert studio.window.height() == 700


def test_about_says_what_this_is(studio: Studio) -> None:
    studio.window._show_about()
    (box,) = studio.window.findChildren(QMessageBox)
    assert "Composer" in box.text()
    box.close()


def test_the_empty_roll_offers_melodies(studio: Studio, qtbot: QtBot) -> None:
    studio.window.roll.emptyActionRequested.emit()
    assert studio.window.menus.samples.isVisible()
    assert studio.window.commands.open in studio.window.menus.samples.actions()
    studio.window.menus.samples.close()
