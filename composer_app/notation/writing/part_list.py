"""MusicXML's list of parts: who plays each, with what sound, how loud and where."""

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from typing import Final

from composer_app.music.composition import Track
from composer_app.music.instrumentation.instruments import DRUM_NAMES
from composer_app.music.mix import CENTRE, DEFAULT_VOLUME, FULL, PieceMix
from composer_app.notation.writing.musicxml_elements import add
from composer_app.notation.writing.staves import Staff

# In degrees to either side, as far as MIDI's pan goes.
PAN_DEGREES: Final = 90
_DRUM_CHANNEL: Final = 10
# What a drum track without notes is played with.
_SNARE: Final = 38


def add_part_list(
    root: ET.Element, parts: Sequence[Sequence[Staff]], tracks: Sequence[Track], mix: PieceMix
) -> None:
    """Add the list of ``parts``, each with its staves, and a bracket where there are several."""
    listed = add(root, "part-list")
    together = len(parts) > 1
    if together:
        group = add(listed, "part-group", type="start", number="1")
        add(group, "group-symbol", "bracket")
    for number, staves in enumerate(parts, 1):
        part = add(listed, "score-part", id=f"P{number}")
        indices = [index for staff in staves for index in staff.tracks]
        add(part, "part-name", tracks[indices[0]].name if len(indices) == 1 else "")
        for index in indices:
            for key, name, _drum in players_of(tracks[index], player_id(number, index)):
                instrument = add(part, "score-instrument", id=key)
                add(instrument, "instrument-name", name)
        for index in indices:
            for key, _name, drum in players_of(tracks[index], player_id(number, index)):
                _add_sound(part, key, tracks[index], drum, index, mix)
    if together:
        add(listed, "part-group", type="stop", number="1")


def player_id(part: int, track: int) -> str:
    """The id of whoever plays a track, by the number of its part and its index."""
    return f"P{part}-I{track + 1}"


def players_of(track: Track, key: str) -> list[tuple[str, str, int | None]]:
    """The instruments of a track, whose ids begin with ``key``: ids and names.

    Of drums each is one, and it is said which.
    """
    if not track.drums:
        return [(key, track.name, None)]
    drums = sorted({note.pitch for note in track.notes}) or [_SNARE]
    return [(f"{key}-{d}", DRUM_NAMES.get(d, f"Drum {d}"), d) for d in drums]


def _add_sound(
    part: ET.Element, key: str, track: Track, drum: int | None, index: int, piece_mix: PieceMix
) -> None:
    mix = piece_mix.track(index)
    sound = add(part, "midi-instrument", id=key)
    channel = index % 15 + 1
    channel = channel if channel < _DRUM_CHANNEL else channel + 1
    add(sound, "midi-channel", channel if drum is None else _DRUM_CHANNEL)
    add(sound, "midi-program", track.program + 1)
    if drum is not None:
        add(sound, "midi-unpitched", drum + 1)
    volume = 0 if mix.mute else mix.volume
    if volume != DEFAULT_VOLUME:
        add(sound, "volume", f"{100 * volume / FULL:.2f}")
    if mix.pan != CENTRE:
        add(sound, "pan", f"{PAN_DEGREES * (mix.pan - CENTRE) / CENTRE:.2f}")
