"""The studio's sound with a real audio server: killed while it plays, and set up anew."""

import os
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from composer_app.live.playback.player import Player
from composer_app.live.synth.synthesizer import FluidSynthesizer, SoundSettings, open_synthesizer
from composer_app.music.composition import Composition, Track
from composer_app.music.note import Note
from composer_app.music.timing import TempoMap
from composer_app.studio.document.document import Document
from composer_app.studio.runtime.settings import Settings
from composer_app.studio.sound.playback_controller import PlaybackController
from composer_app.studio.sound.sound import Sound
from composer_app.studio.sound.sound_controller import SoundController
from tests.live.rig import AudioServer, audio_server

pytestmark = [pytest.mark.slow, pytest.mark.unhurried]

OCARINA = 79
# At 60 BPM a step lasts a quarter of a second.
PIECE = Composition((Track("", OCARINA, (Note(0, 69, 400, 100),)),), TempoMap.constant(60))


def play_into(server: AudioServer, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PULSE_SERVER", "PULSE_RUNTIME_PATH", "XDG_RUNTIME_DIR"):
        monkeypatch.setenv(name, server.environment[name])
    for name in ("JACK_DEFAULT_SERVER", "PIPEWIRE_RUNTIME_DIR", "ALSA_CONFIG_PATH"):
        monkeypatch.setenv(name, os.devnull)


def test_a_server_that_is_killed_and_started_again(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    document, sound = Document(), Sound(open_synthesizer)
    player = Player(sound.synthesizer)
    playback = PlaybackController(document, player, sound)
    said: list[str] = []
    sound.problemFound.connect(said.append)
    sound.restored.connect(said.append)
    document.begin(PIECE, "Open")
    try:
        with audio_server() as server:
            play_into(server, monkeypatch)
            sound.open()
            qtbot.waitUntil(lambda: isinstance(sound.synthesizer, FluidSynthesizer), timeout=20_000)
            playback.play()
            with server.recording() as recording:
                qtbot.waitUntil(lambda: recording.level(0.1) > 0.005, timeout=20_000)
            server.process.kill()
            server.process.wait()
            qtbot.waitUntil(lambda: len(said) == 1, timeout=20_000)
            assert "vanished" in said[0]
            stood = playback.position
            qtbot.waitUntil(lambda: playback.position > stood + 1, timeout=20_000)
            with audio_server(server.folder) as again:
                qtbot.waitUntil(lambda: len(said) == 2, timeout=30_000)
                assert said[1].startswith("The sound is back: ")
                assert playback.playing
                with again.recording() as recording:
                    qtbot.waitUntil(lambda: recording.level(0.1) > 0.005, timeout=20_000)
                    playback.stop()
                    qtbot.waitUntil(lambda: recording.level(0.1) < 0.0005, timeout=20_000)
    finally:
        player.close()
        sound.close()


def test_another_buffer_is_taken_up_while_music_plays(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    own = SoundController(Settings(tmp_path), open_synthesizer)
    sound, document = own.sound, Document()
    player = Player(sound.synthesizer)
    playback = PlaybackController(document, player, sound)
    document.begin(PIECE, "Open")
    try:
        with audio_server() as server:
            play_into(server, monkeypatch)
            sound.open()
            qtbot.waitUntil(lambda: own.audible, timeout=20_000)
            playback.play()
            before = sound.synthesizer.latency
            with server.recording() as recording:
                qtbot.waitUntil(lambda: recording.level(0.1) > 0.005, timeout=20_000)
                own.want(SoundSettings(driver="pulseaudio", period=512))
                assert not own.audible
                qtbot.waitUntil(lambda: own.audible, timeout=20_000)
                assert sound.synthesizer.latency == pytest.approx(before / 2)
                assert playback.playing
                # What is heard from now on comes through the new one.
                qtbot.wait(300)
                qtbot.waitUntil(lambda: recording.level(0.1) > 0.005, timeout=20_000)
                # Unheard-of instruments are refused with a sentence, and others play.
                own.want(SoundSettings(soundfont=tmp_path / "none.sf2"))
                qtbot.waitUntil(lambda: own.problem is not None, timeout=20_000)
                assert "cannot be read as a SoundFont" in (own.problem or "")
                assert own.audible
    finally:
        player.close()
        sound.close()
