"""Sound: FluidSynth with a SoundFont, in an audio thread of its own.

FluidSynth is a C library that may be missing, and so may a SoundFont or a sound device. None of
this is an exception to anybody: :func:`open_synthesizer` answers with what there is and a
sentence about what is not.
"""

import os
from contextlib import nullcontext
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from threading import Lock
from time import perf_counter, sleep
from typing import Final

from composer_app.errors import DeviceError
from composer_app.live.note_sink import Clock, SilentSynthesizer, SinkEvent, Synthesizer
from composer_app.live.synth.audio_drivers import (
    DEFAULT_PERIOD,
    SAMPLE_RATE,
    AudioDriver,
    audio_drivers,
)
from composer_app.live.synth.engine_clock import EngineClock
from composer_app.live.synth.fluid_engine import CHANNELS, FluidEngine
from composer_app.live.synth.fluid_library import fluid_library
from composer_app.live.synth.soundfonts import find_soundfonts, is_soundfont
from composer_app.live.system.jack_watch import jack_watch
from composer_app.live.system.quiet import quiet_stderr
from composer_app.package_names import pip_line
from composer_app.translation import _

# The loudest instrument of TimGM6mb, program 48 (strings), decides: a harmonised tune in four such
# voices struck at velocity 110 comes to -0.3 dBFS, eight voices at 100 to -0.8, and four at the
# velocities that Composer writes (68 and 80) to -7.9. Most instruments are 12 dB softer.
DEFAULT_GAIN: Final = 0.25
# A server with a device to play to begins within some hundredths of a second.
_PIPEWIRE_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True)
class SoundSettings:
    """How sound is to be made; the defaults suit everybody who does not play live.

    ``driver`` is an :attr:`AudioDriver.name`, None: the first that works. ``period`` is the
    buffer's size in frames: half of it is half the latency, but survives less load.
    ``soundfont`` None: the first usable one. ``gain`` is a factor on every sample, 0 to 10.
    """

    driver: str | None = None
    period: int = DEFAULT_PERIOD
    soundfont: Path | None = None
    gain: float = DEFAULT_GAIN


class _SoundFontError(DeviceError):
    """This SoundFont is of no use, but another one may be."""


class _NoDeviceError(DeviceError):
    """Nothing takes sound now, but a device may appear."""


class FluidSynthesizer:
    """Plays through the sound device until it is closed; any thread may call.

    Raises :class:`DeviceError` if the FluidSynth library is missing, ``soundfont`` is not one,
    or no sound device can be opened. May block for seconds while a large SoundFont is read.
    """

    def __init__(
        self,
        soundfont: Path,
        settings: SoundSettings = SoundSettings(),
        clock: Clock = perf_counter,
    ) -> None:
        if not is_soundfont(soundfont):
            raise _unreadable(soundfont)
        self._clock = clock
        self._time_lock = Lock()
        self._engine_clock = EngineClock(settings.period / SAMPLE_RATE)
        self._engine, driver = _start(settings)
        self._latency = driver.latency(settings.period)
        # After the driver: without a device, no large file is read in vain.
        with quiet_stderr():
            loaded = self._engine.load(str(soundfont))
        if not loaded:
            self.close()
            raise _unreadable(soundfont)
        self._name = soundfont.resolve().stem
        self._driver = driver

    @property
    def description(self) -> str:
        """What plays and where to: such as ``TimGM6mb through PulseAudio, 43 ms``."""
        return f"{self._name} through {self._driver.title}, {self.latency * 1000:.0f} ms"

    @property
    def driver(self) -> AudioDriver:
        """The way to the sound device."""
        return self._driver

    @property
    def time(self) -> float:
        """Seconds on the engine's clock, which counts what has been rendered."""
        with self._time_lock:
            return self._engine_clock.time(self._clock(), self._engine.rendered)

    @property
    def latency(self) -> float:
        """Seconds from being rendered until being heard, as far as Composer can know."""
        return self._latency

    @property
    def alive(self) -> bool:
        """Whether the device still takes sound; ask now and then, it is noticed within 1.5 s."""
        _ = self.time
        with self._time_lock:
            return self._engine_clock.alive(self._clock())

    def set_gain(self, gain: float) -> None:
        """Set the factor on every sample, 0 to 10."""
        self._engine.set_gain(gain)

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
        """Strike ``pitch``; heard after a period at most, and :attr:`latency`."""
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

    def channel_pressure(self, channel: int, value: int) -> None:
        """Press all keys of ``channel`` that are held."""
        self._engine.send(SinkEvent("channel_pressure", channel, value))

    def key_pressure(self, channel: int, pitch: int, value: int) -> None:
        """Press one key."""
        self._engine.send(SinkEvent("key_pressure", channel, pitch, value))

    def all_notes_off(self) -> None:
        """Release every note on every channel, lift the pedals and centre the bends."""
        self._engine.all_notes_off()

    def close(self) -> None:
        """Stop sounding and free the device. May be called twice.

        Where the sound server hangs this may hang too, but nobody who calls the other methods.
        """
        self._engine.close()


def open_synthesizer(
    settings: SoundSettings = SoundSettings(),
) -> tuple[Synthesizer, DeviceError | None]:
    """The best synthesizer this machine offers, and an error if something is missing.

    Without a SoundFont in ``settings``, or if it cannot be read (then the error says so), the
    first usable one of :func:`find_soundfonts` plays. When nothing can sound the
    synthesizer is a :class:`SilentSynthesizer` and the error says what to do. Never raises.
    May take seconds: call it outside the GUI's thread.
    """
    complaint: DeviceError | None = None
    chosen = settings.soundfont
    try:
        fluid_library()
        for path in chain([] if chosen is None else [chosen], find_soundfonts()):
            try:
                return FluidSynthesizer(path, settings), complaint
            except _SoundFontError as error:
                # Only the user's own choice is worth a word when another one plays.
                if path == chosen:
                    complaint = error.afresh()
    except DeviceError as error:
        return SilentSynthesizer(waiting=isinstance(error, _NoDeviceError)), error.afresh()
    return SilentSynthesizer(), complaint or DeviceError(
        _("Nothing can be heard because no SoundFont was found"),
        _("install one with: {command}", command=pip_line("pretty_midi")),
    )


def _start(settings: SoundSettings) -> tuple[FluidEngine, AudioDriver]:
    """An engine that plays through the first driver that works, of those wanted."""
    # Composer uses a JACK server that runs, but must not start one.
    os.environ.setdefault("JACK_NO_START_SERVER", "1")
    known = audio_drivers()
    wanted = [driver for driver in known if settings.driver in (None, driver.name)]
    engine = FluidEngine(
        fluid_library(),
        {
            "synth.gain": settings.gain,
            "synth.sample-rate": float(SAMPLE_RATE),
            "synth.midi-channels": CHANNELS,
            "audio.period-size": settings.period,
            "audio.jack.autoconnect": 1,
        },
    )
    for driver in wanted:
        if driver.name == "jack" and jack_watch().hung:
            continue
        # One thread at a time can be quiet, and a sound server that hangs must not hold it up.
        with quiet_stderr() if driver.noisy else nullcontext():
            started = engine.start(driver.name, driver.periods)
        if started and (driver.name != "pipewire" or _renders(engine)):
            return engine, driver
        engine.stop()
    engine.close()
    if settings.driver is not None and len(known) > 1:
        title = wanted[0].title if wanted else settings.driver
        raise _NoDeviceError(
            _("Nothing can be heard because {device} does not answer", device=title),
            _("start it, or choose another way to the sound device"),
        )
    raise _NoDeviceError(
        _("Nothing can be heard because no sound device answers"),
        _("connect one or start the sound server"),
    )


def _renders(engine: FluidEngine) -> bool:
    """Whether somebody takes the sound: PipeWire opens even where it has no device to play to."""
    deadline = perf_counter() + _PIPEWIRE_SECONDS
    while engine.rendered == 0 and perf_counter() < deadline:
        sleep(0.01)
    return engine.rendered > 0


def _unreadable(soundfont: Path) -> DeviceError:
    return _SoundFontError(
        _("{file} cannot be read as a SoundFont", file=soundfont),
        _("choose another .sf2 or .sf3 file"),
    )
