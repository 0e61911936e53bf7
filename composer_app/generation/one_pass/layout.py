"""How a one-pass network is fed, and how its answer is read: what every layout offers."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from numpy.typing import NDArray

from composer_app.generation.generator import Generated, GenerationSettings
from composer_app.generation.noise import NoiseVector
from composer_app.music.meter_map import MeterMap
from composer_app.music.piano_roll import PianoRoll

# Inputs and outputs of a network by name.
Feeds = dict[str, NDArray[Any]]
Answer = dict[str, NDArray[Any]]
# Runs the network on one batch.
Run = Callable[[Feeds], Answer]
# Name to ("tensor(float)", dimensions), with None where a dimension is free.
Ports = dict[str, tuple[str, tuple[int | None, ...]]]


@dataclass(frozen=True, slots=True)
class Request:
    """What :meth:`UNetGenerator.generate` is asked; ``tick`` says how far it is."""

    roll: PianoRoll
    meters: MeterMap
    noise: NoiseVector
    settings: GenerationSettings
    tick: Callable[[float], None]


class Layout(Protocol):
    """How a network is fed, and how its answer is read."""

    @property
    def inputs(self) -> Ports:
        """What every network of this layout takes."""

    @property
    def outputs(self) -> Ports:
        """What every network of this layout gives."""

    @property
    def optional(self) -> Ports:
        """Inputs and outputs that a network may have."""

    def sound(self, request: Request, run: Run) -> Generated:
        """Four voices to the melody of the request's roll (T, 128, 1)."""
        ...
