"""Sound: FluidSynth with a SoundFont, in an audio thread of its own.

FluidSynth is a C library that may be missing, and so may a SoundFont or a sound device. None of
this is an exception to anybody: :func:`open_synthesizer` answers with what there is and a
sentence about what is not.
"""

import ctypes
import io
import os
import sys
from contextlib import redirect_stdout
from importlib import import_module
from itertools import chain
from pathlib import Path
from threading import Lock
from types import ModuleType
from typing import Final

from composer_app.errors import DeviceError
from composer_app.live.note_sink import (
    DRUM_CHANNEL,
    LIVE_CHANNEL,
    NoteSink,
    SilentSynthesizer,
    Synthesizer,
    track_channel,
)
from composer_app.live.quiet import quiet_stderr
from composer_app.live.soundfonts import find_soundfonts, is_soundfont

__all__ = [
    "DRUM_CHANNEL",
    "LIVE_CHANNEL",
    "FluidSynthesizer",
    "NoteSink",
    "SilentSynthesizer",
    "Synthesizer",
    "open_synthesizer",
    "track_channel",
]

SAMPLE_RATE: Final = 48000
# Four periods of 1024 frames survive a busy interpreter and a busy machine.
PERIOD_FRAMES: Final = 1024
PERIODS: Final = 4
_CHANNELS: Final = 16
# Four voices at the usual velocity stay below full scale in the loudest presets of TimGM6mb.
_GAIN: Final = 0.5

_DRIVERS: Final = {
    "darwin": (("coreaudio", "CoreAudio"),),
    "win32": (("wasapi", "WASAPI"), ("dsound", "DirectSound")),
}
_LINUX_DRIVERS: Final = (
    ("pulseaudio", "PulseAudio"),
    ("pipewire", "PipeWire"),
    ("alsa", "ALSA"),
    ("jack", "JACK"),
)
_REMEDIES: Final = {
    "darwin": "brew install fluid-synth",
    "win32": "choco install fluidsynth",
}
_LINUX_REMEDY: Final = "sudo apt-get install libfluidsynth3"
# FluidSynth's log levels, from panic to debug.
_LOG_LEVELS: Final = range(5)


class _SoundFontError(DeviceError):
    """This SoundFont is of no use, but another one may be."""


class FluidSynthesizer:
    """Plays through the sound device until it is closed; any thread may call.

    Raises :class:`DeviceError` if the FluidSynth library is missing, ``soundfont`` is not one,
    or no sound device can be opened. May block for seconds while a large SoundFont is read.
    """

    def __init__(self, soundfont: Path) -> None:
        self._fluidsynth = _fluidsynth()
        # Guards against a call into a synthesizer that another thread has deleted.
        self._lock = Lock()
        self._closed = False
        self._synth = self._fluidsynth.Synth(
            gain=_GAIN,
            samplerate=SAMPLE_RATE,
            channels=_CHANNELS,
            **{"audio.period-size": PERIOD_FRAMES, "audio.periods": PERIODS},
        )
        try:
            self._load(soundfont)
            driver = self._start_driver()
        except BaseException:
            self.close()
            raise
        self.description = f"{soundfont.resolve().stem} through {driver}"

    def program_change(self, channel: int, program: int) -> None:
        """Choose the General MIDI ``program`` of ``channel``."""
        with self._lock:
            if not self._closed:
                self._synth.program_change(channel, program)

    def note_on(self, channel: int, pitch: int, velocity: int) -> None:
        """Strike ``pitch``; heard after the buffer, about 85 ms at most."""
        with self._lock:
            if not self._closed:
                self._synth.noteon(channel, pitch, velocity)

    def note_off(self, channel: int, pitch: int) -> None:
        """Release ``pitch``."""
        with self._lock:
            if not self._closed:
                self._synth.noteoff(channel, pitch)

    def all_notes_off(self) -> None:
        """Release every note on every channel."""
        with self._lock:
            if not self._closed:
                for channel in range(_CHANNELS):
                    self._synth.all_notes_off(channel)

    def close(self) -> None:
        """Stop sounding and free the device. May be called twice."""
        with self._lock:
            if not self._closed:
                self._closed = True
                self._synth.delete()

    def _load(self, soundfont: Path) -> None:
        if is_soundfont(soundfont):
            # Presets are assigned at once, or the drums and the live keyboard would be silent.
            with quiet_stderr():
                if self._synth.sfload(str(soundfont), update_midi_preset=1) >= 0:
                    return
        raise _SoundFontError(
            f"{soundfont} cannot be read as a SoundFont: choose another .sf2 or .sf3 file."
        )

    def _start_driver(self) -> str:
        """Start the first sound driver that works and return its name for people."""
        # Composer uses a JACK server that runs, but must not start one.
        os.environ.setdefault("JACK_NO_START_SERVER", "1")
        for driver, title in _DRIVERS.get(sys.platform, _LINUX_DRIVERS):
            self._synth.setting("audio.driver", driver)
            with quiet_stderr():
                started = self._fluidsynth.new_fluid_audio_driver(
                    self._synth.settings, self._synth.synth
                )
            if started:
                self._synth.audio_driver = started
                return title
        raise DeviceError(
            "Nothing can be heard because no sound device answers: connect one or start the"
            " sound server, then restart Composer."
        )


def open_synthesizer(soundfont: Path | None = None) -> tuple[Synthesizer, str | None]:
    """The best synthesizer this machine offers, and a sentence if something is missing.

    ``soundfont`` is the user's choice; without one, or if it cannot be read (then the sentence
    says so), the first usable one of :func:`find_soundfonts` plays. When nothing can sound the
    synthesizer is a :class:`SilentSynthesizer` and the sentence says what to do. Never raises.
    May take seconds: call it outside the GUI's thread.
    """
    complaint = None
    try:
        _fluidsynth()
        for path in chain([] if soundfont is None else [soundfont], find_soundfonts()):
            try:
                return FluidSynthesizer(path), complaint
            except _SoundFontError as error:
                # Only the user's own choice is worth a word when another one plays.
                if path == soundfont:
                    complaint = str(error)
    except DeviceError as error:
        return SilentSynthesizer(), str(error)
    return SilentSynthesizer(), complaint or (
        "Nothing can be heard because no SoundFont was found: install one with: pip install"
        " pretty_midi"
    )


def _fluidsynth() -> ModuleType:
    """The module fluidsynth, its logging silenced; DeviceError with the remedy if missing."""
    try:
        # It prints where it found the library when the variable CI is set.
        with redirect_stdout(io.StringIO()):
            module = import_module("fluidsynth")
        set_log_function = module._fl.fluid_set_log_function
        set_log_function.argtypes = (ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)
        for level in _LOG_LEVELS:
            set_log_function(level, None, None)
    except ModuleNotFoundError:
        raise DeviceError(
            "Nothing can be heard because the Python package pyfluidsynth is missing: type: pip"
            " install pyfluidsynth"
        ) from None
    except Exception:  # an ImportError, an OSError, or a library that is not what it seems
        remedy = _REMEDIES.get(sys.platform, _LINUX_REMEDY)
        raise DeviceError(
            f"Nothing can be heard because the FluidSynth library is missing: type: {remedy}"
        ) from None
    return module
