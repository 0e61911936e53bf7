"""What a score is written with: notes, chords, rests, ties, tuplets. Times are in ticks."""

from dataclasses import dataclass

from composer_app.music.note import Note


@dataclass(frozen=True, slots=True)
class Chord:
    """Notes that are written as beginning at ``start`` and ending at ``end``."""

    start: int
    end: int
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class Tuplet:
    """``actual`` signs in the time of ``normal``; ``first`` and ``last`` of its group."""

    actual: int
    normal: int
    first: bool = False
    last: bool = False


@dataclass(frozen=True, slots=True)
class Sign:
    """A written note, chord or (without ``notes``) rest of ``ticks`` ticks from ``start`` on.

    ``value`` is its name in MusicXML, None where no sign has this length. ``tied_from`` and
    ``tied_to`` say that the same notes go on from the sign before and into the next; ``chord`` is
    the whole of them. ``whole_bar`` is the rest of an empty bar, ``beams`` are MusicXML's names of
    what each beam does at the sign, the primary one first.
    """

    start: int
    ticks: int
    notes: tuple[Note, ...] = ()
    value: str | None = None
    dots: int = 0
    tuplet: Tuplet | None = None
    tied_from: bool = False
    tied_to: bool = False
    chord: Chord | None = None
    whole_bar: bool = False
    beams: tuple[str, ...] = ()
