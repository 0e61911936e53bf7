"""Lyrics of ABC: which syllable of a ``w:`` line is sung to which note (standard 2.1, section 5).

Syllables are parted by spaces and hyphens; ``_`` and ``*`` pass over a note, ``|`` goes on with
the next bar, ``~`` is a space between words of one note. Rests and grace notes have none, a chord
has one, and each note of a tie counts.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from composer_app.notation.reading.abc_text import with_accents
from composer_app.notation.reading.written import WrittenNote
from composer_app.notation.syllables import NEW_LINE, Syllable
from composer_app.plain_text import one_line

_SIGN: Final = re.compile(
    r"(?P<bar>\|)|(?P<pass>[_*])|(?P<hyphen>-)|(?P<text>(?:\\.|[^\s\-_*|\\]|\\)+)|\s+"
)

# A note, or a chord by one of its notes, and the index of its bar.
SungNote = tuple[int, WrittenNote]


def sing(notes: Sequence[SungNote], verses: Sequence[str]) -> None:
    """Give the syllables of ``verses``, one ``w:`` line for each, to ``notes`` of the line above.

    What is left over of either stays without the other.
    """
    for number, words in enumerate(verses, 1):
        for note, syllable in _placed(notes, words):
            note.syllables = {**(note.syllables or {}), number: syllable}


def _placed(notes: Sequence[SungNote], words: str) -> list[tuple[WrittenNote, Syllable]]:
    """Which note has which syllable of a line; the last one closes it."""
    found: list[tuple[WrittenNote, Syllable]] = []
    bars = [bar for bar, _note in notes]
    place, bar = 0, bars[0] if bars else 0
    joins = after_text = False
    for sign in _SIGN.finditer(words):
        if sign["bar"]:
            bar += 1
            while place < len(notes) and bars[place] < bar:
                place += 1
        elif sign["hyphen"] and after_text and found:
            note, syllable = found[-1]
            found[-1] = note, replace(syllable, goes_on=True)
            joins = True
        elif place < len(notes) and (sign["pass"] or sign["hyphen"] or sign["text"]):
            bar = bars[place]
            if sign["text"]:
                found.append((notes[place][1], Syllable(_plain(sign["text"]), joins)))
                joins = False
            place += 1
        elif sign["text"]:
            break
        after_text = sign["text"] is not None
    if found and not found[-1][1].goes_on:
        note, syllable = found[-1]
        found[-1] = note, replace(syllable, closes=NEW_LINE)
    return [(note, syllable) for note, syllable in found if syllable.text]


def _plain(text: str) -> str:
    text = with_accents(text).replace("\\-", "-").replace("~", " ")
    return one_line(text).strip()
