"""Sound: FluidSynth with a SoundFont, in an audio thread of its own.

FluidSynth is a C library that may be missing, and so may a SoundFont or a sound device. None of
this is an exception to anybody: :func:`open_synthesizer` answers with what there is and a
sentence about what is not.
"""

import os
import sys
from itertools import chain
from pathlib import Path
from typing import Final

from composer_app.errors import DeviceError
from composer_app.live.fluid_engine import CHANNELS, FluidEngine
from composer_app.live.fluid_library import fluid_library
from composer_app.live.note_sink import SilentSynthesizer, SinkEvent, Synthesizer
from composer_app.live.quiet import quiet_stderr
from composer_app.live.soundfonts import find_soundfonts, is_soundfont

SAMPLE_RATE: Final = 48000
# Four periods of 1024 frames survive a busy interpreter and a busy machine.
PERIOD_FRAMES: Final = 1024
PERIODS: Final = 4
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


class _SoundFontError(DeviceError):
    """This SoundFont is of no use, but another one may be."""


class FluidSynthesizer:
    """Plays through the sound device until it is closed; any thread may call.

    Raises :class:`DeviceError` if the FluidSynth library is missing, ``soundfont`` is not one,
    or no sound device can be opened. May block for seconds while a large SoundFont is read.
    """

    def __init__(self, soundfont: Path) -> None:
        self._engine = FluidEngine(
            fluid_library(),
            {
                "synth.gain": _GAIN,
                "synth.sample-rate": float(SAMPLE_RATE),
                "synth.midi-channels": CHANNELS,
                "audio.period-size": PERIOD_FRAMES,
                "audio.periods": PERIODS,
            },
        )
        try:
            self._load(soundfont)
            driver = self._start_driver()
        except BaseException:
            self.close()
            raise
        self.description = f"{soundfont.resolve().stem} through {driver}"

    @property
    def time(self) -> float:
        """Seconds rendered so far; moves on by whole periods."""
        return self._engine.ticks

    @property
    def latency(self) -> float:
        """Seconds from being rendered until being heard, as far as the buffer's size tells."""
        return PERIOD_FRAMES * PERIODS / SAMPLE_RATE

    def schedule(self, at: float, event: SinkEvent) -> None:
        """Play ``event`` when :attr:`time` reaches ``at``."""
        self._engine.schedule(at, event)

    def unschedule(self) -> None:
        """Forget what has not been played yet."""
        self._engine.unschedule()

    def program_change(self, channel: int, program: int) -> None:
        """Choose the General MIDI ``program`` of ``channel``."""
        self._engine.send(SinkEvent("program_change", channel, program))

    def note_on(self, channel: int, pitch: int, velocity: int) -> None:
        """Strike ``pitch``; heard after the buffer, see :attr:`latency`."""
        self._engine.send(SinkEvent("note_on", channel, pitch, velocity))

    def note_off(self, channel: int, pitch: int) -> None:
        """Release ``pitch``."""
        self._engine.send(SinkEvent("note_off", channel, pitch))

    def control_change(self, channel: int, controller: int, value: int) -> None:
        """Set a MIDI controller."""
        self._engine.send(SinkEvent("control_change", channel, controller, value))

    def pitch_bend(self, channel: int, value: int) -> None:
        """Bend ``channel`` by ``value``, -8192 to 8191."""
        self._engine.send(SinkEvent("pitch_bend", channel, value))

    def all_notes_off(self) -> None:
        """Release every note on every channel, lift the pedals and centre the bends."""
        self._engine.all_notes_off()

    def close(self) -> None:
        """Stop sounding and free the device. May be called twice."""
        self._engine.close()

    def _load(self, soundfont: Path) -> None:
        with quiet_stderr():
            if is_soundfont(soundfont) and self._engine.load(str(soundfont)):
                return
        raise _SoundFontError(
            f"{soundfont} cannot be read as a SoundFont: choose another .sf2 or .sf3 file."
        )

    def _start_driver(self) -> str:
        """Start the first sound driver that works and return its name for people."""
        # Composer uses a JACK server that runs, but must not start one.
        os.environ.setdefault("JACK_NO_START_SERVER", "1")
        for driver, title in _DRIVERS.get(sys.platform, _LINUX_DRIVERS):
            with quiet_stderr():
                started = self._engine.start(driver)
            if started:
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
        fluid_library()
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
