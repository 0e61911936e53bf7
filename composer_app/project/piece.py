"""The piece as a person keeps it: the music and all that has been decided about it."""

from dataclasses import dataclass, field

from composer_app.music.composition import Composition
from composer_app.music.mix import USUAL_MIX, PieceMix
from composer_app.project.locks import Locks
from composer_app.project.take import Take


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """What a project file holds.

    ``composition`` is what is being worked on; ``take`` is the one of ``takes`` that it is, if it
    is one of them unchanged. ``loop`` is what is played again and again, from a step up to
    another.
    """

    composition: Composition = field(default_factory=Composition)
    locks: Locks = field(default_factory=Locks.none)
    takes: tuple[Take, ...] = ()
    take: Take | None = None
    mix: PieceMix = USUAL_MIX
    loop: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        if self.take is not None and not any(self.take is each for each in self.takes):
            raise ValueError("the take of a piece is one of its takes")
        if self.loop is not None and not 0 <= self.loop[0] < self.loop[1]:
            raise ValueError(f"a loop from step {self.loop[0]} to {self.loop[1]}")

    def holds_as_much_as(self, other: "Piece") -> bool:
        """Whether both are the same to whoever opens them.

        What is muted or soloed is of the moment, and no reason to save.
        """
        return (
            self.composition == other.composition
            and self.locks == other.locks
            and len(self.takes) == len(other.takes)
            and all(one is same for one, same in zip(self.takes, other.takes, strict=True))
            and (self.mix.balance, self.loop) == (other.mix.balance, other.loop)
        )
