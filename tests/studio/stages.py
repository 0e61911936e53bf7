"""What the window goes through in the tests of its layout: every state that takes room."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtWidgets import QApplication, QMessageBox, QTabWidget, QWidget

from composer_app.generation.generator import (
    Generated,
    GenerationSettings,
    Generator,
    Given,
    Progress,
)
from composer_app.generation.models.catalog import installed_models
from composer_app.generation.noise import NoiseVector
from composer_app.music.composition import Composition, Track
from composer_app.music.meter_map import MeterMap
from composer_app.music.note import Note
from composer_app.music.piano_roll import PianoRoll
from composer_app.music.timing import Meter, TempoMap
from composer_app.studio.document.selection import Selection
from composer_app.studio.messages.bar import MessageAction, Tone
from tests.generation.fake_generator import FakeGenerator
from tests.studio.support import Studio, open_studio

LONG_NAMES = (
    "Soprano of the second choir, with cornett",
    "Alto of the second choir",
    "Tenor 02 (doubled by sackbut)",
    "Basso continuo, realised",
)
HONKY_TONK = 3
LONG_ERROR = (
    "Toccata and Fugue in D minor (my own arrangement for the Sunday afternoon concert) 2026-11"
    "-29 final.mid cannot be written because the disk is full: choose another folder, or make room."
)

LONG_REASON = "The melody has 123456 bars and Composer harmonises up to 999: choose a shorter one."


def piece(names: tuple[str, ...], bars: int = 16, meter: Meter | None = None) -> Composition:
    """Quarters in each of the tracks, of all instruments whose names are long."""
    programs = (HONKY_TONK, 68, 109, 43, 4, 50)
    tracks = tuple(
        Track(
            name,
            programs[index % len(programs)],
            tuple(
                Note(4 * beat, 72 - 5 * (index % 7) + (2 * beat) % 5, 4) for beat in range(4 * bars)
            ),
        )
        for index, name in enumerate(names)
    )
    return Composition(
        tracks, TempoMap.constant(96.25), MeterMap.constant(meter or Meter()), "Toccata"
    )


@dataclass
class Gate:
    """Holds a generation half way until it is opened."""

    opened: threading.Event

    def load(self, name: str) -> Generator:
        return _HeldGenerator(self.opened, name)


class _HeldGenerator(FakeGenerator):
    def __init__(self, opened: threading.Event, name: str) -> None:
        super().__init__(name)
        self._opened = opened

    def generate(
        self,
        roll: PianoRoll,
        meters: MeterMap,
        noise: NoiseVector,
        settings: GenerationSettings,
        progress: Progress | None = None,
        given: Given | None = None,
    ) -> Generated:
        while not self._opened.wait(0.01):
            if progress is not None:
                progress(0.4)
        return super().generate(roll, meters, noise, settings, progress, given)


@contextmanager
def staged(folder: Path) -> Iterator[tuple[Studio, Gate]]:
    """A studio with the models that Composer ships, none of which is ever loaded."""
    gate = Gate(threading.Event())
    with open_studio(folder, load=gate.load, models=installed_models()) as studio:
        studio.window.show()
        settle(studio)
        yield studio, gate
        gate.opened.set()


def settle(studio: Studio) -> None:
    """Let the window live until nothing more is to be shown."""
    window = studio.window

    def busy() -> bool:
        return not window.running or studio.services.jobs.busy or window.statistics.busy

    for _ in range(3):
        wait_for(lambda: not busy())
        QApplication.processEvents()


def wait_for(condition: Callable[[], bool]) -> None:
    """Let the window live until ``condition`` holds; a minute at most."""
    patience = threading.Event()
    for _ in range(12_000):
        QApplication.processEvents()
        if condition():
            return
        patience.wait(0.005)
    raise TimeoutError("the window did not get there")


def stages(studio: Studio, gate: Gate) -> Iterator[tuple[str, QWidget]]:
    """The name of each state, and the window to look at while it lasts."""
    yield "empty", studio.window
    with unfolded(studio):
        yield "empty, all unfolded", studio.window
        yield from _with_reasons(studio)
    studio.window.commands.score.trigger()
    yield "empty score", studio.window
    studio.window.commands.score.trigger()
    studio.services.document.begin(piece(LONG_NAMES, bars=16), "Open")
    settle(studio)
    yield "four tracks", studio.window
    with unfolded(studio):
        yield "four tracks, all unfolded", studio.window
    yield from _with_selection(studio)
    yield from _with_panels(studio)
    yield from _with_messages(studio)
    yield from _while_working(studio, gate)
    yield from _other_windows(studio)


@contextmanager
def unfolded(studio: Studio) -> Iterator[None]:
    """Whatever unfolds is unfolded, and whatever is locked takes its row."""
    window, choices = studio.window, studio.window.choices
    foldable = window.generate_panel.control.toggle, window.commands.step_input
    locked = choices.locked_notes
    for each in foldable:
        each.setChecked(True)
    choices.set_locked_notes(12, anything=True)
    yield
    choices.set_locked_notes(*locked)
    for each in foldable:
        each.setChecked(False)


def _with_reasons(studio: Studio) -> Iterator[tuple[str, QWidget]]:
    """Why nothing can be generated, in as many words as that takes anywhere."""
    choices = studio.window.choices
    choices.set_obstacle(LONG_REASON)
    yield "a long reason, all unfolded", studio.window
    choices.set_models((), "")
    choices.set_obstacle(None)
    yield "no model, all unfolded", studio.window
    studio.window.generation.set_models(studio.services.find_models())
    studio.window.generation.refresh_panel()


def _with_selection(studio: Studio) -> Iterator[tuple[str, QWidget]]:
    window, commands = studio.window, studio.window.commands
    window.roll.set_selection(Selection.of_bars(studio.composition, 0, 60))
    yield "selected bars", window
    commands.lock.trigger()
    yield "locked notes", window
    commands.unlock_all.trigger()
    window.roll.set_selection(Selection())


def _with_panels(studio: Studio) -> Iterator[tuple[str, QWidget]]:
    window = studio.window
    window.statistics.show_page(likeness=True)
    settle(studio)
    yield "likeness", window
    window.statistics.show_page(likeness=False)
    window.commands.score.trigger()
    wait_for(lambda: not window.score.busy)
    settle(studio)
    yield "score", window
    window.commands.score.trigger()
    window.generate_panel.control.toggle.setChecked(True)
    yield "more control", window
    window.generate_panel.control.toggle.setChecked(False)
    window.commands.step_input.setChecked(True)
    yield "step input", window
    window.commands.step_input.setChecked(False)


def _with_messages(studio: Studio) -> Iterator[tuple[str, QWidget]]:
    window, bar = studio.window, studio.window.message_bar
    later = MessageAction("Save As…", lambda: None), MessageAction("Close Anyway", lambda: None)
    bar.tell(LONG_ERROR, Tone.ERROR, *later)
    yield "error", window
    with unfolded(studio):
        yield "error, all unfolded", window
    bar.dismiss()
    studio.ports.names = ["Arturia KeyLab Essential 61 mk3:KeyLab Essential 61 mk3 MIDI 24:0"]
    window.midi.refresh()
    window.midi.choose(studio.ports.names[0])
    yield "long device", window


def _while_working(studio: Studio, gate: Gate) -> Iterator[tuple[str, QWidget]]:
    window = studio.window
    window.commands.generate.trigger()
    wait_for(lambda: window.generate_panel.progress.isVisible())
    yield "generating", window
    with unfolded(studio):
        yield "generating, all unfolded", window
    gate.opened.set()
    wait_for(lambda: not window.generate_panel.busy)

    names = tuple(f"Track {n:02d} of the organ" for n in range(1, 12))
    long = piece(("Violin I", *names), bars=200, meter=Meter(12, 8))
    studio.services.document.begin(long, "Open")
    settle(studio)
    yield "twelve tracks", window

    window.commands.record.trigger()
    studio.clock.now += 4.0
    window.recording.tick()
    window.keyboard.noteOn.emit(60, 90)
    studio.clock.now += 0.5
    window.keyboard.noteOff.emit(60)
    window.recording.tick()
    yield "recording", window
    window.commands.record.trigger()
    settle(studio)


def _other_windows(studio: Studio) -> Iterator[tuple[str, QWidget]]:
    window = studio.window
    window.statistics_dock.toggle()
    settle(studio)
    yield "statistics window", window.statistics.window()
    yield "without statistics", window
    window.statistics_dock.toggle()
    window.commands.choose_melody.trigger()
    wait_for(lambda: window.tracks.dialog is not None and not window.tracks.dialog.looking)
    choice = window.tracks.dialog
    assert choice is not None
    yield "choice of the melody", choice
    choice.reject()
    dialog = window.settings_dialog
    dialog.open_sound()
    yield "settings: sound", dialog
    dialog.findChild(QTabWidget).setCurrentIndex(1)
    yield "settings: MIDI", dialog
    dialog.close()
    window._show_about()
    box = next(w for w in QApplication.topLevelWidgets() if isinstance(w, QMessageBox))
    yield "about", box
    box.close()
