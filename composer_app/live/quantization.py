"""From a performance to a melody: one note at a time, on the grid of sixteenths.

The rules, in the order in which they act:

1. *Count-in.* A note struck less than half a sixteenth, or less than 60 ms, before the first
   downbeat counts as on it; what was struck earlier belongs to the count-in and is left out.
2. *Chords* (``Reduction.TOP`` only). Notes struck within 35 ms of the first of them are a chord;
   its highest note counts, from that note's own onset, and the others are left out.
3. *Latest note wins.* Of notes that were played within one sixteenth, the last one struck is
   kept. A note that sounds when the next is struck ends there and does not come back.
4. *Grid.* An onset is drawn towards the nearest line of the grid, ``strength`` per cent of the
   way, and stands at the sixteenth nearest to where that leads. Where this would bring two notes
   to one sixteenth, or change their order, the one that would move farther stays at the
   sixteenth where it was played.
5. *Length.* A note ends at the sixteenth nearest to its release, moved as far as its onset was;
   one that reached its neighbour still does. It lasts at least one sixteenth.

So a melody played without overlap, its onsets in different sixteenths, loses no note. Nothing is
lost for good in any case: the performance is not changed.
"""

from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from math import floor
from typing import Final

from composer_app.music.composition import DEFAULT_PROGRAMS, Composition, Track
from composer_app.music.melody import Melody
from composer_app.music.note import Note
from composer_app.music.performance import Performance, PerformedNote, Quantization, Reduction
from composer_app.music.timing import Meter, TempoMap, seconds_per_step

CHORD_SECONDS: Final = 0.035
EARLY_SECONDS: Final = 0.06


@dataclass(slots=True)
class _Placed:
    """A note on its way to the grid; ``at`` is where it was played, in sixteenths."""

    played: PerformedNote
    at: float
    nearest: int
    drawn: int
    released: int

    @property
    def distance(self) -> float:
        """How far the grid would move it."""
        return abs(self.drawn - self.at)


@lru_cache(maxsize=8)
def melody_notes(performance: Performance) -> tuple[Note, ...]:
    """The notes of the melody that ``performance`` is seen as through its ``view``."""
    step = seconds_per_step(performance.bpm)
    earliest = -max(step / 2, EARLY_SECONDS)
    notes = [note for note in performance.notes if note.start > earliest]
    if performance.view.reduction is Reduction.TOP:
        notes = _without_chords(notes)
    placed: list[_Placed] = []
    for note in notes:
        place = _place(note, step, performance.view, performance.meter)
        if placed and placed[-1].nearest == place.nearest:
            placed.pop()
        placed.append(place)
    _keep_apart(placed)
    return _line(placed)


def melody_of(performance: Performance, title: str = "") -> Melody:
    """The same as a melody, in the tempo and metre that were played in."""
    tempo = TempoMap.constant(performance.bpm)
    return Melody(melody_notes(performance), tempo, performance.meter, title)


def composition_of(
    performance: Performance, title: str, program: int = DEFAULT_PROGRAMS[0]
) -> Composition:
    """A composition whose only track is the melody of ``performance``, which stays with it."""
    piece = Composition.from_melody(melody_of(performance, title), program)
    return replace(piece, performance=performance)


def attached(composition: Composition) -> Performance | None:
    """The performance that the melody of ``composition`` is a view of.

    None where nothing was recorded, and where the melody has been edited since: what is seen is
    then more than a view, and quantizing anew would undo the edit.
    """
    performance = composition.performance
    if performance is None or not composition.tracks:
        return None
    return performance if composition.tracks[0].notes == melody_notes(performance) else None


def with_performance(composition: Composition, performance: Performance) -> Composition:
    """``composition`` with its melody replaced by ``performance`` as its view shows it.

    The other tracks, the tempo and the metre stay. Voices that were generated no longer follow
    from the melody, so their origin is forgotten unless the melody is the same.
    """
    notes = melody_notes(performance)
    first, *others = composition.tracks or (Track(""),)
    same = notes == first.notes
    return replace(
        composition,
        tracks=(replace(first, notes=notes), *others),
        origin=composition.origin if same else None,
        performance=performance,
    )


def _without_chords(notes: list[PerformedNote]) -> list[PerformedNote]:
    """Of notes struck together only the highest, the later one of two that are equally high."""
    kept: list[PerformedNote] = []
    began = -float("inf")
    for note in notes:
        if note.start - began > CHORD_SECONDS:
            began = note.start
            kept.append(note)
        elif note.pitch >= kept[-1].pitch:
            kept[-1] = note
    return kept


def _place(note: PerformedNote, step: float, view: Quantization, meter: Meter) -> _Placed:
    at = max(0.0, note.start / step)
    nearest = floor(at + 0.5)
    drawn = nearest
    if view.grid.steps is not None:
        line = _nearest_line(at, view.grid.steps, meter.steps_per_bar)
        drawn = floor(at + (line - at) * view.strength / 100 + 0.5)
    return _Placed(note, at, nearest, drawn, floor(max(0.0, note.end / step) + 0.5))


def _nearest_line(at: float, grid: float, bar: int) -> float:
    """The line of the grid nearest to ``at``; the grid begins anew with every bar."""
    begin = at // bar * bar
    before = begin + (at - begin) // grid * grid
    after = min(before + grid, begin + bar)
    return before if at - before < after - at else after


def _keep_apart(placed: list[_Placed]) -> None:
    """Rule 4's second half: nobody is drawn onto or past a neighbour."""
    index = 0
    while index + 1 < len(placed):
        pair = placed[index : index + 2]
        movable = [note for note in pair if note.drawn != note.nearest]
        if pair[0].drawn < pair[1].drawn or not movable:
            index += 1
            continue
        stays = max(movable, key=lambda note: note.distance)
        stays.drawn = stays.nearest
        # The one that stays may now be in the way of the note before.
        index = max(0, index - 1)


def _line(placed: list[_Placed]) -> tuple[Note, ...]:
    """Rule 5, and the second half of rule 3."""
    line: list[Note] = []
    for note, following in pairwise([*placed, None]):
        assert note is not None
        end = max(note.released + note.drawn - note.nearest, note.drawn + 1)
        if following is not None:
            reached = note.released >= following.nearest
            end = following.drawn if reached else min(end, following.drawn)
        line.append(Note(note.drawn, note.played.pitch, end - note.drawn, note.played.velocity))
    return tuple(line)
