"""A voice of an ABC tune while it is read."""

from dataclasses import dataclass, field
from fractions import Fraction

from composer_app.notation.reading.abc_lyrics import SungNote
from composer_app.notation.reading.written import Line, WrittenNote


@dataclass(slots=True, eq=False)
class Voice:
    """A voice while it is read: in which bar, and at which tick of it, the next note stands."""

    line: Line
    bar: int = 0
    at: Fraction = Fraction(0)
    shift: int = 0
    altered: dict[tuple[str, int], int] = field(default_factory=dict)
    # Of a tuplet: what notes are stretched by, and how many more of them.
    stretch: Fraction = Fraction(1)
    stretched: int = 0
    # Of a broken rhythm: what the next note is stretched by.
    broken: Fraction = Fraction(1)
    # The note or chord before: it begins, and how long it is.
    last: list[WrittenNote] = field(default_factory=list)
    last_at: Fraction = Fraction(0)
    last_length: Fraction = Fraction(0)
    # Pitches that go on, by step and octave.
    tied: dict[tuple[str, int], int] = field(default_factory=dict)
    endings: frozenset[int] = frozenset()
    jumps: list[str] = field(default_factory=list)
    in_grace: bool = False
    # The notes of the last line of music, and the words to them, verse by verse.
    sung: list[SungNote] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    # Whether the line goes on in the next.
    continues: bool = False
    # The notes of a chord that has begun, and the length of its first.
    chord: list[tuple[tuple[str, int], WrittenNote]] | None = None
    chord_length: Fraction = Fraction(1)

    def place_last(self) -> None:
        """Bring the note or chord before to where it begins, and give it its length."""
        for note in self.last:
            note.onset = round(self.last_at)
            note.ticks = max(1, round(self.last_at + self.last_length) - note.onset)
