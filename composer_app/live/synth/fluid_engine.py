"""FluidSynth's synthesizer, sequencer and audio driver, as one object that is safe to call.

Everything here returns at once; the sound is made in the driver's own thread, which never runs
Python. The sequencer has no timer: its time is the number of samples rendered.
"""

import ctypes
from threading import Lock
from typing import Final

from composer_app.live.note_sink import SinkEvent
from composer_app.live.synth.fluid_library import OK
from composer_app.live.synth.pipewire_client import initialise_pipewire
from composer_app.music.controls import BANK, BANK_FINE, PARAMETER_CONTROLLERS

CHANNELS: Final = 16
_BEND_CENTRE: Final = 8192
_SUSTAIN, _SOSTENUTO, _SOFT = 64, 66, 67
# FluidSynth starts notes at blocks of 64 frames, so that a millisecond is all that needs to be told
# apart. But its sequencer mixes up what stands at one tick: a millisecond has several for the
# order of events. More would bring the wrap-around at 2**32 nearer, which is 12 days off.
_TICKS_PER_MILLISECOND: Final = 4
_TICKS_PER_SECOND: Final = 1000 * _TICKS_PER_MILLISECOND
_ANY: Final = -1
# Beside the numbers of controllers.
_BEND, _PRESSURE, _KEYS = range(128, 131)
# FluidSynth 2.4 has other reverberation and a chorus of a third the level. Stated here, so that
# the same piece sounds the same, and as loud, with every release; TimGM6mb's strings, which make
# much of the chorus, would otherwise differ by 10 dB. These are the values up to 2.3.
_EFFECTS: Final = {
    "synth.chorus.depth": 8.0,
    "synth.chorus.level": 2.0,
    "synth.chorus.nr": 3,
    "synth.chorus.speed": 0.3,
    "synth.reverb.damp": 0.0,
    "synth.reverb.level": 0.9,
    "synth.reverb.room-size": 0.2,
    "synth.reverb.width": 0.5,
}


class FluidEngine:
    """A synthesizer in memory; :meth:`start` gives it a sound driver. Any thread may call.

    ``settings`` are FluidSynth's own, by name; chorus and reverberation need not be among them.
    After :meth:`close` every call does nothing.
    """

    def __init__(self, library: ctypes.CDLL, settings: dict[str, str | int | float]) -> None:
        self._library = library
        # Guards against a call into a synthesizer that another thread has deleted.
        self._lock = Lock()
        self._driver: int | None = None
        self._settings = library.new_fluid_settings()
        for name, value in {**_EFFECTS, **settings}.items():
            self._set(name, value)
        self._synth: int | None = library.new_fluid_synth(self._settings)
        self._sequencer = library.new_fluid_sequencer2(0)
        library.fluid_sequencer_set_time_scale(self._sequencer, float(_TICKS_PER_SECOND))
        self._client = library.fluid_sequencer_register_fluidsynth(self._sequencer, self._synth)
        # The last tick at which each of the settings of a channel is set.
        self._last_set: dict[tuple[int, ...], int] = {}

    def load(self, soundfont: str) -> bool:
        """Read a SoundFont and give every channel its instrument; False if it is not one."""
        # Presets are assigned at once, or the drums and the live keyboard would be silent.
        answer: int = self._library.fluid_synth_sfload(self._synth, soundfont.encode(), 1)
        return answer >= 0

    def start(self, driver: str, periods: int) -> bool:
        """Begin to sound through the FluidSynth driver of this name; False if it cannot."""
        if driver == "pipewire":
            initialise_pipewire()
        self._set("audio.driver", driver)
        self._set("audio.periods", periods)
        self._driver = self._library.new_fluid_audio_driver(self._settings, self._synth)
        return self._driver is not None

    def stop(self) -> None:
        """Let go of the sound driver; another one may be started."""
        if self._driver is not None:
            self._library.delete_fluid_audio_driver(self._driver)
            self._driver = None

    @property
    def rendered(self) -> float:
        """Seconds rendered so far; stands still and leaps on by a period."""
        with self._lock:
            if self._synth is None:
                return 0.0
            ticks: int = self._library.fluid_sequencer_get_tick(self._sequencer)
            return ticks / _TICKS_PER_SECOND

    def set_gain(self, gain: float) -> None:
        """Set the master volume: factor on every sample, 0 to 10."""
        with self._lock:
            if self._synth is not None:
                self._library.fluid_synth_set_gain(self._synth, gain)

    def send(self, event: SinkEvent) -> None:
        """Play ``event`` now."""
        library = self._library
        with self._lock:
            if self._synth is None:
                return
            match event.kind:
                case "note_on":
                    library.fluid_synth_noteon(self._synth, event.channel, event.data1, event.data2)
                case "note_off":
                    library.fluid_synth_noteoff(self._synth, event.channel, event.data1)
                case "control_change":
                    library.fluid_synth_cc(self._synth, event.channel, event.data1, event.data2)
                case "pitch_bend":
                    bend = event.data1 + _BEND_CENTRE
                    library.fluid_synth_pitch_bend(self._synth, event.channel, bend)
                case "program_change":
                    library.fluid_synth_program_change(self._synth, event.channel, event.data1)
                case "channel_pressure":
                    library.fluid_synth_channel_pressure(self._synth, event.channel, event.data1)
                case "key_pressure":
                    library.fluid_synth_key_pressure(
                        self._synth, event.channel, event.data1, event.data2
                    )

    def schedule(self, seconds: float, event: SinkEvent) -> None:
        """Play ``event`` when ``seconds`` have been rendered."""
        library = self._library
        with self._lock:
            if self._synth is None:
                return
            record = library.new_fluid_event()
            library.fluid_event_set_source(record, _ANY)
            library.fluid_event_set_dest(record, self._client)
            self._fill(record, event)
            tick = self._tick(seconds, event)
            sent = library.fluid_sequencer_send_at(self._sequencer, record, tick, 1)
            library.delete_fluid_event(record)
        if sent != OK:
            self.send(event)

    def unschedule(self) -> None:
        """Forget what is scheduled."""
        with self._lock:
            if self._synth is not None:
                self._library.fluid_sequencer_remove_events(self._sequencer, _ANY, _ANY, _ANY)
                self._last_set.clear()

    def all_notes_off(self) -> None:
        """Release everything on every channel, lift the pedals, centre the bends."""
        library = self._library
        with self._lock:
            if self._synth is None:
                return
            for channel in range(CHANNELS):
                for pedal in (_SUSTAIN, _SOSTENUTO, _SOFT):
                    library.fluid_synth_cc(self._synth, channel, pedal, 0)
                library.fluid_synth_pitch_bend(self._synth, channel, _BEND_CENTRE)
                library.fluid_synth_all_notes_off(self._synth, channel)

    def close(self) -> None:
        """Fall silent and free everything. May be called twice, and may take a moment."""
        with self._lock:
            synth, self._synth = self._synth, None
        if synth is None:
            return
        # Nobody uses them any more, so others need not wait. The driver first: its thread renders
        # with the other two.
        self.stop()
        self._library.delete_fluid_sequencer(self._sequencer)
        self._library.delete_fluid_synth(synth)
        self._library.delete_fluid_settings(self._settings)

    def _tick(self, seconds: float, event: SinkEvent) -> int:
        """When the sequencer is to play ``event``, so that the order of one moment is kept."""
        tick = max(0, round(seconds * 1000) * _TICKS_PER_MILLISECOND + event.rank)
        if event.rank == 1:
            setting = _setting(event)
            tick = max(tick, self._last_set.get(setting, -1) + 1)
            self._last_set[setting] = tick
        return tick

    def _fill(self, record: int, event: SinkEvent) -> None:
        library = self._library
        match event.kind:
            case "note_on":
                library.fluid_event_noteon(record, event.channel, event.data1, event.data2)
            case "note_off":
                library.fluid_event_noteoff(record, event.channel, event.data1)
            case "control_change":
                library.fluid_event_control_change(record, event.channel, event.data1, event.data2)
            case "pitch_bend":
                bend = event.data1 + _BEND_CENTRE
                library.fluid_event_pitch_bend(record, event.channel, bend)
            case "program_change":
                library.fluid_event_program_change(record, event.channel, event.data1)
            case "channel_pressure":
                library.fluid_event_channel_pressure(record, event.channel, event.data1)
            case "key_pressure":
                library.fluid_event_key_pressure(record, event.channel, event.data1, event.data2)

    def _set(self, name: str, value: str | float) -> None:
        library, key = self._library, name.encode()
        if isinstance(value, str):
            library.fluid_settings_setstr(self._settings, key, value.encode())
        elif isinstance(value, int):
            library.fluid_settings_setint(self._settings, key, value)
        else:
            library.fluid_settings_setnum(self._settings, key, value)


def _setting(event: SinkEvent) -> tuple[int, ...]:
    """What ``event`` sets. What chooses sounds and parameters is one: its order has a meaning."""
    if event.kind == "program_change":
        return (event.channel,)
    if event.kind == "control_change":
        ordered = event.data1 in PARAMETER_CONTROLLERS or event.data1 in (BANK, BANK_FINE)
        return (event.channel,) if ordered else (event.channel, event.data1)
    if event.kind == "key_pressure":
        return event.channel, _KEYS, event.data1
    return event.channel, _BEND if event.kind == "pitch_bend" else _PRESSURE
