"""What the fields of ABC say of metre, tempo and key (standard 2.1, section 3)."""

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from composer_app.music.timing import Meter
from composer_app.notation.reading.abc_text import FRACTION, TEMPO

_KEY: Final = re.compile(r"([A-G])([#b]?)\s*((?i:maj|min|mix|dor|phr|lyd|loc|ion|aeo)|m(?![a-z]))?")
# Sharps less, or more, than the major key of the same tonic has.
_MODES: Final = {
    "maj": 0,
    "ion": 0,
    "lyd": 1,
    "mix": -1,
    "dor": -2,
    "min": -3,
    "aeo": -3,
    "m": -3,
    "phr": -4,
    "loc": -5,
}
_MINOR: Final = frozenset({"m", "min", "aeo"})
_FIFTHS: Final = {"F": -1, "C": 0, "G": 1, "D": 2, "A": 3, "E": 4, "B": 5}


@dataclass(frozen=True, slots=True)
class WrittenKey:
    """Sharps, or flats below 0, and whether the key is a minor one."""

    fifths: int
    minor: bool


def meter_of(value: str) -> Meter | None:
    """The metre of ``M:``; None where none is named, ValueError for one that there is not."""
    beats = re.fullmatch(r"\(?(\d{1,2}(?:\+\d{1,2})*)\)?/(\d{1,2})", value.replace(" ", ""))
    if value.startswith("C"):
        return Meter(2, 2) if value.startswith("C|") else Meter(4, 4)
    return Meter(sum(map(int, beats[1].split("+"))), int(beats[2])) if beats else None


def tempo_of(value: str) -> float | None:
    """Quarters a minute by ``Q:``; None where it names no number."""
    found = TEMPO.search(re.sub(r'"[^"]*"', "", value))
    if not found:
        return None
    beats = [Fraction(int(n), int(d)) for n, d in FRACTION.findall(found[1])]
    bpm = float(Fraction(found[2]) * (4 * sum(beats) if beats else 1))
    return bpm if bpm > 0 else None


def key_of(value: str) -> WrittenKey | None:
    """The key of ``K:``; None where the field is about something else, a clef for instance."""
    found = _KEY.match(value)
    if found:
        mode = (found[3] or "maj").lower()
        fifths = _FIFTHS[found[1]] + 7 * {"#": 1, "b": -1, "": 0}[found[2]] + _MODES[mode]
        return WrittenKey(fifths, mode in _MINOR)
    if value[:2].upper() == "HP":
        # Pipes.
        return WrittenKey(2, minor=False)
    return WrittenKey(0, minor=False) if value.lower().startswith("none") else None
