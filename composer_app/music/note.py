"""A note on the grid."""

from dataclasses import dataclass
from typing import Final

from composer_app.music.pitch import PITCH_COUNT

DEFAULT_VELOCITY: Final = 80


@dataclass(frozen=True, slots=True, order=True)
class Note:
    """``pitch`` (MIDI 0-127) from step ``start`` for ``duration`` steps at ``velocity`` (1-127)."""

    start: int
    pitch: int
    duration: int
    velocity: int = DEFAULT_VELOCITY

    def __post_init__(self) -> None:
        if not 0 <= self.pitch < PITCH_COUNT:
            raise ValueError(f"pitch {self.pitch} is outside MIDI's 0-127")
        if self.start < 0:
            raise ValueError(f"a note cannot start before the piece (step {self.start})")
        if self.duration < 1:
            raise ValueError(f"a note lasts at least one step, not {self.duration}")
        if not 1 <= self.velocity <= 127:
            raise ValueError(f"velocity {self.velocity} is outside 1-127")

    @property
    def end(self) -> int:
        """First step after the note."""
        return self.start + self.duration
