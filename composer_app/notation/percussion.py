"""Where drums stand on a staff of five lines, and which drum a sign on it is.

The places are those of the drum set as Norman Weinberg has set them down (Guidelines for Drumset
Notation, Percussive Arts Society 1998), which notation programs begin with.
"""

from typing import Final, NamedTuple

from composer_app.music.instrumentation.instruments import DRUM_NAMES


class DrumPlace(NamedTuple):
    """The line or space, named as in the treble clef, and the note head as MusicXML calls it."""

    step: str
    octave: int
    head: str = "normal"


_CROSS: Final = "x"
_PLACES: Final = {
    36: DrumPlace("F", 4),
    35: DrumPlace("E", 4),
    38: DrumPlace("C", 5),
    37: DrumPlace("C", 5, _CROSS),
    40: DrumPlace("C", 5, "slashed"),
    39: DrumPlace("D", 5, _CROSS),
    41: DrumPlace("G", 4),
    43: DrumPlace("A", 4),
    45: DrumPlace("B", 4),
    47: DrumPlace("D", 5),
    48: DrumPlace("E", 5),
    50: DrumPlace("F", 5),
    42: DrumPlace("G", 5, _CROSS),
    44: DrumPlace("D", 4, _CROSS),
    46: DrumPlace("G", 5, "circle-x"),
    49: DrumPlace("A", 5, _CROSS),
    57: DrumPlace("B", 5, _CROSS),
    51: DrumPlace("F", 5, _CROSS),
    53: DrumPlace("F", 5, "diamond"),
    59: DrumPlace("F", 5, "slash"),
    52: DrumPlace("B", 5, "circle-x"),
    55: DrumPlace("C", 6, _CROSS),
    54: DrumPlace("B", 4, "triangle"),
    56: DrumPlace("E", 5, "triangle"),
    81: DrumPlace("A", 5, "triangle"),
}
_ELSEWHERE: Final = DrumPlace("B", 4, "slash")
_SNARE: Final = 38
_DRUMS: Final = {place: drum for drum, place in reversed(_PLACES.items())}
_BY_NAME: Final = {name.casefold(): drum for drum, name in DRUM_NAMES.items()}


def place_of_drum(drum: int) -> DrumPlace:
    """Where the drum of General MIDI's number ``drum`` is written."""
    return _PLACES.get(drum, _ELSEWHERE)


def drum_at(place: DrumPlace) -> int:
    """The drum whose sign stands at ``place``; a snare drum where none does."""
    plain = place._replace(head="normal" if place.head in ("", "normal") else _CROSS)
    return next((_DRUMS[each] for each in (place, plain) if each in _DRUMS), _SNARE)


def drum_named(name: str) -> int | None:
    """The drum of this name of General MIDI's; None for another name."""
    return _BY_NAME.get(name.strip().replace("-", " ").casefold())
