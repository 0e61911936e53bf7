"""What ``composer-app doctor`` finds out about sound and MIDI.

Opening a device may take long, or even end the process: whoever calls this does so in a process
of its own.
"""

import shutil
import subprocess
from contextlib import closing, suppress
from dataclasses import dataclass
from typing import Final

from composer_app.errors import ComposerError, DeviceError

_PATIENCE_SECONDS: Final = 2.0
# Drivers whose server can be asked for its default device.
_PULSE: Final = ("pulseaudio", "pipewire")


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of the report.

    ``value`` is what was found or, where ``ok`` is false, a sentence that says what is missing;
    ``remedy`` the one command that mends it, if there is one. Without a fact that is ``needed``,
    Composer cannot compose.
    """

    name: str
    value: str
    ok: bool = True
    remedy: str | None = None
    needed: bool = False


def missing(
    name: str, problem: str | ComposerError, remedy: str | None = None, *, needed: bool = False
) -> Fact:
    """A fact that is not as it should be; an error brings its own command as the remedy."""
    if remedy is None and isinstance(problem, ComposerError):
        remedy = problem.command
    return Fact(name, str(problem), ok=False, remedy=remedy, needed=needed)


def sound_facts() -> list[Fact]:
    """FluidSynth, the SoundFont, the sound device, and whether audio files can be written."""
    return [_library(), *_soundfont_and_device(), _audio_files()]


def midi_facts() -> list[Fact]:
    """The MIDI ports that there are."""
    from composer_app.live.midi.inputs import MidiInputs
    from composer_app.live.midi.outputs import MidiOutputs

    with closing(MidiInputs()) as inputs, closing(MidiOutputs()) as outputs:
        return [
            _ports("MIDI inputs", inputs.problem, inputs.input_names()),
            _ports("MIDI outputs", outputs.problem, outputs.output_names()),
        ]


def _ports(name: str, problem: DeviceError | None, names: list[str]) -> Fact:
    if problem:
        return missing(name, problem)
    return Fact(name, ", ".join(names) or "none is connected")


def _library() -> Fact:
    import ctypes

    from composer_app.live.synth.fluid_library import fluid_library

    try:
        library = fluid_library()
    except DeviceError as error:
        return missing("FluidSynth", error)
    numbers = [ctypes.c_int() for _ in range(3)]
    library.fluid_version(*(ctypes.byref(number) for number in numbers))
    return Fact("FluidSynth", ".".join(str(number.value) for number in numbers))


def _soundfont_and_device() -> list[Fact]:
    from composer_app.live.rendering.rendering import choose_soundfont
    from composer_app.live.synth.synthesizer import FluidSynthesizer

    try:
        path = choose_soundfont()
    except DeviceError as error:
        nothing = "The sound device cannot be tried without a SoundFont."
        return [missing("SoundFont", error), missing("sound device", nothing)]
    soundfont = Fact("SoundFont", str(path))
    try:
        with closing(FluidSynthesizer(path)) as synthesizer:
            device = _device_name(synthesizer.driver.name)
            return [soundfont, Fact("sound device", f"{synthesizer.description}, {device}")]
    except DeviceError as error:
        return [soundfont, missing("sound device", error)]


def _device_name(driver: str) -> str:
    """The device behind FluidSynth's ``driver``, where there is a way to know."""
    if driver in _PULSE and shutil.which("pactl"):
        with suppress(OSError, subprocess.SubprocessError):
            done = subprocess.run(
                ["pactl", "get-default-sink"],
                capture_output=True,
                stdin=subprocess.DEVNULL,
                text=True,
                timeout=_PATIENCE_SECONDS,
                check=True,
            )
            return done.stdout.strip()
    return "the default device"


def _audio_files() -> Fact:
    from composer_app.live.rendering.audio_file import FORMATS, soundfile_module

    try:
        soundfile = soundfile_module()
    except DeviceError as error:
        return missing("audio files", error)
    titles = ", ".join(
        each.title for each in FORMATS if soundfile.check_format(each.container, each.coding)
    )
    return Fact("audio files", f"{titles} (libsndfile {soundfile.__libsndfile_version__})")
