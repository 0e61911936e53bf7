"""From written parts to played ones: the one way in which notes get their phrasing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from composer_app.generation.bands.chance import Chance, Row
from composer_app.generation.phrasing.loudness import NOISE, loudness
from composer_app.generation.phrasing.scene import Role, Scene, louder
from composer_app.generation.phrasing.timing import Touch, moved, touches
from composer_app.late_numpy import np
from composer_app.music.note import Note

if TYPE_CHECKING:
    from numpy.typing import NDArray

# The indices of chance for loudness and for timing, plus the part's own.
_LOUD, _LATE = 0, 16


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """The notes of one player, in order, and its ``role``.

    What is ``locked``, bool of shape (T,), stays as it is; None locks nothing.
    """

    notes: tuple[Note, ...]
    role: Role
    locked: NDArray[np.bool_] | None = None

    def is_locked(self, note: Note) -> bool:
        """Whether ``note`` is to stay as it is."""
        return (
            self.locked is not None
            and note.start < len(self.locked)
            and bool(self.locked[note.start])
        )


def phrased(
    parts: Sequence[Part], scene: Scene, depth: float, chance: Chance
) -> tuple[tuple[Note, ...], ...]:
    """The notes of each of ``parts`` as they are played, from 0, as written, to ``depth`` 1.

    Pitches and places on the grid stay. The same chance plays in the same way.
    """
    return tuple(_played(part, index, scene, depth, chance) for index, part in enumerate(parts))


def _played(part: Part, index: int, scene: Scene, depth: float, chance: Chance) -> tuple[Note, ...]:
    notes = part.notes
    if not depth or not notes:
        return notes
    fixed = [part.is_locked(note) for note in notes]
    decibels = loudness(notes, part.role, scene)
    jitter = [chance.around(Row.TOUCH, note.start, 1.0, _LATE + index) for note in notes]
    how = [
        Touch(depth * each.late, depth * each.gap)
        for each in touches(notes, part.role, scene, jitter)
    ]
    result: list[Note] = []
    for at, note in enumerate(moved(notes, how, fixed)):
        loud = decibels[at] + chance.around(Row.TOUCH, note.start, NOISE, _LOUD + index)
        velocity = note.velocity if fixed[at] else louder(note.velocity, depth * loud)
        result.append(replace(note, velocity=velocity))
    return tuple(result)
