"""The melody among notes that overlap: one part of several, or one hand's notes that run together.

1. *Legato.* Of two notes that overlap by less than half of the shorter one, and by less than
   120 ms, the earlier one ends where the later one begins: keys that are let go late make no chord.
2. *Parts.* What sounds together after that is parts. A note belongs to a lower part where a higher
   one sounds when it is struck, or is struck within 50 ms. So the line does not go to a lower note
   while a higher one is held.
3. *Rests* (but for :attr:`Line.SKYLINE`). A note with nothing above it may be the upper part's, or
   the lower part's in a rest of the upper one. Where parts that lie apart sound together for much
   of the time around it, it belongs to the one whose notes, those next to it in time, are nearer
   in pitch (proximity, the first principle of voice separation: Temperley 2001; Chew and Wu 2004);
   the top of a chord only if it is among what else lies beneath the melody. Elsewhere it is
   the melody's: a tune loses nothing to the chords between its phrases.
4. *Stuck notes* (but for :attr:`Line.SKYLINE`). A note of eight beats and more hides nothing where
   what is struck below goes on one note at a time, and nothing else around it sounds together:
   nobody has let go of it.

A note that is covered by the next one of the line ends there, and does not come back.

The upper line of parts in one track, beside the skyline, on other pieces than the limits below were
tuned on: of the first violin and the cello of string quartets (OpenScore) 99.2 % of the violin's
notes are in it, and 93.8 % of it are the violin's (99.9 and 88.6 %); of song and the piano's left
hand (OpenScore Lieder) 98.0 and 78.3 % (98.2 and 73.9 %), since a voice rests for whole
interludes; of soprano and alto of hymns all.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import chain, pairwise
from typing import Final

from composer_app.music.note import Note
from composer_app.music.pitch import PITCH_COUNT
from composer_app.music.timing import TICKS_PER_BEAT, TICKS_PER_STEP, TempoMap

LEGATO_SECONDS: Final = 0.12
ROLLED_SECONDS: Final = 0.05
# Around a note, in ticks: what is near enough to say whose it is.
_AROUND: Final = 16 * TICKS_PER_BEAT
_NEIGHBOURS: Final = 2
# The share of the time around a note in which parts have to sound together, and by how many
# semitones they have to lie apart. Parts that are closer meet, and are not told apart by register.
_MOSTLY: Final = 0.4
_APART: Final = 9
# As much for a chord in a rest of the upper part.
_CHORDS_APART: Final = 12
_MOST_ROUNDS: Final = 8
_STUCK_TICKS: Final = 8 * TICKS_PER_BEAT
_LEAST_HIDDEN: Final = 4


class Line(StrEnum):
    """Which of several parts is the melody."""

    UPPER = "upper"
    """The upper part; where it rests, the melody rests."""
    SKYLINE = "skyline"
    """The highest note that is struck, whichever part it belongs to."""
    LOWER = "lower"
    """The lower part."""


@dataclass(slots=True)
class _Placed:
    """A note on its way into the line; ``on`` and ``off`` in ticks, ``off`` without legato."""

    note: Note
    pitch: int
    on: int
    off: int
    # When a higher note sounds above it for the first time, and how many do then.
    covered: int | None = None
    above: int = 0
    covers: bool = False
    stuck: bool = False


def melody_line(
    notes: Iterable[Note], tempo: TempoMap, line: Line = Line.UPPER
) -> tuple[Note, ...]:
    """One part of ``notes``, as notes of which each ends before the next one begins."""
    ordered = sorted(notes)
    if all(a.release_ticks <= b.onset_ticks for a, b in pairwise(ordered)):
        return tuple(ordered)
    placed = _without_legato(ordered, tempo)
    if line is Line.LOWER:
        # The lowest part is the highest one with the pitches turned over.
        placed = [replace(place, pitch=PITCH_COUNT - 1 - place.pitch) for place in placed]
    placed.sort(key=lambda place: (place.on, place.pitch, place.off))
    if line is not Line.SKYLINE:
        _mark_stuck(placed)
    _find_cover(placed)
    rolled = [_ticks(tempo, place.on, ROLLED_SECONDS) for place in placed]
    under = [
        place.covered is not None and place.covered - place.on < most
        for place, most in zip(placed, rolled, strict=True)
    ]
    if line is not Line.SKYLINE:
        under = _with_lower_part(placed, under)
    chosen = [place.note for place, is_under in zip(placed, under, strict=True) if not is_under]
    return _cut(chosen)


def _cut(chosen: Sequence[Note]) -> tuple[Note, ...]:
    result: list[Note] = []
    for note in sorted(chosen):
        if result and result[-1].onset_ticks == note.onset_ticks:
            result.pop()
        if result:
            result[-1] = result[-1].cut_at(note.onset_ticks)
        result.append(note)
    return tuple(result)


def _ticks(tempo: TempoMap, at: int, seconds: float) -> float:
    """How many ticks ``seconds`` are where the music is at tick ``at``."""
    return seconds * tempo.bpm_at(at / TICKS_PER_STEP) / 60 * TICKS_PER_BEAT


def _without_legato(ordered: Sequence[Note], tempo: TempoMap) -> list[_Placed]:
    """Rule 1. What is struck again ends there; of twins the longer one is left."""
    onsets = [note.onset_ticks for note in ordered]
    placed = []
    struck: dict[int, int] = {}
    for note in reversed(ordered):
        on = note.onset_ticks
        off = min(note.release_ticks, struck.get(note.pitch, note.release_ticks))
        if off == on:
            continue
        struck[note.pitch] = on
        most = _ticks(tempo, off, LEGATO_SECONDS)
        first = bisect_right(onsets, max(on, off - most))
        for after in ordered[first : bisect_left(onsets, off)]:
            shorter = min(off - on, after.release_ticks - after.onset_ticks)
            if off - after.onset_ticks < min(most, shorter / 2):
                off = after.onset_ticks
                break
        placed.append(_Placed(note, note.pitch, on, off))
    return placed


def _find_cover(placed: Sequence[_Placed]) -> None:
    """Say of each note when a higher one sounds above it, and how many do then."""
    sounding: dict[int, _Placed] = {}
    for place in placed:
        if place.stuck:
            continue
        for pitch, other in list(sounding.items()):
            if other.off <= place.on:
                del sounding[pitch]
            elif pitch > place.pitch:
                place.covered = place.on
                place.above += 1
                other.covers = True
            elif pitch < place.pitch and other.covered in (None, place.on):
                other.covered = place.on
                other.above += 1
                place.covers = True
        sounding[place.pitch] = place


def _mark_stuck(placed: Sequence[_Placed]) -> None:
    """Rule 4."""
    onsets = [place.on for place in placed]
    for index, place in enumerate(placed):
        if place.off - place.on < _STUCK_TICKS:
            continue
        first = bisect_left(onsets, place.on - _AROUND)
        after = bisect_left(onsets, place.off + _AROUND)
        onward = chain(range(max(index - 1, first), index), range(index + 1, after))
        if not _one_by_one(placed, onward):
            continue
        if not _one_by_one(placed, range(index - 1, first - 1, -1)):
            continue
        inside = placed[index + 1 : bisect_left(onsets, place.off)]
        hidden = sum(other.on > place.on and other.pitch < place.pitch for other in inside)
        if hidden >= _LEAST_HIDDEN:
            place.stuck = True
            place.off = min(place.off, onsets[bisect_right(onsets, place.on)])


def _one_by_one(placed: Sequence[_Placed], indices: Iterable[int]) -> bool:
    """Whether these notes, onward or backward, overlap none that comes next; stops at one."""
    return all(placed[min(pair)].off <= placed[max(pair)].on for pair in pairwise(indices))


def _with_lower_part(placed: Sequence[_Placed], under: Sequence[bool]) -> list[bool]:
    """Rule 3: ``under``, and what belongs to the lower part in a rest of the upper one."""
    texture = _Texture(placed)
    lower = [place for place, is_under in zip(placed, under, strict=True) if is_under]
    upper = [place for place, is_under in zip(placed, under, strict=True) if not is_under]
    unsure = [place for place in upper if texture.share_of_parts(place) >= _MOSTLY]
    gone: set[int] = set()
    # A rest is filled from both its ends: what is found out at one end tells of what is next to it.
    for _ in range(_MOST_ROUNDS):
        # Beneath a chord's top, that of what lies there is the neighbour.
        tops = [place for place in lower if place.above <= 1]
        found = [
            place for place in unsure if _is_nearer(place, tops if place.covers else lower, upper)
        ]
        if not found:
            break
        gone |= {id(place) for place in found}
        lower = sorted([*lower, *found], key=lambda place: place.on)
        upper = [place for place in upper if id(place) not in gone]
        unsure = [place for place in unsure if id(place) not in gone]
    return [is_under or id(place) in gone for place, is_under in zip(placed, under, strict=True)]


def _is_nearer(place: _Placed, lower: Sequence[_Placed], upper: Sequence[_Placed]) -> bool:
    """Whether ``place`` is nearer to the notes of ``lower`` around it than to ``upper``'s."""
    before, after = _next_to(upper, place)
    beneath = [pitch for side in _next_to(lower, place) for pitch in side]
    if not beneath or not (before or after):
        return False
    if place.covers:
        # A rest may have many chords: on one of its sides is the upper part.
        above = max(_mean(side) for side in (before, after) if side)
        # Who sings a low note has others beneath it, too: the top of a chord has to be sure.
        highest = max(beneath)
        return above - highest >= _CHORDS_APART and place.pitch <= highest
    above, below = _mean([*before, *after]), _mean(beneath)
    return above - below >= _APART and 2 * place.pitch < above + below


def _mean(pitches: list[int]) -> float:
    return sum(pitches) / len(pitches)


def _next_to(part: Sequence[_Placed], place: _Placed) -> tuple[list[int], list[int]]:
    """The pitches of the notes of ``part`` around ``place`` that are next to it: before, after."""
    here = bisect_left(part, place.on, key=lambda each: each.on)
    there = here + (here < len(part) and part[here] is place)
    before, after = part[max(0, here - _NEIGHBOURS) : here], part[there : there + _NEIGHBOURS]
    return (
        [each.pitch for each in before if place.on - each.on <= _AROUND],
        [each.pitch for each in after if each.on - place.on <= _AROUND],
    )


class _Texture:
    """When something sounds, and when several notes do."""

    def __init__(self, placed: Sequence[_Placed]) -> None:
        edges = sorted([(place.on, 1) for place in placed] + [(place.off, -1) for place in placed])
        self._at: list[int] = []
        self._any: list[int] = []
        self._several: list[int] = []
        count = sounding = together = before = 0
        for at, change in edges:
            sounding += (at - before) * (count > 0)
            together += (at - before) * (count > 1)
            count, before = count + change, at
            self._at.append(at)
            self._any.append(sounding)
            self._several.append(together)

    def share_of_parts(self, place: _Placed) -> float:
        """Of the time around ``place`` in which anything sounds, that in which several notes do."""
        first = max(0, bisect_left(self._at, place.on - _AROUND) - 1)
        last = min(bisect_left(self._at, place.off + _AROUND), len(self._at) - 1)
        anything = self._any[last] - self._any[first]
        return (self._several[last] - self._several[first]) / anything if anything else 0.0
