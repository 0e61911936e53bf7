"""Draws the pictures in docs/images anew: the real window, the real model, a real piece.

Run with ``make screenshots``. It needs no display; where there is none the window is drawn off
the screen. Options: a folder to write into, docs/images when omitted.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication, QWidget

from composer_app.generation.models.catalog import DEFAULT_MODEL
from composer_app.live.midi.inputs import MidiCallback, PortChanges
from composer_app.live.note_sink import SilentSynthesizer
from composer_app.studio.runtime.settings import Settings
from composer_app.studio.widgets.theme import apply_theme
from composer_app.studio.window.main_window import MainWindow, open_main_window
from composer_app.studio.window.services import Services, build_services

IMAGES: Final = Path(__file__).resolve().parent / "images"
SMALL: Final = (1280, 800)
LARGE: Final = (1920, 1080)
PATIENCE_SECONDS: Final = 60.0


class NoKeyboards:
    """The pictures show no keyboard that happens to be plugged in here."""

    problem: None = None
    open_name: str | None = None

    def input_names(self) -> list[str]:
        """None."""
        return []

    def open_input(self, name: str, callback: MidiCallback) -> None:
        """Never called, since there are no names."""

    def close_input(self) -> None:
        """Nothing is open."""

    def look_again(self) -> None:
        """There is nothing to see."""

    def offer_virtual(self, callback: MidiCallback) -> None:
        """Nobody plays into it."""

    def withdraw_virtual(self) -> None:
        """Nobody played into it."""

    def poll(self) -> PortChanges:
        """Nothing changes."""
        return PortChanges()

    def close(self) -> None:
        """Nothing is held."""


def main() -> int:
    """Draw every picture; returns 0."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else IMAGES
    folder.mkdir(parents=True, exist_ok=True)
    app = QApplication([])
    apply_theme(app)
    with tempfile.TemporaryDirectory() as settings:
        services = build_services(
            Settings(Path(settings)),
            ports=NoKeyboards(),
            open_sound=lambda _: (SilentSynthesizer(), None),
        )
        window = open_main_window(services)
        try:
            draw(window, services, folder)
        finally:
            window.close()
            services.close()
    return 0


def draw(window: MainWindow, services: Services, folder: Path) -> None:
    """Walk through a first minute and take a picture at each stop."""

    def take(name: str, size: tuple[int, int], part: QWidget = window) -> None:
        window.resize(*size)
        pause(0.5)
        path = folder / f"{name}.png"
        part.grab().save(str(path))
        print(path)

    window.show()
    wait_for(lambda: window.generate_panel.model_name == DEFAULT_MODEL)
    wait_for(lambda: not services.jobs.busy)
    take("empty", SMALL)

    record_a_melody(window)
    take("recording", SMALL)
    window.commands.record.trigger()

    window.files.open_sample("twinkle")
    window.generate_panel.seed.setValue(4711)
    window.commands.generate.trigger()
    wait_for(lambda: not window.generate_panel.busy)
    window.commands.play.trigger()
    wait_for(lambda: window.playback.position >= 20)
    take("studio", SMALL)
    take("generate", SMALL, window.generate_panel)
    take("piano-roll", SMALL, window.roll)
    take("studio-large", LARGE)
    window.commands.score.setChecked(True)
    wait_for(lambda: not (services.jobs.busy or window.score.busy))
    take("score", SMALL, window.views)
    window.commands.score.setChecked(False)
    window.generate_panel.control.toggle.setChecked(True)
    take("control", LARGE, window.generate_panel)
    window.generate_panel.control.toggle.setChecked(False)
    window.commands.stop.trigger()


def record_a_melody(window: MainWindow) -> None:
    """Record the beginning of Frère Jacques, played on the painted keys in time."""
    window.commands.record.trigger()
    downbeat: list[float] = []
    window.recording.positionChanged.connect(lambda step: downbeat.append(step))
    for beat, pitch in enumerate((60, 62, 64, 60, 60, 62, 64, 60)):
        wait_for(lambda at=4 * beat: bool(downbeat) and downbeat[-1] >= at)
        window.keyboard.noteOn.emit(pitch, 90)
        wait_for(lambda at=4 * beat + 3.8: downbeat[-1] >= at)
        window.keyboard.noteOff.emit(pitch)


def wait_for(condition: Callable[[], bool]) -> None:
    """Let the window live until ``condition`` holds."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError("the studio did not get there in a minute")
        pause(0.005)


def pause(seconds: float) -> None:
    """Let the window live for a while."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        QApplication.processEvents()
        time.sleep(0.002)


if __name__ == "__main__":
    sys.exit(main())
