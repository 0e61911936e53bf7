"""The chords that a person wants under a melody: which, and where they are left free.

They are typed, read from a file of chords or are the symbols that a piece is given; then they are
spans of ticks (960 to a beat, from the beginning), for a piece with its metres and its upbeat.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from composer_app.music.composition import Composition
from composer_app.music.harmony.chords import Chord, ChordSpan, ChordSymbol
from composer_app.music.meter_map import MeterMap
from composer_app.music.timing import TICKS_PER_STEP

if TYPE_CHECKING:
    from composer_app.music.chord_text.progression import Progression


@dataclass(frozen=True, slots=True)
class ChordWishes:
    """Spans in order, none overlapping another; what is between them is left free.

    So is what a span says is no chord (N.C.): whoever harmonises a melody has to choose something.
    Raises ValueError for spans that overlap.
    """

    spans: tuple[ChordSpan, ...] = ()

    def __post_init__(self) -> None:
        if any(before.end > after.start for before, after in pairwise(self.spans)):
            raise ValueError("two chords are wished at one time")

    def __bool__(self) -> bool:
        """Whether any chord is wished."""
        return any(span.symbol.chord for span in self.spans)

    @property
    def symbols(self) -> tuple[ChordSymbol, ...]:
        """The chord symbols that say the same where nothing is left free between them."""
        return tuple(span.symbol for span in self.spans)

    def at(self, tick: int) -> Chord | None:
        """The chord that is wished at ``tick``; None where it is left free."""
        index = bisect_right(self.spans, tick, key=lambda span: span.start) - 1
        if index < 0 or self.spans[index].end <= tick:
            return None
        return self.spans[index].symbol.chord

    def on_steps(self, steps: int) -> tuple[Chord | None, ...]:
        """The chord of each of ``steps`` sixteenths: the one that is wished when it begins."""
        return tuple(self.at(step * TICKS_PER_STEP) for step in range(steps))

    def on_beats(self, beats: Sequence[int], steps: int) -> tuple[Chord | None, ...]:
        """The chord of each beat in a piece of ``steps``; ``beats`` are the steps that begin one.

        Of several in one beat it is the one that lasts longest there, of equals the first. A beat
        that is free for longer than that is free.
        """
        on_steps = self.on_steps(steps)
        found: list[Chord | None] = []
        for start, end in pairwise([*beats, steps]):
            inside = on_steps[start:end]
            found.append(max(inside, key=inside.count, default=None))
        return tuple(found)


NO_WISHES: Final = ChordWishes()


def wishes_of_progression(progression: "Progression", meters: MeterMap, steps: int) -> ChordWishes:
    """A row that was typed, in a piece of ``steps`` steps, from its first whole bar on."""
    # Every start knows of wishes; what reads a row of chords is wanted with the first of them.
    from composer_app.music.chord_text.progression import laid_out

    return ChordWishes(laid_out(progression, meters, steps))


def wishes_of_piece(
    composition: Composition, steps: int | None = None, *, planned: bool = False
) -> ChordWishes:
    """The chord symbols that ``composition`` is given, each until the next one.

    The last one lasts until the end of ``steps`` steps, or of the piece. Symbols that were heard or
    planned are no wishes, and leave their time free, unless what was ``planned`` is to stay.
    """
    end = (composition.steps if steps is None else steps) * TICKS_PER_STEP
    symbols = [symbol for symbol in composition.chords if symbol.tick < end]
    ends = [*(symbol.tick for symbol in symbols[1:]), end]
    given = zip(symbols, ends, strict=False)
    return ChordWishes(
        tuple(ChordSpan(symbol, after) for symbol, after in given if symbol.given or planned)
    )
