"""The chords of a piece as a band reads them: step by step."""

from collections.abc import Sequence
from dataclasses import dataclass

from composer_app.generation.bands.patterns import Stroke
from composer_app.music.harmony.chords import Chord, ChordSymbol, symbol_at
from composer_app.music.timing import TICKS_PER_STEP

# A chord that lasts for less than so many steps need not be struck by everybody.
LEAST_STEPS = 4
PUSH = "p"


@dataclass(frozen=True, slots=True)
class Played:
    """A stroke, and the chord that it is of."""

    stroke: Stroke
    chord: Chord


class Chart:
    """The chord of each of ``steps`` steps."""

    def __init__(self, symbols: Sequence[ChordSymbol], steps: int) -> None:
        """``symbols`` are in order; N.C. goes on with the chord before, or the one after."""
        known = [symbol for symbol in symbols if symbol.chord is not None]
        at: list[Chord] = []
        for step in range(steps):
            found = symbol_at(known, step * TICKS_PER_STEP) or known[0]
            assert found.chord is not None
            at.append(found.chord)
        self.at = tuple(at)

    @property
    def changes(self) -> list[int]:
        """The steps at which a chord begins, the first one included."""
        return [0] + [s for s in range(1, len(self.at)) if self.at[s] != self.at[s - 1]]

    def spans(self, first: int, end: int) -> list[tuple[int, int]]:
        """``(start, end)`` of each chord between two steps."""
        starts = [first, *(step for step in self.changes if first < step < end)]
        return list(zip(starts, [*starts[1:], end], strict=True))

    def coming(self, step: int) -> int:
        """The step of the next chord within a beat, else the next step but one."""
        for after in range(step + 1, min(step + LEAST_STEPS, len(self.at) - 1) + 1):
            if self.at[after] != self.at[step]:
                return after
        return min(step + 2, len(self.at) - 1)

    def played(self, strokes: Sequence[Stroke], again: str) -> list[Played]:
        """``strokes`` with their chords; what is held into another chord is struck there again.

        ``again`` is the letter of what is struck again.
        """
        found: list[Played] = []
        for stroke in strokes:
            start, sign = stroke.start, stroke.sign
            chord = self.at[start]
            begins = start
            if sign == PUSH:
                begins = self.coming(start)
                chord = self.at[begins]
            cut = start
            for step in range(begins + 1, stroke.end):
                if self.at[step] != chord:
                    found.append(Played(Stroke(cut, step - cut, sign), chord))
                    cut, sign, chord = step, again, self.at[step]
            found.append(Played(Stroke(cut, stroke.end - cut, sign), chord))
        return found
