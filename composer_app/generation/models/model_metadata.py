"""What stands in the metadata of a model file: texts, of which some are numbers or JSON.

Anybody may have written them. What makes no sense is a :class:`ValueError`, whatever is wrong
with it.
"""

import json
import math
from collections.abc import Mapping
from typing import Any, Final

from composer_app.music.instrumentation.styles import BACH
from composer_app.music.pitch import OCTAVE

# A file that lists more is not ours.
_MOST_ROWS: Final = 100


def json_list(metadata: Mapping[str, str], key: str, usual: str) -> list[Any]:
    """The list that the text ``key`` holds, or ``usual`` where it is missing."""
    try:
        values = json.loads(metadata.get(key, usual))
    except RecursionError:
        raise ValueError(f"{key} is nested too deep") from None
    if not isinstance(values, list) or len(values) > _MOST_ROWS:
        raise ValueError(f"{key} is no list, or a very long one")
    return values


def known_styles(metadata: Mapping[str, str]) -> list[str]:
    """The styles that the network knows, in its own order; at least one."""
    styles = json_list(metadata, "styles", f'["{BACH.name}"]')
    if not styles or not all(isinstance(style, str) for style in styles):
        raise ValueError("styles are names")
    return styles


def whole_number(metadata: Mapping[str, str], key: str, least: int, most: int) -> int:
    """The number ``key``, which must be there, from ``least`` to ``most``."""
    number = int(metadata.get(key, ""))
    if not least <= number <= most:
        raise ValueError(f"{key} is {number}, not {least}-{most}")
    return number


def positive_number(metadata: Mapping[str, str], key: str) -> float | None:
    """The number ``key``, above zero; None where it is missing."""
    text = metadata.get(key)
    if text is None:
        return None
    number = float(text)
    if not (math.isfinite(number) and number > 0):
        raise ValueError(f"{key} is {number}, not a number above zero")
    return number


def pitch_range(metadata: Mapping[str, str]) -> tuple[int, int]:
    """The lowest and the highest MIDI pitch that the network knows."""
    lowest = whole_number(metadata, "lowest_pitch", 0, 127)
    # Voices are brought into it by octaves.
    return lowest, whole_number(metadata, "highest_pitch", lowest + OCTAVE - 1, 127)
