"""What is really heard: FluidSynth plays into a real audio server, and that is recorded."""

import time
from pathlib import Path
from threading import Event, Thread

import numpy as np
import pytest
from numpy.typing import NDArray

from composer_app.live.note_sink import LIVE_CHANNEL, SilentSynthesizer
from composer_app.live.playback.metronome import click_event
from composer_app.live.playback.mixing import Mix
from composer_app.live.playback.player import Player
from composer_app.live.synth import synthesizer as module
from composer_app.live.synth.synthesizer import FluidSynthesizer, SoundSettings, open_synthesizer
from composer_app.music.composition import Composition, Track
from composer_app.music.mix import TrackMix
from composer_app.music.note import Note
from composer_app.music.timing import TempoMap
from tests.live.heard import hearing
from tests.live.rig import (
    RATE,
    AudioServer,
    Recording,
    audio_server,
    pitches_in,
    skip_if_overloaded,
    wait_for,
)

pytestmark = pytest.mark.slow

# Nearly a pure tone, so that the strongest partial is the fundamental.
OCARINA = 79
WOODBLOCK = 115
AUDIBLE = 0.005
SILENT = 0.0005


def wait_until_audible(recording: Recording) -> None:
    wait_for(lambda: recording.level(0.1) > AUDIBLE, "a sound")


def wait_until_silent(recording: Recording) -> None:
    wait_for(lambda: recording.level(0.1) < SILENT, "silence")


@pytest.mark.unhurried
def test_a_composition_is_heard_in_order_and_in_tune(audio: AudioServer, soundfont: Path) -> None:
    pitches = (60, 67, 64, 72)
    # At 60 BPM a step lasts a quarter of a second, and the gaps between the notes as long.
    notes = tuple(Note(3 * index, pitch, 2, 100) for index, pitch in enumerate(pitches))
    composition = Composition((Track("", OCARINA, notes),), TempoMap.constant(60))
    synthesizer = FluidSynthesizer(soundfont)
    player = Player(synthesizer)
    try:
        with audio.recording() as recording:
            player.load(composition)
            player.play()
            wait_until_audible(recording)
            wait_for(lambda: not player.playing, "the end of the piece")
            recording.wait(0.2)
            samples = recording.samples()
    finally:
        player.close()
        synthesizer.close()
    heard = pitches_in(samples)
    if len(heard) < len(pitches) and set(heard) <= set(pitches):
        skip_if_overloaded()
    assert heard == list(pitches)


def play_and_hear(soundfont: Path) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Seconds by which distances of notes, and then the playhead at each note, are wrong.

    Python is busy meanwhile.
    """
    # At 150 BPM a step lasts a tenth of a second: a note every 0.3 s.
    notes = tuple(Note(3 * index, 76, 1, 120) for index in range(20))
    synthesizer = FluidSynthesizer(soundfont)
    player = Player(synthesizer)
    stopping = Event()

    def be_busy() -> None:
        while not stopping.is_set():
            sum(range(10_000))

    busy = Thread(target=be_busy)
    seen = []
    try:
        with hearing() as heard:
            player.load(Composition((Track("", WOODBLOCK, notes),), TempoMap.constant(150)))
            busy.start()
            player.play()
            while player.playing:
                before = time.perf_counter()
                position = player.position
                seen.append(((before + time.perf_counter()) / 2, position))
                time.sleep(0.01)
            time.sleep(0.3)
            onsets = heard.onsets()
            times = heard.times(onsets)
    finally:
        stopping.set()
        busy.join()
        player.close()
        synthesizer.close()
    if len(onsets) != len(notes):
        # A gap has cut a note in two, or swallowed it.
        return np.full(len(notes) - 1, np.inf), np.full(len(notes), np.inf)
    clock, positions = zip(*seen, strict=True)
    playhead = np.interp(times, clock, positions) / 10 - 0.3 * np.arange(len(notes))
    return np.diff(onsets) / RATE - 0.3, playhead


@pytest.mark.real_time
def test_notes_keep_their_distances_and_the_playhead_is_where_the_sound_is(
    audio: AudioServer, soundfont: Path
) -> None:
    for _ in range(4):
        spacing, playhead = play_and_hear(soundfont)
        # A busy machine leaves gaps, which nobody can foresee: the playhead knows of them a
        # moment later.
        even = np.abs(spacing) < 0.0025
        undisturbed = np.flatnonzero(even[1:] & even[:-1]) + 2
        if len(undisturbed) >= 8:
            break
    else:
        skip_if_overloaded()
    assert float(np.median(np.abs(spacing))) < 0.005
    assert abs(float(np.median(playhead[undisturbed]))) < 0.010


@pytest.mark.unhurried
def test_tracks_are_heard_where_and_how_loud_the_mix_says(
    audio: AudioServer, soundfont: Path
) -> None:
    synthesizer = FluidSynthesizer(soundfont)
    player = Player(synthesizer)
    try:
        with audio.recording() as recording:
            player.load(Composition((Track("", OCARINA, (Note(0, 69, 400, 100),)),)))
            player.play()
            wait_until_audible(recording)
            recording.wait(0.5)
            loud = recording.peak(0.2)
            player.set_mix(Mix((TrackMix(volume=50),)))
            # Half the volume is a quarter of the amplitude: General MIDI has it so.
            quiet = pytest.approx(loud / 4, rel=0.3)
            wait_for(lambda: recording.peak(0.2) == quiet, "half the volume")
            recording.wait(0.4)
            assert recording.peak(0.2) == quiet
            player.set_mix(Mix((TrackMix(mute=True),)))
            wait_until_silent(recording)
            player.set_mix(Mix())
            wait_until_audible(recording)
    finally:
        player.close()
        synthesizer.close()


@pytest.mark.unhurried
def test_stop_brings_silence(audio: AudioServer, soundfont: Path) -> None:
    synthesizer = FluidSynthesizer(soundfont)
    player = Player(synthesizer)
    try:
        with audio.recording() as recording:
            player.load(Composition((Track("", OCARINA, (Note(0, 69, 400, 100),)),)))
            player.play()
            wait_until_audible(recording)
            player.stop()
            wait_until_silent(recording)
    finally:
        player.close()
        synthesizer.close()


@pytest.mark.unhurried
def test_keyboard_and_metronome_sound_without_any_preparation(
    audio: AudioServer, soundfont: Path
) -> None:
    synthesizer = FluidSynthesizer(soundfont)
    try:
        with audio.recording() as recording:
            click_event(accent=True).send(synthesizer)
            wait_until_audible(recording)
            wait_until_silent(recording)
            synthesizer.note_on(LIVE_CHANNEL, 60, 100)
            wait_until_audible(recording)
            synthesizer.all_notes_off()
            wait_until_silent(recording)
    finally:
        synthesizer.close()


@pytest.mark.unhurried
def test_the_best_synthesizer_is_opened_and_closed_twice_in_safety(
    audio: AudioServer, soundfont: Path
) -> None:
    synthesizer, sentence = open_synthesizer()
    assert sentence is None
    assert "PulseAudio" in synthesizer.description
    synthesizer.close()
    synthesizer.close()
    synthesizer.program_change(0, 1)
    synthesizer.note_on(0, 60, 80)
    synthesizer.note_off(0, 60)
    synthesizer.all_notes_off()


@pytest.mark.unhurried
def test_a_bad_choice_of_soundfont_is_told_and_another_one_plays(
    audio: AudioServer, soundfont: Path, tmp_path: Path
) -> None:
    for name, content in (("text.sf2", b"hello"), ("cut.sf2", soundfont.read_bytes()[:5000])):
        choice = tmp_path / name
        choice.write_bytes(content)
        synthesizer, sentence = open_synthesizer(SoundSettings(soundfont=choice))
        synthesizer.close()
        assert isinstance(synthesizer, FluidSynthesizer)
        assert sentence is not None
        assert str(sentence).startswith(f"{choice} cannot be read")


@pytest.mark.unhurried
def test_a_damaged_soundfont_that_nobody_chose_is_passed_over(
    audio: AudioServer, soundfont: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    damaged = tmp_path / "damaged.sf2"
    damaged.write_bytes(soundfont.read_bytes()[:5000])
    monkeypatch.setattr(module, "find_soundfonts", lambda: iter((damaged, soundfont)))
    synthesizer, sentence = open_synthesizer()
    synthesizer.close()
    assert sentence is None
    assert synthesizer.description.startswith(soundfont.resolve().stem)


@pytest.mark.unhurried
def test_the_choice_of_soundfont_is_played(
    audio: AudioServer, soundfont: Path, tmp_path: Path
) -> None:
    choice = tmp_path / "My choice é.sf2"
    choice.write_bytes(soundfont.read_bytes())
    synthesizer, sentence = open_synthesizer(SoundSettings(soundfont=choice))
    synthesizer.close()
    assert sentence is None
    assert synthesizer.description.startswith("My choice é through")


@pytest.mark.unhurried
def test_an_audio_server_that_dies_takes_nothing_with_it(
    soundfont: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with audio_server() as server:
        monkeypatch.setenv("PULSE_SERVER", server.environment["PULSE_SERVER"])
        synthesizer = FluidSynthesizer(soundfont)
        player = Player(synthesizer)
        player.load(Composition((Track("", OCARINA, (Note(0, 69, 400, 100),)),)))
        player.play()
        wait_for(lambda: player.position > 1, "the music")
        assert synthesizer.alive
        server.process.kill()
        server.process.wait()
        wait_for(lambda: not synthesizer.alive, "the loss to be noticed")
        stands = player.position
        time.sleep(0.3)
        assert player.position == stands, "what is not heard is not played"
        assert player.playing
        player.close()
        synthesizer.close()
        replacement, sentence = open_synthesizer(SoundSettings(soundfont=soundfont))
        replacement.close()
    assert isinstance(replacement, SilentSynthesizer)
    assert sentence is not None
