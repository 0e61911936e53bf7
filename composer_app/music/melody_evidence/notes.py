"""What the notes of a track say of its part: numbers that are higher for melodies, or lower."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from composer_app.late_numpy import np
from composer_app.music.composition import Track
from composer_app.music.timing import STEPS_PER_BEAT

if TYPE_CHECKING:
    from numpy.typing import NDArray

    _Line = NDArray[np.int64]

# So much of a piece is looked at, from its first note on: a thousand bars of 4/4.
_MOST_STEPS: Final = 16_000
# A whole step at most is a step of the scale; more than a fifth is a leap.
_SCALE_STEP, _FIFTH = 2, 7
# A longer time between notes, in steps, is a rest and says nothing of the rhythm.
_LONGEST_INTERVAL: Final = 32
# A part that plays less than this share of the piece is hardly its melody.
_SELDOM: Final = 0.25


@dataclass(frozen=True, slots=True)
class NoteEvidence:
    """What is measured of one track, beside the others of its piece.

    ``top``: of the steps at which it sounds with others, the share at which nothing is higher.
    ``single``: of the steps at which it sounds, the share with one pitch. ``stepwise`` and
    ``leaps``: the shares of its intervals that are a semitone or two, and more than a fifth.
    ``busy``: the logarithm to the base 2 of the notes for each beat that it sounds. ``rhythm``:
    the entropy of the times between its notes, in bits. ``wide``: the logarithm to the base 2 of
    its range in semitones, a twentieth of its notes left out above and below. ``seldom``: 0 for a
    part that plays a quarter of the piece or more, up to 1 for one that hardly plays.
    """

    top: float = 0.0
    single: float = 0.0
    stepwise: float = 0.0
    leaps: float = 0.0
    busy: float = 0.0
    rhythm: float = 0.0
    wide: float = 0.0
    seldom: float = 1.0


def note_evidence(tracks: Sequence[Track]) -> list[NoteEvidence]:
    """Of each of ``tracks``; one that has no notes near the beginning plays seldom, and no more."""
    first = min((track.notes[0].start for track in tracks if track.notes), default=0)
    last = min(first + _MOST_STEPS, max((track.end for track in tracks), default=0))
    # Of each track the highest pitch at each step, -1 where it rests.
    lines = np.full((len(tracks), max(0, last - first)), -1, np.int8)
    for line, track in zip(lines, tracks, strict=True):
        for note in sorted(track.notes, key=lambda each: each.pitch):
            line[max(0, note.start - first) : max(0, note.end - first)] = note.pitch
    highest = lines.max(axis=0, initial=-1)
    parts = (lines >= 0).sum(axis=0)
    return [
        _measured(track, first, line, highest, parts)
        for track, line in zip(tracks, lines, strict=True)
    ]


def _measured(
    track: Track,
    first: int,
    line: NDArray[np.int8],
    highest: NDArray[np.int8],
    parts: NDArray[np.int64],
) -> NoteEvidence:
    """``line`` (T,) has the track's highest pitches from step ``first`` on, ``highest`` those of
    all tracks, ``parts`` how many of them sound."""
    sounds = line >= 0
    if not sounds.any():
        return NoteEvidence()
    rows = [(n.start - first, n.end - first, n.pitch) for n in track.notes]
    notes = np.array([row for row in rows if row[0] < len(line)], np.int64)
    starts, pitches = _upper_line(notes)
    intervals = np.abs(np.diff(pitches))
    times = np.diff(starts)
    among = sounds & (parts > 1)
    low, high = np.percentile(notes[:, 2], (5, 95))
    share = sounds.sum() / (parts > 0).sum()
    return NoteEvidence(
        top=_share((line == highest)[among]),
        single=_share(_pitches(notes, len(line))[sounds] == 1),
        stepwise=_share((intervals > 0) & (intervals <= _SCALE_STEP)),
        leaps=_share(intervals > _FIFTH),
        busy=float(np.log2(len(starts) * STEPS_PER_BEAT / sounds.sum())),
        rhythm=_entropy(times[times <= _LONGEST_INTERVAL]),
        wide=float(np.log2(1 + high - low)),
        seldom=max(0.0, 1 - float(share) / _SELDOM),
    )


def _upper_line(notes: _Line) -> tuple[_Line, _Line]:
    """Start and pitch of the highest of the ``notes`` (N, 3) that begin at each step."""
    ordered = notes[np.lexsort((notes[:, 2], notes[:, 0]))]
    last = np.append(ordered[1:, 0] != ordered[:-1, 0], True)
    return ordered[last, 0], ordered[last, 2]


def _pitches(notes: _Line, steps: int) -> _Line:
    """(``steps``,): how many of the ``notes`` (N, 3) sound at each step."""
    begun = np.bincount(notes[:, 0], minlength=steps + 1)[: steps + 1]
    ended = np.bincount(np.minimum(notes[:, 1], steps), minlength=steps + 1)
    return np.cumsum(begun - ended)[:steps]


def _share(which: NDArray[np.bool_]) -> float:
    return float(which.mean()) if which.size else 0.0


def _entropy(values: _Line) -> float:
    """Of how often each of ``values`` occurs, in bits."""
    if not values.size:
        return 0.0
    shares = np.unique(values, return_counts=True)[1] / values.size
    return float(-(shares * np.log2(shares)).sum())
