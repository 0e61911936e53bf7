"""What the tests of real sound share."""

from collections.abc import Iterator
from ctypes.util import find_library
from pathlib import Path

import pytest

from composer_app.live.synth.soundfonts import find_soundfonts
from tests.live import rig


@pytest.fixture(scope="session")
def library() -> None:
    """FluidSynth itself."""
    if find_library("fluidsynth") is None:
        rig.unavailable("the FluidSynth library is not installed")


@pytest.fixture(scope="session")
def soundfont(library: None) -> Path:
    """Any SoundFont that this machine has."""
    found = next(find_soundfonts(), None)
    if found is None:
        rig.unavailable("there is no SoundFont: pip install pretty_midi")
    assert found is not None
    return found


@pytest.fixture(scope="module")
def server() -> Iterator[rig.AudioServer]:
    with rig.audio_server() as server:
        yield server


@pytest.fixture
def audio(server: rig.AudioServer, monkeypatch: pytest.MonkeyPatch) -> rig.AudioServer:
    """An audio server that this process plays into."""
    for name in ("PULSE_SERVER", "PULSE_RUNTIME_PATH", "XDG_RUNTIME_DIR"):
        monkeypatch.setenv(name, server.environment[name])
    return server


@pytest.fixture
def no_audio(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine on which every way to sound is closed."""
    monkeypatch.setenv("PULSE_SERVER", f"unix:{tmp_path}/nowhere")
    monkeypatch.setenv("PIPEWIRE_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("ALSA_CONFIG_PATH", "/dev/null")
    monkeypatch.setenv("JACK_DEFAULT_SERVER", "composer-nowhere")
