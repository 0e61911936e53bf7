"""Edits of single notes: taking some out, and moving some in time and pitch.

Notes are named by :data:`NoteKey`. A track that is a line, one note at a time, stays one: of two
notes that come to overlap, the later one cuts the earlier one off, and of two that come to begin
together the one that was not moved gives way. In other tracks only notes of one pitch do so.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import replace
from itertools import groupby
from operator import attrgetter

from composer_app.music.composition import Composition
from composer_app.music.melody import is_line
from composer_app.music.note import Note
from composer_app.music.pitch import PITCH_COUNT

# The index of a track, and a note of it.
NoteKey = tuple[int, Note]


def without_notes(composition: Composition, chosen: Collection[NoteKey]) -> Composition:
    """``composition`` without the notes ``chosen``.

    Its tracks stay, even those left empty, so that each keeps its place, and what they say besides
    notes stays where it is; but where no note is left at all there is nothing that a track could be
    of, nothing that was generated or played, and nothing to sing.
    """
    leaving = frozenset(chosen)
    tracks = tuple(
        replace(track, notes=tuple(note for note in track.notes if (index, note) not in leaving))
        for index, track in enumerate(composition.tracks)
    )
    if not any(track.notes for track in tracks):
        return replace(composition, tracks=(), origin=None, performance=None, texts=())
    return replace(composition, tracks=tracks)


def possible_move(chosen: Collection[NoteKey], steps: int, semitones: int) -> tuple[int, int]:
    """``(steps, semitones)``, as far as all of ``chosen`` can go together.

    In time that is up to the piece's start. In pitch they go all the way or not at all, so that an
    octave remains one.
    """
    if not chosen:
        return 0, 0
    pitches = [note.pitch for _, note in chosen]
    fits = min(pitches) + semitones >= 0 and max(pitches) + semitones < PITCH_COUNT
    return max(steps, -min(note.start for _, note in chosen)), semitones if fits else 0


def moved_note(note: Note, steps: int, semitones: int) -> Note:
    """``note`` that much later and higher, as much beside the grid as before."""
    return note.moved(steps, semitones)


def with_moved_notes(
    composition: Composition, chosen: Collection[NoteKey], steps: int, semitones: int
) -> tuple[Composition, frozenset[NoteKey]]:
    """``composition`` with the notes ``chosen`` moved, and the moved notes as they now are.

    ``steps`` and ``semitones`` are what :func:`possible_move` allows. A moved note may have been
    cut short by one that follows it. Drums that are moved along with notes of a pitch stay the
    drums that they are.
    """
    tracks, arrived = list(composition.tracks), set[NoteKey]()
    pitched = any(not tracks[which].drums for which, _note in chosen)
    for index, track in enumerate(tracks):
        leaving = {note for which, note in chosen if which == index}
        if not leaving:
            continue
        higher = 0 if track.drums and pitched else semitones
        moved = {moved_note(note, steps, higher) for note in leaving}
        staying = [note for note in track.notes if note not in leaving]
        notes = list(_settled(staying, moved, together=is_line(track.notes)))
        tracks[index] = replace(track, notes=tuple(note for note, _ in notes))
        arrived |= {(index, note) for note, was_moved in notes if was_moved}
    return replace(composition, tracks=tuple(tracks)), frozenset(arrived)


def _settled(
    staying: Iterable[Note], moved: Iterable[Note], *, together: bool
) -> list[tuple[Note, bool]]:
    """All notes with whether they were moved, none overlapping another (of its pitch)."""
    pairs = [(note, False) for note in staying] + [(note, True) for note in moved]
    pitch = attrgetter("pitch")
    if not together:
        pairs.sort(key=lambda pair: pitch(pair[0]))
        groups = [list(group) for _, group in groupby(pairs, key=lambda pair: pitch(pair[0]))]
    else:
        groups = [pairs]
    result: list[tuple[Note, bool]] = []
    for group in groups:
        line: list[tuple[Note, bool]] = []
        for note, was_moved in _without_displaced(group):
            if line and line[-1][0].onset_ticks < note.onset_ticks:
                before, mark = line[-1]
                line[-1] = before.cut_at(note.onset_ticks), mark
            line.append((note, was_moved))
        result += line
    return result


def _without_displaced(pairs: Iterable[tuple[Note, bool]]) -> list[tuple[Note, bool]]:
    """Notes with whether they were moved, in order, but for those that give way to a moved one.

    They stand on one step with it and overlap it; what is shorter than a step may share one.
    """
    ordered = sorted(pairs)
    moved: dict[int, list[Note]] = defaultdict(list)
    for note, was_moved in ordered:
        if was_moved:
            moved[note.start].append(note)
    return [
        (note, was_moved)
        for note, was_moved in ordered
        if was_moved or not any(_overlap(note, other) for other in moved[note.start])
    ]


def _overlap(one: Note, other: Note) -> bool:
    return one.onset_ticks < other.release_ticks and other.onset_ticks < one.release_ticks
