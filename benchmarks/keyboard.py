"""How long a key of a MIDI keyboard waits until the synthesizer is told of it.

Another process plays over a JACK server into the real window, which plays into the null sink of a
PulseAudio server.
"""

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import rtmidi
from numpy.typing import NDArray

from benchmarks.rendering import quartet
from composer_app.live.midi.connect import connect_input
from composer_app.live.midi.inputs import MidiInputs
from composer_app.live.note_sink import LIVE_CHANNEL
from composer_app.live.synth.soundfonts import find_soundfonts
from composer_app.live.synth.synthesizer import FluidSynthesizer
from composer_app.live.system.quiet import quiet_stderr

if TYPE_CHECKING:
    from tests.live.peer import Peer

_NOTES: Final = 500
_APART_SECONDS: Final = 0.02
_BARS: Final = 200
_SCROLL_MS: Final = 16
_SCROLLED: Final = 24
_LOOK_MS: Final = 50
_PATIENCE_SECONDS: Final = 30.0
_KIND: Final = 0xF0
_NOTE_ON: Final = 0x90


@dataclass(frozen=True)
class Delays:
    """Milliseconds until the call of the synthesizer: median, 99th percentile and the longest.

    ``since_arrival`` counts from when the MIDI driver handed the message over, ``since_sending``
    from when the other process sent it. ``machine`` is how late that process was itself, which
    only sleeps from one note to the next: what whatever else is running costs anybody.
    """

    since_arrival: tuple[float, float, float]
    since_sending: tuple[float, float, float]
    machine: tuple[float, float, float]


@dataclass
class Times:
    """Seconds, one of each for every note: by the driver, when read, when struck."""

    driver: list[float] = field(default_factory=list)
    read: list[float] = field(default_factory=list)
    struck: list[float] = field(default_factory=list)

    def clear(self) -> None:
        """Forget everything."""
        for times in (self.driver, self.read, self.struck):
            times.clear()

    def arrived(self) -> NDArray[np.float64]:
        """When the driver had each note, on the clock of the others.

        The driver knows the times between messages only; the note that was read the soonest is
        taken for one that was read at once.
        """
        driver = np.array(self.driver)
        offset: float = (np.array(self.read) - driver).min()
        return driver + offset


class _Client:
    """An input that notes when the driver had each note-on, and when it was read."""

    def __init__(self, times: Times) -> None:
        self._client = connect_input([rtmidi.API_UNIX_JACK])
        self._times = times
        self._driver = 0.0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def get_message(self) -> tuple[list[int], float] | None:
        event = self._client.get_message()
        if event is not None:
            (status, *_), since_last = event
            self._driver += since_last
            if status & _KIND == _NOTE_ON:
                self._times.driver.append(self._driver)
                self._times.read.append(time.perf_counter())
        return event


class _Synthesizer(FluidSynthesizer):
    """Notes when it was told of each note of the keyboard."""

    def __init__(self, times: Times) -> None:
        super().__init__(next(find_soundfonts()))
        self._times = times

    def note_on(self, channel: int, pitch: int, velocity: int) -> None:
        if channel == LIVE_CHANNEL:
            self._times.struck.append(time.perf_counter())
        super().note_on(channel, pitch, velocity)


def spread(seconds: NDArray[np.float64]) -> tuple[float, float, float]:
    """Median, 99th percentile and maximum, in milliseconds."""
    median, late, latest = 1000 * np.quantile(seconds, (0.5, 0.99, 1.0))
    return float(median), float(late), float(latest)


def grid(notes: int, apart: float) -> NDArray[np.float64]:
    """When the other process is to play, in seconds from when it begins."""
    from tests.acceptance.melody_peer import UNEVEN

    beats: NDArray[np.float64] = np.arange(notes) + np.resize(UNEVEN, notes)
    beats *= apart
    return beats


class Bench:
    """The window with its keyboard. Not to be made while another one is open."""

    def __init__(self, folder: Path, keys: "Peer") -> None:
        from PySide6.QtWidgets import QApplication

        from composer_app.studio.runtime.settings import Settings
        from composer_app.studio.widgets.theme import apply_theme
        from composer_app.studio.window.main_window import open_main_window
        from composer_app.studio.window.services import build_services

        app = QApplication.instance() or QApplication([])
        assert isinstance(app, QApplication)
        apply_theme(app)
        self._keys = keys
        self._times = Times()
        self._services = build_services(
            Settings(folder),
            ports=MidiInputs(connect=lambda _: _Client(self._times)),
            open_sound=lambda *_: (_Synthesizer(self._times), None),
        )
        self.window = open_main_window(self._services)
        self.window.show()
        self._services.document.replace(quartet(_BARS), "Open")
        self._wait(lambda: self._services.ports.open_name is not None)
        self._wait(lambda: isinstance(self._services.sound.synthesizer, _Synthesizer))

    def close(self) -> None:
        """Close the window and let go of the devices."""
        self.window.close()
        self._services.close()

    def measure(self, notes: int = _NOTES, apart: float = _APART_SECONDS) -> Delays:
        """Have ``notes`` notes played, ``apart`` seconds from each other."""
        self._times.clear()
        self._keys.ask(f"play {notes} {apart}")
        self._wait(lambda: len(self._times.struck) == notes)
        sent = np.array([note[1] for note in self._keys.event()])
        struck = np.array(self._times.struck)
        late = sent - grid(notes, apart)
        return Delays(
            spread(struck - self._times.arrived()), spread(struck - sent), spread(late - late.min())
        )

    @contextmanager
    def playing(self) -> Iterator[None]:
        """Four tracks play meanwhile."""
        player = self._services.player
        self.window.commands.play.trigger()
        self._wait(lambda: player.playing and player.position > 1)
        yield
        self.window.commands.stop.trigger()
        self._wait(lambda: not player.playing)

    @contextmanager
    def scrolling(self) -> Iterator[None]:
        """The piano roll is scrolled from end to end and back meanwhile, sixty times a second."""
        from PySide6.QtCore import QTimer

        bar = self.window.roll.horizontalScrollBar()
        step = _SCROLLED

        def scroll() -> None:
            nonlocal step
            before = bar.value()
            bar.setValue(before + step)
            if bar.value() == before:
                step = -step

        timer = QTimer()
        timer.timeout.connect(scroll)
        timer.start(_SCROLL_MS)
        yield
        timer.stop()

    @contextmanager
    def generating(self) -> Iterator[None]:
        """A long melody is harmonised meanwhile, over and over."""
        from tests.acceptance.studio_peer import BusyGenerator

        generator = BusyGenerator()
        generator.start()
        yield
        generator.stop()

    def _wait(self, condition: Callable[[], bool]) -> None:
        """Run the window until ``condition`` holds."""
        from PySide6.QtCore import QEventLoop, QTimer

        loop = QEventLoop()
        began = time.perf_counter()

        def look() -> None:
            if condition() or time.perf_counter() - began > _PATIENCE_SECONDS:
                loop.quit()

        timer = QTimer()
        timer.timeout.connect(look)
        timer.start(_LOOK_MS)
        loop.exec()
        if not condition():
            raise TimeoutError("the benchmark waits in vain")


@contextmanager
def bench() -> Iterator[Bench]:
    """A window, a keyboard and the servers between them."""
    from tests.live.peer import peer
    from tests.live.rig import audio_server, midi_cable

    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    before = dict(os.environ)
    try:
        with ExitStack() as stack:
            os.environ.update(stack.enter_context(audio_server()).environment)
            os.environ.update(stack.enter_context(midi_cable()).environment)
            keys = stack.enter_context(
                peer("tests.acceptance.melody_peer", "keys", environment=dict(os.environ))
            )
            keys.line()
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="composer-benchmark-"))
            made = Bench(Path(folder), keys)
            try:
                yield made
            finally:
                made.close()
                # The JACK library says in three lines that its server is leaving.
                with quiet_stderr():
                    stack.close()
    finally:
        os.environ.clear()
        os.environ.update(before)


def table(delays: dict[str, Delays]) -> list[str]:
    """A line for each of what goes on meanwhile."""
    lines = []
    for meanwhile, each in delays.items():
        arrival, sending = each.since_arrival, each.since_sending
        lines.append(
            f"key to note, {meanwhile:26} {arrival[0]:5.2f} ms"
            f" (p99 {arrival[1]:6.2f}, most {arrival[2]:6.2f});"
            f" from the other program {sending[0]:5.2f} ms (p99 {sending[1]:6.2f});"
            f" the machine itself {each.machine[0]:5.2f} ms (p99 {each.machine[1]:6.2f})"
        )
    return lines


def main() -> None:
    """Print the figures, or why there are none."""
    if not all(map(shutil.which, ("pulseaudio", "parec", "jackd"))):
        print("keyboard: PulseAudio or JACK is not installed, so no key can be pressed")
        return
    delays = {}
    with bench() as made:
        delays["at rest"] = made.measure()
        with made.scrolling():
            delays["roll scrolled"] = made.measure()
        with made.playing():
            delays["four tracks"] = made.measure()
            with made.scrolling():
                delays["four tracks, roll scrolled"] = made.measure()
        with made.generating():
            delays["a generation"] = made.measure()
    print("\n".join(table(delays)))


if __name__ == "__main__":
    main()
