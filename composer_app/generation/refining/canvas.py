"""What a generation begins with: the cells that stand, and how often the network is asked."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from composer_app.generation.refining.harmony import Leading
from composer_app.generation.refining.planning import ChordRow, Frame, Row
from composer_app.generation.refining.sampling import Grid, Mask
from composer_app.generation.refining.ties import Ties

# With fewer, too much is hidden at a time to tell what is unlikely.
_LEAST_LOOKS: Final = 3
# Each voice has its turn: few passes may be plain, but not faulty.
_LEAST_REPAIRS: Final = 3
# Pieces of more steps (64 bars) are written in fewer passes.
_LONG: Final = 1024
# A repair draws the beats of a note first, then the rest of it.
REPAIR_PASSES: Final = 2
# Over strokes on beats, where voices follow each other, and over the others.
_ONSET_PASSES: Final = 4


@dataclass(frozen=True, slots=True)
class Schedule:
    """Passes over quarters, eighths and sixteenths, looks back at beats, and turns of repairs."""

    passes: tuple[int, int, int] = (7, 4, 2)
    looks: int = 3
    repairs: int = 3
    # Over the chords, their basses, and the voice of the bass; none of a network without chords.
    plan: tuple[int, int, int] = (3, 1, 3)

    @classmethod
    def of_length(cls, steps: int) -> "Schedule":
        """The usual one of a piece of ``steps``: of a long one each pass is waited for."""
        return cls() if steps <= _LONG else cls((6, 3, 2), 3, 3, (2, 1, 2))

    @property
    def total(self) -> int:
        """Number of times the network runs at most."""
        looks = self.looks + REPAIR_PASSES * self.repairs
        return sum(self.passes) + sum(self.plan) + looks + _ONSET_PASSES

    def scaled(self, iterations: int | None) -> "Schedule":
        """The same shares of about ``iterations`` runs of the network; itself for None."""
        if iterations is None:
            return self
        share = (iterations - _ONSET_PASSES) / (self.total - _ONSET_PASSES)
        quarters, eighths, sixteenths = (max(1, round(share * n)) for n in self.passes)
        chords, basses, lowest = (max(1, round(share * n)) if n else 0 for n in self.plan)
        looks, repairs = (max(0, round(share * n)) for n in (self.looks, self.repairs))
        repairs = max(repairs, min(self.repairs, _LEAST_REPAIRS))
        looks = looks if looks >= _LEAST_LOOKS else 0
        return Schedule((quarters, eighths, sixteenths), looks, repairs, (chords, basses, lowest))


class Network(Protocol):
    """What a run needs of the model."""

    @property
    def classes(self) -> int:
        """Number of pitch classes, the rest included."""

    def infer(
        self, feeds: dict[str, NDArray[Any]], stop: Callable[[], bool] | None = None
    ) -> tuple[NDArray[np.float32], ...]:
        """Pitch logits (T, 4, classes) and onset logits (T, 4).

        Where it knows of chords, chord logits (T, 204) and bass logits (T, 12) as well.
        """
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Canvas:
    """What stands before a run: T is the piece's ``steps``, padded to what the network takes."""

    steps: int
    grid: Grid  # (T, 4), the network's pitch classes; only cells that are not free count
    onset: Mask  # (T, 4), true where struck
    free: Mask  # (T, 4), true where the run decides
    position: NDArray[np.int64]  # (T,), step within the bar
    fermata: NDArray[np.int64]  # (T,)
    in_beat: NDArray[np.int64]  # (T,), steps since its beat began
    last: int  # the step at which the melody's last note begins
    frame: Frame | None = None  # what a network that knows of chords is told
    ties: Ties | None = None  # which steps of the voices go together
    leading: Leading | None = None  # what is asked of the harmony

    @property
    def valid(self) -> Mask:
        """(T,), false for the padding."""
        return np.arange(len(self.grid)) < self.steps

    @property
    def told(self) -> dict[str, NDArray[Any]]:
        """What a network is told of the piece whatever is written: its inputs (T,) by name."""
        told: dict[str, NDArray[Any]] = {
            "position": self.position,
            "fermata": self.fermata,
            "valid": self.valid.astype(np.float32),
        }
        if self.frame is not None and self.frame.knows:
            told |= {"beat": self.frame.beat, "begin": self.frame.begin}
        return told


def cell_inputs(grid: Grid, onset: Mask, known: Mask, onset_known: Mask) -> dict[str, NDArray[Any]]:
    """The inputs of a network that say what is written in cells (T, 4), and how far it is known."""
    return {
        "pitch": grid,
        "onset": onset.astype(np.float32),
        "pitch_known": known.astype(np.float32),
        "onset_known": onset_known.astype(np.float32),
    }


def row_inputs(row: ChordRow, chord: Row, known: Mask, steps: int) -> dict[str, NDArray[Any]]:
    """The inputs (T, 3) and (T, 2) that say the ``chord`` (B, 3) of each beat, if ``known`` (B, 2).

    T is ``steps``.
    """
    beat_of = row.beat_of_steps(steps)
    return {"chord": chord[beat_of], "chord_known": known[beat_of].astype(np.float32)}
