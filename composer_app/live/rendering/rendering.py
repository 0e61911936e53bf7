"""Rendering: a composition as sound, computed without a sound device and without waiting.

FluidSynth computes sound in blocks of 64 frames, and a note begins with a block. The rendering
therefore puts each event at the block nearest to its time, at most 32 frames (0.7 ms at 48 kHz)
away from it.
"""

import ctypes
import math
from bisect import bisect_left
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from composer_app.errors import DeviceError
from composer_app.live.note_sink import SinkEvent
from composer_app.live.playback.control_events import ControlEvents, telling
from composer_app.live.playback.mixing import Mix
from composer_app.live.playback.note_events import NoteEvent, NoteEvents
from composer_app.live.synth.fluid_engine import CHANNELS, FluidEngine
from composer_app.live.synth.fluid_library import fluid_library
from composer_app.live.synth.soundfonts import find_soundfonts, is_soundfont
from composer_app.live.synth.synthesizer import DEFAULT_GAIN
from composer_app.live.system.quiet import quiet_stderr
from composer_app.music.composition import Composition
from composer_app.package_names import pip_line
from composer_app.translation import _

FloatArray = NDArray[np.float32]

DEFAULT_RATE: Final = 48_000
LOWEST_RATE: Final = 8_000
HIGHEST_RATE: Final = 96_000
# FluidSynth's own block.
_BLOCK: Final = 64
# What is handed on at a time: 0.17 s at 48 kHz.
_PIECE: Final = 128 * _BLOCK
# The notes of a whole orchestra; playing makes do with fewer, for the sake of time.
_VOICES: Final = 1024
# After the last note the sound goes on until it is 72 dB below the loudest moment, and fades out
# if it has not died away by then: some SoundFonts hold instruments that never do.
_INAUDIBLE: Final = 10 ** (-72 / 20)
# FluidSynth's reverberation hums at -160 dB even when nothing has sounded.
_NOTHING: Final = 1e-6
_LONGEST_TAIL_SECONDS: Final = 10.0
_FADE_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True)
class TimedEvent:
    """An event ``seconds`` after step 0."""

    seconds: float
    event: SinkEvent


def render(
    composition: Composition,
    soundfont: Path,
    rate: int = DEFAULT_RATE,
    mix: Mix | None = None,
) -> Generator[FloatArray]:
    """The sound of ``composition``: blocks of shape (frames, 2), left and right, one by one.

    ``mix``: as loud and where each track is to sound; the default when omitted. Full scale is
    1, but may be exceeded. Step 0 is frame 0; after the last note come its release
    and the reverberation. Equal arguments give equal samples. ``rate`` is in frames a second,
    8,000 to 96,000. Only the block at hand is kept in memory; close the iterator to stop early.
    Raises :class:`DeviceError`, with the first block, if the FluidSynth library is missing or
    ``soundfont`` is not one.
    """
    if not LOWEST_RATE <= rate <= HIGHEST_RATE:
        raise ValueError(f"a rate of {rate} is outside {LOWEST_RATE}-{HIGHEST_RATE}")
    with _engine(soundfont, rate) as engine:
        end = music_frames(composition, rate)
        loudest = 0.0
        for block in _music(engine, timed_events(composition, mix), end, rate):
            loudest = max(loudest, float(np.abs(block).max()))
            yield block
        yield from _tail(engine, loudest, rate)


def music_frames(composition: Composition, rate: int) -> int:
    """Frames until the end of the last note, without what rings on after it."""
    return nearest_block(composition.tempo.seconds_at(composition.sounding_steps), rate)


def nearest_block(seconds: float, rate: int) -> int:
    """The frame at which FluidSynth can begin something that is due after ``seconds``."""
    return round(seconds * rate / _BLOCK) * _BLOCK


def choose_soundfont(choice: Path | None = None) -> Path:
    """``choice``, or else the first SoundFont of this machine. Raises :class:`DeviceError`."""
    if choice is not None:
        return choice
    found = next((path for path in find_soundfonts() if is_soundfont(path)), None)
    if found is None:
        raise DeviceError(
            _("There can be no sound because no SoundFont was found"),
            _("install one with: {command}", command=pip_line("pretty_midi")),
        )
    return found


def timed_events(composition: Composition, mix: Mix | None = None) -> list[TimedEvent]:
    """What a synthesizer is told to play ``composition``, in order; releases before strikes.

    The tracks that ``mix`` lets sound do so on their channels, with its volumes.
    """
    mix = mix or Mix()
    controls = ControlEvents(composition, mix)
    audible = [index for index in range(len(composition.tracks)) if mix.audible(index)]
    notes = NoteEvents(composition, audible)
    end = composition.sounding_steps
    seconds = composition.tempo.seconds_at
    events = [
        *((event.step, _sink_event(event)) for event in notes.between(0, math.inf)),
        *((event.step, event.event) for event in controls.between(0, end)),
        # Whatever pedal is down then is let go.
        *((end, event) for _, event in telling(controls.at_rest, controls.state_before(end))),
    ]
    events.sort(key=lambda event: (event[0], event[1].rank))
    return [
        *(TimedEvent(0.0, event) for _, event in telling(controls.at_rest, {})),
        *(TimedEvent(seconds(step), event) for step, event in events),
    ]


def _sink_event(event: NoteEvent) -> SinkEvent:
    if event.strikes:
        return SinkEvent("note_on", *event.key, event.note.velocity)
    return SinkEvent("note_off", *event.key)


class OfflineEngine(FluidEngine):
    """FluidSynth without a driver: it renders as much as it is asked for."""

    def __init__(self, rate: int) -> None:
        library = fluid_library()
        pointer, number = ctypes.c_void_p, ctypes.c_int
        channel = (pointer, number, number)
        library.fluid_synth_write_float.argtypes = (pointer, number, *channel, *channel)
        super().__init__(
            library,
            {
                # As loud as while playing; floating point knows no ceiling.
                "synth.gain": DEFAULT_GAIN,
                "synth.sample-rate": float(rate),
                "synth.midi-channels": CHANNELS,
                "synth.polyphony": _VOICES,
            },
        )

    def fill(self, buffer: FloatArray) -> None:
        """Render into ``buffer``, of shape (frames, 2) and contiguous."""
        left_and_right = buffer.ctypes.data
        self._library.fluid_synth_write_float(
            self._synth, len(buffer), left_and_right, 0, 2, left_and_right, 1, 2
        )


@contextmanager
def _engine(soundfont: Path, rate: int) -> Iterator[OfflineEngine]:
    engine = OfflineEngine(rate)
    try:
        with quiet_stderr():
            loaded = is_soundfont(soundfont) and engine.load(str(soundfont))
        if not loaded:
            raise DeviceError(
                _("{file} cannot be read as a SoundFont", file=soundfont),
                _("choose another .sf2 or .sf3 file"),
            )
        yield engine
    finally:
        engine.close()


def _music(
    engine: OfflineEngine, events: list[TimedEvent], end: int, rate: int
) -> Iterator[FloatArray]:
    """The frames before ``end``; the events at it have been sent, too."""
    frames = [nearest_block(timed.seconds, rate) for timed in events]
    done = sent = 0
    while done < end:
        block = np.empty((min(_PIECE, end - done), 2), np.float32)
        filled = 0
        while filled < len(block):
            until = bisect_left(frames, done + filled + 1)
            for timed in events[sent:until]:
                engine.send(timed.event)
            sent = until
            following = frames[sent] - done if sent < len(frames) else len(block)
            stop = min(following, len(block))
            engine.fill(block[filled:stop])
            filled = stop
        done += len(block)
        yield block
    for timed in events[sent:]:
        engine.send(timed.event)


def _tail(engine: OfflineEngine, loudest: float, rate: int) -> Iterator[FloatArray]:
    """What rings on after the last note, until nothing of it can be heard."""
    most = nearest_block(_LONGEST_TAIL_SECONDS, rate)
    fade = nearest_block(_FADE_SECONDS, rate)
    done = 0
    while done < most:
        block = np.empty((min(_PIECE, most - done), 2), np.float32)
        engine.fill(block)
        if np.abs(block).max() <= max(loudest * _INAUDIBLE, _NOTHING):
            return
        left = np.arange(most - done, most - done - len(block), -1, dtype=np.float32)
        yield block * np.minimum(left / fade, 1)[:, np.newaxis]
        done += len(block)
