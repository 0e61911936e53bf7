"""How evenly notes are played, how true the playhead is, and what playing costs.

What is played goes through FluidSynth into the null sink of a PulseAudio server and is recorded
there with the time at which each sample was heard.
"""

import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from benchmarks.rendering import quartet
from composer_app.live.playback.player import Player
from composer_app.live.synth.audio_drivers import SAMPLE_RATE
from composer_app.live.synth.soundfonts import find_soundfonts
from composer_app.live.synth.synthesizer import FluidSynthesizer, SoundSettings
from composer_app.music.composition import Composition, Track
from composer_app.music.note import Note
from composer_app.music.timing import TempoMap, seconds_per_step

_WOODBLOCK: Final = 115
_NOTES: Final = 40
_STEPS_APART: Final = 3
# Not such that the notes would fall on whole milliseconds or blocks of frames.
_BPM: Final = 147.3
_CPU_SECONDS: Final = 6.0
_PERIODS: Final = (1024, 512)


@dataclass(frozen=True)
class Played:
    """Samples from the even grid (median and largest), milliseconds of the playhead, CPU share."""

    jitter: float
    worst_jitter: float
    playhead: float
    playhead_p95: float
    cpu: float


def clicks() -> Composition:
    """A stroke of a woodblock about every 0.3 s."""
    notes = tuple(Note(_STEPS_APART * index, 76, 1, 120) for index in range(_NOTES))
    return Composition((Track("", _WOODBLOCK, notes),), TempoMap.constant(_BPM))


def measure(period: int, meanwhile: Callable[[], None]) -> Played:
    """Play with ``period`` frames a buffer; ``meanwhile`` is called a hundred times a second."""
    from tests.live.heard import hearing

    synthesizer = FluidSynthesizer(next(find_soundfonts()), SoundSettings(period=period))
    player = Player(synthesizer)
    seen: list[tuple[float, float]] = []
    try:
        with hearing() as heard:
            player.load(clicks())
            player.play()
            while player.playing:
                seen.append((time.perf_counter(), player.position))
                meanwhile()
                time.sleep(0.01)
            time.sleep(0.3)
            onsets = heard.onsets()
            times = heard.times(onsets)
        player.load(quartet())
        player.play()
        began, used = time.perf_counter(), time.process_time()
        time.sleep(_CPU_SECONDS)
        cpu = (time.process_time() - used) / (time.perf_counter() - began)
    finally:
        player.close()
        synthesizer.close()
    step = seconds_per_step(_BPM)
    apart = _STEPS_APART * step
    # A gap moves everything after it, and is the machine's; so distances, not places.
    uneven = np.abs(np.diff(onsets) - apart * SAMPLE_RATE)
    clock, positions = zip(*seen, strict=True)
    truth = apart * np.arange(len(onsets))
    errors = 1000 * np.abs(np.interp(times, clock, positions) * step - truth)
    return Played(
        float(np.median(uneven)),
        float(uneven.max()),
        float(np.median(errors)),
        float(np.percentile(errors, 95)),
        cpu,
    )


def scrolling() -> Callable[[], None]:
    """Something that scrolls a piano roll of 200 bars, in this thread."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication

    from composer_app.studio.roll.view import PianoRollView

    app = QApplication.instance() or QApplication([])
    view = PianoRollView()
    view.resize(1100, 640)
    view.set_composition(quartet(200))
    view.show()
    places = iter(range(10**9))

    def scroll() -> None:
        view.horizontalScrollBar().setValue(20 * next(places) % 2000)
        view.set_playhead(float(next(places) % 800))
        app.processEvents()

    return scroll


def main() -> None:
    """Print the figures, or why there are none."""
    if not all(map(shutil.which, ("pulseaudio", "parec"))):
        print("playing: PulseAudio is not installed, so nothing can be heard")
        return
    from tests.live.rig import audio_server

    with audio_server() as server:
        os.environ.update(server.environment)
        for name, meanwhile in (("", lambda: None), (", roll scrolled", scrolling())):
            for period in _PERIODS:
                played = measure(period, meanwhile)
                print(
                    f"playing, {period:4} frames{name:15} "
                    f"jitter {played.jitter:4.0f} samples (most {played.worst_jitter:5.0f}), "
                    f"playhead {played.playhead:4.1f} ms off (p95 {played.playhead_p95:4.1f}), "
                    f"four tracks {100 * played.cpu:4.1f} % of a core"
                )


if __name__ == "__main__":
    main()
