"""Text that obeys nobody: a file whose every text is hostile, and what must not be seen of it."""

import unicodedata
from pathlib import Path
from typing import Final

from tests.acceptance.command_line import melody_events, midi_bytes, variable_length

# A terminal would obey the first ones, a window the others: HTML, a mnemonic, Qt's mark in titles.
CONTROLS: Final = "\0\x07\x1b[31m\x1b]0;owned\x07\n\r\x85\x9b2J\u202e\u2066\u200b\ufeff\u2028"
MARKUP: Final = "<img src='x.png'><b>a&b</b>[*]$\\frac{$"
HOSTILE: Final = f"Lead{CONTROLS}{MARKUP}"
# As a file's name on a disk whose names are not UTF-8.
SHORT: Final = "<b>a&b"
HOSTILE_NAME: Final = "evil\x1b[31m\n\x85\u202e\udcff<b>a&b<b>[*].mid"
_LINES: Final = ((72, 71, 72), (64, 62, 64), (60, 59, 60), (48, 43, 48))


def hostile_midi(voices: int = 4) -> bytes:
    """A piece of so many voices, each text of which is hostile."""
    chunks = []
    for number, pitches in enumerate(_LINES[:voices]):
        texts = b"".join(
            _text(kind, f"{HOSTILE} {number}" if number < 3 else SHORT)
            for kind in (0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07)
        )
        details = f'composer-app {{"title": "{_escaped(HOSTILE)}", "origin": {{"model": "{_escaped(HOSTILE)}", "seed": 7, "temperature": 1}}}}'  # noqa: E501
        chunks.append(_text(0x01, details) + texts + melody_events([(p, 4) for p in pitches]))
    return midi_bytes(chunks)


def write_hostile(folder: Path, name: str = HOSTILE_NAME) -> Path:
    """The hostile piece in a file that is called hostile as well."""
    path = folder / name
    path.write_bytes(hostile_midi())
    return path


def assert_harmless(text: str, *, breaks: bool = False) -> None:
    """Nothing in ``text`` controls a terminal or turns a line; ``breaks`` may be in it."""
    left = text.replace("\n", "") if breaks else text
    for letter in left:
        assert unicodedata.category(letter) not in ("Cc", "Cs", "Zl", "Zp"), ascii(text)
        assert letter not in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\ufeff"


def _text(kind: int, text: str) -> bytes:
    data = text.encode()
    return bytes([0x00, 0xFF, kind]) + variable_length(len(data)) + data


def _escaped(text: str) -> str:
    return "".join(f"\\u{ord(letter):04x}" for letter in text)
