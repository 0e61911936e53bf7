"""Which track has the melody, and in what order the tracks are voices.

In the studio the melody is the first track that has notes; the mixer moves another one there.
A file that somebody else made may have it anywhere, and is looked through by :func:`find_melody`.
"""

import re
from typing import Final

from composer_app.music.composition import VOICE_NAMES, Composition, Track, melody_track

# Words in the name of a track that has the melody, in several languages. "Voice" and "part" are
# not among them, for they are said of any.
_MELODY_NAMES: Final = re.compile(
    r"\b(melod(y|ie|ia)|sopran(o|e)?|discant|descant|cantus|canto|lead|vocals?|sing(er|stimme)"
    r"|gesang|chant|tune|theme)\b",
    re.IGNORECASE,
)
# A part that plays less than this share of the busiest one's time is no melody.
_LEAST_SHARE: Final = 0.25


def find_melody(composition: Composition) -> int:
    """Index of the track that most likely has the melody.

    In a take of Composer's the first one with notes; else the first with notes whose name says so,
    such as "Melody", "Soprano" or "Lead vocals"; else the highest on average (notes weighted by
    their length), among those that play at least a quarter as long as the one that plays longest:
    the rule of the highest line (Uitdenbogerd and Zobel 1998), with tracks for notes. The first one
    of equals; 0 where no track has notes.
    """
    sounding = _sounding(composition)
    if composition.origin is not None or not sounding:
        return melody_track(composition)
    tracks = composition.tracks
    for index in sounding:
        if _MELODY_NAMES.search(tracks[index].name):
            return index
    longest = max(_length(tracks[index]) for index in sounding)
    often = [index for index in sounding if _length(tracks[index]) >= _LEAST_SHARE * longest]
    return max(often, key=lambda index: _height(tracks[index]))


def voice_order(composition: Composition) -> tuple[int, ...]:
    """Indices of at most four tracks with notes: the melody's, then the others downward.

    The melody's is the first one. Of the others the first three are taken; they stay as they are
    if they are called Alto, Tenor and Bass, else the highest on average comes first.
    """
    sounding = _sounding(composition)
    if not sounding:
        return ()
    melody, *others = sounding[: len(VOICE_NAMES)]
    tracks = composition.tracks
    if tuple(tracks[index].name for index in others) != VOICE_NAMES[1:]:
        others.sort(key=lambda index: -_height(tracks[index]))
    return (melody, *others)


def _sounding(composition: Composition) -> tuple[int, ...]:
    return tuple(index for index, track in enumerate(composition.tracks) if track.notes)


def _length(track: Track) -> int:
    return sum(note.duration for note in track.notes)


def _height(track: Track) -> float:
    return sum(note.pitch * note.duration for note in track.notes) / _length(track)
