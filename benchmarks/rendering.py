"""How much faster than it plays a piece of four tracks becomes an audio file."""

import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from composer_app.errors import DeviceError
from composer_app.live.rendering.audio_file import FORMATS, AudioFormat, AudioWritten, write_audio
from composer_app.music.composition import DEFAULT_PROGRAMS, VOICE_NAMES, Composition, Track
from composer_app.music.note import Note
from composer_app.music.timing import TempoMap

_BARS = 32
_RUNS = 3
_BARS_OF_CHORDS = ((72, 67, 64, 48), (74, 65, 62, 50), (71, 67, 62, 43), (72, 64, 60, 48))

Write = Callable[[Composition, Path], AudioWritten]


@dataclass(frozen=True)
class Speed:
    """Seconds of sound for each second that passes, and for each second of computing."""

    kind: AudioFormat
    wall: float
    cpu: float


def quartet(bars: int = _BARS) -> Composition:
    """Four voices of the usual instruments, a note on each quarter, at 100 BPM."""
    tracks = []
    for voice, (name, program) in enumerate(zip(VOICE_NAMES, DEFAULT_PROGRAMS, strict=True)):
        notes = tuple(
            Note(4 * beat, _BARS_OF_CHORDS[beat // 4 % 4][voice] + beat % 2, 4, 90)
            for beat in range(4 * bars)
        )
        tracks.append(Track(name, program, notes))
    return Composition(tuple(tracks), TempoMap.constant(100))


def measure(
    piece: Composition,
    runs: int = _RUNS,
    write: Write = write_audio,
    clock: Callable[[], float] = time.perf_counter,
    cpu_clock: Callable[[], float] = time.process_time,
) -> list[Speed]:
    """The median of ``runs`` runs for each format."""
    speeds = []
    with tempfile.TemporaryDirectory(prefix="composer-benchmark-") as folder:
        for kind in FORMATS:
            path = Path(folder) / f"piece{kind.suffix}"
            walls, cpus = [], []
            for _ in range(runs):
                wall, cpu = clock(), cpu_clock()
                seconds = write(piece, path).seconds
                walls.append(seconds / (clock() - wall))
                cpus.append(seconds / (cpu_clock() - cpu))
            speeds.append(Speed(kind, statistics.median(walls), statistics.median(cpus)))
    return speeds


def table(speeds: list[Speed]) -> list[str]:
    """A line for each format."""
    return [
        f"rendering to {each.kind.title:<10} {each.wall:14.0f} times faster than it plays"
        f" ({each.cpu:.0f} of processor time)"
        for each in speeds
    ]


def main() -> None:
    """Print the figures, or why there are none."""
    try:
        print("\n".join(table(measure(quartet()))))
    except DeviceError as error:
        print(error)


if __name__ == "__main__":
    main()
