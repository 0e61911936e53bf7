"""Damages MIDI files in thousands of ways, and looks at what reading makes of them.

Each mutation follows from its number alone, so one that fails can be had again:

    python -m tests.music.midi.fuzzing --mutations 20000
    python -m tests.music.midi.fuzzing --first 1234 --mutations 1
"""

import argparse
import gzip
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from composer_app.errors import MidiFileError
from composer_app.music.composition import Composition
from composer_app.music.files.sample_melodies import load_sample, sample_melodies
from composer_app.music.midi.events.faults import mended_sentence
from composer_app.music.midi.file import midi_bytes, parse_midi
from composer_app.plain_text import one_line
from tests.music.midi.hexfile import chunk, header

CASES = Path(__file__).parent / "cases"
MOST_CHANGES = 6
# Bytes that mean something in a MIDI file.
MEANINGFUL = bytes.fromhex("00 01 7F 80 81 FF F0 F7 2F 51 58 59 03 90 80 B0 7B 78 C0 E0")
MORE = {
    "two channels": "00 90 3C 50  00 91 30 50  10 80 3C 00  00 81 30 00",
    "all notes off": "00 90 3C 50  04 B0 7B 00  04 B0 78 00  04 90 3E 50",
    "exclusive": "00 F0 05 7E 7F 09 01 F7  00 90 3C 50  04 F7 02 F8 FE  00 80 3C 00",
    "tempos": "00 FF 51 03 07 A1 20  00 90 3C 50  10 FF 51 03 0F 42 40  10 80 3C 00",
    "texts": "00 FF 01 03 C3 A9 74  00 FF 05 02 82 B3  00 FF 06 02 E9 20  00 90 3C 50 10 3C 00",
    "wheel": "00 E0 00 40  00 D0 10  00 A0 3C 05  00 90 3C 50  10 E0 7F 7F  10 80 3C 00",
}


class UnexpectedError(Exception):
    """Reading made something else of a file than music or a sentence."""


@dataclass(frozen=True)
class Outcome:
    """What became of one mutation, and how long that took in seconds of the processor."""

    number: int
    read: bool
    mended: bool
    seconds: float


def seed_files() -> list[bytes]:
    """Fifty and more small files, of every kind that is read."""
    files = [path.read_bytes() for path in sorted(CASES.glob("*.mid"))]
    files += [
        midi_bytes(Composition.from_melody(load_sample(each.id))) for each in sample_melodies()
    ]
    for hexdump in MORE.values():
        files += [header(kind, 1, 96) + chunk(hexdump) for kind in (0, 1)]
    files += [header(2, 2, 96) + chunk(MORE["texts"]) + chunk(MORE["tempos"])]
    files += [gzip.compress(header(1, 1, 96) + chunk(MORE["texts"]), mtime=0)]
    files += [header(1, 1, division) + chunk(MORE["wheel"]) for division in (0xE250, 1)]
    return files


def mutation(files: list[bytes], number: int) -> bytes:
    """One of ``files``, changed in a few places; which and how depends on ``number`` alone."""
    chance = Random(number)
    data = bytearray(chance.choice(files))
    for _ in range(chance.randint(1, MOST_CHANGES)):
        _change(data, files, chance)
    return bytes(data)


def read(data: bytes, number: int = 0) -> Outcome:
    """What becomes of ``data``. Raises :class:`UnexpectedError`."""
    begun = time.process_time()
    mended = False
    is_read = True
    try:
        piece = parse_midi(data, "tune.mid")
        mended = bool(piece.mended)
        sentence = str(mended_sentence("tune.mid", piece.mended)) if mended else ""
        is_music = piece.composition.note_count > 0
    except MidiFileError as error:
        sentence, is_music, is_read = str(error), True, False
    except Exception as error:
        raise UnexpectedError(f"mutation {number}: {error!r}") from error
    seconds = time.process_time() - begun
    if not is_music or one_line(sentence) != sentence:
        raise UnexpectedError(f"mutation {number}: {sentence!r}")
    return Outcome(number, is_read, mended, seconds)


def outcomes(first: int, count: int) -> Iterator[Outcome]:
    """The outcomes of ``count`` mutations from number ``first`` on."""
    files = seed_files()
    for number in range(first, first + count):
        yield read(mutation(files, number), number)


def _change(data: bytearray, files: list[bytes], chance: Random) -> None:
    """Change ``data`` in one place."""
    place = chance.randrange(len(data) + 1)
    length = min(chance.choice((1, 1, 2, 4, 16, 64)), len(data) - place)
    match chance.randrange(8):
        case 0 if length:
            data[place] ^= 1 << chance.randrange(8)
        case 1 if length:
            data[place] = chance.choice(MEANINGFUL)
        case 2:
            del data[place : place + length]
        case 3:
            data[place:place] = data[place : place + length]
        case 4:
            data[place:place] = chance.randbytes(length)
        case 5:
            # A part of another file.
            other = chance.choice(files)
            begin = chance.randrange(len(other))
            data[place : place + length] = other[begin : begin + chance.choice((4, 16, 64))]
        case 6:
            # A length, or some other number.
            at = data.find(b"MTrk", chance.randrange(len(data) + 1))
            number = chance.choice((0, 1, 4, 255, 65_535, 2**28, 2**32 - 1))
            if at >= 0:
                data[at + 4 : at + 8] = number.to_bytes(4, "big")
        case _:
            if chance.randrange(4) == 0:
                del data[place:]


def main() -> None:
    """Read as many mutations as asked for; the exit status is 1 if one was unexpected."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--mutations", type=int, default=20_000)
    parser.add_argument("--first", type=int, default=0)
    args = parser.parse_args()
    counts: Counter[str] = Counter()
    slowest = Outcome(0, False, False, 0.0)
    try:
        for outcome in outcomes(args.first, args.mutations):
            counts["read, mended" if outcome.mended else "read" if outcome.read else "refused"] += 1
            slowest = max(slowest, outcome, key=lambda each: each.seconds)
    except UnexpectedError as error:
        sys.exit(str(error))
    sys.stdout.write(
        f"{args.mutations} mutations of {len(seed_files())} files: {dict(sorted(counts.items()))};"
        f" the slowest, {slowest.number}, took {slowest.seconds:.3f} s\n"
    )


if __name__ == "__main__":
    main()
