"""The drums of a band as they come out of the sound server when the window plays."""

from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from composer_app.generation.generator import GenerationSettings
from tests.acceptance.test_sound import (
    AUDIBLE,
    PATIENCE,
    SILENT,
    play_into,
    wait_for_device,
    window_in,
)
from tests.generation.bands.hearing import strokes_in
from tests.generation.bands.melodies import MELODIES
from tests.generation.bands.playing import played
from tests.live.rig import RATE, audio_server, skip_if_overloaded

pytestmark = pytest.mark.slow


@pytest.mark.real_time
@pytest.mark.parametrize("name", ["rock"])
def test_the_drums_of_a_band_are_heard_on_the_grid(
    name: str, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = played(name, MELODIES["two bars"], GenerationSettings(seed=2))
    # Of the other tracks nobody could tell so well when they are struck.
    piece = replace(whole, tracks=whole.tracks[-1:])
    beat = 60 / 110
    with audio_server() as server:
        play_into(server, monkeypatch)
        with window_in(tmp_path, qtbot) as (window, services):
            services.document.begin(piece, "Open")
            wait_for_device(services, qtbot)
            with server.recording() as recording:
                window.commands.play.trigger()
                qtbot.waitUntil(
                    lambda: window.playback.position >= piece.steps - 1, timeout=PATIENCE
                )
                qtbot.waitUntil(lambda: recording.level(0.1) < SILENT, timeout=PATIENCE)
                assert recording.peak(recording.seconds) > AUDIBLE
                heard = strokes_in(recording.samples(), RATE)
    beside = [abs((seconds - heard[0]) / beat * 4 + 0.5) % 1 - 0.5 for seconds in heard]
    if max(abs(each) for each in beside) * beat / 4 > 0.03:
        skip_if_overloaded()
    struck = {note.start for note in piece.tracks[0].notes}
    assert len(heard) >= 0.5 * len(struck)
    assert all(abs(each) * beat / 4 <= 0.03 for each in beside), heard
