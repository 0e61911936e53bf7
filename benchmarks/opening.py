"""What opening files costs: usual ones, and the worst that anybody may have made.

Each is read in a process of its own, whose memory is then that of the reading. With the folder of
another checkout both read each file in turn:

    python -m benchmarks.opening --against ../before
"""

import argparse
import gzip
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Final

from benchmarks.memory import own_peak
from composer_app.errors import ComposerError
from composer_app.music.composition import Composition, Track
from composer_app.music.midi.file import midi_bytes
from composer_app.music.note import Note
from composer_app.notation.piece_file import parse_piece, read_piece_file
from composer_app.notation.writing.musicxml_writing import musicxml_bytes, mxl_bytes

# What is wanted of every file, on an idle machine.
SECONDS: Final = 3.0
MEGABYTES: Final = 300.0
# What takes longer is left.
_PATIENCE: Final = 40.0
# The checkout that this is.
HERE: Final = Path(__file__).parent.parent
_HEADER: Final = bytes.fromhex("4d546864 00000006 0001 0001 0060")


@dataclass(frozen=True)
class Cost:
    """Seconds of the processor, megabytes that were taken at most, and what became of the file."""

    seconds: float
    megabytes: float
    outcome: str


def piece_of(notes: int) -> Composition:
    """Four tracks of so many notes together."""
    tracks = (
        tuple(Note(2 * i, 48 + 6 * voice + i % 12, 2) for i in range(notes // 4))
        for voice in range(4)
    )
    return Composition(tuple(Track(f"Part {v}", 0, each) for v, each in enumerate(tracks, 1)))


def small_file() -> bytes:
    """A MIDI file of 10 kB."""
    return midi_bytes(piece_of(1_200))


def usual() -> dict[str, bytes]:
    """Files of 10 and 1,000 kB, by what they are called."""
    return {
        "10 kB.mid": small_file(),
        "1000 kB.mid": midi_bytes(piece_of(120_000)),
        "small.musicxml": musicxml_bytes(piece_of(40)),
        "large.musicxml": musicxml_bytes(piece_of(4_000)),
        "large.mxl": mxl_bytes(piece_of(40_000)),
    }


def hostile() -> dict[str, bytes]:
    """What takes longest, and what would if it were not refused."""
    end = bytes.fromhex("00 ff 2f 00")
    texts = b"\0\xff\x01\x04\x82\xb3\xe9\xff" * 45_000
    padding = b"\0\xff\x01\x8d\xff\xff\x7f" + b"\xe9" * ((14 << 21) - 1)
    notes = b"".join(bytes((1, 0x90 | i % 9, i % 128, 1 + i % 127)) for i in range(149_000))
    chord = b"".join(bytes((0, 0x90, i % 128, 80)) for i in range(149_000))
    controls = bytes.fromhex("01 b0 07 50") * 150_000
    running = bytes.fromhex("00 90 3c 50") + bytes.fromhex("01 3c 00 01 3c 50") * 660_000
    tracks = [bytes.fromhex("00 90 3c 50 60 80 3c 00") * 40 + end] * 900
    xml = b"<score-partwise>" + b"<a/>" * 1_499_000
    pitch = b"<pitch><step>C</step><octave>4</octave></pitch><duration>1</duration>"
    lyric = b"<lyric><text>la</text></lyric>"
    pedal = bytes.fromhex("00 90 3c 50 60 80 3c 00") + bytes.fromhex("01 b0 40 7f") * 5_000
    return {
        "as much as is read.mid": track(texts + padding + notes + controls),
        "notes at once.mid": track(chord),
        "running status.mid": track(running),
        "many tracks.mid": _HEADER + b"".join(map(chunk, tracks)),
        "film frames.mid": track(notes).replace(_HEADER, _HEADER[:12] + b"\xe7\x28"),
        "commands.mid": track(chord[:4] + bytes.fromhex("01 b0 01 05 01 b0 79 00") * 170_000),
        "tempos.mid": track(chord[:4] + bytes.fromhex("01 ff 51 03 07 a1 20") * 49_000),
        "chords.mid": track(chord[:4] + b"\x01\xff\x06\x06G7(b9)" * 49_000),
        "a pedal for all.mid": _HEADER + chunk(pedal + end) + chunk(pedal[:8] + end) * 900,
        "channels of tracks.mid": _HEADER + chunk(notes[: 4 * 145] + end) * 990,
        "a bomb.mid": gzip.compress(bytes(96_000_000), 1),
        "as many marks as are read.musicxml": xml,
        "notes.musicxml": written(b"<note>" + pitch + b"</note>", 148_000),
        "grace notes.musicxml": written(b"<note><grace/>" + pitch + b"</note>", 110_000),
        "words.musicxml": written(b"<note>" + pitch + lyric + b"</note>", 50_000),
        "depth.musicxml": b"<score-partwise>" + b"<a>" * 200_000,
        "a long tune.abc": b"X:1\nK:C\n" + b"c" * 480_000,
        "names of 2 MB.mid": track(b"\0\xff\x03\x80\xfa\x00" + b"\xe3" * 2_000_000 + notes[:4000]),
    }


def written(note: bytes, count: int) -> bytes:
    """A score of one bar with so many notes."""
    return (
        b'<score-partwise><part-list><score-part id="P"/></part-list><part id="P"><measure>'
        b"<attributes><divisions>40</divisions></attributes>"
        + note * count
        + b"<note><pitch><step>C</step><octave>4</octave></pitch><duration>9</duration></note>"
        + b"</measure></part></score-partwise>"
    )


def chunk(body: bytes) -> bytes:
    """A track of a MIDI file."""
    return b"MTrk" + len(body).to_bytes(4, "big") + body


def track(body: bytes) -> bytes:
    """A MIDI file of one track."""
    return _HEADER + chunk(body)


def read_one(path: str) -> Cost:
    """Read a file here and now, once everything is imported that reads files."""
    parse_piece(midi_bytes(piece_of(4)), "x.mid")
    taken, begun = own_peak() or 0, time.process_time()
    try:
        outcome = f"{read_piece_file(path).composition.note_count:,} notes"
    except ComposerError as error:
        outcome = str(error).removeprefix(f"{path} ").split(":")[0]
    spent = time.process_time() - begun
    return Cost(spent, ((own_peak() or 0) - taken) / 1e6, outcome)


def in_a_process(path: Path, checkout: Path = HERE) -> Cost:
    """The cost of reading ``path`` in a process of its own, by the program in ``checkout``."""
    program = [sys.executable, "-m", "benchmarks.opening", str(path)]
    surroundings = {**os.environ, "PYTHONPATH": str(checkout)}
    try:
        done = subprocess.run(
            program,
            capture_output=True,
            text=True,
            check=True,
            cwd=checkout,
            env=surroundings,
            timeout=_PATIENCE,
        )
    except subprocess.TimeoutExpired:
        return Cost(_PATIENCE, 0.0, f"not done after {_PATIENCE:g} s")
    return Cost(**json.loads(done.stdout))


def table(
    files: Mapping[str, bytes],
    cost_of: Callable[[Path], Cost],
    before: Callable[[Path], Cost] | None = None,
) -> list[str]:
    """A line for each of ``files``, and the worst of all; with what it cost ``before``."""
    lines, costs = [], []
    with tempfile.TemporaryDirectory() as folder:
        for name, data in files.items():
            path = Path(folder) / name
            path.write_bytes(data)
            once = "" if before is None else _words(before(path))
            cost = cost_of(path)
            costs.append(cost)
            was = f"  was{once}" if once else ""
            lines.append(
                f"  {name:36} {len(data) / 1000:8,.0f} kB{_words(cost)}{was}  {cost.outcome}"
            )
    slowest, largest = max(c.seconds for c in costs), max(c.megabytes for c in costs)
    lines.append(f"  the worst: {slowest:.2f} s, {largest:.0f} MB")
    return lines


def _words(cost: Cost) -> str:
    return f" {cost.seconds:7.2f} s {cost.megabytes:6.0f} MB"


def main(against: Path | None = None) -> None:
    """Print the tables, with what the checkout ``against`` needs if there is one."""
    began = time.perf_counter()
    before = None if against is None else partial(in_a_process, checkout=against)
    print("opening files, in seconds of the processor")
    print("\n".join(table(usual(), in_a_process, before)))
    print(f"files made to do harm (wanted: {SECONDS:g} s, {MEGABYTES:g} MB)")
    print("\n".join(table(hostile(), in_a_process, before)))
    print(f"  all in {time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("file", nargs="?", help="read this file alone, and print its cost as JSON")
    parser.add_argument("--against", type=Path, help="another checkout, which reads them as well")
    arguments = parser.parse_args()
    if arguments.file:
        print(json.dumps(asdict(read_one(arguments.file))))
    else:
        main(arguments.against)
