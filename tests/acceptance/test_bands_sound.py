"""The drums of a band as they come out of the sound server when the window plays."""

from dataclasses import replace
from itertools import pairwise
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
from tests.generation.bands.playing import band, played
from tests.live.rig import RATE, audio_server, skip_if_overloaded

pytestmark = pytest.mark.slow

STRAIGHT = 0.5
LATE, MOST = 0.03, 0.7


@pytest.mark.real_time
@pytest.mark.parametrize("name", ["rock", "swing"])
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
    # From stroke to stroke there are quarters of a beat, or what swing makes of its halves. A gap
    # that a busy machine leaves moves one of them.
    swing = band(name).band.swing
    steps = (0, 0.25, 0.5, 0.75, 1) if swing == STRAIGHT else (0, 1 - swing, swing, 1)
    apart = [(after - before) / beat % 1 for before, after in pairwise(heard)]
    beside = [min(abs(each - step) for step in steps) * beat for each in apart]
    struck = {note.start for note in piece.tracks[0].notes}
    assert len(heard) >= 0.5 * len(struck)
    right = sum(each <= LATE for each in beside)
    if right < MOST * len(beside):
        skip_if_overloaded()
    assert right >= MOST * len(beside), heard
