"""What happens where something that sound needs is missing."""

import importlib
import subprocess
import sys
from pathlib import Path
from threading import Barrier, BrokenBarrierError, Event, Thread
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from composer_app.live.note_sink import SilentSynthesizer, SinkEvent
from composer_app.live.synth import fluid_library
from composer_app.live.synth import synthesizer as module
from composer_app.live.synth.fluid_engine import FluidEngine
from composer_app.live.synth.synthesizer import SoundSettings, open_synthesizer
from composer_app.package_names import pip_line


def test_without_the_python_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fluidsynth", None)
    synthesizer, sentence = open_synthesizer()
    assert isinstance(synthesizer, SilentSynthesizer)
    assert sentence is not None
    assert str(sentence).endswith(f"type: {pip_line('pyfluidsynth')}")


@pytest.mark.parametrize(
    ("platform", "remedy"),
    [
        ("linux", "sudo apt-get install libfluidsynth3"),
        ("darwin", "brew install fluid-synth"),
        ("win32", "choco install fluidsynth"),
    ],
)
def test_without_the_library(platform: str, remedy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def import_module(name: str) -> None:
        raise ImportError("Couldn't find the FluidSynth library.")

    monkeypatch.setattr(fluid_library, "import_module", import_module)
    monkeypatch.setattr(sys, "platform", platform)
    synthesizer, sentence = open_synthesizer()
    assert isinstance(synthesizer, SilentSynthesizer)
    assert sentence is not None
    assert str(sentence).endswith(f"type: {remedy}")


@pytest.mark.parametrize(
    ("choice", "complaint"), [(None, "no SoundFont was found"), ("missing.sf2", "cannot be read")]
)
def test_without_a_soundfont(
    choice: str | None,
    complaint: str,
    library: None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "find_soundfonts", lambda: iter(()))
    synthesizer, sentence = open_synthesizer(
        SoundSettings(soundfont=tmp_path / choice if choice else None)
    )
    assert isinstance(synthesizer, SilentSynthesizer)
    assert sentence is not None
    assert complaint in str(sentence)


def test_without_a_sound_device(no_audio: None, soundfont: Path) -> None:
    synthesizer, sentence = open_synthesizer()
    assert isinstance(synthesizer, SilentSynthesizer)
    assert sentence is not None
    assert "no sound device answers" in str(sentence)


def test_a_driver_that_does_not_answer_is_named(no_audio: None, soundfont: Path) -> None:
    _, sentence = open_synthesizer(SoundSettings(driver="jack"))
    assert sentence is not None
    assert "JACK does not answer" in str(sentence)
    _, sentence = open_synthesizer(SoundSettings(driver="unheard-of"))
    assert sentence is not None
    assert "unheard-of does not answer" in str(sentence)


def test_a_jack_server_that_hangs_is_not_waited_for(
    no_audio: None, soundfont: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def start(self: FluidEngine, driver: str, periods: int) -> bool:
        asked.append(driver)
        return False

    monkeypatch.setattr(FluidEngine, "start", start)
    monkeypatch.setattr(module, "jack_watch", lambda: SimpleNamespace(hung=True))
    assert isinstance(open_synthesizer()[0], SilentSynthesizer)
    assert asked == ["pulseaudio", "pipewire", "alsa"]
    monkeypatch.setattr(module, "jack_watch", lambda: SimpleNamespace(hung=False))
    open_synthesizer()
    assert asked[3:] == ["pulseaudio", "pipewire", "alsa", "jack"]


@pytest.mark.parametrize(
    ("rendered", "asked"),
    [(0.0, ["pulseaudio", "pipewire", "alsa", "jack"]), (0.02, ["pulseaudio", "pipewire"])],
    ids=["PipeWire without a device", "PipeWire with one"],
)
def test_pipewire_must_take_sound_before_it_is_believed(
    no_audio: None,
    soundfont: Path,
    monkeypatch: pytest.MonkeyPatch,
    rendered: float,
    asked: list[str],
) -> None:
    started: list[str] = []

    def start(self: FluidEngine, driver: str, periods: int) -> bool:
        started.append(driver)
        return driver == "pipewire"

    monkeypatch.setattr(FluidEngine, "start", start)
    monkeypatch.setattr(FluidEngine, "rendered", rendered)
    monkeypatch.setattr(module, "_PIPEWIRE_SECONDS", 0.05)
    monkeypatch.setattr(module, "jack_watch", lambda: SimpleNamespace(hung=False))
    synthesizer, _ = open_synthesizer()
    synthesizer.close()
    assert started == asked
    assert isinstance(synthesizer, SilentSynthesizer) is (rendered == 0)


def test_what_differs_between_releases_of_fluidsynth_is_stated(library: None) -> None:
    class Recording:
        """FluidSynth, and what was set."""

        def __init__(self) -> None:
            self.names: set[str] = set()
            self.real = fluid_library.fluid_library()

        def __getattr__(self, name: str) -> Any:
            return getattr(self.real, name)

        def fluid_settings_setnum(self, settings: int, name: bytes, value: float) -> int:
            self.names.add(name.decode())
            return int(self.real.fluid_settings_setnum(settings, name, value))

    recording = Recording()
    FluidEngine(recording, {"synth.gain": 0.25}).close()  # type: ignore[arg-type]
    chorus = {f"synth.chorus.{name}" for name in ("depth", "level", "speed")}
    reverb = {f"synth.reverb.{name}" for name in ("damp", "level", "room-size", "width")}
    assert recording.names == {"synth.gain"} | chorus | reverb


def test_nothing_is_written_on_the_terminal(
    no_audio: None, soundfont: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # With this variable set, pyfluidsynth prints where it found the library.
    monkeypatch.setenv("CI", "true")
    program = (
        "from composer_app.live.synth.synthesizer import SoundSettings, open_synthesizer\n"
        "from composer_app.live.midi.inputs import MidiInputs\n"
        "open_synthesizer()[0].close(); MidiInputs().close()"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert (done.stdout, done.stderr) == (b"", b"")


def test_two_threads_that_look_for_the_library_leave_the_output_as_it_was(
    library: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    both, first_left = Barrier(2), Event()

    def import_module(name: str) -> ModuleType:
        try:
            # If both are inside, the one that came first leaves first.
            second = both.wait(0.2) == 1
        except BrokenBarrierError:
            second = False
        if second:
            first_left.wait(5)
        return importlib.import_module(name)

    def find() -> None:
        fluid_library.fluid_library()
        first_left.set()

    monkeypatch.setattr(fluid_library, "import_module", import_module)
    output = sys.stdout
    threads = [Thread(target=find) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sys.stdout is output


def test_importing_the_engine_does_not_import_fluidsynth() -> None:
    program = (
        "import sys, composer_app.live.synth.synthesizer, composer_app.live.midi.inputs;"
        "assert not {'fluidsynth', 'rtmidi', 'pretty_midi', 'PySide6'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_the_silent_one_takes_everything() -> None:
    silent = SilentSynthesizer()
    silent.program_change(0, 40)
    silent.note_on(0, 60, 80)
    silent.note_off(0, 60)
    silent.control_change(0, 64, 127)
    silent.pitch_bend(0, -8192)
    silent.schedule(silent.time + 1, SinkEvent("note_on", 0, 60, 80))
    silent.unschedule()
    silent.all_notes_off()
    silent.close()
    silent.close()
    assert silent.description == "no sound"
