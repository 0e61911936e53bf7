"""The pieces that the statistics are asked about: this session's takes, and what is played."""

from typing import Final

from composer_app.music.composition import VOICE_NAMES, Composition, Track
from composer_app.music.note import Note

_MOST_TAKES: Final = 8
# Pitch, velocity, start and end in steps: what a recording has heard so far.
PlayedNote = tuple[int, int, float, float]


class TakeShelf:
    """The takes of this session, so that one can be laid beside another."""

    def __init__(self) -> None:
        self._takes: list[Composition] = []

    def see(self, composition: Composition) -> None:
        """Remember ``composition`` if it was generated; an edited take replaces itself."""
        origin = composition.origin
        if origin is None or not composition.note_count:
            return
        kept = [take for take in self._takes if take.origin != origin]
        self._takes = [*kept, composition][-_MOST_TAKES:]

    def beside(self, composition: Composition) -> tuple[tuple[str, Composition], ...]:
        """The other takes, newest first, each with its name."""
        named = ((_name(take), take) for take in reversed(self._takes))
        return tuple((name, take) for name, take in named if take.origin != composition.origin)


def _name(take: Composition) -> str:
    assert take.origin is not None
    return f"Take {take.origin.seed}, {take.origin.model}"


def played(notes: tuple[PlayedNote, ...], like: Composition) -> Composition:
    """What is being recorded as one track, in the metre of ``like``, on the nearest steps."""
    rounded = (
        Note(start := max(0, round(begin)), pitch, max(1, round(end) - start), velocity)
        for pitch, velocity, begin, end in notes
    )
    track = Track(VOICE_NAMES[0], 0, tuple(sorted(rounded)))
    return Composition((track,), like.tempo, like.meters)
