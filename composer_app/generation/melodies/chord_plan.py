"""The chords that a melody is written over, where nobody has said any.

They are a walk over the changes that the training pieces make (:mod:`chord_tables`), half a bar at
a time, drawn as a whole: what comes before a cadence knows of it, for what lies ahead is reckoned
first, from the end (the backward pass of a hidden Markov model, Rabiner 1989).
"""

from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from composer_app.generation.melodies.chord_tables import TABLES
from composer_app.music.harmony.chords import Chord, quality_named
from composer_app.music.pitch import OCTAVE, Key

# Which changes a style of the network's makes: those of voices, or those of songs.
VOICES_GROUP, SONGS_GROUP = "voices", "songs"
_VOICES: Final = ("bach", "hymn")
_FIFTH: Final = 7
_DOMINANTS: Final = ("maj", "7")
# What has never been counted may happen all the same, so that asked chords can be reached.
_LEAST: Final = 1e-4
# Chords stay for less long than in the pieces, where much is accompaniment between two phrases.
_STAYS_AT_DOWNBEAT, _STAYS_WITHIN = 0.4, 0.8
# What is rarer than this among what follows a chord is left to those who ask for it.
_RARE: Final = 0.02
State = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for a chord: whether a bar begins there, and which chords may stand, all if empty."""

    downbeat: bool
    allowed: tuple[State, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class _Table:
    states: tuple[State, ...]
    # (S, S) each, rows sum to 1.
    at_downbeat: NDArray[np.float64]
    within: NDArray[np.float64]


def group_of(style: str) -> str:
    """The group of styles whose changes ``style`` makes."""
    return VOICES_GROUP if style in _VOICES else SONGS_GROUP


def tonic_state(*, minor: bool) -> State:
    """The chord of the tonic."""
    return 0, "min" if minor else "maj"


def dominant_states() -> tuple[State, ...]:
    """The chords of a half close, and before a full one."""
    return tuple((_FIFTH, name) for name in _DOMINANTS)


def chord_of(state: State, key: Key) -> Chord:
    """The chord of ``state``, above the tonic, in ``key``."""
    return Chord((state[0] + key.tonic) % OCTAVE, quality_named(state[1]))


@cache
def _table(group: str, minor: bool) -> _Table:
    names, at_downbeat, within = TABLES[group, minor]
    parts = (each.partition(":") for each in names.split())
    states = tuple((int(root), quality) for root, _colon, quality in parts)
    matrices = []
    for rows, stays in ((at_downbeat, _STAYS_AT_DOWNBEAT), (within, _STAYS_WITHIN)):
        counts = np.array([[float(n) for n in row.split()] for row in rows])
        counts[np.diag_indices(len(states))] *= stays
        shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
        shares = np.where(shares < _RARE, 0, shares) + _LEAST
        matrices.append(shares / shares.sum(axis=1, keepdims=True))
    return _Table(states, *matrices)


def draw_chords(
    slots: list[Slot], group: str, uniform: NDArray[np.float64], *, minor: bool
) -> list[State]:
    """A chord for each of ``slots``; ``uniform`` (S,) in (0, 1) decides.

    What is allowed in a slot and unknown to the table is taken as it is.
    """
    if not slots:
        return []
    table = _table(group, minor)
    extra = sorted({s for slot in slots for s in slot.allowed} - set(table.states))
    states = (*table.states, *extra)
    count, known = len(states), len(table.states)

    def changes(*, downbeat: bool) -> NDArray[np.float64]:
        matrix = np.full((count, count), 1.0 / count)
        matrix[:known, :known] = table.at_downbeat if downbeat else table.within
        matrix[:known, known:] = _LEAST
        return matrix

    moves = {downbeat: changes(downbeat=downbeat) for downbeat in (True, False)}
    weights = np.zeros((len(slots), count))
    for index, slot in enumerate(slots):
        wanted = [states.index(each) for each in slot.allowed]
        weights[index, wanted or slice(known)] = 1.0
    ahead = np.ones((len(slots), count))
    for index in range(len(slots) - 2, -1, -1):
        after = moves[slots[index + 1].downbeat]
        ahead[index] = after @ (weights[index + 1] * ahead[index + 1])
        ahead[index] /= ahead[index].sum()
    found: list[int] = []
    for index in range(len(slots)):
        before = np.ones(count) / count if not found else moves[slots[index].downbeat][found[-1]]
        chance = before * weights[index] * ahead[index]
        total = np.cumsum(chance / chance.sum())
        found.append(min(int(np.searchsorted(total, uniform[index])), count - 1))
    return [states[each] for each in found]
