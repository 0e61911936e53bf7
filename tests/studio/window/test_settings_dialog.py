"""The settings: what is chosen acts at once and is remembered."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from composer_app.errors import DeviceError
from composer_app.live.note_sink import SilentSynthesizer, Synthesizer
from composer_app.live.synth.audio_drivers import PERIOD_SIZES, audio_drivers
from composer_app.live.synth.synthesizer import SoundSettings
from composer_app.studio.runtime.settings import Settings
from composer_app.studio.sound.sound_controller import SoundController
from composer_app.studio.window.setting_rows import ChoiceBox
from composer_app.studio.window.settings_dialog import SettingsDialog
from composer_app.translation import verbatim
from tests.live.doubles import SetClock
from tests.studio.support import HeardSink, Studio, open_studio


@pytest.fixture
def studio(qtbot: QtBot, tmp_path: Path) -> Iterator[Studio]:
    with open_studio(tmp_path) as result:
        result.window.show()
        qtbot.waitUntil(lambda: result.window.running and result.services.sound_controller.audible)
        yield result


def opened(studio: Studio) -> SettingsDialog:
    studio.window.commands.settings.trigger()
    dialog = studio.window.settings_dialog
    assert dialog.isVisible()
    assert not dialog.isModal()
    return dialog


def choose(box: QComboBox, text: str) -> None:
    index = next(i for i in range(box.count()) if box.itemText(i).startswith(text))
    box.setCurrentIndex(index)
    box.activated.emit(index)


def test_a_smaller_buffer_is_quicker_and_opens_the_sound_anew(
    studio: Studio, qtbot: QtBot, tmp_path: Path
) -> None:
    page = opened(studio).sound
    assert page.period.value == 1024
    assert page.latency_text.startswith("43 ms")
    assert [page.period.itemText(i).split()[0] for i in range(page.period.count())] == [
        str(size) for size in PERIOD_SIZES
    ]
    with qtbot.waitSignal(studio.services.sound.opened):
        choose(page.period, "256 ")
    assert page.latency_text.startswith("11 ms")
    assert Settings(tmp_path).sound.period == 256


def test_the_driver_is_chosen_and_remembered(studio: Studio, qtbot: QtBot, tmp_path: Path) -> None:
    page = opened(studio).sound
    names = [page.driver.itemText(i) for i in range(page.driver.count())]
    assert names == ["The first that works", *(driver.title for driver in audio_drivers())]
    last = audio_drivers()[-1]
    with qtbot.waitSignal(studio.services.sound.opened):
        choose(page.driver, last.title)
    assert studio.services.sound_controller.wanted.driver == last.name
    assert Settings(tmp_path).sound.driver == last.name
    choose(page.driver, "The first")
    assert Settings(tmp_path).sound.driver is None


def test_a_soundfont_of_ones_own_is_used_remembered_and_exported(
    studio: Studio, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = opened(studio).sound
    mine = tmp_path / "Mine.sf2"
    monkeypatch.setattr(studio.dialogs, "ask_soundfont", lambda parent, folder: mine)
    qtbot.mouseClick(page.browse, Qt.MouseButton.LeftButton)
    assert page.soundfont.currentText() == "Mine"
    assert studio.services.sound_controller.wanted.soundfont == mine
    assert studio.services.settings.sound.soundfont == mine
    choose(page.soundfont, "The best one found")
    assert Settings(tmp_path).sound.soundfont is None


def test_a_midi_output_plays_instead(studio: Studio, qtbot: QtBot) -> None:
    page = opened(studio).sound
    studio.midi_system.ports.append("Synth:Piano 20:0")
    studio.window.midi.poll()
    choose(page.output, "Synth")
    assert studio.services.settings.midi_output.startswith("Synth")
    assert not page.soundfont.isEnabled()
    choose(page.output, "Composer's own sound")
    assert page.soundfont.isEnabled()
    qtbot.waitUntil(lambda: studio.services.sound_controller.audible)


def test_what_cannot_be_had_is_a_sentence_where_one_looks(qtbot: QtBot, tmp_path: Path) -> None:
    answers: list[tuple[Synthesizer, DeviceError | None]] = [
        (
            SilentSynthesizer(),
            DeviceError(verbatim("Nothing can be heard because JACK does not answer.")),
        ),
        (
            SilentSynthesizer(),
            DeviceError(verbatim("Nothing can be heard because ALSA does not answer.")),
        ),
        (HeardSink(SetClock()), None),
    ]
    asked: list[str | None] = []

    def open_sound(wanted: SoundSettings) -> tuple[Synthesizer, DeviceError | None]:
        asked.append(wanted.driver)
        return answers[len(asked) - 1]

    own = SoundController(Settings(tmp_path), open_sound)
    own.want(SoundSettings(driver="jack"))
    qtbot.waitUntil(lambda: own.problem is not None)
    assert own.problem is not None
    assert "JACK" in own.problem
    own.want(SoundSettings(driver="alsa"))
    qtbot.waitUntil(lambda: "ALSA" in (own.problem or ""))
    own.try_again()
    qtbot.waitUntil(lambda: own.problem is None)
    assert own.audible
    assert asked == ["jack", "alsa", "alsa"]
    own.sound.close()


def test_test_notes_are_heard_and_end(studio: Studio, qtbot: QtBot) -> None:
    page = opened(studio).sound
    qtbot.mouseClick(page.test, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(studio.sink.sounding) >= 2)
    qtbot.waitUntil(lambda: not studio.sink.sounding)


def test_the_midi_page_reaches_the_keyboard(studio: Studio) -> None:
    page = opened(studio).midi
    assert "No keyboard is plugged in" in page.note
    studio.ports.names = ["Keys A", "Keys B"]
    studio.window.midi.poll()
    assert page.note == ""
    choose(page.input, "Keys B")
    assert studio.ports.open_name == "Keys B"
    choose(page.channel, "Channel 3")
    choose(page.shift, "1 Octave Up")
    settings = studio.services.settings
    assert (settings.midi_input, settings.midi_channel, settings.midi_shift) == ("Keys B", 2, 12)
    assert page.ports.isChecked() == settings.midi_ports_offered
    page.ports.click()
    assert not settings.midi_ports_offered


def test_a_choice_that_is_refused_is_not_shown(studio: Studio) -> None:
    page = opened(studio).midi
    page.ports.click()
    studio.ports.virtual_allowed = False
    page.ports.click()
    assert not page.ports.isChecked()
    assert "no virtual ports" in studio.message


def test_late_recordings_can_be_moved(studio: Studio, tmp_path: Path) -> None:
    opened(studio).sound.correction.setValue(40)
    assert Settings(tmp_path).recording_correction == 0.04


def test_every_control_has_a_name_and_fits(studio: Studio, qtbot: QtBot) -> None:
    dialog = opened(studio)
    for page in (dialog.sound, dialog.midi):
        for box in page.findChildren(ChoiceBox):
            assert box.accessibleName()
        assert page.minimumSizeHint().width() <= dialog.width()
        assert page.minimumSizeHint().height() <= dialog.height()
    qtbot.waitUntil(dialog.isActiveWindow)
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
