"""The words and barlines of MusicXML that say in which order bars are played."""

import re
import xml.etree.ElementTree as ET
from typing import Final

from composer_app.notation.reading.written import RepeatMarks, WrittenBar

_DA_CAPO: Final = re.compile(r"\bd\.? ?c\b\.?|\bda capo\b", re.IGNORECASE)
_DAL_SEGNO: Final = re.compile(r"\bd\.? ?s\b\.?|\bdal segno\b", re.IGNORECASE)
_TO_CODA: Final = re.compile(r"\bto coda\b|\bal coda\b", re.IGNORECASE)
_CODA: Final = re.compile(r"^coda$", re.IGNORECASE)
_FINE: Final = re.compile(r"^fine\.?$", re.IGNORECASE)


def read_words(marks: RepeatMarks, words: str) -> None:
    """What a direction's ``words`` say of the order of bars, which is mostly nothing."""
    if _DA_CAPO.search(words):
        marks.da_capo = True
    elif _DAL_SEGNO.search(words):
        marks.dal_segno = True
    elif _TO_CODA.search(words):
        marks.to_coda = True
    elif _CODA.match(words):
        marks.coda = True
    elif _FINE.match(words):
        marks.fine = True


def read_barline(bars: list[WrittenBar], index: int, element: ET.Element) -> None:
    """Repeats and endings; of an ending all bars up to its end know its numbers."""
    marks = bars[index].marks
    repeat, ending = element.find("repeat"), element.find("ending")
    if repeat is not None and repeat.get("direction") == "forward":
        marks.begins = True
    elif repeat is not None:
        times = repeat.get("times", "2")
        marks.times = max(2, min(int(times), 100)) if times.isdecimal() else 2
    if ending is None:
        return
    numbers = frozenset(int(n) for n in re.findall(r"\d{1,2}", ending.get("number", "")))
    if ending.get("type") == "start":
        marks.endings = numbers or frozenset({1})
        return
    begin = next((i for i in range(index, max(-1, index - 64), -1) if bars[i].marks.endings), index)
    for bar in bars[begin : index + 1]:
        bar.marks.endings = bar.marks.endings or bars[begin].marks.endings or numbers
