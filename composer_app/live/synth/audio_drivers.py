"""The ways to a sound device, by platform, and how long sound takes through each."""

import sys
from dataclasses import dataclass
from typing import Final

SAMPLE_RATE: Final = 48000
# Buffer sizes to choose from, in frames. 1024 survives a busy interpreter and a busy machine.
PERIOD_SIZES: Final = (64, 128, 256, 512, 1024, 2048)
DEFAULT_PERIOD: Final = 1024


@dataclass(frozen=True, slots=True)
class AudioDriver:
    """A driver of FluidSynth's: ``name`` as it calls it, ``title`` for people.

    ``periods`` are asked for, and ``buffered`` is how many of them lie between the moment a
    period has been rendered and the moment it is heard. That was measured for PulseAudio (see
    the benchmark); for the others it is what their buffers hold, the device's own not counted.
    """

    name: str
    title: str
    periods: int
    buffered: float
    # Whether it writes on the terminal when it fails.
    noisy: bool = False

    def latency(self, period: int) -> float:
        """Seconds from being rendered until being heard, with ``period`` frames a period."""
        return self.buffered * period / SAMPLE_RATE


_PLATFORMS: Final = {
    "darwin": (AudioDriver("coreaudio", "CoreAudio", 2, 2),),
    "win32": (
        AudioDriver("wasapi", "WASAPI", 4, 4),
        AudioDriver("dsound", "DirectSound", 4, 4),
    ),
}
_LINUX: Final = (
    AudioDriver("pulseaudio", "PulseAudio", 2, 2),
    AudioDriver("pipewire", "PipeWire", 2, 2),
    AudioDriver("alsa", "ALSA", 4, 4, noisy=True),
    AudioDriver("jack", "JACK", 2, 2, noisy=True),
)


def audio_drivers(platform: str = sys.platform) -> tuple[AudioDriver, ...]:
    """The drivers of ``platform`` (as in ``sys.platform``), the one to try first coming first."""
    return _PLATFORMS.get(platform, _LINUX)
