"""One mix for the panel, the player and the settings."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from composer_app.live.playback.mixing import Mix, TrackMix
from composer_app.music.composition import Composition, Track
from composer_app.music.note import Note
from composer_app.studio.runtime.settings import Settings
from tests.studio.support import Studio, open_studio

NOTES = (Note(0, 60, 16),)
DUET = Composition((Track("One", 0, NOTES), Track("Two", 0, NOTES)))


@pytest.fixture
def studio(qtbot: QtBot, tmp_path: Path) -> Iterator[Studio]:
    with open_studio(tmp_path) as result:
        result.window.playback._timer.setInterval(1_000_000)
        result.services.sound._take((result.sink, None))
        result.services.document.begin(DUET, "Open")
        yield result


def test_a_strip_is_heard_at_once_while_playing(studio: Studio, qtbot: QtBot) -> None:
    window = studio.window
    window.show()
    window.playback.play()
    strip = window.mixer.strips[1]
    qtbot.keyClick(strip.volume, Qt.Key.Key_Home)
    assert studio.sink.controls[1, 7] == 0
    qtbot.keyClick(strip.pan, Qt.Key.Key_End)
    assert studio.sink.controls[1, 10] == 127
    qtbot.keyClick(window.mixer.master, Qt.Key.Key_Home)
    assert studio.sink.controls[0, 7] == 0
    qtbot.keyClick(window.mixer.master, Qt.Key.Key_Backspace)
    assert studio.sink.controls[0, 7] == 100
    qtbot.mouseClick(window.mixer.strips[0].mute, Qt.MouseButton.LeftButton)
    assert studio.sink.controls[0, 7] == 0
    assert window.playback.mix.track(0).mute


def test_the_balance_is_remembered_and_silence_is_not(studio: Studio, tmp_path: Path) -> None:
    playback = studio.window.playback
    playback.set_mix(Mix((TrackMix(70, 30, mute=True), TrackMix(90, 80, solo=True)), 100))
    studio.window.close()
    expected = Mix((TrackMix(70, 30), TrackMix(90, 80)), 100)
    assert Settings(tmp_path).mix == expected
    with open_studio(tmp_path) as again:
        assert again.window.playback.mix == expected
        again.services.document.begin(DUET, "Open")
        assert again.window.mixer.strips[1].volume.value() == 90


def test_mute_and_solo_end_with_their_track_and_with_the_piece(studio: Studio) -> None:
    playback, document = studio.window.playback, studio.services.document
    playback.set_track_mix(1, TrackMix(60, solo=True))
    playback.set_track_mix(0, TrackMix(mute=True))
    document.replace(replace(DUET, title="Other"), "Rename")
    assert playback.mix.track(1).solo
    document.replace(Composition(DUET.tracks[:1]), "Delete")
    assert playback.mix.tracks == (TrackMix(mute=True), TrackMix(60))
    document.begin(DUET, "Open")
    assert playback.mix.tracks == (TrackMix(), TrackMix(60))


def test_settings_that_make_no_sense_are_the_usual(tmp_path: Path) -> None:
    settings = Settings(tmp_path)
    for volumes in ("1 2 999", "loud"):
        settings._store.setValue("mix/volumes", volumes)
        assert settings.mix == Mix()


def test_keys_of_a_slider_are_no_shortcuts_while_it_has_the_focus(
    studio: Studio, qtbot: QtBot
) -> None:
    window = studio.window
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.commands.select_all.trigger()
    window.transport.seek(8)
    volume = window.mixer.strips[0].volume
    volume.setFocus()
    qtbot.keyClick(volume, Qt.Key.Key_Home)
    assert (volume.value(), window.playback.position) == (0, 8)
    qtbot.keyClick(volume, Qt.Key.Key_Delete)
    assert volume.value() == 100
    assert studio.composition == DUET
    # The space bar still plays.
    qtbot.keyClick(volume, Qt.Key.Key_Space)
    assert window.playback.playing
