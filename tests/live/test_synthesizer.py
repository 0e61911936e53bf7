"""What happens where something that sound needs is missing."""

import subprocess
import sys
from pathlib import Path

import pytest

from composer_app.live import fluid_library
from composer_app.live import synthesizer as module
from composer_app.live.note_sink import SilentSynthesizer, SinkEvent
from composer_app.live.synthesizer import SoundSettings, open_synthesizer


def test_without_the_python_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fluidsynth", None)
    synthesizer, sentence = open_synthesizer()
    assert isinstance(synthesizer, SilentSynthesizer)
    assert sentence is not None
    assert sentence.endswith("type: pip install pyfluidsynth")


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
    assert sentence.endswith(f"type: {remedy}")


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
    assert complaint in sentence


def test_without_a_sound_device(no_audio: None, soundfont: Path) -> None:
    synthesizer, sentence = open_synthesizer()
    assert isinstance(synthesizer, SilentSynthesizer)
    assert sentence is not None
    assert "no sound device answers" in sentence


def test_a_driver_that_does_not_answer_is_named(no_audio: None, soundfont: Path) -> None:
    _, sentence = open_synthesizer(SoundSettings(driver="jack"))
    assert sentence is not None
    assert "JACK does not answer" in sentence
    _, sentence = open_synthesizer(SoundSettings(driver="unheard-of"))
    assert sentence is not None
    assert "unheard-of does not answer" in sentence


def test_nothing_is_written_on_the_terminal(
    no_audio: None, soundfont: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # With this variable set, pyfluidsynth prints where it found the library.
    monkeypatch.setenv("CI", "true")
    program = (
        "from composer_app.live.synthesizer import SoundSettings, open_synthesizer\n"
        "from composer_app.live.midi_ports import MidiPorts\n"
        "open_synthesizer()[0].close(); MidiPorts().close()"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert (done.stdout, done.stderr) == (b"", b"")


def test_importing_the_engine_does_not_import_fluidsynth() -> None:
    program = (
        "import sys, composer_app.live.synthesizer, composer_app.live.midi_ports;"
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
