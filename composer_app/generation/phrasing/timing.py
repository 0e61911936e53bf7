"""When the notes of a part begin and end beside the grid, in ticks (960 a beat) at full depth.

Beginnings stay within a sixteenth of a sixteenth of their place, so that what is heard together is
written together; ends come up to half a sixteenth early, which leaves the note its place on the
grid, and its value in the score.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from composer_app.generation.phrasing.scene import Role, Scene
from composer_app.music.note import Note
from composer_app.music.timing import TICKS_PER_BEAT, TICKS_PER_STEP, TempoMap, nearest_step

_MILLISECONDS: Final = 60_000
# By how many milliseconds a part comes after the melody, which leads (R. Rasch 1979, C. Palmer
# 1996), and what chance adds at most.
_BEHIND: Final = {Role.MELODY: 0.0, Role.OUTER: 3.0, Role.INNER: 7.0}
JITTER: Final = 3.0
# No beginning is moved farther, in ticks: what is more would be written as another rhythm.
EARLIEST, LATEST = -6, 18
# How much earlier a note ends, as a share of its length, and at most in ticks.
_REPEATED, _LEAP, _DETACHED = 0.2, 0.08, 0.06
_FIFTH: Final = 7
_EIGHTH: Final = TICKS_PER_BEAT // 2
_BREATH: Final = 0.25
# Notes that end on the second or fourth sixteenth of a beat would be read as triplets beyond this.
_LEAST_ROOM: Final = 50
MOST_GAP: Final = TICKS_PER_STEP // 2 - 1


@dataclass(frozen=True, slots=True)
class Touch:
    """By how many ticks a note begins late, and by how many it ends early."""

    late: float
    gap: float


def touches(
    notes: Sequence[Note], role: Role, scene: Scene, jitter: Sequence[float]
) -> list[Touch]:
    """How each of ``notes``, a part in order, is struck and let go.

    ``jitter`` is chance, -1 to 1, one number a note.
    """
    by_start: dict[int, list[Note]] = {}
    for note in notes:
        by_start.setdefault(note.start, []).append(note)
    starts = sorted(by_start)
    result: list[Touch] = []
    for note, chance in zip(notes, jitter, strict=True):
        index = bisect_right(starts, note.start)
        after = by_start[starts[index]] if index < len(starts) else []
        late = (_BEHIND[role] + JITTER * chance) / milliseconds_per_tick(scene.tempo, note.start)
        gap = _gap(note, by_start[note.start], after, scene)
        result.append(Touch(max(EARLIEST, min(LATEST, late)), gap))
    return result


def milliseconds_per_tick(tempo: TempoMap, step: int) -> float:
    """How long a tick is at ``step``."""
    return _MILLISECONDS / (tempo.bpm_at(step) * TICKS_PER_BEAT)


def _gap(note: Note, chord: Sequence[Note], after: Sequence[Note], scene: Scene) -> float:
    """How much earlier ``note`` ends than it stands there; ``after`` are the next notes."""
    length = note.release_ticks - note.onset_ticks
    most = min(MOST_GAP, length // 2)
    if _is_odd_sixteenth(nearest_step(note.release_ticks), scene):
        most = min(most, _LEAST_ROOM)
    if _ends_a_phrase(note, scene):
        return min(most, _BREATH * length)
    if not after or after[0].start != note.end:
        return 0.0
    if any(each.pitch == note.pitch for each in after):
        return min(most, _REPEATED * length)
    if len(chord) == len(after) == 1 and abs(after[0].pitch - note.pitch) >= _FIFTH:
        return min(most, _LEAP * length)
    return min(most, _DETACHED * length) if length <= _EIGHTH else 0.0


def _is_odd_sixteenth(step: int, scene: Scene) -> bool:
    """Whether ``step`` is the second or the fourth sixteenth of a beat."""
    bar = scene.meters.bar_at_step(step)
    # An upbeat has whole beats before its end.
    return (step - (bar.end_step if bar.number == 0 else bar.first_step)) % 2 == 1


def _ends_a_phrase(note: Note, scene: Scene) -> bool:
    """Whether a new phrase begins where ``note`` ends; who ends the piece holds on."""
    phrase = scene.phrase_at(note.start)
    return phrase is not None and note.end == phrase.end and phrase != scene.phrases[-1]


def moved(notes: Sequence[Note], how: Sequence[Touch], fixed: Sequence[bool]) -> list[Note]:
    """``notes``, a part in order, struck and let go as ``how`` says, but for the ``fixed`` ones.

    Each keeps its place on the grid. What sounded one after the other still does, in that order.
    """
    onsets: list[int] = []
    for at, (note, touch) in enumerate(zip(notes, how, strict=True)):
        onset = note.onset_ticks if fixed[at] else _onset(note, touch.late)
        if at and not fixed[at]:
            before = notes[at - 1]
            # What is fixed has to have ended before. (What follows stands on a later step, or is
            # as late as this.)
            ended = before.release_ticks if fixed[at - 1] else onsets[-1]
            earliest = ended if before.release_ticks <= note.onset_ticks else onsets[-1]
            onset = max(onset, min(earliest, note.onset_ticks))
        onsets.append(onset)
    stood = [note.onset_ticks for note in notes]
    result: list[Note] = []
    for note, touch, stays, onset in zip(notes, how, fixed, onsets, strict=True):
        if stays:
            result.append(note)
            continue
        following = bisect_left(stood, note.release_ticks)
        until = onsets[following] if following < len(notes) else note.release_ticks
        result.append(_placed(note, onset, min(until, note.release_ticks - round(touch.gap))))
    return result


def _onset(note: Note, late: float) -> int:
    """When ``note`` begins that much later, without leaving its place."""
    start, half = note.start * TICKS_PER_STEP, TICKS_PER_STEP // 2
    return max(0, start - half, min(start + half - 1, note.onset_ticks + round(late)))


def _placed(note: Note, onset: int, release: int) -> Note:
    """``note`` from ``onset`` to ``release``, as far as that leaves it its place on the grid."""
    start, end = note.start * TICKS_PER_STEP, note.end * TICKS_PER_STEP
    if note.duration > 1:
        release = max(release, end - TICKS_PER_STEP // 2)
    release = max(release, onset + 1)
    return replace(note, onset_shift=onset - start, end_shift=release - end)
