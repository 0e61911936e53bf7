"""Step input: choose a length, press keys, and the notes line up.

:class:`StepInput` is a melody with a cursor. Every operation makes a new value. Entering
overwrites: what was at the cursor for the chosen length makes room, so that nothing moves that
stands elsewhere.
"""

from dataclasses import dataclass
from enum import IntEnum

from composer_app.music.note import Note
from composer_app.music.timing import TICKS_PER_STEP


class StepLength(IntEnum):
    """Note values, in sixteenths."""

    WHOLE = 16
    HALF = 8
    QUARTER = 4
    EIGHTH = 2
    SIXTEENTH = 1

    @property
    def can_be_dotted(self) -> bool:
        """A dot adds half; the grid has no half of a sixteenth."""
        return self is not StepLength.SIXTEENTH

    def steps(self, *, dotted: bool) -> int:
        """Length in sixteenths; a dot that the grid cannot hold is ignored."""
        return self * 3 // 2 if dotted and self.can_be_dotted else int(self)


@dataclass(frozen=True, slots=True)
class StepInput:
    """Monophonic ``notes`` in rising order, and the step at which the next one goes."""

    notes: tuple[Note, ...] = ()
    cursor: int = 0

    @classmethod
    def at_end(cls, notes: tuple[Note, ...]) -> "StepInput":
        """Go on after the last of ``notes``."""
        return cls(notes, notes[-1].end if notes else 0)

    def enter(self, pitch: int, velocity: int, steps: int) -> "StepInput":
        """A note of ``steps`` at the cursor, which moves to its end."""
        note = Note(self.cursor, pitch, steps, velocity)
        return StepInput(_placed(self._cleared(steps), note), note.end)

    def rest(self, steps: int) -> "StepInput":
        """Silence for ``steps`` at the cursor, which moves on."""
        return StepInput(self._cleared(steps), self.cursor + steps)

    def lengthen(self, steps: int) -> "StepInput":
        """Tie ``steps`` more to the note that ends at the cursor; a rest if none does."""
        last = self._ending_here()
        if last is None:
            return self.rest(steps)
        end = (last.end + steps) * TICKS_PER_STEP
        longer = Note.at_ticks(last.onset_ticks, end, last.pitch, last.velocity)
        others = self._cleared(steps)
        others = tuple(note for note in others if note.onset_ticks != last.onset_ticks)
        return StepInput(_placed(others, longer), longer.end)

    def back(self, steps: int) -> "StepInput":
        """Take away the note that ends at the cursor and go to its start.

        Where none ends there, the cursor goes back over the silence by ``steps``, though not past
        the end of the note before, nor before the beginning.
        """
        last = self._ending_here()
        if last is not None:
            return StepInput(tuple(n for n in self.notes if n != last), last.start)
        before = max((note.end for note in self.notes if note.end <= self.cursor), default=0)
        return StepInput(self.notes, max(before, self.cursor - steps))

    def _ending_here(self) -> Note | None:
        # Of two that stand on one step the later one.
        return next((note for note in reversed(self.notes) if note.end == self.cursor), None)

    def _cleared(self, steps: int) -> tuple[Note, ...]:
        """The notes with ``steps`` from the cursor on left free.

        A note that reaches into them is cut short; one that begins in them is gone.
        """
        begin, end = self.cursor, self.cursor + steps
        kept = []
        for note in self.notes:
            if note.start < begin:
                kept.append(note.cut_at(begin * TICKS_PER_STEP))
            elif not begin <= note.start < end:
                kept.append(note)
        return tuple(kept)


def _placed(notes: tuple[Note, ...], note: Note) -> tuple[Note, ...]:
    """``notes`` with ``note`` among them; one that sounds a little before its step cuts it off."""
    line = sorted((*notes, note))
    following = line[line.index(note) + 1 :][:1]
    if following:
        line[line.index(note)] = note.cut_at(following[0].onset_ticks)
    return tuple(line)
