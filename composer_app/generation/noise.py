"""The noise vector: the one source of chance in everything that is generated."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from composer_app.late_numpy import np

if TYPE_CHECKING:
    from numpy.typing import NDArray

STEPS_PER_CELL: Final = 16
ROWS: Final = 8
CHANNELS: Final = 512
MAX_SEED: Final = 2**32 - 1


@dataclass(frozen=True, slots=True, eq=False)
class NoiseVector:
    """``z``: float32 of shape (T/16, 8, 512), standard normal; ``seed`` says where it came from.

    For the two bars of the published design (32 steps) that is (2, 8, 512).
    """

    z: NDArray[np.float32]
    seed: int

    def __post_init__(self) -> None:
        if self.z.ndim != 3 or self.z.shape[1:] != (ROWS, CHANNELS) or self.z.shape[0] < 1:
            raise ValueError(f"a noise vector has shape (T/16, 8, 512), not {self.z.shape}")
        self.z.setflags(write=False)

    @classmethod
    def from_seed(cls, seed: int, steps: int) -> NoiseVector:
        """The noise vector of ``seed`` for ``steps`` steps (rounded up to a multiple of 16).

        A longer vector of the same seed begins with the shorter one, so that adding bars to a
        melody leaves the chance of the earlier bars as it was.
        """
        if not 0 <= seed <= MAX_SEED:
            raise ValueError(f"a seed is a whole number from 0 to {MAX_SEED}, not {seed}")
        return cls(_normal(seed, max(1, -(-steps // STEPS_PER_CELL))), seed)

    def extended(self, steps: int) -> NoiseVector:
        """At least ``steps`` steps; what is missing is what the seed goes on with."""
        if steps <= self.steps:
            return self
        more = NoiseVector.from_seed(self.seed, steps).z[len(self.z) :]
        return NoiseVector(np.concatenate([self.z, more]), self.seed)

    @property
    def steps(self) -> int:
        """Number of steps the vector covers."""
        return int(self.z.shape[0]) * STEPS_PER_CELL


@lru_cache(maxsize=2)
def _normal(seed: int, cells: int) -> NDArray[np.float32]:
    """Kept, because who edits a melody hears the same seed again and again."""
    generator = np.random.Generator(np.random.PCG64(seed))
    return generator.standard_normal((cells, ROWS, CHANNELS), dtype=np.float32)
