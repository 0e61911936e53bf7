"""What the elements of MusicXML hold: texts, names and numbers, within reason."""

import xml.etree.ElementTree as ET
from typing import Final

_MOST_QUARTERS: Final = 1_000_000.0


def children_of(element: ET.Element) -> dict[str, ET.Element]:
    """What stands in ``element`` by its tag, of several the first: quicker than to ask for each."""
    return {inner.tag: inner for inner in element[::-1]}


def content(element: ET.Element | None) -> str:
    """The text in an element, without the space around it; "" where there is none."""
    return (element.text or "").strip() if element is not None else ""


def amount(element: ET.Element | None) -> float:
    """The number in an element, 0 where there is none; ValueError for what is none."""
    return 0.0 if element is None else parsed(element.text or "")


def parsed(text: str) -> float:
    """The number that ``text`` is, 0 for none; ValueError for what is no number of a score."""
    return _checked(float(text)) if text.strip() else 0.0


def text_at(element: ET.Element, path: str) -> str:
    """The text in a child, as :func:`content`."""
    return content(element.find(path))


def name_at(element: ET.Element, path: str) -> str:
    """A name as it is, but for the lines that a text is broken into."""
    text = element.findtext(path) or ""
    return text.strip() if "\n" in text else text


def number_at(element: ET.Element, path: str) -> float:
    """The number in a child, as :func:`amount`."""
    return amount(element.find(path))


def number_of_attribute(element: ET.Element, name: str) -> float | None:
    """The number in an attribute, None where there is none; ValueError as :func:`parsed`."""
    text = element.get(name)
    return None if text is None else _checked(float(text))


def _checked(number: float) -> float:
    if not abs(number) <= _MOST_QUARTERS:
        raise ValueError(f"{number} is no number of a score")
    return number
