"""Audio files: a composition rendered, made as loud as it should be, and written whole.

The level is known only when the last frame has been rendered, so the samples wait in a file
without a name, which vanishes with the process that made it; so does the encoded file, until it
is complete.
"""

import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from importlib import import_module
from math import isfinite, log10
from pathlib import Path
from typing import IO, Any, Final

import numpy as np

from composer_app.errors import DeviceError, SettingError
from composer_app.file_arguments import is_standard, output_file, output_name
from composer_app.live.playback.mixing import Mix
from composer_app.live.rendering.rendering import (
    DEFAULT_RATE,
    FloatArray,
    choose_soundfont,
    music_frames,
    render,
)
from composer_app.live.rendering.true_peak import TruePeak
from composer_app.live.system.system_libraries import quick_search
from composer_app.music.composition import Composition
from composer_app.music.files.cancelling import FileCancelledError
from composer_app.music.files.safe_file import cannot_write, check_place
from composer_app.package_names import SNDFILE, install_advice, pip_line
from composer_app.translation import _

# Called with the share done, 0.0 to 1.0; returns False to stop.
Progress = Callable[[float], bool]

RATES: Final = (22_050, 32_000, 44_100, 48_000, 88_200, 96_000)
# Decibels on top of the level at which the studio plays.
LEAST_GAIN: Final = -60.0
MOST_GAIN: Final = 40.0
# No true peak is higher, in decibels below full scale.
CEILING: Final = -1.0
# A coder that leaves out what cannot be heard makes some peaks a little higher, rounding to 16
# bits hardly.
_LOSSY_ROOM: Final = 1.0
_ROUNDING_ROOM: Final = 0.01
# Quieter than this there is nothing but noise to make louder.
_SILENCE: Final = 1e-5
_BYTES_PER_FRAME: Final = 8
_FRAMES_AT_ONCE: Final = 1 << 16
# Of a WAV file: its length is written with 32 bits.
_MOST_WAV_BYTES: Final = 2**32 - 4096
_WAV_BYTES_PER_FRAME: Final = 4


@dataclass(frozen=True, slots=True)
class AudioFormat:
    """A kind of audio file; ``rendering`` is about the share of the time that goes by before it
    is written. The rest is what soundfile is told.
    """

    title: str
    suffix: str
    container: str
    coding: str
    rendering: float
    lossy: bool = False
    highest_rate: int = RATES[-1]
    options: tuple[tuple[str, float | str], ...] = ()

    @property
    def ceiling(self) -> float:
        """The true peak that the samples are brought down to, in decibels."""
        return CEILING - (_LOSSY_ROOM if self.lossy else _ROUNDING_ROOM)


FORMATS: Final = (
    AudioFormat("WAV", ".wav", "WAV", "PCM_16", 0.9),
    AudioFormat("FLAC", ".flac", "FLAC", "PCM_16", 0.8),
    AudioFormat(
        "MP3",
        ".mp3",
        "MP3",
        "MPEG_LAYER_III",
        0.25,
        lossy=True,
        highest_rate=48_000,
        # LAME's V2: about 190 kbit/s for music that fills the spectrum.
        options=(("compression_level", 0.2), ("bitrate_mode", "VARIABLE")),
    ),
    AudioFormat(
        "Ogg Vorbis",
        ".ogg",
        "OGG",
        "VORBIS",
        0.4,
        lossy=True,
        # Vorbis quality 6.
        options=(("compression_level", 0.4),),
    ),
)


@dataclass(frozen=True, slots=True)
class AudioSettings:
    """How a file is to sound; ``rate`` is one of :data:`RATES`.

    ``gain``: None makes the piece as loud as the ceiling allows; a number is decibels more or
    less than while playing, :data:`LEAST_GAIN` to :data:`MOST_GAIN`. Whatever it says, nothing
    exceeds the ceiling.
    """

    rate: int = DEFAULT_RATE
    gain: float | None = None

    def __post_init__(self) -> None:
        if self.rate not in RATES:
            raise ValueError(f"a rate of {self.rate} is not among {RATES}")
        if self.gain is not None and not LEAST_GAIN <= self.gain <= MOST_GAIN:
            raise ValueError(f"a gain of {self.gain} is outside {LEAST_GAIN}-{MOST_GAIN} dB")


@dataclass(frozen=True, slots=True)
class AudioWritten:
    """What was written: ``seconds`` of sound, changed by ``gain`` decibels to ``peak`` (dBFS)."""

    seconds: float
    gain: float
    peak: float
    soundfont: Path


def audio_format(path: Path) -> AudioFormat:
    """The format that the end of ``path`` names; of standard output, the first.

    Raises :class:`SettingError`.
    """
    if is_standard(path):
        return FORMATS[0]
    for each in FORMATS:
        if path.suffix.lower() == each.suffix:
            return each
    endings = ", ".join(each.suffix for each in FORMATS[:-1])
    raise SettingError(
        _("{file} is no audio file that Composer writes", file=path),
        _(
            "choose a name that ends in {endings} or {last}",
            endings=endings,
            last=FORMATS[-1].suffix,
        ),
    )


def write_audio(
    composition: Composition,
    path: Path,
    soundfont: Path | None = None,
    settings: AudioSettings | None = None,
    progress: Progress | None = None,
    mix: Mix | None = None,
) -> AudioWritten:
    """Render ``composition`` into the file ``path``, in the format of :func:`audio_format`.

    ``mix`` is that of :func:`render`, ``soundfont`` the first of this machine when omitted. The
    true peak stays below :data:`CEILING` dBFS. Nothing is ever seen of a file that is not
    complete, and an earlier one stays until then. Raises :class:`SettingError` for a place that
    cannot be written, a format or a rate that does not fit; :class:`DeviceError` where
    FluidSynth, soundfile or the SoundFont is missing; :class:`FileCancelledError` when
    ``progress`` returns False.
    """
    settings = settings or AudioSettings()
    kind = audio_format(path)
    check_rate(kind, settings.rate)
    if not composition.note_count:
        raise SettingError(
            _("{file} was not written because the piece has no notes", file=output_name(path)),
            _("open another"),
        )
    soundfile = soundfile_module()
    if not soundfile.check_format(kind.container, kind.coding):
        raise SettingError(
            _("The libsndfile of this machine writes no {format} files", format=kind.title),
            _("choose another format"),
        )
    soundfont = choose_soundfont(soundfont)
    say = progress or (lambda share: True)
    try:
        # Before minutes of work; and beside what a link leads to, where the file will be. A stream
        # has no folder: the system's own will do.
        folder = None if is_standard(path) else check_place(path).parent
        with tempfile.TemporaryFile(dir=folder) as samples:
            blocks = render(composition, soundfont, settings.rate, mix)
            expected = music_frames(composition, settings.rate)
            with closing(blocks):
                frames, peak = _collect(blocks, samples, expected, kind.rendering, say)
            _check_length(kind, frames, path)
            factor = _factor(peak, settings.gain, kind.ceiling)
            with tempfile.TemporaryFile(dir=folder) as encoded:
                louder = _louder(samples, factor, frames, kind.rendering, say)
                _encode(soundfile, louder, encoded, kind, settings.rate)
                encoded.seek(0)
                with output_file(path) as file:
                    shutil.copyfileobj(encoded, file, 1 << 20)
    except BrokenPipeError:
        # Nobody reads standard output any more.
        raise
    except (OSError, ValueError) as error:
        raise SettingError(*cannot_write(output_name(path), error)) from error
    say(1.0)
    return AudioWritten(
        frames / settings.rate, _decibels(factor), _decibels(peak * factor), soundfont
    )


def check_rate(kind: AudioFormat, rate: int) -> None:
    """Raise :class:`SettingError` if files of this kind cannot have ``rate`` frames a second."""
    if rate > kind.highest_rate:
        raise SettingError(
            _(
                "{format} files hold at most {rate:,} frames a second",
                format=kind.title,
                rate=kind.highest_rate,
            ),
            _("choose a lower rate, or FLAC"),
        )


def soundfile_module() -> Any:
    """The module soundfile. Raises :class:`DeviceError` where it does not work."""
    try:
        with quick_search():
            return import_module("soundfile")
    except ModuleNotFoundError:
        raise DeviceError(
            _("Audio files cannot be written because the Python package soundfile is missing"),
            _("type: {command}", command=pip_line("soundfile")),
        ) from None
    except (ImportError, OSError):
        raise DeviceError(
            _("Audio files cannot be written because the library libsndfile is missing"),
            _("type: {command}", command=pip_line("--force-reinstall soundfile"))
            if sys.platform == "win32"
            else install_advice(SNDFILE),
        ) from None


def _collect(
    blocks: Iterator[FloatArray], samples: IO[bytes], expected: int, share: float, say: Progress
) -> tuple[int, float]:
    """Put all blocks into the file ``samples``; how many frames, and their true peak."""
    meter = TruePeak()
    frames = 0
    for block in blocks:
        meter.add(block)
        samples.write(block.tobytes())
        frames += len(block)
        if not say(share * min(1.0, frames / max(expected, 1))):
            raise FileCancelledError
    return frames, meter.finish()


def _louder(
    samples: IO[bytes], factor: float, frames: int, share: float, say: Progress
) -> Iterator[FloatArray]:
    """The blocks in the file ``samples``, each sample times ``factor``."""
    samples.seek(0)
    done = 0
    while data := samples.read(_FRAMES_AT_ONCE * _BYTES_PER_FRAME):
        block = np.frombuffer(data, np.float32).reshape(-1, 2) * np.float32(factor)
        yield block
        done += len(block)
        if not say(share + (1 - share) * done / frames):
            raise FileCancelledError


def _factor(peak: float, gain: float | None, ceiling: float) -> float:
    if peak < _SILENCE:
        return 1.0
    most = float(10 ** (ceiling / 20) / peak)
    return most if gain is None else min(most, float(10 ** (gain / 20)))


def _decibels(factor: float) -> float:
    return 20 * log10(factor) if factor > 0 and isfinite(factor) else -float("inf")


def _check_length(kind: AudioFormat, frames: int, path: Path) -> None:
    if kind.container == "WAV" and frames * _WAV_BYTES_PER_FRAME > _MOST_WAV_BYTES:
        raise SettingError(
            _("{file} was not written because WAV files hold at most 4 GB", file=output_name(path)),
            _("choose FLAC, or a shorter piece"),
        )


class _Encoded:
    """A file for soundfile, which prints what goes wrong in a file and goes on."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.error: OSError | None = None
        self.seek, self.tell, self.read = file.seek, file.tell, file.read

    def write(self, data: bytes) -> int:
        """Write ``data``, or keep the error and write nothing."""
        if self.error is None:
            try:
                return self._file.write(data)
            except OSError as error:
                self.error = error
        return 0


def _encode(
    soundfile: Any, blocks: Iterator[FloatArray], file: IO[bytes], kind: AudioFormat, rate: int
) -> None:
    guarded = _Encoded(file)
    try:
        with soundfile.SoundFile(
            guarded, "w", rate, 2, kind.coding, format=kind.container, **dict(kind.options)
        ) as output:
            for block in blocks:
                output.write(block)
                if guarded.error is not None:
                    break
    except (soundfile.SoundFileError, AssertionError):
        if guarded.error is None:
            raise
    if guarded.error is not None:
        raise guarded.error
