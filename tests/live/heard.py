"""What comes out of the rig's sink, and when exactly: a recorder that knows its own delay."""

import ctypes
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tests.live.rig import RATE, unavailable

_FRAMES: Final = 240
# A recorder that asks for less keeps the server so busy that what plays suffers.
_SERVER_FRAMES: Final = 960
_FLOAT32: Final = 5
_RECORD: Final = 2
_UNSET: Final = 0xFFFFFFFF
# Half a bar of rest, in terms of what is recorded here: one onset is not taken for two.
_REST_SECONDS: Final = 0.12


class _Format(ctypes.Structure):
    _fields_ = (
        ("format", ctypes.c_int),
        ("rate", ctypes.c_uint32),
        ("channels", ctypes.c_uint8),
    )


class _Buffers(ctypes.Structure):
    _fields_ = tuple(
        (name, ctypes.c_uint32) for name in ("maxlength", "tlength", "prebuf", "minreq", "fragsize")
    )


class Heard:
    """Samples, and the time (seconds of ``time.perf_counter``) at which each was heard."""

    def __init__(self) -> None:
        self._blocks: list[tuple[float, NDArray[np.float32]]] = []
        self.stopping = Event()

    def add(self, end: float, block: NDArray[np.float32]) -> None:
        """A block whose last sample is heard at ``end``."""
        self._blocks.append((end, block))

    def forget(self) -> None:
        """Begin anew: what was heard so far was somebody else."""
        self._blocks = []

    @property
    def samples(self) -> NDArray[np.float32]:
        """Mono, 48 kHz."""
        return np.concatenate([block for _, block in tuple(self._blocks)])

    def onsets(self, level: float = 0.005) -> NDArray[np.float64]:
        """Where sound begins after a rest, in samples."""
        loud = np.flatnonzero(np.abs(self.samples) > level)
        first = np.diff(loud, prepend=-RATE) > _REST_SECONDS * RATE
        return loud[first].astype(np.float64)

    def times(self, onsets: NDArray[np.float64]) -> NDArray[np.float64]:
        """When these samples were heard; the server's own jitter is taken out by a median."""
        blocks = tuple(self._blocks)
        ends = np.cumsum([block.size for _, block in blocks])
        starts = np.array([end for end, _ in blocks]) - ends / RATE
        return np.median(starts) + onsets / RATE


@contextmanager
def hearing(seconds_to_settle: float = 1.5) -> Iterator[Heard]:
    """Listen to the sink of the server that this process plays into.

    A sink falters when somebody begins to listen, so this waits a while first.
    """
    try:
        pulse = ctypes.CDLL("libpulse-simple.so.0")
    except OSError as error:
        unavailable(str(error))
    pulse.pa_simple_new.restype = ctypes.c_void_p
    pulse.pa_simple_get_latency.restype = ctypes.c_uint64
    sound_format = _Format(_FLOAT32, RATE, 1)
    buffers = _Buffers(_UNSET, _UNSET, _UNSET, _UNSET, 4 * _SERVER_FRAMES)
    stream = ctypes.c_void_p(
        pulse.pa_simple_new(
            *(None, b"ear", _RECORD, b"testsink.monitor", b"ear"),
            *(ctypes.byref(sound_format), None, ctypes.byref(buffers), None),
        )
    )
    assert stream, "the server cannot be listened to"
    heard = Heard()

    def listen() -> None:
        block = (ctypes.c_float * _FRAMES)()
        while not heard.stopping.is_set():
            pulse.pa_simple_read(stream, block, ctypes.c_size_t(4 * _FRAMES), None)
            now = time.perf_counter()
            late = pulse.pa_simple_get_latency(stream, None) / 1e6
            heard.add(now - late, np.frombuffer(bytes(block), np.float32))

    thread = Thread(target=listen, daemon=True)
    try:
        thread.start()
        time.sleep(seconds_to_settle)
        heard.forget()
        yield heard
    finally:
        heard.stopping.set()
        thread.join(5)
        pulse.pa_simple_free(stream)
