"""The letters of ABC: which are a tune, and what those of its lines mean (standard 2.1, 2011)."""

import re
from collections.abc import Iterator
from fractions import Fraction
from html import unescape
from pathlib import Path
from typing import Final
from unicodedata import normalize

from composer_app.music.pitch import OCTAVE
from composer_app.notation.reading.hostile_xml import too_large

# A book of a thousand tunes has a megabyte; a tune has some thousand letters.
MAX_ABC_BYTES: Final = 8_000_000
_MAX_TUNE_LETTERS: Final = 500_000
_HEAD: Final = 65_536
_TUNE: Final = re.compile(rb"^X:", re.MULTILINE)
_KEY_LINE: Final = re.compile(rb"^K:", re.MULTILINE)
FIELD: Final = re.compile(r"([A-Za-z+]):(?![|:])\s*(.*)")
# What may stand between lines of music.
BODY_FIELDS: Final = frozenset("IKLMNPQRTUVWmrsw+")
PROGRAM: Final = re.compile(r"%%MIDI\s+program\s+(?:\d{1,3}\s+)?(\d{1,3})")
VOICE_NAME: Final = re.compile(r'\b(?:name|nm)="([^"]*)"')
_SHIFTS: Final = re.compile(r"\b(octave|transpose)=([-+]?\d{1,3})")
ACCIDENTALS: Final = {"^^": 2, "^": 1, "=": 0, "_": -1, "__": -2}
SIGNED: Final = re.compile(r"(\^\^|\^|__|_|=)([A-Ga-g])")
TEMPO: Final = re.compile(r"((?:\d{1,3}/\d{1,3}\s*)*)=?\s*(\d{1,4}(?:\.\d{1,3})?)\s*$")
FRACTION: Final = re.compile(r"(\d{1,3})/(\d{1,3})")
TOKEN: Final = re.compile(
    r"""
    !(?P<decoration>[^!\n]{0,40})!
  | "(?P<quoted>[^"\n]*)"
  | \[(?P<field>[A-Za-z]):(?P<value>[^\]\n]*)\]
  | (?P<bar>:*\|[|\]:]*|::+|\[\||(?=\[[1-9]))(?:\[?(?P<ending>[1-9][-,0-9]*))?
  | \((?P<tuplet>[2-9])(?::(?P<time>\d?))?(?::(?P<count>\d{0,2}))?
  | (?P<grace>\{)
  | (?P<graced>\})
  | (?P<chord>\[)
  | (?P<chorded>\])(?P<times>[\d/]*)(?P<all_tied>\s?-)?
  | (?P<accidental>\^\^|\^|__|_|=)?(?P<note>[A-Ga-g])(?P<octaves>[,']*)(?P<length>[\d/]*)
    (?P<tied>\s?-)?
  | (?P<rest>[xzZX])(?P<lasts>[\d/]*)
  | (?P<broken>>{1,3}|<{1,3})
  | (?P<overlay>&)
    """,
    re.VERBOSE,
)
# Signs before the letter that they stand over or under; combining characters of Unicode.
_ACCENTS: Final = {
    "'": "\u0301",
    "`": "\u0300",
    "^": "\u0302",
    '"': "\u0308",
    "~": "\u0303",
    "u": "\u0306",
    "v": "\u030c",
    "H": "\u030b",
    "c": "\u0327",
    ";": "\u0328",
    "=": "\u0304",
    ".": "\u0307",
    "r": "\u030a",
}
_ACCENTED: Final = re.compile(r"\\(['`^\"~uvHc;=.r])([A-Za-z])")
_LIGATURES: Final = {
    "\\ae": "æ",
    "\\AE": "Æ",
    "\\oe": "œ",
    "\\OE": "Œ",
    "\\ss": "ß",
    "\\aa": "å",
    "\\AA": "Å",
    "\\/o": "ø",
    "\\/O": "Ø",
    "\\o": "ø",
    "\\O": "Ø",
}
_KINDS: Final = (
    *("decoration", "quoted", "field", "bar", "tuplet", "grace", "graced"),
    *("chord", "chorded", "note", "rest", "broken", "overlay"),
)


def looks_like_abc(data: bytes, name: str) -> bool:
    """Whether these bytes are a tune or a book of them, in a file called ``name``."""
    head = data[:_HEAD].replace(b"\r", b"\n")
    if b"\0" in head or _KEY_LINE.search(head) is None:
        return False
    return _TUNE.search(head) is not None or Path(name).suffix.lower() == ".abc"


def decoded(data: bytes) -> str:
    """Its letters: UTF-8 where it is that, else Latin-1, as older files are."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def first_tune(text: str, name: str) -> list[str]:
    """Its lines, from the first field to the empty line or the next tune after its music."""
    lines: list[str] = []
    has_key, letters = False, 0
    for line in text.splitlines():
        if has_key and (not line.strip() or line.startswith("X:")):
            if len(lines) and any(not FIELD.match(each) for each in lines):
                break
            continue
        if line.startswith("X:"):
            lines = []
        has_key |= line.startswith("K:")
        letters += len(line)
        if letters > _MAX_TUNE_LETTERS:
            raise too_large(name)
        lines.append(line)
    return lines


def kind_of(token: re.Match[str]) -> str:
    """Which of the alternatives of :data:`TOKEN` this is; empty for what is passed over."""
    return next((kind for kind in _KINDS if token[kind] is not None), "")


def length_of(text: str) -> Fraction:
    """3, /, /4, 3/2 ... units."""
    whole, slashes, rest = text.partition("/")
    over = slashes + rest
    if not over:
        return Fraction(int(whole[:4] or 1))
    digits = over.strip("/")
    below = int(digits[:4]) if digits.isdecimal() else 2 ** min(over.count("/"), 8)
    return Fraction(int(whole[:4] or 1), below)


def endings_of(text: str) -> Iterator[int]:
    """1, 2 and 3 of ``1,2-3``."""
    for first, last in re.findall(r"(\d{1,2})(?:-(\d{1,2}))?", text):
        yield from range(int(first), max(int(last or first), int(first)) + 1)


def shift_of(value: str) -> int:
    """Semitones that a voice sounds above what is written."""
    found = {name: int(number) for name, number in _SHIFTS.findall(value)}
    return OCTAVE * found.get("octave", 0) + found.get("transpose", 0)


def with_accents(text: str) -> str:
    """``text`` with the letters that ABC writes as a sign and a letter, or as HTML does."""
    accented = _ACCENTED.sub(lambda found: normalize("NFC", found[2] + _ACCENTS[found[1]]), text)
    for written, letter in _LIGATURES.items():
        accented = accented.replace(written, letter)
    return unescape(accented)


def without_comment(line: str) -> str:
    """``line`` up to its comment."""
    return re.split(r"(?<!\\)%", line, maxsplit=1)[0]
