"""A whole studio with stand-ins for what is outside it: ports, dialogs, sound and models."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from mido import Message
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from composer_app.errors import DeviceError, ModelError
from composer_app.generation.generator import Generator
from composer_app.generation.models.model_info import ModelInfo
from composer_app.live.midi.inputs import MidiCallback, PortChanges
from composer_app.live.midi.outputs import MidiOutputs
from composer_app.music.composition import Composition
from composer_app.music.melody import Melody
from composer_app.music.note import Note
from composer_app.studio.generate.generation_worker import LoadGenerator
from composer_app.studio.runtime.jobs import Jobs
from composer_app.studio.runtime.settings import Settings
from composer_app.studio.statistics import distribution_page, likeness_page
from composer_app.studio.statistics.panel import StatisticsPanel
from composer_app.studio.widgets.file_dialogs import FileDialogs
from composer_app.studio.window.main_window import MainWindow, open_main_window
from composer_app.studio.window.services import Services, build_services
from composer_app.translation import verbatim
from tests.generation.fake_generator import FakeGenerator
from tests.live.doubles import ListeningSink, SetClock
from tests.live.midi_fakes import FakeSystem

FAKE_MODEL = ModelInfo("fake", Path("fake.onnx"), "Fake", "Follows the melody.", "fake")
BROKEN_MODEL = ModelInfo(
    "broken", Path("broken.onnx"), "Broken", problem=ModelError(verbatim("It is not ONNX."))
)
SCALE = tuple(Note(4 * step, pitch, 4) for step, pitch in enumerate((60, 62, 64, 65)))


def scale(title: str = "Scale") -> Composition:
    """One bar of four quarters."""
    return Composition.from_melody(Melody(SCALE, title=title))


class FakePorts:
    """MIDI keyboards that are plugged in by a test."""

    def __init__(self) -> None:
        self.problem: DeviceError | None = None
        self.open_name: str | None = None
        self.names: list[str] = []
        self.changes: list[PortChanges] = []
        self.callback: MidiCallback | None = None
        self.virtual_callback: MidiCallback | None = None
        self.virtual_allowed = True
        self.looked_again = False
        self.closed = False

    def input_names(self) -> list[str]:
        return list(self.names)

    def open_input(self, name: str, callback: MidiCallback) -> None:
        if name not in self.names:
            raise DeviceError(verbatim(f"{name} is not there."))
        self.open_name, self.callback = name, callback

    def close_input(self) -> None:
        self.open_name = self.callback = None

    def close(self) -> None:
        self.close_input()
        self.closed = True

    def look_again(self) -> None:
        self.looked_again = True

    def offer_virtual(self, callback: MidiCallback) -> None:
        if not self.virtual_allowed:
            raise DeviceError(verbatim("There are no virtual ports here."))
        self.virtual_callback = callback

    def withdraw_virtual(self) -> None:
        self.virtual_callback = None

    def poll(self) -> PortChanges:
        return self.changes.pop(0) if self.changes else PortChanges()

    def send(self, kind: str, note: int, velocity: int, at: float) -> None:
        assert self.callback is not None
        self.callback(Message(kind, note=note, velocity=velocity), at)


@dataclass
class AnsweringDialogs(FileDialogs):
    """Answer by themselves, and note what they suggested."""

    open_path: Path | None = None
    save_path: Path | None = None
    audio_path: Path | None = None
    statistics_path: Path | None = None
    score: tuple[Path, bool] | None = None
    suggestions: list[str] = field(default_factory=list)

    def ask_open(self, parent: QWidget, folder: Path) -> list[Path]:
        return [] if self.open_path is None else [self.open_path]

    def ask_save(self, parent: QWidget, title: str, suggestion: Path) -> Path | None:
        self.suggestions.append(suggestion.name)
        return self.save_path

    def ask_save_piece(self, parent: QWidget, suggestion: Path) -> Path | None:
        self.suggestions.append(suggestion.name)
        return self.save_path

    def ask_save_score(
        self, parent: QWidget, suggestion: Path, *, picture: bool
    ) -> tuple[Path, bool] | None:
        self.suggestions.append(suggestion.name)
        return self.score

    def ask_save_audio(self, parent: QWidget, suggestion: Path) -> Path | None:
        self.suggestions.append(suggestion.name)
        return self.audio_path

    def ask_save_as(
        self, parent: QWidget, title: str, suggestion: Path, kinds: dict[str, str]
    ) -> Path | None:
        self.suggestions.append(suggestion.name)
        return self.statistics_path


class HeardSink(ListeningSink):
    """A synthesizer that only listens, and plays what is due when it is asked for its time."""

    description = "a listener"

    @property
    def time(self) -> float:
        self.render()
        return super().time

    def close(self) -> None:
        self.all_notes_off()


@dataclass
class Studio:
    """The window and everything around it."""

    window: MainWindow
    services: Services
    ports: FakePorts
    dialogs: AnsweringDialogs
    clock: SetClock
    sink: HeardSink
    # The outputs are real ones, on this.
    midi_system: FakeSystem

    @property
    def composition(self) -> Composition:
        return self.services.document.composition

    @property
    def message(self) -> str:
        return self.window.message_bar.text

    @property
    def at_work(self) -> bool:
        """Whether anything is being read, measured or written in a thread."""
        return self.services.jobs.busy or self.services.writer.busy


@contextmanager
def open_statistics(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, height: int
) -> Iterator[StatisticsPanel]:
    """The statistics panel by itself, as wide as in the window; it does not wait for a rest."""
    for page in (distribution_page, likeness_page):
        monkeypatch.setattr(page, "_REST_MS", 0)
    jobs = Jobs()
    panel = StatisticsPanel(jobs)
    qtbot.addWidget(panel)
    panel.resize(328, height)
    yield panel
    panel.close()
    jobs.close()


@contextmanager
def open_studio(
    folder: Path,
    *,
    load: LoadGenerator | None = None,
    models: tuple[ModelInfo, ...] = (FAKE_MODEL, BROKEN_MODEL),
    sound_problem: str | None = None,
) -> Iterator[Studio]:
    """A studio whose settings and recovery files live in ``folder``."""
    ports, dialogs, clock = FakePorts(), AnsweringDialogs(), SetClock(100.0)
    sink, midi_system = HeardSink(clock), FakeSystem()
    problem = DeviceError(verbatim(sound_problem)) if sound_problem else None

    def load_fake(name: str) -> Generator:
        return FakeGenerator(name)

    services = build_services(
        Settings(folder),
        clock=clock,
        ports=ports,
        outputs=MidiOutputs(midi_system.connect),
        open_sound=lambda _: (sink, problem),
        load=load or load_fake,
        find_models=lambda: models,
        dialogs=dialogs,
    )
    window = open_main_window(services)
    try:
        yield Studio(window, services, ports, dialogs, clock, sink, midi_system)
    finally:
        window.close()
        services.close()
        window.deleteLater()
