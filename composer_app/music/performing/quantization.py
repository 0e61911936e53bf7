"""From a performance to a melody: one note at a time, each with its place on the grid.

The rules, in the order in which they act:

1. *Count-in.* A note struck less than half a sixteenth, or less than 60 ms, before the first
   downbeat counts as on it; what was struck earlier belongs to the count-in and is left out.
2. *Chords* (``Reduction.TOP`` only). Notes struck within 35 ms of the first of them are a chord;
   its highest note counts, from that note's own onset, and the others are left out.
3. *Latest note wins.* A sixteenth has room for one onset. Of notes that were played within one,
   less than half a sixteenth apart, the last one struck is kept. Where they are farther apart, one
   of them moves just over to a neighbouring sixteenth that is free, by less than half of one;
   where there is none, the last one struck is kept here, too. A note that sounds when the
   next is struck ends there and does not come back. ``Reduction.ALL`` undoes this and the rule
   before: every note stays, and overlaps others as it did unless they are of its own pitch.
4. *Grid.* An onset is drawn towards the nearest line of the grid, ``strength`` per cent of the
   way. Where this would bring two notes to one sixteenth, the one that would move farther is drawn
   to the sixteenth where it was played instead.
5. *Length.* A note that was held until the next one was struck (to the nearest sixteenth) ends
   where that begins. Another one lasts a whole number of sixteenths, at least one, or of triplets
   where it is drawn to one. That is at full strength; at less, a note's end goes as many per cent
   of the way there as onsets do.

So with the grid off, or at no strength, the melody sounds as it was played, to the nearest tick
of a MIDI file; and one that was played without overlap, its onsets more than a sixteenth apart,
loses no note. Nothing is lost for good in any case: the performance is not changed.
"""

from collections.abc import Set
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain, pairwise
from typing import Final

from composer_app.music.composition import DEFAULT_PROGRAMS, Composition, Track
from composer_app.music.melody import Melody
from composer_app.music.meter_map import MeterMap
from composer_app.music.note import Note
from composer_app.music.performing.melody_line import Line, melody_line
from composer_app.music.performing.performance import (
    Grid,
    Performance,
    PerformedNote,
    Quantization,
    Reduction,
)
from composer_app.music.timing import (
    TICKS_PER_STEP,
    Meter,
    TempoMap,
    nearest_step,
    seconds_per_step,
)

CHORD_SECONDS: Final = 0.035
EARLY_SECONDS: Final = 0.06
_HALF_STEP: Final = TICKS_PER_STEP // 2


@dataclass(slots=True)
class _Placed:
    """A note on its way to the grid; all but ``nearest`` in ticks from the downbeat.

    ``struck`` and ``released`` are when that was, ``at`` is where the note counts as played (see
    rule 3), ``line`` is where the grid would have it, ``unit`` is what its length is counted in.
    """

    played: PerformedNote
    struck: int
    released: int
    at: int
    line: int = 0
    unit: int = TICKS_PER_STEP

    @property
    def nearest(self) -> int:
        """The sixteenth where it was played."""
        return nearest_step(self.at)

    @property
    def distance(self) -> int:
        """How far the grid would move it."""
        return abs(self.line - self.at)

    @property
    def can_stay(self) -> bool:
        """Whether the grid would have it elsewhere than at the sixteenth where it was played."""
        return self.line != self.nearest * TICKS_PER_STEP

    def stay(self) -> None:
        """Be drawn to the sixteenth where it was played."""
        self.line, self.unit = self.nearest * TICKS_PER_STEP, TICKS_PER_STEP

    def onset(self, share: float) -> int:
        """Where it sounds when it goes ``share`` of the way to the grid."""
        return _between(self.at, self.line, share)


@lru_cache(maxsize=8)
def melody_notes(performance: Performance) -> tuple[Note, ...]:
    """The notes that ``performance`` is seen as through its ``quantization``, in rising order.

    They are a melody, except with ``Reduction.ALL``.
    """
    quantization = performance.quantization
    step = seconds_per_step(performance.bpm)
    earliest = -max(step / 2, EARLY_SECONDS)
    notes = [note for note in performance.notes if note.start > earliest]
    if quantization.reduction is Reduction.TOP:
        notes = _without_chords(notes)
    played = [_place(note, step) for note in notes]
    if quantization.reduction is not Reduction.ALL:
        return _line_of(played, quantization, performance.meter)
    pitches = {place.played.pitch for place in played}
    lines = ([place for place in played if place.played.pitch == pitch] for pitch in pitches)
    return tuple(
        sorted(chain(*(_line_of(line, quantization, performance.meter) for line in lines)))
    )


def _line_of(played: list[_Placed], quantization: Quantization, meter: Meter) -> tuple[Note, ...]:
    """Rules 3 to 5."""
    taken = {place.nearest for place in played}
    placed: list[_Placed] = []
    for place in played:
        while placed and placed[-1].nearest >= place.nearest:
            if _make_room(placed, place, taken):
                break
            placed.pop()
        placed.append(place)
    share = 0.0 if quantization.grid is Grid.OFF else quantization.strength / 100
    for place in placed:
        _draw(place, quantization.grid, meter)
    _keep_apart(placed, share)
    return _line(placed, share)


def melody_of(performance: Performance, title: str = "") -> Melody:
    """The upper line of these as a melody, in the tempo and metre that were played in."""
    tempo = TempoMap.constant(performance.bpm)
    meters = MeterMap.constant(performance.meter)
    return Melody(_line_seen(performance), tempo, meters, title)


def composition_of(
    performance: Performance, title: str, program: int = DEFAULT_PROGRAMS[0]
) -> Composition:
    """A composition whose only track is what ``performance``, which stays with it, is seen as."""
    piece = Composition.from_melody(melody_of(performance, title), program)
    return with_performance(piece, performance)


def attached(composition: Composition) -> Performance | None:
    """The performance that the first track of ``composition`` is a view of, or a line of.

    A piece that was generated has but one line. None where nothing was recorded, and where
    the melody has been edited since: what is seen is then more than that, and quantizing anew would
    undo the edit.
    """
    performance = composition.performance
    if performance is None or not composition.tracks:
        return None
    seen, notes = composition.tracks[0].notes, melody_notes(performance)
    lines = (melody_line(notes, TempoMap.constant(performance.bpm), line) for line in Line)
    return performance if seen == notes or seen in lines else None


def with_performance(composition: Composition, performance: Performance) -> Composition:
    """``composition`` with its first track replaced by ``performance`` as its view shows it.

    The other tracks, the tempo and the metre stay. Voices that were generated no longer follow
    from the melody, so their origin is forgotten unless the melody is the same on the grid.
    """
    notes = melody_notes(performance)
    first, *others = composition.tracks or (Track(""),)
    before, after = (
        [note.on_grid for note in melody_line(line, composition.tempo)]
        for line in (first.notes, notes)
    )
    return replace(
        composition,
        tracks=(replace(first, notes=notes), *others),
        origin=composition.origin if before == after else None,
        performance=performance,
    )


def _line_seen(performance: Performance) -> tuple[Note, ...]:
    """One note at a time of what ``performance`` is seen as."""
    return melody_line(melody_notes(performance), TempoMap.constant(performance.bpm))


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


def _place(note: PerformedNote, step: float) -> _Placed:
    struck, released = (
        max(0, round(seconds / step * TICKS_PER_STEP)) for seconds in (note.start, note.end)
    )
    return _Placed(note, struck, released, struck)


def _make_room(placed: list[_Placed], place: _Placed, taken: Set[int]) -> bool:
    """Rule 3: bring ``place`` and the last one of ``placed`` into two sixteenths if that can be.

    In the sixteenths ``taken`` notes were played.
    """
    before = placed[-1]
    if place.struck - before.struck < _HALF_STEP:
        return False
    here = place.nearest
    # The last tick of the sixteenth before, the first one of the sixteenth after.
    back = here * TICKS_PER_STEP - _HALF_STEP - 1
    onward = back + 1 + TICKS_PER_STEP
    moved_there = len(placed) > 1 and placed[-2].nearest == here - 1
    can_go_back = here > 0 and here - 1 not in taken and not moved_there
    can_go_on = here + 1 not in taken
    if can_go_back and (before.struck - back <= onward - place.struck or not can_go_on):
        before.at = back
    elif can_go_on:
        place.at = onward
    return can_go_back or can_go_on


def _draw(place: _Placed, grid: Grid, meter: Meter) -> None:
    place.stay()
    if grid.ticks is not None and grid is not Grid.SIXTEENTH:
        place.line = _nearest_line(place.at, grid.ticks, meter.ticks_per_bar)
        if grid.is_triplet:
            place.unit = grid.ticks


def _nearest_line(at: int, grid: int, bar: int) -> int:
    """The line of the grid nearest to ``at``; the grid begins anew with every bar."""
    begin = at // bar * bar
    before = begin + (at - begin) // grid * grid
    after = min(before + grid, begin + bar)
    return before if at - before < after - at else after


def _keep_apart(placed: list[_Placed], share: float) -> None:
    """Rule 4's second half: nobody is drawn to a neighbour's sixteenth."""
    index = 0
    while index + 1 < len(placed):
        pair = placed[index : index + 2]
        first, second = (nearest_step(place.onset(share)) for place in pair)
        movable = [place for place in pair if place.can_stay]
        if first < second or not movable:
            index += 1
            continue
        max(movable, key=lambda place: place.distance).stay()
        # The one that stays may now be in the way of the note before.
        index = max(0, index - 1)


def _line(placed: list[_Placed], share: float) -> tuple[Note, ...]:
    """Rule 5, and the end of rule 3."""
    line: list[Note] = []
    for place, following in pairwise([*placed, None]):
        assert place is not None
        onset = place.onset(share)
        end = _between(place.released, _full_end(place, following), share)
        if following is not None:
            end = min(end, following.onset(share))
        played = place.played
        line.append(Note.at_ticks(onset, max(end, onset + 1), played.pitch, played.velocity))
    return tuple(line)


def _full_end(place: _Placed, following: _Placed | None) -> int:
    """Where ``place`` ends at full strength."""
    released = nearest_step(place.released)
    if place.unit == TICKS_PER_STEP:
        length = released - place.nearest
    else:
        length = round((place.released - place.at) / place.unit)
    end = place.line + max(1, length) * place.unit
    if following is None:
        return end
    return following.line if released >= following.nearest else min(end, following.line)


def _between(played: int, drawn: int, share: float) -> int:
    return round(played + (drawn - played) * share)
