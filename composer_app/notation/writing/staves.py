"""On which staves the tracks of a piece stand, and with which clefs."""

from dataclasses import dataclass
from typing import Final

from composer_app.music.composition import Composition, Track

Clef = tuple[str, int, int]
_VIOLA: Final = 41
# (sign, line, octaves that it is lower)
_TREBLE, _TENOR, _ALTO_CLEF, _BASS = ("G", 2, 0), ("G", 2, -1), ("C", 3, 0), ("F", 4, 0)
PERCUSSION: Final = ("percussion", 0, 0)
_LOWEST_TREBLE: Final = 58
_LOWEST_TENOR: Final = 52


@dataclass(frozen=True)
class Staff:
    """A staff: its clef, and the tracks on it by their index, upper voice first."""

    clef: Clef
    tracks: tuple[int, ...]


def staves_of(composition: Composition, *, closed: bool) -> list[tuple[Staff, ...]]:
    """The staves of each part: one for each track, or four tracks on two in a closed score."""
    tracks, pitched = composition.tracks or (Track(""),), composition.pitched_tracks
    choir = pitched[:4] if closed and len(pitched) > 1 else ()
    parts: list[tuple[Staff, ...]] = []
    if choir:
        upper = (len(choir) + 1) // 2
        parts.append((Staff(_TREBLE, choir[:upper]), Staff(_BASS, choir[upper:])))
    others = sorted(set(range(len(tracks))) - set(choir))
    return [*parts, *((Staff(_clef(tracks[index]), (index,)),) for index in others)]


def _clef(track: Track) -> Clef:
    """By the voice that the track is named for, else by how high it is."""
    if track.drums:
        return PERCUSSION
    named = {"soprano": _TREBLE, "alto": _TREBLE, "tenor": _TENOR, "bass": _BASS}
    if track.program == _VIOLA and track.name.lower() not in named:
        return _ALTO_CLEF
    found = named.get(track.name.lower())
    if found is not None or not track.notes:
        return found or _TREBLE
    weights = sum(note.duration for note in track.notes)
    height = sum(note.pitch * note.duration for note in track.notes) / weights
    if height >= _LOWEST_TREBLE:
        return _TREBLE
    return _TENOR if height >= _LOWEST_TENOR and "tenor" in track.name.lower() else _BASS
