"""What a person chooses the melody from: the tracks of a piece, and the parts of one of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from composer_app.music.composition import Composition, Track
from composer_app.music.melody_evidence.ranking import rank_melodies
from composer_app.music.note import Note
from composer_app.music.performing.melody_line import Line, melody_line
from composer_app.music.timing import TICKS_PER_STEP, TempoMap
from composer_app.music.voices import MELODY
from composer_app.translation import Message

PREVIEW_BARS: Final = 8


@dataclass(frozen=True, slots=True)
class MelodyTrack:
    """``tracks[index]`` of a piece, which may have the melody, and what speaks for that."""

    index: int
    track: Track
    reason: Message


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The bars from step ``first`` up to ``end``, the first of which has the number ``bar``."""

    first: int
    end: int
    bar: int


def melody_tracks(composition: Composition) -> tuple[MelodyTrack, ...]:
    """The tracks with notes of a piece that Composer holds, the likeliest melodies first.

    But before all others stands the one that is the melody now.
    """
    ranking = rank_melodies(composition)
    ordered = sorted(ranking.candidates, key=lambda each: each.track != MELODY)
    return tuple(
        MelodyTrack(each.track, composition.tracks[each.track], ranking.speaks_for(each))
        for each in ordered
    )


def parts_of(track: Track, tempo: TempoMap) -> dict[Line, tuple[Note, ...]]:
    """The lines that may be taken for the melody, each with its notes; no two are the same.

    The upper one comes first, and is alone where the track has one note at a time.
    """
    found: dict[Line, tuple[Note, ...]] = {}
    for line in (Line.UPPER, Line.SKYLINE, Line.LOWER):
        notes = melody_line(track.notes, tempo, line)
        if notes not in found.values():
            found[line] = notes
    return found


def beginning(composition: Composition, notes: Sequence[Note]) -> Excerpt:
    """The first :data:`PREVIEW_BARS` bars in which there are any of ``notes``, ordered."""
    meters = composition.meters
    first = last = meters.bar_at_step(notes[0].start if notes else 0)
    for _ in range(PREVIEW_BARS - 1):
        last = meters.bar_at(last.end)
    end = min(last.end_step, meters.whole_bars(composition.steps))
    return Excerpt(first.first_step, end, first.number)


def heard_alone(
    composition: Composition, track: Track, notes: Sequence[Note], excerpt: Excerpt
) -> Composition:
    """``notes`` of ``track``, and nothing else, as far as ``excerpt`` goes."""
    end = excerpt.end * TICKS_PER_STEP
    inside = tuple(
        note if note.release_ticks <= end else note.cut_at(end)
        for note in notes
        if excerpt.first <= note.start < excerpt.end and note.onset_ticks < end
    )
    alone = Track(track.name, track.program, inside, track.controls)
    return Composition((alone,), composition.tempo, composition.meters)
