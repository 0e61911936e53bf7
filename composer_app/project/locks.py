"""What a person has locked of a piece: cells of step and track that Generate leaves alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from composer_app.late_numpy import np
from composer_app.music.composition import Composition
from composer_app.music.editing.note_edits import NoteKey
from composer_app.music.meter_map import MeterMap
from composer_app.music.voices import MELODY, voice_tracks

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Bool of shape (T, tracks) or (T, voices): what of a piece is meant.
Cells: TypeAlias = "NDArray[np.bool_]"


@dataclass(frozen=True, slots=True, eq=False)
class Locks:
    """``cells``, bool of shape (T, tracks), are true where a track stays as it is.

    A note is locked as a whole as soon as one of its cells is. Beyond T, and in further tracks,
    nothing is. ``given`` are those cells, or None where nothing is locked.
    """

    given: Cells | None

    def __post_init__(self) -> None:
        if self.given is None:
            return
        if self.given.ndim != 2:
            raise ValueError(f"locks are cells of step and track, not {self.given.shape}")
        cells = self.given.copy()
        cells.setflags(write=False)
        object.__setattr__(self, "given", cells)

    @property
    def cells(self) -> Cells:
        """(T, tracks), true where a track stays as it is."""
        return np.zeros((0, 0), np.bool_) if self.given is None else self.given

    @classmethod
    def none(cls) -> Locks:
        """Nothing is locked."""
        return cls(None)

    def __bool__(self) -> bool:
        return self.given is not None and bool(self.given.any())

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Locks):
            return NotImplemented
        if self.given is None and other.given is None:
            return True
        steps = max(len(self.cells), len(other.cells))
        tracks = max(self.cells.shape[1], other.cells.shape[1])
        return np.array_equal(self.fitted(steps, tracks), other.fitted(steps, tracks))

    __hash__ = None  # type: ignore[assignment]

    def fitted(self, steps: int, tracks: int) -> Cells:
        """The cells in an array of (``steps``, ``tracks``), cut off or filled with False."""
        result = np.zeros((steps, tracks), np.bool_)
        part = self.cells[:steps, :tracks]
        result[: part.shape[0], : part.shape[1]] = part
        return result

    def plus(self, cells: Cells) -> Locks:
        """With ``cells`` (T, tracks) locked too."""
        return Locks(self._wide_enough(cells) | Locks(cells)._wide_enough(self.cells))

    def minus(self, cells: Cells) -> Locks:
        """With ``cells`` (T, tracks) open again."""
        return Locks(self._wide_enough(cells) & ~Locks(cells)._wide_enough(self.cells))

    def covers(self, cells: Cells) -> bool:
        """Whether all of ``cells`` (T, tracks), of which there is one at least, are locked."""
        return bool(cells.any()) and not (cells & ~self.fitted(*cells.shape)).any()

    def surviving(self, before: Composition, after: Composition) -> Locks:
        """What still makes sense once ``after`` has taken the place of ``before``.

        Where notes have come, gone or changed on the grid, there is nothing left to be locked.
        """
        if not self:
            return self
        cells = self.fitted(max(before.steps, after.steps), len(after.tracks))
        for index in range(len(after.tracks)):
            old = before.tracks[index].notes if index < len(before.tracks) else ()
            new = after.tracks[index].notes
            for note in {note.on_grid for note in old} ^ {note.on_grid for note in new}:
                cells[note.start : note.end, index] = False
        return Locks(cells)

    def flags(self, track: int, spans: NDArray[np.int32]) -> Cells:
        """(N,): which notes of ``track`` are locked, their ``spans`` (N, 2) being start and end."""
        steps, tracks = self.cells.shape
        if track >= tracks or not steps:
            return np.zeros(len(spans), np.bool_)
        counts = np.concatenate([[0], np.cumsum(self.cells[:, track])])
        ends = np.minimum(spans, steps)
        return np.asarray(counts[ends[:, 1]] > counts[ends[:, 0]], np.bool_)

    def notes(self, composition: Composition) -> list[NoteKey]:
        """The notes of ``composition`` that are locked."""
        found: list[NoteKey] = []
        for index, track in enumerate(composition.tracks):
            spans = np.array([(n.start, n.end) for n in track.notes], np.int32).reshape(-1, 2)
            hits = np.flatnonzero(self.flags(index, spans)).tolist()
            found += [(index, track.notes[hit]) for hit in hits]
        return found

    def full_bars(self, tracks: int, meters: MeterMap) -> list[tuple[int, int]]:
        """Whole bars ``(first step, step after)`` in which all tracks but the melody are locked.

        Neighbours are joined. The last bar is whole when it is locked as far as the locks go.
        """
        if tracks < 2 or not self:
            return []
        steps = len(self.cells)
        full: NDArray[np.bool_] = np.all(self.fitted(steps, tracks)[:, 1:], axis=1)
        found: list[tuple[int, int]] = []
        for bar in meters.bars_of(steps):
            if not full[bar.first_step : bar.end_step].all():
                continue
            start = bar.first_step
            if found and found[-1][1] == start:
                start = found.pop()[0]
            found.append((start, bar.end_step))
        return found

    def _wide_enough(self, other: Cells) -> Cells:
        steps = max(len(self.cells), len(other))
        return self.fitted(steps, max(self.cells.shape[1], other.shape[1]))


def cells_of(notes: Iterable[NoteKey], steps: int, tracks: int) -> Cells:
    """(``steps``, ``tracks``), true where one of ``notes`` sounds."""
    cells = np.zeros((steps, tracks), np.bool_)
    for track, note in notes:
        cells[note.start : note.end, track] = True
    return cells


def voice_cells(composition: Composition, cells: Cells, *, alone: bool = False) -> Cells:
    """``cells`` (T, tracks) of ``composition`` as (T, 4): melody, alto, tenor and bass.

    What belongs to tracks that are none of the voices is left out. A voice that is missing has
    what is common to all tracks but the melody; where that is ``alone``, what it has.
    """
    steps = composition.steps
    tracks = (MELODY, *voice_tracks(composition))
    fitted = Locks(cells).fitted(steps, max(1, len(composition.tracks)))
    others = fitted[:, 1:]
    common = others.all(axis=1) if others.size else fitted[:, 0] & alone
    columns = [common if track is None else fitted[:, track] for track in tracks]
    return np.stack(columns, axis=1)
