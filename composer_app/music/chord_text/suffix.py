"""What stands behind the root of a chord symbol: a quality, and extensions beside it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from composer_app.music.harmony.chords import EXTENSIONS

# Brackets group and commas part what stands in them; neither says anything else.
_GROUPING: Final = re.compile(r"[()\[\]{},\s]+")
_TOKEN: Final = re.compile(
    r"(?P<major>(?i:major|maj|ma(?!dd))|M(?!(?i:i))|j|\^)"
    r"|(?P<minor>(?i:minor|min|mi)|m)"
    r"|(?P<omitted>(?i:no|omit))"
    r"|(?P<half>(?i:half-?dim(?:inished)?)|h(?=7)|Ø)"
    r"|(?P<diminished>(?i:diminished|dim)|o|°)"
    r"|(?P<augmented>(?i:augmented|aug))"
    r"|(?P<suspended>(?i:sus))"
    r"|(?P<added>(?i:add))"
    r"|(?P<altered>(?i:alt))"
    r"|(?P<dominant>(?i:dom))"
    r"|(?P<sharp>#|\+)"
    r"|(?P<flat>b|-)"
    r"|(?P<slash>/)"
    r"|(?P<number>13|11|10|[2-9])"
)
_SPELLED_FIGURES: Final = {"6/9": "69", "9/6": "69"}
# Numbers of chords of thirds, one upon another.
_STACKS: Final = ("7", "9", "11", "13")
_ALTERED: Final = ("b5", "#5", "b9", "#9")


@dataclass
class _Shape:
    """What has been read of a symbol behind its root."""

    third: str = "major"
    fifth: str = "perfect"
    seventh: str = ""
    sixth: bool = False
    third_said: bool = False
    extensions: set[str] = field(default_factory=set)


class NotAChordError(Exception):
    """The text behind a root means nothing."""


def parse_suffix(text: str) -> tuple[str, tuple[str, ...]]:
    """The quality's name and the extensions that stand behind a root, as in m7b5 or 13.

    Raises :class:`NotAChordError` where they mean nothing.
    """
    shape = _Shape()
    tokens = list(_tokens(text))
    place = 0
    while place < len(tokens):
        place = _take(shape, tokens, place)
    quality = _quality(shape)
    return quality, tuple(each for each in EXTENSIONS if each in shape.extensions)


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    text = _GROUPING.sub("", text)
    for written, plain in _SPELLED_FIGURES.items():
        text = text.replace(written, plain)
    place = 0
    while place < len(text):
        found = _TOKEN.match(text, place)
        if found is None:
            raise NotAChordError
        place = found.end()
        yield str(found.lastgroup), found[0]


def _take(shape: _Shape, tokens: list[tuple[str, str]], place: int) -> int:
    """Take what begins at ``place`` into ``shape``; returns the place after it."""
    kind, text = tokens[place]
    following = tokens[place + 1] if place + 1 < len(tokens) else ("", "")
    number = following[1] if following[0] == "number" else ""
    match kind:
        case "number":
            _take_number(shape, text, first=place == 0)
        case "major":
            return _take_major(shape, text, number, place)
        case "sharp" | "flat":
            return _take_sign(shape, kind, tokens, place)
        case "added" | "slash":
            return _take_added(shape, kind, tokens, place)
        case "suspended":
            return place + 1 + _suspend(shape, number)
        case "omitted":
            return place + 1 + _omit(shape, number)
        case "altered":
            shape.seventh = shape.seventh or "minor"
            shape.extensions.update(_ALTERED)
        case "dominant" if number in _STACKS:
            # The number says it.
            pass
        case _ if not place and kind != "dominant":
            _begin(shape, kind)
        case _:
            raise NotAChordError
    return place + 1


def _take_added(shape: _Shape, kind: str, tokens: list[tuple[str, str]], place: int) -> int:
    """A note that is added, perhaps with a sign; returns the place after it."""
    signs = {"sharp": "#", "flat": "b"}
    sign = signs.get(tokens[place + 1][0], "") if place + 1 < len(tokens) else ""
    at = place + (2 if sign else 1)
    if at >= len(tokens) or tokens[at][0] != "number" or (not place and kind == "slash"):
        raise NotAChordError
    _add(shape, tokens[at][1], sign)
    return at + 1


def _omit(shape: _Shape, number: str) -> int:
    """No third, or no fifth, without which a chord is what it is."""
    if number not in ("3", "5"):
        raise NotAChordError
    if number == "3":
        shape.third = "none"
    return 1


def _begin(shape: _Shape, kind: str) -> None:
    """A word for the triad, which stands before everything else."""
    shape.third_said = True
    if kind != "augmented":
        shape.third = "minor"
    shape.fifth = {"minor": "perfect", "augmented": "augmented"}.get(kind, "diminished")
    if kind == "half":
        shape.seventh = "minor"


def _take_major(shape: _Shape, text: str, number: str, place: int) -> int:
    """Major: of the seventh where one is there or meant, else of the triad."""
    if number in _STACKS:
        shape.seventh = "major"
        _stack(shape, number)
        return place + 2
    if number == "6":
        return place + 1
    if text == "^" or (place and shape.third_said):
        shape.seventh = "major"
    elif place:
        raise NotAChordError
    shape.third_said = True
    return place + 1


def _take_number(shape: _Shape, text: str, *, first: bool) -> None:
    if text in _STACKS:
        if shape.sixth and text in ("9", "11"):
            shape.extensions.add(text)
            return
        if not shape.seventh:
            diminished = shape.fifth == "diminished" and shape.third == "minor"
            shape.seventh = "diminished" if diminished else "minor"
        _stack(shape, text)
    elif text == "6":
        _add(shape, "6", "")
    elif text == "5" and first:
        shape.third = "none"
    elif text in ("2", "4") and first:
        shape.third = f"sus{text}"
    else:
        raise NotAChordError


def _stack(shape: _Shape, number: str) -> None:
    """The ninth that an eleventh or a thirteenth brings along, and themselves."""
    if number != "7":
        shape.extensions.add("9")
        shape.extensions.add(number)


def _take_sign(shape: _Shape, kind: str, tokens: list[tuple[str, str]], place: int) -> int:
    """A sign with its number, or one that stands for minor or augmented."""
    following = tokens[place + 1] if place + 1 < len(tokens) else ("", "")
    text = tokens[place][1]
    if not place and text == "-":
        _begin(shape, "minor")
        return 1
    if not place and text == "+":
        _begin(shape, "augmented")
        return 2 if following[1] == "5" else 1
    if text == "+" and following[0] != "number":
        # C7+ is a seventh chord with an augmented fifth.
        shape.fifth = "augmented"
        return place + 1
    if following[0] != "number":
        raise NotAChordError
    _add(shape, following[1], "#" if kind == "sharp" else "b")
    return place + 2


def _add(shape: _Shape, number: str, sign: str) -> None:
    """One note: an altered fifth, or what is added above."""
    name = sign + {"2": "9", "4": "11"}.get(number, number)
    if name in ("b5", "#5"):
        shape.fifth = "diminished" if sign == "b" else "augmented"
    elif name == "6":
        if shape.seventh:
            shape.extensions.add("13")
        shape.sixth = not shape.seventh
    elif name == "b6":
        shape.extensions.add("b13")
    elif name in ("7", "#7"):
        shape.seventh = "major" if sign else "minor"
    elif name in EXTENSIONS:
        shape.extensions.add(name)
    elif name not in ("3", "5", "10"):
        # Those are notes that the chord has anyhow.
        raise NotAChordError


def _suspend(shape: _Shape, number: str) -> int:
    """A suspended fourth where nothing else is said; returns how many numbers were read."""
    both = number in ("2", "4")
    if shape.third in ("sus2", "sus4") and both:
        # A second and a fourth together: the second is a ninth.
        shape.extensions.add("9")
    shape.third = "sus2" if number == "2" and shape.third != "sus4" else "sus4"
    if number == "9":
        shape.extensions.add("9")
    if number in ("7", "9", "13"):
        shape.seventh = shape.seventh or "minor"
    return 1 if both or number in ("7", "9", "13") else 0


def _quality(shape: _Shape) -> str:
    """The quality's name; what it does not say joins the extensions."""
    seventh, more = shape.seventh, shape.extensions
    if shape.sixth and seventh:
        more.add("13")
    sixth = shape.sixth and not seventh
    if shape.third in ("sus2", "sus4", "none"):
        return _without_third(shape, sixth=sixth)
    if seventh == "diminished" and (shape.third, shape.fifth) != ("minor", "diminished"):
        raise NotAChordError
    if sixth and shape.fifth != "perfect":
        more.add("13")
        sixth = False
    if shape.third == "minor" and shape.fifth == "diminished":
        if seventh == "major":
            more.add("maj7")
        return {"": "dim", "minor": "m7b5", "diminished": "dim7", "major": "dim"}[seventh]
    if shape.third == "major" and shape.fifth == "augmented" and seventh != "major":
        return "aug7" if seventh else "aug"
    if shape.fifth != "perfect":
        more.add("#5" if shape.fifth == "augmented" else "b5")
    if shape.third == "minor":
        return "m6" if sixth else {"": "min", "minor": "m7", "major": "mMaj7"}[seventh]
    return "6" if sixth else {"": "maj", "minor": "7", "major": "maj7"}[seventh]


def _without_third(shape: _Shape, *, sixth: bool) -> str:
    seventh, more = shape.seventh, shape.extensions
    if shape.fifth != "perfect":
        more.add("#5" if shape.fifth == "augmented" else "b5")
    if sixth:
        more.add("13")
    if shape.third == "sus4" and seventh == "minor":
        return "7sus4"
    if seventh:
        more.add("maj7" if seventh == "major" else "7")
    return "5" if shape.third == "none" else shape.third
