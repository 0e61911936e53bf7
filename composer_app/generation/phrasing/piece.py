"""Phrasing tracks of a whole piece, whoever has written them: anew, at any depth."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from composer_app.generation.bands.chance import Chance
from composer_app.generation.generator import ACCOMPANIMENT_LEVEL
from composer_app.generation.noise import NoiseVector
from composer_app.generation.phrasing.loudness import BALANCE
from composer_app.generation.phrasing.performing import Part, phrased
from composer_app.generation.phrasing.scene import DECIBELS_PER_DECADE, Role, Scene, level, louder
from composer_app.generation.phrasing.swing import ON_THE_GRID, STRAIGHT, straightened, swung
from composer_app.generation.steering import USUAL_PHRASING
from composer_app.music.composition import Composition
from composer_app.music.note import Note
from composer_app.music.performing.melody_line import melody_line
from composer_app.music.timing import TICKS_PER_STEP
from composer_app.music.voices import FOUR, MELODY, has_a_band

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Where notes stand on a line of the score, in ticks beside their step: on it, or on a third of the
# beat.
_LINES: Final = (0, 80, -80)
# By how many decibels an accompaniment that nobody phrases is below the melody in takes.
_ACCOMPANIMENT: Final = DECIBELS_PER_DECADE * math.log10(ACCOMPANIMENT_LEVEL)


def phrase_piece(
    piece: Composition,
    tracks: Collection[int],
    depth: float,
    *,
    melody: int = MELODY,
    swing: float = STRAIGHT,
    seed: int = 0,
    locked: NDArray[np.bool_] | None = None,
) -> Composition:
    """``piece`` with the velocities and small timing of ``tracks`` made anew, 0 to 1 deep.

    Each of them is evened first, so that doing it again is the same as doing it once. Drums are
    left as they are. Tracks that are as loud as the melody are played softer. ``melody`` is the
    track that the others listen to; ``swing`` is where the second eighth of a beat falls. Notes
    that begin where ``locked``, (T, tracks), is true stay as they are.
    """
    chosen = [index for index in piece.pitched_tracks if index in tracks]
    even = {
        index: evened(straightened(piece.tracks[index].notes, piece.meters)) for index in chosen
    }
    closed = {index: _closed(piece.tracks[index].notes, index, locked) for index in chosen}
    line = piece.melody(melody).notes
    # One does not listen to what is about to be played anew.
    heard = melody_line(even[melody], piece.tempo) if melody in even else line
    scene = Scene(heard, piece.meters, piece.tempo, piece.chords, piece.key_signature)
    chance = Chance(NoiseVector.from_seed(seed, piece.steps))
    roles = _roles(piece, melody)
    parts = [Part(_balanced(even[i], roles[i], scene, depth), roles[i]) for i in chosen]
    played = phrased(parts, scene, depth, chance)
    changed = list(piece.tracks)
    for index, notes in zip(chosen, played, strict=True):
        moved = swung(notes, piece.meters, swing)
        kept = _around(changed[index].notes, moved, closed[index])
        changed[index] = replace(changed[index], notes=kept)
    return replace(piece, tracks=tuple(changed))


def usual_tracks(piece: Composition, melody: int = MELODY) -> tuple[int, ...]:
    """The tracks that are phrased unless somebody names others: accompaniments, and no drums.

    The parts of a band have the accents of their style, which would be lost: generating them again
    phrases them.
    """
    band = range(1, FOUR) if has_a_band(piece) else ()
    found = [
        index
        for index in piece.pitched_tracks
        if index != melody and index not in band and piece.tracks[index].notes
    ]
    return tuple(found)


def evened(notes: Sequence[Note]) -> tuple[Note, ...]:
    """``notes`` of a track, in order, all as loud as they are on average, and on their lines.

    What begins beside every line has been played so, and keeps its time.
    """
    if not notes:
        return ()
    mean = sum(level(note.velocity) for note in notes) / len(notes)
    velocity = louder(127, mean)
    begins = [_line(note.onset_shift) for note in notes]
    at_step = {note.start: shift for note, shift in zip(notes, begins, strict=True)}
    result: list[Note] = []
    for note, shift in zip(notes, begins, strict=True):
        if shift is None:
            result.append(replace(note, velocity=velocity))
            continue
        ends = at_step.get(note.end) or 0
        if note.end_shift > ON_THE_GRID and note.end not in at_step:
            ends = note.end_shift
        result.append(replace(note, velocity=velocity, onset_shift=shift, end_shift=ends))
    return tuple(result)


def _closed(
    notes: Sequence[Note], track: int, locked: NDArray[np.bool_] | None
) -> tuple[bool, ...]:
    """Which of ``notes`` are locked."""
    if locked is None or track >= locked.shape[1]:
        return (False,) * len(notes)
    return tuple(note.start < len(locked) and bool(locked[note.start, track]) for note in notes)


def _around(
    before: Sequence[Note], after: Sequence[Note], closed: Sequence[bool]
) -> tuple[Note, ...]:
    """``after``, with the notes of ``before`` where these are ``closed``, and room for them."""
    if not any(closed):
        return tuple(after)
    mixed = [old if stays else new for old, new, stays in zip(before, after, closed, strict=True)]
    for at, (first, second) in enumerate(pairwise(before)):
        note, following = mixed[at], mixed[at + 1]
        apart = first.release_ticks <= second.onset_ticks
        if apart and closed[at + 1] and not closed[at]:
            mixed[at] = note.cut_at(following.onset_ticks)
        elif apart and closed[at] and note.release_ticks > following.onset_ticks:
            shift = note.release_ticks - following.start * TICKS_PER_STEP
            mixed[at + 1] = replace(following, onset_shift=shift)
    return tuple(mixed)


def _balanced(notes: tuple[Note, ...], role: Role, scene: Scene, depth: float) -> tuple[Note, ...]:
    """Even ``notes`` so soft that, played, they are below the melody, if they are not already."""
    if role is Role.MELODY or not notes:
        return notes
    own = level(notes[0].velocity)
    below = scene.melody_level + _ACCOMPANIMENT * min(1.0, depth / USUAL_PHRASING)
    # What the phrasing itself will take away.
    balance = depth * BALANCE[role]
    velocity = louder(notes[0].velocity, min(0.0, below - own + balance) - balance)
    return tuple(replace(note, velocity=velocity) for note in notes)


def _line(shift: int) -> int | None:
    """The line that ``shift`` is nearest to, None where it is near to none."""
    return next((line for line in _LINES if abs(shift - line) <= ON_THE_GRID), None)


def _roles(piece: Composition, melody: int) -> dict[int, Role]:
    """What each track is: the melody, the lowest of the others, and what is between them."""
    others = [i for i in piece.pitched_tracks if i != melody and piece.tracks[i].notes]
    roles = dict.fromkeys(piece.pitched_tracks, Role.INNER)
    if others:
        roles[min(others, key=lambda index: _height(piece.tracks[index].notes))] = Role.OUTER
    return roles | {melody: Role.MELODY}


def _height(notes: Sequence[Note]) -> float:
    return sum(note.pitch * note.duration for note in notes) / sum(note.duration for note in notes)
