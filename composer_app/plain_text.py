"""Text from outside as one line that is safe to show, in a terminal and in a window.

Titles, names of tracks, models, ports and files come from anybody. A terminal obeys what is in
them (escape sequences), a table loses its lines, and a window shows letters in an order that
nobody wrote.
"""

import re
import unicodedata
from typing import Final

# Of a sentence that quotes something. Paths may have thousands of letters.
MOST_LETTERS: Final = 2000
# Of a name: more than any widget has room for.
MOST_NAME_LETTERS: Final = 200
_REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}"
_ELLIPSIS: Final = "…"
# What a terminal obeys, as ECMA-48 has it: strings up to their end, sequences of parameters, pairs.
_ESCAPE_SEQUENCE: Final = re.compile(
    r"\x1b[P\]X^_].{0,256}?(?:\x1b\\|\x07|\x9c)|\x1b\[[0-?]*[ -/]*[@-~]|\x1b[ -/]*[0-~]", re.DOTALL
)
_LINE_BREAK: Final = re.compile("[\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029]+")
# Printable by their category, and yet nothing is seen of them: joiners and fillers of alphabets.
_UNSEEN: Final = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\uffa0]")
# Of the category of format characters, and yet seen: signs that stand before Arabic and Syriac
# numbers, and such.
_SEEN_FORMATS: Final = frozenset(
    "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2"
)
# These belong to words of Persian and Indian languages, and to many an emoji.
_JOINERS: Final = frozenset("\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}")
# Pictographs get new neighbours every year, which this Python's tables may not know yet.
_PICTOGRAPHS: Final = range(0x1F000, 0x1FB00)


def one_line(text: str, most: int = MOST_LETTERS) -> str:
    """``text`` as one line of visible letters, at most ``most`` of them.

    Escape sequences, control characters, marks that turn the direction of writing and what has no
    width are left out; breaks of lines become spaces. What is no letter at all (half a surrogate
    pair, as names of files have where they are not UTF-8; a code point that stands for nothing)
    becomes U+FFFD. A longer text loses its middle. What is safe already stays as it is.
    """
    # Somebody may have called a track by a megabyte.
    text = _shortened(text, 4 * most)
    if not text.isprintable() or _UNSEEN.search(text):
        text = _cleaned(text)
    return _shortened(text, most)


def one_line_name(text: str) -> str:
    """``text`` as :func:`one_line`, short enough for a name."""
    return one_line(text, MOST_NAME_LETTERS)


def _shortened(text: str, most: int) -> str:
    if len(text) <= most:
        return text
    tail = most // 3
    return f"{text[: most - tail - 1].rstrip()}{_ELLIPSIS}{text[len(text) - tail :].lstrip()}"


def _cleaned(text: str) -> str:
    line = _LINE_BREAK.sub(" ", _ESCAPE_SEQUENCE.sub("", text))
    seen = "".join(_seen(line, index) for index in range(len(line)))
    # What was left out may have stood between spaces, or at an end.
    return seen if seen == text else re.sub(" {2,}", " ", seen).strip(" ")


def _seen(text: str, index: int) -> str:
    """What is shown of the letter at ``index``."""
    letter = text[index]
    if letter.isprintable():
        return "" if _UNSEEN.match(letter) else letter
    category = unicodedata.category(letter)
    if letter in _JOINERS:
        around = text[max(0, index - 1) : index] + text[index + 1 : index + 2]
        joins = len(around) == 2 and not around.isascii() and not _JOINERS.intersection(around)
        return letter if joins and all(ord(each) > 0x7F for each in around) else ""
    if category in ("Cs", "Cn"):
        return letter if ord(letter) in _PICTOGRAPHS else _REPLACEMENT
    if category in ("Cc", "Cf"):
        return letter if letter in _SEEN_FORMATS else ""
    # Spaces of other widths, and letters for private use.
    return letter
