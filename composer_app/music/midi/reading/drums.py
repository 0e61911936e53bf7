"""Whether channel 10, which General MIDI keeps for drums, plays a melody by mistake.

A program that counts channels from 0, or from 1, where the other one is meant, writes a melody to
the channel of the drums. What is heard then are drums; what is meant is in the file: an instrument
that is no drum kit, or a name, and notes that move as no kit does.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from composer_app.music.melody_evidence.names import NameKind, kind_of_name
from composer_app.music.note import Note

# The kits of General MIDI 2, Roland's GS and Yamaha's XG, as programs from 0: of either kind the
# first of a family, and the one after it.
_KITS: Final = frozenset(
    {0, 1, 8, 9, 16, 17, 24, 25, 26, 27, 32, 33, 40, 41, 48, 49, 56, 57, 64, 126, 127}
)
# The pitches of any kit (GS), and of it the drums, hi-hats and cymbals that every groove has.
_KIT: Final = range(27, 88)
_GROOVE: Final = range(35, 60)
_MOST_GROOVE: Final = 0.1
_LEAST_BEYOND: Final = 0.1
# A melody has some pitches, moves by small intervals and sounds one note at a time.
_LEAST_PITCHES: Final = 4
# So many that no hand drums have them.
_MANY_PITCHES: Final = 7
_SMALL: Final = 5
_LEAST_SMALL: Final = 0.6
_LEAST_SINGLE: Final = 0.9
_SAYS_MELODY: Final = (
    NameKind.MELODY,
    NameKind.LEADING,
    NameKind.SINGING,
    NameKind.INSTRUMENT,
)


def is_melody(notes: Sequence[Note], program: int | None, name: str) -> bool:
    """Whether ``notes`` on the channel of the drums are a melody.

    ``program`` is the instrument that is chosen for them, None where none is; ``name`` is that of
    their track, empty where other channels share it.
    """
    if not notes or not _moves_like_a_melody(notes):
        return False
    kind = kind_of_name(name)
    if kind is NameKind.BENEATH:
        return False
    beyond = sum(note.pitch not in _KIT for note in notes) / len(notes)
    no_kit = program is not None and program not in _KITS
    many = len({note.pitch for note in notes}) >= _MANY_PITCHES
    return no_kit or many or kind in _SAYS_MELODY or beyond >= _LEAST_BEYOND


def _moves_like_a_melody(notes: Sequence[Note]) -> bool:
    groove = sum(note.pitch in _GROOVE for note in notes) / len(notes)
    if groove > _MOST_GROOVE or len({note.pitch for note in notes}) < _LEAST_PITCHES:
        return False
    steps = list(pairwise(sorted(notes)))
    single = sum(one.end <= after.start for one, after in steps) / len(steps)
    intervals = [abs(one.pitch - after.pitch) for one, after in steps]
    small = sum(interval <= _SMALL for interval in intervals) / len(steps)
    return single >= _LEAST_SINGLE and small >= _LEAST_SMALL
