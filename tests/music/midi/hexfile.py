"""Readable MIDI files for tests: hexadecimal bytes with comments."""

from pathlib import Path


def chunk(hexdump: str) -> bytes:
    """An MTrk chunk of the bytes in ``hexdump``; ``;`` begins a comment, the end is added."""
    lines = (line.split(";")[0] for line in hexdump.splitlines())
    body = bytes.fromhex(" ".join(lines)) + bytes.fromhex("00 FF 2F 00")
    return b"MTrk" + len(body).to_bytes(4, "big") + body


def header(kind: int, chunks: int, division: int) -> bytes:
    """An MThd chunk; ``division`` is ticks per beat, or SMPTE with its highest bit set."""
    numbers = b"".join(number.to_bytes(2, "big") for number in (kind, chunks, division))
    return b"MThd" + bytes.fromhex("00 00 00 06") + numbers


def write_hex(path: Path, *chunks: str, kind: int = 1, division: int = 4) -> Path:
    """A whole file of ``chunks``; with 4 ticks per beat a tick is a step."""
    path.write_bytes(header(kind, len(chunks), division) + b"".join(map(chunk, chunks)))
    return path
