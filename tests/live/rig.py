"""Real audio and MIDI without hardware: servers of our own, in folders of our own.

- :func:`audio_server`: PulseAudio with a sink that goes nowhere; what is played into it can be
  recorded and looked at.
- :func:`midi_cable`: a JACK server with a dummy sound card, which carries MIDI from process to
  process.

Where a program is missing the test is skipped with the reason, unless one of the variables CI
and COMPOSER_REQUIRE_RIG is set: then it fails.
"""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path
from typing import Final

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.turns import see_that_it_is_marked

RATE: Final = 48000
_SINK: Final = "testsink"
# Only what never comes is waited for so long: a busy machine takes its time to start a program.
PATIENCE_SECONDS: Final = 60.0
_JACK_START_SECONDS: Final = 0.2
_OVERLOAD: Final = 3.0


def require(*programs: str) -> None:
    """Skip (or fail, see the module) unless every one of ``programs`` is installed."""
    missing = [program for program in programs if shutil.which(program) is None]
    if missing:
        unavailable(f"not installed: {', '.join(missing)}")


def unavailable(reason: str) -> None:
    """The real parts cannot be had: skip, or fail where they must be there."""
    if os.environ.get("CI") == "true" or os.environ.get("COMPOSER_REQUIRE_RIG") == "1":
        pytest.fail(f"the rig is required here, but {reason}")
    pytest.skip(reason)


def skip_if_overloaded() -> None:
    """Skip where nobody can keep time; to be asked only once something was late.

    A suite that has the machine for itself stays well below this load, so that this excuses
    nothing there.
    """
    load, processors = os.getloadavg()[0], os.cpu_count() or 1
    if load > _OVERLOAD * processors:
        pytest.skip(f"{load:.0f} programs want {processors} processors: nothing is on time here")


def wait_for(condition: Callable[[], bool], what: str) -> None:
    """Return as soon as ``condition`` holds; fail after some patience."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail(f"waited {PATIENCE_SECONDS:g} s in vain for {what}")
        time.sleep(0.01)


@contextmanager
def running(*command: str, environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A silent background process that is gone afterwards, whatever happens."""
    process = subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@dataclass
class Recording:
    """What has come out of the sink since the recording began."""

    file: Path

    @property
    def seconds(self) -> float:
        """Length so far."""
        return self.file.stat().st_size / (4 * RATE) if self.file.exists() else 0.0

    def samples(self) -> NDArray[np.float32]:
        """Mono samples so far."""
        data = self.file.read_bytes()
        return np.frombuffer(data[: len(data) // 4 * 4], np.float32)

    def level(self, last_seconds: float) -> float:
        """Effective level (RMS) of the last ``last_seconds``; full scale is 1."""
        samples = self.samples()[-int(last_seconds * RATE) :]
        return float(np.sqrt(np.mean(samples**2))) if samples.size else 0.0

    def peak(self, last_seconds: float) -> float:
        """Largest amplitude of the last ``last_seconds``, whatever gaps a busy machine left."""
        samples = self.samples()[-int(last_seconds * RATE) :]
        return float(np.abs(samples).max()) if samples.size else 0.0

    def wait(self, seconds: float) -> None:
        """Until it is ``seconds`` longer than now."""
        end = self.seconds + seconds
        wait_for(lambda: self.seconds >= end, "the recording to go on")


@dataclass(frozen=True)
class AudioServer:
    """A PulseAudio server; programs find it through ``environment``."""

    folder: Path
    environment: dict[str, str]
    process: subprocess.Popen[bytes]

    @contextmanager
    def recording(self) -> Iterator[Recording]:
        """Record what the sink plays, from now on."""
        recording = Recording(self.folder / f"{time.monotonic_ns()}.raw")
        command = (
            f"parec -d {_SINK}.monitor --format=float32le --rate={RATE} --channels=1"
            f" --latency-msec=10 {recording.file}"
        )
        with running(*command.split(), environment=self.environment):
            wait_for(lambda: recording.seconds > 0, "parec to record")
            yield recording


@contextmanager
def audio_server(folder: Path | None = None) -> Iterator[AudioServer]:
    """A PulseAudio server of our own with one sink that swallows everything.

    ``folder`` is that of an earlier one, which is dead and whose clients are to find this one.
    """
    require("pulseaudio", "parec")
    see_that_it_is_marked()
    with tempfile.TemporaryDirectory(prefix="composer-rig-") as made:
        folder = folder or Path(made)
        name = str(folder)
        socket = folder / "native"
        environment = {
            **os.environ,
            "HOME": name,
            "XDG_RUNTIME_DIR": name,
            "PULSE_RUNTIME_PATH": str(folder / "pulse"),
            "PULSE_SERVER": f"unix:{socket}",
        }
        command = [
            *("pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1"),
            "--use-pid-file=no",
            *("-L", f"module-native-protocol-unix socket={socket} auth-anonymous=1"),
            *("-L", f"module-null-sink sink_name={_SINK} rate={RATE} channels=2 norewinds=1"),
        ]
        with running(*command, environment=environment) as process:
            wait_for(lambda: socket.exists() or process.poll() is not None, "pulseaudio")
            if process.poll() is not None:
                unavailable(f"pulseaudio ends at once with status {process.returncode}")
            yield AudioServer(folder, environment, process)


@dataclass(frozen=True)
class MidiCable:
    """A JACK server; programs find it through ``environment``."""

    environment: dict[str, str]
    process: subprocess.Popen[bytes]


@contextmanager
def midi_cable() -> Iterator[MidiCable]:
    """A JACK server of our own."""
    require("jackd")
    if find_spec("rtmidi") is None:
        unavailable("python-rtmidi is not installed")
    see_that_it_is_marked()
    name = f"composer-{os.getpid()}-{time.monotonic_ns()}"
    environment = {
        **os.environ,
        "JACK_DEFAULT_SERVER": name,
        "JACK_NO_START_SERVER": "1",
        "JACK_NO_AUDIO_RESERVATION": "1",
    }
    # -S: synchronous, or events are lost when the machine is busy.
    command = f"jackd -n {name} -r -S --no-mlock -d dummy -r {RATE} -p 256".split()
    if not _starts(command, environment):
        _forget_dead_servers()
    process = None
    try:
        with running(*command, environment=environment) as process:
            time.sleep(_JACK_START_SECONDS)
            if process.poll() is not None:
                unavailable(f"jackd ends at once with status {process.returncode}")
            yield MidiCable(environment, process)
    finally:
        if process is not None and process.returncode in (-signal.SIGKILL, -signal.SIGTERM):
            _bury(name, command, environment)


def _starts(command: list[str], environment: dict[str, str]) -> bool:
    """Whether a server of this kind can be started now."""
    with running(*command, environment=environment) as process:
        time.sleep(_JACK_START_SECONDS)
        return process.poll() is None


def _forget_dead_servers() -> None:
    """Make room among JACK's eight servers, if all of them are dead."""
    if not any(_program(process) == "jackd" for process in Path("/proc").glob("[0-9]*")):
        for leftover in Path("/dev/shm").glob("jack*"):
            if leftover.is_dir():
                shutil.rmtree(leftover, ignore_errors=True)
            else:
                leftover.unlink(missing_ok=True)


def _program(process: Path) -> str:
    try:
        return (process / "comm").read_text().strip()
    except OSError:  # it has ended meanwhile
        return ""


def _bury(name: str, command: list[str], environment: dict[str, str]) -> None:
    """Tidy up after a JACK server that was killed.

    JACK knows eight servers and keeps the place of a dead one until another of its name has come
    and gone; with eight dead ones no server starts on the machine any more.
    """
    with running(*command, environment=environment):
        time.sleep(0.3)
    for leftover in Path("/dev/shm").glob(f"jack_sem.*_{name}_*"):
        leftover.unlink(missing_ok=True)


def strongest_pitch(samples: NDArray[np.float32]) -> float:
    """MIDI pitch of the strongest partial in ``samples``: the fundamental, for a flute."""
    windowed = samples * np.hanning(samples.size)
    spectrum = np.abs(np.fft.rfft(windowed, 4 * RATE))
    hertz = int(spectrum[80:].argmax() + 80) / 4
    return float(69 + 12 * np.log2(hertz / 440))


def pitches_in(samples: NDArray[np.float32], audible: float = 0.005) -> list[int]:
    """The MIDI pitches heard one after another, each once for as long as it sounds.

    Silence is left out, and so gaps that a busy machine leaves change nothing; so is what lasts
    for less than two blocks of an eighth of a second, such as where two notes meet.
    """
    size = RATE // 8
    blocks = [samples[at : at + size] for at in range(0, samples.size - size + 1, size)]
    loud = [block for block in blocks if float(np.sqrt(np.mean(block**2))) > audible]
    found = [strongest_pitch(block) for block in loud]
    near = [round(pitch) for pitch in found if abs(pitch - round(pitch)) < 0.3]
    long = [pitch for pitch, same in groupby(near) if len(list(same)) > 1]
    return [pitch for pitch, _ in groupby(long)]
